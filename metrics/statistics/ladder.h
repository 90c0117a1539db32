// A ladder of rising demand (impulse of a push, speed, load): the largest rung that was survived, with its interval.
// Pure.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "core/result.h"

namespace assay::metrics {

/// Trials at one demand, all of fixed number: a rung is not gone on with because of what was seen on it.
struct Rung {
  double demand = 0;
  int trials = 0, successes = 0;
};
struct RungLimits {
  double demand = 0;
  int trials = 0, successes = 0;
  double lower = 0, upper = 1;  ///< one-sided Clopper–Pearson limits, each at `confidence`
  double fitted = 0;            ///< least-squares fit that does not rise with demand, weighted by trials
};
struct Ladder {
  std::vector<RungLimits> rungs;
  /// Up the ladder from the bottom, while the lower limit is at least p0: the last such rung.
  std::optional<double> survived;
  /// Down the ladder from the top, while the upper limit is below p0: the last such rung.
  std::optional<double> not_survived;
  /// Where the fit crosses p0, linear between rungs; none if it stays on one side.
  std::optional<double> estimate;
};

/// For a success probability that does not rise with demand, let θ be the largest demand with p ≥ p0. Each of the two
/// walks is a test in fixed order, so that none of its steps needs a correction: P(survived > θ) ≤ 1 − confidence, and
/// P(not_survived < θ) ≤ 1 − confidence. Both together are an interval for θ at 2·confidence − 1; an end that is
/// missing lies beyond the ladder. Fails with ASSAY-1030 (demand), 1031 (p0, confidence not in (0, 1)), 1032 (counts),
/// 1033 (no rung), 1036 (demands do not rise). Sources: Clopper & Pearson 1934; Maurer, Hothorn & Lehmacher 1995 (fixed
/// sequences); Ayer et al., Ann. Math. Stat. 26 (1955) 641 (the fit).
Result<Ladder> ladder(std::span<const Rung> rungs, double p0, double confidence);

}  // namespace assay::metrics
