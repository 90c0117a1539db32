// Lint: what a model sets to its own advantage, and what a suite's author should look at again.
#include <gmock/gmock.h>

#include "tests/suites/compose_support.h"

namespace assay::test {
namespace {

using testing::HasSubstr;

class LintTest : public ComposeTest {
 protected:
  std::vector<LintFinding> lint(const std::string& inside, const std::string& rest = "",
                                const std::string& first = "") {
    const auto text = "<mujoco>\n" + first + "\n<worldbody><body name=\"base\"><joint/><geom size=\"0.1\"/>\n" +
                      inside + "\n</body></worldbody>\n" + rest + "</mujoco>";
    auto body = robot(write("robot.xml", text));
    Group gripper;
    gripper.kind = Group::Kind::gripper;
    gripper.side_a_bodies = gripper.side_b_bodies = {"tip"};
    if (inside.find("\"tip\"") != std::string::npos) body.groups = {gripper};
    return lint_embodiment(body);
  }
  static std::vector<std::string> rules(const std::vector<LintFinding>& findings) {
    std::vector<std::string> names;
    for (const auto& finding : findings) {
      EXPECT_FALSE(finding.message.en.empty());
      EXPECT_FALSE(finding.message.zh.empty());
      names.push_back((finding.error ? "!" : "") + finding.rule);
    }
    return names;
  }
};

TEST_F(LintTest, HonestModelHasNoFindings) {
  EXPECT_TRUE(lint("<body name=\"tip\"><joint/><geom size=\"0.1\"/></body>").empty());
}

TEST_F(LintTest, EachAdvantageIsNamedWithItsLine) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"<geom size=\"0.1\" priority=\"2\"/>", "priority"},
      {"<geom size=\"0.1\" condim=\"6\"/>", "condim"},
      {"<geom size=\"0.1\" solref=\"0.001 1\"/>", "solref"},
      {"<geom size=\"0.1\" solimp=\"0.99 0.999 0.001\"/>", "solimp"},
      {"<geom size=\"0.1\" margin=\"0.01\"/>", "margin"},
      {"<geom size=\"0.1\" friction=\"1.6\"/>", "friction"},
      {"<geom size=\"0.1\" contype=\"2\" conaffinity=\"4\"/>", "mask"},
      {"<body><geom size=\"0.1\"/><joint armature=\"5\"/></body>", "armature"},
      {"<body><geom size=\"0.1\"/><joint damping=\"-1\"/></body>", "!damping"},
      {"<body name=\"tip\"><joint/><geom size=\"0.1\" contype=\"0\" conaffinity=\"0\"/></body>", "!fingertip"},
  };
  for (const auto& [text, rule] : cases) {
    SCOPED_TRACE(text);
    const auto findings = lint(text);
    EXPECT_THAT(rules(findings), testing::Contains(rule));
    ASSERT_FALSE(findings.empty());
    EXPECT_EQ(findings[0].place.line, 4);
  }
}

TEST_F(LintTest, SectionsAreLookedAt) {
  EXPECT_THAT(
      rules(lint("<body name=\"b\"><joint/><geom size=\"1\"/></body>",
                 "<contact><exclude body1=\"base\" body2=\"b\"/></contact><equality><weld body1=\"b\"/></equality>"
                 "<actuator><adhesion body=\"b\" ctrlrange=\"0 1\"/></actuator>",
                 "<option gravity=\"0 0 0\"/>")),
      testing::UnorderedElementsAre("exclude", "!weld", "adhesion", "option"));
}

TEST_F(LintTest, ClassesAreFoundOnceAndCounted) {
  const auto findings = lint("<geom class=\"pad\"/><geom class=\"pad\"/>", "",
                             "<default><default class=\"pad\"><geom size=\"0.1\" priority=\"1\"/></default></default>");
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].place.line, 2);
  EXPECT_THAT(findings[0].message.en, HasSubstr("2 times"));
}

TEST_F(LintTest, VisualGeomsMayBeAnything) {
  EXPECT_TRUE(lint("<geom size=\"0.1\" contype=\"0\" conaffinity=\"0\" priority=\"3\" friction=\"9\"/>").empty());
}

class SuiteLintTest : public LintTest {
 protected:
  Task sound() const {
    Task t = task();
    t.title = t.purpose = {"t", "题"};
    t.instruction = {"move {object}", "移动 {object}"};
    t.slot_words["object"]["cube"] = {"the cube", "方块"};
    t.success.op = Op::at_rest;
    t.success.a = "{object}";
    return t;
  }
  static std::vector<std::string> found(const Task& t) {
    Suite suite;
    suite.tasks = {t};
    return rules(lint_suite(suite));
  }
};

TEST_F(SuiteLintTest, FindsWhatAnAuthorOverlooked) {
  EXPECT_TRUE(found(sound()).empty());
  auto t = sound();
  t.slot_words["object"]["ball"] = {"the ball", "球"};
  EXPECT_THAT(found(t), testing::ElementsAre("!unknown_entity"));
  t = sound();
  t.success.a = "cub";
  EXPECT_THAT(found(t), testing::ElementsAre("!unknown_entity"));
  t = sound();
  t.purpose.zh.clear();
  t.slot_words["object"]["cube"].en.clear();
  EXPECT_THAT(found(t), testing::ElementsAre("!translation", "!translation"));
  t = sound();
  t.slot_words["tool"]["cube"] = {"a", "b"};
  EXPECT_THAT(found(t), testing::ElementsAre("unused_slot"));
  t = sound();
  t.limits.push_back({Limit::Quantity::contact_force_n, "force", "robot", "cube", 10, ""});
  EXPECT_THAT(found(t), testing::ElementsAre("limit_source"));
  t = sound();
  t.success = {};
  EXPECT_THAT(found(t), testing::ElementsAre("!no_signal"));
  t = sound();
  Variation v;
  v.kind = Variation::Kind::place;
  v.target = "cube";
  v.places = {{0.4, 0, 0.5, 0}, {2, 0, 0.5, 0}};
  t.variation = {v};
  EXPECT_THAT(found(t), testing::ElementsAre("!reach")) << "no arm of the catalogue gets there";
  t.variation[0].places = {{0.4, 0, 0.5, 0}};
  t.variation[0].jitter = {2, 0, 0, 0};
  EXPECT_THAT(found(t), testing::ElementsAre("reach")) << "not always";
  t = sound();
  t.wordings = {{"take {object}", ""}};
  EXPECT_THAT(found(t), testing::ElementsAre("!translation"));
  t = sound();
  t.success.op = Op::joint;
  t.success.a = "rail";
  EXPECT_THAT(found(t), testing::ElementsAre("!unknown_signal"));
  t = sound();
  t.scene_path = path("none.xml");
  EXPECT_THAT(found(t), testing::ElementsAre("!scene"));
}

TEST_F(SuiteLintTest, ASceneMakesNoPhysicsOfItsOwn) {
  const auto with = [&](const std::string& first, const std::string& inside) {
    std::string text = kScene;
    const auto world = text.find("<worldbody>");
    text.insert(world + 11, inside);
    text.insert(world, first);
    write("own.xml", text);
    Task t = sound();
    t.scene_path = path("own.xml");
    return found(t);
  };
  EXPECT_TRUE(with("<option gravity=\"0 0 -9.81\" timestep=\"0.001\"/>", "").empty());
  EXPECT_THAT(with("<option gravity=\"0 0 -1.6\"/>", ""), testing::ElementsAre("!gravity"));
  EXPECT_THAT(with("<option gravity=\"0 3 -9.81\"/>", ""), testing::ElementsAre("!gravity"));
  EXPECT_THAT(with("<option density=\"1000\"/>", ""), testing::ElementsAre("!medium"));
  EXPECT_THAT(with("<option wind=\"0 0 0\"/>", ""), testing::ElementsAre());
  EXPECT_THAT(with("<option><flag contact=\"disable\" gravity=\"disable\"/></option>", ""),
              testing::ElementsAre("!flag"));
  EXPECT_THAT(with("<option><flag energy=\"enable\"/></option>", ""), testing::ElementsAre());
  EXPECT_THAT(with("", "<geom size=\"0.1\" friction=\"50\"/>"), testing::ElementsAre("friction"));
  EXPECT_THAT(with("", "<geom size=\"0.1\" friction=\"0\"/>"), testing::ElementsAre("friction"));
  EXPECT_THAT(with("", "<body><joint damping=\"-1\"/><geom size=\"0.1\"/></body>"), testing::ElementsAre("!damping"));
  EXPECT_THAT(with("<equality><weld body1=\"cube\"/></equality>", ""), testing::ElementsAre("weld"));
}

}  // namespace
}  // namespace assay::test
