#include <set>

#include "harness/draw.h"
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

/// What truth must hold: conditions, separations that limits and their metrics read, and the pose of whatever
/// moves, which path_length integrates.
std::vector<SignalSpec> signals_of(const Setup& setup) {
  std::set<SignalSpec> out;
  const auto need = [&](const Condition& condition) {
    for (auto& signal : metrics::required_signals(condition)) out.insert(std::move(signal));
  };
  need(setup.success);
  for (const auto& [name, condition] : setup.subgoals) need(condition);
  for (const auto& [name, condition] : setup.checks) need(condition);
  for (const auto& limit : setup.limits)
    if (limit.quantity == Limit::Quantity::separation_m) out.insert({SignalSpec::Kind::distance, limit.a, limit.b});
  for (const auto& group : setup.world.groups) {
    if (group.kind == Group::Kind::arm) out.insert({SignalSpec::Kind::pose, "robot.tcp", ""});
    if (group.kind == Group::Kind::base) out.insert({SignalSpec::Kind::pose, "robot.base", ""});
  }
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
  const Streams streams = streams_of(setup.key);
  ASSAY_TRY(const auto slots, draw_slots(task, streams));
  ASSAY_TRY(setup.instruction, make_instruction(task, slots));
  ASSAY_RETURN_IF_ERROR(draw_rest(task, streams, slots, setup));
  setup.detectables = task.detectables;
  ASSAY_TRY(setup.success, fill(task.success, slots));
  ASSAY_TRY(setup.subgoals, fill_all(task.subgoals, slots));
  ASSAY_TRY(setup.checks, fill_all(task.checks, slots));
  for (const auto& limit : task.limits) {
    ASSAY_TRY(auto filled, fill(limit, slots));
    setup.limits.push_back(std::move(filled));
  }
  setup.signals = signals_of(setup);
  setup.time_limit_ns = task.time_limit_ns;
  setup.control_period_ns = task.control_period_ns;
  setup.range_rate_hz = task.range_rate_hz;
  setup.physics = task.physics;
  setup.policy_key = streams.policy;
  setup.initial_state_digest = digest_of(setup);
  return setup;
}

}  // namespace assay::harness
