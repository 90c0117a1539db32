#include "metrics/statistics/t_tests.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "metrics/input.h"
#include "metrics/statistics/laws.h"
#include "metrics/statistics/sample_tools.h"

namespace assay::metrics {

namespace {

Result<void> check_samples(std::span<const double> a, std::span<const double> b, double confidence) {
  ASSAY_RETURN_IF_ERROR(check_size("a", a.size(), 2));
  ASSAY_RETURN_IF_ERROR(check_size("b", b.size(), 2));
  ASSAY_RETURN_IF_ERROR(check_finite("a", a));
  ASSAY_RETURN_IF_ERROR(check_finite("b", b));
  return check_open_probability("confidence", confidence);
}

Result<TTest> finish(double difference, double standard_error, double df, double scale, double confidence) {
  if (!std::isfinite(difference) || !std::isfinite(standard_error))
    return bad_input(1036, {"values too large: their squares overflow", "数值过大，其平方溢出"}, "");
  TTest out;
  out.difference = difference;
  const double rounding = 10 * std::numeric_limits<double>::epsilon() * scale;
  if (!(standard_error > rounding) || !std::isfinite(df)) return out;
  const double t = difference / standard_error;
  out.t = t;
  out.df = df;
  out.p_less = laws::student_cdf(t, df);
  out.p_greater = laws::student_upper(t, df);
  out.p_two_sided = std::min(1.0, 2 * std::min(*out.p_less, *out.p_greater));
  const double half = -laws::student_quantile((1 - confidence) / 2, df) * standard_error;
  out.interval = std::array<double, 2>{difference - half, difference + half};
  return out;
}

}  // namespace

Result<TTest> welch_t_test(std::span<const double> a, std::span<const double> b, double confidence) {
  ASSAY_RETURN_IF_ERROR(check_samples(a, b, confidence));
  const double na = static_cast<double>(a.size()), nb = static_cast<double>(b.size());
  const double mean_a = samples::mean(a), mean_b = samples::mean(b);
  const double va = samples::variance(a) / na, vb = samples::variance(b) / nb;
  const double df = (va + vb) * (va + vb) / (va * va / (na - 1) + vb * vb / (nb - 1));
  return finish(mean_a - mean_b, std::sqrt(va + vb), df, std::max(std::abs(mean_a), std::abs(mean_b)), confidence);
}

Result<TTest> student_t_test(std::span<const double> a, std::span<const double> b, double confidence) {
  ASSAY_RETURN_IF_ERROR(check_samples(a, b, confidence));
  const double na = static_cast<double>(a.size()), nb = static_cast<double>(b.size());
  const double mean_a = samples::mean(a), mean_b = samples::mean(b);
  const double df = na + nb - 2;
  const double pooled = (samples::sum_of_squares(a) + samples::sum_of_squares(b)) / df;
  return finish(mean_a - mean_b, std::sqrt(pooled * (1 / na + 1 / nb)), df,
                std::max(std::abs(mean_a), std::abs(mean_b)), confidence);
}

Result<TTest> paired_t_test(std::span<const double> a, std::span<const double> b, double confidence) {
  ASSAY_RETURN_IF_ERROR(check_same_length("a", a.size(), "b", b.size()));
  ASSAY_RETURN_IF_ERROR(check_samples(a, b, confidence));
  std::vector<double> d(a.size());
  for (std::size_t i = 0; i < a.size(); ++i) d[i] = a[i] - b[i];
  ASSAY_RETURN_IF_ERROR(check_finite("a − b", d));
  const double n = static_cast<double>(d.size());
  const double mean_d = samples::mean(d);
  return finish(mean_d, std::sqrt(samples::variance(d) / n), n - 1, std::abs(mean_d), confidence);
}

}  // namespace assay::metrics
