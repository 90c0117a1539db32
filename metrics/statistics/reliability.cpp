#include "metrics/statistics/reliability.h"

#include <cmath>

#include "metrics/input.h"
#include "metrics/statistics/laws.h"

namespace assay::metrics {

namespace {

constexpr int kMostFailures = 1'000'000;

Result<void> check(const char* counted, int count, const char* measured, double time, double confidence) {
  ASSAY_RETURN_IF_ERROR(check_at_least(counted, count, 0));
  ASSAY_RETURN_IF_ERROR(check_positive(measured, time));
  return check_open_probability("confidence", confidence);
}

}  // namespace

Result<RateLimits> poisson_rate_limits(int events, double exposure, double confidence) {
  ASSAY_RETURN_IF_ERROR(check("events", events, "exposure", exposure, confidence));
  const double x2 = 2.0 * events, twice = 2 * exposure, alpha = 1 - confidence;
  const auto lower = [&](double tail) { return events == 0 ? 0 : laws::chi_square_quantile(tail, x2) / twice; };
  const auto upper = [&](double tail) { return laws::chi_square_quantile_upper(tail, x2 + 2) / twice; };
  return RateLimits{{lower(alpha / 2), upper(alpha / 2)}, lower(alpha), upper(alpha)};
}

Result<MtbfLimits> mtbf_limits(double total_time, int failures, double confidence) {
  ASSAY_RETURN_IF_ERROR(check("failures", failures, "total_time", total_time, confidence));
  const double r2 = 2.0 * failures, twice = 2 * total_time, alpha = 1 - confidence;
  MtbfLimits out;
  out.time_terminated_lower = twice / laws::chi_square_quantile_upper(alpha, r2 + 2);
  out.time_terminated_two_sided_lower = twice / laws::chi_square_quantile_upper(alpha / 2, r2 + 2);
  if (failures == 0) return out;
  const double upper = twice / laws::chi_square_quantile(alpha / 2, r2);
  out.time_terminated_two_sided_upper = upper;
  out.failure_terminated_lower = twice / laws::chi_square_quantile_upper(alpha, r2);
  out.failure_terminated_two_sided = Interval{twice / laws::chi_square_quantile_upper(alpha / 2, r2), upper};
  return out;
}

Result<double> mtbf_required_time(double mtbf, int failures, double confidence) {
  ASSAY_RETURN_IF_ERROR(check("failures", failures, "mtbf", mtbf, confidence));
  return mtbf * laws::chi_square_quantile_upper(1 - confidence, 2.0 * failures + 2) / 2;
}

Result<MtbfPlan> mtbf_fixed_plan(double theta_lower, double discrimination, double producer_risk,
                                 double consumer_risk) {
  ASSAY_RETURN_IF_ERROR(check_positive("theta_lower", theta_lower));
  ASSAY_RETURN_IF_ERROR(check_finite("discrimination", discrimination));
  if (discrimination <= 1)
    return bad_input(1032, {"discrimination must be greater than 1", "鉴别比必须大于 1"},
                     std::to_string(discrimination));
  ASSAY_RETURN_IF_ERROR(check_open_probability("producer_risk", producer_risk));
  ASSAY_RETURN_IF_ERROR(check_open_probability("consumer_risk", consumer_risk));
  // Expected failures at theta_lower for a plan that passes it with probability β.
  const auto mean = [&](int c) { return laws::chi_square_quantile_upper(consumer_risk, 2.0 * c + 2) / 2; };
  const auto good = [&](int c) { return laws::poisson_at_most(c, mean(c) / discrimination); };
  // The chance of a good product grows with c: double, then bisect.
  const auto suffices = [&](int c) { return laws::at_most(1 - producer_risk, good(c)); };
  int low = -1, high = 0;
  while (!suffices(high)) {
    if (high >= kMostFailures)
      return bad_input(1039, {"the plan needs more than a million failures", "试验方案需要超过一百万次失效"},
                       "discrimination " + std::to_string(discrimination));
    low = high;
    high = 2 * high + 1;
  }
  while (high - low > 1) {
    const int middle = low + (high - low) / 2;
    (suffices(middle) ? high : low) = middle;
  }
  return MtbfPlan{high, theta_lower * mean(high), 1 - good(high), laws::poisson_at_most(high, mean(high))};
}

}  // namespace assay::metrics
