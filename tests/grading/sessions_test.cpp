// Whole synthetic sessions through design, walk and grade.
#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <vector>

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

/// P(refused with an upper limit below the limit), over every end of the table.
double chance_of_not_conform(const StopTable& table, double p, double limit) {
  std::vector<double> mass{1};
  double sum = 0;
  for (int n = 1; n <= table.n_max; ++n) {
    std::vector<double> next(mass.size() + 1, 0.0);
    for (std::size_t f = 0; f < mass.size(); ++f) {
      next[f] += mass[f] * p;
      next[f + 1] += mass[f] * (1 - p);
    }
    for (std::size_t f = 0; f < next.size(); ++f) {
      const auto failures = static_cast<int>(f);
      const auto state = next[f] > 0 ? metrics::state_at(table, n, failures) : StopState::running;
      if (state == StopState::running) continue;
      if (state == StopState::refused && metrics::stagewise_limits(table, n, failures, 0.95).upper < limit)
        sum += next[f];
      next[f] = 0;
    }
    mass = next;
  }
  return sum;
}

/// Refusing is not failing: 2,000 sessions per p from the limit to the design value and beyond.
class Refusing : public Sessions, public ::testing::WithParamInterface<double> {};

TEST_P(Refusing, IsNotFailing) {
  const double p = GetParam();
  const auto& design = plan_.indicators[0].design;
  Rng rng(StreamKey{20261122, static_cast<std::uint64_t>(p * 1000)});
  constexpr int kSessions = 2000;
  int conform = 0, inconclusive = 0, not_conform = 0;
  double trials = 0;
  for (int i = 0; i < kSessions; ++i) {
    const auto r = run(p, rng);
    const bool condemned = r.conformity == Conformity::not_conform;
    conform += r.conformity == Conformity::conform ? 1 : 0;
    inconclusive += r.conformity == Conformity::inconclusive ? 1 : 0;
    not_conform += condemned ? 1 : 0;
    trials += static_cast<double>(r.n) / kSessions;
    ASSERT_EQ(condemned, r.stop == StopState::refused && *r.upper < 0.8) << "only the upper limit condemns";
    ASSERT_EQ(r.conformity == Conformity::conform, r.stop == StopState::accepted);
  }
  const auto exact = metrics::characteristics(design.table, p);
  const double condemn = chance_of_not_conform(design.table, p, 0.8);
  std::printf("p = %.3f: %d conform (exact %.1f), %d inconclusive, %d not_conform (exact %.1f), %.2f trials (%.2f)\n",
              p, conform, kSessions * exact.accept, inconclusive, not_conform, kSessions * condemn, trials,
              exact.expected_n);
  const auto within = [&](int count, double chance) {
    EXPECT_NEAR(count, kSessions * chance, 3.5 * std::sqrt(kSessions * chance * (1 - chance)) + 1);
  };
  EXPECT_EQ(conform + inconclusive + not_conform, kSessions);
  within(conform, exact.accept);
  within(not_conform, condemn);
  EXPECT_LE(condemn, 0.05) << "a conforming robot is condemned with 5 % at most";
  EXPECT_NEAR(trials, exact.expected_n, 3.5 * 20 / std::sqrt(kSessions));
}

INSTANTIATE_TEST_SUITE_P(FromLimitToDesignValue, Refusing, ::testing::Values(.80, .83, .86, .89, .92, .95, .98));

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
