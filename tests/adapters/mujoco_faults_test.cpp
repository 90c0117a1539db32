// Models and set-ups that break: attributed, never a crash, an exit or a wait. And: sameness.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>

#include "core/trace.h"
#include "tests/adapters/worlds.h"

namespace assay::test {
namespace {

Error reset_error(const assay::Setup& setup) {
  auto result = make_mujoco_robot()->reset(setup);
  EXPECT_FALSE(result.ok());
  return result.ok() ? Error{} : result.error();
}

bool begins_with(const std::string& text, const std::string& start) { return text.rfind(start, 0) == 0; }

TEST(MujocoFaults, AModelThatDoesNotLoadIsTheSubjectsUnlessOurs) {
  World world = world_of("<mujoco><worldbody><body><joint/></body></worldbody></mujoco>", {});
  Error error = reset_error(setup_of(world));
  EXPECT_EQ(error.id, 420);
  EXPECT_TRUE(begins_with(error.found, "subject:model ")) << error.found;
  EXPECT_NE(error.found.find("mass and inertia"), std::string::npos) << error.found;
  EXPECT_FALSE(error.what.zh.empty());
  world.reference = true;
  error = reset_error(setup_of(world));
  EXPECT_TRUE(begins_with(error.found, "lab:model ")) << error.found;
  EXPECT_EQ(reset_error(setup_of(world_of("not xml", {}))).id, 420);
  EXPECT_EQ(reset_error(setup_of(world_of("", {}))).id, 420);
  EXPECT_EQ(reset_error(setup_of(world_of("<mujoco><asset><mesh file=\"/no/such.stl\"/></asset></mujoco>", {}))).id,
            420);
}

TEST(MujocoFaults, AnEngineErrorNeitherExitsNorWaitsOnStdin) {
  // A stack that is too small passes compilation and breaks on the first stack of contacts.
  const std::string mjcf =
      "<mujoco><size nstack=\"600\"/><worldbody><geom type=\"plane\" size=\"1 1 1\"/>"
      "<body name=\"a\" pos=\"0 0 0.3\"><freejoint/><geom type=\"box\" size=\".1 .1 .1\"/></body>"
      "<body pos=\"0 0 0.55\"><freejoint/><geom type=\"box\" size=\".1 .1 .1\"/></body></worldbody></mujoco>";
  const auto folder = std::filesystem::temp_directory_path() / ("assay_mujoco_" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(folder);
  auto robot = make_mujoco_robot();
  const assay::Setup setup = setup_of(world_of(mjcf, {}));
  Error error;
  if (auto ready = robot->reset(setup); !ready.ok()) {
    error = ready.error();
  } else {
    ASSERT_TRUE(robot->begin({}).ok());
    for (int i = 0; i < 50 && error.id == 0; ++i)
      if (auto next = robot->advance({}); !next.ok()) error = next.error();
  }
  EXPECT_EQ(error.id, 426);
  EXPECT_EQ(error.found, "subject:engine_error (Stack overflow)");
  EXPECT_TRUE(robot->stop(StopCategory::cat0).requested);
  EXPECT_TRUE(std::filesystem::is_empty(folder));  // no MUJOCO_LOG.TXT
  std::filesystem::current_path(before);
  std::filesystem::remove_all(folder);
  // The same object goes on with a sound world.
  ASSERT_TRUE(robot->reset(setup_of(two_joints("motor"))).ok());
  ASSERT_TRUE(robot->begin({}).ok());
  EXPECT_TRUE(robot->advance({}).ok());
}

TEST(MujocoFaults, AnUnstableSimulationIsTheSubjects) {
  auto robot = make_mujoco_robot();
  ASSERT_TRUE(robot->reset(setup_of(two_joints("motor"))).ok());
  ASSERT_TRUE(robot->begin({}).ok());
  Error error;
  for (int i = 0; i < 200 && error.id == 0; ++i)
    if (auto next = robot->advance(command("arm", Mode::joint_torque, {1e12, 1e12})); !next.ok()) error = next.error();
  EXPECT_EQ(error.id, 424);
  EXPECT_TRUE(begins_with(error.found, "subject:sim_unstable ")) << error.found;
  EXPECT_FALSE(robot->advance({}).ok());
  EXPECT_TRUE(robot->stop(StopCategory::cat1).confirmed);
}

TEST(MujocoFaults, ALimitBrokenBeforeTheSimulationBreaksIsNotLost) {
  auto robot = make_mujoco_robot();
  assay::Setup setup = setup_of(two_joints("motor"));
  setup.signals = {{SignalSpec::Kind::pose, "robot.tcp", ""}};
  setup.limits.push_back({Limit::Quantity::joint_speed_ratio, "fast", "robot", "", 1, "test"});
  ASSERT_TRUE(robot->reset(setup).ok());
  ASSERT_TRUE(robot->begin({}).ok());
  // 1e7 N·m: beyond the limit after one step, beyond the engine within the same period.
  const auto last = robot->advance(command("arm", Mode::joint_torque, {1e7, 1e7}));
  ASSERT_TRUE(last.ok()) << to_string(last.error(), Lang::en);
  ASSERT_EQ(last->limit_hits.size(), 1u);
  EXPECT_EQ(last->limit_hits[0].id, "fast");
  EXPECT_LE(last->limit_hits[0].t_ns, last->time.ns);
  EXPECT_LT(last->time.ns, 20'000'000) << "the world did not break within the period: the test is void";
  EXPECT_GT(last->time.ns, 0);
  ASSERT_EQ(last->truth.size(), robot->describe().truth_channels.size());
  ASSERT_EQ(last->peaks.size(), robot->describe().peak_channels.size());
  for (const double value : last->truth) EXPECT_TRUE(std::isfinite(value));
  for (const double value : last->peaks) EXPECT_TRUE(std::isfinite(value));
  EXPECT_FALSE(robot->advance({}).ok());
  EXPECT_TRUE(robot->stop(StopCategory::cat0).confirmed);
}

TEST(MujocoFaults, LimitsBrokenOnTheWayToRestStandInTheReport) {
  auto robot = make_mujoco_robot();
  assay::Setup setup = setup_of(wheeled_base());
  setup.signals = {{SignalSpec::Kind::distance, "robot", "crate"}};
  setup.limits.push_back({Limit::Quantity::separation_m, "apart", "robot", "crate", 0.06, "test"});
  ASSERT_TRUE(robot->reset(setup).ok());
  auto sample = robot->begin({});
  for (int i = 0; i < 200 && sample.ok() && sample->truth.at(0) > 0.085; ++i) {
    sample = robot->advance(command("base", Mode::base_twist, {-1, 0}));
    ASSERT_TRUE(sample.ok());
    ASSERT_TRUE(sample->limit_hits.empty());
  }
  ASSERT_LT(sample->truth.at(0), 0.085);
  const auto report = robot->stop(StopCategory::cat2);
  EXPECT_TRUE(report.confirmed) << report.detail;
  ASSERT_EQ(report.limit_hits.size(), 1u) << "the robot slides on for a few centimetres";
  EXPECT_EQ(report.limit_hits[0].id, "apart");
  EXPECT_GT(report.limit_hits[0].t_ns, sample->time.ns);
}

TEST(MujocoFaults, RunningOutOfContactsIsNobodysYet) {
  std::string mjcf =
      "<mujoco><size nconmax=\"4\" njmax=\"400\"/><worldbody><geom type=\"plane\" size=\"1 1 1\"/>"
      "<body pos=\"0 0 0.2\"><freejoint/><geom type=\"box\" size=\".1 .1 .1\"/></body>"
      "<body pos=\"1 0 0.2\"><freejoint/><geom type=\"box\" size=\".1 .1 .1\"/></body></worldbody></mujoco>";
  auto robot = make_mujoco_robot();
  ASSERT_TRUE(robot->reset(setup_of(world_of(mjcf, {}))).ok());
  ASSERT_TRUE(robot->begin({}).ok());
  Error error;
  for (int i = 0; i < 50 && error.id == 0; ++i)
    if (auto next = robot->advance({}); !next.ok()) error = next.error();
  EXPECT_EQ(error.id, 425);
  EXPECT_EQ(error.found, "unknown:sim_capacity");
}

TEST(MujocoFaults, SetupsThatDoNotFitAreTheLabs) {
  const assay::Setup good = setup_of(fingers());
  const auto broken = [&](auto&& change) {
    assay::Setup setup = good;
    change(setup);
    return reset_error(setup);
  };
  const Error errors[] = {broken([](assay::Setup& s) {
                            s.poses.push_back({"nobody", {0, 0, 0, 0}});
                          }),
                          broken([](assay::Setup& s) {
                            s.poses.push_back({"ball", {NAN, 0, 0, 0}});
                          }),
                          broken([](assay::Setup& s) {
                            s.offsets.push_back({"nobody", {0, 0, 0, 0}});
                          }),
                          broken([](assay::Setup& s) {
                            s.mass.push_back({"nobody", 1.1});
                          }),
                          broken([](assay::Setup& s) {
                            s.mass.push_back({"ball", 0});
                          }),
                          broken([](assay::Setup& s) {
                            s.friction.push_back({"ball", -1});
                          }),
                          broken([](assay::Setup& s) {
                            s.noise.push_back({"nose", 1, {}});
                          }),
                          broken([](assay::Setup& s) {
                            s.pushes.push_back({"nobody", 0, {1, 0, 0}});
                          }),
                          broken([](assay::Setup& s) {
                            s.detectables.push_back({"nobody", "x", "parcel", {}});
                          }),
                          broken([](assay::Setup& s) {
                            s.actors.push_back({{"ball", {{0, 0, 0}}, 1, 0, 0}, 0});
                          }),
                          broken([](assay::Setup& s) {
                            s.limits.push_back({Limit::Quantity::separation_m, "x", "robot", "nobody", 1, "test"});
                          })};
  for (const auto& error : errors) {
    EXPECT_EQ(error.id, 421);
    EXPECT_TRUE(begins_with(error.found, "lab:setup ")) << error.found;
  }
  EXPECT_EQ(broken([](assay::Setup& s) { s.control_period_ns = 3'000'000; }).id, 423);
  EXPECT_EQ(broken([](assay::Setup& s) { s.latency_ns = -1; }).id, 423);
}

TEST(MujocoFaults, BindingsThatDoNotFitAreTheSubjects) {
  const auto broken = [](auto&& change) {
    assay::Setup setup = setup_of(two_joints("motor"));
    change(setup.world.groups[0]);
    return reset_error(setup);
  };
  const Error errors[] = {broken([](Group& g) { g.joints[0] = "robot/nothing"; }),
                          broken([](Group& g) { g.actuators.pop_back(); }),
                          broken([](Group& g) { std::swap(g.actuators[0], g.actuators[1]); }),
                          broken([](Group& g) { g.kp.clear(); }),
                          broken([](Group& g) { g.home_rad.push_back(0); }),
                          broken([](Group& g) { g.tcp_site = ""; })};
  for (const auto& error : errors) {
    EXPECT_EQ(error.id, 422);
    EXPECT_TRUE(begins_with(error.found, "subject:binding ")) << error.found;
  }
}

/// Every bit of a run: truth, peaks, observation.
std::string fingerprint(Robot& robot, const assay::Setup& setup, const std::string& group, Mode mode,
                        const std::vector<double>& values) {
  if (!robot.reset(setup).ok()) return "does not reset";
  std::string bytes;
  const auto add = [&](const std::vector<double>& row) {
    bytes.append(reinterpret_cast<const char*>(row.data()), row.size() * sizeof(double));
  };
  std::vector<double> flat;
  auto sample = robot.begin({});
  for (int i = 0; i < 60 && sample.ok(); ++i) {
    add(sample->truth);
    add(sample->peaks);
    flatten(setup.world.groups, sample->observation, flat);
    add(flat);
    for (const auto& d : sample->observation.detections) add({d.position_m.begin(), d.position_m.end()});
    sample = robot.advance(command(group, mode, values));
  }
  robot.stop(StopCategory::cat0);
  return sha256_hex(bytes);
}

TEST(MujocoSameness, AUsedRobotGivesTheSameBitsAsAFreshOne) {
  assay::Setup wheels = setup_of(wheeled_base());
  wheels.signals = {{SignalSpec::Kind::pose, "crate", ""},
                    {SignalSpec::Kind::contact, "robot", "crate"},
                    {SignalSpec::Kind::distance, "robot", "crate"}};
  wheels.noise = {{"range", 0.01, {1, 2}}, {"odometry", 0.01, {3, 4}}, {"detections", 0.02, {5, 6}}};
  wheels.detectables = {{"crate", "crate", "obstacle", {0.2, 0.2, 0.2}}};
  wheels.offsets = {{"crate", {1.0, 0.02, 0, 0.3}}};
  wheels.mass = {{"crate", 0.9}};
  wheels.friction = {{"crate", 1.1}};
  assay::Setup other = wheels;
  other.mass = {{"*", 1.4}};
  other.poses = {{"post", {0, -0.8, 0.5, 0.2}}};
  assay::Setup arm = setup_of(two_joints("motor"));

  auto fresh = make_mujoco_robot();
  const auto expected = fingerprint(*fresh, wheels, "base", Mode::base_twist, {-0.6, 0.2});
  auto used = make_mujoco_robot();
  EXPECT_EQ(fingerprint(*used, wheels, "base", Mode::base_twist, {-0.6, 0.2}), expected);
  EXPECT_NE(fingerprint(*used, other, "base", Mode::base_twist, {-0.6, 0.2}), expected);
  fingerprint(*used, arm, "arm", Mode::joint_torque, {1e12, 0});  // breaks
  EXPECT_EQ(fingerprint(*used, wheels, "base", Mode::base_twist, {-0.6, 0.2}), expected);
  EXPECT_EQ(fingerprint(*used, wheels, "base", Mode::base_twist, {-0.6, 0.2}), expected);
}

}  // namespace
}  // namespace assay::test
