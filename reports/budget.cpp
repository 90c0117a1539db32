#include "reports/budget.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace assay::reports {
namespace {

double mean_of(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

metrics::BudgetRow repeatability(const ValueKey& key, const std::vector<double>& values, double mean) {
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  const auto n = static_cast<double>(values.size());
  return {.quantity = "repeatability",
          .unit = key.unit,
          .value = mean,
          .u = std::sqrt(squares / (n - 1) / n),
          .distribution = "normal",
          .dof = n - 1};
}

/// Only a time is read off in whole control periods.
std::optional<metrics::BudgetRow> resolution(const ReportModel& model, const ValueKey& key) {
  const auto period = model.control_period_s.find(fmt::format("{}@L{}", key.task, key.level));
  if (key.id != "completion_time" || key.unit != "s" || period == model.control_period_s.end()) return std::nullopt;
  if (!(period->second > 0) || !std::isfinite(period->second)) return std::nullopt;
  const auto u = metrics::standard_uncertainty(metrics::Spread::rectangular, period->second / 2);
  if (!u) return std::nullopt;
  return metrics::BudgetRow{
      .quantity = std::string(kResolutionRow), .unit = key.unit, .u = *u, .distribution = "rectangular"};
}

}  // namespace

bool has_budget(const ValueKey& key) {
  // A person's stop-watch has no period of control, and nobody measured the person.
  return key.vantage != Vantage::operator_ && (key.id == "completion_time" || key.id == "path_length");
}

std::optional<metrics::UncertaintyBudget> budget_of(const ReportModel& model, const ValueKey& key,
                                                    const Values& values) {
  if (values.sorted.size() < 2) return std::nullopt;
  const double mean = mean_of(values.sorted);
  std::vector<metrics::BudgetRow> rows{repeatability(key, values.sorted, mean)};
  if (auto row = resolution(model, key)) rows.push_back(*std::move(row));
  auto budget = metrics::make_budget(key.id, key.unit, mean, std::move(rows), kConfidence);
  if (!budget) return std::nullopt;
  return std::move(*budget);
}

std::string with_uncertainty(double value, double U, const std::string& unit) {
  std::string out = fmt::format("{:.4g} ± {:.2g}", value, U);
  const double exponent = std::floor(std::log10(U));
  if (U > 0 && std::abs(value) < 1e9 && exponent >= -9 && exponent <= 8) {
    int decimals = std::max(0, 1 - static_cast<int>(exponent));
    const double unit_of_last = std::pow(10.0, -decimals);
    // 0.0996 is written 0.10, not 0.100.
    if (decimals > 0 && std::round(U / unit_of_last) >= 100) --decimals;
    out = fmt::format("{:.{}f} ± {:.{}f}", value, decimals, U, decimals);
  }
  return unit.empty() || unit == "1" ? out : fmt::format("({}) {}", out, unit);
}

std::string dof_text(const std::optional<double>& dof) {
  if (!dof) return "–";
  return std::isinf(*dof) ? "∞" : fmt::format("{:.4g}", *dof);
}

}  // namespace assay::reports
