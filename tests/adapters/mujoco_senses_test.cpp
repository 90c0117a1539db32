// Mechanisms, reports, the force at the wrist, what the detector can see, several hands: values known by hand.
#include <gtest/gtest.h>

#include <cmath>

#include "tests/adapters/worlds.h"

namespace assay::test {
namespace {

using Kind = SignalSpec::Kind;
constexpr double kG = 9.81;

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

/// An arm of one vertical slide at (0, 0, 1) that carries a free block of 1 kg on its hand; a plate of 0.2 kg on a
/// spring of 500 N/m under a weight of 1 kg; a drawer and a door; bodies around, with a screen before "behind_screen".
/// `mount`: the arm's base, Euler angles.
World bench(const std::string& mount) {
  const auto thing = [](const char* name, const char* pos) {
    return std::string("<body name=\"") + name + "\" pos=\"" + pos +
           "\"><geom type=\"box\" size=\"0.05 0.05 0.05\"/></body>";
  };
  const std::string mjcf =
      "<mujoco><compiler autolimits=\"true\" angle=\"radian\"/><option cone=\"elliptic\"/><worldbody>"
      "<body name=\"robot_mount\" pos=\"0 0 1\" euler=\"" +
      mount +
      "\"><body name=\"robot/base\"><body name=\"robot/l1\"><joint name=\"robot/j1\" type=\"slide\" axis=\"0 0 1\" "
      "armature=\"1\"/><geom type=\"box\" size=\"0.1 0.1 0.01\" mass=\"1\"/><site name=\"robot/tcp\"/></body></body>"
      "</body>"
      "<body name=\"block\" pos=\"0 0 1.061\"><freejoint/><geom type=\"box\" size=\"0.05 0.05 0.05\" "
      "mass=\"1\"/></body>"
      "<body name=\"plate\" pos=\"3 0 0.5\"><joint name=\"plate_slide\" type=\"slide\" axis=\"0 0 1\" "
      "stiffness=\"500\" "
      "damping=\"20\"/><geom type=\"box\" size=\"0.1 0.1 0.01\" mass=\"0.2\"/></body>"
      "<body name=\"weight\" pos=\"3 0 0.561\"><freejoint/><geom type=\"box\" size=\"0.05 0.05 0.05\" "
      "mass=\"1\"/></body>"
      "<body name=\"drawer\" pos=\"0 0 4\"><joint name=\"drawer_slide\" type=\"slide\" axis=\"1 0 0\" ref=\"0.1\"/>"
      "<geom size=\"0.05\"/></body>"
      "<body name=\"door\" pos=\"0 0 5\"><joint name=\"door_hinge\" axis=\"0 0 1\" stiffness=\"2\" "
      "springref=\"0.5\" damping=\"5\"/><geom size=\"0.05\" pos=\"0.2 0 0\"/></body>" +
      thing("ahead", "1 2 1") + thing("behind", "0 -2 1") + thing("far", "0 5 1") + thing("behind_screen", "-1 2 1") +
      "<body name=\"screen\" pos=\"-0.5 1 1.3\"><geom type=\"box\" size=\"0.3 0.01 0.3\"/></body>"
      "</worldbody><actuator><motor name=\"robot/a1\" joint=\"robot/j1\"/></actuator></mujoco>";
  Group arm = arm_group(1);
  arm.home_rad = {0};
  arm.kp = {5000};
  arm.kd = {200};
  return world_of(mjcf, {arm});
}

const char* const kUpsideDown = "3.141592653589793 0 0";
const char* const kTurnedLeft = "0 0 1.5707963267948966";  // the arm's x axis is the world's y

TEST(MujocoMechanisms, APlateOnASpringSaysWhatLiesOnIt) {
  auto robot = make_mujoco_robot();
  assay::Setup setup = setup_of(bench(kTurnedLeft));
  setup.signals = {{Kind::spring, "plate_slide", ""}, {Kind::joint, "plate_slide", ""}};
  const auto samples = run(*robot, setup, {}, 150);
  EXPECT_EQ(truth(*robot, samples[0], "spring.plate_slide_n"), 0);
  const double force = truth(*robot, samples[150], "spring.plate_slide_n");
  EXPECT_NEAR(force, -(1 + 0.2) * kG, 0.01);  // downwards along the joint's axis: the sign stays
  EXPECT_NEAR(truth(*robot, samples[150], "joint.plate_slide"), -1.2 * kG / 500, 2e-5);
}

TEST(MujocoMechanisms, JointsOfTheSceneAreTruth) {
  auto robot = make_mujoco_robot();
  assay::Setup setup = setup_of(bench(kTurnedLeft));
  setup.signals = {{Kind::joint, "drawer_slide", ""},
                   {Kind::joint, "door_hinge", ""},
                   {Kind::spring, "door_hinge", ""},
                   {Kind::spring, "drawer_slide", ""},
                   {Kind::joint, "no_such_joint", ""}};
  setup.pushes = {{"drawer", 0, {0.1, 0, 0}}};
  const auto samples = run(*robot, setup, {}, 20);
  const auto& channels = robot->describe().truth_channels;
  ASSERT_EQ(channels.size(), 3u);
  EXPECT_EQ(channels[0].unit, "m");
  EXPECT_EQ(channels[1].unit, "rad");
  EXPECT_EQ(robot->describe().missing_signals.size(), 2u);  // no spring there; no such joint
  EXPECT_EQ(truth(*robot, samples[0], "joint.drawer_slide"), 0.1);
  EXPECT_GT(truth(*robot, samples[20], "joint.drawer_slide"), 0.11);
  const double angle = truth(*robot, samples[20], "joint.door_hinge");
  EXPECT_GT(angle, 0.01);  // the spring draws it towards 0.5 rad
  EXPECT_NEAR(truth(*robot, samples[20], "spring.door_hinge_n"), 2 * (angle - 0.5), 1e-12);
}

TEST(MujocoReports, CountByWhereTheThingWasWhenItWasSaid) {
  auto robot = make_mujoco_robot();
  assay::Setup setup = setup_of(bench(kTurnedLeft));
  setup.detectables = {
      {"ahead", "spill", "hazard", {}}, {"behind", "spill", "hazard", {}}, {"far", "wire", "hazard", {}}};
  setup.signals = {{Kind::report, "ahead", ""},
                   {Kind::report, "behind", ""},
                   {Kind::report, "far", ""},
                   {Kind::report, "*", ""},
                   {Kind::report, "screen", ""}};
  ASSERT_TRUE(robot->reset(setup).ok());
  EXPECT_EQ(robot->describe().missing_signals.size(), 1u);  // nothing that a report could name
  ASSERT_TRUE(robot->begin({}).ok());
  const auto tell = [&](std::vector<Report> reports) {
    Action action;
    action.reports = std::move(reports);
    auto sample = robot->advance(action);
    EXPECT_TRUE(sample.ok());
    return *sample;
  };
  auto sample = tell({});
  EXPECT_EQ(truth(*robot, sample, "report.ahead_m"), 1000);
  // "ahead" is at (1, 2) in the world: (2, −1) from the arm's base, which looks along y. Height does not count.
  sample = tell({{"spill", {2.3, -1.4, 7}}});
  EXPECT_NEAR(truth(*robot, sample, "report.ahead_m"), 0.5, 1e-9);
  EXPECT_EQ(truth(*robot, sample, "report.*"), 0);
  EXPECT_EQ(truth(*robot, sample, "report.far_m"), 1000);
  sample = tell({{"spill", {2, -1.1, 0}}, {"spill", {2, -2.1, 0}}, {"fire", {2, -1, 0}}});
  EXPECT_NEAR(truth(*robot, sample, "report.ahead_m"), 0.1, 1e-9);  // the nearest so far
  EXPECT_EQ(truth(*robot, sample, "report.*"), 2);                  // 1.1 m off; a word that means nothing here
  sample = tell({{"spill", {-2, 0, 0}}});
  EXPECT_NEAR(truth(*robot, sample, "report.behind_m"), 0, 1e-9);
  EXPECT_NEAR(truth(*robot, sample, "report.ahead_m"), 0.1, 1e-9);
  EXPECT_EQ(truth(*robot, sample, "report.*"), 2);
}

TEST(MujocoReports, AreHeldAgainstTheWorldAsItWasSeenInSpiteOfLatency) {
  auto robot = make_mujoco_robot();
  assay::Setup setup = setup_of(wheeled_base());
  setup.latency_ns = 200'000'000;
  setup.detectables = {{"seen", "crate", "obstacle", {}}};
  setup.signals = {{Kind::report, "seen", ""}};
  run(*robot, setup, command("base", Mode::base_twist, {1, 0}), 40);
  auto before = robot->advance({});
  const auto& seen = before->observation.detections.at(0).position_m;
  Action action;
  action.reports = {{"crate", seen}};
  const auto after = robot->advance(action);
  EXPECT_LT(truth(*robot, *after, "report.seen_m"), 0.06);  // at 1 m/s, 0.2 s later it would be 0.2 m
}

TEST(MujocoWrist, FeelsWhatLiesOnTheHandInTheArmsBaseFrame) {
  for (const auto& [mount, sign] : {std::pair{kUpsideDown, 1.0}, std::pair{kTurnedLeft, -1.0}}) {
    auto robot = make_mujoco_robot();
    const assay::Setup setup = setup_of(bench(mount));
    const auto samples = run(*robot, setup, {}, 100);
    const auto& first = samples[0].observation.group("arm")->tcp_force_n;
    EXPECT_EQ(first, (std::array<double, 3>{0, 0, 0}));
    const auto& force = samples[100].observation.group("arm")->tcp_force_n;
    EXPECT_NEAR(force[0], 0, 0.02);
    EXPECT_NEAR(force[1], 0, 0.02);
    EXPECT_NEAR(force[2], sign * kG, 0.05);  // of the block alone: the hand's own weight is tared
    std::vector<double> row;
    flatten(setup.world.groups, samples[100].observation, row);
    EXPECT_EQ(value_of(robot->describe().observation_channels, row, "arm.tcp_force_z_n"), force[2]);
  }
}

TEST(MujocoWrist, NoiseHasItsSize) {
  auto robot = make_mujoco_robot();
  assay::Setup setup = setup_of(bench(kTurnedLeft));
  setup.noise = {{"force", 0.5, stream_key("seed", "t", 1, 0, Source::sensor_noise)}};
  const auto samples = run(*robot, setup, {}, 200);
  double square = 0;
  for (std::size_t i = 100; i < samples.size(); ++i) {
    const double x = samples[i].observation.group("arm")->tcp_force_n[0];
    square += x * x / 101;
  }
  EXPECT_NEAR(std::sqrt(square), 0.5, 0.15);
}

std::vector<std::string> labels_seen(DetectorView view) {
  auto robot = make_mujoco_robot();
  assay::Setup setup = setup_of(bench(kTurnedLeft));
  for (const char* name : {"ahead", "behind", "far", "behind_screen"})
    setup.detectables.push_back({name, name, "thing", {0.1, 0.1, 0.1}});
  setup.detector = view;
  std::vector<std::string> labels;
  const auto samples = run(*robot, setup, {}, 0);
  for (const auto& detection : samples.at(0).observation.detections) labels.push_back(detection.label);
  return labels;
}

TEST(MujocoDetector, SeesByRangeAngleAndLineOfSight) {
  using Labels = std::vector<std::string>;
  EXPECT_EQ(labels_seen({}), (Labels{"ahead", "behind", "far", "behind_screen"}));
  EXPECT_EQ(labels_seen({.range_m = 3}), (Labels{"ahead", "behind", "behind_screen"}));
  EXPECT_EQ(labels_seen({.fov_rad = 0.8}), (Labels{"far"}));  // the others lie 0.46 rad to the side, or behind
  EXPECT_EQ(labels_seen({.fov_rad = 1}), (Labels{"ahead", "far", "behind_screen"}));
  EXPECT_EQ(labels_seen({.occlusion = true}), (Labels{"ahead", "behind", "far"}));
}

/// The wheeled base with an arm of one joint on it, 0.1 m ahead and 0.2 m above its origin, turned left.
World mobile_arm() {
  World world = wheeled_base();
  std::string& mjcf = world.mjcf;
  const std::string site = "<site name=\"robot/scan\"";
  mjcf.insert(
      mjcf.find(site),
      "<body name=\"robot/mount\" pos=\"0.1 0 0.2\" euler=\"0 0 1.5707963267948966\"><body name=\"robot/l1\">"
      "<joint name=\"robot/j1\" axis=\"0 0 1\" armature=\"0.1\"/><geom size=\"0.02\" mass=\"0.2\" pos=\"0.1 0 0\" "
      "contype=\"0\" conaffinity=\"0\"/><site name=\"robot/tcp\" pos=\"0.2 0 0\"/></body></body>");
  mjcf.insert(mjcf.find("</actuator>"), "<motor name=\"robot/a1\" joint=\"robot/j1\"/>");
  Group arm = arm_group(1);
  arm.kp = {100};
  arm.kd = {10};
  arm.home_rad = {0};
  arm.on_group = "base";
  return world_of(mjcf, {world.groups[0], arm});
}

TEST(MujocoDetector, AnArmOnABaseSeesInItsOwnFrameAndCarriesItAlong) {
  auto robot = make_mujoco_robot();
  assay::Setup setup = setup_of(mobile_arm());
  setup.detectables = {{"seen", "crate", "obstacle", {0.2, 0.2, 0.2}},
                       {"hidden", "hidden", "obstacle", {0.2, 0.2, 0.2}}};
  const auto samples = run(*robot, setup, command("base", Mode::base_twist, {0.5, 0.3}), 14);
  const auto& first = samples[0].observation.detections;
  ASSERT_EQ(first.size(), 1u);  // the post hides the other
  EXPECT_NEAR(first[0].position_m[0], -1, 1e-9);
  EXPECT_NEAR(first[0].position_m[1], -1.4, 1e-9);
  EXPECT_NEAR(first[0].position_m[2], 0, 1e-9);
  const auto& base = *samples[0].observation.group("base");
  EXPECT_NEAR(base.base_m[0], 0, 1e-9);
  EXPECT_NEAR(base.base_m[1], 0.1, 1e-9);
  EXPECT_NEAR(base.base_m[2], -0.2, 1e-9);
  EXPECT_NEAR(base.base_wxyz[3], -std::sqrt(0.5), 1e-9);
  EXPECT_EQ(samples[0].observation.group("arm")->base_wxyz, (std::array<double, 4>{1, 0, 0, 0}));
  setup.control_period_ns = 280'000'000;  // every tick a look: the truth to hold the carried one against
  auto other = make_mujoco_robot();
  const auto looked = run(*other, setup, command("base", Mode::base_twist, {0.5, 0.3}), 1);
  const auto& kept = samples[14].observation.detections.at(0);
  const auto& is = looked[1].observation.detections.at(0);
  EXPECT_GT(std::abs(samples[10].observation.detections.at(0).position_m[1] - kept.position_m[1]), 0.02);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_NEAR(kept.position_m[i], is.position_m[i], 0.01);
  EXPECT_NEAR(kept.yaw_rad, is.yaw_rad, 0.01);
}

/// Two hands without weight, each closed around a ball of its own: "a" at the origin, "b" 2 m away.
World two_hands() {
  std::string bodies, actuators;
  std::vector<Group> groups;
  for (const std::string hand : {"a", "b"}) {
    const std::string r = "robot/" + hand;
    const auto finger = [&](const char* side, const char* axis, const char* pos) {
      return "<body name=\"" + r + side + "\"><joint name=\"" + r + side + "_j\" type=\"slide\" axis=\"" + axis +
             "\" range=\"0 0.04\" damping=\"20\"/><geom type=\"box\" size=\"0.01 0.005 0.05\" pos=\"" + pos +
             "\" mass=\"0.1\"/></body>";
    };
    const std::string x = hand == "a" ? "0" : "2";
    bodies += "<body name=\"" + r + "\" pos=\"" + x + " 0 0\">" + finger("l", "0 1 0", "0 0.005 0") +
              finger("r", "0 -1 0", "0 -0.005 0") + "</body><body name=\"ball_" + hand + "\" pos=\"" + x +
              " 0 0\"><freejoint/><geom size=\"0.02\" mass=\"0.1\" condim=\"4\"/></body>";
    Group gripper;
    gripper.kind = Group::Kind::gripper;
    gripper.name = hand == "a" ? "left_gripper" : "right_gripper";
    for (const char* side : {"l", "r"}) {
      actuators += "<motor name=\"" + r + side + "_m\" joint=\"" + r + side + "_j\"/>";
      gripper.joints.push_back(r + side + "_j");
      gripper.actuators.push_back(r + side + "_m");
    }
    gripper.open_ctrl = 10;
    gripper.closed_ctrl = -10;
    gripper.max_width_m = 0.08;
    gripper.side_a_bodies = {r + "l"};
    gripper.side_b_bodies = {r + "r"};
    groups.push_back(gripper);
  }
  return world_of("<mujoco><compiler autolimits=\"true\"/><option gravity=\"0 0 0\" cone=\"elliptic\"/><worldbody>" +
                      bodies + "</worldbody><actuator>" + actuators + "</actuator></mujoco>",
                  groups);
}

TEST(MujocoHands, TheRobotsGripperIsAnyOfThem) {
  auto robot = make_mujoco_robot();
  assay::Setup setup = setup_of(two_hands());
  setup.signals = {{Kind::grasp, "ball_b", "robot.gripper"},          {Kind::grasp, "ball_a", "left_gripper.gripper"},
                   {Kind::grasp, "ball_b", "left_gripper"},           {Kind::grasp, "ball_b", "right_gripper"},
                   {Kind::contact, "robot.gripper", "ball_b"},        {Kind::contact, "left_gripper.gripper", "ball_b"},
                   {Kind::contact, "right_gripper.gripper", "ball_b"}};
  Action action = command("right_gripper", Mode::gripper, {0});
  const auto samples = run(*robot, setup, action, 40);
  EXPECT_TRUE(robot->describe().missing_signals.empty());
  EXPECT_EQ(truth(*robot, samples[40], "grasp.ball_b"), 1);
  EXPECT_EQ(truth(*robot, samples[40], "grasp.ball_b.left_gripper"), 0);
  EXPECT_EQ(truth(*robot, samples[40], "grasp.ball_b.right_gripper"), 1);
  EXPECT_EQ(truth(*robot, samples[40], "grasp.ball_a.left_gripper.gripper"), 0);
  EXPECT_EQ(truth(*robot, samples[40], "contact.robot.gripper.ball_b"), 1);
  EXPECT_EQ(truth(*robot, samples[40], "contact.left_gripper.gripper.ball_b"), 0);
  EXPECT_EQ(truth(*robot, samples[40], "contact.right_gripper.gripper.ball_b"), 1);
  EXPECT_TRUE(robot->stop(StopCategory::cat1).confirmed);
}

}  // namespace
}  // namespace assay::test
