#include "metrics/statistics/proportion.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "metrics/input.h"
#include "metrics/statistics/laws.h"

namespace assay::metrics {

namespace {

Result<void> check_limits_input(int successes, int n, double confidence) {
  ASSAY_RETURN_IF_ERROR(check_counts(successes, n));
  return check_open_probability("confidence", confidence);
}

}  // namespace

Result<Interval> wilson(int successes, int n, double confidence) {
  ASSAY_RETURN_IF_ERROR(check_limits_input(successes, n, confidence));
  const double z = -laws::normal_quantile((1 - confidence) / 2);
  const double p = static_cast<double>(successes) / n, z2n = z * z / n;
  const double centre = p + z2n / 2;
  const double half = z * std::sqrt(p * (1 - p) / n + z2n / (4.0 * n));
  // At the ends one root is 0 or 1 exactly; the formula gives it only to rounding.
  const double lower = successes == 0 ? 0 : (centre - half) / (1 + z2n);
  const double upper = successes == n ? 1 : (centre + half) / (1 + z2n);
  return Interval{std::max(0.0, lower), std::min(1.0, upper)};
}

Result<Interval> jeffreys(int successes, int n, double confidence) {
  ASSAY_RETURN_IF_ERROR(check_limits_input(successes, n, confidence));
  const double a = successes + 0.5, b = n - successes + 0.5, tail = (1 - confidence) / 2;
  return Interval{successes == 0 ? 0 : laws::beta_quantile(tail, a, b),
                  successes == n ? 1 : laws::beta_quantile_upper(tail, a, b)};
}

Result<int> demonstration_n(int failures_allowed, double p0, double alpha) {
  ASSAY_RETURN_IF_ERROR(check_at_least("failures_allowed", failures_allowed, 0));
  ASSAY_RETURN_IF_ERROR(check_open_probability("p0", p0));
  ASSAY_RETURN_IF_ERROR(check_open_probability("alpha", alpha));
  // P(F ≤ c | n) falls with n, so doubling and bisection find the smallest. Failures are counted as the complement
  // of successes, so that p0 near 1 keeps its digits.
  const auto shows = [&](int n) { return laws::at_most(laws::binomial_at_least(n - failures_allowed, n, p0), alpha); };
  constexpr int kMost = std::numeric_limits<int>::max();
  int low = failures_allowed;  // never shows: every outcome passes
  int high = std::max(1, failures_allowed);
  while (!shows(high)) {
    if (high == kMost)
      return bad_input(1039, {"the demonstration needs more trials than can be counted", "所需试验次数超出可计数范围"},
                       std::to_string(failures_allowed) + " failures, p0 = " + std::to_string(p0));
    low = high;
    high = high > kMost / 2 ? kMost : 2 * high;
  }
  while (high - low > 1) {
    const int middle = low + (high - low) / 2;
    (shows(middle) ? high : low) = middle;
  }
  return high;
}

Result<PlanRisks> fixed_plan_risks(int n, int max_failures, double p0, double p1) {
  ASSAY_RETURN_IF_ERROR(check_counts(max_failures, n));
  ASSAY_RETURN_IF_ERROR(check_probability("p0", p0));
  ASSAY_RETURN_IF_ERROR(check_probability("p1", p1));
  return PlanRisks{laws::binomial_at_least(n - max_failures, n, p0), laws::binomial_at_least(n - max_failures, n, p1)};
}

}  // namespace assay::metrics
