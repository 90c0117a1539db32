// Exact truncated sequential plans for a success probability (statistics.md §5). Pure.
#pragma once

#include <vector>

#include "core/model/plan.h"
#include "core/result.h"

namespace assay::metrics {

/// Smallest n (with its largest passing failure count c) such that P(F ≤ c | p0) ≤ α and
/// P(F ≤ c | p1) ≥ 1 − β.
struct FixedPlan {
  int n = 0, c = 0;
};
Result<FixedPlan> fixed_plan(double p0, double p1, double alpha, double beta);

/// Backward induction with Lagrange weights on (n, f): "DP wide", weight on p0−(p1−p0), p0, mid, p1 and 1;
/// exact α ≤ alpha and β ≤ beta by enumeration, n_max ≤ cap_ratio × fixed n, decided by (n, f) alone.
/// Fails with ASSAY-1010 for p0, p1, α, β outside 0 < p0 < p1 < 1 (p1 may be 1), 0 < α, β < ½, cap_ratio < 1;
/// with ASSAY-1011 if the fixed plan needs more than 6 000 trials. fixed_plan fails alike.
Result<SequentialDesign> design_sequential(double p0, double p1, double alpha, double beta, double cap_ratio = 1.5);

/// Where a plan saves trials. wide: p0−(p1−p0) ¼, p0 ⅛, midway ⅛, p1 ¼, 1 ¼. between: p0, midway and p1 alike: fewer
/// trials for robots near the limits, more for very good and very bad ones.
enum class PlanPrior { wide, between };
struct DesignOptions {
  double cap_ratio = 1.5;  ///< of the fixed plan's n; not used when looks are given
  PlanPrior prior = PlanPrior::wide;
  /// Trial counts at which the plan may stop, strictly ascending, the last of them the cap. Empty: every trial.
  std::vector<int> looks{};
};
/// As above. Further fails with ASSAY-1036 (looks not ascending) and ASSAY-1037 (no plan with these looks has the
/// risks asked). A plan with looks: StopTable::refuse falls back at each look (elsewhere no walk can meet it).
Result<SequentialDesign> design_sequential(double p0, double p1, double alpha, double beta,
                                           const DesignOptions& options);
/// Looks at n_max·i/count, i = 1 … count, rounded (fewer if n_max < count; none for n_max < 1 or count < 1).
std::vector<int> equal_looks(int n_max, int count);
/// The exact properties of any table as a plan for p0, p1, α, β. Fails as fixed_plan.
Result<SequentialDesign> describe_plan(StopTable table, double p0, double p1, double alpha, double beta);

/// Exact properties of a table at success probability p, by recursion over every outcome, seen from the
/// point (n, failures) where the walk stands: chances of the two ends and expected *further* trials.
struct Characteristics {
  double accept = 0, refuse = 0, expected_n = 0;
};
Characteristics characteristics(const StopTable& table, double p, int n = 0, int failures = 0);

/// Where the walk stands at (n, failures).
StopState state_at(const StopTable& table, int n, int failures);

/// State after outcomes[0…n): the first boundary crossed decides, later outcomes are ignored.
/// `counted` receives the number of outcomes up to the decision (or all).
StopState step(const StopTable& table, const std::vector<bool>& successes, int* counted = nullptr);

/// One-sided limits after stopping at (n, failures), Jennison–Turnbull stagewise ordering (best first: accepted
/// earlier, accepted later, refused later, refused earlier; fewer failures first at equal n): lower limit solves
/// P(at least as good) = 1 − conf, upper limit solves P(strictly better) = conf. Before stopping the walk's current
/// point is treated as a stop now (stated in reports).
struct Limits {
  double lower = 0, upper = 1;
};
Limits stagewise_limits(const StopTable& table, int n, int failures, double confidence);

}  // namespace assay::metrics
