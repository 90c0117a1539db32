// Latency, delay; the size of temporal logic that is evaluated.
#include "metrics/measures/latency.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

#include "core/random.h"
#include "metrics/condition.h"
#include "metrics/measures/delay.h"
#include "tests/metrics/trace_builder.h"

namespace assay::metrics {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

TEST(Latency, BadInputIsATypedError) {
  const std::vector<double> x{0.1, 0.2};
  EXPECT_EQ(latency_summary(std::vector<double>{kNan}, {}).error().id, 1030);
  EXPECT_EQ(latency_summary(x, std::vector<double>{1.5}).error().id, 1031);
  EXPECT_EQ(latency_summary(x, std::vector<double>{kNan}).error().id, 1031);
  EXPECT_EQ(latency_jitter(std::vector<double>{0, 0}, 0.1).error().id, 1035);
  EXPECT_EQ(latency_jitter(x, 0).error().id, 1032);
  EXPECT_EQ(latency_deadline(x, 0.1, 1).error().id, 1032);
  EXPECT_EQ(latency_deadline(x, kNan, 2).error().id, 1032);
  EXPECT_EQ(fill_omitted(x, 0).error().id, 1032);
  EXPECT_EQ(fill_omitted(std::vector<double>{1e9}, 1e-3).error().id, 1039);
}

TEST(Latency, QuantilesRiseWithTheProbabilityAndLieWithinTheRecord) {
  Rng rng(StreamKey{5, 6});
  std::vector<double> x, p;
  for (int i = 0; i < 137; ++i) x.push_back(rng.uniform(0, 1));
  for (int i = 0; i <= 1000; ++i) p.push_back(i / 1000.0);
  const auto summary = latency_summary(x, p);
  ASSERT_TRUE(summary);
  for (const auto* q : {&summary->quantile_type7_s, &summary->quantile_order_s}) {
    EXPECT_EQ(q->front(), summary->min_s);
    EXPECT_EQ(q->back(), summary->max_s);
    EXPECT_TRUE(std::is_sorted(q->begin(), q->end()));
  }
}

TEST(Latency, WhatCoordinatedOmissionHid) {
  const auto filled = fill_omitted(std::vector<double>{0.01, 0.045, 0.02}, 0.01);
  ASSERT_TRUE(filled);
  const std::vector<double> expected{0.01, 0.045, 0.035, 0.025, 0.015, 0.02, 0.01};
  ASSERT_EQ(filled->size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR((*filled)[i], expected[i], 1e-12);
}

TEST(Delay, BadInputIsATypedError) {
  const std::vector<double> t{0, 1}, x{0, 1}, y{0};
  EXPECT_EQ(threshold_delay({t, y, 0.5}, {t, x, 0.5}, Crossing::rising).error().id, 1034);
  EXPECT_EQ(threshold_delay({t, x, kNan}, {t, x, 0.5}, Crossing::rising).error().id, 1030);
  EXPECT_EQ(threshold_delay({x, x, 0.5}, {std::vector<double>{1, 0}, x, 0.5}, Crossing::rising).error().id, 1035);
  EXPECT_EQ(correlation_delay(x, y, 0.1, 1).error().id, 1034);
  EXPECT_EQ(correlation_delay(x, x, 0, 1).error().id, 1032);
  EXPECT_EQ(correlation_delay(x, x, 0.1, -1).error().id, 1032);
  const std::vector<double> large(200'000, 1);
  EXPECT_EQ(correlation_delay(large, large, 1, 1e9).error().id, 1039);
}

TEST(Delay, ASignalAgainstItselfHasNone) {
  Rng rng(StreamKey{7, 8});
  std::vector<double> x;
  for (int i = 0; i < 200; ++i) x.push_back(rng.normal());
  const auto delay = correlation_delay(x, x, 0.01, 0.5);
  EXPECT_EQ(delay->lag_samples, 0);
  EXPECT_NEAR(*delay->peak_correlation, 1, 1e-12);
  std::vector<double> scaled;
  for (const double value : x) scaled.push_back(3 * value - 7);
  EXPECT_EQ(correlation_delay(x, scaled, 0.01, 0.5)->lag_samples, 0);
  const auto falling = threshold_delay({x, x, 0}, {x, x, 0}, Crossing::falling);
  EXPECT_FALSE(falling);  // not a time axis
}

TEST(TemporalLogic, ATooDeepTreeIsRefusedAndItsSignalsAreStillFound) {
  auto condition = above("a", 0);
  for (int i = 0; i < 5000; ++i) condition = node(Op::not_, {std::move(condition)});
  const auto truth = make_stream({0}, {{"a.z_m", {1}}});
  EXPECT_EQ(robustness(condition, truth).error().id, 1003);
  EXPECT_EQ(required_signals(condition).size(), 1u);
}

/// Whatever the window: a quadratic evaluation of these windows would take minutes.
TEST(TemporalLogic, WindowsOfHalfTheRecordTakeLinearTime) {
  Rng rng(StreamKey{9, 10});
  std::vector<std::int64_t> stamps;
  std::vector<double> z;
  for (int i = 0; i < 300'000; ++i) {
    stamps.push_back(i * 1'000'000LL);
    z.push_back(rng.normal());
  }
  const auto truth = make_stream(stamps, {{"a.z_m", z}});
  const auto hold = node(Op::holds_for, {above("a", -10)}, 0, 0, 150'000'000'000);
  const auto condition = node(Op::within, {hold}, 0, 150'000'000'000);
  const auto begin = std::chrono::steady_clock::now();
  const auto values = robustness(condition, truth);
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
  ASSERT_TRUE(values);
  EXPECT_GT(values->front(), 0);
  EXPECT_LT(taken.count(), 2);
}

TEST(TemporalLogic, InsideIsTheSmallestDistanceToTheSidesOfTheBox) {
  Rng rng(StreamKey{11, 12});
  Columns columns = constant_pose("box", {1, 2, 3, 1, 0, 0, 0}, 100) + constant_pose("a", {0, 0, 0, 1, 0, 0, 0}, 100);
  for (std::size_t k = 7; k < 10; ++k)
    for (auto& value : columns[k].second) value = 4 * rng.normal();
  std::vector<std::int64_t> stamps;
  for (int i = 0; i < 100; ++i) stamps.push_back(i);
  auto inside = predicate(Op::inside, "a", "box");
  const double half[] = {0.5, 2, 3};
  std::copy(half, half + 3, inside.half_m);
  const auto values = robustness(inside, make_stream(stamps, columns));
  ASSERT_TRUE(values);
  for (std::size_t i = 0; i < 100; ++i) {
    double least = HUGE_VAL;
    for (std::size_t k = 0; k < 3; ++k) {
      const double p = columns[7 + k].second[i], centre = static_cast<double>(k) + 1;
      least = std::min({least, p - (centre - half[k]), centre + half[k] - p});
    }
    EXPECT_NEAR((*values)[i], least, 1e-12);
  }
}

}  // namespace
}  // namespace assay::metrics
