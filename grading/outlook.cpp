// Chances and costs of a plan before trial 1.
#include <algorithm>
#include <cmath>

#include "grading/grading.h"
#include "grading/measured.h"
#include "metrics/sequential.h"

namespace assay::grading {

namespace {

double assumed(const PlannedIndicator& indicator, const std::map<std::string, double>& assume) {
  for (const auto& key : {indicator.task + "@L" + std::to_string(indicator.level), indicator.task})
    if (const auto found = assume.find(key); found != assume.end() && !std::isnan(found->second))
      return std::clamp(found->second, 0.0, 1.0);
  return indicator.design.p1;
}

}  // namespace

Outlook outlook(const Plan& plan, const std::map<std::string, double>& assume) {
  Outlook result;
  struct OfSeries {
    double misses = 0, smallest = 1;  ///< sum of the chances of not conforming; smallest chance of conforming
  };
  std::map<std::pair<std::string, int>, OfSeries> series;
  for (const auto& indicator : plan.indicators) {
    Outlook::Row row;
    row.id = indicator.id;
    row.level = indicator.level;
    if (is_measured(indicator)) {  // a fixed number; what its values will be nobody knows before
      row.measured = true;
      row.least_n = row.most_n = indicator.design.table.n_max;
      row.expected_n = row.most_n;
      result.rows.push_back(std::move(row));
      continue;
    }
    row.assumed = assumed(indicator, assume);
    const auto at_p = metrics::characteristics(indicator.design.table, row.assumed);
    row.p_conform = at_p.accept;
    row.expected_n = at_p.expected_n;
    row.least_n = indicator.design.least_n;
    row.most_n = indicator.design.table.n_max;
    auto& of_series = series[{indicator.task, indicator.level}];
    of_series.misses += 1 - row.p_conform;
    of_series.smallest = std::min(of_series.smallest, row.p_conform);
    result.rows.push_back(std::move(row));
  }
  result.p_level = result.p_level_most = plan.indicators.empty() ? 0 : 1;
  for (const auto& [key, chances] : series) {
    result.p_level *= std::max(0.0, 1 - chances.misses);
    result.p_level_most *= chances.smallest;
  }
  return result;
}

}  // namespace assay::grading
