// Comparison tables: walk, exact properties, bad input. Reference cases run in reference_vectors_test.cpp.
#include "metrics/statistics/comparison.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace assay::metrics {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// "B better" from a lead of `lead` on.
ComparisonTable lead_table(Pairing pairing, int n_max, int lead) {
  ComparisonTable table{pairing, n_max, {}};
  for (int t = 1; t <= n_max; ++t) {
    table.b_min.emplace_back();
    for (int a = 0; a <= t; ++a) table.b_min.back().push_back(std::min(a + lead, t + 1));
  }
  return table;
}

int id_of(const auto& result) { return result.ok() ? 0 : result.error().id; }

TEST(ComparisonWalk, StopsAtTheFirstVerdictAndIgnoresWhatFollows) {
  const auto table = lead_table(Pairing::paired, 10, 2);
  const auto state = compare(table, {false, true, false, false, true}, {true, true, true, false, false});
  ASSERT_TRUE(state);
  EXPECT_EQ(state->verdict, ComparisonVerdict::b_better);
  EXPECT_EQ(state->pairs_n, 3);
  EXPECT_EQ(state->a, 0);
  EXPECT_EQ(state->b, 2);
}

TEST(ComparisonWalk, CountsSuccessesOfUnmatchedTrials) {
  const auto table = lead_table(Pairing::unpaired, 10, 2);
  const auto state = compare(table, {true, true, true, false}, {false, true, false});
  ASSERT_TRUE(state);
  EXPECT_EQ(state->verdict, ComparisonVerdict::a_better);
  EXPECT_EQ(state->pairs_n, 3);
  EXPECT_EQ(state->a, 3);
  EXPECT_EQ(state->b, 1);
}

TEST(ComparisonWalk, MirrorsWhenTheRobotsChangeNames) {
  const auto table = lead_table(Pairing::paired, 12, 3);
  const std::vector<bool> a{true, false, true, true, false, true, true},
      b{false, true, false, true, false, false, false};
  const auto one = compare(table, a, b), other = compare(table, b, a);
  EXPECT_EQ(one->verdict, ComparisonVerdict::a_better);
  EXPECT_EQ(other->verdict, ComparisonVerdict::b_better);
  EXPECT_EQ(one->pairs_n, other->pairs_n);
}

TEST(ComparisonWalk, SaysWhenNoVerdictCanComeAnyMore) {
  const auto table = lead_table(Pairing::paired, 10, 4);
  EXPECT_TRUE(can_still_decide(table, 6, 1, 1));
  EXPECT_FALSE(can_still_decide(table, 7, 1, 1));
  EXPECT_TRUE(can_still_decide(table, 7, 0, 1));
  EXPECT_FALSE(can_still_decide(table, 10, 0, 3));
  const auto nothing = compare(table, {}, {});
  EXPECT_EQ(nothing->verdict, ComparisonVerdict::undecided);
  EXPECT_EQ(nothing->pairs_n, 0);
}

TEST(ComparisonOc, ChancesSumToOneAndMirror) {
  for (const auto pairing : {Pairing::paired, Pairing::unpaired}) {
    const auto table = lead_table(pairing, 40, 5);
    const auto one = comparison_characteristics(table, *pair_probabilities(.6, .8, .2));
    const auto other = comparison_characteristics(table, *pair_probabilities(.8, .6, .2));
    EXPECT_NEAR(one->p_declare_a + one->p_declare_b + one->p_undecided, 1, 1e-13);
    EXPECT_NEAR(one->p_declare_a, other->p_declare_b, 1e-14);
    EXPECT_NEAR(one->expected_pairs_n, other->expected_pairs_n, 1e-11);
  }
}

TEST(ComparisonOc, AgreesWithTheGamblersRuin) {
  // Lead of 5, no end in sight: P(B first) = 1 / (1 + (p10 / p01)^5), expected pairs = (2 P − 1) 5 / (p01 − p10).
  const auto table = lead_table(Pairing::paired, 500, 5);
  const auto oc = comparison_characteristics(table, {.2, .1, .3, .4});
  const double ruin = 1 / (1 + std::pow(.1 / .3, 5));
  EXPECT_NEAR(oc->p_declare_b, ruin, 1e-12);
  EXPECT_NEAR(oc->expected_pairs_n, (2 * ruin - 1) * 5 / .2, 1e-9);
}

TEST(ComparisonOc, PairingChangesWhatDependenceDoes) {
  const auto table = lead_table(Pairing::paired, 60, 4);
  const auto independent = comparison_characteristics(table, *pair_probabilities(.7, .9));
  const auto alike = comparison_characteristics(table, *pair_probabilities(.7, .9, .5));
  EXPECT_GT(alike->p_declare_b, independent->p_declare_b);
}

TEST(ComparisonOc, AtTheEndsOfTheScale) {
  const auto table = lead_table(Pairing::unpaired, 20, 3);
  const auto certain = comparison_characteristics(table, *pair_probabilities(0, 1));
  EXPECT_EQ(certain->p_declare_b, 1);
  EXPECT_EQ(certain->expected_pairs_n, 3);
  const auto same = comparison_characteristics(table, *pair_probabilities(1, 1));
  EXPECT_EQ(same->p_undecided, 1);
  EXPECT_EQ(same->expected_pairs_n, 20);
}

TEST(PairProbabilities, KeepTheMarginsAndTheCorrelation) {
  const auto pair = pair_probabilities(.8, .9, .5);
  ASSERT_TRUE(pair);
  EXPECT_NEAR(pair->both + pair->a_only, .8, 1e-15);
  EXPECT_NEAR(pair->both + pair->b_only, .9, 1e-15);
  EXPECT_NEAR(pair->a_only, .02, 1e-15);
  EXPECT_NEAR(pair->b_only, .12, 1e-15);
  EXPECT_EQ(pair_probabilities(.3, .3, 1)->a_only, 0) << "at Fréchet's bound";
}

TEST(ComparisonBadInput, IsATypedError) {
  EXPECT_EQ(id_of(pair_probabilities(kNaN, .5)), 1031);
  EXPECT_EQ(id_of(pair_probabilities(.5, 1.1)), 1031);
  EXPECT_EQ(id_of(pair_probabilities(.5, .5, kNaN)), 1031);
  EXPECT_EQ(id_of(pair_probabilities(.5, .5, -1.5)), 1031);
  EXPECT_EQ(id_of(pair_probabilities(.2, .9, .9)), 1036);
  EXPECT_EQ(id_of(pair_probabilities(1, .9, .1)), 1036);
  auto table = lead_table(Pairing::paired, 5, 2);
  EXPECT_EQ(id_of(comparison_characteristics(table, {.5, .5, .5, .5})), 1036);
  EXPECT_EQ(id_of(comparison_characteristics(table, {kNaN, .5, .5, 0})), 1031);
  EXPECT_EQ(id_of(compare(table, {true}, {})), 1034);
  table.b_min[2][1] = 1;
  EXPECT_EQ(id_of(check_table(table)), 0);
  EXPECT_EQ(id_of(check_monotone(table)), 1036);
  table.b_min[2][1] = -1;
  EXPECT_EQ(id_of(check_table(table)), 1032);
  table.b_min[2].pop_back();
  EXPECT_EQ(id_of(check_table(table)), 1034);
  table.n_max = 6;
  EXPECT_EQ(id_of(check_table(table)), 1034);
  table.n_max = 0;
  EXPECT_EQ(id_of(check_table(table)), 1036);
  table.n_max = 2'000'000'000;
  EXPECT_EQ(id_of(comparison_characteristics(table, {.25, .25, .25, .25})), 1036);
}

}  // namespace
}  // namespace assay::metrics
