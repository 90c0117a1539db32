#include <cmath>

#include "metrics/input.h"
#include "metrics/statistics/laws.h"
#include "metrics/statistics/proportion.h"

namespace assay::metrics {

namespace {

Result<void> check(int successes, int n, double confidence) {
  ASSAY_RETURN_IF_ERROR(check_counts(successes, n));
  return check_open_probability("confidence", confidence);
}

Result<void> check(std::span<const int> successes, std::span<const int> n, double confidence) {
  ASSAY_RETURN_IF_ERROR(check_same_length("successes", successes.size(), "n", n.size()));
  ASSAY_RETURN_IF_ERROR(check_size("successes", successes.size(), 1));
  ASSAY_RETURN_IF_ERROR(check_open_probability("confidence", confidence));
  for (std::size_t i = 0; i < n.size(); ++i) ASSAY_RETURN_IF_ERROR(check_counts(successes[i], n[i]));
  return {};
}

double lower_limit(int x, int n, double tail) {
  if (x == 0) return 0;
  return laws::beta_quantile(tail, x, static_cast<double>(n) - x + 1);
}
double upper_limit(int x, int n, double tail) {
  if (x == n) return 1;
  return laws::beta_quantile_upper(tail, static_cast<double>(x) + 1, static_cast<double>(n) - x);
}

}  // namespace

Result<double> clopper_pearson_lower(int successes, int n, double confidence) {
  ASSAY_RETURN_IF_ERROR(check(successes, n, confidence));
  return lower_limit(successes, n, 1 - confidence);
}

Result<double> clopper_pearson_upper(int successes, int n, double confidence) {
  ASSAY_RETURN_IF_ERROR(check(successes, n, confidence));
  return upper_limit(successes, n, 1 - confidence);
}

Result<Interval> clopper_pearson(int successes, int n, double confidence) {
  ASSAY_RETURN_IF_ERROR(check(successes, n, confidence));
  const double tail = (1 - confidence) / 2;
  return Interval{lower_limit(successes, n, tail), upper_limit(successes, n, tail)};
}

}  // namespace assay::metrics
