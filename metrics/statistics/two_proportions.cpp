#include "metrics/statistics/two_proportions.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "metrics/input.h"
#include "metrics/statistics/hypergeometric.h"
#include "metrics/statistics/laws.h"
#include "metrics/statistics/proportion.h"

namespace assay::metrics {

namespace {

constexpr int kMaxConditional = 10'000'000;

/// Upper tail of χ² with one degree of freedom.
double chi_square_1_tail(double x) { return std::erfc(std::sqrt(x / 2)); }

/// Variance of p̂1 − p̂2 at the maximum likelihood under p1 − p2 = delta: the root in (0, 1) of the cubic likelihood
/// equation for p2, in its trigonometric form.
double restricted_variance(const TwoCounts& c, double delta) {
  const double n1 = c.n1, n2 = c.n2, n = n1 + n2, x1 = c.x1, x2 = c.x2;
  const double l3 = n;
  const double l2 = (n1 + 2 * n2) * delta - n - (x1 + x2);
  const double l1 = (n2 * delta - n - 2 * x2) * delta + x1 + x2;
  const double l0 = x2 * delta * (1 - delta);
  const double third = l2 / (3 * l3);
  const double q = third * third * third - l1 * l2 / (6 * l3 * l3) + l0 / (2 * l3);
  const double p = std::copysign(std::sqrt(std::max(0.0, third * third - l1 / (3 * l3))), q);
  const double cosine = p == 0 ? 0 : std::clamp(q / (p * p * p), -1.0, 1.0);
  const double angle = (std::numbers::pi + std::acos(cosine)) / 3;
  const double low = std::max(0.0, -delta), high = std::min(1.0, 1 - delta);
  const double p2 = std::clamp(2 * p * std::cos(angle) - third, low, high);
  const double p1 = std::clamp(p2 + delta, 0.0, 1.0);
  return (p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2) * n / (n - 1);
}

/// The end of {delta: (d − delta)² ≤ z² v(delta)} on one side of d, by bisection between d and ∓1.
double score_end(const TwoCounts& c, double d, double z, double far) {
  const auto inside = [&](double delta) { return (d - delta) * (d - delta) <= z * z * restricted_variance(c, delta); };
  if (inside(far)) return far;
  double near = d, beyond = far;
  for (int i = 0; i < 200; ++i) {
    const double middle = near + (beyond - near) / 2;
    if (middle == near || middle == beyond) break;
    (inside(middle) ? near : beyond) = middle;
  }
  return near;
}

}  // namespace

Result<Alternative> alternative_named(std::string_view name) {
  if (name == "two-sided") return Alternative::two_sided;
  if (name == "less") return Alternative::less;
  if (name == "greater") return Alternative::greater;
  auto error = bad_input(1038, {"unknown alternative", "未知的备择假设"}, std::string(name));
  error.expected = {"two-sided, less or greater", "two-sided、less 或 greater"};
  return error;
}

Result<FisherP> fisher_exact(const TwoCounts& c) {
  ASSAY_RETURN_IF_ERROR(check_counts(c.x1, c.n1));
  ASSAY_RETURN_IF_ERROR(check_counts(c.x2, c.n2));
  if (static_cast<double>(c.n1) + c.n2 > kMaxConditional)
    return bad_input(1039, {"Fisher's test: too many trials", "费希尔检验：试验次数过多"},
                     std::to_string(c.n1) + " and " + std::to_string(c.n2));
  const Hypergeometric law(c.n1, c.n2, c.x1 + c.x2);
  const double most = law.pmf(c.x1) * (1 + 1e-7);
  FisherP out{0, law.at_most(c.x1), law.at_least(c.x1)};
  for (int x = law.first(); x <= law.last(); ++x)
    if (law.pmf(x) <= most) out.two_sided += law.pmf(x);
  out.two_sided = std::min(1.0, out.two_sided);
  return out;
}

Result<McNemar> mcnemar(int b, int c) {
  ASSAY_RETURN_IF_ERROR(check_at_least("b", b, 0));
  ASSAY_RETURN_IF_ERROR(check_at_least("c", c, 0));
  if (b > kMaxConditional || c > kMaxConditional)
    return bad_input(1039, {"McNemar's test: too many pairs", "麦克尼马尔检验：配对数过多"},
                     std::to_string(b) + " and " + std::to_string(c));
  McNemar out;
  const int n = b + c, least = std::min(b, c);
  if (n == 0) return out;
  const double tail = laws::binomial_at_most(least, n, 0.5);
  const double here = laws::binomial_pmf(least, n, 0.5);
  out.exact_two_sided = std::min(1.0, 2 * tail);
  out.exact_less = laws::binomial_at_most(b, n, 0.5);
  out.mid_p = b == c ? 1 - here / 2 : 2 * tail - here;
  const double apart = std::abs(b - c), corrected = b == c ? 0 : apart - 1;
  out.chi2 = apart * apart / n;
  out.p_chi2 = chi_square_1_tail(*out.chi2);
  out.chi2_corrected = corrected * corrected / n;
  out.p_corrected = chi_square_1_tail(*out.chi2_corrected);
  return out;
}

Result<DifferenceIntervals> two_proportion_difference(const TwoCounts& c, double confidence) {
  ASSAY_TRY(const auto first, wilson(c.x1, c.n1, confidence));
  ASSAY_TRY(const auto second, wilson(c.x2, c.n2, confidence));
  const double z = -laws::normal_quantile((1 - confidence) / 2);
  const double n1 = c.n1, n2 = c.n2, p1 = c.x1 / n1, p2 = c.x2 / n2, d = p1 - p2;
  DifferenceIntervals out;
  out.newcombe = {d - std::hypot(p1 - first.lower, second.upper - p2),
                  d + std::hypot(first.upper - p1, p2 - second.lower)};
  const double half = z * std::sqrt(p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2);
  out.wald = {d - half, d + half};
  const double a1 = (c.x1 + 1) / (n1 + 2), a2 = (c.x2 + 1) / (n2 + 2);
  const double more = z * std::sqrt(a1 * (1 - a1) / (n1 + 2) + a2 * (1 - a2) / (n2 + 2));
  out.agresti_caffo = {a1 - a2 - more, a1 - a2 + more};
  out.miettinen_nurminen = {score_end(c, d, z, -1), score_end(c, d, z, 1)};
  return out;
}

}  // namespace assay::metrics
