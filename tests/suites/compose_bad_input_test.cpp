// What cannot be merged is refused by id and place; nothing crashes or hangs.
#include <gmock/gmock.h>
#include <sys/stat.h>

#include "tests/suites/compose_support.h"

namespace assay::test {
namespace {

using testing::HasSubstr;

std::string with(const std::string& body, const std::string& rest = "", const std::string& first = "") {
  return "<mujoco>\n" + first + "<worldbody>\n<body name=\"base\"><geom size=\"0.1\"/>\n" + body +
         "\n</body></worldbody>\n" + rest + "\n</mujoco>";
}

struct Bad {
  const char* name;
  std::string text;
  int id;
  int line;  ///< 0: not checked
  const char* says;
};

std::vector<Bad> bad_models() {
  return {
      {"unclosed tag", "<mujoco>\n<worldbody>\n<body></worldbody></mujoco>", 452, 0, "XML"},
      {"empty", "", 452, 0, "XML"},
      {"text", "hello", 452, 0, "XML"},
      {"urdf", "<robot name=\"r\"/>", 454, 1, "MJCF"},
      {"doctype", "<!DOCTYPE m [<!ENTITY a \"b\">]>\n<mujoco/>", 453, 1, "entities"},
      {"inner doctype", "<mujoco>\n<!DOCTYPE x>\n</mujoco>", 453, 2, "entities"},
      {"processing instruction", "<mujoco>\n<?php run?>\n</mujoco>", 453, 2, "instructions"},
      {"unknown element", with("<jiont/>"), 456, 4, "jiont"},
      {"unknown attribute", with("<joint rnage=\"1 2\"/>"), 457, 4, "rnage"},
      {"attribute on worldbody", "<mujoco>\n<worldbody name=\"w\"/></mujoco>", 457, 2, "name"},
      {"not a number", with("<joint damping=\"much\"/>"), 459, 4, "damping"},
      {"nan", with("<joint damping=\"nan\"/>"), 459, 4, "damping"},
      {"infinity", with("<joint range=\"0 inf\"/>"), 459, 4, "range"},
      {"overflow", with("<joint damping=\"1e999\"/>"), 459, 4, "damping"},
      {"duplicate name", with("<joint name=\"a\"/>\n<body><joint name=\"a\"/></body>"), 460, 5, "'a'"},
      {"duplicate class", with("", "", "<default><default class=\"x\"/><default class=\"x\"/></default>"), 464, 2,
       "twice"},
      {"nameless class", with("", "", "<default><default/></default>"), 464, 2, "no name"},
      {"unknown joint", with("<joint name=\"a\"/>", "<actuator><motor joint=\"b\"/></actuator>"), 461, 6, "'b'"},
      {"unknown class", with("<geom class=\"nope\" size=\"1\"/>"), 461, 4, "nope"},
      {"global coordinates", with("<joint/>", "", "<compiler coordinate=\"global\"/>"), 462, 2, "global"},
      {"total mass", with("<joint/>", "", "<compiler settotalmass=\"3\"/>"), 463, 2, "settotalmass"},
      {"bounded mass of geoms", with("<joint/>", "", "<compiler boundmass=\"3\"/>"), 463, 0, "boundmass"},
      {"missing mesh", with("", "", "<asset><mesh name=\"m\" file=\"none.stl\"/></asset>"), 465, 2, "not found"},
      {"mesh is a folder", with("", "", "<asset><mesh name=\"m\" file=\".\"/></asset>"), 465, 2, "regular"},
      {"missing include", with("<include file=\"none.xml\"/>"), 450, 4, "not found"},
      {"nameless include", with("<include/>"), 455, 4, "names no file"},
      {"include cycle", with("<include file=\"robot.xml\"/>"), 455, 4, "twice"},
      {"free on a table", "<mujoco><worldbody><body><freejoint/><geom size=\"1\"/></body></worldbody></mujoco>", 467, 1,
       "free"},
      {"no body", "<mujoco><worldbody/></mujoco>", 467, 0, "no body"},
      {"bad euler", with("<body euler=\"1 2\"/>"), 471, 4, "orientation"},
      {"bad sequence", with("", "", "<compiler eulerseq=\"abc\"/>"), 471, 2, "eulerseq"},
      {"implicitfast", with("", "", "<option integrator=\"implicitfast\"/>"), 458, 2, "implicitfast"},
  };
}

TEST_F(ComposeTest, BadModelsAreRefusedWithIdAndPlace) {
  for (const auto& bad : bad_models()) {
    SCOPED_TRACE(bad.name);
    Error error;
    EXPECT_EQ(error_of(bad.text, "table", &error), bad.id) << to_string(error, Lang::en);
    EXPECT_THAT(to_string(error, Lang::en), HasSubstr(bad.says));
    EXPECT_EQ(error.place.file, fs::canonical(path("robot.xml")).string());
    EXPECT_TRUE(bad.line == 0 || error.place.line == bad.line) << error.place.line;
  }
}

TEST_F(ComposeTest, NewerAttributesNameTheVersionThatKnowsThem) {
  const std::vector<std::pair<std::string, const char*>> newer = {
      {with("<joint actuatorfrcrange=\"-1 1\"/>"), "3.0.0"},
      {with("<joint name=\"j\"/>", "<actuator><position joint=\"j\" kp=\"1\" kv=\"1\"/></actuator>"), "3.1.0"},
      {with("<joint name=\"j\"/>", "<actuator><position joint=\"j\" dampratio=\"1\"/></actuator>"), "3.1.4"},
      {with("<joint name=\"j\"/>", "<actuator><position joint=\"j\" inheritrange=\"1\"/></actuator>"), "3.1.3"},
      {with("", "", "<compiler assetdir=\"a\"/>"), "2.3.0"},
      {with("", "", "<option integrator=\"implicitfast\"/>"), "2.3.3"},
      {with("", "", "<visual><global ellipsoidinertia=\"true\"/></visual>"), "2.3.4"},
      {with("<body gravcomp=\"1\"/>"), "2.3.1"},
      {with("<frame/>"), "3.1.0"},
      {with("<joint name=\"j\"/>", "<sensor><jointactuatorfrc joint=\"j\"/></sensor>"), "2.3.7"},
  };
  for (const auto& [text, version] : newer) {
    Error error;
    const int id = error_of(text, "table", &error);
    EXPECT_TRUE(id == 456 || id == 457 || id == 458) << id;
    EXPECT_THAT(error.help.en, HasSubstr(version));
    EXPECT_THAT(error.help.zh, HasSubstr(version));
    EXPECT_GT(error.place.line, 0);
  }
}

TEST_F(ComposeTest, SizesAreCapped) {
  write("robot.xml", "<mujoco>");
  fs::resize_file(path("robot.xml"), 100u << 20);
  EXPECT_EQ(compose(task(), robot(path("robot.xml"))).error().id, 451);
  std::string deep = "<mujoco><worldbody>";
  for (int i = 0; i < 95; ++i) deep += "<body>";
  for (int i = 0; i < 95; ++i) deep += "</body>";
  EXPECT_EQ(error_of(deep + "</worldbody></mujoco>"), 451);
  std::string deeper = "<mujoco>";
  for (int i = 0; i < 100'000; ++i) deeper += "<body>";
  EXPECT_EQ(error_of(deeper), 451);
  std::string many = "<mujoco><worldbody><body>";
  for (int i = 0; i < 210'000; ++i) many += "<geom/>";
  EXPECT_EQ(error_of(many + "</body></worldbody></mujoco>"), 451);
}

TEST_F(ComposeTest, SpecialFilesNeverBlock) {
  ASSERT_EQ(mkfifo(path("pipe").c_str(), 0600), 0);
  EXPECT_EQ(compose(task(), robot(path("pipe"))).error().id, 450);
  EXPECT_EQ(compose(task(), robot("/dev/zero")).error().id, 450);
  EXPECT_EQ(compose(task(), robot(path("nothing.xml"))).error().id, 450);
  EXPECT_EQ(error_of(with("", "", "<asset><mesh name=\"m\" file=\"pipe\"/></asset>")), 465);
  EXPECT_EQ(error_of(with("<include file=\"pipe\"/>")), 450);
}

TEST_F(ComposeTest, SceneMustOfferThePlace) {
  write("bare.xml", "<mujoco><worldbody><body name=\"x\"/></worldbody></mujoco>");
  write("robot.xml", with("<joint/>"));
  EXPECT_EQ(compose(task("bare.xml"), robot(path("robot.xml"))).error().id, 466);
  EXPECT_EQ(compose(task("bare.xml"), robot(path("robot.xml"), "floor")).error().id, 466);
  write("taken.xml", "<mujoco><worldbody><body name=\"robot_mount\"/><body name=\"robot/x\"/></worldbody></mujoco>");
  EXPECT_EQ(compose(task("taken.xml"), robot(path("robot.xml"))).error().id, 472);
}

TEST_F(ComposeTest, CompositeLimitsInDegreesAreRefused) {
  EXPECT_EQ(
      error_of(with("<composite type=\"rope\" count=\"4 1 1\" spacing=\"0.1\"><joint kind=\"main\" range=\"0 10\"/>"
                    "<geom size=\"0.01\"/></composite>")),
      470);
}

}  // namespace
}  // namespace assay::test
