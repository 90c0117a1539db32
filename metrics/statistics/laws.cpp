#include "metrics/statistics/laws.h"

#include <algorithm>
#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/fisher_f.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/erf.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <numbers>

namespace assay::metrics::laws {

namespace {

namespace bm = boost::math;

/// Answers infinity or NaN instead of throwing.
using Quiet = bm::policies::policy<
    bm::policies::domain_error<bm::policies::ignore_error>, bm::policies::pole_error<bm::policies::ignore_error>,
    bm::policies::overflow_error<bm::policies::ignore_error>, bm::policies::underflow_error<bm::policies::ignore_error>,
    bm::policies::evaluation_error<bm::policies::ignore_error>>;

}  // namespace

double normal_cdf(double z) { return 0.5 * std::erfc(-z / std::numbers::sqrt2); }

double normal_upper(double z) { return 0.5 * std::erfc(z / std::numbers::sqrt2); }

double student_cdf(double t, double dof) { return bm::cdf(bm::students_t_distribution<double, Quiet>(dof), t); }
double student_upper(double t, double dof) {
  return bm::cdf(bm::complement(bm::students_t_distribution<double, Quiet>(dof), t));
}

double chi_square_upper(double x, double dof) {
  return bm::cdf(bm::complement(bm::chi_squared_distribution<double, Quiet>(dof), std::max(x, 0.0)));
}
double fisher_upper(double f, double dof1, double dof2) {
  return bm::cdf(bm::complement(bm::fisher_f_distribution<double, Quiet>(dof1, dof2), std::max(f, 0.0)));
}
double fisher_quantile(double p, double dof1, double dof2) {
  return bm::quantile(bm::fisher_f_distribution<double, Quiet>(dof1, dof2), p);
}

double normal_quantile(double p) { return -std::numbers::sqrt2 * bm::erfc_inv(2 * p, Quiet()); }

double student_quantile(double p, double dof) {
  const double z = normal_quantile(p);
  if (!(dof < 1e5)) {
    // Cornish–Fisher in 1/dof (Abramowitz & Stegun 26.7.5): the next term is below 1e-13.
    if (std::isinf(dof)) return z;
    const double z2 = z * z;
    return z + z * (z2 + 1) / (4 * dof) + z * ((5 * z2 + 16) * z2 + 3) / (96 * dof * dof);
  }
  return bm::quantile(bm::students_t_distribution<double, Quiet>(dof), p);
}

double binomial_at_most(int k, int n, double p) {
  if (k < 0) return 0;
  if (k >= n || p <= 0) return 1;
  if (p >= 1) return 0;
  return bm::ibetac(static_cast<double>(k) + 1, static_cast<double>(n) - k, p, Quiet());
}

double binomial_at_least(int k, int n, double p) {
  if (k <= 0) return 1;
  if (k > n || p <= 0) return 0;
  if (p >= 1) return 1;
  return bm::ibeta(static_cast<double>(k), static_cast<double>(n) - k + 1, p, Quiet());
}

double binomial_pmf(int k, int n, double p) {
  return bm::ibeta_derivative(static_cast<double>(k) + 1, static_cast<double>(n) - k + 1, p, Quiet()) / (n + 1.0);
}

double chi_square_quantile(double p, double dof) { return 2 * bm::gamma_p_inv(dof / 2, p, Quiet()); }
double chi_square_quantile_upper(double p, double dof) { return 2 * bm::gamma_q_inv(dof / 2, p, Quiet()); }

double poisson_at_most(int k, double mean) {
  return mean <= 0 ? 1 : bm::gamma_q(static_cast<double>(k) + 1, mean, Quiet());
}

double beta_quantile(double p, double a, double b) { return bm::ibeta_inv(a, b, p, Quiet()); }
double beta_quantile_upper(double p, double a, double b) { return bm::ibetac_inv(a, b, p, Quiet()); }

}  // namespace assay::metrics::laws
