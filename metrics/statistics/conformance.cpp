#include "metrics/statistics/conformance.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

#include "metrics/input.h"
#include "metrics/statistics/laws.h"
#include "metrics/statistics/quadrature.h"

namespace assay::metrics {

namespace {

Result<void> check_limits(double lower, double upper) {
  if (std::isnan(lower) || std::isnan(upper))
    return bad_input(1030, {"a tolerance limit is not a number", "容差限不是数"}, "NaN");
  if (!(lower < upper) || lower == std::numeric_limits<double>::infinity() ||
      upper == -std::numeric_limits<double>::infinity())
    return bad_input(1032, {"the lower limit must lie below the upper", "下限必须低于上限"},
                     std::to_string(lower) + " and " + std::to_string(upper));
  return {};
}

/// Φ(b) − Φ(a), a ≤ b, from the tail in which the difference keeps its digits.
double normal_between(double a, double b) {
  return a > 0 ? laws::normal_cdf(-a) - laws::normal_cdf(-b) : laws::normal_cdf(b) - laws::normal_cdf(a);
}

/// ∫ over the items' law of a chance that the measurement gives.
class RiskIntegral {
 public:
  explicit RiskIntegral(const Conformance& c) : c_(c), low_(c.lower + c.guard_w), high_(c.upper - c.guard_w) {
    add_normal_cuts(cuts_, c.process_mean, c.process_sd);
    if (std::isfinite(low_)) add_normal_cuts(cuts_, low_, c.u_meas);
    if (std::isfinite(high_)) add_normal_cuts(cuts_, high_, c.u_meas);
  }

  /// P(accepted | y).
  [[nodiscard]] double accepted(double y) const {
    return low_ >= high_ ? 0 : normal_between((low_ - y) / c_.u_meas, (high_ - y) / c_.u_meas);
  }
  [[nodiscard]] double rejected(double y) const {
    return low_ >= high_ ? 1 : laws::normal_cdf((low_ - y) / c_.u_meas) + laws::normal_cdf((y - high_) / c_.u_meas);
  }

  template <class Chance>
  [[nodiscard]] double over(double from, double to, const Chance& chance) const {
    const double reach = 39 * c_.process_sd;  // beyond it the density is 0 in double precision
    const auto integrand = [&](double y) {
      const double z = (y - c_.process_mean) / c_.process_sd;
      return std::exp(-z * z / 2) * chance(y);
    };
    return integrate_panels(cuts_, std::max(from, c_.process_mean - reach), std::min(to, c_.process_mean + reach),
                            integrand) /
           (c_.process_sd * std::sqrt(2 * std::numbers::pi));
  }

 private:
  Conformance c_;
  double low_, high_;
  std::vector<double> cuts_;
};

}  // namespace

Result<double> conformance_probability(double y, double u, double lower, double upper) {
  ASSAY_RETURN_IF_ERROR(check_finite("y", y));
  ASSAY_RETURN_IF_ERROR(check_positive("u", u));
  ASSAY_RETURN_IF_ERROR(check_limits(lower, upper));
  return normal_between((lower - y) / u, (upper - y) / u);
}

Result<GuardedUpper> guard_upper(double y, double u, double upper_tolerance, double k) {
  ASSAY_RETURN_IF_ERROR(check_finite("y", y));
  ASSAY_RETURN_IF_ERROR(check_positive("u", u));
  ASSAY_RETURN_IF_ERROR(check_finite("upper_tolerance", upper_tolerance));
  ASSAY_RETURN_IF_ERROR(check_positive("k", k));
  const double z = (upper_tolerance - y) / u, limit = upper_tolerance - k * u;
  return GuardedUpper{laws::normal_cdf(z), laws::normal_cdf(-z), limit, y <= limit, y <= upper_tolerance};
}

Result<double> accept_limit_for(double upper_tolerance, double u, double pfa) {
  ASSAY_RETURN_IF_ERROR(check_finite("upper_tolerance", upper_tolerance));
  ASSAY_RETURN_IF_ERROR(check_positive("u", u));
  ASSAY_RETURN_IF_ERROR(check_open_probability("pfa", pfa));
  return upper_tolerance + u * laws::normal_quantile(pfa);
}

Result<GlobalRisk> global_risk(const Conformance& c) {
  ASSAY_RETURN_IF_ERROR(check_finite("process_mean", c.process_mean));
  ASSAY_RETURN_IF_ERROR(check_positive("process_sd", c.process_sd));
  ASSAY_RETURN_IF_ERROR(check_positive("u_meas", c.u_meas));
  ASSAY_RETURN_IF_ERROR(check_finite("guard_w", c.guard_w));
  ASSAY_RETURN_IF_ERROR(check_limits(c.lower, c.upper));
  const RiskIntegral integral(c);
  const auto accepted = [&](double y) { return integral.accepted(y); };
  const auto rejected = [&](double y) { return integral.rejected(y); };
  const double far = std::numeric_limits<double>::infinity();
  return GlobalRisk{integral.over(-far, c.lower, accepted) + integral.over(c.upper, far, accepted),
                    integral.over(c.lower, c.upper, rejected)};
}

}  // namespace assay::metrics
