#include "grading/rules.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>

#include "metrics/statistics/proportion.h"

namespace assay::grading {

namespace {

bool names(const std::vector<std::string>& list, const std::string& name) {
  return list.empty() || std::find(list.begin(), list.end(), name) != list.end();
}

/// Largest number of indicators of which at least one must have been shown falsely for a level whose unmet indicators
/// weigh more than `slack` to be given: adding the lightest first until the sum passes the slack.
int most_needed(std::vector<double> weights, double slack) {
  std::sort(weights.begin(), weights.end());
  double sum = 0;
  int count = 0;
  for (const double weight : weights) {
    sum += weight;
    ++count;
    if (sum > slack + 1e-9) break;
  }
  return std::max(1, count);
}

double total(const std::vector<double>& weights) {
  double sum = 0;
  for (const double weight : weights) sum += weight;
  return sum;
}

}  // namespace

Scheme for_class(const Scheme& scheme, const std::string& robot_class) {
  Scheme out = scheme;
  if (robot_class.empty()) return out;
  std::erase_if(out.indicators, [&](const auto& indicator) { return !names(indicator.classes, robot_class); });
  for (auto& indicator : out.indicators)
    for (const auto& other : indicator.for_class)
      if (other.robot_class == robot_class) {
        indicator.limit = other.limit;
        indicator.design = other.design;
      }
  return out;
}

double claim_alpha(const Scheme& scheme) {
  return scheme.divide_alpha && scheme.most_examinations > 0 ? scheme.alpha / scheme.most_examinations : scheme.alpha;
}

double indicator_alpha(const Scheme& scheme, const std::string& scope, int level) {
  const double alpha = claim_alpha(scheme);
  if (scheme.aggregation != "weighted_score") return alpha;
  std::vector<double> all;
  std::map<std::string, std::vector<double>> by_dimension;
  for (const auto* indicator : required(scheme, scope, level)) {
    if (indicator->level != level) continue;
    all.push_back(indicator->weight);
    by_dimension[indicator->dimension].push_back(indicator->weight);
  }
  int most = most_needed(all, (1 - scheme.pass_score) * total(all));
  for (const auto& [dimension, weights] : by_dimension)
    most = std::max(most, most_needed(weights, (1 - floor_of(scheme, dimension)) * total(weights)));
  return alpha / most;
}

bool is_attached(const SchemeIndicator& indicator) { return indicator.statistic == kAttachedEvidence; }

double floor_of(const Scheme& scheme, const std::string& dimension) {
  for (const auto& [id, floor] : scheme.floors)
    if (id == dimension) return floor;
  return scheme.pass_score;
}

bool reaches(double share, double asked) { return share >= asked - 1e-9; }

const Scope* find_scope(const Scheme& scheme, const std::string& id) {
  for (const auto& scope : scheme.scopes)
    if (scope.id == id) return &scope;
  return nullptr;
}

bool in_scope(const SchemeIndicator& indicator, const Scope& scope) {
  return names(indicator.scopes, scope.id) && (is_attached(indicator) || names(scope.tasks, indicator.task));
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
  return aggregation == "all_of" || aggregation == "min_over_dimensions" || aggregation == "weighted_score";
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
