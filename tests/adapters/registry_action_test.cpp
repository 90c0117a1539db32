// The registry and the actions' border: what is not known or not sound is refused, with the right id.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <set>

#include "adapters/registry.h"
#include "tests/adapters/worlds.h"

namespace assay::test {
namespace {

AdapterRegistry builtin() {
  AdapterRegistry registry;
  register_builtin_adapters(registry);
  return registry;
}

TEST(Registry, KnowsTheBuiltinAdapters) {
  const auto registry = builtin();
  std::set<std::string> policies;
  for (const auto& info : registry.policies()) {
    policies.insert(info.id);
    EXPECT_FALSE(info.title.en.empty());
    EXPECT_FALSE(info.title.zh.empty());
    if (info.wired)
      EXPECT_EQ(registry.policy(info.id, {}).error().id, 1250) << info.id;  // it wants an address and spaces
    else
      EXPECT_TRUE(registry.policy(info.id, {}).ok()) << info.id;
  }
  EXPECT_EQ(policies, (std::set<std::string>{"attentive_manipulator",
                                             "balance_lqr",
                                             "base_programme",
                                             "bringer",
                                             "coverage_planner",
                                             "faulty",
                                             "http",
                                             "null",
                                             "observer",
                                             "openpi",
                                             "operator",
                                             "patrol",
                                             "peg_inserter",
                                             "pose_programme",
                                             "random",
                                             "recording",
                                             "scripted_manipulator",
                                             "shelf_picker",
                                             "static_crawl",
                                             "surface_follower",
                                             "waypoint_navigator"}));
  ASSERT_EQ(registry.robots().size(), 5u);
  EXPECT_EQ(registry.robots()[0].id, "http");
  EXPECT_TRUE(registry.robots()[0].wired);
  EXPECT_EQ(registry.robots()[1].section, "manual");
  EXPECT_EQ(registry.robots()[2].engine, "MuJoCo 2.2.2");
  EXPECT_EQ(registry.robots()[3].section, "recorded");
  EXPECT_EQ(registry.robots()[4].section, "ros2");
  EXPECT_EQ(registry.robot("http").error().id, 1250);  // it wants an address
  EXPECT_TRUE(registry.robot("mujoco").ok());
}

TEST(Registry, RefusesWhatItDoesNotKnow) {
  const auto registry = builtin();
  const auto robot = registry.robot("gazebo");
  ASSERT_FALSE(robot.ok());
  EXPECT_EQ(robot.error().id, 401);
  EXPECT_NE(robot.error().expected.en.find("mujoco"), std::string::npos);
  const auto policy = registry.policy("nobody", {});
  ASSERT_FALSE(policy.ok());
  EXPECT_EQ(policy.error().id, 402);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const PolicyParams& params : {PolicyParams{{"no_such", 1}}, PolicyParams{{"skill", nan}},
                                     PolicyParams{{"skill", 1}, {"skill", 0.5}}, PolicyParams{{"skill", 7}}}) {
    const auto refused = registry.policy("scripted_manipulator", params);
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().id, 403);
  }
}

RobotDescription mobile_arm() {
  RobotDescription robot;
  robot.groups = {two_joints("motor").groups[0], fingers().groups[0], wheeled_base().groups[0]};
  return robot;
}

TEST(CheckAction, AcceptsEveryModeOfItsGroup) {
  const auto robot = mobile_arm();
  EXPECT_TRUE(check_action(robot, {}).ok());
  for (const Mode mode : {Mode::joint_position, Mode::joint_velocity, Mode::joint_torque})
    EXPECT_TRUE(check_action(robot, command("arm", mode, {0.1, 0.2})).ok());
  EXPECT_TRUE(check_action(robot, command("arm", Mode::ee_delta_pose, {0, 0, 0, 0, 0, 0})).ok());
  EXPECT_TRUE(check_action(robot, command("arm", Mode::hold, {})).ok());
  EXPECT_TRUE(check_action(robot, command("gripper", Mode::gripper, {1})).ok());
  EXPECT_TRUE(check_action(robot, command("base", Mode::base_twist, {1, 2})).ok());
}

TEST(CheckAction, RefusesUnsoundActionsAsTheSubjects) {
  const auto robot = mobile_arm();
  const double nan = std::numeric_limits<double>::quiet_NaN(), inf = std::numeric_limits<double>::infinity();
  Action twice = command("arm", Mode::hold, {});
  twice.groups.push_back(twice.groups[0]);
  for (const Action& action :
       {command("leg", Mode::hold, {}), command("arm", Mode::joint_position, {0.1}),
        command("arm", Mode::joint_position, {0.1, nan}), command("arm", Mode::joint_torque, {inf, 0}),
        command("arm", Mode::ee_delta_pose, {0, 0, 0}), command("arm", Mode::gripper, {1}),
        command("base", Mode::joint_velocity, {1, 1}), command("gripper", Mode::gripper, {1.5}),
        command("gripper", Mode::gripper, {-0.1}), command("arm", Mode::hold, {1}),
        command("arm", static_cast<Mode>(99), {}), twice}) {
    const auto checked = check_action(robot, action);
    ASSERT_FALSE(checked.ok());
    EXPECT_EQ(checked.error().id, 410);
    EXPECT_EQ(checked.error().found.rfind("subject:bad_action ", 0), 0u) << checked.error().found;
  }
}

TEST(CheckAction, AReportMustBeOneThatCanBeKept) {
  const auto robot = mobile_arm();
  const double nan = std::numeric_limits<double>::quiet_NaN(), inf = std::numeric_limits<double>::infinity();
  Action action;
  action.reports.assign(100, {"spill", {1, 2, 0}});
  EXPECT_TRUE(check_action(robot, action).ok());
  const auto with = [](std::size_t n, const Report& report) {
    Action made;
    made.reports.assign(n, report);
    return made;
  };
  for (const Action& bad : {with(101, {"spill", {1, 2, 0}}), with(1'000'000, {"spill", {1, 2, 0}}),
                            with(1, {"spill", {nan, 0, 0}}), with(1, {"spill", {0, inf, 0}}),
                            with(1, {"spill", {0, 0, -1e300}}), with(1, {std::string(1 << 20, 'x'), {}})}) {
    const auto checked = check_action(robot, bad);
    ASSERT_FALSE(checked.ok());
    EXPECT_EQ(checked.error().id, 410);
    EXPECT_EQ(checked.error().found.rfind("subject:bad_action ", 0), 0u) << checked.error().found;
    EXPECT_LT(checked.error().found.size(), 200u);
  }
}

TEST(Flatten, RowsMatchTheirChannelsWhateverIsMissing) {
  const auto groups = mobile_arm().groups;
  const auto seen = observation_channels(groups), done = action_channels(groups);
  std::set<std::string> names;
  for (const auto& channel : seen) names.insert(channel.name);
  EXPECT_EQ(names.size(), seen.size());  // unique
  std::vector<double> row;
  flatten(groups, Observation{}, row);
  EXPECT_EQ(row.size(), seen.size());
  flatten(groups, Action{}, row);
  EXPECT_EQ(row.size(), done.size());

  Observation observation;
  GroupState arm;
  arm.group = "arm";
  arm.position_rad = {1, 2};
  arm.tcp_m = {7, 8, 9};
  observation.groups = {arm};
  RangeScan scan;
  scan.group = "base";
  scan.range_m.assign(36, 4.0f);
  scan.fresh = true;
  observation.scans = {scan};
  flatten(groups, observation, row);
  EXPECT_EQ(value_of(seen, row, "arm.position_01_rad"), 2);
  EXPECT_EQ(value_of(seen, row, "arm.tcp_z_m"), 9);
  EXPECT_EQ(value_of(seen, row, "base.range_35_m"), 4);
  EXPECT_EQ(value_of(seen, row, "base.range_fresh"), 1);
  Action action = command("base", Mode::base_twist, {0.5, -0.25});
  action.done = true;
  flatten(groups, action, row);
  EXPECT_EQ(value_of(done, row, "base.command_01"), -0.25);
  EXPECT_EQ(value_of(done, row, "base.mode"), static_cast<double>(Mode::base_twist));
  EXPECT_EQ(value_of(done, row, "arm.mode"), 0);
  EXPECT_EQ(value_of(done, row, "done"), 1);
}

}  // namespace
}  // namespace assay::test
