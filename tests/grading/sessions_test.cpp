// Whole synthetic sessions through design, walk and grade.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>

#include "metrics/sequential.h"
#include "world.h"

namespace assay::grading::testing {
namespace {

int rank(Conformity c) { return c == Conformity::conform ? 2 : c == Conformity::inconclusive ? 1 : 0; }

class Sessions : public ::testing::Test {
 protected:
  /// The .80 → .95 plan with β shared by two indicators; only sorting's is walked.
  Scheme scheme_ = small_scheme();
  Plan plan_ = plan_of(scheme_, small_subject("all", 1));
  int most_ = plan_.indicators[0].design.table.n_max;

  IndicatorResult run(double p, Rng& rng) const {
    const auto session = random_session(kSort, 1, most_, p, rng);
    return indicator(grade(scheme_, plan_, session.trials()), "sort.l1");
  }
};

TEST_F(Sessions, ARobotAtTheLimitIsCertifiedNoMoreOftenThanAlpha) {
  ASSERT_EQ(plan_.indicators[0].id, "sort.l1");
  const auto& design = plan_.indicators[0].design;
  EXPECT_LE(metrics::characteristics(design.table, 0.8).accept, 0.05);
  Rng rng(StreamKey{20261122, 1});
  const auto start = std::chrono::steady_clock::now();
  int certified = 0, not_conform = 0;
  double trials = 0;
  constexpr int kSessions = 2000;
  for (int i = 0; i < kSessions; ++i) {
    const auto r = run(0.8, rng);
    certified += r.conformity == Conformity::conform ? 1 : 0;
    not_conform += r.conformity == Conformity::not_conform ? 1 : 0;
    trials += r.n;
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  std::printf("2000 sessions at p = p0: %d certified, %d not_conform, %.2f trials on average (exact %.2f), %.1f s\n",
              certified, not_conform, trials / kSessions, design.expected_at_p0, took.count());
  EXPECT_LE(certified, 131);
  EXPECT_GE(certified, 40) << "a plan that certifies nobody is no plan";
  EXPECT_LE(not_conform, 131) << "p = p0 conforms in truth: the upper limit may miss it with 5 % only";
  EXPECT_NEAR(trials / kSessions, design.expected_at_p0, 1.5);
}

TEST_F(Sessions, BetweenLimitAndDesignValueOnlyTheUpperLimitCondemns) {
  Rng rng(StreamKey{20261122, 2});
  int conform = 0, inconclusive = 0, not_conform = 0;
  for (int i = 0; i < 600; ++i) {
    const auto r = run(rng.uniform(0.8, 0.95), rng);
    conform += r.conformity == Conformity::conform ? 1 : 0;
    inconclusive += r.conformity == Conformity::inconclusive ? 1 : 0;
    not_conform += r.conformity == Conformity::not_conform ? 1 : 0;
    EXPECT_NE(r.stop, StopState::running);
    EXPECT_EQ(r.conformity == Conformity::conform, r.stop == StopState::accepted);
    EXPECT_EQ(r.conformity == Conformity::not_conform, r.stop == StopState::refused && *r.upper < 0.8);
    EXPECT_EQ(r.conformity == Conformity::conform, *r.lower >= 0.8);
  }
  EXPECT_GT(conform, 0);
  EXPECT_GT(inconclusive, 0);
  EXPECT_LE(not_conform, 45);
}

TEST_F(Sessions, AGoodRobotIsCertifiedWithTheDesignedPower) {
  Rng rng(StreamKey{20261122, 3});
  int conform = 0;
  for (int i = 0; i < 600; ++i) conform += run(0.95, rng).conformity == Conformity::conform ? 1 : 0;
  EXPECT_GE(conform, 600 * 0.949 - 3.3 * 5.4);  // β = 1 − √0.9, three standard deviations
}

TEST_F(Sessions, OneMoreSuccessNeverMakesTheGradeWorse) {
  Rng rng(StreamKey{20261122, 4});
  for (int i = 0; i < 400; ++i) {
    auto session = random_session(kSort, 1, most_, rng.uniform(0.6, 0.98), rng);
    const auto before = indicator(grade(scheme_, plan_, session.trials()), "sort.l1");
    auto& trial = session.trials()[rng.below(static_cast<std::uint64_t>(most_))];
    trial.verdict.outcome = Outcome::success;
    const auto after = indicator(grade(scheme_, plan_, session.trials()), "sort.l1");
    ASSERT_GE(rank(after.conformity), rank(before.conformity)) << "trial " << trial.number;
    ASSERT_GE(*after.lower, *before.lower - 1e-9);
    ASSERT_GE(*after.upper, *before.upper - 1e-9);
  }
}

}  // namespace
}  // namespace assay::grading::testing
