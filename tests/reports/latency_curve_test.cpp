// Success against declared latency: classes, exact limits, whom it counts, and what the report says of it.
#include "reports/latency_curve.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/reports/page.h"
#include "tests/reports/sample_model.h"

namespace assay::reports {
namespace {

using testing::HasSubstr;
using testing::Not;

class Curve : public Html {};

TrialRecord trial(double latency_s, Outcome outcome, int index = 0) {
  TrialRecord out;
  out.task = "latency/delayed_sorting";
  out.index = index;
  out.finished = true;
  out.verdict.outcome = outcome;
  MetricValue latency;
  latency.id = "declared_latency";
  latency.value = latency_s;
  latency.unit = "s";
  out.metrics.push_back(latency);
  return out;
}

TEST_F(Curve, FewValuesArePointsOfTheirOwnWithExactLimits) {
  std::vector<TrialRecord> trials;
  for (int i = 0; i < 8; ++i) trials.push_back(trial(0.4, i < 1 ? Outcome::success : Outcome::unsafe));
  for (int i = 0; i < 6; ++i) trials.push_back(trial(0, Outcome::success));
  const auto curves = latency_curves(trials);
  ASSERT_EQ(curves.size(), 1u);
  const auto& points = curves.front().points;
  ASSERT_EQ(points.size(), 2u);
  EXPECT_EQ(points[0].n, 6);
  EXPECT_EQ(points[0].successes, 6);
  EXPECT_NEAR(points[0].lower, 0.540742, 1e-6);  // 0.025^(1/6)
  EXPECT_EQ(points[0].upper, 1);
  EXPECT_EQ(points[1].successes, 1);
  EXPECT_EQ(points[1].n, 8);
  EXPECT_NEAR(curves.front().p_fall, 8.0 / 3432, 1e-12);  // C(8, 1) C(6, 6) / C(14, 7): hypergeometric
}

TEST_F(Curve, ManyValuesAreClassesThatLoseNoTrial) {
  std::vector<TrialRecord> trials;
  for (int i = 0; i < 30; ++i) trials.push_back(trial(0.01 * i, i < 15 ? Outcome::success : Outcome::failure));
  const auto curves = latency_curves(trials);
  ASSERT_EQ(curves.size(), 1u);
  const auto& points = curves.front().points;
  EXPECT_EQ(points.size(), 6u);
  int n = 0, successes = 0;
  double before = -1;
  for (const auto& point : points) {
    n += point.n;
    successes += point.successes;
    EXPECT_GT(point.from_s, before);
    EXPECT_LE(point.from_s, point.mean_s);
    EXPECT_LE(point.mean_s, point.to_s);
    before = point.to_s;
  }
  EXPECT_EQ(n, 30);
  EXPECT_EQ(successes, 15);
  EXPECT_LT(curves.front().p_fall, 0.05);
}

TEST_F(Curve, OnlyTrialsThatSpeakOfTheRobotCount) {
  std::vector<TrialRecord> trials = {trial(0, Outcome::success), trial(0.1, Outcome::success)};
  auto odd = {trial(0.2, Outcome::error), trial(0.2, Outcome::undetermined), trial(0.2, Outcome::aborted),
              trial(0.2, Outcome::success, kAuditIndex)};
  trials.insert(trials.end(), odd);
  trials.push_back(trial(0.2, Outcome::success));
  trials.back().validity = Validity::invalid;
  trials.push_back(trial(0.2, Outcome::success));
  trials.back().finished = false;
  trials.push_back(trial(0.2, Outcome::success));
  trials.back().metrics.front().value.reset();
  const auto curves = latency_curves(trials);
  ASSERT_EQ(curves.size(), 1u);
  EXPECT_EQ(curves.front().points.size(), 2u);
  EXPECT_TRUE(latency_curves({trial(0.1, Outcome::success), trial(0.1, Outcome::failure)}).empty());
  EXPECT_TRUE(latency_curves({}).empty());
}

TEST_F(Curve, TheReportSaysWhetherAFallIsShown) {
  auto model = sample_model();
  EXPECT_THAT(section_of(page(model, Lang::en), "latency"), Not(HasSubstr("against declared latency")));
  for (int i = 0; i < 8; ++i) model.trials.push_back(trial(0, Outcome::success));
  for (int i = 0; i < 8; ++i) model.trials.push_back(trial(0.5, Outcome::failure));
  const std::string part = section_of(page(model, Lang::en), "latency");
  EXPECT_THAT(part, HasSubstr("8 of 8 at the lowest latencies, 0 of 8 at the highest; a fall is shown"));
  EXPECT_THAT(part, HasSubstr("显示成功率下降"));
  EXPECT_THAT(part, HasSubstr("[0.631, 1.000]"));
  for (int i = 0; i < 8; ++i) model.trials.pop_back();
  for (int i = 0; i < 8; ++i) model.trials.push_back(trial(0.5, Outcome::success));
  EXPECT_THAT(section_of(page(model, Lang::en), "latency"), HasSubstr("a fall is not shown"));
}

}  // namespace
}  // namespace assay::reports
