// One indicator: every conformity, voids, repeats, checks.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "world.h"

namespace assay::grading::testing {
namespace {

using ::testing::HasSubstr;

class OneIndicator : public ::testing::Test {
 protected:
  Scheme scheme_ = small_scheme();
  Plan plan_ = plan_of(scheme_, small_subject("arm", 1));
  int least_ = plan_.indicators[0].design.least_n;

  IndicatorResult result(const Session& session) const {
    return indicator(grade(scheme_, plan_, session.trials()), "sort.l1");
  }
};

TEST_F(OneIndicator, ConformsWhenThePlanAccepts) {
  Session session;
  session.add_many(kSort, 1, least_, Outcome::success);
  const auto r = result(session);
  EXPECT_EQ(r.conformity, Conformity::conform);
  EXPECT_EQ(r.n, least_);
  EXPECT_EQ(r.successes, least_);
  EXPECT_GE(*r.lower, 0.8);
  EXPECT_LE(*r.lower, *r.estimate);
  EXPECT_LE(*r.estimate, *r.upper);
  EXPECT_EQ(r.path, std::vector<int>(static_cast<std::size_t>(least_), 0));
  EXPECT_EQ(r.trials.front(), 1);
  EXPECT_EQ(r.clause, "5.1");
  EXPECT_THAT(r.reason.zh, HasSubstr("置信度"));
  const auto g = grade(scheme_, plan_, session.trials());
  EXPECT_EQ(g.overall_level, 1);
  EXPECT_EQ(g.at_declared, Conformity::conform);
  EXPECT_TRUE(g.limiting.empty());
  EXPECT_FALSE(g.claim.en.empty() || g.claim.zh.empty());
}

TEST_F(OneIndicator, IsNotTestedWithoutTrials) {
  const auto r = result({});
  EXPECT_EQ(r.conformity, Conformity::not_tested);
  EXPECT_FALSE(r.estimate.has_value());
  EXPECT_EQ(grade(scheme_, plan_, {}).overall_level, 0);
}

TEST_F(OneIndicator, IsInconclusiveWhileItRunsAndWhenRefusedNearTheLimit) {
  Session session;
  session.add_many(kSort, 1, least_ - 1, Outcome::success);
  EXPECT_EQ(result(session).conformity, Conformity::inconclusive);
  EXPECT_EQ(result(session).stop, StopState::running);

  // Ride just above the refuse boundary to the cap: refused late, with an upper limit above the limit.
  const auto& table = plan_.indicators[0].design.table;
  Session late;
  int failures = 0;
  for (int n = 1; n <= table.n_max; ++n) {
    const bool fails = failures + 1 < table.refuse[static_cast<std::size_t>(n)] || n == table.n_max;
    failures += fails ? 1 : 0;
    late.add(kSort, 1, fails ? Outcome::failure : Outcome::success);
  }
  const auto r = result(late);
  EXPECT_EQ(r.stop, StopState::refused);
  EXPECT_EQ(r.conformity, Conformity::inconclusive);
  EXPECT_GE(*r.upper, 0.8);
  EXPECT_THAT(r.reason.en, HasSubstr("not shown"));
}

TEST_F(OneIndicator, DoesNotConformOnlyWithTheUpperLimitBelow) {
  Session session;
  session.add_many(kSort, 1, 20, Outcome::failure);
  const auto r = result(session);
  EXPECT_EQ(r.conformity, Conformity::not_conform);
  EXPECT_LT(*r.upper, 0.8);
  EXPECT_LT(r.n, 20);  // trials behind the stop do not count
  EXPECT_EQ(grade(scheme_, plan_, session.trials()).at_declared, Conformity::not_conform);
}

TEST_F(OneIndicator, EveryOutcomeButSuccessIsAFailureAndErrorIsVoid) {
  for (const auto outcome : {Outcome::failure, Outcome::unsafe, Outcome::undetermined}) {
    Session session;
    session.add(kSort, 1, outcome);
    EXPECT_EQ(result(session).n, 1) << to_string(outcome);
    EXPECT_EQ(result(session).successes, 0) << to_string(outcome);
  }
  Session session;
  session.add(kSort, 1, Outcome::error);
  EXPECT_EQ(result(session).n, 0);
  EXPECT_EQ(result(session).voids, 1);
}

TEST_F(OneIndicator, VoidsAreReplacedByTheNextIndexAndGradedTwice) {
  Session session;
  session.add_many(kSort, 1, 5, Outcome::success);
  session.add(kSort, 1, Outcome::error);
  session.add(kSort, 1, Outcome::failure);
  session.trials().back().validity = Validity::invalid;
  session.trials().back().invalid_before_reveal = true;
  session.add_many(kSort, 1, least_ - 5, Outcome::success);
  const auto g = grade(scheme_, plan_, session.trials());
  const auto& r = indicator(g, "sort.l1");
  EXPECT_EQ(r.conformity, Conformity::conform);
  EXPECT_EQ(r.voids, 2);
  EXPECT_EQ(r.n, least_);
  EXPECT_EQ(g.overall_level, 1);
  EXPECT_EQ(g.overall_level_voids_as_failures, 0) << "with the voids as failures the walk has not reached acceptance";
}

TEST_F(OneIndicator, InvalidAfterRevealIsAFailureEvenIfItSucceeded) {
  Session session;
  session.add_many(kSort, 1, least_, Outcome::success);
  session.trials()[3].validity = Validity::invalid;
  const auto r = result(session);
  EXPECT_EQ(r.successes, least_ - 1);
  EXPECT_EQ(r.voids, 0);
  EXPECT_NE(r.conformity, Conformity::conform);
}

TEST_F(OneIndicator, TooManyVoidsAreInconclusive) {
  const int allowed = plan_.series[0].reserved;
  for (const int voids : {allowed, allowed + 1}) {
    Session session;
    session.add_many(kSort, 1, voids, Outcome::error);
    session.add_many(kSort, 1, least_, Outcome::success);
    EXPECT_EQ(result(session).conformity, voids > allowed ? Conformity::inconclusive : Conformity::conform) << voids;
  }
  Session only;
  only.add_many(kSort, 1, allowed + 1, Outcome::error);
  EXPECT_EQ(result(only).conformity, Conformity::inconclusive);
}

TEST_F(OneIndicator, EqualInitialStatesCountOnce) {
  Session session;
  session.add_many(kSort, 1, least_ + 4, Outcome::success);
  for (std::size_t i = 1; i <= 6; ++i)
    session.trials()[i].initial_state_digest = session.trials()[0].initial_state_digest;
  EXPECT_EQ(result(session).n, least_ + 4 - 6);
  EXPECT_EQ(result(session).conformity, Conformity::inconclusive);
  for (auto& trial : session.trials()) trial.initial_state_digest = "same";
  const auto r = result(session);
  EXPECT_EQ(r.conformity, Conformity::inconclusive);
  EXPECT_EQ(r.n, 1);
  EXPECT_FALSE(r.estimate || r.lower || r.upper) << "demonstrated once, never a probability";
  EXPECT_THAT(r.reason.en, HasSubstr("demonstrated once"));
  EXPECT_THAT(r.reason.zh, HasSubstr("仅演示一次"));
}

TEST_F(OneIndicator, IndicesBehindCapAndReserveWereNeverPlanned) {
  auto plan = plan_;
  plan.series[0].cap = 3;
  plan.series[0].reserved = 1;
  Session session;
  session.add_many(kSort, 1, least_, Outcome::success);
  EXPECT_EQ(indicator(grade(scheme_, plan, session.trials()), "sort.l1").n, 4);
}

TEST_F(OneIndicator, TheOrderOfRowsDoesNotMatter) {
  Rng rng(StreamKey{7, 7});
  auto scheme = small_scheme();
  scheme.gates = {unsafe_gate()};
  const auto plan = plan_of(scheme, small_subject("all", 2));
  Session session;
  for (const auto* task : {kSort, kMove})
    for (const int level : {1, 2})
      for (int i = 0; i < 40; ++i) {
        const double u = rng.uniform();
        auto& t = session.add(task, level,
                              u < 0.9    ? Outcome::success
                              : u < 0.95 ? Outcome::failure
                              : u < 0.98 ? Outcome::unsafe
                                         : Outcome::error,
                              rng.uniform() < 0.95);
        if (rng.uniform() < 0.02) t.validity = Validity::invalid;
      }
  const auto expected = dump(grade(scheme, plan, session.trials()));
  for (int round = 0; round < 10; ++round) {
    auto& rows = session.trials();
    for (std::size_t i = rows.size() - 1; i > 0; --i) std::swap(rows[i], rows[rng.below(i + 1)]);
    ASSERT_EQ(dump(grade(scheme, plan, rows)), expected);
  }
}

TEST(Checks, AnIndicatorOnACheckTakesItsOutcomesFromTheCheck) {
  const auto scheme = small_scheme();
  const auto plan = plan_of(scheme, small_subject("arm", 2));
  Session session;
  for (int i = 0; i < 40; ++i) session.add(kSort, 2, i < 12 ? Outcome::failure : Outcome::success, true);
  auto g = grade(scheme, plan, session.trials());
  EXPECT_EQ(indicator(g, "sort.clean.l2").conformity, Conformity::conform);
  EXPECT_EQ(indicator(g, "sort.l2").conformity, Conformity::not_conform);

  for (auto& trial : session.trials()) trial.verdict.checks.clear();
  g = grade(scheme, plan, session.trials());
  EXPECT_EQ(indicator(g, "sort.clean.l2").conformity, Conformity::not_tested);
  EXPECT_THAT(indicator(g, "sort.clean.l2").reason.en, HasSubstr("clean"));
}

TEST_F(OneIndicator, ASuccessThatCouldNotBeSeenIsNotTestedAndNotFailed) {
  Session session;
  for (int i = 0; i < 20; ++i)
    session.add(kSort, 1, Outcome::undetermined).verdict.reason = "signal_missing:parcel_red.x_m";
  const auto r = result(session);
  EXPECT_EQ(r.conformity, Conformity::not_tested);
  EXPECT_THAT(r.reason.en, HasSubstr("parcel_red.x_m"));
  EXPECT_THAT(r.reason.zh, HasSubstr("parcel_red.x_m"));
  const auto g = grade(scheme_, plan_, session.trials());
  EXPECT_EQ(g.overall_level, 0);
  EXPECT_THAT(explain(scheme_, plan_, g, session.trials(), 0).items.at(0).could.en, HasSubstr("parcel_red.x_m"));
  // Undetermined for another reason stays a failure.
  for (auto& trial : session.trials()) trial.verdict.reason = "interrupted";
  EXPECT_EQ(result(session).conformity, Conformity::not_conform);
}

TEST(Checks, AreKnownWithoutTheSignalsOfSuccess) {
  const auto scheme = small_scheme();
  const auto plan = plan_of(scheme, small_subject("arm", 2));
  Session session;
  for (int i = 0; i < 40; ++i)
    session.add(kSort, 2, Outcome::undetermined, true).verdict.reason = "signal_missing:parcel_red.x_m";
  auto g = grade(scheme, plan, session.trials());
  EXPECT_EQ(indicator(g, "sort.l2").conformity, Conformity::not_tested);
  EXPECT_EQ(indicator(g, "sort.clean.l2").conformity, Conformity::conform);
  for (auto& trial : session.trials()) trial.verdict.checks.clear();
  g = grade(scheme, plan, session.trials());
  EXPECT_EQ(indicator(g, "sort.clean.l2").conformity, Conformity::not_tested);
}

TEST_F(OneIndicator, WhatWasObservedTooWeaklyIsNotTested) {
  Session session;
  session.add_many(kSort, 1, least_, Outcome::success);
  const auto graded = [&](const char* asked, std::optional<Vantage> seen) {
    auto scheme = scheme_;
    for (auto& i : scheme.indicators) i.vantage = asked;
    const auto plan = plan_of(scheme, small_subject("arm", 1));
    EXPECT_EQ(plan.indicators[0].vantage, asked);
    for (auto& trial : session.trials()) {
      trial.metrics.clear();
      if (seen) trial.metrics = {{"success", 1, 1, "", "1", *seen}};
    }
    return indicator(grade(scheme, plan, session.trials()), "sort.l1");
  };
  const auto c = Conformity::conform, n = Conformity::not_tested;
  EXPECT_EQ(graded("simulator", std::nullopt).conformity, c);
  EXPECT_EQ(graded("simulator", Vantage::simulator).conformity, c);
  EXPECT_EQ(graded("simulator", Vantage::instrument).conformity, c);
  EXPECT_EQ(graded("simulator", Vantage::operator_).conformity, n);
  EXPECT_EQ(graded("simulator", Vantage::self_report).conformity, n);
  EXPECT_EQ(graded("instrument", Vantage::instrument).conformity, c);
  EXPECT_EQ(graded("instrument", std::nullopt).conformity, n);
  EXPECT_EQ(graded("instrument", Vantage::self_report).conformity, n);
  EXPECT_EQ(graded("self_report", Vantage::self_report).conformity, c);
  const auto r = graded("instrument", Vantage::simulator);
  EXPECT_EQ(r.conformity, n);
  EXPECT_THAT(r.reason.en, HasSubstr("'instrument'"));
  EXPECT_THAT(r.reason.zh, HasSubstr("“仿真器”"));
  // One trial seen less well than the others spoils them all.
  auto scheme = scheme_;
  for (auto& trial : session.trials()) trial.metrics[0].vantage = Vantage::simulator;
  session.trials()[4].metrics[0].vantage = Vantage::self_report;
  EXPECT_EQ(indicator(grade(scheme, plan_, session.trials()), "sort.l1").conformity, n);
}

TEST(OtherRules, ARaisedLimitIsDecidedByTheLimitsAndALackingIndicatorIsNotTested) {
  const auto scheme = small_scheme();
  const auto plan = plan_of(scheme, small_subject("arm", 1));
  Session session;
  session.add_many(kSort, 1, plan.indicators[0].design.least_n, Outcome::success);
  auto stricter = scheme;
  stricter.indicators[1].limit = 0.9;
  const auto r = indicator(grade(stricter, plan, session.trials()), "sort.l1");
  EXPECT_EQ(r.conformity, Conformity::inconclusive);
  EXPECT_THAT(r.reason.en, HasSubstr("not the plan's own limit"));
  auto milder = scheme;
  milder.indicators[1].limit = 0.7;
  EXPECT_EQ(indicator(grade(milder, plan, session.trials()), "sort.l1").conformity, Conformity::conform);
  auto more = scheme;
  more.indicators.push_back(more.indicators[1]);
  more.indicators.back().id = "sort.more.l1";
  const auto g = grade(more, plan, session.trials());
  EXPECT_EQ(indicator(g, "sort.more.l1").conformity, Conformity::not_tested);
  EXPECT_EQ(g.overall_level, 0);
  auto elsewhere = scheme;
  elsewhere.indicators[1].level = 2;
  EXPECT_EQ(indicator(grade(elsewhere, plan, session.trials()), "sort.l1").conformity, Conformity::not_tested);
}

}  // namespace
}  // namespace assay::grading::testing
