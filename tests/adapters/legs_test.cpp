// Legs on the reference biped: where it starts, what it senses, that its posture alone does not balance, and that a
// regulator made from its own model does.
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "adapters/mujoco/mujoco_robot.h"
#include "adapters/policies/policies.h"
#include "adapters/policies/riccati.h"
#include "suites/catalog.h"

namespace assay {
namespace {

Setup setup_for(const std::string& embodiment, const std::string& scene = "legged_yard") {
  Task task;
  task.id = "yard";
  task.scene_path = catalog_root() + "/scenes/" + scene + ".xml";
  task.physics = {0.002, 10, 300, 1200};
  const auto body = load_embodiment(catalog_root() + "/embodiments/" + embodiment + ".yaml");
  EXPECT_TRUE(body.ok()) << to_string(body.error(), Lang::en);
  auto world = compose(task, *body);
  EXPECT_TRUE(world.ok()) << to_string(world.error(), Lang::en);
  Setup setup;
  setup.world = std::move(*world);
  setup.physics = task.physics;
  setup.control_period_ns = 4'000'000;
  setup.time_limit_ns = 10'000'000'000;
  using Kind = SignalSpec::Kind;
  setup.signals = {{Kind::pose, "robot.trunk", ""},
                   {Kind::contact, "robot.trunk", "ground"},
                   {Kind::contact, "robot.feet", "ground"}};
  return setup;
}

struct Seen {
  bool fell = false, done = false;
  Sample last;
  std::vector<Channel> channels;
  [[nodiscard]] double truth(const std::string& name) const {
    for (std::size_t i = 0; i < channels.size(); ++i)
      if (channels[i].name == name) return last.truth.at(i);
    ADD_FAILURE() << name;
    return 0;
  }
};

Seen run(const Setup& setup, Policy& policy, double seconds, const Instruction& instruction = {}) {
  Seen seen;
  const auto robot = make_mujoco_robot();
  EXPECT_TRUE(robot->reset(setup).ok());
  seen.channels = robot->describe().truth_channels;
  EXPECT_TRUE(robot->describe().missing_signals.empty());
  const auto begun = policy.begin(instruction, robot->describe(), {});
  EXPECT_TRUE(begun.ok()) << to_string(begun.error(), Lang::en);
  auto sample = robot->begin(instruction);
  for (int i = 0; sample.ok() && begun.ok() && i < static_cast<int>(seconds / 0.004); ++i) {
    const auto action = policy.act(sample->observation);
    EXPECT_TRUE(action.ok());
    sample = robot->advance(*action);
    if (!sample.ok()) break;
    seen.last = *sample;
    seen.done = action->done;
    if (seen.done) break;
    if (seen.truth("contact.robot.trunk.ground") > 0) {
      seen.fell = true;
      break;
    }
  }
  EXPECT_TRUE(sample.ok());
  return seen;
}

std::unique_ptr<Policy> lqr(const PolicyParams& params = {}) {
  auto made = make_balance_lqr(params);
  EXPECT_TRUE(made.ok());
  return std::move(*made);
}

TEST(Riccati, ScalarIsTheGoldenRatio) {
  // P = 1 + P − P²/(1 + P): P is the golden ratio, the gain P/(1 + P).
  const Eigen::MatrixXd one = Eigen::MatrixXd::Ones(1, 1);
  const auto gain = policies::lqr_gain(one, one, one, Eigen::VectorXd::Ones(1));
  ASSERT_TRUE(gain.has_value());
  const double golden = (1 + std::sqrt(5.0)) / 2;
  EXPECT_NEAR((*gain)(0, 0), golden / (1 + golden), 1e-12);
}

TEST(Riccati, StableAndUnseenMarginalMode) {
  // An unstable state that can be steered beside one that drifts for ever, which neither is steered nor counts.
  Eigen::MatrixXd a(2, 2), b(2, 1), q = Eigen::MatrixXd::Zero(2, 2);
  a << 1.1, 0, 0, 1;
  b << 1, 0;
  q(0, 0) = 1;
  const auto gain = policies::lqr_gain(a, b, q, Eigen::VectorXd::Ones(1));
  ASSERT_TRUE(gain.has_value());
  EXPECT_LT(std::abs(1.1 - (*gain)(0, 0)), 1);
  EXPECT_EQ((*gain)(0, 1), 0);
}

TEST(Legs, StandOnTheGroundAndFeelTheirWeight) {
  const auto setup = setup_for("biped");
  EXPECT_FALSE(setup.world.robot_mjcf.empty());
  EXPECT_EQ(setup.world.robot_mjcf.find("mast"), std::string::npos) << "nothing of the scene";
  const auto policy = lqr();
  const auto seen = run(setup, *policy, 1.5);
  ASSERT_FALSE(seen.fell);
  EXPECT_GT(seen.truth("contact.robot.feet.ground"), 0);
  const GroupState& legs = seen.last.observation.groups.at(0);
  ASSERT_EQ(legs.foot_force_n.size(), 2U);
  constexpr double kWeight_n = 42.4 * 9.81;
  EXPECT_NEAR(legs.foot_force_n[0] + legs.foot_force_n[1], kWeight_n, 0.02 * kWeight_n);
  EXPECT_NEAR(legs.foot_force_n[0], legs.foot_force_n[1], 0.05 * kWeight_n);
  EXPECT_NEAR(legs.imu_accel_m_s2[2], 9.81, 0.05);
  EXPECT_NEAR(std::hypot(legs.imu_accel_m_s2[0], legs.imu_accel_m_s2[1]), 0, 0.3);
  EXPECT_NEAR(legs.imu_wxyz[0], 1, 1e-3);
}

TEST(Legs, APostureIsNoBalance) {
  const auto holds = make_null({});
  EXPECT_TRUE(run(setup_for("biped"), **holds, 5).fell);
}

TEST(Legs, RegulatorTakesAPushThatAWeakOneDoesNot) {
  auto setup = setup_for("biped");
  setup.pushes = {{"robot.trunk", 1'000'000'000, {-7, 0, 0}}};
  const auto sound = lqr();
  const auto seen = run(setup, *sound, 4);
  EXPECT_FALSE(seen.fell);
  EXPECT_NEAR(seen.truth("robot.trunk.x_m"), 0, 0.1);
  const auto weak = lqr({{"strength", 0.05}});
  EXPECT_TRUE(run(setup, *weak, 4).fell);
}

TEST(Legs, CrawlsOverABoardThroughAPushToTheDisc) {
  auto setup = setup_for("quadruped", "crawl_boards");
  setup.detectables = {{"disc_near", "disc", "station", {0.24, 0.24, 0.004}}};
  setup.pushes = {{"robot.trunk", 3'000'000'000, {0, 4, 0}}};
  Instruction instruction;
  instruction.labels["target"] = "disc";
  const auto crawl = make_static_crawl({});
  ASSERT_TRUE(crawl.ok());
  const auto seen = run(setup, **crawl, 30, instruction);
  EXPECT_TRUE(seen.done);
  EXPECT_FALSE(seen.fell);
  EXPECT_NEAR(seen.truth("robot.trunk.x_m"), 0.6, 0.05);
  EXPECT_NEAR(seen.truth("robot.trunk.y_m"), 0, 0.05);
  const auto stays = make_null({});
  EXPECT_NEAR(run(setup, **stays, 5, instruction).truth("robot.trunk.x_m"), 0, 0.1);
}

TEST(Legs, ActionsFitTheGroup) {
  const auto setup = setup_for("quadruped");
  RobotDescription robot;
  robot.groups = setup.world.groups;
  const auto with = [&](Mode mode, std::size_t n) {
    Action action;
    action.groups.push_back({"legs", mode, std::vector<double>(n, 0.0)});
    return check_action(robot, action).ok();
  };
  EXPECT_TRUE(with(Mode::joint_position, 12));
  EXPECT_TRUE(with(Mode::joint_torque, 12));
  EXPECT_FALSE(with(Mode::joint_torque, 11));
  EXPECT_FALSE(with(Mode::joint_velocity, 12));
  EXPECT_FALSE(with(Mode::base_twist, 2));
  std::vector<double> row;
  flatten(robot.groups, Observation{}, row);
  EXPECT_EQ(row.size(), observation_channels(robot.groups).size());
}

TEST(Legs, PoliciesSayWhatTheyLack) {
  RobotDescription robot;
  const auto policy = lqr();
  const auto begun = policy->begin({}, robot, {});
  ASSERT_FALSE(begun.ok());
  EXPECT_EQ(begun.error().id, 404);
  const auto crawl = make_static_crawl({});
  EXPECT_EQ((*crawl)->begin({}, robot, {}).error().id, 404);
  const auto biped = setup_for("biped");
  robot.groups = biped.world.groups;
  robot.robot_mjcf = biped.world.robot_mjcf;
  EXPECT_EQ((*crawl)->begin({}, robot, {}).error().id, 404) << "two feet are not four";
}

}  // namespace
}  // namespace assay
