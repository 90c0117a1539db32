#include "reports/values.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace assay::reports {

std::map<ValueKey, Values> values_by_series(const std::vector<TrialRecord>& trials) {
  std::map<ValueKey, Values> out;
  for (const auto& trial : trials) {
    if (!trial.finished || trial.validity != Validity::valid) continue;
    for (const auto& metric : trial.metrics) {
      Values& values = out[{trial.task, trial.level, metric.id, metric.version, metric.unit, metric.vantage}];
      if (metric.value && std::isfinite(*metric.value)) {
        values.sorted.push_back(*metric.value);
      } else {
        ++values.undefined;
      }
    }
  }
  for (auto& [key, values] : out) std::sort(values.sorted.begin(), values.sorted.end());
  return out;
}

std::map<ValueKey, Values> values_of_session(const std::vector<TrialRecord>& trials, const std::string& id) {
  std::map<ValueKey, Values> out;
  for (const auto& [key, values] : values_by_series(trials)) {
    if (key.id != id) continue;
    Values& all = out[{"", 0, key.id, key.version, key.unit, key.vantage}];
    all.sorted.insert(all.sorted.end(), values.sorted.begin(), values.sorted.end());
    all.undefined += values.undefined;
  }
  for (auto& [key, values] : out) std::sort(values.sorted.begin(), values.sorted.end());
  return out;
}

std::string quantile_name(double q) { return fmt::format("p{:.3g}", q * 100); }

std::vector<metrics::QuantileLimits> quantiles_of(const std::vector<double>& sorted) {
  std::vector<metrics::QuantileLimits> out;
  for (const double q : kQuantiles) {
    const auto limits = metrics::quantile_limits(sorted, q, kConfidence);
    if (!limits) return {};
    out.push_back(*limits);
  }
  return out;
}

TimeUnit time_unit(double typical_s) {
  if (!(typical_s > 0) || typical_s >= 1) return {};
  if (typical_s >= 1e-3) return {1e3, "ms"};
  return {1e6, "µs"};
}

ShownUnit shown_unit(const IndicatorResult& indicator) {
  constexpr double kSmall = 0.1;
  const bool small = std::abs(indicator.limit) < kSmall;
  if (small && indicator.unit == "m") return {1e3, "mm"};
  if (small && indicator.unit == "s") return {1e3, "ms"};
  if (small && indicator.unit == "m/s") return {1e3, "mm/s"};
  constexpr double kHour_s = 3600;
  if (indicator.unit == "s" && std::abs(indicator.limit) >= kHour_s) return {1 / kHour_s, "h"};
  return {1, indicator.unit == "1" ? "" : indicator.unit};
}

double readable(double value, double limit) { return std::abs(value) < 1e-6 * std::abs(limit) ? 0 : value; }

std::string shown_value(const IndicatorResult& indicator, const std::optional<double>& value) {
  return value ? fmt::format("{:.4g}", readable(*value, indicator.limit) * shown_unit(indicator).factor) : "–";
}

}  // namespace assay::reports
