// Indicators that a metric's values answer.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "grading/measured.h"
#include "grading/what_if.h"
#include "world.h"

namespace assay::grading::testing {
namespace {

using ::testing::HasSubstr;

Scheme scheme_with(const char* statistic, int trials, double limit, const char* bound = "at_most",
                   double quantile = 0) {
  auto scheme = small_scheme();
  SchemeIndicator one = scheme.indicators[1];  // sort.l1
  one.statistic = statistic;
  one.metric = "gap";
  one.bound = bound;
  one.limit = limit;
  one.trials = trials;
  one.quantile = quantile;
  scheme.indicators = {one};
  return scheme;
}

Plan plan_for(const Scheme& scheme) {
  auto tasks = small_tasks();
  for (auto& task : tasks) task.metrics = {"gap"};
  auto plan = design(scheme, small_subject(), tasks);
  EXPECT_TRUE(plan.ok()) << (plan.ok() ? "" : to_string(plan.error(), Lang::en));
  return plan.ok() ? *plan : Plan{};
}

TrialRecord& add(Session& session, double value, Outcome outcome = Outcome::success) {
  auto& trial = session.add(kSort, 1, outcome);
  MetricValue metric;
  metric.id = "gap";
  metric.value = value;
  metric.unit = "m";
  trial.metrics = {metric};
  return trial;
}

IndicatorResult graded(const Scheme& scheme, const Session& session) {
  return indicator(grade(scheme, plan_for(scheme), session.trials()), "sort.l1");
}

TEST(MeasuredPlan, HasAFixedNumberOfTrialsWhateverComesOut) {
  const auto plan = plan_for(scheme_with(kMetricMean, 5, 1));
  ASSERT_EQ(plan.indicators.size(), 1U);
  const auto& design = plan.indicators[0].design;
  EXPECT_EQ(design.table.n_max, 5);
  EXPECT_EQ(design.least_n, 5);
  EXPECT_EQ(plan.series[0].cap, 5);
  EXPECT_EQ(plan.indicators[0].metric, "gap");
  EXPECT_EQ(plan.indicators[0].limit, 1);
  const auto look = outlook(plan, {});
  EXPECT_TRUE(look.rows[0].measured);
  EXPECT_EQ(look.rows[0].most_n, 5);
  // Neither five failures nor five successes stop it before the fifth.
  for (const auto outcome : {Outcome::success, Outcome::failure}) {
    Session session;
    for (int i = 0; i < 4; ++i) add(session, 0.1, outcome);
    EXPECT_EQ(graded(scheme_with(kMetricMean, 5, 1), session).stop, StopState::running);
    add(session, 0.1, outcome);
    EXPECT_EQ(graded(scheme_with(kMetricMean, 5, 1), session).stop, StopState::accepted);
  }
}

TEST(MeasuredPlan, RefusesAnUnknownMetricAndTooFewTrialsForAQuantile) {
  const auto unknown = design(scheme_with(kMetricMean, 5, 1), small_subject(), small_tasks());
  ASSERT_FALSE(unknown.ok());
  EXPECT_EQ(unknown.error().id, 615);
  auto tasks = small_tasks();
  for (auto& task : tasks) task.metrics = {"gap"};
  const auto few = design(scheme_with(kMetricQuantile, 28, 1, "at_most", 0.9), small_subject(), tasks);
  ASSERT_FALSE(few.ok());
  EXPECT_EQ(few.error().id, 614);
  EXPECT_THAT(few.error().expected.en, HasSubstr("29"));  // 0.9²⁹ ≤ 0.05
  EXPECT_TRUE(design(scheme_with(kMetricQuantile, 29, 1, "at_most", 0.9), small_subject(), tasks).ok());
}

TEST(MeasuredMean, IsHeldAgainstTheLimitByStudentsInterval) {
  Session session;
  for (const double value : {1.0, 2.0, 3.0, 4.0, 5.0}) add(session, value);
  // mean 3, s = √2.5, one-sided t(0.95; 4) = 2.131847
  const double half = 2.131846786 * std::sqrt(2.5 / 5);
  const auto r = graded(scheme_with(kMetricMean, 5, 3 + half + 1e-6), session);
  ASSERT_TRUE(r.estimate && r.lower && r.upper);
  EXPECT_DOUBLE_EQ(*r.estimate, 3);
  EXPECT_NEAR(*r.lower, 3 - half, 1e-8);
  EXPECT_NEAR(*r.upper, 3 + half, 1e-8);
  EXPECT_EQ(r.conformity, Conformity::conform);
  EXPECT_EQ(r.unit, "m");
  EXPECT_EQ(graded(scheme_with(kMetricMean, 5, 3 + half - 1e-6), session).conformity, Conformity::inconclusive);
  EXPECT_EQ(graded(scheme_with(kMetricMean, 5, 3 - half - 1e-6), session).conformity, Conformity::not_conform);
  EXPECT_EQ(graded(scheme_with(kMetricMean, 5, 3 - half - 1e-6, "at_least"), session).conformity, Conformity::conform);
  EXPECT_EQ(graded(scheme_with(kMetricMean, 5, 3 + half + 1e-6, "at_least"), session).conformity,
            Conformity::not_conform);
}

TEST(MeasuredMean, OfOneTrialTakesTheLimitsThatTheTrialStates) {
  Session session;
  auto& trial = add(session, 2);
  trial.metrics[0].lower = 1.5;
  trial.metrics[0].upper = 2.5;
  trial.metrics[0].n = 30;
  EXPECT_EQ(graded(scheme_with(kMetricMean, 1, 2.6), session).conformity, Conformity::conform);
  EXPECT_EQ(graded(scheme_with(kMetricMean, 1, 2.4), session).conformity, Conformity::inconclusive);
  trial.metrics[0].lower = trial.metrics[0].upper = std::nullopt;
  EXPECT_EQ(graded(scheme_with(kMetricMean, 1, 100), session).conformity, Conformity::inconclusive);
}

TEST(MeasuredMean, ATrialThatFailedOrGaveNoValueShowsNoMean) {
  Session session;
  for (int i = 0; i < 4; ++i) add(session, 0.1 * i);
  add(session, 0.1, Outcome::failure);
  const auto r = graded(scheme_with(kMetricMean, 5, 100), session);
  EXPECT_EQ(r.conformity, Conformity::inconclusive);
  EXPECT_EQ(r.successes, 4);
  EXPECT_THAT(r.reason.en, HasSubstr("1 of 5"));
  Session undefined;
  for (int i = 0; i < 5; ++i) {
    auto& trial = add(undefined, 1);
    trial.metrics[0].value = std::nullopt;
    trial.metrics[0].why_undefined = i < 4 ? "no_channel:robot.tcp.x_m" : "too_few_samples";
  }
  EXPECT_EQ(graded(scheme_with(kMetricMean, 5, 100), undefined).conformity, Conformity::inconclusive);
  undefined.trials()[4].metrics[0].why_undefined = "no_channel:robot.tcp.x_m";
  EXPECT_EQ(graded(scheme_with(kMetricMean, 5, 100), undefined).conformity, Conformity::not_tested);
}

TEST(MeasuredQuantile, RestsOnOrderStatisticsAndPutsFailuresAtTheWorseEnd) {
  // n = 59, q = 0.95: the one-sided limit is the largest value (0.95⁵⁹ = 0.0485).
  Session session;
  for (int i = 1; i <= 59; ++i) add(session, i);
  const auto scheme = scheme_with(kMetricQuantile, 59, 59, "at_most", 0.95);
  const auto r = graded(scheme, session);
  ASSERT_TRUE(r.upper && r.lower && r.estimate);
  EXPECT_DOUBLE_EQ(*r.upper, 59);
  EXPECT_DOUBLE_EQ(*r.estimate, 57);  // ⌈0.95 · 59⌉ = 57
  EXPECT_LT(*r.lower, 57);
  EXPECT_EQ(r.conformity, Conformity::conform);
  session.trials()[3].verdict.outcome = Outcome::failure;
  const auto failed = graded(scheme, session);
  EXPECT_FALSE(failed.upper);
  EXPECT_EQ(failed.conformity, Conformity::inconclusive);
  // Half of them failed: the 95 % quantile is at the worse end beyond doubt.
  for (int i = 0; i < 30; ++i) session.trials()[static_cast<std::size_t>(i)].verdict.outcome = Outcome::failure;
  const auto beyond = graded(scheme, session);
  EXPECT_FALSE(beyond.lower);
  EXPECT_EQ(beyond.conformity, Conformity::not_conform);
  EXPECT_THAT(beyond.reason.en, HasSubstr("30 trials failed"));
  const auto low = scheme_with(kMetricQuantile, 59, 0.5, "at_most", 0.95);
  Session all;
  for (int i = 1; i <= 59; ++i) add(all, i);
  EXPECT_EQ(graded(low, all).conformity, Conformity::not_conform);
}

TEST(MeasuredQuantile, OnlyFailuresOfTheRobotRefute) {
  // n = 18, q = 0.75: the limit on the better side is the 10th value (P(X ≤ 9) = 0.019, P(X ≤ 10) = 0.057 at 0.75), so
  // that nine failures and more put the whole interval beyond any limit.
  const auto scheme = scheme_with(kMetricQuantile, 18, 0, "at_least", 0.75);
  const auto with = [&](int failures, int unseen) {
    Session session;
    for (int i = 0; i < 18; ++i) {
      auto& trial = add(session, 1 + i,
                        i >= failures ? Outcome::success
                        : i % 2 == 0  ? Outcome::failure
                                      : Outcome::unsafe);
      if (i < failures + unseen) trial.metrics[0].value = std::nullopt;
      if (i < failures + unseen) trial.metrics[0].why_undefined = "too_few_samples";
    }
    return graded(scheme, session).conformity;
  };
  EXPECT_EQ(with(18, 0), Conformity::not_conform);
  EXPECT_EQ(with(9, 0), Conformity::not_conform);
  EXPECT_EQ(with(8, 0), Conformity::inconclusive);
  EXPECT_EQ(with(8, 10), Conformity::inconclusive) << "what was not seen speaks for nobody";
  EXPECT_EQ(with(0, 18), Conformity::inconclusive);
}

TEST(MeasuredQuantile, AtLeastIsItsMirror) {
  Session session;
  for (int i = 1; i <= 59; ++i) add(session, i);
  const auto r = graded(scheme_with(kMetricQuantile, 59, 1, "at_least", 0.95), session);
  ASSERT_TRUE(r.lower);
  EXPECT_DOUBLE_EQ(*r.lower, 1);
  EXPECT_EQ(r.conformity, Conformity::conform);
  EXPECT_EQ(graded(scheme_with(kMetricQuantile, 59, 1.5, "at_least", 0.95), session).conformity,
            Conformity::inconclusive);
}

TEST(MeasuredVantage, AWeakerPlaceOfObservationDoesNotAnswer) {
  auto scheme = scheme_with(kMetricMean, 2, 10);
  scheme.indicators[0].vantage = "instrument";
  Session session;
  for (const double value : {1.0, 1.1}) add(session, value).metrics[0].vantage = Vantage::self_report;
  EXPECT_EQ(graded(scheme, session).conformity, Conformity::not_tested);
  for (auto& trial : session.trials()) trial.metrics[0].vantage = Vantage::instrument;
  EXPECT_EQ(graded(scheme, session).conformity, Conformity::conform);
}

TEST(MeasuredLevel, IsBlockedExplainedAndSupposed) {
  const auto scheme = scheme_with(kMetricMean, 3, 1);
  const auto plan = plan_for(scheme);
  Session session;
  for (const double value : {2.0, 2.1, 2.2}) add(session, value);
  const auto g = grade(scheme, plan, session.trials());
  EXPECT_EQ(g.overall_level, 0);
  EXPECT_EQ(g.limiting, std::vector<std::string>{"sort.l1"});
  const auto why = explain(scheme, plan, g, session.trials(), 0);
  ASSERT_EQ(why.items.size(), 1U);
  EXPECT_THAT(why.items[0].why.en, HasSubstr("asked at most 1 m"));
  EXPECT_THAT(why.items[0].could.zh, HasSubstr("重新检测"));
  const auto supposed = what_if(scheme, plan, session.trials(), {*read_supposition("limit:sort.l1=2.5")});
  ASSERT_TRUE(supposed.ok());
  EXPECT_EQ(supposed->after.overall_level, 1);
  const auto counts = what_if(scheme, plan, session.trials(), {*read_supposition("sort.l1=3/3")});
  ASSERT_FALSE(counts.ok());
  EXPECT_EQ(counts.error().id, 612);
}

/// Tasks whose trials may run for `limit_s`.
Result<Plan> plan_of(const Scheme& scheme, double limit_s) {
  auto tasks = small_tasks();
  for (auto& task : tasks) {
    task.metrics = {"gap"};
    task.time_limit_ns = static_cast<std::int64_t>(limit_s * 1e9);
  }
  return design(scheme, small_subject(), tasks);
}

IndicatorResult after(const Scheme& scheme, double each_s, int successes, int failures) {
  Session session;
  for (int i = 0; i < successes; ++i) add(session, each_s).metrics[0].unit = "s";
  for (int i = 0; i < failures; ++i) add(session, each_s, Outcome::failure).metrics[0].unit = "s";
  const auto plan = plan_of(scheme, each_s);
  EXPECT_TRUE(plan.ok());
  return indicator(grade(scheme, *plan, session.trials()), "sort.l1");
}

TEST(TimeBetweenFailures, IsShownByOperatingTimeAndFailuresTogether) {
  const auto scheme = scheme_with(kTimeBetweenFailures, 10, 100, "at_least");
  const auto clean = after(scheme, 50, 10, 0);
  EXPECT_EQ(clean.conformity, Conformity::conform);
  EXPECT_NEAR(*clean.lower, 500 / -std::log(0.05), 1e-9) << "χ²(0.95; 2) = −2 ln 0.05";
  EXPECT_FALSE(clean.upper) << "nothing failed: no upper limit";
  EXPECT_FALSE(clean.estimate);
  // One failure: χ²(0.95; 4) = 9.487729, χ²(0.05; 2) = 0.1025866. A failed trial ran, too.
  const auto one = after(scheme, 50, 9, 1);
  EXPECT_EQ(one.conformity, Conformity::conform);
  EXPECT_EQ(*one.estimate, 500);
  EXPECT_NEAR(*one.lower, 1000 / 9.487729, 1e-4);
  EXPECT_NEAR(*one.upper, 1000 / 0.1025866, 1e-2);
  EXPECT_EQ(after(scheme, 50, 7, 3).conformity, Conformity::inconclusive);
  const auto many = after(scheme, 50, 0, 10);  // χ²(0.05; 20) = 10.85081: upper limit 92
  EXPECT_EQ(many.conformity, Conformity::not_conform);
  EXPECT_NEAR(*many.upper, 1000 / 10.85081, 1e-3);
}

TEST(TimeBetweenFailures, WhatIsNotKnownToHaveRunIsNotCredited) {
  const auto scheme = scheme_with(kTimeBetweenFailures, 10, 100, "at_least");
  Session session;
  for (int i = 0; i < 10; ++i) add(session, 50).metrics[0].unit = "s";
  Session half;
  for (int i = 0; i < 10; ++i) {
    auto& trial = add(half, 50);
    if (i % 2 == 0) trial.metrics[0].value.reset();
  }
  const auto plan = plan_of(scheme, 50);
  ASSERT_TRUE(plan.ok());
  EXPECT_NEAR(*indicator(grade(scheme, *plan, half.trials()), "sort.l1").lower,
              *indicator(grade(scheme, *plan, session.trials()), "sort.l1").lower / 2, 1e-9);
}

TEST(TimeBetweenFailures, APlanThatCouldNeverShowItIsRefused) {
  const auto scheme = scheme_with(kTimeBetweenFailures, 10, 100, "at_least");
  const auto needed_s = 100 * -std::log(0.05) / 10;
  EXPECT_TRUE(plan_of(scheme, needed_s + 1e-6).ok());
  const auto few = plan_of(scheme, needed_s - 1e-6);
  ASSERT_FALSE(few.ok());
  EXPECT_EQ(few.error().id, 616);
  EXPECT_EQ(plan_of(scheme_with(kTimeBetweenFailures, 10, 100, "at_most"), 1000).error().id, 616);
}

}  // namespace
}  // namespace assay::grading::testing
