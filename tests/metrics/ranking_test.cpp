// Bradley–Terry and clustered trials: properties, edges and bad input.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "metrics/statistics/clusters.h"
#include "metrics/statistics/multiplicity.h"
#include "metrics/statistics/ranking.h"

namespace assay::metrics {
namespace {

using Pairs = std::vector<PairOutcomes>;
using Clusters = std::vector<ClusterCount>;
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

template <class T>
int error_id(const Result<T>& result) {
  return result ? 0 : result.error().id;
}

const Pairs kRound{{0, 1, 8, 13, 0}, {0, 2, 7, 16, 2}, {1, 2, 6, 10, 0}, {3, 1, 1, 9, 0}, {2, 3, 5, 0, 1}};

TEST(BradleyTerry, TwoPlayersHaveTheirLogOdds) {
  const auto fit = bradley_terry(2, Pairs{{0, 1, 3, 9, 0}}, 0);
  ASSERT_TRUE(fit);
  EXPECT_NEAR(fit->ability[1], std::log(3.0), 1e-10);
  EXPECT_NEAR(fit->se[1], std::sqrt(1 / 3.0 + 1 / 9.0), 1e-10);
  EXPECT_NEAR(fit->deviance, 0, 1e-12);
}

TEST(BradleyTerry, DoesNotDependOnReferenceOrListing) {
  const auto fit = bradley_terry(4, kRound, 0), other = bradley_terry(4, kRound, 2);
  Pairs turned;
  for (const auto& pair : kRound) turned.insert(turned.begin(), {pair.b, pair.a, pair.b_wins, pair.a_wins, pair.ties});
  const auto again = bradley_terry(4, turned, 0);
  ASSERT_TRUE(fit && other && again);
  const auto p = pairwise_p(*fit), p_other = pairwise_p(*other);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_NEAR(fit->ability[i], other->ability[i] - other->ability[0], 1e-9);
    EXPECT_NEAR(fit->ability[i], again->ability[i], 1e-9);
    for (std::size_t j = 0; j < 4; ++j) EXPECT_NEAR(p[i][j], p_other[i][j], 1e-9);
  }
  EXPECT_TRUE(compact_letters(p, 0.05));
}

TEST(BradleyTerry, TwiceTheTrialsShrinkTheErrorByRootTwo) {
  Pairs twice = kRound;
  for (auto& pair : twice) pair.a_wins *= 2, pair.b_wins *= 2, pair.ties *= 2;
  const auto once = bradley_terry(4, kRound, 0), doubled = bradley_terry(4, twice, 0);
  EXPECT_NEAR(once->se[3] / doubled->se[3], std::sqrt(2.0), 1e-8);
  const auto wide = bradley_terry_profile(4, kRound, 0, 0.95), narrow = bradley_terry_profile(4, twice, 0, 0.95);
  ASSERT_TRUE(wide && narrow);
  for (std::size_t i = 1; i < 4; ++i) {
    EXPECT_LT((*wide)[i].lower, (*narrow)[i].lower);
    EXPECT_LT((*narrow)[i].lower, once->ability[i]);
    EXPECT_GT((*narrow)[i].upper, once->ability[i]);
    EXPECT_GT((*wide)[i].upper, (*narrow)[i].upper);
  }
}

TEST(BradleyTerry, VeryUnevenButFiniteRecordsStillConverge) {
  const auto fit = bradley_terry(3, Pairs{{0, 1, 1e6, 1, 0}, {1, 2, 1e6, 1, 0}}, 0);
  ASSERT_TRUE(fit);
  EXPECT_NEAR(fit->ability[2], -2 * std::log(1e6), 1e-6);
}

TEST(BradleyTerry, SaysWhenNoFiniteAnswerExists) {
  const auto separated = bradley_terry(3, Pairs{{0, 1, 5, 3, 0}, {0, 2, 4, 0, 0}, {1, 2, 6, 0, 0}}, 0);
  ASSERT_FALSE(separated);
  EXPECT_EQ(separated.error().id, 1037);
  EXPECT_NE(separated.error().found.find("0, 1 | 2"), std::string::npos) << separated.error().found;
  EXPECT_TRUE(bradley_terry(3, Pairs{{0, 1, 5, 3, 0}, {0, 2, 4, 0, 0}, {1, 2, 6, 0, 1}}, 0));  // one tie joins them
  const auto apart = bradley_terry(4, Pairs{{0, 1, 5, 3, 0}, {2, 3, 4, 2, 0}}, 0);
  ASSERT_FALSE(apart);
  EXPECT_EQ(apart.error().id, 1036);
  EXPECT_EQ(error_id(bradley_terry(3, Pairs{{0, 1, 5, 3, 0}, {1, 2, 0, 0, 0}}, 0)), 1036);  // never played
  EXPECT_EQ(error_id(bradley_terry_profile(4, Pairs{{0, 1, 5, 3, 0}, {2, 3, 4, 2, 0}}, 0, 0.95)), 1036);
}

TEST(BradleyTerry, RefusesBadInput) {
  EXPECT_EQ(error_id(bradley_terry(1, kRound, 0)), 1033);
  EXPECT_EQ(error_id(bradley_terry(3, Pairs{}, 0)), 1033);
  EXPECT_EQ(error_id(bradley_terry(2, Pairs{{0, 0, 1, 1, 0}}, 0)), 1036);
  EXPECT_EQ(error_id(bradley_terry(2, Pairs{{0, 2, 1, 1, 0}}, 0)), 1036);
  EXPECT_EQ(error_id(bradley_terry(2, Pairs{{0, 1, 1, 1, 0}}, 2)), 1036);
  EXPECT_EQ(error_id(bradley_terry(2, Pairs{{0, 1, -1, 1, 0}}, 0)), 1032);
  EXPECT_EQ(error_id(bradley_terry(2, Pairs{{0, 1, kNan, 1, 0}}, 0)), 1030);
  EXPECT_EQ(error_id(bradley_terry(201, kRound, 0)), 1039);
  EXPECT_EQ(error_id(bradley_terry_profile(4, kRound, 0, 1)), 1031);
}

TEST(Clusters, IndependentTrialsKeepThePlansOwnRisks) {
  const auto design = design_sequential(0.8, 0.9, 0.05, 0.1);
  ASSERT_TRUE(design);
  for (const double p : {0.7, 0.8, 0.9}) {
    const auto plain = characteristics(design->table, p);
    for (const auto& [size, icc] : {std::pair{10, 0.0}, std::pair{1, 0.4}}) {
      const auto clustered = clustered_characteristics(design->table, p, size, icc);
      ASSERT_TRUE(clustered);
      EXPECT_NEAR(clustered->accept, plain.accept, 1e-12);
      EXPECT_NEAR(clustered->refuse, plain.refuse, 1e-12);
      EXPECT_NEAR(clustered->expected_n, plain.expected_n, 1e-9);
    }
  }
}

TEST(Clusters, RaiseAPlansRisk) {
  const auto design = design_sequential(0.8, 0.9, 0.05, 0.1);
  ASSERT_TRUE(design);
  double before = design->exact_alpha;
  for (const double icc : {0.05, 0.1, 0.2, 0.4}) {
    const auto at = clustered_characteristics(design->table, 0.8, 10, icc);
    ASSERT_TRUE(at);
    EXPECT_NEAR(at->accept + at->refuse, 1, 1e-12);
    EXPECT_GT(at->accept, before + 0.01);
    before = at->accept;
  }
  EXPECT_NEAR(*clustered_acceptance(40, 0, 0.8, 40, 1), 0.8, 1e-12);  // one cluster, all trials alike
}

TEST(Clusters, FixedPlanAgreesWithSimulatedRisks) {
  // 112 trials, at most 15 failures, p = 0.8, clusters of 10: .046 became .081, .114, .168 in simulation
  for (const auto& [icc, risk] : {std::pair{0.0, 0.0467}, {0.05, 0.081}, {0.1, 0.114}, {0.2, 0.168}})
    EXPECT_NEAR(*clustered_acceptance(112, 15, 0.8, 10, icc), risk, 0.004) << icc;
}

TEST(Clusters, CorrelationOfKnownExtremes) {
  // clusters all alike within: ρ = 1; every cluster with the same share: ρ at its least, −1/(m − 1)
  EXPECT_NEAR(*cluster_correlation(Clusters{{4, 4}, {0, 4}, {4, 4}}, 0.95)->icc, 1, 1e-12);
  const auto even = cluster_correlation(Clusters{{2, 4}, {2, 4}, {2, 4}}, 0.95);
  EXPECT_NEAR(*even->icc, -1.0 / 3, 1e-12);
  EXPECT_EQ(*even->design_effect, 1);
  EXPECT_FALSE(cluster_correlation(Clusters{{4, 4}, {0, 4}}, 0.95)->limits);
  const auto all = cluster_correlation(Clusters{{4, 4}, {4, 4}}, 0.95);
  EXPECT_FALSE(all->icc || all->limits || all->design_effect);
}

TEST(Clusters, DesignEffectAndInflatedNumber) {
  EXPECT_DOUBLE_EQ(*design_effect(10, 0.1), 1.9);
  EXPECT_EQ(*inflated_n(59, 10, 0.05), 90);  // 59 · 1.45 = 85.55, nine clusters
  EXPECT_EQ(*inflated_n(20, 1, 0.9), 20);
  EXPECT_EQ(*inflated_n(20, 10, 0.05), 30);   // 29 trials
  EXPECT_EQ(*inflated_n(20, 10, -0.05), 20);  // never fewer
  EXPECT_EQ(error_id(design_effect(0, 0.1)), 1032);
  EXPECT_EQ(error_id(design_effect(10, 1.5)), 1036);
  EXPECT_EQ(error_id(design_effect(10, -0.5)), 1036);
  EXPECT_EQ(error_id(design_effect(10, kNan)), 1030);
  EXPECT_EQ(error_id(inflated_n(0, 10, 0.1)), 1032);
  EXPECT_EQ(error_id(inflated_n(1'000'000'000, 1'000'000, 0.5)), 1039);
}

TEST(Clusters, RefuseBadInput) {
  EXPECT_EQ(error_id(cluster_correlation(Clusters{{1, 2}}, 0.95)), 1033);
  EXPECT_EQ(error_id(cluster_correlation(Clusters{{1, 1}, {0, 1}}, 0.95)), 1033);
  EXPECT_EQ(error_id(cluster_correlation(Clusters{{3, 2}, {0, 1}}, 0.95)), 1032);
  EXPECT_EQ(error_id(cluster_correlation(Clusters{{0, 0}, {0, 1}}, 0.95)), 1032);
  EXPECT_EQ(error_id(cluster_correlation(Clusters{{1, 2}, {0, 2}}, 0)), 1031);
  StopTable table{2, {-1, -1, 0}, {1, 1, 1}};
  EXPECT_TRUE(clustered_characteristics(table, 0.5, 2, 0.5));
  EXPECT_EQ(error_id(clustered_characteristics(table, 1.5, 2, 0.5)), 1031);
  EXPECT_EQ(error_id(clustered_characteristics(table, 0.5, 2, -0.5)), 1031);
  EXPECT_EQ(error_id(clustered_characteristics(table, 0.5, 0, 0.5)), 1032);
  table.accept.pop_back();
  EXPECT_EQ(error_id(clustered_characteristics(table, 0.5, 2, 0.5)), 1034);
  EXPECT_EQ(error_id(clustered_characteristics(StopTable{}, 0.5, 2, 0.5)), 1032);
  EXPECT_EQ(error_id(clustered_acceptance(0, 0, 0.5, 2, 0.5)), 1032);
  EXPECT_EQ(error_id(clustered_acceptance(5, 5, 0.5, 2, 0.5)), 1032);
  EXPECT_EQ(error_id(clustered_acceptance(90'000, 5, 0.5, 80'000, 0.5)), 1039);
}

}  // namespace
}  // namespace assay::metrics
