#include "metrics/metrics.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "core/result.h"
#include "metrics/by_person.h"
#include "metrics/families.h"
#include "metrics/perception.h"

namespace assay::metrics {

void MetricRegistry::add(Metric metric) {
  auto key = std::make_pair(metric.spec.id, metric.spec.version);
  const bool inserted = metrics_.emplace(std::move(key), std::move(metric)).second;
  ASSAY_CHECK(inserted);
}

const Metric* MetricRegistry::find(const std::string& id, int version) const {
  if (version != 0) {
    const auto it = metrics_.find({id, version});
    return it == metrics_.end() ? nullptr : &it->second;
  }
  auto after = metrics_.upper_bound({id, std::numeric_limits<int>::max()});
  if (after == metrics_.begin()) return nullptr;
  --after;
  return after->first.first == id ? &after->second : nullptr;
}

std::vector<const Metric*> MetricRegistry::all() const {
  std::vector<const Metric*> out;
  for (const auto& [key, metric] : metrics_) out.push_back(&metric);
  return out;
}

void register_builtin_metrics(MetricRegistry& registry) {
  register_task_metrics(registry);
  register_motion_metrics(registry);
  register_manipulator_metrics(registry);
  register_quality_metrics(registry);
  register_safety_metrics(registry);
  register_person_metrics(registry);
  register_protective_metrics(registry);
  register_fault_metrics(registry);
  register_joint_metrics(registry);
  register_reaction_metrics(registry);
  register_perception_metrics(registry);
  register_timing_metrics(registry);
}

MetricValue defined(const MetricSpec& spec, double value, Vantage vantage) {
  return {spec.id, spec.version, value, "", spec.unit, vantage};
}

MetricValue undefined(const MetricSpec& spec, std::string why) {
  return {spec.id, spec.version, std::nullopt, std::move(why), spec.unit, spec.vantage};
}

namespace {

/// Of a record that a person told, only what a person can tell: anything else would be measured on nothing.
MetricValue as_seen_by_person(const MetricSpec& spec, MetricValue value) {
  constexpr std::array kTold{"success", "completion_time", "task_progress", "limit_violations", "simulated_time"};
  if (std::find(kTold.begin(), kTold.end(), spec.id) == kTold.end())
    value = undefined(spec, "no_channel:not_seen_by_a_person");
  value.vantage = Vantage::operator_;
  return value;
}

}  // namespace

void add(MetricRegistry& registry, MetricSpec spec, Arithmetic arithmetic, std::vector<SignalSpec> signals) {
  Metric metric;
  metric.spec = spec;
  metric.compute = [spec, arithmetic](const Trace& trace, const Verdict& verdict) {
    auto value = arithmetic(spec, trace, verdict);
    return judged_by_person(trace) ? as_seen_by_person(spec, std::move(value)) : value;
  };
  metric.signals = std::move(signals);
  registry.add(std::move(metric));
}

std::vector<MetricValue> compute(const MetricRegistry& registry, const std::vector<std::string>& ids,
                                 const Trace& trace, const Verdict& verdict) {
  std::vector<MetricValue> out;
  for (const auto& id : ids) {
    if (const auto* metric = registry.find(id)) {
      out.push_back(metric->compute(trace, verdict));
      continue;
    }
    MetricValue unknown;
    unknown.id = id;
    unknown.version = 0;
    unknown.why_undefined = "unknown_metric";
    out.push_back(std::move(unknown));
  }
  return out;
}

}  // namespace assay::metrics
