// A policy for one arm on a robot with two: which arm works, what it sees, when the whole is done.
#include "adapters/policies/two_hands.h"

#include <gtest/gtest.h>

namespace assay {
namespace {

/// Says done at its third decision; notes what it was told and shown.
struct OneHanded final : Policy {
  struct Notes {
    std::vector<std::string> objects, arms;
    std::vector<double> seen_y_m;
  };
  explicit OneHanded(Notes& into) : notes(into) {}
  [[nodiscard]] PolicyDescription describe() const override { return {"one_handed", "1", true, false, 0}; }
  Result<void> begin(const Instruction& instruction, const RobotDescription& robot, StreamKey) override {
    object = instruction.labels.at("object");
    arm = robot.groups.at(0).name;
    decisions = 0;
    return {};
  }
  Result<Action> act(const Observation& seen) override {
    if (decisions == 0) {
      notes.objects.push_back(object);
      notes.arms.push_back(arm);
      for (const auto& d : seen.detections)
        if (d.label == object) notes.seen_y_m.push_back(d.position_m[1]);
    }
    Action action;
    action.groups.push_back({arm, Mode::ee_delta_pose, {0, 0, 0, 0, 0, 0}});
    action.done = ++decisions == 3;
    return action;
  }
  Notes& notes;
  std::string object, arm;
  int decisions = 0;
};

Group arm(const std::string& name) {
  Group group;
  group.kind = Group::Kind::arm;
  group.name = name + "_arm";
  group.home_rad = {0.5, -0.5};
  return group;
}

Group gripper(const std::string& name) {
  Group group;
  group.kind = Group::Kind::gripper;
  group.name = name + "_gripper";
  group.on_group = name + "_arm";
  return group;
}

Observation seen_at(int tick) {
  Observation seen;
  seen.time.ns = std::int64_t{tick} * 20'000'000;
  GroupState left, right;
  left.group = "left_arm";
  right.group = "right_arm";
  right.base_m = {0, -0.4, 0};  // detections come in the left arm's frame
  left.position_rad = right.position_rad = {0, 0};
  seen.groups = {left, right};
  const auto add = [&](const char* label, double y) {
    seen.detections.push_back({label, "parcel", {0.4, y, 0}, 0, {}, true});
  };
  add("red", -0.45);
  add("right bin", -0.7);
  add("blue", 0.1);
  add("left bin", 0.3);
  return seen;
}

TEST(TwoHands, EachStepWithTheNearerArmFromItsOwnBase) {
  OneHanded::Notes notes;
  const auto policy = policies::with_two_hands(std::make_unique<OneHanded>(notes));
  Instruction told;
  told.labels = {{"object", "red"}, {"target", "right bin"}, {"object_2", "blue"}, {"target_2", "left bin"}};
  RobotDescription robot;
  robot.control_period_ns = 20'000'000;
  robot.groups = {arm("left"), gripper("left"), arm("right"), gripper("right")};
  ASSERT_TRUE(policy->begin(told, robot, {1, 2}).ok());
  int done_at = -1;
  std::vector<double> home;
  for (int tick = 0; tick < 50 && done_at < 0; ++tick) {
    const auto action = policy->act(seen_at(tick));
    ASSERT_TRUE(action.ok());
    for (const auto& g : action->groups)
      if (g.mode == Mode::joint_position) {
        EXPECT_EQ(g.group, "right_arm");
        home = g.values;
      }
    if (action->done) done_at = tick;
  }
  EXPECT_EQ(done_at, 5);
  EXPECT_EQ(notes.objects, (std::vector<std::string>{"red", "blue"}));
  EXPECT_EQ(notes.arms, (std::vector<std::string>{"right_arm", "left_arm"}));
  ASSERT_EQ(notes.seen_y_m.size(), 2u);
  EXPECT_NEAR(notes.seen_y_m[0], -0.05, 1e-12);
  EXPECT_NEAR(notes.seen_y_m[1], 0.1, 1e-12);
  ASSERT_EQ(home.size(), 2u);  // the right arm is on its way home, no faster than an arm should be
  EXPECT_GT(home[0], 0);
  EXPECT_LT(home[0], 0.1);
  EXPECT_NEAR(home[1], -home[0], 1e-12);
}

TEST(TwoHands, OneArmIsLeftToThePolicyItself) {
  OneHanded::Notes notes;
  const auto policy = policies::with_two_hands(std::make_unique<OneHanded>(notes));
  Instruction told;
  told.labels = {{"object", "red"}, {"target", "right bin"}, {"object_2", "blue"}, {"target_2", "left bin"}};
  RobotDescription robot;
  robot.groups = {arm("left"), gripper("left")};
  ASSERT_TRUE(policy->begin(told, robot, {1, 2}).ok());
  bool done = false;
  for (int tick = 0; tick < 3; ++tick) done = policy->act(seen_at(tick))->done;
  EXPECT_TRUE(done);
  EXPECT_EQ(notes.objects, std::vector<std::string>{"red"});
}

}  // namespace
}  // namespace assay
