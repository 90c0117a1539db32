// Words for mechanisms, surfaces, reports and faults: what ends in the records, and what does not fit.
#include <gtest/gtest.h>

#include <cmath>

#include "suites/catalog.h"
#include "tests/suites/files.h"

namespace assay {
namespace {

using test::brief;
using test::edited;
using test::where;

constexpr const char* kScene = R"(<mujoco><default><default class="door"><joint type="hinge"/></default></default>
<worldbody>
  <body name="top"><joint name="top_slide" type="slide"/></body>
  <body name="low"><joint name="low_slide" type="slide"/></body>
  <body name="lid"><joint name="lid_hinge" type="hinge"/></body>
  <body name="door"><joint name="door_hinge" class="door"/></body>
  <body name="panel"/><body name="sofa"/><body name="spill"/>
</worldbody><equality><joint name="tie" joint1="top_slide" joint2="low_slide"/></equality></mujoco>)";

constexpr const char* kSuite = R"(schema: assay.suite/1
id: home
version: 1.0.0
title: {en: Home, zh: 家}
tasks: [tidy.yaml]
)";

constexpr const char* kTask = R"(schema: assay.task/1
id: tidy
title: {en: Tidy, zh: 整理}
purpose: {en: Tidies., zh: 整理。}
instruction: {en: "Open the {drawer}.", zh: "打开{drawer}。"}
wordings:
  - {en: "Pull the {drawer} out.", zh: "把{drawer}拉出来。"}
  - {en: "The {drawer} should be open.", zh: "{drawer}应当是开着的。"}
grounding: text
slots:
  drawer: {top: {en: upper drawer, zh: 上层抽屉}, low: {en: lower drawer, zh: 下层抽屉}}
  drawer_2: {low: {en: lower drawer, zh: 下层抽屉}}
capabilities: [arm]
scene: scene.xml
time_limit_s: 60
detector: {range_m: 4, fov_rad: 2.1, occlusion: true}
variation:
  - choice: {slot: drawer, of: [top, low]}
  - bias: {sensor: detections, offset_m: [0.02, 0.03]}
  - dropout: {sensor: detections, share: [0.2, 0.4], time_s: [1, 9]}
  - blackout: {sensor: range, for_s: [1, 3], start_s: [2, 6]}
  - weaken: {group: gripper, factor: [0.5, 0.7], start_s: [0, 10]}
  - one_of: [[{dropout: {sensor: range, share: [1, 1]}}], [{weaken: {group: arm, factor: [0.5, 0.5], start_s: [0, 0]}}, {pose_jitter: {bodies: [sofa, panel], jitter: {x_m: 0.1}}}], []]
detectables:
  - {body: spill, label: spill, kind: hazard, size_m: [0.1, 0.1, 0.1]}
success:
  all:
    - joint: {a: "{drawer}_slide", min_m: 0.2, tolerance_m: 0.005}
    - joint: {a: lid_hinge, min_rad: -1, max_rad: 0.5, tolerance_rad: 0.02}
    - pressing: {a: top_slide, min_n: 5, max_n: 15, tolerance_n: 1}
    - covered: {a: robot.tcp, b: panel, half_m: [0.1, 0.2, 0.03], cell_m: 0.02, radius_m: 0.03, share: 0.9, tolerance_share: 0.05, except: [{entity: sofa, half_m: [0.4, 0.9, 1]}], condition: {pressing: {a: low_slide, max_n: 9, tolerance_n: 2}}}
    - reported: {a: spill, radius_m: 0.5, tolerance_m: 0.1}
    - no_false_report: {}
limits:
  force: {contact_force_n: 50, b: panel}
levels:
  L1: {}
  L4: {grounding: labels, detector: {range_m: 2}, wordings: []}
)";

class MechanismWords : public testing::Test {
 protected:
  void SetUp() override {
    folder_.write("scene.xml", kScene);
    suite_ = folder_.write("suite.yaml", kSuite);
  }
  Result<Suite> load(const std::string& text) {
    folder_.write("tidy.yaml", text);
    return load_suite(suite_);
  }
  void expect_fault(int id, const std::string& from, const std::string& to, const std::string& at) {
    const std::string text = edited(kTask, from, to);
    const auto suite = load(text);
    ASSERT_FALSE(suite.ok()) << to;
    EXPECT_EQ(brief(suite), brief(id, where(text, at))) << to_string(suite.error(), Lang::en);
    EXPECT_FALSE(suite.error().what.zh.empty());
  }
  test::Folder folder_;
  std::string suite_;
};

TEST_F(MechanismWords, EndInTheRecords) {
  const auto suite = load(kTask);
  ASSERT_TRUE(suite.ok()) << to_string(suite.error(), Lang::en);
  const Task& task = *suite->find("home/tidy", 1);
  ASSERT_EQ(task.wordings.size(), 2u);
  EXPECT_EQ(task.wordings[1].zh, "{drawer}应当是开着的。");
  EXPECT_TRUE(task.text_only);
  EXPECT_EQ(task.detector.range_m, 4);
  EXPECT_EQ(task.detector.fov_rad, 2.1);
  EXPECT_TRUE(task.detector.occlusion);

  const auto& c = task.success.children;
  ASSERT_EQ(c.size(), 6u);
  EXPECT_EQ(c[0].op, Op::joint);
  EXPECT_EQ(c[0].a, "{drawer}_slide");
  EXPECT_EQ(c[0].min, 0.2);
  EXPECT_TRUE(std::isinf(c[0].max) && c[0].max > 0);
  EXPECT_EQ(c[0].tolerance, 0.005);
  EXPECT_EQ(c[1].min, -1);
  EXPECT_EQ(c[1].max, 0.5);
  EXPECT_EQ(c[1].tolerance, 0.02);
  EXPECT_EQ(c[2].op, Op::pressing);
  EXPECT_EQ(c[2].max, 15);
  EXPECT_EQ(c[3].op, Op::covered);
  EXPECT_EQ(c[3].half_m[1], 0.2);
  EXPECT_EQ(c[3].cell_m, 0.02);
  EXPECT_EQ(c[3].share, 0.9);
  EXPECT_EQ(c[3].tolerance, 0.05);
  ASSERT_EQ(c[3].except.size(), 1u);
  EXPECT_EQ(c[3].except[0].entity, "sofa");
  EXPECT_EQ(c[3].except[0].half_m[1], 0.9);
  ASSERT_EQ(c[3].children.size(), 1u);
  EXPECT_EQ(c[3].children[0].op, Op::pressing);
  EXPECT_EQ(c[4].op, Op::reported);
  EXPECT_EQ(c[4].radius_m, 0.5);
  EXPECT_EQ(c[5].op, Op::no_false_report);

  using Kind = Variation::Kind;
  const auto& v = task.variation;
  ASSERT_EQ(v.size(), 6u);
  EXPECT_EQ(v[1].kind, Kind::bias);
  EXPECT_EQ(v[1].target, "detections");
  EXPECT_EQ(v[1].high, 0.03);
  EXPECT_EQ(v[2].kind, Kind::dropout);
  EXPECT_EQ(v[2].low, 0.2);
  EXPECT_EQ(v[2].to_ns, 9'000'000'000);
  EXPECT_EQ(v[3].kind, Kind::blackout);
  EXPECT_EQ(v[3].high, 3);
  EXPECT_EQ(v[3].from_ns, 2'000'000'000);
  EXPECT_EQ(v[4].kind, Kind::weaken);
  EXPECT_EQ(v[4].target, "gripper");
  EXPECT_EQ(v[4].to_ns, 10'000'000'000);
  EXPECT_EQ(v[5].kind, Kind::one_of);
  ASSERT_EQ(v[5].options.size(), 3u);
  EXPECT_EQ(v[5].options[0][0].kind, Kind::dropout);
  ASSERT_EQ(v[5].options[1].size(), 3u) << "one pose_jitter line for two bodies is two records";
  EXPECT_EQ(v[5].options[1][2].target, "panel");
  EXPECT_TRUE(v[5].options[2].empty());

  const Task& other = *suite->find("home/tidy", 4);
  EXPECT_FALSE(other.text_only);
  EXPECT_TRUE(other.wordings.empty());
  EXPECT_EQ(other.detector.range_m, 2);
  EXPECT_TRUE(other.detector.occlusion) << "maps are merged by key";
}

TEST_F(MechanismWords, AJointMustBeInTheSceneAndHaveTheUnit) {
  expect_fault(307, "a: lid_hinge", "a: lid_hing", "lid_hing,");
  expect_fault(307, "\"{drawer}_slide\"", "\"{drawer}_rail\"", "\"{drawer}_rail\"");
  expect_fault(305, "\"{drawer}_slide\"", "\"{door}_slide\"", "\"{door}_slide\"");
  expect_fault(307, "a: lid_hinge", "a: tie", "tie,");
  expect_fault(312, "{a: lid_hinge, min_rad: -1, max_rad: 0.5, tolerance_rad: 0.02}",
               "{a: lid_hinge, min_m: -1, tolerance_m: 0.02}", "-1,");
  expect_fault(312, "min_m: 0.2, tolerance_m: 0.005", "min_rad: 0.2, tolerance_rad: 0.005", "0.2, tolerance_rad");
  expect_fault(312, "pressing: {a: top_slide", "pressing: {a: lid_hinge", "15, tolerance_n");
  const auto text = edited(kTask, "a: lid_hinge", "a: door_hinge");
  EXPECT_TRUE(load(text).ok()) << "its class says what it is: the scene's defaults are lint's business";
}

TEST_F(MechanismWords, BoundsAreInOneUnitAndInOrder) {
  expect_fault(312, "min_rad: -1, max_rad: 0.5, tolerance_rad: 0.02", "min_rad: -1, max_m: 0.5, tolerance_rad: 0.02",
               "-1, max_m");
  expect_fault(312, "max_rad: 0.5, tolerance_rad: 0.02", "max_rad: 0.5", "{a: lid_hinge");
  expect_fault(312, "min_rad: -1, max_rad: 0.5, ", "", "{a: lid_hinge");
  expect_fault(312, "min_n: 5, max_n: 15", "min_n: 25, max_n: 15", "{a: top_slide");
  expect_fault(312, "half_m: [0.1, 0.2, 0.03], cell_m: 0.02", "half_m: [0.1, 0.2, 0.03], cell_m: 0.0002", "0.0002");
}

TEST_F(MechanismWords, EntitiesOfSurfacesAndReportsAreKnown) {
  expect_fault(307, "entity: sofa", "entity: soda", "soda");
  expect_fault(307, "b: panel, half_m", "b: pannel, half_m", "pannel");
  expect_fault(312, "reported: {a: spill", "reported: {a: sofa", "sofa, radius_m: 0.5");
}

TEST_F(MechanismWords, WordingsAskForTheSame) {
  expect_fault(309, "\"Pull the {drawer} out.\"", "\"Pull it out.\"", "\"Pull it out.\"");
  expect_fault(309, "{en: \"Pull the {drawer} out.\", zh: \"把{drawer}拉出来。\"}",
               "{en: \"Pull it out.\", zh: \"把它拉出来。\"}", "{en: \"Pull it");
  expect_fault(305, "\"Pull the {drawer} out.\"", "\"Pull the {drwer} out.\"", "\"Pull the {drwer}");
  expect_fault(302, "grounding: text", "grounding: words", "words\nslots");
}

TEST_F(MechanismWords, FaultsNameSensorsAndOneOfIsFlat) {
  expect_fault(302, "bias: {sensor: detections", "bias: {sensor: joints", "joints");
  expect_fault(302, "blackout: {sensor: range", "blackout: {sensor: radar", "radar");
  expect_fault(312, "share: [0.2, 0.4]", "share: [0.5, 0.4]", "[0.5, 0.4]");
  expect_fault(312, "start_s: [2, 6]", "start_s: [7, 6]", "[7, 6]");
  expect_fault(302, "factor: [0.5, 0.7]", "factor: [0.5, 1.7]", "1.7");
  expect_fault(312, "[{dropout: {sensor: range, share: [1, 1]}}]", "[{one_of: [[], []]}]", "[[], []]");
  expect_fault(312, "[{dropout: {sensor: range, share: [1, 1]}}]", "[{choice: {slot: drawer, of: [top]}}]",
               "{slot: drawer, of: [top]}}");
  expect_fault(307, "bodies: [sofa, panel]", "bodies: [sofa, pannel]", "pannel");
}

TEST_F(MechanismWords, SlotsOfOneFamilyAreDrawnInOrder) {
  expect_fault(312, "  - choice: {slot: drawer, of: [top, low]}\n",
               "  - choice: {slot: drawer_2, of: [low]}\n  - choice: {slot: drawer, of: [top, low]}\n", "drawer_2, of");
}

}  // namespace
}  // namespace assay
