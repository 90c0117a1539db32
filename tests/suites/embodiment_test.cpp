// Bindings: what they say must exist in the model and fit together.
#include <gmock/gmock.h>

#include <set>
#include <string>
#include <utility>

#include "tests/suites/compose_support.h"

namespace assay::test {
namespace {

using testing::HasSubstr;

constexpr const char* kModel = R"(<mujoco><compiler angle="radian" autolimits="true"/>
  <worldbody><body name="base"><geom size="0.1"/><body name="link" pos="0 0 0.2"><joint name="shoulder" range="-1 1"/><geom size="0.1"/>
    <body name="hand" pos="0 0 0.3"><joint name="elbow" range="-2 2"/><geom size="0.05"/><site name="tcp"/>
      <body name="left"><joint name="slide_l" type="slide" range="0 0.1"/><geom size="0.01" friction="2"/></body>
      <body name="right"><joint name="slide_r" type="slide" range="0 0.1"/><geom size="0.01"/></body></body></body></body></worldbody>
  <actuator><motor name="m1" joint="shoulder"/><motor name="m2" joint="elbow"/><motor name="grip" joint="slide_l"/></actuator>
  <keyframe><key name="home" qpos="0.25 -0.5 0 0"/></keyframe></mujoco>)";

constexpr const char* kBinding = R"(schema: assay.embodiment/1
id: mine
title: {en: My robot, zh: 我的机器人}
model: robot.xml
mount: table
capabilities: [arm, gripper, "payload:0.5"]
payload_kg: 0.5
reach_m: 0.5
groups:
  - name: arm
    kind: arm
    joints: [shoulder, elbow]
    actuators: [m1, m2]
    tcp_site: tcp
    home_rad: [0.5, 0]
    kp: [10, 10]
    kd: [1, 1]
    speed_limit_rad_s: [1, 2]
  - name: gripper
    kind: gripper
    on_group: arm
    joints: [slide_l, slide_r]
    actuators: [grip]
    open_ctrl: 1
    closed_ctrl: -1
    max_width_m: 0.1
    grip_force_n: 20
    side_a_bodies: [left]
    side_b_bodies: [right]
)";

class EmbodimentTest : public ComposeTest {
 protected:
  void SetUp() override {
    ComposeTest::SetUp();
    write("robot.xml", kModel);
  }
  Result<Embodiment> binding(const std::string& from = "", const std::string& to = "") {
    std::string text = kBinding;
    if (!from.empty()) {
      const auto at = text.find(from);
      EXPECT_NE(at, std::string::npos) << from;
      text.replace(at, from.size(), to);
    }
    return load_embodiment(write("mine.yaml", text));
  }
};

TEST_F(EmbodimentTest, ReadsEverything) {
  const auto made = binding();
  ASSERT_TRUE(made.ok()) << to_string(made.error(), Lang::en);
  EXPECT_EQ(made->id, "mine");
  EXPECT_EQ(made->title.zh, "我的机器人");
  EXPECT_EQ(made->mount, "table");
  EXPECT_FALSE(made->reference);
  EXPECT_EQ(made->sha256.size(), 64u);
  EXPECT_EQ(made->model_sha256.size(), 64u);
  EXPECT_EQ(made->model_path, fs::canonical(path("robot.xml")).string());
  ASSERT_EQ(made->groups.size(), 2u);
  EXPECT_EQ(made->groups[0].home_rad, (std::vector<double>{0.5, 0}));
  EXPECT_EQ(made->groups[0].joints[0], "shoulder");
  EXPECT_EQ(made->groups[1].closed_ctrl, -1);
  EXPECT_EQ(made->groups[1].on_group, "arm");
  EXPECT_THAT(made->remarks, testing::Contains(HasSubstr("friction 2")));
}

TEST_F(EmbodimentTest, ModelHashFollowsTheModelAndItsFiles) {
  const auto first = binding();
  ASSERT_TRUE(first.ok());
  std::ofstream(path("robot.xml"), std::ios::app) << "\n";
  const auto second = binding();
  ASSERT_TRUE(second.ok());
  EXPECT_NE(first->model_sha256, second->model_sha256);
  EXPECT_EQ(first->sha256, second->sha256);
}

TEST_F(EmbodimentTest, HomeMayComeFromAKeyframe) {
  const auto made = binding("home_rad: [0.5, 0]", "home_key: home");
  ASSERT_TRUE(made.ok()) << to_string(made.error(), Lang::en);
  EXPECT_EQ(made->groups[0].home_rad, (std::vector<double>{0.25, -0.5}));
  EXPECT_EQ(binding("home_rad: [0.5, 0]", "home_key: hom").error().id, 495);
}

TEST_F(EmbodimentTest, WhatDoesNotFitIsNamedWithItsLine) {
  struct Case {
    const char *from, *to;
    int id, line;
    const char* says;
  };
  const Case cases[] = {
      {"[shoulder, elbow]", "[shoulder, elbo]", 491, 12, "elbow"},
      {"[m1, m2]", "[m1, m3]", 491, 13, "m2"},
      {"tcp_site: tcp", "tcp_site: tpc", 491, 14, "tcp"},
      {"[left]", "[lefty]", 491, 28, "left"},
      {"[m1, m2]", "[m2, m1]", 494, 13, "shoulder"},
      {"home_rad: [0.5, 0]", "home_rad: [0.5]", 493, 15, "2"},
      {"home_rad: [0.5, 0]", "home_rad: [1.5, 0]", 495, 15, "shoulder"},
      {"    kd: [1, 1]\n", "", 492, 13, "kp and kd"},
      {"speed_limit_rad_s: [1, 2]", "speed_limit_rad_s: [1]", 493, 18, "2"},
      {"    tcp_site: tcp\n", "", 492, 10, "tcp_site"},
      {"    grip_force_n: 20\n", "", 492, 19, "grip_force_n"},
      {"on_group: arm", "on_group: gripper", 494, 21, "on_group"},
      {"name: gripper", "name: arm", 494, 19, "same name"},
      {"max_width_m: 0.1", "max_width_m: 0.1\n    beams: 3", 492, 27, "beams"},
      {"model: robot.xml", "model: nothing.xml", 490, 4, "nothing.xml"},
      {"model: robot.xml", "model: ${NO_SUCH_VARIABLE_HERE}/robot.xml", 490, 4, "NO_SUCH_VARIABLE_HERE"},
      {"mount: table", "mount: ceiling", 302, 5, "ceiling"},
      {"reach_m: 0.5", "reach: 0.5", 303, 8, "reach_m"},
      {"payload_kg: 0.5", "payload_kg: heavy", 302, 7, "heavy"},
      {"[arm, gripper,", "[arm, mobile_base,", 496, 6, "mobile_base"},
      {"[arm, gripper,", "[range_scan,", 496, 6, "range_site"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.to);
    const auto made = binding(c.from, c.to);
    ASSERT_FALSE(made.ok());
    const auto words = to_string(made.error(), Lang::en);
    EXPECT_EQ(made.error().id, c.id) << words;
    EXPECT_EQ(made.error().place.line, c.line) << words;
    EXPECT_THAT(words, HasSubstr(c.says));
    EXPECT_NE(to_string(made.error(), Lang::zh), words);
  }
}

TEST_F(EmbodimentTest, ReferenceIsNotAVendorsWordToGive) {
  const auto outside = binding("mount: table", "mount: table\nreference: true");
  ASSERT_TRUE(outside.ok()) << to_string(outside.error(), Lang::en);
  EXPECT_FALSE(outside->reference);
  EXPECT_THAT(outside->remarks, testing::Contains(HasSubstr("reference: true is ignored")));
  const char* before = std::getenv("ASSAY_CATALOG");
  const std::string saved = before != nullptr ? before : "";
  setenv("ASSAY_CATALOG", fs::path(path("mine.yaml")).parent_path().c_str(), 1);
  const auto inside = binding("mount: table", "mount: table\nreference: true");
  if (before != nullptr)
    setenv("ASSAY_CATALOG", saved.c_str(), 1);
  else
    unsetenv("ASSAY_CATALOG");
  ASSERT_TRUE(inside.ok());
  EXPECT_TRUE(inside->reference);
}

TEST_F(EmbodimentTest, CapabilitiesAreHeldAgainstTheTask) {
  auto made = binding();
  ASSERT_TRUE(made.ok());
  const auto lacks = [&](std::vector<std::string> wanted) {
    Task task;
    task.suite = "s";
    task.id = "t";
    task.capabilities = std::move(wanted);
    const auto checked = check_capabilities(task, *made);
    EXPECT_TRUE(checked.ok() || checked.error().id == 326);
    return checked.ok() ? std::string() : checked.error().expected.en;
  };
  EXPECT_EQ(lacks({}), "");
  EXPECT_EQ(lacks({"arm", "gripper", "payload:0.5", "payload:0.3"}), "");
  EXPECT_EQ(lacks({"arm", "mobile_base"}), "mobile_base");
  EXPECT_EQ(lacks({"payload:0.6"}), "payload:0.6");
  made->payload_kg = 2;  // capability says 0.5
  EXPECT_EQ(lacks({"payload:0.6"}), "");
  made->payload_kg = 0;
  EXPECT_EQ(lacks({"payload:0.5"}), "");
  EXPECT_EQ(lacks({"payload:0.51"}), "payload:0.51");
  Task task;
  task.capabilities = {"mobile_base"};
  const auto refused = check_capabilities(task, *made);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().place.line, 6);
}

TEST_F(EmbodimentTest, TheCataloguesRobotsHaveWhatTheirTasksNeed) {
  const fs::path catalogue = fs::path(ASSAY_SOURCE_DIR) / "suites" / "catalog";
  const auto suite = load_suite((catalogue / "suites/logistics_assembly/suite.yaml").string());
  ASSERT_TRUE(suite.ok()) << to_string(suite.error(), Lang::en);
  const std::set<std::string> arm = {"parcel_sorting", "peg_assembly"}, base = {"goods_transport"};
  const std::pair<const char*, std::set<std::string>> fits[] = {
      {"arm7", arm}, {"panda", arm}, {"panda_2f85", arm}, {"dual_arm", arm}, {"amr", base}};
  for (const auto& [id, tasks] : fits) {
    const auto robot = load_embodiment((catalogue / "embodiments" / (std::string(id) + ".yaml")).string());
    if (!robot && robot.error().id == 490) {
      std::printf("%s is left out: its model is not on this machine\n", id);
      continue;
    }
    ASSERT_TRUE(robot.ok()) << to_string(robot.error(), Lang::en);
    for (const auto& task : suite->tasks) {
      const auto checked = check_capabilities(task, *robot);
      EXPECT_EQ(checked.ok(), tasks.count(task.id) == 1) << id << " and " << task.id << " L" << task.level;
    }
  }
}

TEST_F(EmbodimentTest, BrokenModelIsReportedAtTheModel) {
  write("robot.xml", "<mujoco>\n<worldbody>\n<body><joint rnage=\"1\"/></body></worldbody></mujoco>");
  const auto made = binding();
  ASSERT_FALSE(made.ok());
  EXPECT_EQ(made.error().id, 457);
  EXPECT_EQ(made.error().place.line, 3);
  EXPECT_THAT(made.error().place.file, HasSubstr("robot.xml"));
}

TEST_F(EmbodimentTest, AddedSitesAndAttachmentsCanBeNamed) {
  write("tool.xml",
        R"(<mujoco><worldbody><body name="bit"><geom size="0.01"/><site name="point"/></body></worldbody></mujoco>)");
  auto made = binding("tcp_site: tcp", "tcp_site: new_tcp");
  EXPECT_EQ(made.error().id, 491);
  made = binding("groups:\n",
                 "sites:\n  - {name: new_tcp, body: hand, pos_m: [0, 0, 0.1]}\nattach:\n"
                 "  - {name: tool, model: tool.xml, to: tcp}\ngroups:\n");
  ASSERT_TRUE(made.ok()) << to_string(made.error(), Lang::en);
  const auto world = compose(task(), *made);
  ASSERT_TRUE(world.ok());
  const auto model = load(*world);
  EXPECT_GE(mj_name2id(model.get(), mjOBJ_SITE, "robot/new_tcp"), 0);
  EXPECT_GE(mj_name2id(model.get(), mjOBJ_SITE, "robot/tool/point"), 0);
  made = binding("groups:\n", "sites:\n  - {name: new_tcp, body: hnd, pos_m: [0, 0, 0.1]}\ngroups:\n");
  ASSERT_FALSE(made.ok());
  EXPECT_EQ(made.error().id, 469);
  EXPECT_GT(made.error().place.line, 8);
}

TEST_F(EmbodimentTest, LegsAreABalanceOfTheirOwn) {
  write("walker.xml", R"(<mujoco><compiler angle="radian" autolimits="true"/><worldbody><body name="trunk" pos="0 0 1">
    <freejoint/><geom size="0.1"/><site name="imu"/>
    <body name="shin_l" pos="0 0.1 -0.3"><joint name="jl" axis="0 1 0" range="-1 1"/><geom size="0.05"/></body>
    <body name="shin_r" pos="0 -0.1 -0.3"><joint name="jr" axis="0 1 0" range="-1 1"/><geom size="0.05"/></body></body></worldbody>
    <actuator><motor name="ml" joint="jl"/><motor name="mr" joint="jr"/></actuator></mujoco>)");
  const std::string good = R"(schema: assay.embodiment/1
id: walker
title: {en: W, zh: W}
model: walker.xml
mount: floor
capabilities: [legs, biped]
groups:
  - name: legs
    kind: legs
    joints: [jl, jr]
    actuators: [ml, mr]
    trunk_body: trunk
    feet_bodies: [shin_l, shin_r]
    imu_site: imu
    home_rad: [0, 0]
    kp: [10, 10]
    kd: [1, 1]
    speed_limit_rad_s: [5, 5]
)";
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string text = good;
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return load_embodiment(write("walker.yaml", text.replace(at, from.size(), to)));
  };
  const auto made = with("", "");
  ASSERT_TRUE(made.ok()) << to_string(made.error(), Lang::en);
  EXPECT_EQ(made->groups[0].kind, Group::Kind::legs);
  EXPECT_EQ(made->groups[0].feet_bodies, (std::vector<std::string>{"shin_l", "shin_r"}));
  EXPECT_EQ(with("    trunk_body: trunk\n", "").error().id, 492);
  EXPECT_EQ(with("    home_rad: [0, 0]\n", "").error().id, 492);
  EXPECT_EQ(with("    kp: [10, 10]\n", "").error().id, 492);
  EXPECT_EQ(with("    imu_site: imu\n", "    tcp_site: imu\n").error().id, 492);
  EXPECT_EQ(with("[shin_l, shin_r]", "[shin_l, foot]").error().id, 491);
  EXPECT_EQ(with("home_rad: [0, 0]", "home_rad: [0, 1.5]").error().id, 495);
  EXPECT_EQ(with("biped", "quadruped").error().id, 496);
  EXPECT_EQ(with("[5, 5]", "[5]").error().id, 493);
}

TEST(Catalogue, LeggedRobotsFitTheirModels) {
  for (const char* id : {"biped", "quadruped", "unitree_g1", "anymal_c"}) {
    const auto made = load_embodiment(catalog_root() + "/embodiments/" + id + ".yaml");
    if (!made.ok() && made.error().id == 490) {
      std::printf("skipped %s: its model is not here (ASSAY_SHARED)\n", id);
      continue;
    }
    ASSERT_TRUE(made.ok()) << to_string(made.error(), Lang::en);
    EXPECT_EQ(made->groups.at(0).kind, Group::Kind::legs);
  }
}

}  // namespace
}  // namespace assay::test
