#include "harness/sanity.h"

#include <algorithm>
#include <set>

#include "harness/campaign.h"
#include "harness/dialogue.h"
#include "harness/draw.h"
#include "harness/fill.h"
#include "harness/protocol.h"
#include "metrics/condition.h"
#include "metrics/diagnosis.h"
#include "metrics/judge.h"

namespace assay::harness {
namespace {

using nlohmann::json;
using Kind = Variation::Kind;

constexpr std::size_t kMostOtherGoals = 64;

Error no_reference(const Task& task) {
  return Error{.id = 540,
               .what = {"the task names nobody who can solve it", "任务没有指明能够完成它的参考对象"},
               .place = {task.key()},
               .expected = {"reference: {embodiment: …, policy: …}", "reference: {embodiment: …, policy: …}"},
               .found = "no reference",
               .help = {"name a body and a policy that solve the task (`assay adapter list`)",
                        "请写明能完成该任务的机体与策略（`assay adapter list`）"}};
}

/// "object_2" and "object" draw from one bag: neither takes the other's value.
std::string bag_of(const std::string& slot) {
  const bool numbered = slot.size() > 2 && slot[slot.size() - 2] == '_' && slot.back() >= '2' && slot.back() <= '9';
  return numbered ? slot.substr(0, slot.size() - 2) : slot;
}

/// Other assignments of the slots that the task could have drawn: one slot changed alone, or exchanged with the slot of
/// the same bag that holds the value.
std::vector<std::pair<OtherGoal, Slots>> other_slots(const Task& task, const Slots& drawn) {
  std::vector<std::pair<OtherGoal, Slots>> out;
  for (const auto& v : task.variation) {
    if (v.kind != Kind::choice || !drawn.contains(v.name)) continue;
    for (const auto& value : v.of) {
      if (value == drawn.at(v.name) || out.size() >= kMostOtherGoals) continue;
      Slots other = drawn;
      for (auto& [slot, taken] : other)
        if (bag_of(slot) == bag_of(v.name) && taken == value) taken = drawn.at(v.name);
      other[v.name] = value;
      out.push_back({{v.name, value, false}, other});
    }
  }
  return out;
}

/// The record holds what the other goals need, too.
Result<void> watch_other_goals(const Task& task, const std::vector<std::pair<OtherGoal, Slots>>& others, Setup& setup) {
  std::set<SignalSpec> signals(setup.signals.begin(), setup.signals.end());
  for (const auto& [goal, slots] : others) {
    ASSAY_TRY(const auto success, fill(task.success, slots));
    for (auto& signal : metrics::required_signals(success))
      if (!is_spoken(signal)) signals.insert(std::move(signal));
  }
  setup.signals.assign(signals.begin(), signals.end());
  return {};
}

std::optional<bool> goal_at_start(const Setup& setup, const Trace& trace) {
  const Stream* truth = trace.stream("/truth");
  if (truth == nullptr || truth->rows() == 0) return std::nullopt;
  Stream first{truth->topic, truth->deterministic, truth->channels, {}, {}};
  first.append(truth->t_ns[0], truth->row(0));
  const auto value = metrics::robustness(setup.success, first);
  if (!value || value->empty()) return std::nullopt;
  return value->front() >= 0;
}

Result<void> judge_other_goals(const Task& task, std::vector<std::pair<OtherGoal, Slots>> others, const Setup& setup,
                               const Trace& trace, SanityResult& result) {
  for (auto& [goal, slots] : others) {
    metrics::JudgeInput input;
    ASSAY_TRY(input.success, fill(task.success, slots));
    input.limits = setup.limits;
    input.time_limit_ns = setup.time_limit_ns;
    ASSAY_TRY(const auto verdict, metrics::judge(input, trace));
    goal.still_met = verdict.outcome == Outcome::success;
    result.other_goals.push_back(std::move(goal));
  }
  return {};
}

}  // namespace

const char* to_string(Arm arm) { return arm == Arm::null_ ? "null" : arm == Arm::random ? "random" : "oracle"; }

json to_json(const SanityRequest& request) {
  json out = {{"type", "sanity"},       {"suite", request.suite}, {"task", request.task},
              {"level", request.level}, {"index", request.index}, {"arm", static_cast<int>(request.arm)},
              {"skill", request.skill}, {"seed", request.seed}};
  if (request.latency_s) out["latency_s"] = *request.latency_s;
  return out;
}

SanityRequest sanity_request_from(const json& message) {
  return {message.at("suite"),
          message.at("task"),
          message.at("level"),
          message.at("index"),
          static_cast<Arm>(message.at("arm").get<int>()),
          message.at("skill"),
          message.at("seed"),
          message.contains("latency_s") ? std::optional(message["latency_s"].get<double>()) : std::nullopt};
}

json to_json(const SanityResult& result) {
  json out = {{"type", "done"},
              {"outcome", std::string(to_string(result.outcome))},
              {"reason", result.reason},
              {"initial_state_digest", result.initial_state_digest},
              {"other_goals", json::array()},
              {"simulated_s", result.simulated_s},
              {"wall_s", result.wall_s}};
  if (result.goal_at_start) out["goal_at_start"] = *result.goal_at_start;
  for (const auto& goal : result.other_goals)
    out["other_goals"].push_back({{"slot", goal.slot}, {"value", goal.value}, {"still_met", goal.still_met}});
  if (!result.cause.empty()) out["cause"] = result.cause;
  if (result.error) out["error"] = to_json(*result.error);
  return out;
}

SanityResult sanity_result_from(const json& message) {
  SanityResult out;
  out.outcome = outcome_from(message.at("outcome").get<std::string>()).value_or(Outcome::undetermined);
  out.reason = message.at("reason");
  out.initial_state_digest = message.at("initial_state_digest");
  if (message.contains("goal_at_start")) out.goal_at_start = message["goal_at_start"].get<bool>();
  for (const auto& goal : message.at("other_goals"))
    out.other_goals.push_back({goal.at("slot"), goal.at("value"), goal.at("still_met")});
  out.simulated_s = message.at("simulated_s");
  out.wall_s = message.at("wall_s");
  out.cause = message.value("cause", "");
  if (message.contains("error")) out.error = error_from(message["error"]);
  return out;
}

std::string cause_of(const Setup& setup, const Trace& trace) {
  const auto found = metrics::diagnose({setup.success, {}, {}, setup.limits, setup.time_limit_ns}, trace);
  if (!found) return to_string(found.error(), Lang::en);
  std::string out = found->cause;
  for (const auto& part : found->parts)
    if (!part.robustness || *part.robustness < 0) out += (out.empty() ? "" : ", ") + metrics::brief(part.condition);
  return out;
}

SanityResult SanityBench::run(const SanityRequest& request, const TrialOptions& options) {
  auto result = attempt(request, options);
  if (result) return std::move(*result);
  SanityResult out;
  out.outcome = Outcome::error;
  out.reason = "not_set_up";
  out.error = result.error();
  return out;
}

constexpr std::int64_t kShort_ns = 60'000'000'000;

/// A check wants to know that a programme can be run, not how well: a tenth of its cycles, of long ones a hundredth, at
/// least three. Where something is done to the robot at its time, nothing is cut; and nothing where there is little to
/// be saved, since what goes wrong after some cycles would not be seen.
int checked_cycles(int cycles) {
  constexpr int kLong = 50;
  return std::min(cycles, std::max(3, cycles < kLong ? (cycles + 9) / 10 : (cycles + 99) / 100));
}

Result<const SanityBench::Loaded*> SanityBench::load(const SanityRequest& request) {
  const auto key = std::pair{request.suite + "\n" + request.task, request.level};
  if (const auto known = loaded_.find(key); known != loaded_.end()) return &known->second;
  if (!suites_.contains(request.suite)) {
    ASSAY_TRY(suites_[request.suite], load_suite(request.suite));
  }
  const Task* task = suites_[request.suite].find(request.task, request.level);
  if (task == nullptr)
    return Error{.id = 532,
                 .what = {"a worker did not understand its coordinator", "工作进程无法理解协调进程的请求"},
                 .found = "task " + request.task + " L" + std::to_string(request.level)};
  if (!task->reference) return no_reference(*task);
  Loaded loaded;
  loaded.task = *task;
  ASSAY_RETURN_IF_ERROR(check_metrics(*task));
  loaded.task.metrics.clear();
  if (auto& programme = loaded.task.programme;
      programme && task->stimuli.empty() && task->actors.empty() && task->time_limit_ns > kShort_ns) {
    // The time limit shrinks with it, or the arms that only wait would wait for the whole.
    const int cycles = checked_cycles(programme->cycles);
    loaded.task.time_limit_ns = loaded.task.time_limit_ns / programme->cycles * cycles;
    programme->cycles = cycles;
  }
  ASSAY_TRY(const auto path, catalog_find("embodiments", task->reference->embodiment));
  ASSAY_TRY(loaded.embodiment, load_embodiment(path));
  ASSAY_RETURN_IF_ERROR(check_capabilities(*task, loaded.embodiment));
  ASSAY_TRY(loaded.world, compose(*task, loaded.embodiment));
  return &(loaded_[key] = std::move(loaded));
}

/// Robot at hand, set-up drawn.
Result<Setup> SanityBench::ready(const SanityRequest& request, const Loaded& loaded) {
  if (!robot_) {
    ASSAY_TRY(robot_, registry_.robot("mujoco"));
  }
  return realise(loaded.task, loaded.embodiment, loaded.world, request.seed, request.index);
}

Result<void> SanityBench::start(const SanityRequest& request) {
  ASSAY_TRY(const auto* loaded, load(request));
  ASSAY_TRY(auto setup, ready(request, *loaded));
  ASSAY_TRY(const auto policy, registry_.policy(loaded->task.reference->policy, {}));
  auto started = robot_->reset(setup);
  robot_->stop(StopCategory::cat0);
  return started;
}

Result<SanityResult> SanityBench::attempt(const SanityRequest& request, const TrialOptions& options) {
  const SteadyTime start = steady_now();
  ASSAY_TRY(const auto* loaded, load(request));
  const Task& task = loaded->task;
  ASSAY_TRY(auto setup, ready(request, *loaded));
  if (request.latency_s) setup.latency_ns = ns_from_s(*request.latency_s);  // starts stay as they were drawn
  SanityResult out;
  out.initial_state_digest = setup.initial_state_digest;
  const auto others = request.arm == Arm::oracle ? other_slots(task, setup.instruction.slots)
                                                 : std::vector<std::pair<OtherGoal, Slots>>{};
  ASSAY_RETURN_IF_ERROR(watch_other_goals(task, others, setup));
  const bool oracle = request.arm == Arm::oracle;
  ASSAY_TRY(auto policy, registry_.policy(oracle ? task.reference->policy : to_string(request.arm),
                                          oracle ? PolicyParams{{"skill", request.skill}} : PolicyParams{}));
  auto runner = make_threaded_runner(std::move(policy));
  const metrics::MetricRegistry none;
  const auto trial = run_trial(*robot_, *runner, setup, {}, none, options);
  constexpr double kClose_s = 10;
  runner->close(kClose_s);
  policy_lost_ = policy_lost_ || trial.policy_lost || runner->lost();
  out.outcome = trial.verdict.outcome;
  out.reason = trial.verdict.reason;
  // A deadline is of the wall clock: missed here, it tells of a busy machine and nothing of the task.
  if (out.reason == "subject_fault:policy_deadline") out.outcome = Outcome::error;
  if (out.outcome != Outcome::success) out.cause = cause_of(setup, trial.trace);
  out.goal_at_start = goal_at_start(setup, trial.trace);
  if (const Stream* truth = trial.trace.stream("/truth"); truth != nullptr && truth->rows() > 0)
    out.simulated_s = static_cast<double>(truth->t_ns.back()) * 1e-9;
  if (out.outcome == Outcome::success) ASSAY_RETURN_IF_ERROR(judge_other_goals(task, others, setup, trial.trace, out));
  out.wall_s = static_cast<double>(steady_now().ns - start.ns) * 1e-9;
  return out;
}

/// Each entry draws from a stream of its own by its place in the list: the others are replaced by noise of none.
Result<std::vector<std::size_t>> idle_variation(const Task& task, const Embodiment& embodiment, const std::string& seed,
                                                int draws) {
  std::vector<std::size_t> idle;
  for (std::size_t i = 0; i < task.variation.size(); ++i) {
    const auto& entry = task.variation[i];
    Task alone = task;
    alone.metrics.clear();
    alone.actors.clear();
    alone.stimuli.clear();
    alone.tags.clear();
    alone.wordings.clear();
    for (std::size_t j = 0; j < alone.variation.size(); ++j)
      if (j != i && alone.variation[j].kind != Kind::choice) {
        alone.variation[j] = Variation{};
        alone.variation[j].kind = Kind::noise;
        alone.variation[j].target = "joints";
      }
    std::set<std::string> seen;
    for (int index = 0; index < draws && seen.size() < 2; ++index) {
      ASSAY_TRY(auto setup, realise(alone, embodiment, World{}, seed, index));
      if (entry.kind == Kind::choice) {
        seen.insert(setup.instruction.slots.at(entry.name));
        continue;
      }
      setup.instruction.slots.clear();
      seen.insert(digest_of(setup));
    }
    if (seen.size() < 2) idle.push_back(i);
  }
  return idle;
}

}  // namespace assay::harness
