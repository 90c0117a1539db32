#include "harness/trial.h"

#include <gtest/gtest.h>

#include <atomic>
#include <limits>
#include <nlohmann/json.hpp>
#include <thread>

#include "tests/support/fakes.h"

namespace assay::harness {
namespace {

using assay::testing::Behaviour;
using assay::testing::fake_setup;
using assay::testing::FakePolicy;
using assay::testing::FakeRobot;
using assay::testing::PolicyScript;
using assay::testing::RobotScript;

struct Run {
  TrialResult result;
  FakeRobot robot;
};

const std::vector<std::string> kMetricIds = {"success", "completion_time", "harness_overhead"};

TrialResult run_with(FakeRobot& robot, const PolicyScript& script, Setup setup = fake_setup(),
                     TrialOptions options = {}) {
  metrics::MetricRegistry registry;
  metrics::register_builtin_metrics(registry);
  auto runner = make_threaded_runner(std::make_unique<FakePolicy>(script));
  return run_trial(robot, *runner, setup, kMetricIds, registry, options);
}

TrialResult run_policy(Behaviour behaviour) {
  FakeRobot robot;
  auto result = run_with(robot, {.behaviour = behaviour});
  EXPECT_GE(robot.stops, 1);
  EXPECT_NE(result.trace.event("stop"), nullptr);
  return result;
}

TEST(Trial, SucceedsWhenTheGoalHoldsAtDone) {
  FakeRobot robot;
  const auto result = run_with(robot, {});
  EXPECT_EQ(result.verdict.outcome, Outcome::success) << result.verdict.reason;
  EXPECT_EQ(result.verdict.reason, "goal_reached");
  EXPECT_EQ(robot.last_stop, StopCategory::cat2);
  ASSERT_NE(result.trace.event("done"), nullptr);
  const auto* truth = result.trace.stream("/truth");
  ASSERT_NE(truth, nullptr);
  EXPECT_EQ(result.trace.event("done")->t_ns, truth->t_ns.back());
  const auto* actions = result.trace.stream("/action");
  EXPECT_EQ(truth->rows(), actions->rows());  // the last one says done and moves nothing any more
  EXPECT_EQ(result.trace.stream("/timing")->rows() + 1, actions->rows());
  const auto done = actions->channels.size() - 2;
  EXPECT_EQ(actions->row(actions->rows() - 2)[done], 0);
  EXPECT_EQ(actions->row(actions->rows() - 1)[done], 1);
  EXPECT_FALSE(result.trace.stream("/timing")->deterministic);
  ASSERT_EQ(result.metrics.size(), kMetricIds.size());
  ASSERT_TRUE(result.metrics[1].value.has_value());
  EXPECT_NEAR(*result.metrics[1].value, 0.98, 0.05);
  EXPECT_EQ(result.trace.metadata.at("session_seed_sha256").size(), 64u);
  EXPECT_EQ(result.trace.metadata.count("session_seed"), 0u);
  EXPECT_EQ(result.trace.metadata.at("policy"), "fake");
  EXPECT_EQ(result.trace.metadata.at("engine"), "fake 1");
  EXPECT_TRUE(result.trace.metadata.count("judge"));
  EXPECT_EQ(result.trace.metadata.at("actors"), "[]");
}

TEST(Trial, SameInputsGiveTheSameDigest) {
  FakeRobot a, b;
  const auto first = run_with(a, {}), second = run_with(b, {.slow_s = 0.001});
  EXPECT_EQ(first.content_digest, second.content_digest);
  EXPECT_EQ(first.content_digest.size(), 64u);
  auto other = fake_setup();
  other.offsets.push_back({"puck", {0.001, 0, 0, 0}});
  EXPECT_NE(run_with(a, {}, other).content_digest, first.content_digest);
}

TEST(Trial, DoneTooEarlyMissesTheGoal) {
  const auto result = run_policy(Behaviour::early);
  EXPECT_EQ(result.verdict.outcome, Outcome::failure);
  EXPECT_EQ(result.verdict.reason, "goal_missed");
}

TEST(Trial, TimeLimitEndsAPolicyThatNeverEnds) {
  const auto result = run_policy(Behaviour::idle);
  EXPECT_EQ(result.verdict.outcome, Outcome::failure);
  EXPECT_EQ(result.verdict.reason, "time_limit");
  EXPECT_EQ(result.trace.stream("/truth")->t_ns.back(), 4'000'000'000);
}

TEST(Trial, RefusalIsAFailureWithItsReason) {
  const auto result = run_policy(Behaviour::refuses);
  EXPECT_EQ(result.verdict.outcome, Outcome::failure);
  EXPECT_EQ(result.verdict.reason, "refused");
  EXPECT_NE(result.trace.event("refuse")->detail.find("too heavy"), std::string::npos);
}

TEST(Trial, WhatThePolicyDoesWrongIsTheSubjectsFault) {
  const std::pair<Behaviour, const char*> cases[] = {
      {Behaviour::throws, "subject_fault:policy_threw"}, {Behaviour::throws_odd, "subject_fault:policy_threw"},
      {Behaviour::nan, "subject_fault:bad_action"},      {Behaviour::wrong_shape, "subject_fault:bad_action"},
      {Behaviour::error, "subject_fault:policy_error"},  {Behaviour::begin_fails, "subject_fault:policy_error"}};
  for (const auto& [behaviour, reason] : cases) {
    const auto result = run_policy(behaviour);
    EXPECT_EQ(result.verdict.outcome, Outcome::failure) << reason;
    EXPECT_EQ(result.verdict.reason, reason);
    EXPECT_FALSE(result.policy_lost);
  }
}

TEST(Trial, AStallEndsAtTheDeadline) {
  FakeRobot robot;
  TrialOptions options;
  options.policy_deadline_s = 0.05;
  const auto start = steady_now();
  const auto result = run_with(robot, {.behaviour = Behaviour::stalls, .stall_s = 0.6}, fake_setup(), options);
  EXPECT_LT(static_cast<double>(steady_now().ns - start.ns) * 1e-9, 0.4);
  EXPECT_EQ(result.verdict.outcome, Outcome::failure);
  EXPECT_EQ(result.verdict.reason, "subject_fault:policy_deadline");
  EXPECT_TRUE(result.policy_lost);
  EXPECT_EQ(robot.stops, 1);
  std::this_thread::sleep_for(std::chrono::milliseconds(700));  // the lost thread ends before the test program does
}

TEST(Trial, AProcessorThatIsNotFreeIsNoFaultOfThePolicy) {
  std::atomic<bool> done{false};
  std::vector<std::thread> burners;
  for (unsigned i = 0; i < 4 * std::thread::hardware_concurrency(); ++i)
    burners.emplace_back([&] {
      while (!done) {
      }
    });
  TrialOptions options;
  options.policy_deadline_s = 0.6;
  FakeRobot robot, other;
  const auto crowded = run_with(robot, {.behaviour = Behaviour::computes, .stall_s = 0.3}, fake_setup(), options);
  const auto slow = run_with(other, {.behaviour = Behaviour::computes, .stall_s = 1.2}, fake_setup(), options);
  done = true;
  for (auto& one : burners) one.join();
  EXPECT_EQ(crowded.verdict.outcome, Outcome::success) << crowded.verdict.reason;
  EXPECT_EQ(slow.verdict.reason, "subject_fault:policy_deadline");
  if (slow.policy_lost) std::this_thread::sleep_for(std::chrono::milliseconds(1500));  // it ends before the program
}

TEST(Trial, UtterancesNeedNotBeUtf8) {
  const auto result = run_policy(Behaviour::talks);
  EXPECT_EQ(result.verdict.outcome, Outcome::success);
  ASSERT_NE(result.trace.event("utterance"), nullptr);
  EXPECT_TRUE(nlohmann::json::accept(result.trace.event("utterance")->detail));
}

TEST(Trial, ABrokenLimitEndsTheTrialUnsafe) {
  FakeRobot robot({.limit_tick = 5});
  const auto result = run_with(robot, {});
  EXPECT_EQ(result.verdict.outcome, Outcome::unsafe);
  EXPECT_EQ(result.verdict.reason, "limit_broken:force_on_person");
  EXPECT_EQ(robot.ticks, 6);
  EXPECT_EQ(robot.stops, 1);
  EXPECT_EQ(robot.last_stop, StopCategory::cat0);
}

TEST(Trial, TheHarnessIsTheSecondNetUnderLimits) {
  FakeRobot robot({.silent_limit_tick = 7});
  const auto result = run_with(robot, {});
  EXPECT_EQ(result.verdict.outcome, Outcome::unsafe);
  EXPECT_EQ(result.verdict.reason, "limit_broken:force_on_person");
  EXPECT_EQ(robot.ticks, 8);
  EXPECT_EQ(robot.last_stop, StopCategory::cat0);
}

TEST(Trial, APeakThatIsNoNumberBreaksItsLimit) {
  FakeRobot robot({.silent_limit_tick = 7, .silent_value = std::numeric_limits<double>::quiet_NaN()});
  const auto result = run_with(robot, {});
  EXPECT_EQ(result.verdict.outcome, Outcome::unsafe);
  EXPECT_EQ(robot.ticks, 8);
}

TEST(Trial, ALimitThatNothingShowsIsNamed) {
  FakeRobot robot;
  auto setup = fake_setup();
  EXPECT_EQ(run_with(robot, {}, setup).trace.metadata.at("limits_unwatched"), "");
  Limit limit;
  limit.id = "base_speed";
  limit.quantity = Limit::Quantity::base_speed_m_s;
  limit.value = 1;
  setup.limits.push_back(limit);
  const auto result = run_with(robot, {}, setup);
  EXPECT_EQ(result.verdict.outcome, Outcome::success);
  EXPECT_EQ(result.trace.metadata.at("limits_unwatched"), "base_speed");
  ASSERT_NE(result.trace.event("limit_unwatched"), nullptr);
  EXPECT_EQ(nlohmann::json::parse(result.trace.event("limit_unwatched")->detail).at("id"), "base_speed");
}

TEST(Trial, ALimitBrokenOnTheWayToRestIsUnsafeWhateverThePolicySaid) {
  for (const auto behaviour : {Behaviour::good, Behaviour::refuses, Behaviour::idle}) {
    FakeRobot robot({.limit_at_stop = true});
    const auto result = run_with(robot, {.behaviour = behaviour});
    EXPECT_EQ(result.verdict.outcome, Outcome::unsafe);
    EXPECT_EQ(result.verdict.reason, "limit_broken:force_on_person");
    EXPECT_EQ(robot.stops, 1);
  }
}

TEST(Trial, WordsOfARobotNeedNotBeUtf8) {
  FakeRobot robot({.error_tick = 4, .advance_error = "unknown:caf\xe9"});
  const auto result = run_with(robot, {});
  EXPECT_EQ(result.verdict.outcome, Outcome::undetermined);
  EXPECT_EQ(result.verdict.reason.rfind("unattributed_fault:caf", 0), 0u) << result.verdict.reason;
  ASSERT_NE(result.trace.event("fault"), nullptr);
  EXPECT_TRUE(nlohmann::json::accept(result.trace.event("fault")->detail));
}

TEST(Trial, RobotErrorsAreAttributed) {
  const std::tuple<const char*, Outcome, const char*> cases[] = {
      {"subject:mj_warning", Outcome::failure, "subject_fault:mj_warning"},
      {"lab:link_lost cable", Outcome::error, "harness_fault:link_lost"},
      {"unknown:nan", Outcome::undetermined, "unattributed_fault:nan"},
      {"nothing said", Outcome::undetermined, "unattributed_fault:ASSAY-0420"},
      {"throw", Outcome::undetermined, "unattributed_fault:adapter_threw"}};
  for (const auto& [found, outcome, reason] : cases) {
    FakeRobot robot({.error_tick = 4, .advance_error = found});
    const auto result = run_with(robot, {});
    EXPECT_EQ(result.verdict.outcome, outcome) << found;
    EXPECT_EQ(result.verdict.reason, reason);
    EXPECT_EQ(robot.stops, 1) << found;
  }
}

TEST(Trial, AFailedResetIsAVerdictToo) {
  FakeRobot robot({.reset_error = "subject:model_does_not_load"});
  const auto result = run_with(robot, {});
  EXPECT_EQ(result.verdict.reason, "subject_fault:model_does_not_load");
  EXPECT_EQ(robot.stops, 1);
  EXPECT_EQ(result.trace.stream("/truth"), nullptr);
  EXPECT_EQ(result.content_digest.size(), 64u);
}

TEST(Trial, AClockThatStandsIsNobodysYet) {
  FakeRobot robot({.clock_stands = true});
  const auto result = run_with(robot, {});
  EXPECT_EQ(result.verdict.outcome, Outcome::undetermined) << "a robot must not choose a void";
  EXPECT_EQ(result.verdict.reason, "unattributed_fault:clock_stands");
}

TEST(Trial, InterruptionAbortsAndMakesSafe) {
  FakeRobot robot;
  TrialOptions options;
  int polls = 0;
  options.interrupted = [&] { return ++polls > 10; };
  const auto result = run_with(robot, {}, fake_setup(), options);
  EXPECT_EQ(result.verdict.outcome, Outcome::aborted);
  EXPECT_EQ(robot.ticks, 10);
  EXPECT_EQ(robot.stops, 1);
}

TEST(Trial, MissingSignalLeavesTheTrialUndetermined) {
  FakeRobot robot;
  auto setup = fake_setup();
  setup.signals = {{SignalSpec::Kind::pose, "robot.tcp", ""}};
  const auto result = run_with(robot, {}, setup);
  EXPECT_EQ(result.verdict.outcome, Outcome::undetermined);
  EXPECT_EQ(result.verdict.reason.rfind("signal_missing:", 0), 0u) << result.verdict.reason;
}

TEST(Trial, HeartbeatNamesWhoseCodeRuns) {
  FakeRobot robot;
  TrialOptions options;
  std::vector<std::string> phases;
  options.heartbeat = [&](const char* phase, std::int64_t) { phases.emplace_back(phase); };
  (void)run_with(robot, {}, fake_setup(), options);
  ASSERT_GT(phases.size(), 50u);
  EXPECT_EQ(phases.front(), "robot");
  EXPECT_EQ(phases.back(), "harness");
  EXPECT_NE(std::find(phases.begin(), phases.end(), "policy"), phases.end());
}

TEST(PolicyRunner, DescribesAndDestroysOnThePolicysThread) {
  auto runner = make_threaded_runner(std::make_unique<FakePolicy>(PolicyScript{.deterministic = false}));
  EXPECT_EQ(runner->describe().id, "fake");
  EXPECT_FALSE(runner->describe().deterministic);
  EXPECT_FALSE(runner->lost());
}

struct BadlyNamedPolicy final : Policy {
  PolicyDescription describe() const override { return {"caf\xe9", "1\xff", true, false, 0}; }
  Result<void> begin(const Instruction&, const RobotDescription&, StreamKey) override { return {}; }
  Result<Action> act(const Observation&) override {
    Action action;
    action.done = true;
    return action;
  }
};

TEST(PolicyRunner, APolicysNameIsRecordedAsUtf8) {
  metrics::MetricRegistry registry;
  FakeRobot robot;
  auto runner = make_threaded_runner(std::make_unique<BadlyNamedPolicy>());
  const auto result = run_trial(robot, *runner, fake_setup(), {}, registry, {});
  EXPECT_EQ(result.trace.metadata.at("policy"), "caf\xef\xbf\xbd");
  EXPECT_EQ(result.trace.metadata.at("policy_version"), "1\xef\xbf\xbd");
}

struct SlowToDie final : Policy {
  ~SlowToDie() override { std::this_thread::sleep_for(std::chrono::milliseconds(300)); }
  PolicyDescription describe() const override { return {}; }
  Result<void> begin(const Instruction&, const RobotDescription&, StreamKey) override { return {}; }
  Result<Action> act(const Observation&) override { return Action{}; }
};

TEST(PolicyRunner, ADestructorThatStallsIsALostCall) {
  auto runner = make_threaded_runner(std::make_unique<SlowToDie>());
  runner->close(0.02);
  EXPECT_TRUE(runner->lost());
  runner.reset();
  std::this_thread::sleep_for(std::chrono::milliseconds(400));  // the lost thread ends before the test program does
  auto quick = make_threaded_runner(std::make_unique<FakePolicy>());
  quick->close(5);
  EXPECT_FALSE(quick->lost());
}

TEST(PolicyRunner, InlineGivesTheSameTrace) {
  metrics::MetricRegistry registry;
  FakeRobot robot;
  auto inline_runner = make_inline_runner(std::make_unique<FakePolicy>());
  const auto a = run_trial(robot, *inline_runner, fake_setup(), {}, registry, {});
  EXPECT_EQ(a.content_digest, run_with(robot, {}).content_digest);
}

}  // namespace
}  // namespace assay::harness
