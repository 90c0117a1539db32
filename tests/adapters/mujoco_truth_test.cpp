// Truth, peaks, limits, actors, pushes and sensors against values known by hand.
#include <gtest/gtest.h>

#include <cmath>

#include "tests/adapters/worlds.h"

namespace assay::test {
namespace {

using Kind = SignalSpec::Kind;

std::vector<Sample> run(Robot& robot, const assay::Setup& setup, const Action& action, int periods) {
  std::vector<Sample> samples;
  const auto ready = robot.reset(setup);
  EXPECT_TRUE(ready.ok()) << (ready.ok() ? "" : to_string(ready.error(), Lang::en));
  if (!ready.ok()) return samples;
  samples.push_back(*robot.begin({}));
  for (int i = 0; i < periods; ++i) {
    auto next = robot.advance(action);
    EXPECT_TRUE(next.ok()) << (next.ok() ? "" : to_string(next.error(), Lang::en));
    if (!next.ok()) break;
    samples.push_back(std::move(*next));
  }
  return samples;
}

TEST(MujocoTruth, RowsStandAtTheControlPeriodFromZero) {
  auto robot = make_mujoco_robot();
  assay::Setup setup = setup_of(fingers());
  setup.signals = {{Kind::pose, "ball", ""}, {Kind::pose, "no_such_thing", ""}, {Kind::twist, "person", ""}};
  const auto samples = run(*robot, setup, {}, 3);
  ASSERT_EQ(samples.size(), 4u);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(samples[i].time.ns, static_cast<std::int64_t>(i) * 20'000'000);
    EXPECT_EQ(samples[i].truth.size(), robot->describe().truth_channels.size());
    EXPECT_EQ(samples[i].peaks.size(), robot->describe().peak_channels.size());
  }
  ASSERT_EQ(robot->describe().missing_signals.size(), 1u);
  EXPECT_EQ(robot->describe().missing_signals[0].a, "no_such_thing");
  EXPECT_EQ(robot->describe().engine, "MuJoCo 2.2.2");
  EXPECT_EQ(robot->describe().truth_channels[0].name, "ball.x_m");
  EXPECT_EQ(robot->describe().truth_channels[12].name, "person.wz_rad_s");
}

TEST(MujocoTruth, AnImpulseChangesSpeedByJOverM) {
  auto robot = make_mujoco_robot();
  assay::Setup setup = setup_of(fingers());
  setup.signals = {{Kind::twist, "block", ""}, {Kind::pose, "block", ""}};
  setup.pushes.push_back({"block", 41'000'000, {-0.6, 0, 0.2}});  // not on a step: the next one
  const auto samples = run(*robot, setup, {}, 10);
  EXPECT_EQ(truth(*robot, samples[2], "block.vx_m_s"), 0);
  EXPECT_NEAR(truth(*robot, samples[3], "block.vx_m_s"), -0.3, 1e-12);  // 2 kg; window ends at 52 ms
  EXPECT_NEAR(truth(*robot, samples[10], "block.vx_m_s"), -0.3, 1e-12);
  EXPECT_NEAR(truth(*robot, samples[10], "block.vz_m_s"), 0.1, 1e-12);
  EXPECT_NEAR(truth(*robot, samples[10], "block.wy_rad_s"), 0, 1e-9);
  EXPECT_NEAR(truth(*robot, samples[10], "block.x_m"), 5 - 0.3 * (0.2 - 0.047), 1e-3);
}

TEST(MujocoTruth, MassFactorsScaleTheResponse) {
  auto robot = make_mujoco_robot();
  assay::Setup setup = setup_of(fingers());
  setup.signals = {{Kind::twist, "block", ""}};
  setup.pushes.push_back({"block", 0, {-0.6, 0, 0}});
  setup.mass.push_back({"*", 1.5});
  const auto samples = run(*robot, setup, {}, 2);
  EXPECT_NEAR(truth(*robot, samples[2], "block.vx_m_s"), -0.2, 1e-12);
}

TEST(MujocoTruth, ContactAndGraspAndForces) {
  auto robot = make_mujoco_robot();
  assay::Setup setup = setup_of(fingers());
  setup.signals = {{Kind::contact, "robot", "ball"},
                   {Kind::grasp, "ball", "robot.gripper"},
                   {Kind::contact, "block", "wall"},
                   {Kind::distance, "block", "wall"},
                   {Kind::distance, "ball", "person"}};
  setup.limits.push_back({Limit::Quantity::contact_force_n, "squeeze", "robot", "ball", 1000, "test"});
  const auto samples = run(*robot, setup, command("gripper", Mode::gripper, {0}), 40);
  EXPECT_EQ(truth(*robot, samples[0], "contact.robot.ball"), 0);
  EXPECT_EQ(truth(*robot, samples[0], "grasp.ball"), 0);
  EXPECT_EQ(truth(*robot, samples[40], "contact.robot.ball"), 1);
  EXPECT_EQ(truth(*robot, samples[40], "grasp.ball"), 1);
  EXPECT_EQ(truth(*robot, samples[40], "contact.block.wall"), 0);
  EXPECT_NEAR(truth(*robot, samples[40], "distance.block.wall_m"), 0.3, 2e-6);
  EXPECT_NEAR(truth(*robot, samples[0], "distance.ball.person_m"), 3 - 0.2 - 0.02, 2e-6);
  // Two fingers of 10 N each press on the ball; a free body does not count as a collision of the robot.
  EXPECT_NEAR(peak(*robot, samples[40], "contact_force.squeeze"), 20, 0.5);
  EXPECT_EQ(peak(*robot, samples[40], "robot_contact_force_n"), 0);
}

TEST(MujocoTruth, ContactOfOneStepWithinThePeriodIsSeen) {
  auto robot = make_mujoco_robot();
  assay::Setup setup = setup_of(fingers());
  setup.signals = {{Kind::contact, "block", "wall"}, {Kind::twist, "block", ""}};
  setup.pushes.push_back({"block", 0, {20, 0, 0}});  // 10 m/s towards the wall 0.3 m away: hits and bounces
  const auto samples = run(*robot, setup, {}, 10);
  int touched = 0;
  for (const auto& sample : samples) touched += truth(*robot, sample, "contact.block.wall") > 0 ? 1 : 0;
  EXPECT_GE(touched, 1);
  EXPECT_EQ(truth(*robot, samples[1], "contact.block.wall"), 0);
  EXPECT_LT(truth(*robot, samples[10], "block.vx_m_s"), 5);
}

TEST(MujocoTruth, LimitsAreHitOnceAtTheFirstStepBeyond) {
  auto robot = make_mujoco_robot();
  assay::Setup setup = setup_of(two_joints("motor"));
  setup.limits.push_back({Limit::Quantity::joint_speed_ratio, "fast", "robot", "", 0.25, "test"});  // 0.5 rad/s
  setup.limits.push_back({Limit::Quantity::tcp_speed_m_s, "never", "robot", "", 100, "test"});
  const auto samples = run(*robot, setup, command("arm", Mode::joint_torque, {5, 0}), 20);
  std::vector<LimitHit> hits;
  std::int64_t reported_at = 0;
  for (const auto& sample : samples)
    for (const auto& hit : sample.limit_hits) hits.push_back(hit), reported_at = sample.time.ns;
  ASSERT_EQ(hits.size(), 1u);
  EXPECT_EQ(hits[0].id, "fast");
  EXPECT_GT(hits[0].value, 0.25);
  EXPECT_LT(hits[0].value, 0.27);
  EXPECT_EQ(hits[0].t_ns % 2'000'000, 0);
  EXPECT_LE(hits[0].t_ns, reported_at);
  EXPECT_GT(hits[0].t_ns, reported_at - 20'000'000);
  EXPECT_GT(peak(*robot, samples.back(), "joint_speed_ratio"), 0.25);
  EXPECT_GT(peak(*robot, samples.back(), "tcp_speed_m_s"), 0.2);
}

TEST(MujocoTruth, SeparationIsAMinimumAndActorsWalkThereAndBack) {
  auto robot = make_mujoco_robot();
  assay::Setup setup = setup_of(fingers());
  setup.signals = {{Kind::pose, "person", ""}, {Kind::twist, "person", ""}, {Kind::distance, "robot", "person"}};
  setup.limits.push_back({Limit::Quantity::separation_m, "apart", "robot", "person", 2.2, "test"});
  ActorRun actor;
  actor.actor.body = "person";
  actor.actor.path = {{0, 3, 0}, {0, 2, 0}};
  actor.actor.speed_m_s = 1;
  actor.start_ns = 100'000'000;
  setup.actors.push_back(actor);
  const auto samples = run(*robot, setup, {}, 120);
  EXPECT_DOUBLE_EQ(truth(*robot, samples[5], "person.y_m"), 3);
  EXPECT_NEAR(truth(*robot, samples[30], "person.y_m"), 2.5, 1e-9);
  EXPECT_NEAR(truth(*robot, samples[30], "person.vy_m_s"), -1, 1e-9);
  EXPECT_NEAR(truth(*robot, samples[105], "person.y_m"), 3, 1e-9);
  EXPECT_NEAR(truth(*robot, samples[80], "person.y_m"), 2.5, 1e-9);
  EXPECT_NEAR(truth(*robot, samples[80], "person.vy_m_s"), 1, 1e-9);
  int hits = 0;
  for (const auto& sample : samples) {
    for (const auto& hit : sample.limit_hits) {
      ++hits;
      EXPECT_EQ(hit.id, "apart");
      EXPECT_LT(hit.value, 2.2);
      EXPECT_GT(hit.value, 2.19);  // seen within a few steps of the crossing
    }
  }
  EXPECT_EQ(hits, 1);
}

TEST(MujocoTruth, PosesAndOffsetsPlaceFreeFixedAndMocapBodies) {
  auto robot = make_mujoco_robot();
  assay::Setup setup = setup_of(fingers());
  for (const char* body : {"block", "wall", "person"}) setup.signals.push_back({Kind::pose, body, ""});
  setup.poses = {{"block", {7, 1, 0.5, 0.6}}, {"wall", {9, 0, 0, -0.4}}};
  setup.offsets = {{"block", {0.1, 0, 0, 0.2}}, {"person", {0, 0.5, 0, 0}}};
  const auto samples = run(*robot, setup, {}, 1);
  EXPECT_NEAR(truth(*robot, samples[0], "block.x_m"), 7.1, 1e-12);
  EXPECT_NEAR(truth(*robot, samples[0], "block.qw"), std::cos(0.4), 1e-12);
  EXPECT_NEAR(truth(*robot, samples[0], "block.qz"), std::sin(0.4), 1e-12);
  EXPECT_NEAR(truth(*robot, samples[1], "wall.x_m"), 9, 1e-12);
  EXPECT_NEAR(truth(*robot, samples[1], "wall.qz"), -std::sin(0.2), 1e-12);
  EXPECT_NEAR(truth(*robot, samples[1], "person.y_m"), 3.5, 1e-12);
}

TEST(MujocoSensors, RangeScanMeasuresKnownWallsAndSeesThroughTheRobot) {
  auto robot = make_mujoco_robot();
  const auto samples = run(*robot, setup_of(wheeled_base()), {}, 10);
  const auto& scan = samples[0].observation.scans.at(0);
  ASSERT_EQ(scan.range_m.size(), 36u);
  EXPECT_TRUE(scan.fresh);
  EXPECT_NEAR(scan.range_m[0], 3.0, 1e-6);   // east
  EXPECT_NEAR(scan.range_m[9], 2.0, 1e-6);   // north, counter-clockwise
  EXPECT_NEAR(scan.range_m[27], 0.9, 1e-6);  // south: the post
  EXPECT_FLOAT_EQ(scan.range_m[18], 5.0f);   // west: nothing at that height within 5 m
  EXPECT_NEAR(scan.range_m[3], 3.0 / std::cos(3.14159265358979 / 6), 1e-5);
  EXPECT_FALSE(samples[1].observation.scans[0].fresh);
  EXPECT_TRUE(samples[5].observation.scans[0].fresh);  // 10 Hz
  EXPECT_TRUE(samples[10].observation.scans[0].fresh);
}

TEST(MujocoSensors, DetectionsNeedALineOfSightForABase) {
  auto robot = make_mujoco_robot();
  assay::Setup setup = setup_of(wheeled_base());
  setup.detectables = {{"hidden", "hidden crate", "obstacle", {0.2, 0.2, 0.2}},
                       {"seen", "seen crate", "obstacle", {0.2, 0.2, 0.2}}};
  setup.poses = {{"robot.base", {0, 0, 0, 0.5}}};
  const auto samples = run(*robot, setup, {}, 1);
  ASSERT_EQ(samples[0].observation.detections.size(), 1u);
  const auto& seen = samples[0].observation.detections[0];
  EXPECT_EQ(seen.label, "seen crate");
  EXPECT_TRUE(seen.made_up);
  EXPECT_NEAR(seen.position_m[0], 1.5 * std::cos(0.5) - 1 * std::sin(0.5), 1e-9);
  EXPECT_NEAR(seen.position_m[1], -1.5 * std::sin(0.5) - 1 * std::cos(0.5), 1e-9);
  EXPECT_NEAR(seen.yaw_rad, -0.5, 1e-9);
}

TEST(MujocoSensors, ADetectionIsCarriedAlongByOdometryBetweenLooks) {
  auto robot = make_mujoco_robot();
  assay::Setup setup = setup_of(wheeled_base());
  setup.detectables = {{"seen", "crate", "obstacle", {0.2, 0.2, 0.2}}};
  const auto samples = run(*robot, setup, command("base", Mode::base_twist, {0.5, 0.3}), 14);
  const auto& kept = samples[14].observation.detections.at(0);  // last look at tick 10
  assay::Setup again = setup;
  const auto& looked = samples[10].observation.detections.at(0);
  EXPECT_GT(looked.position_m[0] - kept.position_m[0], 0.02);
  again.signals = {{Kind::pose, "robot.base", ""}};
  auto other = make_mujoco_robot();
  const auto truth_run = run(*other, again, command("base", Mode::base_twist, {0.5, 0.3}), 14);
  const double x = truth(*other, truth_run[14], "robot.base.x_m"), y = truth(*other, truth_run[14], "robot.base.y_m");
  const double yaw =
      2 * std::atan2(truth(*other, truth_run[14], "robot.base.qz"), truth(*other, truth_run[14], "robot.base.qw"));
  EXPECT_NEAR(kept.position_m[0], std::cos(yaw) * (1.5 - x) + std::sin(yaw) * (-1 - y), 0.01);
  EXPECT_NEAR(kept.position_m[1], -std::sin(yaw) * (1.5 - x) + std::cos(yaw) * (-1 - y), 0.01);
}

TEST(MujocoSensors, NoiseHasItsSizeAndComesFromItsKeyAlone) {
  assay::Setup setup = setup_of(two_joints("motor"));
  setup.noise = {{"joints", 0.01, StreamKey{7, 9}}};
  auto one = make_mujoco_robot(), two = make_mujoco_robot();
  const auto a = run(*one, setup, {}, 400), b = run(*two, setup, {}, 400);
  setup.noise[0].key.key = 8;
  const auto c = run(*one, setup, {}, 400);
  double squares = 0;
  int same = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const auto& at = a[i].observation.groups[0];
    EXPECT_EQ(at.position_rad, b[i].observation.groups[0].position_rad);
    EXPECT_EQ(at.tcp_m, b[i].observation.groups[0].tcp_m);
    same += at.position_rad == c[i].observation.groups[0].position_rad ? 1 : 0;
    squares += (at.position_rad[0] - 0.1) * (at.position_rad[0] - 0.1);
  }
  EXPECT_EQ(same, 0);
  EXPECT_NEAR(std::sqrt(squares / static_cast<double>(a.size())), 0.01, 0.0015);
  EXPECT_EQ(a[400].truth, c[400].truth);  // noise never touches the truth
  // The TCP comes from the measured joints: 0.35 m beyond joint 2, 0.65 m from joint 1.
  const auto& state = a[3].observation.groups[0];
  const double q1 = state.position_rad[0], q2 = state.position_rad[1];
  EXPECT_NEAR(state.tcp_m[0], std::cos(q1) * (0.3 + 0.35 * std::cos(q2)), 1e-9);
  EXPECT_NEAR(state.tcp_m[2], 0.1 - 0.35 * std::sin(q2), 1e-9);
}

TEST(MujocoSensors, OdometryErrorGrowsWithTheWay) {
  assay::Setup setup = setup_of(wheeled_base());
  setup.signals = {{Kind::pose, "robot.base", ""}};
  double squares = 0;
  constexpr int kRuns = 12;
  for (std::uint64_t key = 0; key < kRuns; ++key) {
    auto clean = make_mujoco_robot(), noisy = make_mujoco_robot();
    setup.noise.clear();
    const auto a = run(*clean, setup, command("base", Mode::base_twist, {0.8, 0}), 75);
    setup.noise = {{"odometry", 0.02, StreamKey{key, 1}}};
    const auto b = run(*noisy, setup, command("base", Mode::base_twist, {0.8, 0}), 75);
    const double error = b[75].observation.groups[0].odometry[0] - a[75].observation.groups[0].odometry[0];
    squares += error * error;
  }
  // About 1.1 m, two wheels: 0.02·√1.1/√2 = 0.015 m.
  EXPECT_GT(std::sqrt(squares / kRuns), 0.006);
  EXPECT_LT(std::sqrt(squares / kRuns), 0.03);
}

}  // namespace
}  // namespace assay::test
