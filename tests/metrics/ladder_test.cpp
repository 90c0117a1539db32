// The ladder: known counts with known limits, the fit, and that its two ends keep their word in repeated trials.
#include "metrics/statistics/ladder.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <vector>

namespace assay::metrics {
namespace {

TEST(Ladder, WalksUpAndDownByLimits) {
  // 29 of 29: lower limit 0.05^(1/29) = 0.9019. 0 of 3: upper limit 1 − 0.05^(1/3) = 0.6316.
  const std::vector<Rung> rungs = {{2, 29, 29}, {4, 29, 29}, {6, 29, 27}, {8, 29, 10}, {10, 3, 0}};
  const auto got = ladder(rungs, 0.9, 0.95);
  ASSERT_TRUE(got.ok());
  EXPECT_NEAR(got->rungs[0].lower, std::pow(0.05, 1.0 / 29), 1e-12);
  EXPECT_NEAR(got->rungs[4].upper, 1 - std::cbrt(0.05), 1e-12);
  EXPECT_EQ(got->survived, 4);
  EXPECT_EQ(got->not_survived, 8);
  // Between 27/29 at 6 and 10/29 at 8.
  EXPECT_NEAR(got->estimate.value_or(0), 6 + 2 * (27.0 / 29 - 0.9) / (17.0 / 29), 1e-12);
}

TEST(Ladder, AGapStopsTheWalk) {
  // The rung above would do, but one below it was not shown: nothing above a gap counts.
  const std::vector<Rung> rungs = {{1, 29, 29}, {2, 29, 28}, {3, 60, 60}};
  const auto got = ladder(rungs, 0.9, 0.95);
  ASSERT_TRUE(got.ok());
  EXPECT_EQ(got->survived, 1);
  EXPECT_FALSE(got->not_survived.has_value());
}

TEST(Ladder, TooFewTrialsShowNothing) {
  const std::vector<Rung> rungs = {{1, 10, 10}, {2, 10, 9}};
  const auto got = ladder(rungs, 0.9, 0.95);
  ASSERT_TRUE(got.ok());
  EXPECT_FALSE(got->survived.has_value());
  EXPECT_FALSE(got->not_survived.has_value());
  EXPECT_FALSE(got->estimate.has_value()) << "the fit stays at or above 0.9";
}

TEST(Ladder, FitNeverRisesAndPools) {
  const std::vector<Rung> rungs = {{1, 10, 8}, {2, 30, 30}, {3, 10, 5}, {4, 10, 6}};
  const auto got = ladder(rungs, 0.7, 0.95);
  ASSERT_TRUE(got.ok());
  EXPECT_DOUBLE_EQ(got->rungs[0].fitted, 38.0 / 40);
  EXPECT_DOUBLE_EQ(got->rungs[1].fitted, 38.0 / 40);
  EXPECT_DOUBLE_EQ(got->rungs[2].fitted, 11.0 / 20);
  EXPECT_DOUBLE_EQ(got->rungs[3].fitted, 11.0 / 20);
}

TEST(Ladder, BothEndsKeepTheirWord) {
  // p falls from 1 to 0 through 0.8 at demand 5: survived > 5 and not_survived < 5 at most once in twenty each.
  std::mt19937 random(7);
  int too_high = 0, too_low = 0;
  constexpr int kRuns = 4000, kTrials = 25;
  for (int run = 0; run < kRuns; ++run) {
    std::vector<Rung> rungs;
    for (double demand = 3; demand <= 7.01; demand += 0.5) {
      const double p = 1 / (1 + std::exp(1.8 * (demand - 5) - std::log(4.0)));
      std::binomial_distribution<int> law(kTrials, p);
      rungs.push_back({demand, kTrials, law(random)});
    }
    const auto got = ladder(rungs, 0.8, 0.95);
    ASSERT_TRUE(got.ok());
    too_high += got->survived.value_or(0) > 5.01 ? 1 : 0;
    too_low += got->not_survived.value_or(99) < 4.99 ? 1 : 0;
  }
  // 5 % and four standard errors of 4000 runs.
  EXPECT_LT(too_high, 0.064 * kRuns);
  EXPECT_LT(too_low, 0.064 * kRuns);
}

TEST(Ladder, SaysWhatIsWrong) {
  const auto id = [](const std::vector<Rung>& rungs, double p0, double confidence) {
    const auto got = ladder(rungs, p0, confidence);
    return got.ok() ? 0 : got.error().id;
  };
  EXPECT_EQ(id({}, 0.9, 0.95), 1033);
  EXPECT_EQ(id({{1, 10, 11}}, 0.9, 0.95), 1032);
  EXPECT_EQ(id({{1, 10, 9}, {1, 10, 9}}, 0.9, 0.95), 1036);
  EXPECT_EQ(id({{std::numeric_limits<double>::quiet_NaN(), 10, 9}}, 0.9, 0.95), 1030);
  EXPECT_EQ(id({{1, 10, 9}}, 1, 0.95), 1031);
  EXPECT_EQ(id({{1, 10, 9}}, 0.9, 0), 1031);
}

}  // namespace
}  // namespace assay::metrics
