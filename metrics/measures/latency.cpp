#include "metrics/measures/latency.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "metrics/input.h"
#include "metrics/measures/stamps.h"

namespace assay::metrics {

namespace {

double mean(std::span<const double> values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

/// Divisor n − 1, about the mean.
std::optional<double> deviation(std::span<const double> values, double mean) {
  if (values.size() < 2) return std::nullopt;
  double sum = 0;
  for (const double value : values) sum += (value - mean) * (value - mean);
  return std::sqrt(sum / static_cast<double>(values.size() - 1));
}

double type7(const std::vector<double>& sorted, double p) {
  const double h = static_cast<double>(sorted.size() - 1) * p;
  const auto k = std::min(static_cast<std::size_t>(h), sorted.size() - 1);
  if (k + 1 == sorted.size()) return sorted[k];
  return sorted[k] + (h - static_cast<double>(k)) * (sorted[k + 1] - sorted[k]);
}

double order(const std::vector<double>& sorted, double p) {
  const auto n = static_cast<double>(sorted.size());
  const double rank = std::clamp(std::ceil(n * p - 1e-9), 1.0, n);
  return sorted[static_cast<std::size_t>(rank) - 1];
}

}  // namespace

Result<LatencySummary> latency_summary(std::span<const double> latency_s, std::span<const double> probability) {
  ASSAY_RETURN_IF_ERROR(check_finite("latency_s", latency_s));
  for (const double p : probability) ASSAY_RETURN_IF_ERROR(check_probability("probability", p));
  LatencySummary out;
  out.quantile_type7_s.resize(probability.size());
  out.quantile_order_s.resize(probability.size());
  if (latency_s.empty()) return out;
  std::vector<double> sorted(latency_s.begin(), latency_s.end());
  std::sort(sorted.begin(), sorted.end());
  for (std::size_t i = 0; i < probability.size(); ++i) {
    out.quantile_type7_s[i] = type7(sorted, probability[i]);
    out.quantile_order_s[i] = order(sorted, probability[i]);
  }
  out.mean_s = mean(latency_s);
  out.std_s = deviation(latency_s, *out.mean_s);
  out.min_s = sorted.front();
  out.max_s = sorted.back();
  return out;
}

Result<JitterSummary> latency_jitter(std::span<const double> time_s, double nominal_period_s) {
  ASSAY_TRY(const auto t_ns, stamps_ns("time_s", time_s));
  ASSAY_RETURN_IF_ERROR(check_positive("nominal_period_s", nominal_period_s));
  JitterSummary out;
  std::vector<double> periods;
  for (std::size_t i = 1; i < time_s.size(); ++i) periods.push_back(time_s[i] - time_s[i - 1]);
  if (periods.size() > static_cast<std::size_t>(std::numeric_limits<int>::max()))
    return bad_input(1039, {"too many arrivals", "到达时刻过多"}, fmt::format("{}", time_s.size()));
  out.period_count = static_cast<int>(periods.size());
  if (periods.empty()) return out;
  out.period_mean_s = mean(periods);
  out.period_std_s = deviation(periods, *out.period_mean_s);
  const auto [least, most] = std::minmax_element(periods.begin(), periods.end());
  out.period_min_s = *least;
  out.period_max_s = *most;
  out.max_abs_deviation_s = std::max(std::abs(*least - nominal_period_s), std::abs(*most - nominal_period_s));
  return out;
}

Result<DeadlineSummary> latency_deadline(std::span<const double> latency_s, double deadline_s, int sent_count) {
  ASSAY_RETURN_IF_ERROR(check_finite("latency_s", latency_s));
  ASSAY_RETURN_IF_ERROR(check_at_least("deadline_s", deadline_s, 0));
  ASSAY_RETURN_IF_ERROR(check_at_least("sent_count", sent_count, static_cast<double>(latency_s.size())));
  DeadlineSummary out;
  int run = 0;
  for (const double latency : latency_s) {
    run = latency > deadline_s ? run + 1 : 0;
    if (run > 0) ++out.late_count;
    out.longest_late_run = std::max(out.longest_late_run, run);
  }
  out.lost_count = sent_count - static_cast<int>(latency_s.size());
  if (sent_count > 0) out.miss_ratio = static_cast<double>(out.late_count + out.lost_count) / sent_count;
  return out;
}

Result<std::vector<double>> fill_omitted(std::span<const double> latency_s, double expected_interval_s) {
  ASSAY_RETURN_IF_ERROR(check_finite("latency_s", latency_s));
  ASSAY_RETURN_IF_ERROR(check_positive("expected_interval_s", expected_interval_s));
  double total = static_cast<double>(latency_s.size());
  for (const double x : latency_s)
    if (x > expected_interval_s) total += std::floor(x / expected_interval_s);
  if (total > static_cast<double>(kMostLatencies))
    return bad_input(1039, {"the expected interval is too short for this record", "相对该记录，期望间隔过短"},
                     fmt::format("{:.0f} values, {} at most", total, kMostLatencies));
  std::vector<double> out;
  for (const double x : latency_s) {
    out.push_back(x);
    for (double k = 1; x - k * expected_interval_s >= expected_interval_s; ++k)
      out.push_back(x - k * expected_interval_s);
  }
  return out;
}

}  // namespace assay::metrics
