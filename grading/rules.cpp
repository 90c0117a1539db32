#include "grading/rules.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "metrics/statistics/proportion.h"

namespace assay::grading {

namespace {

bool names(const std::vector<std::string>& list, const std::string& name) {
  return list.empty() || std::find(list.begin(), list.end(), name) != list.end();
}

}  // namespace

const Scope* find_scope(const Scheme& scheme, const std::string& id) {
  for (const auto& scope : scheme.scopes)
    if (scope.id == id) return &scope;
  return nullptr;
}

bool in_scope(const SchemeIndicator& indicator, const Scope& scope) {
  return names(indicator.scopes, scope.id) && names(scope.tasks, indicator.task);
}

std::vector<const SchemeIndicator*> required(const Scheme& scheme, const std::string& scope, int level) {
  std::vector<const SchemeIndicator*> list;
  const auto* found = find_scope(scheme, scope);
  if (!found) return list;
  for (const auto& indicator : scheme.indicators)
    if (indicator.level <= level && in_scope(indicator, *found)) list.push_back(&indicator);
  return list;
}

const SchemeIndicator* find_indicator(const Scheme& scheme, const std::string& id) {
  for (const auto& indicator : scheme.indicators)
    if (indicator.id == id) return &indicator;
  return nullptr;
}

bool known_aggregation(const std::string& aggregation) {
  return aggregation == "all_of" || aggregation == "min_over_dimensions";
}

std::optional<double> cap_ratio(const std::string& cap) {
  double ratio = 0;
  const char* last = cap.data() + cap.size();
  const auto [end, error] = std::from_chars(cap.data(), last, ratio);  // does not ask the locale, unlike strtod
  if (error != std::errc{} || end + 1 != last || *end != 'n' || !std::isfinite(ratio)) return std::nullopt;
  return ratio;
}

int void_allowance(double void_cap, int n) {
  // 0.05 · 140 is 7.000000000000001 in binary: the slack keeps ⌈7⌉ from becoming 8.
  return static_cast<int>(std::ceil(void_cap * n - 1e-9));
}

double event_upper_limit(int events, int attempts, double confidence) {
  const auto limit = metrics::clopper_pearson_upper(events, attempts, confidence);
  return limit ? *limit : 1;
}

double split_beta(double beta, int m) { return -std::expm1(std::log1p(-beta) / m); }

}  // namespace assay::grading
