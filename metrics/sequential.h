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
