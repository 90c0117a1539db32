// Suites, tasks, schemes and subjects: what ends in the records, and what a schema cannot say.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "suites/catalog.h"
#include "suites/yaml.h"
#include "tests/suites/files.h"

namespace assay {
namespace {

namespace fs = std::filesystem;
using test::brief;
using test::edited;
using test::where;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kScene = R"(<mujoco><worldbody>
  <body name="cup"><site name="rim"/></body><body name="tray"/><body name="shelf"/>
</worldbody></mujoco>)";

constexpr const char* kSuite = R"(schema: assay.suite/1
id: kitchen
version: 1.0.0
title: {en: Kitchen, zh: 厨房}
tasks: [clear.yaml]
)";

constexpr const char* kTask = R"(schema: assay.task/1
id: clear
title: {en: Clear, zh: 清理}
purpose: {en: Clears., zh: 清理。}
instruction: {en: "Put the {object} on the {target}.", zh: "把{object}放到{target}上。"}
slots:
  object: {cup: {en: cup, zh: 杯子}}
  target: {tray: {en: tray, zh: 托盘}, shelf: {en: shelf, zh: 架子}}
capabilities: [arm]
reference: {embodiment: arm7, policy: scripted_manipulator}
scene: scene.xml
control_rate_hz: 100
time_limit_s: 12.5
variation:
  - choice: {slot: target, of: [tray, shelf]}
  - pose_jitter: {bodies: [cup, tray], jitter: {x_m: 0.002, yaw_rad: 0.02}}
  - shuffle: {bodies: [cup], places: [{x_m: 1, y_m: 2, z_m: 3}, {x_m: 4, y_m: 5, z_m: 6, yaw_rad: 1}]}
  - noise: {sensor: joints, sigma_rad: 0.001}
  - push: {body: "{object}", impulse_n_s: [0.1, 0.2], time_s: [1, 2.5]}
  - latency: {latency_s: [0.01, 0.02]}
actors:
  - {body: shelf, path_m: [[0, 0, 0], [1, 0, 0]], speed_m_s: 0.5, start_s: [1, 2]}
detectables:
  - {body: cup, label: cup, kind: parcel, size_m: [0.1, 0.1, 0.2]}
success:
  all:
    - near: {a: "{object}", b: "{target}", radius_m: 0.2, planar: true, tolerance_m: 0.05}
    - inside: {a: rim, b: tray, half_m: [0.1, 0.2, 0.3], tolerance_m: 0.01}
    - any: [{above: {a: cup, height_m: 0.1, tolerance_m: 0.02}}, {below: {a: cup, b: tray, height_m: 0.3, tolerance_m: 0.02}}]
    - upright: {a: cup, max_tilt_rad: 0.2, tolerance_rad: 0.1}
    - at_rest: {a: cup, v_max_m_s: 0.01, w_max_rad_s: 0.1, tolerance_m_s: 0.005}
    - not: {touching: {a: robot, b: cup}}
    - within: {from_s: 0.5, to_s: 2, condition: {held: {a: cup}}}
    - holds_for: {duration_s: 1.5, condition: {eventually: {touching: {a: robot.tcp, b: cup}}}}
    - sequence: [{visited: {a: cup, b: tray, radius_m: 0.3, tolerance_m: 0.1}}, {always: {held: {a: cup, b: robot.gripper}}}]
subgoals:
  - {id: lifted, when: {above: {a: cup, height_m: 0.1, tolerance_m: 0.01}}}
checks:
  first: {first_contact: {a: "{object}", entities: [cup, tray]}}
limits:
  on_tray: {contact_force_n: 50, b: tray, source: ISO}
  speed: {tcp_speed_m_s: 0.25, a: robot.tcp}
metrics: [success]
levels:
  L1: {}
  L2:
    time_limit_s: 20
    reference: {embodiment: ../bodies/own.yaml, policy: own}
    slots: {object: {tray: {en: tray, zh: 托盘}}}
    variation: [{choice: {slot: target, of: [shelf]}}, {choice: {slot: object, of: [cup, tray]}}]
    limits: {speed: {tcp_speed_m_s: 0.1}}
    success: {held: {a: cup}}
    physics: {timestep_s: 0.001}
)";

class Loader : public testing::Test {
 protected:
  void SetUp() override {
    folder_.write("scene.xml", kScene);
    folder_.write("clear.yaml", kTask);
    suite_ = folder_.write("suite.yaml", kSuite);
  }
  Result<Suite> with_task(const std::string& text) {
    folder_.write("clear.yaml", text);
    return load_suite(suite_);
  }
  /// Both tests' and product's places: the task after one edit fails with `id` where `at` first stands.
  void expect_fault(int id, const std::string& from, const std::string& to, const std::string& at) {
    const std::string text = edited(kTask, from, to);
    const auto suite = with_task(text);
    ASSERT_FALSE(suite.ok()) << to;
    EXPECT_EQ(brief(suite), brief(id, where(text, at))) << to_string(suite.error(), Lang::en);
    EXPECT_EQ(suite.error().place.file, folder_.path("clear.yaml"));
    EXPECT_FALSE(suite.error().what.zh.empty());
  }
  test::Folder folder_;
  std::string suite_;
};

TEST_F(Loader, PutsEveryValueIntoTheRecords) {
  const auto suite = load_suite(suite_);
  ASSERT_TRUE(suite.ok()) << to_string(suite.error(), Lang::en);
  const Task* task = suite->find("kitchen/clear", 1);
  ASSERT_NE(task, nullptr);
  EXPECT_EQ(task->key(), "kitchen/clear");
  EXPECT_EQ(task->scene_path, folder_.path("scene.xml"));
  EXPECT_EQ(task->time_limit_ns, 12'500'000'000);
  EXPECT_EQ(task->control_period_ns, 10'000'000);
  ASSERT_TRUE(task->reference.has_value());
  EXPECT_EQ(task->reference->embodiment, "arm7");
  EXPECT_EQ(task->reference->policy, "scripted_manipulator");
  EXPECT_EQ(task->slot_words.at("target").at("shelf").zh, "架子");
  ASSERT_EQ(task->variation.size(), 7u) << "one pose_jitter line for two bodies is two records";
  EXPECT_EQ(task->variation[1].target, "cup");
  EXPECT_EQ(task->variation[2].target, "tray");
  EXPECT_EQ(task->variation[2].jitter, (std::array<double, 4>{0.002, 0, 0, 0.02}));
  EXPECT_EQ(task->variation[3].places[1], (std::array<double, 4>{4, 5, 6, 1}));
  EXPECT_EQ(task->variation[4].low, 0.001);
  EXPECT_EQ(task->variation[5].to_ns, 2'500'000'000);
  EXPECT_EQ(task->variation[5].target, "{object}");
  EXPECT_EQ(task->variation[6].high, 0.02);
  EXPECT_EQ(task->actors[0].path[1][0], 1);
  EXPECT_EQ(task->actors[0].start_s_high, 2);
  EXPECT_EQ(task->detectables[0].size_m[2], 0.2);
  ASSERT_EQ(task->limits.size(), 2u);
  EXPECT_EQ(task->limits[0].id, "on_tray");
  EXPECT_EQ(task->limits[0].source, "ISO");
  EXPECT_EQ(task->limits[1].quantity, Limit::Quantity::tcp_speed_m_s);
  EXPECT_EQ(task->checks[0].second.entities, (std::vector<std::string>{"cup", "tray"}));
}

TEST_F(Loader, ReadsEveryOperator) {
  const auto suite = load_suite(suite_);
  ASSERT_TRUE(suite.ok());
  const auto& parts = suite->find("kitchen/clear", 1)->success.children;
  std::vector<Op> ops;
  for (const auto& part : parts) ops.push_back(part.op);
  EXPECT_THAT(ops, ElementsAre(Op::near, Op::inside, Op::any, Op::upright, Op::at_rest, Op::not_, Op::within,
                               Op::holds_for, Op::sequence));
  EXPECT_TRUE(parts[0].planar);
  EXPECT_EQ(parts[0].tolerance, 0.05);
  EXPECT_EQ(parts[1].half_m[2], 0.3);
  EXPECT_EQ(parts[2].children[1].op, Op::below);
  EXPECT_EQ(parts[3].tolerance, 0.1);
  EXPECT_EQ(parts[4].w_max_rad_s, 0.1);
  EXPECT_EQ(parts[5].children[0].op, Op::touching);
  EXPECT_EQ(parts[6].from_ns, 500'000'000);
  EXPECT_EQ(parts[6].children[0].op, Op::held);
  EXPECT_EQ(parts[7].duration_ns, 1'500'000'000);
  EXPECT_EQ(parts[8].children[0].op, Op::visited);
  EXPECT_EQ(parts[8].children[1].children[0].b, "robot.gripper");
}

TEST_F(Loader, OverridesListsAndConditionsWholeAndMapsByKey) {
  const auto suite = load_suite(suite_);
  ASSERT_TRUE(suite.ok());
  const Task* task = suite->find("kitchen/clear", 2);
  ASSERT_NE(task, nullptr);
  EXPECT_EQ(task->time_limit_ns, 20'000'000'000);
  EXPECT_EQ(task->reference->embodiment, fs::path(folder_.path("../bodies/own.yaml")).lexically_normal().string());
  EXPECT_EQ(task->variation.size(), 2u);
  EXPECT_EQ(task->success.op, Op::held);
  EXPECT_EQ(task->slot_words.at("object").size(), 2u);
  ASSERT_EQ(task->limits.size(), 2u);
  EXPECT_EQ(task->limits[1].value, 0.1);
  EXPECT_EQ(task->limits[1].a, "robot.tcp");
  EXPECT_EQ(task->physics.timestep_s, 0.001);
  EXPECT_EQ(suite->find("kitchen/clear", 3), nullptr);
  EXPECT_EQ(suite->find("kitchen/clean", 1), nullptr);
}

TEST_F(Loader, HashesEveryFileAndNotTheFolder) {
  const auto first = load_suite(suite_);
  ASSERT_TRUE(first.ok());
  EXPECT_THAT(first->files, ElementsAre(suite_, folder_.path("clear.yaml"), folder_.path("scene.xml")));
  const test::Folder other;
  other.write("scene.xml", kScene);
  other.write("clear.yaml", kTask);
  const auto moved = load_suite(other.write("suite.yaml", kSuite));
  ASSERT_TRUE(moved.ok());
  EXPECT_EQ(moved->sha256, first->sha256);
  folder_.write("scene.xml", std::string(kScene) + "<!-- -->");
  EXPECT_NE(load_suite(suite_)->sha256, first->sha256);
}

TEST_F(Loader, RefusesSlotsThatNobodyDeclaresOrFills) {
  expect_fault(305, "Put the {object} on", "Put the {objet} on", "\"Put the");
  expect_fault(305, "near: {a: \"{object}\"", "near: {a: \"{cup}\"", "\"{cup}\"");
  expect_fault(305, "choice: {slot: target, of: [tray", "choice: {slot: goal, of: [tray", "goal");
  expect_fault(306, "  - choice: {slot: target, of: [tray, shelf]}\n", "", "{tray: {en");
  expect_fault(306, "of: [tray, shelf]", "of: [tray, cup]", "cup]");
  expect_fault(309, "把{object}放到{target}上。", "把{object}放好。", "\"把{object}");
}

TEST_F(Loader, RefusesNamesThatTheSceneLacks) {
  expect_fault(307, "inside: {a: rim", "inside: {a: rin", "rin,");
  expect_fault(307, "bodies: [cup, tray], jitter", "bodies: [cup, trai], jitter", "trai]");
  expect_fault(307, "entities: [cup, tray]", "entities: [cup, plate]", "plate");
  expect_fault(307, "object: {cup:", "object: {mug:", "{en: cup");
  expect_fault(307, "b: tray, source", "b: trey, source", "trey");
  expect_fault(307, "- {body: shelf, path", "- {body: man, path", "man,");
  const auto suite = with_task(edited(kTask, "inside: {a: rim", "inside: {a: rin"));
  EXPECT_EQ(suite.error().help.en, "did you mean rim?");
}

TEST_F(Loader, ReadsTheForceSensorsNoise) {
  const auto suite = with_task(edited(kTask, "{sensor: joints, sigma_rad: 0.001}", "{sensor: force, sigma_n: 0.2}"));
  ASSERT_TRUE(suite.ok()) << to_string(suite.error(), Lang::en);
  const auto& variation = suite->tasks.at(0).variation;
  const auto noise = std::find_if(variation.begin(), variation.end(),
                                  [](const Variation& v) { return v.kind == Variation::Kind::noise; });
  ASSERT_NE(noise, variation.end());
  EXPECT_EQ(noise->target, "force");
  EXPECT_EQ(noise->low, 0.2);
}

TEST_F(Loader, RefusesBrokenRules) {
  expect_fault(312, "impulse_n_s: [0.1, 0.2]", "impulse_n_s: [0.3, 0.2]", "[0.3, 0.2]");
  expect_fault(312, "time_s: [1, 2.5]", "time_s: [3, 2.5]", "[3, 2.5]");
  expect_fault(312, "sigma_rad: 0.001", "sigma_m: 0.001", "0.001");
  expect_fault(312, "noise: {sensor: joints, sigma_rad: 0.001}", "noise: {sensor: joints}", "{sensor: joints}");
  expect_fault(312, "noise: {sensor: joints, sigma_rad: 0.001}", "noise: {sensor: force, sigma_m: 0.1}", "0.1}");
  expect_fault(312, "bodies: [cup], places", "bodies: [cup, tray, shelf], places", "[{x_m: 1");
  expect_fault(312, "contact_force_n: 50, b", "contact_force_n: 50, separation_m: 1, b", "{contact_force_n");
  expect_fault(312, "speed: {tcp_speed_m_s: 0.25, a: robot.tcp}", "speed: {a: robot.tcp}", "{a: robot.tcp}");
  expect_fault(312, "contact_force_n: 50, b: tray,", "contact_force_n: 50,", "{contact_force_n");
  expect_fault(312, "from_s: 0.5, to_s: 2,", "from_s: 2.5, to_s: 2,", "2, condition");
  expect_fault(312, "control_rate_hz: 100", "control_rate_hz: 300", "300");
  expect_fault(312, "[[0, 0, 0], [1, 0, 0]]", "[[0, 0, 0]]", "[[0, 0, 0]]");
  expect_fault(312, "start_s: [1, 2]", "start_s: [2, 1]", "[2, 1]");
  expect_fault(312, "  on_tray:", "  On-Tray:", "{contact_force_n");
}

TEST_F(Loader, NamesThePlaceInTheLevelThatOverrides) {
  expect_fault(307, "success: {held: {a: cup}}", "success: {held: {a: cap}}", "cap}");
  expect_fault(312, "physics: {timestep_s: 0.001}", "physics: {timestep_s: 0.003}", "100\ntime");
}

TEST_F(Loader, SaysWhichFileIsMissing) {
  const auto task = load_suite(folder_.write("suite.yaml", edited(kSuite, "clear.yaml", "clean.yaml")));
  ASSERT_FALSE(task.ok());
  EXPECT_EQ(task.error().id, 201);
  EXPECT_EQ(task.error().place.file, folder_.path("clean.yaml"));
  EXPECT_THAT(task.error().help.en, HasSubstr("suite.yaml:5:9"));
  folder_.write("suite.yaml", kSuite);
  expect_fault(308, "scene: scene.xml", "scene: none.xml", "none.xml");
  folder_.write("scene.xml", "<mujoco>\n<worldbody>\n</mujoco>");
  folder_.write("clear.yaml", kTask);
  const auto broken = load_suite(suite_);
  EXPECT_EQ(broken.error().id, 308);
  EXPECT_EQ(broken.error().place.file, folder_.path("scene.xml"));
  EXPECT_GT(broken.error().place.line, 0);
}

TEST_F(Loader, RefusesTheSameTaskTwice) {
  const auto twice =
      load_suite(folder_.write("suite.yaml", edited(kSuite, "[clear.yaml]", "[clear.yaml, clear.yaml]")));
  EXPECT_EQ(brief(twice), "311@2:5");
}

TEST_F(Loader, FollowsIncludedScenes) {
  folder_.write("scene.xml", "<mujoco><include file=\"parts.xml\"/></mujoco>");
  folder_.write("parts.xml", kScene);
  const auto suite = load_suite(suite_);
  ASSERT_TRUE(suite.ok()) << to_string(suite.error(), Lang::en);
  EXPECT_EQ(suite->files.size(), 4u);
  folder_.write("parts.xml", "<mujoco><include file=\"scene.xml\"/></mujoco>");
  EXPECT_EQ(load_suite(suite_).error().id, 308) << "files that include each other end";
}

TEST(AddATask, TheExampleOfThePageLoads) {
  const std::string page = test::slurp(fs::path(ASSAY_SOURCE_DIR) / "docs/add-a-task.md");
  const auto block = [&](std::size_t number) {
    std::size_t at = 0;
    for (std::size_t i = 0; i <= number; ++i) at = page.find("```yaml\n", at) + 8;
    return page.substr(at, page.find("```", at) - at);
  };
  const test::Folder folder;
  folder.write("parcel_sorting.xml", test::slurp(test::catalog() / "scenes/parcel_sorting.xml"));
  folder.write("one_bin.yaml", block(1));
  const auto suite = load_suite(folder.write("suite.yaml", block(0)));
  ASSERT_TRUE(suite.ok()) << to_string(suite.error(), Lang::en);
  EXPECT_NE(suite->find("my_cell/one_bin", 1), nullptr);
}

}  // namespace
}  // namespace assay
