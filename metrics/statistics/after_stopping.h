// What may be said of a success probability after a sequential plan has stopped. Pure.
#pragma once

#include "core/model/plan.h"
#include "core/result.h"

namespace assay::metrics {

/// In the stagewise order of Jennison and Turnbull (Group Sequential Methods, 2000, 8.4 and 12.4; Armitage 1957): best
/// first: accepted before refused; accepted earlier before later; refused later before earlier; fewer failures first
/// at equal n. The share of successes and the limits of a fixed sample are biased after early stopping.
struct StoppedEstimate {
  StopState state = StopState::running;  ///< running: limits as if the walk ended here, better than all that is refused
  double lower = 0;  ///< one-sided: P(at least as good | lower) = 1 − confidence; 0 if none solves
  double upper = 1;  ///< one-sided: P(strictly better | upper) = confidence; 1 if none solves
  double interval_lower = 0, interval_upper = 1;  ///< two-sided, (1 − confidence)/2 on each side
  double median_unbiased = 0;                     ///< P(at least as good | p) = 1/2: the lower limit at confidence 1/2
};

/// After `n` counted trials with `failures` failures, 1 ≤ n ≤ n_max (ASSAY-1032). confidence in (0, 1) (ASSAY-1031).
/// A table that is none, or a point that no walk reaches: ASSAY-1036.
Result<StoppedEstimate> estimate_after_stopping(const StopTable& table, int n, int failures, double confidence);

}  // namespace assay::metrics
