// What a policy is told, what it reports, and which faults of sensors and actuators a trial draws.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "harness/trial.h"
#include "tests/support/fakes.h"

namespace assay::harness {
namespace {

using assay::testing::fake_setup;
using assay::testing::FakeRobot;
using Kind = Variation::Kind;

/// Keeps what it is told; reports as it is asked to, for ten ticks.
class Reporter final : public Policy {
 public:
  Reporter(Instruction& told, std::function<void(Action&)> report) : told_(told), report_(std::move(report)) {}
  [[nodiscard]] PolicyDescription describe() const override { return {"reporter", "1", true, false, 0}; }
  Result<void> begin(const Instruction& instruction, const RobotDescription&, StreamKey) override {
    told_ = instruction;
    return {};
  }
  Result<Action> act(const Observation&) override {
    Action action;
    if (report_) report_(action);
    action.done = ++tick_ > 10;
    return action;
  }

 private:
  Instruction& told_;
  std::function<void(Action&)> report_;
  int tick_ = 0;
};

TrialResult run_reporter(const Setup& setup, Instruction& told, std::function<void(Action&)> report = {}) {
  metrics::MetricRegistry registry;
  metrics::register_builtin_metrics(registry);
  FakeRobot robot;
  auto runner = make_threaded_runner(std::make_unique<Reporter>(told, std::move(report)));
  return run_trial(robot, *runner, setup, {"success"}, registry, {});
}

TrialResult run_reports(std::function<void(Action&)> report) {
  Instruction told;
  return run_reporter(fake_setup(), told, std::move(report));
}

std::vector<TraceEvent> reports_in(const Trace& trace) {
  std::vector<TraceEvent> out;
  for (const auto& event : trace.events)
    if (event.code == "report") out.push_back(event);
  return out;
}

TEST(Told, ATextOnlyPolicySeesNeitherSlotsNorLabels) {
  auto setup = fake_setup();
  setup.instruction.text = {"fetch the tea", "把茶拿来"};
  setup.instruction.slots = {{"object", "box_3"}};
  setup.instruction.labels = {{"object", "tea box"}};
  setup.instruction.tags = {"retail"};
  Instruction told;
  auto result = run_reporter(setup, told);
  EXPECT_EQ(told.slots, setup.instruction.slots);
  EXPECT_EQ(told.labels, setup.instruction.labels);
  EXPECT_EQ(result.trace.metadata.at("grounding"), "labels");
  setup.instruction.text_only = true;
  result = run_reporter(setup, told);
  EXPECT_TRUE(told.slots.empty());
  EXPECT_TRUE(told.labels.empty());
  EXPECT_TRUE(told.text_only);
  EXPECT_EQ(told.text.en, "fetch the tea");
  EXPECT_EQ(told.text.zh, "把茶拿来");
  EXPECT_EQ(told.tags, setup.instruction.tags);
  EXPECT_EQ(result.trace.metadata.at("grounding"), "text");
  EXPECT_EQ(nlohmann::json::parse(result.trace.metadata.at("slots")).at("object"), "box_3");  // the record keeps them
}

TEST(Told, ReportsAreEventsOfTheRecord) {
  const auto say = [](double x) { return [x](Action& action) { action.reports = {{"caf\xe9", {x, 2, 3}}}; }; };
  const auto result = run_reports(say(1));
  const auto reports = reports_in(result.trace);
  ASSERT_EQ(reports.size(), 11u);  // the last one with the word done: it is heard first
  const auto& heard_ns = result.trace.stream("/truth")->t_ns;
  EXPECT_EQ(reports.back().t_ns, heard_ns.at(heard_ns.size() - 2));
  EXPECT_EQ(result.trace.event("done")->t_ns, heard_ns.back());
  const auto detail = nlohmann::json::parse(reports[3].detail);
  EXPECT_EQ(detail.at("x_m"), 1);
  EXPECT_EQ(detail.at("z_m"), 3);
  EXPECT_TRUE(reports[3].deterministic);
  EXPECT_EQ(reports[3].t_ns, result.trace.stream("/truth")->t_ns.at(3));
  EXPECT_EQ(run_reports(say(1)).content_digest, result.content_digest);
  EXPECT_NE(run_reports(say(1.5)).content_digest, result.content_digest);
}

TEST(Told, ReportsThatCannotBeKeptAreTheSubjectsFault) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const std::map<const char*, std::function<void(Action&)>> cases = {
      {"not a number",
       [nan](Action& a) {
         a.reports = {{"spill", {nan, 0, 0}}};
       }},
      {"a million",
       [](Action& a) {
         a.reports.assign(1'000'000, {"spill", {0, 0, 0}});
       }},
      {"a megabyte", [](Action& a) {
         a.reports = {{std::string(1 << 20, 'x'), {0, 0, 0}}};
       }}};
  for (const auto& [name, report] : cases) {
    const auto result = run_reports(report);
    EXPECT_EQ(result.verdict.outcome, Outcome::failure) << name;
    EXPECT_EQ(result.verdict.reason, "subject_fault:bad_action") << name;
    EXPECT_TRUE(reports_in(result.trace).empty()) << name;
  }
}

/// 100 in each tick, each of them sound: the record of one trial holds so many and no more.
TEST(Told, AFloodOfSoundReportsEndsTheTrial) {
  class Flood final : public Policy {
   public:
    [[nodiscard]] PolicyDescription describe() const override { return {"flood", "1", true, false, 0}; }
    Result<void> begin(const Instruction&, const RobotDescription&, StreamKey) override { return {}; }
    Result<Action> act(const Observation&) override {
      Action action;
      action.reports.assign(100, {"spill", {0, 0, 0}});
      return action;
    }
  };
  metrics::MetricRegistry registry;
  FakeRobot robot;
  auto runner = make_threaded_runner(std::make_unique<Flood>());
  const auto result = run_trial(robot, *runner, fake_setup(), {}, registry, {});
  EXPECT_EQ(result.verdict.reason, "subject_fault:bad_action");
  EXPECT_EQ(reports_in(result.trace).size(), 10'000u);
}

Variation fault(Kind kind, const char* target, double low, double high, double from_s = 0, double to_s = 0) {
  Variation v;
  v.kind = kind;
  v.target = target;
  v.low = low;
  v.high = high;
  v.from_ns = ns_from_s(from_s);
  v.to_ns = ns_from_s(to_s);
  return v;
}

Task sample_task() {
  Task task;
  task.suite = "s";
  task.id = "t";
  task.instruction = {"fetch the {object}", "把{object}拿来"};
  task.slot_words = {{"object", {{"tea", {"tea", "茶"}}}}};
  task.time_limit_ns = 1'000'000'000;
  Variation jitter;
  jitter.kind = Kind::pose_jitter;
  jitter.target = "tea";
  jitter.jitter = {0.1, 0.1, 0, 1};
  task.variation = {jitter, fault(Kind::noise, "detections", 0.01, 0)};
  task.success.op = Op::near;
  task.success.a = "tea";
  task.success.b = "robot";
  task.success.radius_m = 1;
  return task;
}

Result<Setup> realised(const Task& task, int index) {
  World world;
  world.sha256 = "w";
  world.groups = {testing::fake_arm()};
  return realise(task, Embodiment{}, world, "seed", index);
}

Setup draw(const Task& task, int index) {
  auto setup = realised(task, index);
  EXPECT_TRUE(setup.ok()) << (setup.ok() ? "" : to_string(setup.error(), Lang::en));
  return setup.ok() ? *setup : Setup{};
}

TEST(Faults, AreDrawnInsideTheirRanges) {
  auto task = sample_task();
  for (const auto& v : {fault(Kind::bias, "detections", 0.02, 0.03), fault(Kind::dropout, "detections", 0.2, 0.4),
                        fault(Kind::dropout, "range", 0.5, 0.6, 2, 4), fault(Kind::blackout, "detections", 1, 3, 2, 6),
                        fault(Kind::weaken, "gripper", 0.5, 0.7, 0, 10)})
    task.variation.push_back(v);
  std::set<bool> left;
  for (int index = 0; index < 100; ++index) {
    const auto setup = draw(task, index);
    const auto& bias = setup.biases.at(0);
    const double size = std::hypot(bias.offset_m[0], bias.offset_m[1]);
    EXPECT_TRUE(size >= 0.02 - 1e-12 && size < 0.03 + 1e-12);
    EXPECT_EQ(bias.offset_m[2], 0);
    left.insert(bias.offset_m[0] < 0);
    ASSERT_EQ(setup.sensor_faults.size(), 3u);
    const auto &always = setup.sensor_faults[0], &window = setup.sensor_faults[1], &dark = setup.sensor_faults[2];
    EXPECT_TRUE(always.share >= 0.2 && always.share < 0.4);
    EXPECT_EQ(always.from_ns, 0);
    EXPECT_GT(always.to_ns, setup.time_limit_ns);
    EXPECT_EQ(window.sensor, "range");
    EXPECT_EQ(window.from_ns, 2'000'000'000);
    EXPECT_EQ(window.to_ns, 4'000'000'000);
    EXPECT_EQ(dark.share, 1);
    EXPECT_TRUE(dark.from_ns >= 2'000'000'000 && dark.from_ns <= 6'000'000'000);
    EXPECT_TRUE(dark.to_ns - dark.from_ns >= 1'000'000'000 && dark.to_ns - dark.from_ns <= 3'000'000'000);
    EXPECT_FALSE(always.key == dark.key);
    const auto& weak = setup.actuator_faults.at(0);
    EXPECT_TRUE(weak.factor >= 0.5 && weak.factor < 0.7);
    EXPECT_TRUE(weak.from_ns >= 0 && weak.from_ns <= 10'000'000'000);
  }
  EXPECT_EQ(left.size(), 2u);
  EXPECT_EQ(draw(task, 5).initial_state_digest, draw(task, 5).initial_state_digest);
}

TEST(Faults, EachOneIsPartOfTheInitialStateAndMovesNoOthersValues) {
  const auto plain = sample_task();
  for (const auto& v :
       {fault(Kind::bias, "detections", 0.02, 0.03), fault(Kind::dropout, "detections", 0.2, 0.4),
        fault(Kind::blackout, "detections", 1, 3, 2, 6), fault(Kind::weaken, "gripper", 0.5, 0.7, 0, 10)}) {
    auto task = plain;
    task.variation.push_back(v);
    const auto with = draw(task, 1), without = draw(plain, 1);
    EXPECT_NE(with.initial_state_digest, without.initial_state_digest);
    EXPECT_EQ(with.offsets.at(0).offset, without.offsets.at(0).offset);
    EXPECT_TRUE(with.noise.at(0).key == without.noise.at(0).key);
  }
}

TEST(Faults, OneOfDrawsEachOptionAndItsEntriesAsIfAlone) {
  auto task = sample_task();
  Variation one_of;
  one_of.kind = Kind::one_of;
  one_of.options = {{fault(Kind::dropout, "detections", 0.2, 0.4), fault(Kind::bias, "detections", 0.01, 0.02)},
                    {fault(Kind::weaken, "gripper", 0.5, 0.7, 0, 10)},
                    {}};
  task.variation.push_back(one_of);
  std::map<std::pair<bool, bool>, int> drawn;
  std::map<int, double> factors;
  for (int index = 0; index < 300; ++index) {
    const auto setup = draw(task, index);
    EXPECT_EQ(setup.sensor_faults.size(), setup.biases.size());
    ++drawn[{!setup.biases.empty(), !setup.actuator_faults.empty()}];
    if (!setup.actuator_faults.empty()) factors[index] = setup.actuator_faults[0].factor;
    EXPECT_EQ(setup.offsets.at(0).offset, draw(sample_task(), index).offsets.at(0).offset);
  }
  ASSERT_EQ(drawn.size(), 3u) << "exactly one option at a time";
  for (const auto& [what, count] : drawn) EXPECT_NEAR(count, 100, 33);
  task.variation.back().options[0].clear();  // another option's entries move nothing
  for (const auto& [index, factor] : factors) EXPECT_EQ(draw(task, index).actuator_faults.at(0).factor, factor);
  task.variation.back().options.clear();
  EXPECT_EQ(realised(task, 0).error().id, 501);
}

TEST(Faults, WhatCannotBeDrawnIsSaid) {
  Variation choice;
  choice.kind = Kind::choice;
  choice.name = "object";
  choice.of = {"tea"};
  Variation one_of;
  one_of.kind = Kind::one_of;
  one_of.options = {{choice}};
  for (const auto& v : {one_of, fault(Kind::dropout, "detections", 1.5, 1.6), fault(Kind::weaken, "base", -0.2, -0.1),
                        fault(Kind::dropout, "range", 0.1, 0.2, 3, 2), fault(Kind::blackout, "range", 1, 2, 3, 2)}) {
    auto task = sample_task();
    task.variation.push_back(v);
    const auto setup = realised(task, 0);
    ASSERT_FALSE(setup.ok());
    EXPECT_EQ(setup.error().id, 501);
  }
}

TEST(Wordings, OneIsDrawnAndNothingElseMoves) {
  const auto plain = sample_task();
  auto task = plain;
  task.wordings = {{"bring me {object}", "给我拿{object}"}, {"{object}, please", "请拿{object}"}};
  std::map<std::string, int> said;
  for (int index = 0; index < 300; ++index) {
    const auto setup = draw(task, index), before = draw(plain, index);
    ++said[setup.instruction.text.en + "|" + setup.instruction.text.zh];
    EXPECT_EQ(setup.offsets.at(0).offset, before.offsets.at(0).offset);
    EXPECT_TRUE(setup.noise.at(0).key == before.noise.at(0).key);
    EXPECT_EQ(setup.initial_state_digest == before.initial_state_digest, setup.instruction.wording == 0);
  }
  ASSERT_EQ(said.size(), 3u);
  for (const char* words : {"fetch the tea|把茶拿来", "bring me tea|给我拿茶", "tea, please|请拿茶"})
    EXPECT_NEAR(said[words], 100, 33) << words;
  task.text_only = true;
  EXPECT_TRUE(draw(task, 0).instruction.text_only);
}

/// Kept from before wordings and faults were known: equal seeds start alike for ever.
TEST(Realise, TasksWithoutTheNewWordsStartAsTheyDid) {
  const auto setup = draw(sample_task(), 0);
  EXPECT_EQ(setup.initial_state_digest, "4a5b4978c5f1b77b7039bdd649ee2425dcdd68efba5deef408691c737f2072db");
}

}  // namespace
}  // namespace assay::harness
