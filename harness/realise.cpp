#include <algorithm>
#include <set>

#include "core/model/trial.h"
#include "harness/dialogue.h"
#include "harness/draw.h"
#include "harness/nuisance.h"
#include "harness/trial.h"
#include "metrics/condition.h"

namespace assay::harness {
namespace {

using Conditions = std::vector<std::pair<std::string, Condition>>;

Result<Conditions> fill_all(const Conditions& conditions, const Slots& slots) {
  Conditions out;
  for (const auto& [name, condition] : conditions) {
    ASSAY_TRY(auto filled, fill(condition, slots));
    out.emplace_back(name, std::move(filled));
  }
  return out;
}

bool has(const Setup& setup, Group::Kind kind) {
  return std::any_of(setup.world.groups.begin(), setup.world.groups.end(),
                     [&](const Group& group) { return group.kind == kind; });
}

/// Metrics read what the robot has: a role that no group of it plays is not asked for.
bool is_played(const Setup& setup, const std::string& entity) {
  if (entity == "robot.tcp") return has(setup, Group::Kind::arm);
  if (entity == "robot.base") return has(setup, Group::Kind::base) || has(setup, Group::Kind::legs);
  if (entity == "robot.trunk" || entity == "robot.feet") return has(setup, Group::Kind::legs);
  if (entity == "robot.gripper") return has(setup, Group::Kind::gripper);
  return true;
}

/// A metric's signal, or one for each actor that it means.
void add_for_actors(const Setup& setup, const SignalSpec& signal, std::vector<SignalSpec>& out) {
  if (signal.b != metrics::kEveryActor) return out.push_back(signal);
  for (const auto& run : setup.actors) out.push_back({signal.kind, signal.a, run.actor.body});
}

/// What truth must hold: conditions, separations that limits name, what the task's metrics read, and the pose of
/// whatever moves.
std::vector<SignalSpec> signals_of(const Setup& setup, const std::vector<std::string>& metric_ids) {
  std::set<SignalSpec> out;
  const auto need = [&](const Condition& condition) {
    for (auto& signal : metrics::required_signals(condition)) out.insert(std::move(signal));
  };
  need(setup.success);
  for (const auto& [name, condition] : setup.subgoals) need(condition);
  for (const auto& [name, condition] : setup.checks) need(condition);
  for (const auto& limit : setup.limits)
    if (limit.quantity == Limit::Quantity::separation_m) out.insert({SignalSpec::Kind::distance, limit.a, limit.b});
  // The frame of a commanded programme, whatever stands there.
  if (setup.instruction.programme) out.insert({SignalSpec::Kind::pose, "robot.base", ""});
  std::vector<SignalSpec> wanted = {{SignalSpec::Kind::pose, "robot.tcp", ""},
                                    {SignalSpec::Kind::pose, "robot.base", ""}};
  metrics::MetricRegistry registry;
  metrics::register_builtin_metrics(registry);
  for (const auto& id : metric_ids)
    if (const auto* metric = registry.find(id); metric != nullptr)
      for (const auto& signal : metric->signals) add_for_actors(setup, signal, wanted);
  const auto is_given = [&](const SignalSpec& signal) {
    return signal.kind != SignalSpec::Kind::stimulus ||
           std::any_of(setup.stimuli.begin(), setup.stimuli.end(),
                       [&](const StimulusRun& run) { return signal.a == name_of(run.stimulus.kind); });
  };
  std::erase_if(wanted, [&](const SignalSpec& signal) { return !is_given(signal); });
  std::erase_if(out, is_spoken);
  for (auto& signal : wanted)
    if (is_played(setup, signal.a) && is_played(setup, signal.b)) out.insert(std::move(signal));
  return {out.begin(), out.end()};
}

Result<void> check_task(const Task& task) {
  if (task.control_period_ns > 0 && task.time_limit_ns >= task.control_period_ns) return {};
  return Error{.id = 503,
               .what = {"the task's time limit or control period cannot be run", "任务的时间上限或控制周期不可执行"},
               .expected = {"0 < control period ≤ time limit", "0 < 控制周期 ≤ 时间上限"},
               .found = task.key() + ": " + std::to_string(task.control_period_ns) + " ns, " +
                        std::to_string(task.time_limit_ns) + " ns"};
}

}  // namespace

Result<Setup> realise(const Task& task, const Embodiment& embodiment, const World& world,
                      const std::string& session_seed, int index) {
  ASSAY_RETURN_IF_ERROR(check_task(task));
  Setup setup;
  setup.key = {task.key(), task.level, index, session_seed};
  setup.world = world;
  if (setup.world.groups.empty()) setup.world.groups = embodiment.groups;
  TrialKey original = setup.key;  // an audit trial shares its original's goal
  if (is_audit_index(index)) original.index -= kAuditIndex;
  const Streams streams = streams_of(original);
  ASSAY_TRY(const auto slots, draw_slots(task, streams));
  ASSAY_TRY(setup.instruction, make_instruction(task, slots, draw_wording(task, streams)));
  ASSAY_RETURN_IF_ERROR(draw_rest(task, streams, slots, setup));
  ASSAY_TRY(const auto turns, draw_dialogue(task, slots, streams));
  for (const auto& turn : turns) setup.instruction.tags.push_back(tag_of(turn));
  if (is_audit_index(index)) ASSAY_RETURN_IF_ERROR(change_nuisance(task, streams_of(setup.key), slots, setup));
  setup.detectables = task.detectables;
  setup.detector = task.detector;
  setup.separation = task.separation;
  ASSAY_TRY(setup.success, fill(task.success, slots));
  ASSAY_TRY(setup.subgoals, fill_all(task.subgoals, slots));
  ASSAY_TRY(setup.checks, fill_all(task.checks, slots));
  for (const auto& limit : task.limits) {
    ASSAY_TRY(auto filled, fill(limit, slots));
    setup.limits.push_back(std::move(filled));
  }
  setup.signals = signals_of(setup, task.metrics);
  setup.time_limit_ns = task.time_limit_ns;
  setup.control_period_ns = task.control_period_ns;
  setup.range_rate_hz = task.range_rate_hz;
  setup.physics = task.physics;
  setup.policy_key = streams_of(setup.key).policy;
  setup.defect_key = child_key(streams_of(setup.key).sensor_noise, "defects");
  setup.initial_state_digest = digest_of(setup);
  return setup;
}

}  // namespace assay::harness
