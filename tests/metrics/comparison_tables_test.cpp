// The shipped comparison tables: their proofs, what they cost, and that a changed file is noticed.
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "core/sha256.h"
#include "metrics/statistics/comparison_file.h"
#include "metrics/statistics/comparison_limits.h"

namespace assay::metrics {
namespace {

std::string text_of(Pairing pairing, int n_max) {
  const std::string name = (pairing == Pairing::paired ? "paired_" : "unpaired_") + std::to_string(n_max) + ".json";
  std::ifstream stream(std::string(ASSAY_SOURCE_DIR) + "/suites/catalog/comparison/" + name);
  std::stringstream text;
  text << stream.rdbuf();
  return text.str();
}

ComparisonDesign shipped(Pairing pairing, int n_max) {
  auto design = read_comparison(text_of(pairing, n_max));
  EXPECT_TRUE(design) << to_string(design.error(), Lang::en);
  return *design;
}

int id_of(const auto& result) { return result.ok() ? 0 : result.error().id; }

TEST(ShippedTables, AreProved) {
  for (const auto pairing : {Pairing::paired, Pairing::unpaired})
    for (const int n_max : {20, 30, 50, 100, 200}) {
      const auto design = shipped(pairing, n_max);
      EXPECT_EQ(design.input.pairing, pairing);
      EXPECT_EQ(design.input.n_max, n_max);
      EXPECT_EQ(design.input.alpha, 0.05);
      EXPECT_LE(design.proof.bound, 0.05);
      EXPECT_TRUE(check_monotone(design.table));
      if (n_max < 200) {
        EXPECT_TRUE(prove_again(design));
      }
      EXPECT_EQ(write_comparison(design), text_of(pairing, n_max)) << "written as it was read";
    }
}

TEST(ShippedTables, AreWhatTheDesignMakes) {
  for (const auto pairing : {Pairing::paired, Pairing::unpaired})
    EXPECT_EQ(design_comparison({.pairing = pairing, .n_max = 20})->table.b_min, shipped(pairing, 20).table.b_min);
}

TEST(ShippedTables, NoTieTakesAVerdictAway) {
  const auto table = shipped(Pairing::paired, 200).table;
  for (std::size_t t = 1; t < table.b_min.size(); ++t)
    for (std::size_t a = 0; a < table.b_min[t - 1].size(); ++a)
      if (table.b_min[t - 1][a] <= static_cast<int>(t)) {
        EXPECT_LE(table.b_min[t][a], table.b_min[t - 1][a]) << t << ' ' << a;
      }
}

struct Cost {
  double p_a, p_b, rho, pairs_n, power;
};

TEST(ShippedTables, MatchedStartsCostAtMostSoManyPairs) {
  const auto table = shipped(Pairing::paired, 200).table;
  for (const auto& c : {Cost{.7, .9, 0, 53, .99}, Cost{.7, .9, .3, 41, .99}, Cost{.7, .9, .5, 33.5, .99},
                        Cost{.8, .9, 0, 120, .80}, Cost{.8, .9, .3, 99, .92}, Cost{.8, .9, .5, 80, .98},
                        Cost{.5, .7, .3, .80 * 75.3, .97}, Cost{.5, .7, .5, .62 * 75.3, .97}}) {
    const auto oc = comparison_characteristics(table, *pair_probabilities(c.p_a, c.p_b, c.rho));
    RecordProperty("pairs", std::to_string(oc->expected_pairs_n));
    EXPECT_LE(oc->expected_pairs_n, c.pairs_n) << c.p_a << ' ' << c.p_b << ' ' << c.rho;
    EXPECT_GE(oc->p_declare_b, c.power) << c.p_a << ' ' << c.p_b << ' ' << c.rho;
  }
}

/// Mean pairs and power published for STEP with n_max 200 on independent arms (arXiv 2503.10966 and its tests).
struct Peer {
  double p_a, p_b, pairs_n, power, share;
};

TEST(ShippedTables, UnmatchedStartsCostNoMoreThanThePeer) {
  const auto table = shipped(Pairing::unpaired, 200).table;
  for (const auto& c : {Peer{.5, .6, 150.4, .56, 1.01}, Peer{.7, .8, 138.8, .67, 1.01}, Peer{.8, .9, 119.2, .82, 1.01},
                        Peer{.5, .7, 75.3, .985, .97}, Peer{.6, .8, 68.2, .993, .97}, Peer{.7, .9, 55.4, .99, .97},
                        Peer{.5, .8, 39.1, .99, .88}, Peer{.9, .95, 156.5, .52, 1.01}, Peer{.56, .92, 25.3, .99, .88},
                        Peer{.28, .80, 17.8, .99, .88}}) {
    const auto oc = comparison_characteristics(table, *pair_probabilities(c.p_a, c.p_b));
    EXPECT_LE(oc->expected_pairs_n, c.share * c.pairs_n) << c.p_a << ' ' << c.p_b;
    EXPECT_GE(oc->p_declare_b, c.power - .05) << c.p_a << ' ' << c.p_b;
  }
}

TEST(ShippedTables, PairsInAnyDependenceKeepTheSizeUnmatchedOnesDoNot) {
  const auto paired = shipped(Pairing::paired, 200).table, unpaired = shipped(Pairing::unpaired, 200).table;
  for (const double rho : {-.3, 0.0, .3, .9})
    EXPECT_LE(comparison_characteristics(paired, *pair_probabilities(.6, .6, rho))->p_declare_b, .05) << rho;
  EXPECT_GT(comparison_characteristics(unpaired, *pair_probabilities(.6, .6, -.3))->p_declare_b, .08)
      << "why unmatched trials must be independent";
}

TEST(ShippedTables, LimitsAfterALongComparisonAreNotMuchWiderThanForFixedN) {
  for (const auto& [pairing, a, b, variance] : {std::tuple{Pairing::unpaired, 150, 160, .75 * .25 + .8 * .2},
                                                std::tuple{Pairing::paired, 20, 30, .25 - .05 * .05}}) {
    const auto limits = comparison_limits(shipped(pairing, 200).table, {{}, 200, a, b}, .95);
    ASSERT_TRUE(limits);
    std::printf("%d and %d of 200: %.4f … %.4f, p %.4f\n", a, b, limits->lower, limits->upper, limits->p_b_better);
    const double fixed = 2 * 1.645 * std::sqrt(variance / 200);
    EXPECT_NEAR((limits->lower + limits->upper) / 2, *limits->estimate, .02);
    EXPECT_GT(limits->upper - limits->lower, fixed);
    EXPECT_LT(limits->upper - limits->lower, 1.45 * fixed);
  }
}

TEST(ShippedTables, AVerdictAtTheLastPairStillExcludesZero) {
  for (const auto pairing : {Pairing::paired, Pairing::unpaired}) {
    const auto table = shipped(pairing, 50).table;
    for (int a = 0; a <= 16; a += 4) {
      const auto limits = comparison_limits(table, {{}, 50, a, table.b_min[49][static_cast<std::size_t>(a)]}, .95);
      EXPECT_LE(limits->p_b_better, .05);
      EXPECT_LE(limits->upper, 0) << a;
    }
  }
}

TEST(ComparisonFile, NoticesEveryChange) {
  const auto text = text_of(Pairing::paired, 20);
  auto json = nlohmann::json::parse(text);
  EXPECT_EQ(id_of(read_comparison(json.dump())), 0) << "layout does not matter";
  auto changed = json;
  changed["b_min"][15][0] = changed["b_min"][15][0].get<int>() - 1;
  EXPECT_EQ(id_of(read_comparison(changed.dump())), 1052);
  changed = json;
  changed["proof"]["bound"] = 0.0499;
  EXPECT_EQ(id_of(read_comparison(changed.dump())), 1052);
  // A forged hash does not help a table that declares too much.
  auto design = shipped(Pairing::paired, 20);
  for (std::size_t t = 8; t < 20; ++t) design.table.b_min[t][0] = 4;
  EXPECT_EQ(id_of(read_comparison(write_comparison(design))), 1053);
  design.proof.largest = design.proof.bound = 0.05;
  EXPECT_EQ(id_of(read_comparison(write_comparison(design))), 1053);
  EXPECT_EQ(id_of(prove_again(design)), 1053);
}

TEST(ComparisonFile, RefusesWhatIsNotATable) {
  EXPECT_EQ(id_of(read_comparison("")), 1051);
  EXPECT_EQ(id_of(read_comparison("[]")), 1051);
  EXPECT_EQ(id_of(read_comparison(std::string(5'000'000, ' '))), 1051);
  const auto json = nlohmann::json::parse(text_of(Pairing::unpaired, 20));
  for (const auto* member : {"schema", "pairing", "n_max", "alpha", "kappa", "risk_n", "proof", "b_min", "sha256"}) {
    auto changed = json;
    changed.erase(member);
    EXPECT_EQ(id_of(read_comparison(changed.dump())), 1051) << member;
    changed[member] = nullptr;
    EXPECT_EQ(id_of(read_comparison(changed.dump())), 1051) << member;
  }
  auto changed = json;
  changed["b_min"][0] = {1, 2, 3, 4};
  EXPECT_EQ(id_of(read_comparison(changed.dump())), 1051);
  changed = json;
  changed["n_max"] = 2'000'000'000;
  EXPECT_EQ(id_of(read_comparison(changed.dump())), 1036);
  changed = json;
  changed["proof"]["intervals_n"] = 0;
  EXPECT_EQ(id_of(read_comparison(changed.dump())), 1051);
}

}  // namespace
}  // namespace assay::metrics
