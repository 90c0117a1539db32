// Classes, weighted scores, documents, repeated examinations: rule shapes against examples worked by hand.
#include <gtest/gtest.h>

#include "grading/rules.h"
#include "world.h"

namespace assay::grading::testing {
namespace {

/// Five indicators at L1: manipulation a (weight 3), b (2), c (1); mobility d (2), e (2). Total 10.
Scheme weighted_scheme(double pass, double manipulation, double mobility) {
  auto scheme = small_scheme();
  const auto base = scheme.indicators[1];
  scheme.indicators.clear();
  int number = 0;
  for (const auto& [id, weight] : {std::pair{"a", 3.0}, {"b", 2.0}, {"c", 1.0}, {"d", 2.0}, {"e", 2.0}}) {
    auto indicator = base;
    indicator.id = id;
    indicator.weight = weight;
    indicator.task = "logistics/t" + std::to_string(number++);
    indicator.dimension = *id < 'd' ? "manipulation" : "mobility";
    scheme.indicators.push_back(indicator);
  }
  scheme.aggregation = "weighted_score";
  scheme.pass_score = pass;
  scheme.floors = {{"manipulation", manipulation}, {"mobility", mobility}};
  return scheme;
}

Plan weighted_plan(const Scheme& scheme) {
  std::vector<Task> tasks;
  for (int i = 0; i < 5; ++i) {
    Task task;
    task.suite = "logistics";
    task.id = "t" + std::to_string(i);
    tasks.push_back(task);
  }
  auto plan = design(scheme, small_subject("all", 1), tasks);
  EXPECT_TRUE(plan.ok()) << (plan.ok() ? "" : to_string(plan.error(), Lang::en));
  return *plan;
}

/// Indicators of `good` conform, the others are shown false.
Grade weighted_grade(const Scheme& scheme, const Plan& plan, const std::string& good) {
  Session session;
  for (int i = 0; i < 5; ++i) {
    const char id = static_cast<char>('a' + i);
    session.add_many("logistics/t" + std::to_string(i), 1, 90,
                     good.find(id) != std::string::npos ? Outcome::success : Outcome::failure);
  }
  return grade(scheme, plan, session.trials());
}

TEST(WeightedScore, CountsWholeIndicatorsAgainstPassMarkAndFloors) {
  const auto scheme = weighted_scheme(0.7, 0.5, 0.5);
  const auto plan = weighted_plan(scheme);
  auto g = weighted_grade(scheme, plan, "abde");  // 9 of 10; manipulation 5 of 6; mobility 4 of 4
  EXPECT_EQ(g.overall_level, 1);
  EXPECT_DOUBLE_EQ(*g.overall[0].score, 0.9);
  EXPECT_TRUE(g.overall[0].blocking.empty());
  EXPECT_EQ(g.dimension_level, (std::map<std::string, int>{{"manipulation", 1}, {"mobility", 1}}));

  g = weighted_grade(scheme, plan, "abd");  // 7 of 10: just the pass mark; mobility 2 of 4: just its floor
  EXPECT_EQ(g.overall_level, 1) << "decimal weights must not be lost to rounding";

  g = weighted_grade(scheme, plan, "ade");  // 7 of 10; manipulation 3 of 6: just its floor
  EXPECT_EQ(g.overall_level, 1);

  g = weighted_grade(scheme, plan, "bde");  // 6 of 10; manipulation 2 of 6 = 0.33
  EXPECT_EQ(g.overall_level, 0);
  EXPECT_EQ(g.overall[0].conformity, Conformity::not_conform);
  EXPECT_EQ(g.dimension_level.at("manipulation"), 0);
  EXPECT_EQ(g.dimension_level.at("mobility"), 1);

  g = weighted_grade(scheme, plan, "abc");  // 6 of 10, and nothing of mobility
  EXPECT_EQ(g.overall_level, 0);
  EXPECT_EQ(g.dimension_level.at("manipulation"), 1);
}

TEST(WeightedScore, AFloorIsNotBoughtOffByTheSum) {
  const auto scheme = weighted_scheme(0.7, 0.5, 0.75);
  const auto plan = weighted_plan(scheme);
  const auto g = weighted_grade(scheme, plan, "abcd");  // 8 of 10, mobility 2 of 4 below 0.75
  EXPECT_DOUBLE_EQ(*g.overall[0].score, 0.8);
  EXPECT_EQ(g.overall_level, 0);
}

TEST(WeightedScore, WhatIsOpenLeavesTheLevelOpenOnlyWhereItCouldTipIt) {
  const auto scheme = weighted_scheme(0.7, 0.5, 0.5);
  const auto plan = weighted_plan(scheme);
  const auto with = [&](char open, const std::string& good) {
    Session session;
    for (int i = 0; i < 5; ++i) {
      const char id = static_cast<char>('a' + i);
      const auto task = "logistics/t" + std::to_string(i);
      if (id == open)
        session.add_many(task, 1, 2, Outcome::success);
      else
        session.add_many(task, 1, 90, good.find(id) != std::string::npos ? Outcome::success : Outcome::failure);
    }
    return grade(scheme, plan, session.trials()).overall[0].conformity;
  };
  EXPECT_EQ(with('d', "ab"), Conformity::inconclusive) << "5 + 2 = 7 would do";
  EXPECT_EQ(with('c', "de"), Conformity::not_conform) << "4 + 1 = 5 can never do";
}

TEST(WeightedScore, RiskIsDividedByTheIndicatorsOfWhichOneCouldTipTheScore) {
  // Weights 1 2 2 2 3, slack (1 - 0.7) * 10 = 3: 1 + 2 = 3 does not pass it, 1 + 2 + 2 = 5 does: three.
  // Manipulation 1 2 3, slack 3: 1 + 2 = 3, with the third 6: three. Mobility 2 2, slack 2: two.
  EXPECT_DOUBLE_EQ(indicator_alpha(weighted_scheme(0.7, 0.5, 0.5), "all", 1), 0.05 / 3);
  // All must conform: one false indicator is one too many, as with all_of.
  EXPECT_DOUBLE_EQ(indicator_alpha(weighted_scheme(1, 1, 1), "all", 1), 0.05);
  // A pass mark of 0.1 lets nearly everything be missed: slack 9, all five are needed to pass it.
  EXPECT_DOUBLE_EQ(indicator_alpha(weighted_scheme(0.1, 0.1, 0.1), "all", 1), 0.05 / 5);
  const auto plan = weighted_plan(weighted_scheme(0.7, 0.5, 0.5));
  EXPECT_DOUBLE_EQ(plan.indicators[0].design.alpha, 0.05 / 3);
}

TEST(WeightedScore, ARegradeUnderASmallerRiskIsDecidedByLimits) {
  auto scheme = weighted_scheme(0.7, 0.5, 0.5);
  scheme.aggregation = "all_of";
  const auto plan = weighted_plan(scheme);
  scheme.aggregation = "weighted_score";
  const auto g = weighted_grade(scheme, plan, "abcde");
  EXPECT_DOUBLE_EQ(g.indicators[0].confidence, 1 - 0.05 / 3);
  EXPECT_NE(g.indicators[0].reason.en.find("one-sided"), std::string::npos);
  EXPECT_NE(g.indicators[0].conformity, Conformity::conform) << "trials that just show 95 % do not show 98.3 %";
}

TEST(Classes, SelectIndicatorsAndRequireTheirOwnLimits) {
  auto scheme = small_scheme();
  scheme.indicators[1].for_class = {{"industrial", 0.9, 0.99}};
  scheme.indicators[3].classes = {"service"};
  const auto limit_of = [](const Plan& plan, const std::string& id) {
    for (const auto& planned : plan.indicators)
      if (planned.id == id) return planned.design.p0;
    return 0.0;
  };
  auto subject = small_subject("all", 1);
  const auto industrial = plan_of(scheme, subject);
  EXPECT_EQ(industrial.indicators.size(), 1u);
  EXPECT_EQ(limit_of(industrial, "sort.l1"), 0.9);
  subject.robot_class = "service";
  const auto service = plan_of(scheme, subject);
  EXPECT_EQ(service.indicators.size(), 2u);
  EXPECT_EQ(limit_of(service, "sort.l1"), 0.8);
  Session session;
  session.add_many(kSort, 1, 60, Outcome::success);
  EXPECT_EQ(grade(scheme, industrial, session.trials()).overall_level, 1);
  EXPECT_EQ(grade(scheme, service, session.trials()).overall_level, 0) << "mobility was asked and not tested";
}

TEST(AttachedEvidence, BlocksUntilADocumentSaysThatItConforms) {
  auto scheme = small_scheme();
  auto document = scheme.indicators[1];
  document.id = "EMC";
  document.task = "";
  document.statistic = kAttachedEvidence;
  scheme.indicators.push_back(document);
  auto subject = small_subject("arm", 1);
  Session session;
  session.add_many(kSort, 1, 40, Outcome::success);
  auto g = grade(scheme, plan_of(scheme, subject), session.trials());
  EXPECT_EQ(indicator(g, "EMC").conformity, Conformity::not_tested);
  EXPECT_EQ(g.overall_level, 0);
  EXPECT_EQ(g.limiting, std::vector<std::string>{"EMC"});

  subject.evidence = {{"EMC", "R-17", "Some Laboratory", "2026-03-01", "emc.pdf", std::string(64, 'a'), true}};
  g = grade(scheme, plan_of(scheme, subject), session.trials());
  EXPECT_EQ(indicator(g, "EMC").conformity, Conformity::conform);
  EXPECT_EQ(g.overall_level, 1);
  EXPECT_NE(indicator(g, "EMC").reason.en.find("R-17"), std::string::npos);
  EXPECT_NE(g.claim.en.find("does not cover them"), std::string::npos);

  subject.evidence[0].conforms = false;
  g = grade(scheme, plan_of(scheme, subject), session.trials());
  EXPECT_EQ(indicator(g, "EMC").conformity, Conformity::not_conform);
  EXPECT_EQ(g.overall_level, 0);

  subject.evidence[0].indicator = "sort.l1";  // trials answer that one
  EXPECT_EQ(design(scheme, subject, small_tasks()).error().id, 611);
}

TEST(Reexamination, DividesTheRiskOrSaysWhatItHasBecome) {
  auto scheme = small_scheme();
  scheme.most_examinations = 4;
  auto plan = plan_of(scheme, small_subject("arm", 1));
  EXPECT_DOUBLE_EQ(plan.alpha, 0.05);
  plan.earlier_sessions = {"S-1", "S-2"};
  auto g = grade(scheme, plan, {});
  EXPECT_EQ(g.examination, 3);
  EXPECT_NE(g.claim.en.find("14.3 %"), std::string::npos) << "1 - 0.95^3: " << g.claim.en;
  plan.earlier_sessions = {"S-1", "S-2", "S-3", "S-4"};
  EXPECT_NE(grade(scheme, plan, {}).claim.en.find("certifies nothing"), std::string::npos);

  scheme.divide_alpha = true;
  plan = plan_of(scheme, small_subject("arm", 1));
  EXPECT_DOUBLE_EQ(plan.alpha, 0.0125);
  EXPECT_DOUBLE_EQ(plan.indicators[0].design.alpha, 0.0125);
  EXPECT_DOUBLE_EQ(grade(scheme, plan, {}).alpha, 0.0125);
}

}  // namespace
}  // namespace assay::grading::testing
