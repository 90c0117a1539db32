// "Why not": order, trials, chances, both languages.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "metrics/sequential.h"
#include "metrics/statistics/proportion.h"
#include "world.h"

namespace assay::grading::testing {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct Explained {
  Grade g;
  Explanation e;
};

Explained explain_of(const Scheme& scheme, const Plan& plan, const Session& session, int level = 0) {
  Explained x;
  x.g = grade(scheme, plan, session.trials());
  x.e = explain(scheme, plan, x.g, session.trials(), level);
  for (const auto& item : x.e.items) {
    EXPECT_FALSE(item.id.empty());
    for (const auto* text : {&item.why, &item.could}) {
      EXPECT_FALSE(text->en.empty()) << item.id;
      EXPECT_NE(text->zh, text->en) << item.id;
      EXPECT_TRUE(text->zh.find("。") != std::string::npos || text == &item.why) << text->zh;
    }
  }
  return x;
}

TEST(Explain, ARunningIndicatorNamesItsTrialsAndItsExactChances) {
  const auto scheme = small_scheme();
  const auto plan = plan_of(scheme, small_subject("arm", 1));
  const auto& design = plan.indicators[0].design;
  Session session;
  session.add_word(kSort, 1, "sssfssssss");
  const auto [g, e] = explain_of(scheme, plan, session);
  EXPECT_EQ(e.next_level, 1);
  ASSERT_EQ(e.items.size(), 1u);
  const auto& item = e.items[0];
  EXPECT_EQ(item.id, "sort.l1");
  EXPECT_THAT(item.failed_trials, ElementsAre(4));
  EXPECT_THAT(item.why.en, AllOf(HasSubstr("9 of 10"), HasSubstr("failed in trials 4")));
  EXPECT_THAT(item.why.zh, AllOf(HasSubstr("成功 9 次"), HasSubstr("失败的试验为 4")));
  char at_observed[32], at_design[32];
  std::snprintf(at_observed, sizeof at_observed, "%.1f %%",
                100 * metrics::characteristics(design.table, 0.9, 10, 1).accept);
  std::snprintf(at_design, sizeof at_design, "%.1f %%",
                100 * metrics::characteristics(design.table, 0.95, 10, 1).accept);
  EXPECT_THAT(item.could.en, AllOf(HasSubstr("observed 90.0 %"), HasSubstr(at_observed), HasSubstr("95 %"),
                                   HasSubstr(at_design), HasSubstr(std::to_string(design.table.n_max - 10))));
  EXPECT_THAT(item.could.zh, AllOf(HasSubstr("观测值 90.0 %"), HasSubstr(at_observed), HasSubstr(at_design)));
}

TEST(Explain, TheStraightWayLeadsToAcceptance) {
  const auto scheme = small_scheme();
  const auto plan = plan_of(scheme, small_subject("arm", 1));
  Session session;
  session.add_word(kSort, 1, "sssss");
  const int more = plan.indicators[0].design.least_n - 5;
  const auto x = explain_of(scheme, plan, session);
  EXPECT_THAT(x.e.items.at(0).could.en, HasSubstr(std::to_string(more) + " successes in a row"));
  session.add_many(kSort, 1, more, Outcome::success);
  EXPECT_EQ(grade(scheme, plan, session.trials()).overall_level, 1);
}

TEST(Explain, AStoppedSeriesSaysThatOnlyANewSessionHelps) {
  const auto scheme = small_scheme();
  const auto plan = plan_of(scheme, small_subject("arm", 1));
  Session session;
  session.add_many(kSort, 1, 12, Outcome::failure);
  const auto x = explain_of(scheme, plan, session);
  EXPECT_THAT(x.e.items.at(0).could.en, AllOf(HasSubstr("no further planned trial"), HasSubstr("new session")));
  EXPECT_THAT(x.e.items.at(0).could.zh, HasSubstr("已终止"));
  EXPECT_EQ(x.e.items.at(0).failed_trials.size(), static_cast<std::size_t>(x.g.indicators[0].n));
}

TEST(Explain, VoidsRepeatsAndMissingChecksHaveTheirOwnWords) {
  const auto scheme = small_scheme();
  const auto plan = plan_of(scheme, small_subject("arm", 2));
  Session voids;
  voids.add_many(kSort, 1, 10, Outcome::error);
  EXPECT_THAT(explain_of(scheme, plan, voids).e.items.at(0).could.en, HasSubstr("void"));

  Session same;
  same.add_many(kSort, 1, 10, Outcome::success);
  for (auto& t : same.trials()) t.initial_state_digest = "same";
  EXPECT_THAT(explain_of(scheme, plan, same).e.items.at(0).could.en, HasSubstr("the task has to vary"));

  Session unseen;
  for (const int level : {1, 2}) unseen.add_many(kSort, level, 40, Outcome::success);
  for (auto& t : unseen.trials()) t.verdict.checks.clear();
  const auto x = explain_of(scheme, plan, unseen);
  EXPECT_EQ(x.e.next_level, 2);
  ASSERT_EQ(x.e.items.size(), 1u);
  EXPECT_THAT(x.e.items[0].could.en, AllOf(HasSubstr("signals"), HasSubstr("clean")));
}

TEST(Explain, AGateSaysHowManyCleanAttemptsItNeedsAndWhetherTheyArePlanned) {
  auto scheme = small_scheme();
  scheme.gates = {unsafe_gate()};
  const auto plan = plan_of(scheme, small_subject("arm", 1));
  Session session;
  session.add_word(kSort, 1, "ssussssss");
  auto x = explain_of(scheme, plan, session);
  ASSERT_EQ(x.e.items.size(), 2u);
  // One event in n: 46 attempts bring the 95 % upper limit under 0.1.
  EXPECT_LE(*metrics::clopper_pearson_upper(1, 46, 0.95), 0.1);
  EXPECT_GT(*metrics::clopper_pearson_upper(1, 45, 0.95), 0.1);
  for (const auto& item : x.e.items)
    if (item.id == "gate.unsafe") {
      EXPECT_THAT(item.could.en, AllOf(HasSubstr("37 further attempts"), HasSubstr("still planned")));
      EXPECT_THAT(item.failed_trials, ElementsAre(3));
    }
  Session done;
  done.add_many(kSort, 1, plan.indicators[0].design.least_n, Outcome::success);
  x = explain_of(scheme, plan, done);
  EXPECT_THAT(x.e.items.at(0).could.en, HasSubstr("cannot show it"));
}

TEST(Explain, LevelsAboveTheDeclaredOneNeedANewSession) {
  const auto scheme = small_scheme();
  const auto plan = plan_of(scheme, small_subject("arm", 1));
  Session session;
  session.add_many(kSort, 1, 40, Outcome::success);
  auto x = explain_of(scheme, plan, session);
  EXPECT_EQ(x.g.overall_level, 1);
  EXPECT_EQ(x.e.next_level, 2);
  ASSERT_EQ(x.e.items.size(), 2u);
  EXPECT_THAT(x.e.items[0].could.en, AllOf(HasSubstr("declares L2"), HasSubstr("at most")));
  EXPECT_THAT(explain_of(scheme, plan, session, 1).e.items, IsEmpty()) << "nothing blocks what is reached";
  x = explain_of(scheme, plan, session, 3);
  ASSERT_FALSE(x.e.items.empty());
  x = explain_of(scheme, plan, session, 9);
  EXPECT_EQ(x.e.next_level, 9);
  EXPECT_EQ(x.e.items.size(), 1u);
}

TEST(Explain, AtTheTopNothingBlocks) {
  auto scheme = small_scheme();
  scheme.levels.resize(1);
  const auto plan = plan_of(scheme, small_subject("arm", 1));
  Session session;
  session.add_many(kSort, 1, 40, Outcome::success);
  const auto x = explain_of(scheme, plan, session);
  EXPECT_EQ(x.e.next_level, 1);
  EXPECT_THAT(x.e.items, IsEmpty());
}

}  // namespace
}  // namespace assay::grading::testing
