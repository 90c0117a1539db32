// Limits for the difference of two success probabilities after a sequential comparison has stopped. Pure.
#pragma once

#include <optional>

#include "metrics/statistics/comparison.h"

namespace assay::metrics {

struct ComparisonLimits {
  std::optional<double>
      estimate;  ///< plain difference of success rates A − B; biased after an early stop; none before pair 1
  double lower = -1, upper = 1;           ///< each a one-sided limit for p_A − p_B at the confidence asked
  double p_a_better = 1, p_b_better = 1;  ///< p-values: of "A is not better", of "B is not better"
};

/// Valid whatever the stop, by inverting exact tests in the stagewise order (Tsiatis, Rosner & Mehta 1984; Jennison &
/// Turnbull 2000, §8.4), best for B first: B declared earlier, B declared later, undecided, A declared later, A
/// declared earlier; of one t, larger b − a. A comparison that is still running, or was ended by hand after a number of
/// pairs chosen without looking, is taken as a stop now. A difference δ = p_B − p_A is rejected if the chance of an end
/// at least as good for B is at most 1 − confidence − γ at every plausible value of the other dimension (paired: P(one
/// alone passes); unpaired: (p_A + p_B) / 2), γ = (1 − confidence) / 2000; plausible by a confidence sequence at 1 − γ:
/// likelihood > γ · prior mixture (Berger & Boos 1994, with Ville's inequality). The limit is the least δ that is not
/// rejected. The maximum is found numerically (64 points, then golden section). The p-values are the largest chance
/// over the whole null δ = 0, so the one for B is at most the table's size exactly if B is declared; then, too, the
/// limit at confidence 1 − α excludes 0.
///
/// `state` as compare() returns it (its verdict is worked out anew); confidence in (0, 1). Needs a mirrored table that
/// passes check_monotone (ASSAY-1036); ASSAY-1032: a state that the table does not know; ASSAY-1031: confidence.
Result<ComparisonLimits> comparison_limits(const ComparisonTable& table, const ComparisonState& state,
                                           double confidence);

}  // namespace assay::metrics
