// Size and power of the longest shipped tables over a million simulated comparisons each: nothing here knows of the
// recursion, only of the walk.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <fstream>
#include <sstream>

#include "core/random.h"
#include "metrics/statistics/comparison_file.h"

namespace assay::metrics {
namespace {

constexpr int kSessions = 1'000'000;

ComparisonTable shipped(const std::string& name) {
  std::ifstream stream(std::string(ASSAY_SOURCE_DIR) + "/suites/catalog/comparison/" + name + ".json");
  std::stringstream text;
  text << stream.rdbuf();
  auto design = read_comparison(text.str());
  EXPECT_TRUE(design);
  return design->table;
}

struct Simulated {
  double pairs_n = 0, pairs_sd = 0, a = 0, b = 0;
};

Simulated simulate(const ComparisonTable& table, const PairProbabilities& pair, std::uint64_t key) {
  Rng rng({key, 0x636f6d70617265});
  const bool paired = table.pairing == Pairing::paired;
  double sum = 0, squares = 0;
  int a_better = 0, b_better = 0;
  for (int session = 0; session < kSessions; ++session) {
    int t = 0, a = 0, b = 0;
    auto verdict = ComparisonVerdict::undecided;
    while (t < table.n_max && verdict == ComparisonVerdict::undecided) {
      const double draw = rng.uniform();
      const bool a_only = draw < pair.a_only, b_only = !a_only && draw < pair.a_only + pair.b_only;
      const bool both = !a_only && !b_only && draw < pair.a_only + pair.b_only + pair.both;
      a += a_only || (both && !paired) ? 1 : 0;
      b += b_only || (both && !paired) ? 1 : 0;
      verdict = verdict_at(table, ++t, a, b);
    }
    sum += t;
    squares += double(t) * t;
    a_better += verdict == ComparisonVerdict::a_better ? 1 : 0;
    b_better += verdict == ComparisonVerdict::b_better ? 1 : 0;
  }
  const double mean = sum / kSessions;
  return {mean, std::sqrt(squares / kSessions - mean * mean), double(a_better) / kSessions,
          double(b_better) / kSessions};
}

/// Within 4.5 standard errors of the exact value; the seeds are fixed, so this never flickers.
void expect_agreement(const ComparisonTable& table, const PairProbabilities& pair, std::uint64_t key) {
  const auto exact = comparison_characteristics(table, pair);
  const auto seen = simulate(table, pair, key);
  std::printf("exact %.3f pairs, A %.5f, B %.5f; simulated %.3f, %.5f, %.5f\n", exact->expected_pairs_n,
              exact->p_declare_a, exact->p_declare_b, seen.pairs_n, seen.a, seen.b);
  const auto error = [](double p) { return 4.5 * std::sqrt(std::max(p * (1 - p), 1e-6) / kSessions); };
  EXPECT_NEAR(seen.a, exact->p_declare_a, error(exact->p_declare_a));
  EXPECT_NEAR(seen.b, exact->p_declare_b, error(exact->p_declare_b));
  EXPECT_NEAR(seen.pairs_n, exact->expected_pairs_n, 4.5 * seen.pairs_sd / std::sqrt(kSessions));
}

TEST(ComparisonSimulation, SizeOfThePairedTable) { expect_agreement(shipped("paired_200"), {.3, .2, .2, .3}, 1); }
TEST(ComparisonSimulation, PowerOfThePairedTable) {
  expect_agreement(shipped("paired_200"), *pair_probabilities(.8, .9, .3), 2);
}
TEST(ComparisonSimulation, SizeOfTheUnpairedTable) {
  expect_agreement(shipped("unpaired_200"), *pair_probabilities(.5, .5), 3);
}
TEST(ComparisonSimulation, PowerOfTheUnpairedTable) {
  expect_agreement(shipped("unpaired_200"), *pair_probabilities(.8, .9), 4);
}

}  // namespace
}  // namespace assay::metrics
