// Forces and limits.
#include <algorithm>

#include "metrics/by_person.h"
#include "metrics/families.h"
#include "metrics/judge.h"

namespace assay::metrics {

namespace {

MetricValue peak_contact_force(const MetricSpec& spec, const Trace& trace, const Verdict&) {
  return largest(spec, trace, "/peaks", [](const Channel& channel) {
    return channel.unit == "N" && channel.name.find("force") != std::string::npos;
  });
}

/// The first of the task's limits of which the person who judged said nothing; "" if none.
std::string limit_not_seen(const Trace& trace, const Stream& truth) {
  const auto metadata = trace.metadata.find("judge");
  if (metadata == trace.metadata.end()) return "?";
  const auto input = judge_input_from_json(metadata->second);
  if (!input) return "?";
  for (const auto& limit : input->limits)
    if (!said_by_person(truth, "limit." + limit.id)) return limit.id;
  return "";
}

MetricValue limit_violations(const MetricSpec& spec, const Trace& trace, const Verdict&) {
  const auto count = std::count_if(trace.events.begin(), trace.events.end(),
                                   [](const TraceEvent& event) { return event.code == "limit"; });
  const auto* truth = trace.stream("/truth");
  if (count == 0 && (!truth || truth->rows() == 0)) return undefined(spec, "no_samples");
  if (count == 0 && judged_by_person(trace))
    if (const auto id = limit_not_seen(trace, *truth); !id.empty()) return undefined(spec, "not_seen:" + id);
  return defined(spec, static_cast<double>(count), spec.vantage);
}

MetricSpec peak_contact_force_spec() {
  MetricSpec spec;
  spec.id = "peak_contact_force";
  spec.unit = "N";
  spec.title = {"Peak contact force", "峰值接触力"};
  spec.definition = {
      "Largest sum of normal contact forces of one monitored pair (the pairs of the task's limits, and the robot with "
      "each body that it is not there to handle or to stand on) over all physics steps of the trial, from the "
      "per-period peaks. In simulation this is the solver's force, never a pressure.",
      "整个试验所有物理步中，单个受监测接触对（任务限值所列各对，以及机器人与其非操作对象、非支承物体之间）"
      "法向力之和的最大值，取自各控制周期的峰值。仿真中为求解器给出的力，不能当作压力。"};
  spec.clause = "ISO/TS 15066:2016, 5.5.5";
  spec.undefined_when = {"The robot reports no contact force, or a value is not finite.",
                         "机器人未提供接触力，或其值不是有限数。"};
  return spec;
}

MetricSpec limit_violations_spec() {
  MetricSpec spec;
  spec.id = "limit_violations";
  spec.unit = "1";
  spec.title = {"Broken limits", "超限次数"};
  spec.definition = {
      "Number of limit events: hard limits of the task that were broken, each counted at its first violation.",
      "limit 事件的个数：任务硬性限值被突破的条数，每条限值只计首次。"};
  spec.clause = "Assay";
  spec.undefined_when = {
      "There is no limit event, and there is no truth record, or a person who judged by eye did not see each limit "
      "kept.",
      "没有 limit 事件，且没有真值记录，或目视判定的操作员未能看清每条限值是否保持。"};
  return spec;
}

}  // namespace

void register_safety_metrics(MetricRegistry& registry) {
  add(registry, peak_contact_force_spec(), peak_contact_force);
  add(registry, limit_violations_spec(), limit_violations);
}

}  // namespace assay::metrics
