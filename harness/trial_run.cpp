#include "harness/trial_run.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "core/sha256.h"
#include "harness/seeing_runner.h"
#include "metrics/judge.h"
#include "metrics/programme.h"
#include "metrics/protective.h"

namespace assay::harness {
namespace {

using nlohmann::json;

constexpr auto kReplace = json::error_handler_t::replace;
std::string text_of(const json& value) { return value.dump(-1, ' ', false, kReplace); }

/// What policy and robot get to know of an instruction.
Instruction what_is_told(Instruction instruction) {
  std::erase_if(instruction.tags, [](const std::string& tag) { return turn_of(tag).has_value(); });
  if (!instruction.text_only) return instruction;
  instruction.slots.clear();
  instruction.labels.clear();
  return instruction;
}

/// Null: its policy does not decide by pictures.
SeeingRunner* seeing(PolicyRunner& policy) {
  auto* runner = dynamic_cast<SeeingRunner*>(&policy);
  return runner != nullptr && runner->sees() ? runner : nullptr;
}

}  // namespace

Fault policy_fault(const Error& error) {
  std::string what = error.id == 520 ? "policy_deadline" : error.id == 521 ? "policy_threw" : "policy_error";
  constexpr std::string_view kNamed = "subject:policy_";  // a served policy's adapter says what its server did
  if (error.id != 520 && error.id != 521 && error.found.rfind(kNamed, 0) == 0)
    what = error.found.substr(8, error.found.find(' ') - 8);
  return {"subject", what, to_string(error, Lang::en)};
}

Fault robot_fault(const Error& error) {
  for (const char* whose : {"subject", "lab", "unknown"}) {
    const std::string prefix = std::string(whose) + ":";
    if (error.found.rfind(prefix, 0) != 0) continue;
    std::string what = error.found.substr(prefix.size(), error.found.find(' ') - prefix.size());
    if (what.empty()) what = fmt::format("ASSAY-{:04}", error.id);
    return {whose, what, to_string(error, Lang::en)};
  }
  return {"unknown", fmt::format("ASSAY-{:04}", error.id), to_string(error, Lang::en)};
}

Error robot_threw(const std::string& message) {
  return Error{.id = 522,
               .what = {"the robot's adapter threw an exception", "机器人适配器抛出了异常"},
               .found = "unknown:adapter_threw " + message};
}

std::string utf8(const std::string& words) { return json::parse(text_of(words)).get<std::string>(); }

metrics::JudgeInput judge_input(const Setup& setup) {
  return {setup.success, setup.subgoals, setup.checks, setup.limits, setup.time_limit_ns};
}

struct TrialRun::MakeSafe {
  TrialRun& trial;
  ~MakeSafe() { trial.stop(); }
};

TrialRun::TrialRun(Robot& robot, PolicyRunner& policy, const Setup& setup, const TrialOptions& options)
    : robot_(robot),
      policy_(policy),
      setup_(setup),
      options_(options),
      dialogue_(turns_of(setup.instruction.tags)),
      lockstep_(robot.live() == nullptr) {
  decided_at_ = steady_now();
  describe_setup();
}

void TrialRun::run() {
  const MakeSafe make_safe{*this};
  if (!prepare()) return;
  if (LiveRobot* live = robot_.live(); live != nullptr) {
    if (seeing(policy_) == nullptr) return run_live(*live);
    fault({"subject", "policy_cameras", "pictures are drawn in lock-step only"});
    return;
  }
  while (tick()) {
  }
}

bool TrialRun::prepare() {
  phase("robot");
  if (auto reset = guarded([&] { return robot_.reset(setup_); }); !reset) return fault(robot_fault(reset.error()));
  const RobotDescription& description = robot_.describe();
  phase("harness");
  describe_robot(description);
  recorder_.open(setup_, description);
  if (options_.view != nullptr) recorder_.show_in(*options_.view, options_.view_head);
  watch_limits(description);
  phase("policy");
  const Instruction told = what_is_told(setup_.instruction);
  if (auto begun = policy_.begin(told, description, setup_.policy_key, options_.policy_deadline_s); !begun)
    return fault(policy_fault(begun.error()));
  phase("robot");
  auto first = guarded([&] { return robot_.begin(told); });
  if (!first) return fault(robot_fault(first.error()));
  phase("harness");
  sample_ = std::move(*first);
  recorder_.event(sample_.time, "begin", text_of({{"instruction", setup_.instruction.text.en}}));
  recorder_.sample(sample_);
  return !limit_broken();
}

bool TrialRun::tick() {
  if (options_.interrupted && options_.interrupted()) return end("interrupted", {}, StopCategory::cat1, false);
  if (sample_.time.ns >= setup_.time_limit_ns) return end("time_limit", {}, StopCategory::cat2);
  speak();
  if (!show_pictures()) return false;  // drawing them is no time of the policy's
  const SteadyTime start = steady_now();
  phase("policy");
  auto action = policy_.act(sample_.observation, options_.policy_deadline_s);
  const SteadyTime decided = steady_now();
  phase("harness");
  if (!action) return fault(policy_fault(action.error()));
  if (const auto asked = last_exchange_of(policy_)) recorder_.inference(sample_.time, *asked, decided);
  recorder_.action(sample_.time, *action);  // also that of the words that end the trial
  if (!hear(*action)) return false;
  if (auto sound = check_action(robot_.describe(), *action); !sound)
    return fault({"subject", "bad_action", to_string(sound.error(), Lang::en)});
  if (!record_reports(action->reports)) return false;
  phase("robot");
  const SteadyTime handed = steady_now();
  auto next = guarded([&] { return robot_.advance(*action); });
  const SteadyTime advanced = steady_now();
  phase("harness");
  if (!next) return fault(robot_fault(next.error()));
  if (next->time.ns <= sample_.time.ns) return fault({"unknown", "clock_stands", "the robot's clock did not advance"});
  const SimTime asked_at = sample_.time;
  sample_ = std::move(*next);
  recorder_.sample(sample_);
  ++tick_;
  const std::int64_t policy_ns = decided.ns - start.ns, robot_ns = advanced.ns - handed.ns;
  const std::int64_t total_ns = steady_now().ns - start.ns;
  const auto seconds = [](std::int64_t ns) { return static_cast<double>(ns) * 1e-9; };
  recorder_.timing(asked_at, seconds(policy_ns), seconds(robot_ns), seconds(total_ns - policy_ns - robot_ns));
  if (limit_broken()) return false;
  return !action->done || end("done", {}, StopCategory::cat2);
}

/// Draws what the policy asks to see. The record keeps each picture's digest, apart from what is to repeat bit for bit:
/// another driver draws another shade.
bool TrialRun::show_pictures() {
  auto* eyes = seeing(policy_);
  if (eyes == nullptr) return true;
  phase("policy");
  auto wanted = eyes->wants(sample_.time, options_.policy_deadline_s);
  if (!wanted) return fault(policy_fault(wanted.error()));
  if (wanted->empty()) return true;
  phase("robot");
  auto* robot = dynamic_cast<SeeingRobot*>(&robot_);
  if (robot == nullptr) return fault({"subject", "policy_cameras", "this robot gives no pictures"});
  std::vector<Image> images;
  for (const auto& view : *wanted) {
    auto seen = guarded([&] { return robot->look(view); });
    if (!seen) return fault(robot_fault(seen.error()));
    recorder_.event(sample_.time, "image",
                    text_of({{"camera", view.camera},
                             {"width", view.width},
                             {"height", view.height},
                             {"rgb_sha256", sha256_hex(seen->rgb)}}),
                    false);
    images.push_back(std::move(*seen));
  }
  eyes->show(std::move(images));
  phase("harness");
  return true;
}

/// Words that come with an action. False: the policy ends the trial. Last reports are heard first: done waits for the
/// end of the period.
bool TrialRun::hear(const Action& action) {
  if (!action.utterance.empty()) recorder_.event(sample_.time, "utterance", text_of({{"text", action.utterance}}));
  if (is_question(action.utterance)) {
    recorder_.said(kQuestion);
    dialogue_.ask(sample_.time);
  }
  if (action.refuse) recorder_.said(kRefusal);
  if (action.refuse) return end("refuse", text_of({{"reason", action.reason}}), StopCategory::cat2);
  if (action.done && action.reports.empty()) return end("done", {}, StopCategory::cat2);
  return true;
}

/// What is said to the robot reaches it with the observation that it is about to get.
void TrialRun::speak() {
  for (const auto& words : dialogue_.due(sample_.time)) {
    recorder_.event(sample_.time, "told", text_of({{"en", words.en}, {"zh", words.zh}}));
    policy_.hear(words);
  }
}

/// False: more than a trial's record is to hold.
bool TrialRun::record_reports(const std::vector<Report>& reports) {
  constexpr std::size_t kMostReports = 10'000;
  reports_ += reports.size();
  if (reports_ > kMostReports)
    return fault({"subject", "bad_action", "more than " + std::to_string(kMostReports) + " reports"});
  for (const auto& report : reports) {
    const auto& [x, y, z] = report.position_m;
    recorder_.event(sample_.time, "report", text_of({{"label", report.label}, {"x_m", x}, {"y_m", y}, {"z_m", z}}));
  }
  return true;
}

bool TrialRun::limit_broken() {
  const auto caught = net_.look(sample_);
  const bool told = !sample_.limit_hits.empty();
  if (!told && caught.empty()) return false;
  for (const auto& hit : told ? sample_.limit_hits : caught) record_hit(hit, told ? "robot" : "harness");
  category_ = StopCategory::cat0;
  decided_at_ = steady_now();
  return true;
}

void TrialRun::watch_limits(const RobotDescription& description) {
  net_.open(setup_, description);
  std::string ids;
  for (const auto& id : net_.unwatched()) {
    recorder_.event(SimTime{0}, "limit_unwatched", text_of({{"id", id}}));
    ids += (ids.empty() ? "" : " ") + id;
  }
  trace().metadata["limits_unwatched"] = ids;
}

void TrialRun::record_hit(const LimitHit& hit, const char* by, bool deterministic) {
  recorder_.event(SimTime{hit.t_ns}, "limit",
                  text_of({{"id", hit.id}, {"value", hit.value}, {"limit", hit.limit}, {"by", by}}), deterministic);
}

bool TrialRun::end(const char* code, std::string detail, StopCategory category, bool deterministic) {
  decided_at_ = steady_now();
  recorder_.event(sample_.time, code, std::move(detail), deterministic);
  category_ = category;
  return false;
}

bool TrialRun::fault(const Fault& fault) {
  decided_at_ = steady_now();
  recorder_.event(sample_.time, "fault", text_of({{"whose", fault.whose}, {"what", fault.what}}));
  recorder_.event(sample_.time, "fault_message", text_of({{"text", fault.message}}), false);
  return false;
}

void TrialRun::stop() noexcept {
  if (std::exchange(stopped_, true)) return;
  try {
    phase("robot");
    const StopReport report = robot_.stop(category_);
    // A robot that says done or refuse just before it strikes struck all the same.
    for (const auto& hit : report.limit_hits) record_hit(hit, "robot", lockstep_);
    json detail = {{"category", static_cast<int>(category_)},
                   {"requested", report.requested},
                   {"confirmed", report.confirmed},
                   {"requested_at_ns", report.requested_at.ns},
                   {"confirmed_at_ns", report.confirmed_at.ns},
                   {"detail", report.detail}};
    if (!lockstep_) detail["made_safe_s"] = static_cast<double>(steady_now().ns - decided_at_.ns) * 1e-9;
    recorder_.event(sample_.time, "stop", text_of(detail), lockstep_);
  } catch (...) {  // robot_.stop() is noexcept and was called; only its record was lost for want of memory
  }
}

void TrialRun::describe_setup() {
  auto& m = trace().metadata;
  m = options_.metadata;
  m["session_seed_sha256"] = sha256_hex(setup_.key.session_seed);  // the seed itself is revealed at close
  m["task"] = setup_.key.task;
  m["level"] = std::to_string(setup_.key.level);
  m["index"] = std::to_string(setup_.key.index);
  m["initial_state_digest"] = setup_.initial_state_digest;
  m["world_sha256"] = setup_.world.sha256;
  m["control_period_ns"] = std::to_string(setup_.control_period_ns);
  m["latency_ns"] = std::to_string(setup_.latency_ns);
  m["instruction_en"] = setup_.instruction.text.en;
  m["instruction_zh"] = setup_.instruction.text.zh;
  m["grounding"] = setup_.instruction.text_only ? "text" : "labels";
  m["slots"] = json(setup_.instruction.slots).dump();
  if (setup_.instruction.programme) m["programme"] = metrics::to_json(*setup_.instruction.programme);
  m["judge"] = metrics::to_json(judge_input(setup_));
  json actors = json::array();
  for (const auto& run : setup_.actors) actors.push_back(run.actor.body);
  m["actors"] = actors.dump();
  if (setup_.separation) m["separation"] = metrics::to_json(*setup_.separation);
}

void TrialRun::describe_robot(const RobotDescription& robot) {
  auto& m = trace().metadata;
  m["adapter"] = utf8(robot.adapter);
  m["engine"] = utf8(robot.engine);
  m["robot"] = utf8(robot.identity);
  m["clock"] = lockstep_ ? "lockstep" : "realtime";
  phase("policy");
  const PolicyDescription policy = policy_.describe();
  m["policy"] = utf8(policy.id);
  m["policy_version"] = utf8(policy.version);
  m["policy_deterministic"] = policy.deterministic ? "true" : "false";
  m["policy_privileged"] = policy.privileged ? "true" : "false";
  phase("harness");
}

}  // namespace assay::harness
