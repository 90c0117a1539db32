#include "metrics/statistics/interlaboratory.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace assay::metrics {
namespace {

TEST(Interlaboratory, ByHand) {
  // Cells {1,3}, {4,6}, {7,9}: variances 2, means 2, 5, 8; s_d² = 2·18/2 = 18; n̄ = 2; s_L² = (18 − 2)/2 = 8.
  const auto x = interlaboratory({{1, 3}, {4, 6}, {7, 9}});
  ASSERT_TRUE(x.ok());
  EXPECT_DOUBLE_EQ(x->mean, 5);
  EXPECT_DOUBLE_EQ(x->s_r, std::sqrt(2.0));
  EXPECT_DOUBLE_EQ(x->s_l, std::sqrt(8.0));
  EXPECT_DOUBLE_EQ(x->s_R, std::sqrt(10.0));
  EXPECT_DOUBLE_EQ(x->R, 2.8 * std::sqrt(10.0));
  EXPECT_DOUBLE_EQ(x->cochran, 1.0 / 3);
  EXPECT_EQ(x->h, (std::vector<double>{-1, 0, 1}));
  EXPECT_EQ(x->k, (std::vector<double>{1, 1, 1}));
}

TEST(Interlaboratory, UnequalCells) {
  // {0,2}, {1,1,1,5}: variances 2 and 4; s_r² = (2 + 12)/4 = 3.5; N = 6, Σn² = 20, n̄ = 6 − 20/6 = 8/3;
  // means 1 and 2, of all 10/6; s_d² = 2·(2/3)² + 4·(1/3)² = 4/3 < s_r²: no variance between laboratories.
  const auto x = interlaboratory({{0, 2}, {1, 1, 1, 5}});
  ASSERT_TRUE(x.ok());
  EXPECT_DOUBLE_EQ(x->s_r, std::sqrt(3.5));
  EXPECT_EQ(x->s_l, 0);
  EXPECT_DOUBLE_EQ(x->s_R, x->s_r);
  // The same, moved apart by 10: s_d² = 2·(22/3)² + 4·(11/3)² = 484/3; s_L² = (484/3 − 3.5)/(8/3).
  const auto apart = interlaboratory({{0, 2}, {11, 11, 11, 15}});
  EXPECT_NEAR(apart->s_l, std::sqrt((484.0 / 3 - 3.5) / (8.0 / 3)), 1e-12);
}

TEST(Interlaboratory, ShiftAndScale) {
  const auto a = interlaboratory({{1, 3, 2}, {4, 6, 4}, {7, 9, 1}}),
             b = interlaboratory({{101, 103, 102}, {104, 106, 104}, {107, 109, 101}});
  EXPECT_NEAR(a->s_r, b->s_r, 1e-12);
  EXPECT_NEAR(a->s_R, b->s_R, 1e-12);
  EXPECT_NEAR(a->mean + 100, b->mean, 1e-12);
}

TEST(Interlaboratory, WhatIsNoStudy) {
  const double inf = std::numeric_limits<double>::infinity();
  EXPECT_EQ(interlaboratory({}).error().id, 1033);
  EXPECT_EQ(interlaboratory({{1, 2}}).error().id, 1033);
  EXPECT_EQ(interlaboratory({{1, 2}, {1}}).error().id, 1033);
  EXPECT_EQ(interlaboratory({{1, 2}, {1, inf}}).error().id, 1030);
  const auto same = interlaboratory({{1, 1}, {1, 1}});
  ASSERT_TRUE(same.ok());
  EXPECT_EQ(same->R, 0);
  EXPECT_EQ(same->h, (std::vector<double>{0, 0}));
}

}  // namespace
}  // namespace assay::metrics
