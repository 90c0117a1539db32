#include "metrics/measures/delay.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "metrics/input.h"
#include "metrics/measures/stamps.h"

namespace assay::metrics {

namespace {

Result<void> check_signal(const ThresholdSignal& signal) {
  ASSAY_RETURN_IF_ERROR(check_same_length("time_s", signal.time_s.size(), "value", signal.value.size()));
  ASSAY_TRY(const auto t_ns, stamps_ns("time_s", signal.time_s));
  ASSAY_RETURN_IF_ERROR(check_finite("value", signal.value));
  return check_finite("threshold", signal.threshold);
}

/// First crossing at or after `from`.
std::optional<double> first_crossing(const ThresholdSignal& signal, Crossing direction, double from) {
  const double sign = direction == Crossing::rising ? 1 : -1;
  const double threshold = sign * signal.threshold;
  for (std::size_t i = 1; i < signal.value.size(); ++i) {
    const double before = sign * signal.value[i - 1], now = sign * signal.value[i];
    if (!(before < threshold && now >= threshold)) continue;
    const double t = signal.time_s[i - 1];
    const double at = t + (threshold - before) / (now - before) * (signal.time_s[i] - t);
    if (at >= from) return at;
  }
  return std::nullopt;
}

/// Where the value next differs from that at i, or n: a stretch [i, end) is constant iff next_change[i] ≥ end.
std::vector<std::size_t> next_change(std::span<const double> values) {
  std::vector<std::size_t> out(values.size(), values.size());
  for (std::size_t i = values.size(); i-- > 1;) out[i - 1] = values[i - 1] == values[i] ? out[i] : i;
  return out;
}

double mean(std::span<const double> values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

std::optional<double> pearson(std::span<const double> x, std::span<const double> y) {
  const double mean_x = mean(x), mean_y = mean(y);
  double xx = 0, yy = 0, xy = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double dx = x[i] - mean_x, dy = y[i] - mean_y;
    xx += dx * dx;
    yy += dy * dy;
    xy += dx * dy;
  }
  const double norm = std::sqrt(xx) * std::sqrt(yy);
  const double r = xy / norm;
  if (!std::isfinite(r)) return std::nullopt;  // spread beyond what binary64 can square
  return r;
}

/// r_k for k = −K…K at index k + K.
std::vector<std::optional<double>> correlations(std::span<const double> x, std::span<const double> y,
                                                std::size_t most) {
  const auto n = x.size();
  const auto change_x = next_change(x), change_y = next_change(y);
  std::vector<std::optional<double>> out(2 * most + 1);
  for (std::size_t index = 0; index < out.size(); ++index) {
    const std::size_t first_x = index < most ? most - index : 0, first_y = index > most ? index - most : 0;
    const std::size_t count = n - std::max(first_x, first_y);
    if (change_x[first_x] >= first_x + count || change_y[first_y] >= first_y + count) continue;
    out[index] = pearson(x.subspan(first_x, count), y.subspan(first_y, count));
  }
  return out;
}

/// Of the lags whose r is the largest (within 1e−9) the smallest in magnitude, positive first.
std::optional<std::size_t> best_lag(const std::vector<std::optional<double>>& r) {
  const std::size_t zero = r.size() / 2;
  std::optional<double> largest;
  for (const auto& value : r)
    if (value && (!largest || *value > *largest)) largest = value;
  if (!largest) return std::nullopt;
  for (std::size_t k = 0; k <= zero; ++k)
    for (const auto index : {zero + k, zero - k})
      if (r[index] && *r[index] >= *largest - 1e-9) return index;
  return std::nullopt;
}

/// Vertex of the parabola through three neighbours, in samples from the middle one.
double refinement(const std::vector<std::optional<double>>& r, std::size_t at) {
  if (at == 0 || at + 1 >= r.size() || !r[at - 1] || !r[at + 1]) return 0;
  const double curvature = *r[at - 1] - 2 * *r[at] + *r[at + 1];
  return curvature == 0 ? 0 : 0.5 * (*r[at - 1] - *r[at + 1]) / curvature;
}

}  // namespace

Result<ThresholdDelay> threshold_delay(const ThresholdSignal& command, const ThresholdSignal& response,
                                       Crossing direction) {
  ASSAY_RETURN_IF_ERROR(check_signal(command));
  ASSAY_RETURN_IF_ERROR(check_signal(response));
  constexpr double kSlack_s = 0.5e-9;
  ThresholdDelay out;
  out.command_crossing_s = first_crossing(command, direction, -HUGE_VAL);
  if (!out.command_crossing_s) return out;
  out.response_crossing_s = first_crossing(response, direction, *out.command_crossing_s - kSlack_s);
  if (out.response_crossing_s) out.delay_s = *out.response_crossing_s - *out.command_crossing_s;
  return out;
}

Result<CorrelationDelay> correlation_delay(std::span<const double> command, std::span<const double> response,
                                           double period_s, double max_lag_s) {
  ASSAY_RETURN_IF_ERROR(check_same_length("command", command.size(), "response", response.size()));
  ASSAY_RETURN_IF_ERROR(check_finite("command", command));
  ASSAY_RETURN_IF_ERROR(check_finite("response", response));
  ASSAY_RETURN_IF_ERROR(check_positive("period_s", period_s));
  ASSAY_RETURN_IF_ERROR(check_at_least("max_lag_s", max_lag_s, 0));
  CorrelationDelay out;
  const auto n = command.size();
  if (n < 3) return out;
  const auto overlap_bound = static_cast<double>(n - std::max<std::size_t>(3, (n + 1) / 2));
  const double most = std::min(std::floor(max_lag_s / period_s + 1e-9), overlap_bound);
  const double work = static_cast<double>(n) * (2 * most + 1);
  if (work > kMostCorrelationWork)
    return bad_input(1039, {"too many samples times lags", "样本数与滞后数之积过大"}, fmt::format("{:.3g}", work));
  const auto r = correlations(command, response, static_cast<std::size_t>(most));
  const auto at = best_lag(r);
  if (!at) return out;
  out.lag_samples = static_cast<int>(*at) - static_cast<int>(most);
  out.peak_correlation = *r[*at];
  out.delay_s = (*out.lag_samples + refinement(r, *at)) * period_s;
  return out;
}

}  // namespace assay::metrics
