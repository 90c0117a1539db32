// Size, design and limits of comparison tables, against enumeration of every sequence.
#include "metrics/statistics/comparison_design.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "core/random.h"
#include "metrics/statistics/comparison_limits.h"

namespace assay::metrics {
namespace {

int id_of(const auto& result) { return result.ok() ? 0 : result.error().id; }

ComparisonDesign design(Pairing pairing, int n_max, double alpha = 0.05) {
  auto made = design_comparison({.pairing = pairing, .n_max = n_max, .alpha = alpha});
  EXPECT_TRUE(made) << to_string(made.error(), Lang::en);
  return *made;
}

/// P(declare B) over all 4^n_max sequences of pairs, none ended early.
double by_sequences(const ComparisonTable& table, const PairProbabilities& pair) {
  double total = 0;
  std::vector<bool> a(static_cast<std::size_t>(table.n_max)), b(a.size());
  for (unsigned long long code = 0; code < 1ULL << (2 * a.size()); ++code) {
    double chance = 1;
    for (std::size_t i = 0; i < a.size(); ++i) {
      a[i] = (code >> (2 * i) & 1) != 0;
      b[i] = (code >> (2 * i + 1) & 1) != 0;
      if (a[i]) chance *= b[i] ? pair.both : pair.a_only;
      if (!a[i]) chance *= b[i] ? pair.b_only : pair.neither;
    }
    if (compare(table, a, b)->verdict == ComparisonVerdict::b_better) total += chance;
  }
  return total;
}

class Pairings : public testing::TestWithParam<Pairing> {};

PairProbabilities null_pair(Pairing pairing, double u) {
  if (pairing == Pairing::paired) return {0, u / 2, u / 2, 1 - u};
  return *pair_probabilities(u, u);
}

TEST_P(Pairings, NullCurveIsTheSumOverAllSequences) {
  const auto table = design(GetParam(), 7, 0.2).table;
  const auto curve = NullCurve::make(table);
  for (const double u : {0.0, .35, .75}) {
    const auto pair = null_pair(GetParam(), u);
    EXPECT_NEAR((*curve)(u), by_sequences(table, pair), 1e-13) << u;
    EXPECT_NEAR((*curve)(u), comparison_characteristics(table, pair)->p_declare_b, 1e-13) << u;
  }
}

TEST_P(Pairings, AnyTableAtAllIsTheSumOverAllSequences) {
  Rng rng({7, 7});
  for (int i = 0; i < 12; ++i) {
    ComparisonTable table{GetParam(), 5, {}, i % 3 != 0};
    for (std::uint64_t t = 1; t <= 5; ++t) {
      table.b_min.emplace_back();
      for (std::uint64_t a = 0; a <= t; ++a) table.b_min.back().push_back(static_cast<int>(1 + rng.below(t + 2)));
    }
    const PairProbabilities pair{.2, .1, .4, .3};
    EXPECT_NEAR(comparison_characteristics(table, pair)->p_declare_b, by_sequences(table, pair), 1e-14) << i;
  }
}

TEST_P(Pairings, TheBoundHoldsBetweenTheGridPoints) {
  const auto table = design(GetParam(), 15).table;
  const auto curve = NullCurve::make(table);
  double largest = 0;
  for (int i = 0; i <= 40000; ++i) largest = std::max(largest, (*curve)(i / 40000.0));
  for (const int intervals_n : {1, 7, 50, 400, 30000}) {
    const auto proof = prove_size(table, intervals_n);
    EXPECT_GE(proof->bound, largest) << intervals_n;
    EXPECT_LE(proof->largest, largest + 1e-7) << intervals_n;
  }
  EXPECT_LT(prove_size(table, proof_intervals_n(table))->bound, largest + 6e-5);
}

TEST_P(Pairings, SizeIsProvedMonotoneAndWorstWhereBothAreEqual) {
  for (const int n_max : {5, 6, 9, 18}) {
    const auto made = design(GetParam(), n_max);
    EXPECT_TRUE(check_monotone(made.table)) << n_max;
    EXPECT_LE(made.proof.bound, 0.05) << n_max;
    EXPECT_GT(made.proof.largest, 0.03) << n_max;
    const auto& table = made.table;
    for (int i = 0; i <= 10; ++i)
      for (int j = 0; j <= i; ++j) {
        const double worse = j / 10.0, better = i / 10.0;  // B is worse
        const auto pair = GetParam() == Pairing::paired
                              ? PairProbabilities{0, better / 2, worse / 2, 1 - better / 2 - worse / 2}
                              : *pair_probabilities(better, worse);
        EXPECT_LE(comparison_characteristics(table, pair)->p_declare_b, made.proof.bound);
      }
  }
}

TEST_P(Pairings, PowerRisesWithTheDifference) {
  const auto table = design(GetParam(), 14).table;
  double before = 0;
  for (int i = 2; i <= 10; ++i) {
    const auto oc = comparison_characteristics(table, *pair_probabilities(.2, i / 10.0));
    EXPECT_GE(oc->p_declare_b, before);
    before = oc->p_declare_b;
  }
  EXPECT_GT(before, .95);
}

TEST_P(Pairings, TheSameInputGivesTheSameTable) {
  EXPECT_EQ(design(GetParam(), 9).table.b_min, design(GetParam(), 9).table.b_min);
}

TEST_P(Pairings, ProgressRisesAndCancels) {
  double last = 0;
  int calls = 0;
  const auto made = design_comparison({.pairing = GetParam(), .n_max = 12}, [&](double done) {
    EXPECT_GE(done, last);
    EXPECT_LE(done, 1);
    last = done;
    return ++calls < 30;
  });
  EXPECT_EQ(id_of(made), 1050);
  EXPECT_EQ(calls, 30);
}

/// Chances of every end of the comparison.
std::map<std::array<int, 3>, double> ends(const ComparisonTable& table, const PairProbabilities& pair) {
  const bool paired = table.pairing == Pairing::paired;
  std::map<std::array<int, 3>, double> running{{{0, 0, 0}, 1.0}}, out;
  for (int t = 1; t <= table.n_max; ++t) {
    std::map<std::array<int, 3>, double> next;
    for (const auto& [at, mass] : running) {
      next[{t, at[1] + 1, at[2]}] += mass * pair.a_only;
      next[{t, at[1], at[2] + 1}] += mass * pair.b_only;
      next[{t, at[1], at[2]}] += mass * (pair.neither + (paired ? pair.both : 0));
      if (!paired) next[{t, at[1] + 1, at[2] + 1}] += mass * pair.both;
    }
    running.clear();
    for (const auto& [at, mass] : next)
      (t == table.n_max || verdict_at(table, t, at[1], at[2]) != ComparisonVerdict::undecided ? out : running)[at] =
          mass;
  }
  return out;
}

TEST_P(Pairings, LimitsCoverAtLeastAsOftenAsTheySay) {
  const auto table = design(GetParam(), 12, 0.1).table;
  std::map<std::array<int, 3>, ComparisonLimits> known;
  for (const double p_a : {.1, .5, .8})
    for (const double p_b : {.1, .45, .8, .98}) {
      const auto pair = *pair_probabilities(p_a, p_b);
      double low = 0, high = 0;
      for (const auto& [at, mass] : ends(table, pair)) {
        auto found = known.find(at);
        if (found == known.end())
          found = known.emplace(at, *comparison_limits(table, {{}, at[0], at[1], at[2]}, 0.9)).first;
        low += found->second.lower <= p_a - p_b + 1e-6 ? mass : 0;
        high += found->second.upper >= p_a - p_b - 1e-6 ? mass : 0;
      }
      EXPECT_GE(low, 0.9 - 1e-6) << p_a << ' ' << p_b;
      EXPECT_GE(high, 0.9 - 1e-6) << p_a << ' ' << p_b;
    }
  EXPECT_GT(known.size(), 20u);
}

TEST_P(Pairings, LimitsAgreeWithTheVerdictAndMirror) {
  const auto table = design(GetParam(), 11).table;
  int declared = 0;
  for (const auto& [at, mass] : ends(table, *pair_probabilities(.4, .7))) {
    const auto verdict = verdict_at(table, at[0], at[1], at[2]);
    const auto limits = comparison_limits(table, {verdict, at[0], at[1], at[2]}, 0.95);
    ASSERT_TRUE(limits);
    EXPECT_LT(limits->lower, limits->upper);
    EXPECT_GE(*limits->estimate, limits->lower - 0.2);
    if (verdict == ComparisonVerdict::b_better) {
      EXPECT_LE(limits->upper, 1e-6);
      EXPECT_LE(limits->p_b_better, 0.05);
      ++declared;
    }
    if (verdict == ComparisonVerdict::a_better) {
      EXPECT_GE(limits->lower, -1e-6);
    }
    const auto mirror = comparison_limits(table, {{}, at[0], at[2], at[1]}, 0.95);
    EXPECT_EQ(limits->lower, -mirror->upper);
    EXPECT_EQ(limits->p_a_better, mirror->p_b_better);
  }
  EXPECT_GT(declared, 3);
}

INSTANTIATE_TEST_SUITE_P(Both, Pairings, testing::Values(Pairing::paired, Pairing::unpaired),
                         [](const auto& tested) { return tested.param == Pairing::paired ? "paired" : "unpaired"; });

TEST(PairedLimits, OfOnePairAreBinomial) {
  // After one pair that B alone passed: P(at least as good) = P(B alone) = (r + δ) / 2, largest (1 + δ) / 2 at r = 1,
  // and nothing is implausible after one pair.
  ComparisonTable table{Pairing::paired, 1, {{2, 2}}};
  const auto limits = comparison_limits(table, {{}, 1, 0, 1}, 0.9);
  EXPECT_NEAR(limits->upper, 0.8, 2e-4) << "(1 + δ) / 2 = 0.1";
  EXPECT_EQ(limits->lower, -1);
  EXPECT_NEAR(limits->p_b_better, 0.5, 1e-12);
  EXPECT_NEAR(limits->p_a_better, 1, 1e-12);
}

TEST(ComparisonDesignBadInput, IsATypedError) {
  const double nan = std::nan("");
  EXPECT_EQ(id_of(design_comparison({.n_max = 3})), 1036);
  EXPECT_EQ(id_of(design_comparison({.n_max = 501})), 1036);
  EXPECT_EQ(id_of(design_comparison({.alpha = 0})), 1031);
  EXPECT_EQ(id_of(design_comparison({.alpha = nan})), 1031);
  EXPECT_EQ(id_of(design_comparison({.alpha = .5})), 1031);
  EXPECT_EQ(id_of(design_comparison({.kappa = 0})), 1032);
  EXPECT_EQ(id_of(design_comparison({.kappa = nan})), 1032);
  EXPECT_EQ(id_of(design_comparison({.kappa = 1e9})), 1032);
  EXPECT_EQ(id_of(design_comparison({.n_max = 4})), 1037) << "four pairs can never show α = .05";
  const auto table = design(Pairing::paired, 6).table;
  EXPECT_EQ(id_of(comparison_limits(table, {{}, 3, 1, 1}, 0)), 1031);
  EXPECT_EQ(id_of(comparison_limits(table, {{}, 3, 1, 1}, 1)), 1031);
  EXPECT_EQ(id_of(comparison_limits(table, {{}, 3, 1, 1}, nan)), 1031);
  EXPECT_EQ(id_of(comparison_limits(table, {{}, 3, 2, 2}, .9)), 1032);
  EXPECT_EQ(id_of(comparison_limits(table, {{}, 7, 2, 2}, .9)), 1032);
  EXPECT_EQ(id_of(comparison_limits(table, {{}, 3, -1, 2}, .9)), 1032);
  auto one_way = table;
  one_way.mirrored = false;
  EXPECT_EQ(id_of(comparison_limits(one_way, {{}, 3, 1, 1}, .9)), 1036);
  EXPECT_EQ(id_of(prove_size(table, 0)), 1032);
  const auto none = comparison_limits(table, {}, .9);
  EXPECT_FALSE(none->estimate);
  EXPECT_EQ(none->lower, -1);
  EXPECT_EQ(none->upper, 1);
}

}  // namespace
}  // namespace assay::metrics
