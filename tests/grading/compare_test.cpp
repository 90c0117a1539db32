// Which trials of two sessions stand against each other; what forbids a comparison; what it says.
#include "grading/compare.h"

#include <gtest/gtest.h>

#include "world.h"

namespace assay::grading::testing {
namespace {

/// Declares B after eight pairs that B alone passed, A likewise; nothing else.
metrics::ComparisonTable eight_in_a_row() {
  metrics::ComparisonTable table;
  table.n_max = 20;
  for (int t = 1; t <= table.n_max; ++t) {
    std::vector<int> row;
    for (int a = 0; a <= t; ++a) row.push_back(a + 8);
    table.b_min.push_back(row);
  }
  return table;
}

class Compare : public ::testing::Test {
 protected:
  void SetUp() override {
    plan_a_ = plan_of(small_scheme(), small_subject("all", 1));
    plan_a_.session_seed = "seed";
    plan_a_.suite_sha256 = "suite";
    plan_a_.engine = "engine";
    plan_b_ = plan_a_;
  }
  Result<Comparison> run() {
    return compare({"A", &plan_a_, &a_.trials()}, {"B", &plan_b_, &b_.trials()}, eight_in_a_row(), 0.05);
  }
  static const ComparedSeries& sorting(const Comparison& comparison) {
    for (const auto& row : comparison.series)
      if (row.task == kSort) return row;
    throw std::runtime_error("no row of sorting");
  }
  Plan plan_a_, plan_b_;
  Session a_, b_;
};

TEST_F(Compare, EqualIndicesArePairedAndTheTestStopsAtItsBoundary) {
  a_.add_word(kSort, 1, "ffffffffss");
  b_.add_word(kSort, 1, "ssssssssff");
  const auto result = run();
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->pairing, metrics::Pairing::paired);
  const auto& row = sorting(*result);
  EXPECT_EQ(row.pairs.size(), 10U);
  EXPECT_EQ(row.b_only, 8);
  EXPECT_EQ(row.a_only, 2);
  EXPECT_EQ(row.state.verdict, metrics::ComparisonVerdict::b_better);
  EXPECT_EQ(row.state.pairs_n, 8);
  ASSERT_TRUE(row.limits);
  EXPECT_LT(row.limits->upper, 0);
  EXPECT_LE(row.limits->p_b_better, 0.05);
  EXPECT_GE(row.p_b_adjusted, row.limits->p_b_better);
  EXPECT_EQ(result->pooled.pairs.size(), 10U);
  EXPECT_TRUE(result->notes.empty());
}

TEST_F(Compare, ExchangingTheRobotsExchangesTheVerdict) {
  a_.add_word(kSort, 1, "ssssssss");
  b_.add_word(kSort, 1, "ffffffff");
  const auto result = run();
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(sorting(*result).state.verdict, metrics::ComparisonVerdict::a_better);
  EXPECT_GT(sorting(*result).limits->lower, 0);
}

TEST_F(Compare, VoidsAndIndicesOfOneSideAloneAreDroppedAndCounted) {
  a_.add_word(kSort, 1, "sessss");
  b_.add_word(kSort, 1, "sss");
  const auto result = run();
  ASSERT_TRUE(result.ok());
  const auto& row = sorting(*result);
  EXPECT_EQ(row.pairs.size(), 2U);
  EXPECT_EQ(row.dropped, 4);
  EXPECT_EQ(row.pairs[1].index, 2);
}

TEST_F(Compare, UnsafeIsNoSuccess) {
  a_.add_word(kSort, 1, "uuuuuuuu");
  b_.add_word(kSort, 1, "ssssssss");
  EXPECT_EQ(sorting(*run()).state.verdict, metrics::ComparisonVerdict::b_better);
}

TEST_F(Compare, OtherSeedsAreUnpairedAndOtherBuildsAreNoted) {
  a_.add_word(kSort, 1, "ss");
  b_.add_word(kSort, 1, "ss");
  plan_b_.session_seed = "another";
  plan_b_.build = "another";
  const auto result = run();
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->pairing, metrics::Pairing::unpaired);
  EXPECT_EQ(result->notes.size(), 2U);
}

TEST_F(Compare, WhatCannotBeComparedIsRefusedWithItsReason) {
  const auto refused = [&](const char* word) {
    const auto result = run();
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.error().id, 610);
    EXPECT_NE(result.error().what.en.find(word), std::string::npos) << result.error().what.en;
    EXPECT_FALSE(result.error().what.zh.empty());
  };
  plan_b_.suite_sha256 = "another";
  refused("suites");
  plan_b_ = plan_a_;
  plan_b_.engine = "another";
  refused("simulator");
  plan_b_ = plan_a_;
  plan_b_.series.clear();
  refused("no task");
  plan_b_ = plan_a_;
  EXPECT_EQ(compare({"A", &plan_a_, &a_.trials()}, {"A", &plan_a_, &a_.trials()}, eight_in_a_row(), 0.05).error().id,
            610);
}

TEST_F(Compare, NoTrialsAreNoVerdict) {
  const auto result = run();
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->pooled.state.verdict, metrics::ComparisonVerdict::undecided);
  EXPECT_FALSE(result->pooled.limits);
}

/// Each session stops by its own outcomes: seven failures in a row ended B's, and that is no random place to look.
TEST_F(Compare, PairsThatRanOutCarryNoLimits) {
  a_.add_word(kSort, 1, "sssssssss");
  b_.add_word(kSort, 1, "fffffff");
  const auto result = run();
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(sorting(*result).state.verdict, metrics::ComparisonVerdict::undecided);
  EXPECT_EQ(sorting(*result).state.pairs_n, 7);
  EXPECT_FALSE(sorting(*result).limits);
  EXPECT_FALSE(sorting(*result).p_a_adjusted);
}

}  // namespace
}  // namespace assay::grading::testing
