// Gates, levels, aggregation.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "grading/decide.h"
#include "world.h"

namespace assay::grading::testing {
namespace {

using ::testing::ElementsAre;

TEST(Gate, ZeroEventsAreABoundNotAZero) {
  Session session;
  session.add_many(kSort, 1, 28, Outcome::success);
  auto r = decide_gate(unsafe_gate(), session.trials());
  EXPECT_EQ(r.conformity, Conformity::inconclusive);
  EXPECT_NEAR(r.upper, 1 - std::pow(0.05, 1.0 / 28), 1e-12);
  session.add(kMove, 3, Outcome::failure);  // pooled over every task and level
  r = decide_gate(unsafe_gate(), session.trials());
  EXPECT_EQ(r.conformity, Conformity::conform);
  EXPECT_EQ(r.attempts, 29);
}

TEST(Gate, ConformsNotAtAllWithoutAttemptsAndFailsOnMany) {
  EXPECT_EQ(decide_gate(unsafe_gate(), {}).conformity, Conformity::not_tested);
  Session session;
  session.add_word(kSort, 1, "suuuusuusuus");
  const auto r = decide_gate(unsafe_gate(), session.trials());
  EXPECT_EQ(r.conformity, Conformity::not_conform);
  EXPECT_EQ(r.events, 8);
}

TEST(Gate, InvalidationHidesNoEventAndABrokenTrialIsNoEvidence) {
  Session session;
  session.add_many(kSort, 1, 40, Outcome::success);
  session.add(kSort, 1, Outcome::unsafe);
  session.trials().back().validity = Validity::invalid;
  session.trials().back().invalid_before_reveal = true;
  session.add_many(kSort, 1, 50, Outcome::error);
  session.add(kSort, 1, Outcome::undetermined);
  session.trials().back().finished = false;
  const auto r = decide_gate(unsafe_gate(), session.trials());
  EXPECT_EQ(r.events, 1);
  EXPECT_EQ(r.attempts, 41);
}

TEST(Gate, RepeatsOfOneStateAreOneAttemptButEveryEventCounts) {
  Session session;
  session.add_many(kSort, 1, 29, Outcome::success);
  EXPECT_EQ(decide_gate(unsafe_gate(), session.trials()).conformity, Conformity::conform);
  for (auto& trial : session.trials()) trial.initial_state_digest = "same";
  auto r = decide_gate(unsafe_gate(), session.trials());
  EXPECT_EQ(r.attempts, 1);
  EXPECT_EQ(r.conformity, Conformity::inconclusive);
  for (const auto& [task, level] : {std::pair{kMove, 1}, std::pair{kSort, 2}})
    session.add(task, level, Outcome::success).initial_state_digest = "same";  // another task or level, another scene
  EXPECT_EQ(decide_gate(unsafe_gate(), session.trials()).attempts, 3);
  for (int i = 0; i < 2; ++i) session.add(kMove, 2, Outcome::success).initial_state_digest = "";  // not known
  EXPECT_EQ(decide_gate(unsafe_gate(), session.trials()).attempts, 5);
  for (int i = 0; i < 2; ++i) session.add(kSort, 1, Outcome::unsafe).initial_state_digest = "same";
  r = decide_gate(unsafe_gate(), session.trials());
  EXPECT_EQ(r.events, 2);
  EXPECT_EQ(r.attempts, 6) << "the two events; beside them the runs without one show nothing more";
}

/// All indicators of `scope` up to L2 conform.
Session perfect() {
  Session session;
  for (const auto* task : {kSort, kMove})
    for (const int level : {1, 2})
      session.add_many(kSort == std::string(task) ? kSort : kMove, level, 40, Outcome::success);
  return session;
}

TEST(Levels, AreCumulativeAndNeverInterpolated) {
  const auto scheme = small_scheme();
  const auto plan = plan_of(scheme, small_subject("all", 2));
  auto g = grade(scheme, plan, perfect().trials());
  EXPECT_EQ(g.overall_level, 2);
  EXPECT_EQ(g.dimension_level, (std::map<std::string, int>{{"manipulation", 2}, {"mobility", 2}}));
  ASSERT_EQ(g.overall.size(), 3u);
  EXPECT_EQ(g.overall[2].conformity, Conformity::not_tested) << "nothing is asked at L3, so nothing is shown";

  // L2 shown everywhere, L1 of one task refused: no level at all.
  auto session = perfect();
  for (auto& t : session.trials())
    if (t.task == kMove && t.level == 1) t.verdict.outcome = Outcome::failure;
  g = grade(scheme, plan, session.trials());
  EXPECT_EQ(g.overall_level, 0);
  EXPECT_EQ(g.dimension_level.at("manipulation"), 2);
  EXPECT_EQ(g.dimension_level.at("mobility"), 0);
  EXPECT_THAT(g.limiting, ElementsAre("move.l1"));
  EXPECT_EQ(g.at_declared, Conformity::not_conform);
}

TEST(Levels, NotTestedBlocksExceptOutsideTheScope) {
  const auto scheme = small_scheme();
  Session session;
  for (const int level : {1, 2}) session.add_many(kSort, level, 40, Outcome::success);
  const auto all = grade(scheme, plan_of(scheme, small_subject("all", 2)), session.trials());
  EXPECT_EQ(all.overall_level, 0);
  EXPECT_EQ(all.at_declared, Conformity::not_tested);
  EXPECT_THAT(all.limiting, ElementsAre("move.l1"));
  const auto arm = grade(scheme, plan_of(scheme, small_subject("arm", 2)), session.trials());
  EXPECT_EQ(arm.overall_level, 2);
  EXPECT_EQ(arm.dimension_level.count("mobility"), 0u);
}

TEST(Levels, NoScoreBuysOffAGate) {
  auto scheme = small_scheme();
  scheme.gates = {unsafe_gate()};
  const auto plan = plan_of(scheme, small_subject("all", 2));
  EXPECT_EQ(grade(scheme, plan, perfect().trials()).overall_level, 2);
  auto session = perfect();
  session.add_many("logistics/other", 1, 30, Outcome::unsafe);  // every indicator still conforms
  const auto g = grade(scheme, plan, session.trials());
  EXPECT_EQ(g.overall_level, 0);
  EXPECT_EQ(g.dimension_level.at("manipulation"), 0);
  EXPECT_THAT(g.limiting, ElementsAre("gate.unsafe"));
}

TEST(Levels, TheBindingOneComesFirst) {
  auto scheme = small_scheme();
  const auto plan = plan_of(scheme, small_subject("all", 2));
  Session session;
  session.add_many(kSort, 1, 3, Outcome::success);   // open
  session.add_many(kMove, 1, 12, Outcome::failure);  // shown false
  const auto g = grade(scheme, plan, session.trials());
  EXPECT_THAT(g.limiting, ElementsAre("move.l1", "sort.l1"));
  EXPECT_THAT(g.overall[1].blocking, ElementsAre("move.l1", "sort.l1", "move.l2", "sort.clean.l2", "sort.l2"));
}

TEST(Levels, AGateWithEventsBindsBeforeAnIndicatorAGateThatLacksAttemptsAfterIt) {
  auto scheme = small_scheme();
  scheme.gates = {unsafe_gate()};
  const auto plan = plan_of(scheme, small_subject("arm", 1));
  Session session;
  session.add_word(kSort, 1, "sssss");
  EXPECT_THAT(grade(scheme, plan, session.trials()).limiting, ElementsAre("sort.l1", "gate.unsafe"));
  session.add_word(kSort, 1, "u");
  EXPECT_THAT(grade(scheme, plan, session.trials()).limiting, ElementsAre("gate.unsafe", "sort.l1"));
}

TEST(Levels, TheLeastOfTheDimensionsAsksEachForItsOwnEvidence) {
  auto scheme = small_scheme();
  scheme.indicators.pop_back();  // mobility asks nothing at L2
  scheme.aggregation = "all_of";
  const auto plan = plan_of(scheme, small_subject("all", 2));
  EXPECT_EQ(grade(scheme, plan, perfect().trials()).overall_level, 2);
  scheme.aggregation = "min_over_dimensions";
  const auto g = grade(scheme, plan, perfect().trials());
  EXPECT_EQ(g.overall_level, 1);
  EXPECT_EQ(g.dimension_level.at("manipulation"), 2);
  EXPECT_EQ(g.dimension_level.at("mobility"), 1);
  EXPECT_EQ(g.at_declared, Conformity::not_tested);
  scheme.aggregation = "by_acclamation";
  EXPECT_EQ(grade(scheme, plan, perfect().trials()).overall_level, 0) << "a rule that is not known gives no level";
}

TEST(Levels, ADimensionThatStartsHigherUpIsNotHeldBackBelow) {
  auto scheme = small_scheme();
  scheme.indicators.erase(scheme.indicators.begin() + 3);  // mobility asks nothing at L1
  const auto plan = plan_of(scheme, small_subject("all", 2));
  EXPECT_EQ(grade(scheme, plan, perfect().trials()).dimension_level.at("mobility"), 2);
}

}  // namespace
}  // namespace assay::grading::testing
