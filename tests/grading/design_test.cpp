// Scheme and subject → plan; outlook.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "metrics/sequential.h"
#include "world.h"

namespace assay::grading::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<std::string> ids(const Plan& plan) {
  std::vector<std::string> list;
  for (const auto& i : plan.indicators) list.push_back(i.id);
  return list;
}

TEST(Design, SelectsTheScopeUpToTheDeclaredLevelLowestFirst) {
  EXPECT_THAT(ids(plan_of(small_scheme(), small_subject("arm", 1))), ElementsAre("sort.l1"));
  EXPECT_THAT(ids(plan_of(small_scheme(), small_subject("arm", 2))),
              ElementsAre("sort.l1", "sort.l2", "sort.clean.l2"));
  EXPECT_THAT(ids(plan_of(small_scheme(), small_subject("all", 1))), ElementsAre("sort.l1", "move.l1"));
  auto scheme = small_scheme();
  scheme.indicators[3].scopes = {"arm"};  // move.l1 is for another scope
  EXPECT_THAT(ids(plan_of(scheme, small_subject("all", 1))), ElementsAre("sort.l1"));
}

TEST(Design, SharesBetaOverTheClaimAndKeepsAlpha) {
  const auto plan = plan_of(small_scheme(), small_subject("all", 2));
  ASSERT_EQ(plan.indicators.size(), 5u);
  const double beta = 1 - std::pow(0.9, 1.0 / 5);
  double all = 1;
  for (const auto& i : plan.indicators) {
    EXPECT_NEAR(i.design.beta, beta, 1e-12);
    EXPECT_LE(i.design.exact_beta, i.design.beta);
    EXPECT_EQ(i.design.alpha, 0.05);
    EXPECT_LE(i.design.exact_alpha, 0.05);
    EXPECT_LE(i.design.table.n_max, static_cast<int>(1.5 * i.design.fixed_n));
    all *= 1 - i.design.exact_beta;
  }
  EXPECT_GE(all, 0.9);
}

TEST(Design, OneSeriesPerTaskAndLevelWithAReserveForVoids) {
  const auto plan = plan_of(small_scheme(), small_subject("all", 2));
  ASSERT_EQ(plan.series.size(), 4u);
  for (const auto& series : plan.series) {
    int most = 0;
    for (const auto& i : plan.indicators)
      if (i.task == series.task && i.level == series.level) most = std::max(most, i.design.table.n_max);
    EXPECT_EQ(series.cap, most);
    EXPECT_EQ(series.reserved, static_cast<int>(std::ceil(0.05 * most - 1e-9)));
  }
  EXPECT_EQ(plan.scheme, "small@1.0.0");
  EXPECT_EQ(plan.declared_level, 2);
}

int error_of(const Scheme& scheme, const Subject& subject, const std::vector<Task>& tasks = small_tasks()) {
  const auto plan = design(scheme, subject, tasks);
  if (plan.ok()) return 0;
  EXPECT_FALSE(plan.error().what.en.empty() || plan.error().what.zh.empty() || plan.error().help.zh.empty());
  EXPECT_FALSE(plan.error().place.file.empty());
  return plan.error().id;
}

TEST(Design, TheLowestLevelAloneCanShowTheGate) {
  auto scheme = small_scheme();
  scheme.gates = {unsafe_gate(0.1)};
  const auto plan = plan_of(scheme, small_subject("arm", 2));
  for (const auto& series : plan.series) EXPECT_EQ(series.least, series.level == 1 ? 29 : 0) << series.level;
  scheme.gates.clear();
  for (const auto& series : plan_of(scheme, small_subject("arm", 2)).series) EXPECT_EQ(series.least, 0);
}

TEST(Design, NamesWhatIsWrongWithTheRequest) {
  const auto good = small_scheme();
  EXPECT_EQ(error_of(good, small_subject("arm", 1)), 0);
  EXPECT_EQ(error_of(good, small_subject("legs", 1)), 601);
  auto subject = small_subject("arm", 1);
  subject.robot_class = "service";
  EXPECT_EQ(error_of(good, subject), 602);
  EXPECT_EQ(error_of(good, small_subject("arm", 7)), 603);
  EXPECT_EQ(error_of(good, small_subject("arm", 3)), 604);  // the scheme asks nothing at L3
  EXPECT_EQ(error_of(good, small_subject("arm", 1), {}), 605);
  auto tasks = small_tasks();
  for (auto& task : tasks) task.checks.clear();
  EXPECT_EQ(error_of(good, small_subject("arm", 2), tasks), 607);
}

TEST(Design, RefusesRulesItCannotApply) {
  const auto refuses = [](auto change, int id) {
    auto scheme = small_scheme();
    change(scheme);
    EXPECT_EQ(error_of(scheme, small_subject("arm", 1)), id);
  };
  refuses([](Scheme& s) { s.aggregation = "by_acclamation"; }, 606);
  refuses([](Scheme& s) { s.cap = "1.5"; }, 606);
  refuses([](Scheme& s) { s.cap = "nn"; }, 606);
  refuses([](Scheme& s) { s.void_cap = 0.9; }, 606);
  refuses([](Scheme& s) { s.indicators[1].statistic = "mean"; }, 606);
  refuses([](Scheme& s) { s.indicators[1].id = "sort.l2"; }, 606);
  refuses([](Scheme& s) { s.indicators[1].limit = 0.99; }, 608);
  refuses([](Scheme& s) { s.alpha = 0; }, 608);
  refuses([](Scheme& s) { s.cap = "0.5n"; }, 608);
  refuses([](Scheme& s) { s.gates = {unsafe_gate(1e-4)}; }, 609);
  refuses([](Scheme& s) { s.gates = {unsafe_gate(0)}; }, 606);
}

TEST(Outlook, IsExactPerIndicatorAndTheProductOverSeries) {
  const auto plan = plan_of(small_scheme(), small_subject("all", 1));
  const auto usual = outlook(plan, {});
  ASSERT_EQ(usual.rows.size(), 2u);
  const auto& design = plan.indicators[0].design;
  EXPECT_NEAR(usual.rows[0].p_conform, 1 - design.exact_beta, 1e-12);
  EXPECT_NEAR(usual.rows[0].expected_n, design.expected_at_p1, 1e-12);
  EXPECT_EQ(usual.rows[0].least_n, design.least_n);
  EXPECT_EQ(usual.rows[0].most_n, design.table.n_max);
  EXPECT_NEAR(usual.p_level, usual.rows[0].p_conform * usual.rows[1].p_conform, 1e-12);
  EXPECT_GE(usual.p_level, 0.9);

  const auto told = outlook(plan, {{kSort, 0.8}, {std::string(kMove) + "@L1", 1.0}, {kMove, 0.1}});
  EXPECT_EQ(told.rows[0].assumed, 0.8);
  EXPECT_NEAR(told.rows[0].p_conform, design.exact_alpha, 1e-12);
  EXPECT_EQ(told.rows[1].assumed, 1.0);  // the level's own word goes before the task's
  EXPECT_NEAR(told.rows[1].p_conform, 1, 1e-12);
}

TEST(Outlook, IndicatorsOnOneSeriesGiveALowerBound) {
  const auto plan = plan_of(small_scheme(), small_subject("arm", 2));
  const auto o = outlook(plan, {});
  ASSERT_EQ(o.rows.size(), 3u);
  EXPECT_NEAR(o.p_level, o.rows[0].p_conform * (o.rows[1].p_conform + o.rows[2].p_conform - 1), 1e-12);
  EXPECT_EQ(outlook(plan, {{kSort, 0.3}}).p_level, 0);
}

}  // namespace
}  // namespace assay::grading::testing
