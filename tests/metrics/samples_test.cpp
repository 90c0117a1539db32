// Two samples, several groups and resampling: properties, edges and bad input. Values: suites/catalog/reference.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "metrics/statistics/ranks.h"
#include "metrics/statistics/resampling.h"
#include "metrics/statistics/t_tests.h"

namespace assay::metrics {
namespace {

using Values = std::vector<double>;
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

template <class T>
int error_id(const Result<T>& result) {
  return result ? 0 : result.error().id;
}

TEST(TTests, SwappingTheSamplesMirrorsTheAnswer) {
  const Values a{1.2, 3.4, 2.2, 5.1}, b{2.0, 2.5, 4.4, 6.1, 3.3};
  for (const auto test : {welch_t_test, student_t_test}) {
    const auto ab = test(a, b, 0.95), ba = test(b, a, 0.95);
    ASSERT_TRUE(ab && ba);
    EXPECT_DOUBLE_EQ(*ab->t, -*ba->t);
    EXPECT_DOUBLE_EQ(*ab->p_less, *ba->p_greater);
    EXPECT_DOUBLE_EQ((*ab->interval)[0], -(*ba->interval)[1]);
  }
}

TEST(TTests, IntervalAndTestAgreeAtTheBoundary) {
  const Values a{1, 2, 3, 4}, b{3, 5, 4, 8};
  const auto t = welch_t_test(a, b, 0.9);
  ASSERT_TRUE(t);
  const auto at_limit = welch_t_test(a, b, 1 - *t->p_two_sided);  // the interval then just touches 0
  EXPECT_NEAR((*at_limit->interval)[1], 0, 1e-9);
}

TEST(TTests, WelchOfEqualSizesAndSpreadsIsStudent) {
  const Values a{1, 2, 3, 4}, b{6, 7, 8, 9};
  EXPECT_NEAR(*welch_t_test(a, b, 0.95)->df, 6, 1e-12);
  EXPECT_NEAR(*welch_t_test(a, b, 0.95)->t, *student_t_test(a, b, 0.95)->t, 1e-12);
}

TEST(TTests, ConstantDataHaveNoTest) {
  const auto t = paired_t_test(Values{3, 4, 5}, Values{1, 2, 3}, 0.95);
  ASSERT_TRUE(t);
  EXPECT_EQ(t->difference, 2);
  EXPECT_FALSE(t->t || t->p_two_sided || t->interval);
}

TEST(TTests, RefuseBadInput) {
  const Values two{1, 2}, one{1}, none, nan{1, kNan}, huge{1e308, -1e308};
  EXPECT_EQ(error_id(welch_t_test(one, two, 0.95)), 1033);
  EXPECT_EQ(error_id(welch_t_test(none, none, 0.95)), 1033);
  EXPECT_EQ(error_id(student_t_test(two, nan, 0.95)), 1030);
  EXPECT_EQ(error_id(welch_t_test(two, two, 0)), 1031);
  EXPECT_EQ(error_id(welch_t_test(two, two, 1)), 1031);
  EXPECT_EQ(error_id(welch_t_test(two, two, kNan)), 1031);
  EXPECT_EQ(error_id(paired_t_test(two, Values{1, 2, 3}, 0.95)), 1034);
  EXPECT_EQ(error_id(welch_t_test(huge, two, 0.95)), 1036);
}

/// Visits every order of n a's and m b's as samples of the values 1…n + m.
template <class Visit>
int every_order(int n, int m, const Visit& visit) {
  std::vector<bool> is_a(static_cast<std::size_t>(n + m), false);
  std::fill(is_a.end() - n, is_a.end(), true);
  int orders = 0;
  do {
    Values a, b;
    for (std::size_t i = 0; i < is_a.size(); ++i) (is_a[i] ? a : b).push_back(static_cast<double>(i + 1));
    visit(a, b);
    ++orders;
  } while (std::next_permutation(is_a.begin(), is_a.end()));
  return orders;
}

TEST(Ranks, ExactTestsKeepTheirSizeOverEveryOrder) {
  for (const double alpha : {0.05, 0.1, 0.3}) {
    int mann_whitney_rejects = 0, smirnov_rejects = 0;
    const int orders = every_order(5, 6, [&](const Values& a, const Values& b) {
      mann_whitney_rejects += *mann_whitney(a, b, 0.95)->p_exact <= alpha + 1e-12 ? 1 : 0;
      smirnov_rejects += *kolmogorov_smirnov(a, b)->p_exact <= alpha + 1e-12 ? 1 : 0;
    });
    EXPECT_LE(mann_whitney_rejects, alpha * orders);
    EXPECT_LE(smirnov_rejects, alpha * orders);
    EXPECT_GE(mann_whitney_rejects, alpha * orders / 2);
  }
}

TEST(Ranks, SmirnovTailIsTheShareOfOrders) {
  const auto seen = kolmogorov_smirnov(Values{1, 2, 3, 9}, Values{4, 5, 6, 7, 8});
  int wider = 0;
  const int orders = every_order(
      4, 5, [&](const Values& a, const Values& b) { wider += kolmogorov_smirnov(a, b)->d >= seen->d - 1e-12 ? 1 : 0; });
  EXPECT_NEAR(*seen->p_exact, static_cast<double>(wider) / orders, 1e-12);
}

TEST(Ranks, ShiftIntervalCoversOverEveryOrder) {
  // the interval leaves out 0 exactly as often as the exact test rejects at its own level
  int misses = 0;
  const int orders = every_order(5, 5, [&](const Values& a, const Values& b) {
    const auto shift = *mann_whitney(a, b, 0.9)->shift;
    misses += shift[0] > 0 || shift[1] < 0 ? 1 : 0;
  });
  EXPECT_LE(misses, 0.1 * orders);
  EXPECT_GT(misses, 0.04 * orders);
}

TEST(Ranks, DependOnOrderOnly) {
  const Values a{0.1, 2.5, 3.1, 4.7}, b{1.1, 2.6, 9.9};
  Values log_a = a, log_b = b;
  for (auto* list : {&log_a, &log_b})
    for (auto& x : *list) x = std::log(x);
  EXPECT_EQ(mann_whitney(a, b, 0.95)->p_exact, mann_whitney(log_a, log_b, 0.95)->p_exact);
  EXPECT_EQ(kolmogorov_smirnov(a, b)->d, kolmogorov_smirnov(log_a, log_b)->d);
  EXPECT_EQ(brunner_munzel(a, b)->statistic, brunner_munzel(log_a, log_b)->statistic);
  const std::vector<Values> groups{a, b, {0.7, 0.2}};
  const std::vector<Values> log_groups{log_a, log_b, {std::log(0.7), std::log(0.2)}};
  EXPECT_EQ(kruskal_wallis(groups)->statistic, kruskal_wallis(log_groups)->statistic);
}

TEST(Ranks, MannWhitneyDistributionIsSymmetricAndComplete) {
  EXPECT_NEAR(*mann_whitney_cdf(0, 3, 4), 1.0 / 35, 1e-15);
  EXPECT_NEAR(*mann_whitney_cdf(5, 3, 4) + *mann_whitney_cdf(6, 3, 4), 1, 1e-14);  // P(U ≤ 6) = 1 − P(U ≤ 5)
  EXPECT_EQ(*mann_whitney_cdf(12, 3, 4), 1);
  EXPECT_EQ(*mann_whitney_cdf(-1, 3, 4), 0);
  EXPECT_NEAR(*mann_whitney_cdf(0, 100, 100), 1.104e-59, 1e-62);  // 1/C(200, 100)
  EXPECT_EQ(error_id(mann_whitney_cdf(1, 0, 4)), 1032);
  EXPECT_EQ(error_id(mann_whitney_cdf(1, 1000, 1000)), 1039);
}

TEST(Ranks, LargeSamplesFallBackToTheNormalForm) {
  Values a(150), b(150);
  std::iota(a.begin(), a.end(), 0.0);
  std::iota(b.begin(), b.end(), 30.5);
  const auto large = mann_whitney(a, b, 0.95);
  ASSERT_TRUE(large);
  EXPECT_FALSE(large->p_exact || large->shift);
  EXPECT_TRUE(large->p_normal_cc);
  EXPECT_DOUBLE_EQ(large->hodges_lehmann, -30.5);
  EXPECT_EQ(error_id(mann_whitney(Values(3000, 1.0), Values(3000, 2.0), 0.95)), 1039);
}

TEST(Ranks, SignedRankKnowsTiesInDecimalReadings) {
  const Values a{5.61, 4.03, 1.0}, b{5.27, 4.37, 0.0};  // ±0.34 but for the last bit
  EXPECT_FALSE(signed_rank(a, b, 0)->tied);
  const auto tied = signed_rank(a, b, 1e-9);
  EXPECT_TRUE(tied->tied);
  EXPECT_FALSE(tied->p_exact);
  EXPECT_DOUBLE_EQ(tied->v, 4.5);
  const auto zeros = signed_rank(Values{1, 2}, Values{1, 2}, 0);
  EXPECT_TRUE(zeros->zeros);
  EXPECT_FALSE(zeros->p_exact || zeros->p_normal_cc);
  EXPECT_DOUBLE_EQ(*signed_rank(Values{2, 4, 8}, Values{1, 1, 1}, 0)->p_exact, 0.25);  // 2 of 2³ signs
}

TEST(Ranks, RefuseBadInput) {
  const Values some{1, 2, 3}, none, infinite{1, std::numeric_limits<double>::infinity()};
  EXPECT_EQ(error_id(mann_whitney(none, some, 0.95)), 1033);
  EXPECT_EQ(error_id(mann_whitney(some, infinite, 0.95)), 1030);
  EXPECT_EQ(error_id(mann_whitney(some, some, 1)), 1031);
  EXPECT_EQ(error_id(mann_whitney(Values{1e308}, Values{-1e308}, 0.95)), 1030);  // their difference
  EXPECT_EQ(error_id(signed_rank(some, none, 0)), 1034);
  EXPECT_EQ(error_id(signed_rank(some, some, -1)), 1032);
  EXPECT_EQ(error_id(kolmogorov_smirnov(some, none)), 1033);
  EXPECT_EQ(error_id(brunner_munzel(Values{1}, some)), 1033);
  EXPECT_EQ(error_id(kruskal_wallis(std::vector<Values>{some})), 1033);
  EXPECT_EQ(error_id(kruskal_wallis(std::vector<Values>{some, none})), 1033);
  EXPECT_EQ(error_id(friedman(std::vector<Values>{some, {1, 2}})), 1034);
  EXPECT_EQ(error_id(friedman(std::vector<Values>{{1, kNan}, {1, 2}})), 1030);
}

TEST(Resampling, SampledComesNearExhaustive) {
  const Values data{1.2, 3.4, 2.2, 5.9, 4.1, 2.9, 3.3};
  const auto mean = sample_statistic("mean");
  ASSERT_TRUE(mean);
  const auto all = bca_exhaustive(data, *mean, 0.9);
  const auto some = bca_sampled(data, *mean, 0.9, 100'000, StreamKey{7, 1});
  ASSERT_TRUE(all && some && all->interval && some->interval);
  EXPECT_TRUE(all->exhaustive);
  EXPECT_EQ(all->resamples, 823543);
  EXPECT_NEAR(some->se, all->se, 0.005);
  EXPECT_NEAR(*some->z0, *all->z0, 0.02);
  EXPECT_EQ(some->acceleration, all->acceleration);
  for (const std::size_t side : {0u, 1u}) EXPECT_NEAR((*some->interval)[side], (*all->interval)[side], 0.03);
}

TEST(Resampling, SameStreamSameLimits) {
  const Values data{1, 4, 2, 8, 5, 7, 1.5, 3, 9, 2.5};
  const auto median = sample_statistic("median");
  const auto once = bca_interval(data, *median, 0.95, 2000, StreamKey{1, 2});
  const auto again = bca_interval(data, *median, 0.95, 2000, StreamKey{1, 2});
  const auto other = bca_interval(data, *sample_statistic("mean"), 0.95, 2000, StreamKey{1, 3});
  ASSERT_TRUE(once && again && other);
  EXPECT_FALSE(once->exhaustive);
  EXPECT_EQ(once->interval, again->interval);
  EXPECT_EQ(once->se, again->se);
}

TEST(Resampling, FollowsScaleAndShift) {
  const Values data{3.1, 0.4, 7.7, 2.2, 1.9};
  Values moved;
  for (const double x : data) moved.push_back(1e-3 * x + 5);
  const auto mean = sample_statistic("mean");
  const auto here = bca_exhaustive(data, *mean, 0.95), there = bca_exhaustive(moved, *mean, 0.95);
  EXPECT_NEAR(*here->z0, *there->z0, 1e-12);
  EXPECT_NEAR(*here->acceleration, *there->acceleration, 1e-9);
  EXPECT_NEAR(1e-3 * (*here->interval)[0] + 5, (*there->interval)[0], 1e-12);
}

TEST(Resampling, LargestExhaustiveSizeHasAllWeights) {
  Values data(10);
  std::iota(data.begin(), data.end(), 1.0);
  const auto found = bca_exhaustive(data, *sample_statistic("mean"), 0.95);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->resamples, 1e10);
  EXPECT_NEAR(found->se, std::sqrt(8.25 / 10), 1e-12);  // root of the population variance over n
  EXPECT_NEAR(*found->z0, 0, 1e-12);                    // symmetric data
}

TEST(Resampling, RefusesBadInput) {
  const auto mean = *sample_statistic("mean");
  const Values data{1, 2, 3};
  EXPECT_EQ(error_id(sample_statistic("mode")), 1038);
  EXPECT_EQ(error_id(bca_exhaustive(Values{1}, mean, 0.95)), 1033);
  EXPECT_EQ(error_id(bca_exhaustive(Values(11, 1.0), mean, 0.95)), 1039);
  EXPECT_EQ(error_id(bca_exhaustive(Values{1, kNan}, mean, 0.95)), 1030);
  EXPECT_EQ(error_id(bca_exhaustive(data, mean, 1)), 1031);
  EXPECT_EQ(error_id(bca_exhaustive(Values{1e200, -1e200}, mean, 0.95)), 1036);  // squares overflow
  EXPECT_EQ(error_id(bca_exhaustive(Values{1, 2}, *sample_statistic("variance"), 0.95)), 1036);
  EXPECT_EQ(error_id(bca_sampled(data, mean, 0.95, 10, {})), 1032);
  EXPECT_EQ(error_id(bca_sampled(data, mean, 0.95, 2'000'000, {})), 1039);
  EXPECT_EQ(error_id(bootstrap_rows(1, [](auto) { return std::optional<double>(1); }, 0.95, 500, {})), 1033);
}

TEST(Resampling, RowBootstrapCountsUndefinedDraws) {
  // rows 0 and 1; undefined unless both are drawn: half of the draws on average
  const auto both = [](std::span<const std::size_t> rows) {
    return rows[0] != rows[1] ? std::optional<double>(1) : std::nullopt;
  };
  const auto found = bootstrap_rows(2, both, 0.95, 1000, StreamKey{3, 4});
  ASSERT_TRUE(found);
  EXPECT_NEAR(found->undefined, 500, 60);
  EXPECT_EQ(found->interval.has_value(), found->undefined <= 500);
  const auto never = bootstrap_rows(3, [](auto) { return std::optional<double>(); }, 0.95, 500, {});
  EXPECT_FALSE(never->interval);
  EXPECT_EQ(never->undefined, 500);
}

}  // namespace
}  // namespace assay::metrics
