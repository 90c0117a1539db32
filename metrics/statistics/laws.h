// Distribution functions that several statistics share, in double precision with no exception: the callers have checked
// their arguments. Not for other rooms.
#pragma once

namespace assay::metrics::laws {

/// Φ(z) and its inverse, 0 < p < 1; both tails keep their relative precision.
double normal_cdf(double z);
double normal_quantile(double p);
double normal_upper(double z);  ///< 1 − Φ(z), accurate in the tail
/// Student's distribution function, its upper tail, dof > 0 and finite.
double student_cdf(double t, double dof);
double student_upper(double t, double dof);
/// Inverse of Student's distribution function, dof > 0, 0 < p < 1; infinite dof is the normal law.
double student_quantile(double p, double dof);
/// P(X ≤ k) and P(X ≥ k), X ~ Bin(n, p), n ≥ 0, 0 ≤ p ≤ 1; any integer k.
double binomial_at_most(int k, int n, double p);
double binomial_at_least(int k, int n, double p);
/// P(X = k), 0 ≤ k ≤ n, 0 < p < 1.
double binomial_pmf(int k, int n, double p);
/// Inverse of the chi-square distribution function, dof > 0, from its lower or its upper tail.
double chi_square_quantile(double p, double dof);
double chi_square_quantile_upper(double p, double dof);
/// Upper tails of chi-square and F at x (0 below 0: 1), and the inverse of F's distribution function.
double chi_square_upper(double x, double dof);
double fisher_upper(double f, double dof1, double dof2);
double fisher_quantile(double p, double dof1, double dof2);
/// P(X ≤ k), X ~ Poisson(mean), mean ≥ 0, k ≥ 0.
double poisson_at_most(int k, double mean);
/// Inverse of the beta distribution function, a, b > 0, from its lower or its upper tail.
double beta_quantile(double p, double a, double b);
double beta_quantile_upper(double p, double a, double b);

/// a ≤ b where both came out of rounded arithmetic: equal within 1e-12 counts as equal, so that a count that meets
/// its risk exactly (0.5³ against 0.125) is not lost to the last bit.
inline bool at_most(double a, double b) { return a <= b * (1 + 1e-12); }

}  // namespace assay::metrics::laws
