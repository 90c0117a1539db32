// What sanity trials say about a task, and that they say nothing where nothing is wrong.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "harness/sanity_verdict.h"

namespace assay::harness {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Task task_at(int level) {
  Task task;
  task.suite = "s";
  task.id = "t";
  task.level = level;
  task.reference = Reference{"arm7", "scripted_manipulator"};
  task.time_limit_ns = 1'000'000'000;
  return task;
}

/// `successes` of `n` trials, each from a state of its own.
void add(SanityCase& one, Arm arm, int n, int successes) {
  for (int i = 0; i < n; ++i) {
    SanityResult result;
    result.outcome = i < successes ? Outcome::success : Outcome::failure;
    result.reason = i < successes ? "goal_reached" : "time_limit";
    result.initial_state_digest = "state " + std::to_string(i);
    result.goal_at_start = false;
    one.trials.push_back({{"suite.yaml", "s/t", one.task->level, i, arm, 1, "seed"}, result});
  }
}

SanityCase sound(const Task& task, int oracle = 10) {
  SanityCase one;
  one.task = &task;
  add(one, Arm::oracle, 10, oracle);
  add(one, Arm::random, 10, 0);
  add(one, Arm::null_, 3, 0);
  return one;
}

std::vector<std::string> rules(const std::vector<SanityCase>& cases) {
  const auto verdict = judge_sanity(cases);
  std::vector<std::string> out;
  if (!verdict) return {"error"};
  for (const auto& f : verdict->findings) {
    out.push_back(f.rule);
    EXPECT_FALSE(f.message.en.empty() || f.message.zh.empty()) << f.rule;
  }
  for (const auto& row : verdict->rows) {
    const bool found = std::any_of(verdict->findings.begin(), verdict->findings.end(),
                                   [&](const SanityFinding& f) { return f.level == row.level; });
    EXPECT_EQ(row.ok, !found) << "L" << row.level;
  }
  return out;
}

TEST(Sanity, ASoundTaskHasNoFindings) {
  const Task one = task_at(1), two = task_at(2);
  const auto verdict = judge_sanity({sound(one), sound(two, 9)});
  ASSERT_TRUE(verdict.ok());
  EXPECT_THAT(verdict->findings, IsEmpty());
  EXPECT_NEAR(*verdict->rows[1].oracle_lower, 0.606, 0.001) << "9 of 10, one-sided 95 %";
  EXPECT_EQ(verdict->rows[0].distinct_starts, 10);
}

TEST(Sanity, NullRandomAndAWeakOracleAreFound) {
  const Task task = task_at(3);
  SanityCase one = sound(task, 8);
  add(one, Arm::null_, 1, 1);
  add(one, Arm::random, 1, 1);
  EXPECT_THAT(rules({one}), ElementsAre("null_succeeds", "random_succeeds", "oracle_fails"));
}

TEST(Sanity, AWeakOracleIsAllowedAtL4) {
  const Task task = task_at(4);
  EXPECT_THAT(rules({sound(task, 1)}), IsEmpty());
}

TEST(Sanity, WhatNobodySolvesAtAnyLevelIsFound) {
  const Task task = task_at(4);
  SanityCase one = sound(task, 0);
  EXPECT_THAT(rules({one}), ElementsAre("unsolved"));
  for (auto& [request, result] : one.trials)
    if (request.arm == Arm::oracle) {
      result.reason = "refused";
      result.cause = "what is a coaster?";
    }
  EXPECT_THAT(rules({one}), ElementsAre("reference_refuses"));
  EXPECT_THAT(judge_sanity({one})->findings[0].message.en, testing::HasSubstr("refused: what is a coaster?"));
  SanityCase few;
  few.task = &task;
  add(few, Arm::oracle, 1, 0);
  EXPECT_THAT(rules({few}), IsEmpty()) << "one miss says nothing";
}

TEST(Sanity, SuccessThatRisesWithLevelIsFoundBeyondChanceOnly) {
  const Task four = task_at(4), five = task_at(5);
  EXPECT_THAT(rules({sound(four, 2), sound(five, 10)}), ElementsAre("rises_with_level"));
  EXPECT_THAT(rules({sound(four, 6), sound(five, 10)}), IsEmpty()) << "p = 0.043";
}

TEST(Sanity, GoalsAtStartIdleSlotsAndEqualStartsAreFound) {
  const Task task = task_at(2);
  SanityCase one = sound(task);
  one.trials[0].second.goal_at_start = true;
  one.trials[1].second.initial_state_digest = one.trials[0].second.initial_state_digest;
  one.trials[12].second.initial_state_digest = one.trials[2].second.initial_state_digest;
  one.trials[11].second.initial_state_digest = one.trials[1].second.initial_state_digest;
  one.trials[21].second.initial_state_digest = one.trials[1].second.initial_state_digest;
  one.trials[2].second.other_goals = {{"object", "red", false}, {"target", "bin_a", true}};
  EXPECT_THAT(rules({one}), ElementsAre("starts_alike", "goal_at_start", "idle_slot"));
}

TEST(Sanity, ASlotIsIdleOnlyIfNoOtherValueChangesTheGoalInMoreThanOneOfFiveTrials) {
  const Task task = task_at(2);
  SanityCase one = sound(task);
  std::size_t k = 0;
  for (auto& [request, result] : one.trials)
    if (request.arm == Arm::oracle)  // "object" exchanged with its like is the same goal; "target" by chance in 2 of 10
      result.other_goals = {{"object", "red", true}, {"object", "green", false}, {"target", "bin_a", k++ < 2}};
  EXPECT_THAT(rules({one}), IsEmpty());
  k = 0;
  for (auto& [request, result] : one.trials)
    if (request.arm == Arm::oracle) result.other_goals.back().still_met = k++ < 3;
  EXPECT_THAT(rules({one}), ElementsAre("idle_slot"));
}

TEST(Sanity, ATrialThatCouldNotBeJudgedIsNotAResult) {
  const Task task = task_at(1);
  SanityCase one = sound(task);
  one.trials[4].second.outcome = Outcome::undetermined;
  one.trials[4].second.reason = "signal_missing:cup.x_m";
  EXPECT_THAT(rules({one}), ElementsAre("not_run"));
  Task nobody = task;
  nobody.reference.reset();
  SanityCase two;
  two.task = &nobody;
  EXPECT_THAT(rules({two}), ElementsAre("no_reference"));
}

TEST(Sanity, AnEntryThatNeverChangesIsIdle) {
  Task task = task_at(1);
  Variation choice, fixed, moving, noise, silent;
  choice.kind = Variation::Kind::choice;
  choice.name = "object";
  choice.of = {"red"};
  fixed.kind = moving.kind = Variation::Kind::mass_factor;
  fixed.target = moving.target = "red";
  fixed.low = fixed.high = 1;
  moving.low = 0.9;
  moving.high = 1.1;
  noise.kind = silent.kind = Variation::Kind::noise;
  noise.target = silent.target = "joints";
  noise.low = 0.001;
  task.variation = {choice, fixed, moving, noise, silent};
  const auto idle = idle_variation(task, Embodiment{}, "seed", 8);
  ASSERT_TRUE(idle.ok()) << to_string(idle.error(), Lang::en);
  EXPECT_THAT(*idle, ElementsAre(0, 1, 4));
  EXPECT_EQ(name_of(choice), "choice object");
}

TEST(Sanity, ResultsPassTheWireUnchanged) {
  SanityResult result;
  result.outcome = Outcome::success;
  result.reason = "goal_reached";
  result.initial_state_digest = "abc";
  result.goal_at_start = true;
  result.other_goals = {{"object", "red", true}};
  result.simulated_s = 1.5;
  result.error = Error{.id = 540, .what = {"a", "b"}};
  const auto again = sanity_result_from(to_json(result));
  EXPECT_EQ(to_json(again), to_json(result));
  const SanityRequest request{"suite.yaml", "s/t", 2, 7, Arm::random, 0.5, "seed"};
  EXPECT_EQ(to_json(sanity_request_from(to_json(request))), to_json(request));
}

}  // namespace
}  // namespace assay::harness
