#include "metrics/statistics/eprocess.h"

#include <algorithm>
#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <exception>
#include <optional>
#include <string>

#include "metrics/input.h"

namespace assay::metrics {

namespace {

/// No overflow, and lgamma keeps nine digits of a difference of such sizes.
constexpr std::int64_t kMostTrials = 1'000'000'000;

double log_beta(double a, double b) {
  return boost::math::lgamma(a) + boost::math::lgamma(b) - boost::math::lgamma(a + b);
}

/// Continued fraction of the incomplete beta function at x < (a+1)/(a+b+2) (DLMF 8.17.22, modified Lentz):
/// ∫_0^x t^(a−1)(1−t)^(b−1) dt = x^a (1−x)^b / a · fraction.
std::optional<double> beta_fraction(double a, double b, double x) {
  constexpr double kTiny = 1e-300, kPrecision = 1e-16;
  constexpr int kMostTerms = 200'000;
  const auto away = [](double v) { return std::abs(v) < kTiny ? kTiny : v; };
  double c = 1, d = 1 / away(1 - (a + b) * x / (a + 1)), h = d;
  for (int m = 1; m <= kMostTerms; ++m) {
    const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    for (const double term : {even, odd}) {
      d = 1 / away(1 + term * d);
      c = away(1 + term / c);
      h *= c * d;
    }
    if (std::abs(c * d - 1) <= 2 * kPrecision) return h;
  }
  return std::nullopt;
}

/// ln ∫_{p0}^1 p^(a−1) (1−p)^(b−1) dp − s·ln p0 − f·ln(1−p0), also where the integral itself underflows.
std::optional<double> log_upper_mass(double a, double b, double p0, double s, double f) {
  const double q0 = 1 - p0;
  if (q0 < (b + 1) / (a + b + 2)) {
    // The tail: x^b (1−x)^a / b · fraction at x = 1 − p0; its powers meet those of the null.
    const auto fraction = beta_fraction(b, a, q0);
    if (!fraction) return std::nullopt;
    return (b - f) * std::log(q0) + (a - s) * std::log(p0) - std::log(b) + std::log(*fraction);
  }
  return log_beta(a, b) + std::log(boost::math::ibetac(a, b, p0)) - s * std::log(p0) - f * std::log1p(-p0);
}

/// Expects checked input. Empty: no convergence.
std::optional<double> log_e(double successes, double failures, double p0, const BetaPrior& prior) {
  try {
    const auto posterior = log_upper_mass(prior.a + successes, prior.b + failures, p0, successes, failures);
    const auto before = log_upper_mass(prior.a, prior.b, p0, 0, 0);
    if (posterior && before && std::isfinite(*posterior - *before)) return *posterior - *before;
  } catch (const std::exception&) {  // Boost.Math
  }
  return std::nullopt;
}

Result<void> check_trials(std::int64_t successes, std::int64_t failures) {
  const bool ok = successes >= 0 && failures >= 0 && successes <= kMostTrials && failures <= kMostTrials;
  if (ok) return {};
  return bad_input(1032, {"counts must lie between 0 and 1e9", "计数须在 0 与 1e9 之间"},
                   "successes " + std::to_string(successes) + ", failures " + std::to_string(failures));
}

Error no_convergence(double p0) {
  return bad_input(1037, {"the mixture integral does not converge", "混合积分未收敛"}, "p0 " + std::to_string(p0));
}

/// The largest p0 that is refuted: ln E(p0) ≥ threshold. 0 if none is.
double refuted_up_to(double successes, double failures, double threshold) {
  if (successes <= 0) return 0;
  double low = 0, high = successes / (successes + failures);  // above the share of successes E ≤ 1
  constexpr int kSteps = 60;
  for (int i = 0; i < kSteps; ++i) {
    const double middle = (low + high) / 2;
    if (middle <= low || middle >= high) break;
    const auto e = log_e(successes, failures, middle, {});
    (e && *e >= threshold ? low : high) = middle;
  }
  return low;
}

AnytimeLimits limits_of(std::int64_t successes, std::int64_t failures, double confidence) {
  const double threshold = -std::log((1 - confidence) / 2);
  const auto s = static_cast<double>(successes), f = static_cast<double>(failures);
  return {refuted_up_to(s, f, threshold), 1 - refuted_up_to(f, s, threshold)};
}

Result<void> check_prior(std::string_view name, const BetaPrior& prior) {
  ASSAY_RETURN_IF_ERROR(check_positive(name, prior.a));
  return check_positive(name, prior.b);
}

}  // namespace

Result<double> log_e_beta_mixture(std::int64_t successes, std::int64_t failures, double p0, const BetaPrior& prior) {
  ASSAY_RETURN_IF_ERROR(check_open_probability("p0", p0));
  ASSAY_RETURN_IF_ERROR(check_trials(successes, failures));
  ASSAY_RETURN_IF_ERROR(check_prior("prior", prior));
  const auto e = log_e(static_cast<double>(successes), static_cast<double>(failures), p0, prior);
  if (!e) return no_convergence(p0);
  return *e;
}

Result<std::vector<double>> log_e_two_streams(std::span<const int> a, std::span<const int> b, const BetaPrior& prior_a,
                                              const BetaPrior& prior_b) {
  ASSAY_RETURN_IF_ERROR(check_same_length("a", a.size(), "b", b.size()));
  ASSAY_RETURN_IF_ERROR(check_size("a", a.size(), 1));
  for (const auto outcomes : {a, b})
    for (const int outcome : outcomes)
      if (outcome != 0 && outcome != 1)
        return bad_input(1036, {"outcomes must be 0 or 1", "结果须为 0 或 1"}, std::to_string(outcome));
  ASSAY_RETURN_IF_ERROR(check_prior("prior of a", prior_a));
  ASSAY_RETURN_IF_ERROR(check_prior("prior of b", prior_b));
  std::vector<double> path;
  path.reserve(a.size());
  double sum = 0, successes_a = prior_a.a, successes_b = prior_b.a;
  const auto chance = [](int outcome, double p) { return outcome != 0 ? p : 1 - p; };
  for (std::size_t t = 0; t < a.size(); ++t) {
    const auto n = static_cast<double>(t);
    const double pa = successes_a / (prior_a.a + prior_a.b + n), pb = successes_b / (prior_b.a + prior_b.b + n);
    const double p = (pa + pb) / 2;
    if (pb > pa) sum += std::log(chance(a[t], pa) * chance(b[t], pb) / (chance(a[t], p) * chance(b[t], p)));
    path.push_back(sum);
    successes_a += a[t] != 0 ? 1 : 0;
    successes_b += b[t] != 0 ? 1 : 0;
  }
  return path;
}

Result<AnytimeLimits> beta_mixture_limits(std::int64_t successes, std::int64_t failures, double confidence) {
  ASSAY_RETURN_IF_ERROR(check_open_probability("confidence", confidence));
  ASSAY_RETURN_IF_ERROR(check_trials(successes, failures));
  return limits_of(successes, failures, confidence);
}

Result<ProportionSequence> ProportionSequence::start(double confidence) {
  ASSAY_RETURN_IF_ERROR(check_open_probability("confidence", confidence));
  return ProportionSequence(confidence);
}

void ProportionSequence::add(bool success) {
  ++(success ? successes_ : failures_);
  const auto now = limits_of(successes_, failures_, confidence_);
  // With chance below α a sequence refutes every p: there the limits meet and stay.
  limits_.lower = std::min(std::max(limits_.lower, now.lower), limits_.upper);
  limits_.upper = std::max(std::min(limits_.upper, now.upper), limits_.lower);
}

}  // namespace assay::metrics
