// One proportion: limits for a success probability from a fixed number of trials, and the numbers of trials that show
// one. For trials that were stopped by a sequential plan see sequential.h. Pure.
#pragma once

#include <span>
#include <vector>

#include "core/result.h"
#include "metrics/statistics/interval.h"

namespace assay::metrics {

/// One-sided Clopper–Pearson limits at `confidence`: lower solves P(X ≥ successes | p) = 1 − confidence (0 for no
/// success), upper solves P(X ≤ successes | p) = 1 − confidence (1 for no failure). Relative accuracy 1e-13 of the
/// limit and of its complement up to n = 30 000, about 1e-12 beyond. One limit has the same bits alone and among many.
/// Errors: ASSAY-1032 counts, ASSAY-1031 confidence not in (0, 1). Source: Clopper & Pearson, Biometrika 26 (1934) 404.
Result<double> clopper_pearson_lower(int successes, int n, double confidence);
Result<double> clopper_pearson_upper(int successes, int n, double confidence);
/// Two-sided, (1 − confidence)/2 beyond each end. Errors as above.
Result<Interval> clopper_pearson(int successes, int n, double confidence);

/// The same for many pairs at one confidence, [i] of the answer from successes[i] and n[i].
/// Errors: as above for the first bad pair, ASSAY-1034 different lengths, ASSAY-1033 no pair.
Result<std::vector<double>> clopper_pearson_lower(std::span<const int> successes, std::span<const int> n,
                                                  double confidence);
Result<std::vector<double>> clopper_pearson_upper(std::span<const int> successes, std::span<const int> n,
                                                  double confidence);
Result<std::vector<Interval>> clopper_pearson(std::span<const int> successes, std::span<const int> n,
                                              double confidence);

/// Wilson's score interval: roots of (p̂ − p)² = z² p(1−p)/n, two-sided. Coverage holds on average, not always: never
/// for a certificate. Errors: ASSAY-1032, ASSAY-1031. Source: Wilson, JASA 22 (1927) 209.
Result<Interval> wilson(int successes, int n, double confidence);

/// Jeffreys' interval: quantiles of Beta(x + ½, n − x + ½); lower is 0 for x = 0, upper 1 for x = n.
/// Errors: ASSAY-1032, ASSAY-1031. Source: Brown, Cai & DasGupta, Stat. Sci. 16 (2001) 101.
Result<Interval> jeffreys(int successes, int n, double confidence);

/// Smallest n such that at most `failures_allowed` failures in n trials show p ≥ p0 at risk alpha:
/// P(F ≤ failures_allowed | n, p0) ≤ alpha; for no failure ⌈ln α / ln p0⌉.
/// Errors: ASSAY-1031 p0 or alpha not in (0, 1), ASSAY-1032 failures_allowed < 0, ASSAY-1039 more than 2³¹ − 1 trials.
/// Source: binomial law.
Result<int> demonstration_n(int failures_allowed, double p0, double alpha);

/// What a fixed plan (n trials, passed with at most max_failures failures; sequential.h: fixed_plan) really risks.
struct PlanRisks {
  double alpha = 0;  ///< P(pass | p0)
  double power = 0;  ///< P(pass | p1)
};
/// Errors: ASSAY-1032 counts (0 ≤ max_failures ≤ n, n ≥ 1), ASSAY-1031 p0 or p1 not in [0, 1].
Result<PlanRisks> fixed_plan_risks(int n, int max_failures, double p0, double p1);

}  // namespace assay::metrics
