// What a simulated controller makes of its own sensors and of its load: what was put in is noticed, in time, and
// nothing else.
#include "adapters/mujoco/self_check.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/random.h"

namespace assay::mujoco {
namespace {

constexpr double kPeriod_s = 0.01;

Setup setup_with(Group::Kind kind) {
  Setup setup;
  setup.control_period_ns = 10'000'000;
  Group group;
  group.name = "g";
  group.kind = kind;
  setup.world.groups = {group};
  return setup;
}

Stimulus failing(Stimulus::Sensor sensor, Stimulus::Fault fault, double offset = 0) {
  Stimulus out;
  out.kind = Stimulus::Kind::sensor_fault;
  out.sensor = sensor;
  out.fault = fault;
  out.offset = offset;
  return out;
}

/// A joint that turns to and fro at up to 0.6 rad/s, or a base that drives at 0.4 m/s; the scanner turns each 0.1 s.
Observation at(int tick, bool base, Rng& rng, double sigma) {
  Observation out;
  const double t = tick * kPeriod_s;
  GroupState state;
  state.group = "g";
  if (base) {
    state.odometry = {0.4 * t + sigma * rng.normal(), 0, 0};
    state.twist = {0.4, 0};
    RangeScan scan;
    scan.max_m = 8;
    scan.range_m = {8, static_cast<float>(3 - 0.4 * std::floor(t / 0.1) * 0.1)};
    scan.fresh = tick % 10 == 0;
    out.scans = {scan};
  } else {
    state.position_rad = {0.3 * std::sin(2 * t) + sigma * rng.normal()};
    state.velocity_rad_s = {0.6 * std::cos(2 * t)};
  }
  out.groups = {state};
  return out;
}

/// Seconds from the fault, at `from`, to the first doubt; −1: never.
double noticed_s(bool base, const Stimulus& fault, int from = 100, int ticks = 400, double sigma = 1e-5) {
  SelfCheck check;
  check.reset(setup_with(base ? Group::Kind::base : Group::Kind::arm));
  Rng rng(StreamKey{1, 2});
  for (int tick = 0; tick < ticks; ++tick) {
    Observation seen = at(tick, base, rng, sigma);
    if (!base && fault.fault == Stimulus::Fault::offset && tick >= from) seen.groups[0].position_rad[0] += fault.offset;
    check.look(tick >= from ? &fault : nullptr, false, seen);
    if (check.sensors_doubtful()) return (tick - from) * kPeriod_s;
  }
  return -1;
}

using Sensor = Stimulus::Sensor;
using Fault = Stimulus::Fault;

TEST(SelfCheck, SoundSensorsAreNeverDoubted) {
  for (const bool base : {false, true})
    EXPECT_EQ(noticed_s(base, failing(Sensor::joints, Fault::freeze), 100'000, 20'000), -1) << base;
}

TEST(SelfCheck, AFrozenEncoderIsNoticedAfterItsWay) {
  // At tick 100 the joint turns at 0.6·cos(2) = −0.25 rad/s and faster after: 0.02 rad are gone in some 70 ms.
  const double found = noticed_s(false, failing(Sensor::joints, Fault::freeze));
  EXPECT_GT(found, 0.04);
  EXPECT_LT(found, 0.10);
  EXPECT_GT(noticed_s(false, failing(Sensor::joints, Fault::silent)), 0);
}

TEST(SelfCheck, AJumpIsNoticedAtOnceAndASmallOneNot) {
  EXPECT_EQ(noticed_s(false, failing(Sensor::joints, Fault::offset, 0.05)), 0);
  EXPECT_EQ(noticed_s(false, failing(Sensor::joints, Fault::offset, 0.01)), -1);
}

TEST(SelfCheck, AFrozenOdometryIsNoticedAfterItsWay) {
  // 0.03 m at 0.4 m/s, and what is forgotten on the way.
  EXPECT_NEAR(noticed_s(true, failing(Sensor::odometry, Fault::freeze)), 0.03 / 0.4, 0.02);
}

TEST(SelfCheck, AScannerIsNoticedAfterThreeTurns) {
  EXPECT_NEAR(noticed_s(true, failing(Sensor::range, Fault::silent)), 0.3, 0.11);
  EXPECT_NEAR(noticed_s(true, failing(Sensor::range, Fault::freeze)), 0.3, 0.11);
}

TEST(SelfCheck, ALoadThatLeavesTheHandIsLostAndOneThatIsPutDownIsNot) {
  const auto lost = [](bool opens) {
    SelfCheck check;
    check.reset(setup_with(Group::Kind::arm));
    for (int tick = 0; tick < 200; ++tick) {
      Observation seen;
      GroupState state;
      state.position_rad = state.velocity_rad_s = {0};
      state.tcp_force_n = {0, 0, tick < 20 || tick >= 100 ? 0.0 : -1.0};
      seen.groups = {state};
      check.look(nullptr, tick < 95 || !opens, seen);
      EXPECT_TRUE(tick != 60 || check.carries());
      EXPECT_TRUE(tick != 103 || !check.load_lost());
    }
    return check.load_lost();
  };
  EXPECT_TRUE(lost(false));
  EXPECT_FALSE(lost(true));
}

}  // namespace
}  // namespace assay::mujoco
