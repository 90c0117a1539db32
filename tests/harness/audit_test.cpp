// Audit trials: what stays, what changes, and that a policy which answers from memory is told from one that solves.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "core/model/trial.h"
#include "grading/grading.h"
#include "harness/campaign.h"
#include "harness/series.h"
#include "harness/trial.h"
#include "tests/support/fakes.h"
#include "tests/support/memory_policy.h"

namespace assay::harness {
namespace {

using assay::testing::FakePolicy;
using assay::testing::FakeRobot;
using assay::testing::Memory;
using assay::testing::MemoryPolicy;

constexpr double kPeriod_s = 0.02;

Variation jitter_of(const std::string& body) {
  Variation v;
  v.kind = Variation::Kind::pose_jitter;
  v.target = body;
  v.jitter = {0.2, 0, 0, 0};
  return v;
}

/// The fake robot starts at the sum of both offsets; only the puck matters to the goal.
Task push_task() {
  Task task;
  task.suite = "s";
  task.id = "push";
  task.instruction = {"push the puck", "推动圆盘"};
  task.success = assay::testing::fake_setup().success;
  task.time_limit_ns = 4'000'000'000;
  task.variation = {jitter_of("puck"), jitter_of("decoy")};
  return task;
}

World push_world() {
  World world;
  world.sha256 = "w";
  world.groups = {assay::testing::fake_arm()};
  return world;
}

Setup setup_of(const Task& task, int index) {
  auto setup = realise(task, Embodiment{}, push_world(), "seed", index);
  EXPECT_TRUE(setup.ok()) << (setup.ok() ? "" : to_string(setup.error(), Lang::en));
  return *setup;
}

TrialRecord run(std::unique_ptr<Policy> policy, int index, std::int64_t number) {
  const auto task = push_task();
  const auto setup = setup_of(task, index);
  metrics::MetricRegistry registry;
  metrics::register_builtin_metrics(registry);
  FakeRobot robot;
  auto runner = make_inline_runner(std::move(policy));
  TrialRecord record;
  record.number = number;
  record.task = task.key();
  record.index = index;
  record.finished = true;
  record.verdict = run_trial(robot, *runner, setup, {}, registry, {}).verdict;
  record.initial_state_digest = setup.initial_state_digest;
  return record;
}

constexpr int kTrials = 12;

Plan audited_plan() {
  Plan plan;
  plan.series.push_back({"s/push", 1, kTrials, 0, 0, {}});
  for (int i = 0; i < kTrials; ++i) plan.series[0].audit.push_back(i);
  return plan;
}

/// What a cheat learns by looking at the trials of a seed that it knows.
Memory learned() {
  Memory memory;
  for (int i = 0; i < kTrials; ++i) {
    double x = 0;
    for (const auto& offset : setup_of(push_task(), i).offsets) x += offset.offset[0];
    memory[assay::testing::memory_key(x)] = static_cast<int>(std::lround((1 - x) / kPeriod_s));
  }
  return memory;
}

template <class Make>
AuditResult audit(Make&& make) {
  std::vector<TrialRecord> trials;
  for (int i = 0; i < kTrials; ++i) trials.push_back(run(make(), i, i + 1));
  for (const auto& trial : trials) EXPECT_EQ(trial.verdict.outcome, Outcome::success) << trial.verdict.reason;
  for (int i = 0; i < kTrials; ++i) trials.push_back(run(make(), kAuditIndex + i, 100 + i));
  return *grading::grade(Scheme{}, audited_plan(), trials).audit;
}

TEST(Audit, KeepsWhatMattersAndDrawsTheRestAgain) {
  const auto task = push_task();
  const auto original = setup_of(task, 3), twin = setup_of(task, kAuditIndex + 3);
  ASSERT_EQ(twin.offsets.size(), 2u);
  EXPECT_EQ(twin.offsets[0].body, "puck");
  EXPECT_EQ(twin.offsets[0].offset, original.offsets[0].offset);
  EXPECT_NE(twin.offsets[1].offset, original.offsets[1].offset);
  EXPECT_LE(std::abs(twin.offsets[1].offset[0]), 0.2);
  EXPECT_NE(twin.initial_state_digest, original.initial_state_digest);
  EXPECT_FALSE(twin.policy_key == original.policy_key);
  EXPECT_EQ(setup_of(task, kAuditIndex + 3).initial_state_digest, twin.initial_state_digest);
}

TEST(Audit, ShufflesOtherBodiesOnlyOntoPlacesThatAreFree) {
  auto task = push_task();
  Variation shuffle;
  shuffle.kind = Variation::Kind::shuffle;
  shuffle.of = {"puck", "decoy", "other"};
  for (int i = 0; i < 5; ++i) shuffle.places.push_back({static_cast<double>(i), 0, 0, 0});
  shuffle.jitter = {0.1, 0.1, 0, 0};
  Variation noise;
  noise.kind = Variation::Kind::noise;
  noise.target = "detections";
  noise.low = 0.01;
  task.variation = {shuffle, noise};
  int moved = 0;
  for (int index = 0; index < 20; ++index) {
    const auto original = setup_of(task, index), twin = setup_of(task, kAuditIndex + index);
    EXPECT_EQ(twin.poses[0].pose, original.poses[0].pose);
    EXPECT_FALSE(twin.noise[0].key == original.noise[0].key);
    EXPECT_EQ(twin.noise[0].sigma, original.noise[0].sigma);
    std::set<long> places;
    for (const auto& pose : twin.poses) places.insert(std::lround(pose.pose[0]));
    EXPECT_EQ(places.size(), 3u) << "two bodies on one place";
    moved += std::lround(twin.poses[1].pose[0]) != std::lround(original.poses[1].pose[0]) ? 1 : 0;
  }
  EXPECT_GT(moved, 5);
}

TEST(Audit, TellsMemoryFromSolving) {
  const auto honest = audit([] { return std::make_unique<FakePolicy>(); });
  EXPECT_EQ(honest.pairs, kTrials);
  EXPECT_EQ(honest.only_original, 0);
  EXPECT_FALSE(honest.flagged);
  const auto memory = learned();
  const auto cheat = audit([&] { return std::make_unique<MemoryPolicy>(memory); });
  EXPECT_EQ(cheat.pairs, kTrials);
  EXPECT_GE(cheat.only_original, 8) << "a decoy may end within the goal's tolerance by chance";
  EXPECT_TRUE(cheat.flagged);
}

/// A plan of two series whose indicators need at least 20 trials.
Plan plan_to_arrange() {
  Plan plan;
  for (int level = 1; level <= 2; ++level) {
    PlannedIndicator indicator;
    indicator.task = "s/push";
    indicator.level = level;
    indicator.design.least_n = 20;
    plan.indicators.push_back(indicator);
    plan.series.push_back({"s/push", level, 30 * level, 2, 0, {}});
  }
  return plan;
}

TEST(Arrange, DrawsOrderAndAuditFromTheSeed) {
  Scheme scheme;
  scheme.order = "random";
  scheme.audit_share = 0.25;
  auto plan = plan_to_arrange(), again = plan_to_arrange(), other = plan_to_arrange();
  arrange(plan, scheme, "seed");
  arrange(again, scheme, "seed");
  arrange(other, scheme, "another");
  EXPECT_EQ(plan.order, again.order);
  EXPECT_NE(plan.order, other.order);
  EXPECT_EQ(std::count(plan.order.begin(), plan.order.end(), 0), 30);
  EXPECT_EQ(std::count(plan.order.begin(), plan.order.end(), 1), 60);
  EXPECT_FALSE(std::is_sorted(plan.order.begin(), plan.order.end()));
  ASSERT_EQ(plan.series[0].audit.size(), 5u);
  EXPECT_TRUE(std::is_sorted(plan.series[0].audit.begin(), plan.series[0].audit.end()));
  EXPECT_LT(plan.series[0].audit.back(), 20);
  EXPECT_NE(plan.series[0].audit, plan.series[1].audit);
  scheme.order = "by_series";
  scheme.audit_share = 0;
  arrange(plan, scheme, "seed");
  EXPECT_TRUE(plan.order.empty());
  EXPECT_TRUE(plan.series[0].audit.empty());
}

TEST(SeriesRun, RunsAuditsAfterTheStopUnlessRefused) {
  PlannedIndicator indicator;
  indicator.id = "E";
  indicator.task = "s/push";
  indicator.design.least_n = 3;
  indicator.design.table = {4, {-1, -1, -1, 0, 1}, {1, 2, 2, 2, 2}};  // 3 successes accept, 2 failures refuse
  const Series series{"s/push", 1, 4, 0, 0, {0, 2}};
  const auto after = [&](const std::vector<std::pair<int, bool>>& outcomes) {
    SeriesRun run(series, {indicator});
    std::int64_t number = 0;
    for (const auto& [index, success] : outcomes) {
      TrialRecord record;
      record.number = ++number;
      record.task = series.task;
      record.index = index;
      record.finished = true;
      record.verdict.outcome = success ? Outcome::success : Outcome::failure;
      (void)run.put(record);
    }
    return run.stopped() ? -1 : run.next_index();
  };
  EXPECT_EQ(after({}), 0);
  EXPECT_EQ(after({{0, true}, {1, true}}), 2);
  EXPECT_EQ(after({{0, true}, {1, true}, {2, true}}), kAuditIndex);
  EXPECT_EQ(after({{0, true}, {1, true}, {2, true}, {kAuditIndex, false}}), kAuditIndex + 2);
  EXPECT_EQ(after({{0, true}, {1, true}, {2, true}, {kAuditIndex, false}, {kAuditIndex + 2, true}}), -1);
  EXPECT_EQ(after({{0, false}, {1, false}}), -1) << "refused: nothing to be gained by memory";
}

}  // namespace
}  // namespace assay::harness
