// Each action mode reaches what was asked, whatever the model's actuators are.
#include <gtest/gtest.h>

#include <cmath>

#include "tests/adapters/worlds.h"

namespace assay::test {
namespace {

struct Trial {
  std::unique_ptr<Robot> robot = make_mujoco_robot();
  Sample sample;

  explicit Trial(const assay::Setup& setup) {
    const auto ready = robot->reset(setup);
    EXPECT_TRUE(ready.ok()) << (ready.ok() ? "" : to_string(ready.error(), Lang::en));
    if (!ready.ok()) return;
    auto first = robot->begin({});
    EXPECT_TRUE(first.ok());
    if (first.ok()) sample = std::move(*first);
  }
  void advance(const Action& action, int periods = 1) {
    for (int i = 0; i < periods; ++i) {
      auto next = robot->advance(action);
      ASSERT_TRUE(next.ok()) << to_string(next.error(), Lang::en);
      sample = std::move(*next);
    }
  }
  const GroupState& state(const std::string& group) const { return *sample.observation.group(group); }
};

class BothArms : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Actuators, BothArms, testing::Values("motor", "position"));

TEST_P(BothArms, HoldHomeUntilCommanded) {
  Trial run(setup_of(two_joints(GetParam())));
  EXPECT_DOUBLE_EQ(run.state("arm").position_rad[0], 0.1);
  run.advance({}, 100);
  EXPECT_NEAR(run.state("arm").position_rad[0], 0.1, 1e-3);
  EXPECT_NEAR(run.state("arm").position_rad[1], -0.2, GetParam() == std::string("motor") ? 1e-3 : 0.01);  // servo sags
}

TEST_P(BothArms, ReachJointPositions) {
  Trial run(setup_of(two_joints(GetParam())));
  run.advance(command("arm", Mode::joint_position, {0.8, 0.4}), 100);
  EXPECT_NEAR(run.state("arm").position_rad[0], 0.8, 2e-3);
  EXPECT_NEAR(run.state("arm").position_rad[1], 0.4, GetParam() == std::string("motor") ? 2e-3 : 0.01);
  EXPECT_NEAR(run.state("arm").velocity_rad_s[0], 0, 1e-3);
}

TEST_P(BothArms, FollowJointVelocities) {
  Trial run(setup_of(two_joints(GetParam())));
  run.advance(command("arm", Mode::joint_velocity, {0.5, -0.3}), 25);
  const auto before = run.state("arm").position_rad;
  run.advance(command("arm", Mode::joint_velocity, {0.5, -0.3}), 50);
  EXPECT_NEAR(run.state("arm").position_rad[0] - before[0], 0.5, 0.01);
  EXPECT_NEAR(run.state("arm").position_rad[1] - before[1], -0.3, 0.01);
  run.advance({}, 1);  // not commanded: keeps its last command
  EXPECT_NEAR(run.state("arm").velocity_rad_s[0], 0.5, 0.02);
}

TEST_P(BothArms, GiveTheTorqueThatWasAsked) {
  // Joint 1 turns about the vertical: no gravity, so the work of the torque is all in the motion. With damping c
  // the speed tends to torque / c.
  Trial run(setup_of(two_joints(GetParam())));
  const double damping = GetParam() == std::string("motor") ? 0.1 : 40;
  const double torque = 0.2;
  run.advance(command("arm", Mode::joint_torque, {torque, 0}), 1);
  if (damping > 1) {
    run.advance(command("arm", Mode::joint_torque, {torque, 0}), 100);
    EXPECT_NEAR(run.state("arm").velocity_rad_s[0], torque / damping, 2e-4);
  } else {
    // Inertia about joint 1 by hand: rods of 0.3 m and 0.23 m (capsules), armature; hence a bound, not a value.
    EXPECT_GT(run.state("arm").velocity_rad_s[0], 0.02 * torque / 1.2);
    EXPECT_LT(run.state("arm").velocity_rad_s[0], 0.02 * torque / 0.3);
  }
}

TEST(MujocoControl, TorqueOnAServoEqualsTorqueOnAMotor) {
  // The same arm with motors and with servos whose damping is the same: torques must act alike.
  World motor = two_joints("motor"), servo = two_joints("position");
  for (World* world : {&motor, &servo})
    for (std::size_t at;
         (at = world->mjcf.find(world == &motor ? "damping=\"0.1\"" : "damping=\"40\"")) != std::string::npos;)
      world->mjcf.replace(at, world == &motor ? 13 : 12, "damping=\"1\"");
  motor.sha256 = servo.sha256 = "";
  Trial one(setup_of(motor)), two(setup_of(servo));
  for (int i = 0; i < 50; ++i) {
    const Action action = command("arm", Mode::joint_torque, {0.5 - 0.01 * i, 2.0});
    one.advance(action);
    two.advance(action);
  }
  for (std::size_t i = 0; i < 2; ++i)
    EXPECT_NEAR(one.state("arm").position_rad[i], two.state("arm").position_rad[i], 1e-9);
}

class BothSixJoints : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Actuators, BothSixJoints, testing::Values("motor", "position"));

TEST_P(BothSixJoints, DeltaPoseMovesTheTcpInTheArmsBaseFrame) {
  Trial run(setup_of(six_joints(GetParam())));
  run.advance({}, 50);
  const auto start = run.state("arm");
  // 10 cm forward and 5 cm down in 1 s, then stand.
  run.advance(command("arm", Mode::ee_delta_pose, {0.002, 0, -0.001, 0, 0, 0}), 50);
  const auto moved = run.state("arm");
  EXPECT_NEAR(moved.tcp_m[0] - start.tcp_m[0], 0.1, 0.008);  // on the way: lags little
  run.advance(command("arm", Mode::ee_delta_pose, {0, 0, 0, 0, 0, 0}), 50);
  const auto end = run.state("arm");
  EXPECT_NEAR(end.tcp_m[0] - start.tcp_m[0], 0.1, 2e-4);
  EXPECT_NEAR(end.tcp_m[1] - start.tcp_m[1], 0.0, 2e-4);
  EXPECT_NEAR(end.tcp_m[2] - start.tcp_m[2], -0.05, 2e-4);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_NEAR(end.tcp_wxyz[i], start.tcp_wxyz[i], 2e-3);
}

TEST_P(BothSixJoints, DeltaPoseTurnsAboutTheBasesAxes) {
  Trial run(setup_of(six_joints(GetParam())));
  const auto start = run.state("arm");
  run.advance(command("arm", Mode::ee_delta_pose, {0, 0, 0, 0, 0, 0.01}), 50);
  run.advance(command("arm", Mode::ee_delta_pose, {0, 0, 0, 0, 0, 0}), 50);
  const auto& end = run.state("arm");
  // end = turn · start, turn = 0.5 rad about z: w = c·w0 − s·z0.
  const double c = std::cos(0.25), s = std::sin(0.25);
  const double w = c * start.tcp_wxyz[0] - s * start.tcp_wxyz[3], x = c * start.tcp_wxyz[1] - s * start.tcp_wxyz[2];
  const double sign = w * end.tcp_wxyz[0] + x * end.tcp_wxyz[1] < 0 ? -1 : 1;
  EXPECT_NEAR(sign * end.tcp_wxyz[0], w, 2e-3);
  EXPECT_NEAR(sign * end.tcp_wxyz[1], x, 2e-3);
  EXPECT_NEAR(end.tcp_m[0], start.tcp_m[0], 3e-4);
}

TEST_P(BothSixJoints, AClosedLoopOfDeltasSettles) {
  // A policy that asks for all that is left, at most 4 mm per period, straight down 6 cm and 5 cm aside.
  Trial run(setup_of(six_joints(GetParam())));
  const auto start = run.state("arm").tcp_m;
  const double goal[3] = {start[0], start[1] + 0.05, start[2] - 0.06};
  double worst_after_3_s = 0;
  for (int i = 0; i < 250; ++i) {
    const auto& tcp = run.state("arm").tcp_m;
    double d[3], norm = 0;
    for (int k = 0; k < 3; ++k) d[k] = goal[k] - tcp[static_cast<std::size_t>(k)], norm += d[k] * d[k];
    norm = std::sqrt(norm);
    if (i > 150) worst_after_3_s = std::max(worst_after_3_s, norm);
    const double scale = norm > 0.004 ? 0.004 / norm : 1;
    run.advance(command("arm", Mode::ee_delta_pose, {d[0] * scale, d[1] * scale, d[2] * scale, 0, 0, 0}));
  }
  EXPECT_LT(worst_after_3_s, 5e-4);
}

TEST(MujocoControl, GripperMapsLinearlyAndReportsItsWidth) {
  assay::Setup setup = setup_of(fingers());
  setup.poses.push_back({"ball", {0, 9, 0, 0}});
  Trial run(setup);
  EXPECT_NEAR(run.state("gripper").position_rad[0], 0.08, 1e-9);  // starts open
  run.advance(command("gripper", Mode::gripper, {0}), 50);
  EXPECT_NEAR(run.state("gripper").position_rad[0], 0, 2e-3);
  run.advance(command("gripper", Mode::gripper, {0.5}), 1);  // half way between −10 N and 10 N: no force
  EXPECT_LT(std::abs(run.state("gripper").velocity_rad_s[0]), 0.05);
  run.advance(command("gripper", Mode::gripper, {1}), 50);
  EXPECT_NEAR(run.state("gripper").position_rad[0], 0.08, 5e-3);  // soft joint limits
}

TEST(MujocoControl, BaseFollowsATwistAndIsCutToItsLimits) {
  assay::Setup setup = setup_of(wheeled_base());
  setup.signals = {{SignalSpec::Kind::pose, "robot.base", ""}};
  Trial run(setup);
  run.advance({}, 10);
  run.advance(command("base", Mode::base_twist, {0.4, 0}), 100);
  EXPECT_NEAR(run.state("base").twist[0], 0.4, 0.01);
  EXPECT_NEAR(truth(*run.robot, run.sample, "robot.base.x_m"), 0.8, 0.05);
  EXPECT_NEAR(run.state("base").odometry[0], truth(*run.robot, run.sample, "robot.base.x_m"), 0.03);
  run.advance(command("base", Mode::base_twist, {0, 0.5}), 100);
  EXPECT_NEAR(run.state("base").odometry[2], 1.0, 0.05);
  const double yaw =
      2 * std::atan2(truth(*run.robot, run.sample, "robot.base.qz"), truth(*run.robot, run.sample, "robot.base.qw"));
  EXPECT_NEAR(yaw, run.state("base").odometry[2], 0.05);
  run.advance(command("base", Mode::base_twist, {-9, 0}), 50);
  EXPECT_NEAR(run.state("base").twist[0], -1.0, 0.02);
}

TEST(MujocoControl, WheelMotorsWorkToo) {
  World world =
      wheeled_base("<motor name=\"robot/wl\" joint=\"robot/jl\"/><motor name=\"robot/wr\" joint=\"robot/jr\"/>");
  assay::Setup setup = setup_of(world);
  const auto refused = make_mujoco_robot()->reset(setup);
  ASSERT_FALSE(refused.ok());  // no gains in the binding
  EXPECT_EQ(refused.error().id, 422);
  EXPECT_EQ(refused.error().found.rfind("subject:binding", 0), 0u);
  setup.world.groups[0].kd = {2, 2};
  Trial run(setup);
  run.advance(command("base", Mode::base_twist, {0.3, 0}), 100);
  EXPECT_NEAR(run.state("base").twist[0], 0.3, 0.02);
}

TEST(MujocoControl, DeclaredLatencyDelaysTheActionExactly) {
  assay::Setup setup = setup_of(two_joints("motor"));
  setup.latency_ns = 50'000'000;  // 2.5 control periods
  Trial late(setup);
  setup.latency_ns = 0;
  Trial prompt(setup);
  const Action action = command("arm", Mode::joint_position, {0.6, 0.2});
  late.advance(action);
  prompt.advance(action);
  EXPECT_NEAR(late.state("arm").position_rad[0], 0.1, 1e-6);
  EXPECT_GT(prompt.state("arm").position_rad[0], 0.105);
  late.advance(action);  // until 40 ms: still nothing
  EXPECT_NEAR(late.state("arm").position_rad[0], 0.1, 1e-6);
  late.advance(action);  // acts from 50 ms to 60 ms
  EXPECT_GT(late.state("arm").velocity_rad_s[0], 0.1);
}

TEST(MujocoControl, StopBringsTheArmToRestAndIsIdempotent) {
  for (const auto category : {StopCategory::cat0, StopCategory::cat1, StopCategory::cat2}) {
    Trial run(setup_of(two_joints("motor")));
    run.advance(command("arm", Mode::joint_velocity, {1.0, 0.5}), 40);
    const StopReport report = run.robot->stop(category);
    EXPECT_TRUE(report.requested);
    EXPECT_TRUE(report.confirmed) << static_cast<int>(category) << ' ' << report.detail;
    EXPECT_EQ(report.requested_at.ns, 800'000'000);
    EXPECT_GT(report.confirmed_at.ns, report.requested_at.ns);
    EXPECT_LE(report.confirmed_at.ns - report.requested_at.ns, 500'000'000);
    const StopReport again = run.robot->stop(StopCategory::cat2);
    EXPECT_EQ(again.confirmed_at.ns, report.confirmed_at.ns);
    const auto late = run.robot->advance({});
    ASSERT_FALSE(late.ok());
    EXPECT_EQ(late.error().id, 427);
  }
}

TEST(MujocoControl, StopHaltsTheBase) {
  for (const auto category : {StopCategory::cat0, StopCategory::cat2}) {
    Trial run(setup_of(wheeled_base()));
    run.advance(command("base", Mode::base_twist, {0.8, 0}), 60);
    const StopReport report = run.robot->stop(category);
    EXPECT_TRUE(report.confirmed) << static_cast<int>(category) << ' ' << report.detail;
  }
}

TEST(MujocoControl, StopWithoutAWorldIsHarmless) {
  auto robot = make_mujoco_robot();
  EXPECT_TRUE(robot->stop(StopCategory::cat0).confirmed);
  EXPECT_FALSE(robot->advance({}).ok());
  EXPECT_FALSE(robot->begin({}).ok());
}

}  // namespace
}  // namespace assay::test
