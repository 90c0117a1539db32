// Sensors and actuators that fail on command: bias, losses, weakness.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>

#include "tests/adapters/worlds.h"

namespace assay::test {
namespace {

constexpr std::int64_t kAlways = std::numeric_limits<std::int64_t>::max();

StreamKey key_of(const char* name) { return child_key(stream_key("seed", "t", 1, 0, Source::sensor_noise), name); }

std::vector<Sample> run(Robot& robot, const assay::Setup& setup, const Action& action, int periods) {
  std::vector<Sample> samples;
  const auto ready = robot.reset(setup);
  EXPECT_TRUE(ready.ok()) << (ready.ok() ? "" : to_string(ready.error(), Lang::en));
  if (!ready.ok()) return samples;
  samples.push_back(*robot.begin({}));
  for (int i = 0; i < periods; ++i) samples.push_back(*robot.advance(action));
  return samples;
}

/// Ten fixed bodies in sight of an arm; every control period is a look.
assay::Setup row_of_things() {
  World world = two_joints("motor");
  for (int i = 0; i < 10; ++i)
    world.mjcf.insert(world.mjcf.find("</worldbody>"), "<body name=\"t" + std::to_string(i) + "\" pos=\"2 " +
                                                           std::to_string(i) + " 0\"><geom size=\"0.05\"/></body>");
  assay::Setup setup = setup_of(world_of(world.mjcf, world.groups));
  setup.control_period_ns = 100'000'000;
  for (int i = 0; i < 10; ++i)
    setup.detectables.push_back({"t" + std::to_string(i), "t" + std::to_string(i), "thing", {}});
  return setup;
}

TEST(MujocoDegraded, ABiasMovesEveryDetectionByExactlyThat) {
  auto robot = make_mujoco_robot();
  assay::Setup setup = row_of_things();
  setup.noise = {{"detections", 0.01, key_of("detections")}};
  const auto clean = run(*robot, setup, {}, 3);
  setup.biases = {{"detections", {0.03, -0.02, 0}}};
  const auto biased = run(*robot, setup, {}, 3);
  for (std::size_t t = 0; t < clean.size(); ++t)
    for (std::size_t i = 0; i < 10; ++i) {
      const auto& a = clean[t].observation.detections.at(i).position_m;
      const auto& b = biased[t].observation.detections.at(i).position_m;
      EXPECT_NEAR(b[0] - a[0], 0.03, 1e-12);
      EXPECT_NEAR(b[1] - a[1], -0.02, 1e-12);
      EXPECT_EQ(b[2], a[2]);
    }
}

TEST(MujocoDegraded, DropoutLosesItsShareAndMovesNoNoise) {
  auto robot = make_mujoco_robot();
  assay::Setup setup = row_of_things();
  setup.noise = {{"detections", 0.01, key_of("detections")}};
  constexpr int kLooks = 100;
  const auto clean = run(*robot, setup, {}, kLooks - 1);
  setup.sensor_faults = {{"detections", 0.3, 0, kAlways, key_of("losses")}};
  const auto lossy = run(*robot, setup, {}, kLooks - 1);
  const auto again = run(*robot, setup, {}, kLooks - 1);
  int lost = 0;
  for (std::size_t t = 0; t < clean.size(); ++t) {
    const auto& all = clean[t].observation.detections;
    const auto& left = lossy[t].observation.detections;
    ASSERT_EQ(all.size(), 10u);
    lost += static_cast<int>(all.size() - left.size());
    ASSERT_EQ(again[t].observation.detections.size(), left.size());
    for (const auto& detection : left)
      EXPECT_EQ(detection.position_m, all.at(static_cast<std::size_t>(detection.label[1] - '0')).position_m);
  }
  EXPECT_NEAR(lost, 300, 58);  // 1000 draws of 0.3: four standard deviations
}

TEST(MujocoDegraded, ABlackoutIsSilentInItsWindowAndNowhereElse) {
  auto robot = make_mujoco_robot();
  assay::Setup setup = row_of_things();
  setup.sensor_faults = {{"detections", 1, 500'000'000, 900'000'000, key_of("losses")}};
  for (const auto& sample : run(*robot, setup, {}, 15)) {
    const bool silent = sample.time.ns >= 500'000'000 && sample.time.ns < 900'000'000;
    EXPECT_EQ(sample.observation.detections.size(), silent ? 0u : 10u) << sample.time.ns;
  }
}

TEST(MujocoDegraded, ALostBeamReadsMax) {
  auto robot = make_mujoco_robot();
  assay::Setup setup = setup_of(wheeled_base());
  setup.noise = {{"range", 0.02, key_of("range")}};
  const auto clean = run(*robot, setup, {}, 0);
  setup.sensor_faults = {{"range", 0.5, 0, kAlways, key_of("losses")}};
  const auto lossy = run(*robot, setup, {}, 0);
  int lost = 0;
  for (std::size_t i = 0; i < 36; ++i) {
    const float was = clean[0].observation.scans.at(0).range_m.at(i),
                is = lossy[0].observation.scans.at(0).range_m.at(i);
    if (is == was) continue;
    EXPECT_EQ(is, 5.0F);
    ++lost;
  }
  EXPECT_GT(lost, 3);
  setup.sensor_faults[0].share = 1;
  const auto blind = run(*robot, setup, {}, 0);
  for (const float range : blind[0].observation.scans.at(0).range_m) EXPECT_EQ(range, 5.0F);
}

TEST(MujocoDegraded, AWeakGripperPressesLessFromItsTimeOn) {
  auto robot = make_mujoco_robot();
  assay::Setup setup = setup_of(fingers());
  setup.limits.push_back({Limit::Quantity::contact_force_n, "squeeze", "robot", "ball", 1000, "test"});
  setup.actuator_faults = {{"gripper", 0.5, 1'000'000'000}};
  const auto samples = run(*robot, setup, command("gripper", Mode::gripper, {0}), 100);
  const double before = peak(*robot, samples[49], "contact_force.squeeze");
  EXPECT_NEAR(before, 20, 0.5);
  EXPECT_NEAR(peak(*robot, samples[100], "contact_force.squeeze"), before / 2, 0.3);
}

TEST(MujocoDegraded, AWeakBaseIsSlowerAtTheSameCommand) {
  auto robot = make_mujoco_robot();
  assay::Setup setup = setup_of(wheeled_base());
  setup.actuator_faults = {{"base", 0.4, 1'000'000'000}};
  const auto samples = run(*robot, setup, command("base", Mode::base_twist, {0.8, 0}), 100);
  EXPECT_NEAR(samples[49].observation.group("base")->twist[0], 0.8, 0.04);
  EXPECT_NEAR(samples[100].observation.group("base")->twist[0], 0.4, 0.02);
}

TEST(MujocoDegraded, AWeakArmIsSlowerInEveryMode) {
  const std::pair<Mode, std::vector<double>> commands[] = {{Mode::joint_position, {1.2, 0.4, 1.3, 0, 1.3, 0}},
                                                           {Mode::joint_velocity, {1.8, 0, 0, 0, 0, 0}},
                                                           {Mode::ee_delta_pose, {0, 0.02, 0, 0, 0, 0}}};
  for (const auto& [mode, values] : commands) {
    const auto fastest = [&, &m = mode, &v = values](double factor) {
      auto robot = make_mujoco_robot();
      assay::Setup setup = setup_of(six_joints("motor"));
      if (factor < 1) setup.actuator_faults = {{"arm", factor, 0}};
      double ratio = 0;
      for (const auto& sample : run(*robot, setup, command("arm", m, v), 30))
        ratio = std::max(ratio, peak(*robot, sample, "joint_speed_ratio"));
      return ratio;
    };
    SCOPED_TRACE(static_cast<int>(mode));
    EXPECT_GT(fastest(1), 0.5);
    EXPECT_LT(fastest(0.2), 0.2 * 1.3);  // the servo overshoots as it starts
    EXPECT_GT(fastest(0.2), 0.2 * 0.8);  // it moves all the same
  }
}

TEST(MujocoDegraded, FaultsThatFitNothingAreRefused) {
  const auto refused = [](const std::function<void(assay::Setup&)>& change) {
    auto robot = make_mujoco_robot();
    assay::Setup setup = setup_of(fingers());
    change(setup);
    const auto ready = robot->reset(setup);
    return !ready.ok() && ready.error().id == 421;
  };
  EXPECT_TRUE(refused([](auto& s) { s.biases = {{"range", {0.1, 0, 0}}}; }));
  EXPECT_TRUE(refused([](auto& s) { s.biases = {{"detections", {std::nan(""), 0, 0}}}; }));
  EXPECT_TRUE(refused([](auto& s) { s.sensor_faults = {{"joints", 0.1, 0, kAlways, {}}}; }));
  EXPECT_TRUE(refused([](auto& s) { s.sensor_faults = {{"range", 1.5, 0, kAlways, {}}}; }));
  EXPECT_TRUE(refused([](auto& s) { s.actuator_faults = {{"leg", 0.5, 0}}; }));
  EXPECT_TRUE(refused([](auto& s) { s.actuator_faults = {{"gripper", 0, 0}}; }));
  EXPECT_TRUE(refused([](auto& s) { s.detector.range_m = -1; }));
  EXPECT_FALSE(refused([](auto& s) { s.actuator_faults = {{"gripper", 0.5, 0}}; }));
}

}  // namespace
}  // namespace assay::test
