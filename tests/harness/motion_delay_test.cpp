// Command to motion from records whose delays are known exactly.
#include "harness/motion_delay.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "core/model/sample.h"

namespace assay::harness {
namespace {

constexpr double kPeriod_s = 0.02;

struct Record {
  Trace trace;
  MotionTimes times;
  std::vector<Group> groups;
};

/// A base that is told to go and to stand by turns, and does so `delay_s` after a command has come, `ramp_s` long; its
/// commands are under way for `way_s`. Samples are stamped when they were measured, which is not quite on the period.
Record record(double delay_s, double ramp_s, double way_s, double resolution_m = 0, double jitter = 0, int seed = 1) {
  Record out;
  Group base;
  base.kind = Group::Kind::base;
  base.name = "base";
  out.groups = {base};
  Stream commands{"/command", false, {{"base.mode", "1", ""}, {"base.command_00", "m/s", ""}}};
  Stream seen{"/observation",
              true,
              {{"base.odometry_x_m", "m", ""},
               {"base.odometry_y_m", "m", ""},
               {"base.odometry_yaw_rad", "rad", ""},
               {"base.speed_m_s", "m/s", ""}}};
  std::vector<double> turns_s;
  for (int i = 0; i < 12; ++i) turns_s.push_back(0.3 + i * 0.4137);
  for (int i = 0; i < 260; ++i) {
    const double t = i * kPeriod_s + 0.003;
    double ahead = 0;
    for (std::size_t k = 0; k < turns_s.size(); ++k)
      if (turns_s[k] <= t) ahead = k % 2 == 0 ? 0.3 : 0;
    const double row[] = {static_cast<double>(Mode::base_twist), ahead};
    const auto sent_ns = static_cast<std::int64_t>(t * 1e9);
    commands.append(sent_ns, row);
    out.times.commands.push_back({sent_ns, sent_ns + static_cast<std::int64_t>(2 * way_s * 1e9)});
  }
  std::mt19937_64 random(static_cast<std::uint64_t>(seed));
  std::vector<double> delays_s;
  for (std::size_t k = 0; k < turns_s.size(); ++k)
    delays_s.push_back(delay_s * (1 + jitter * (static_cast<double>(random() % 2001) / 1000 - 1)));
  const auto state = [&](double t, double& way_m, double& speed_m_s) {
    std::size_t turn = 0;
    way_m = speed_m_s = 0;
    for (std::size_t i = 0; i < commands.rows(); ++i) {
      const double before = i == 0 ? 0 : commands.row(i - 1)[1], change = commands.row(i)[1] - before;
      if (change == 0) continue;
      const double since_s = t - static_cast<double>(commands.t_ns[i]) * 1e-9 - way_s - delays_s.at(turn++);
      if (since_s <= 0) continue;
      const double share = ramp_s > 0 ? std::min(1.0, since_s / ramp_s) : 1;
      speed_m_s += change * share;
      way_m += change * (share < 1 ? since_s * share / 2 : since_s - ramp_s / 2);
    }
    if (resolution_m > 0) way_m = std::round(way_m / resolution_m) * resolution_m;
  };
  for (int i = 0; i < 260; ++i) {
    const double t = i * kPeriod_s + 0.0004 * (i * 7 % 5);
    double way_m = 0, speed_m_s = 0;
    state(t, way_m, speed_m_s);
    const double row[] = {way_m, 0, 0, speed_m_s};
    seen.append(std::int64_t{i} * 20'000'000, row);
    if (i > 0) out.times.measured_ns.push_back(static_cast<std::int64_t>(std::llround(t * 1e9)));
  }
  out.times.clock_bound_ns = [](std::int64_t) { return std::int64_t{15'000}; };
  out.trace.streams = {commands, seen};
  return out;
}

MotionDelay measured(const Record& r) {
  auto found = motion_delays(r.trace, r.groups, kPeriod_s, r.times);
  EXPECT_EQ(found.size(), 1u);
  return found.at(0);
}

TEST(MotionDelay, AStepWithinAPeriodIsFoundWithinIt) {
  for (const double delay_s : {0.0, 0.0002, 0.0137, 0.05, 0.21}) {
    SCOPED_TRACE(delay_s);
    constexpr double kWay_s = 0.00015;
    const auto found = measured(record(delay_s, 0, kWay_s));
    ASSERT_EQ(found.steps.size(), 12u);
    for (const auto& step : found.steps) {
      EXPECT_NEAR(step.delay_s, delay_s + kWay_s, 2e-6);  // from its going out: the way is in it
      EXPECT_LE(step.limits_s[0], delay_s);
      EXPECT_GE(step.limits_s[1], delay_s + kWay_s);
      EXPECT_LT(step.limits_s[1] - step.limits_s[0], 0.0004);
    }
    ASSERT_TRUE(found.correlation_s && found.correlation_limits_s);
    EXPECT_NEAR(*found.correlation_s, delay_s + kWay_s, 10e-6);
    EXPECT_LE((*found.correlation_limits_s)[0], delay_s);
    EXPECT_GE((*found.correlation_limits_s)[1], delay_s + kWay_s);
    EXPECT_LT((*found.correlation_limits_s)[1] - (*found.correlation_limits_s)[0], 0.0005);
  }
}

TEST(MotionDelay, WhatIsSeenCoarselyHasWiderLimitsAndTheyHold) {
  const auto found = measured(record(0.0137, 0, 0, 0.0005));  // half a millimetre at 0.3 m/s: 1.7 ms
  ASSERT_EQ(found.steps.size(), 12u);
  for (const auto& step : found.steps) {
    EXPECT_LE(step.limits_s[0], 0.0137);
    EXPECT_GE(step.limits_s[1], 0.0137);
    EXPECT_GT(step.limits_s[1] - step.limits_s[0], 0.0005);
    EXPECT_LT(step.limits_s[1] - step.limits_s[0], 0.005);
  }
}

TEST(MotionDelay, OfDelaysThatVaryTheLimitsHoldWhatTheyVaryAbout) {
  for (const double delay_s : {0.005, 0.02, 0.06, 0.2}) {
    int covered = 0;
    constexpr int kRecords = 100;
    for (int seed = 1; seed <= kRecords; ++seed) {
      const auto found = measured(record(delay_s, 0, 0, 0, 0.5, seed));
      ASSERT_TRUE(found.correlation_limits_s);
      const auto& limits = *found.correlation_limits_s;
      covered += limits[0] <= delay_s && limits[1] >= delay_s ? 1 : 0;
    }
    std::printf("delay %.3f s ± 50 %%: limits held it in %d of %d records\n", delay_s, covered, kRecords);
    EXPECT_GE(covered, kRecords * 95 / 100) << delay_s;
  }
}

TEST(MotionDelay, ASlowStartCrossesHalfOfItsSpeedAndIsKnownToAPeriod) {
  const auto found = measured(record(0.03, 0.1, 0));
  ASSERT_EQ(found.steps.size(), 12u);
  for (const auto& step : found.steps) {
    EXPECT_NEAR(step.delay_s, 0.08, 1e-4);  // half of the speed after half of the ramp
    EXPECT_NEAR(step.limits_s[1] - step.limits_s[0], kPeriod_s, 0.002);
  }
  EXPECT_NEAR(found.correlation_s.value_or(0), 0.08, kPeriod_s / 2);
  ASSERT_TRUE(found.correlation_limits_s);
  EXPECT_LE((*found.correlation_limits_s)[0], 0.08);
  EXPECT_GE((*found.correlation_limits_s)[1], 0.08);
}

TEST(MotionDelay, NothingIsSaidOfWhatNeverMoved) {
  auto r = record(0.5, 0, 0);  // longer than any command stood
  const auto late = measured(r);
  EXPECT_TRUE(late.steps.empty());
  EXPECT_EQ(late.correlation_limits_s, std::nullopt);
  r.times.measured_ns.pop_back();  // a record that does not fit together
  EXPECT_TRUE(motion_delays(r.trace, r.groups, kPeriod_s, r.times).empty());
}

}  // namespace
}  // namespace assay::harness
