// Mistakes that people make in files, each with the line and column that the message must name.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "suites/schema_words.h"
#include "suites/yaml.h"
#include "tests/suites/files.h"

namespace assay {
namespace {

using test::brief;
using test::edited;
using test::where;
using testing::HasSubstr;

const std::string& task_text() {
  static const std::string text = test::slurp(test::catalog() / "suites/logistics_assembly/parcel_sorting.yaml");
  return text;
}

Result<void> validated(const std::string& text, const char* kind) {
  auto file = parse_yaml(text, "t.yaml");
  if (!file.ok()) return std::move(file).error();
  return validate_schema(*file, kind);
}

/// The error of the catalogue's task after one edit; it must stand where `at` first stands in the edited text.
Error task_error(const std::string& from, const std::string& to, const std::string& at, int id) {
  const std::string text = edited(task_text(), from, to);
  const auto result = validated(text, "task");
  EXPECT_FALSE(result.ok()) << to;
  if (result.ok()) return {};
  EXPECT_EQ(brief(result.error()), brief(id, where(text, at))) << to_string(result.error(), Lang::en);
  EXPECT_FALSE(result.error().what.en.empty());
  EXPECT_FALSE(result.error().what.zh.empty());
  EXPECT_THAT(result.error().what.en, testing::Not(HasSubstr("schema"))) << "words, not jargon";
  return result.error();
}

void expect_task_error(const std::string& from, const std::string& to, const std::string& at, int id) {
  static_cast<void>(task_error(from, to, at, id));
}

TEST(SchemaLine, SaysWhatKindOfFileThisIs) {
  EXPECT_EQ(brief(validated("[1, 2]", "suite")), "301@1:1");
  EXPECT_EQ(brief(validated("id: x\n", "suite")), "301@1:1");
  EXPECT_EQ(brief(validated("id: x\nschema: assay.task/1\n", "suite")), "301@2:9");
  const auto newer = validated("schema: assay.suite/2\n", "suite");
  EXPECT_EQ(brief(newer), "301@1:9");
  EXPECT_THAT(newer.error().help.en, HasSubstr("newer assay"));
  EXPECT_EQ(brief(validated("schema: 1\n", "suite")), "301@1:9");
}

TEST(Schema, NamesWrongTypesWithExpectedAndFound) {
  Error error = task_error("time_limit_s: 30", "time_limit_s: \"30 s\"", "\"30 s\"", 302);
  EXPECT_EQ(error.what.en, "\"time_limit_s\" is text");
  EXPECT_EQ(error.what.zh, "“time_limit_s”是文本");
  EXPECT_EQ(error.expected.en, "a number above 0, at most 86400");
  EXPECT_EQ(error.expected.zh, "大于 0 且不大于 86400 的数");
  EXPECT_EQ(error.found, "\"30 s\"");
  EXPECT_EQ(error.help.en, "write 30: the key is in s");
  error = task_error("time_limit_s: 30", "time_limit_s: 500 ms", "500 ms", 302);
  EXPECT_EQ(error.help.en, "write 0.5: the key is in s");
  EXPECT_EQ(error.help.zh, "写 0.5：该键的单位为 s");
  error = task_error("time_limit_s: 30", "time_limit_s: 3 cm", "3 cm", 302);
  EXPECT_EQ(error.help.en, "write only a number: the key is in s");

  error = task_error("id: parcel_sorting", "id: 017", "017", 302);
  EXPECT_EQ(error.found, "017");
  EXPECT_EQ(error.help.en, "if text is meant, quote it: \"017\"");
  error = task_error("id: parcel_sorting", "id: 42", "42", 302);
  EXPECT_EQ(error.what.en, "\"id\" is a whole number");
  EXPECT_EQ(error.help.en, "if text is meant, quote it: \"42\"");
  error = task_error("nconmax: 300", "nconmax: 300.5", "300.5", 302);
  EXPECT_THAT(error.expected.en, HasSubstr("whole number"));
  expect_task_error("time_limit_s: 30", "time_limit_s: -1", "-1", 302);
  expect_task_error("time_limit_s: 30", "time_limit_s: [30]", "[30]", 302);
  expect_task_error("time_limit_s: 30", "time_limit_s:", "time_limit_s", 302);
  error = task_error("capabilities: [arm, gripper, \"payload:0.1\"]", "capabilities: arm", "arm\n", 302);
  EXPECT_THAT(error.expected.en, HasSubstr("a list of"));
  expect_task_error("id: parcel_sorting", "id: Parcel Sorting", "Parcel Sorting", 302);
  expect_task_error("half_m: [0.09, 0.08, 0.08]", "half_m: [0.09, 0.08]", "[0.09, 0.08]", 302);
  error = task_error("sensor: detections", "sensor: camera", "camera", 302);
  EXPECT_EQ(error.expected.en, "one of detections, range, joints, imu, odometry, force");
}

TEST(Schema, RefusesWordsThatReadersTakeDifferently) {
  Error error = task_error("en: Parcel sorting,", "en: yes,", "yes,", 302);
  EXPECT_EQ(error.found, "yes");
  EXPECT_EQ(error.help.en, "if text is meant, quote it: \"yes\"");
  EXPECT_THAT(error.help.zh, HasSubstr("加引号"));
  expect_task_error("en: Parcel sorting,", "en: Off,", "Off,", 302);
  expect_task_error("time_limit_s: 30", "time_limit_s: 030", "030", 302);
  EXPECT_TRUE(validated(edited(task_text(), "en: Parcel sorting,", "en: \"yes\","), "task").ok());
}

TEST(Schema, NamesUnknownKeysAndTheNearestKnownOne) {
  Error error = task_error("time_limit_s: 30", "time_limit_s: 30\nvariaton: []", "variaton", 303);
  EXPECT_EQ(error.help.en, "did you mean variation?");
  EXPECT_EQ(error.help.zh, "是否想写 variation？");
  error = task_error("inside: {a:", "insid: {a:", "insid:", 303);
  EXPECT_EQ(error.help.en, "did you mean inside?");
  error = task_error("tolerance_m: 0.01}", "tolerance_m: 0.01, colour: red}", "colour", 303);
  EXPECT_EQ(error.help.en, "");
  EXPECT_THAT(error.expected.en, HasSubstr("half_m"));
  expect_task_error("levels:\n", "levels:\n  L6: {}\n", "L6", 303);
}

TEST(Schema, SaysWhereTheUnitBelongs) {
  for (const std::string key : {"time_limit", "time_limit_ms", "time_limit_min"}) {
    const Error error = task_error("time_limit_s: 30", key + ": 30", key, 303);
    EXPECT_EQ(error.help.en, "the unit belongs in the key: time_limit_s") << key;
    EXPECT_EQ(error.help.zh, "单位应写在键名里：time_limit_s");
  }
  EXPECT_EQ(task_error("sigma_m: 0.002", "sigma_mm: 2", "sigma_mm", 303).help.en.substr(0, 33),
            "the unit belongs in the key: sigm");
  EXPECT_EQ(task_error("{contact_force_n: 65", "{contact_force_kn: 65", "contact_force_kn", 303).help.en,
            "the unit belongs in the key: contact_force_n");
}

TEST(Schema, NamesMissingKeysLast) {
  Error error = task_error("time_limit_s: 30\n", "", "schema:", 302);
  EXPECT_EQ(error.what.en, "key \"time_limit_s\" is missing");
  EXPECT_EQ(error.what.zh, "缺少键“time_limit_s”");
  error = task_error("title: {en: Parcel sorting, zh: 包裹分拣}", "title: {en: Parcel sorting}", "{en: Parcel sorting}",
                     302);
  EXPECT_EQ(error.what.en, "key \"zh\" is missing in \"title\"");
  expect_task_error(", tolerance_m: 0.01}", "}", "{a: \"{object}\", b: \"{target}\", half_m: [0.09, 0.08, 0.08]}", 302);
}

TEST(Schema, ReportsTheFirstOfSeveralByLine) {
  std::string text = edited(task_text(), "impratio: 10", "impratio: ten");
  text = edited(text, "tags: [pick_and_place]", "tags: 5");
  EXPECT_EQ(brief(validated(text, "task")), brief(302, where(text, "5\n")));
}

TEST(Schema, NamesTheOtherMistakesToo) {
  std::string text = edited(task_text(), "impratio: 10", "impratio: ten");
  text = edited(text, "tags: [pick_and_place]", "tags: 5");
  text = edited(text, "time_limit_s:", "time_limit:");
  const auto result = validated(text, "task");
  ASSERT_FALSE(result.ok());
  const auto& help = result.error().help;
  EXPECT_THAT(help.en, HasSubstr("also in this file:"));
  const auto ten = where(text, "ten"), limit = where(text, "time_limit:");
  EXPECT_THAT(help.en, HasSubstr(fmt::format(":{}:{}: \"impratio\" is text", ten.line, ten.column)));
  EXPECT_THAT(help.zh, HasSubstr(fmt::format(":{}:{}: 此处没有名为“time_limit”的键", limit.line, limit.column)));
  EXPECT_THAT(help.en, testing::Not(HasSubstr("is missing"))) << "the misspelt key explains it";
}

TEST(Schema, TakesOneOperatorPerCondition) {
  const Error error =
      task_error("    when: {eventually: {held: {a: \"{object}\"}}}",
                 "    when: {eventually: {held: {a: \"{object}\"}}, always: {held: {a: x}}}", "{eventually", 302);
  EXPECT_THAT(error.expected.en, HasSubstr("exactly one of"));
}

TEST(Schema, SurvivesLongTextAndStrangeKeys) {
  const std::string text = edited(task_text(), "id: parcel_sorting", "id: " + std::string(200'000, 'a'));
  EXPECT_EQ(brief(validated(text, "task")), brief(302, where(text, "aaaa")));
  EXPECT_EQ(brief(validated("schema: assay.suite/1\n\"[0]/~\": 1\n\"\": 2\n", "suite")), "303@2:1");
}

TEST(Words, FindNearestNamesAndStems) {
  EXPECT_EQ(nearest_name("logistic_assembly", {"parcel", "logistics_assembly"}), "logistics_assembly");
  EXPECT_EQ(nearest_name("zebra", {"parcel", "bin"}), "");
  EXPECT_EQ(unit_stem("speed_rad_s"), "speed");
  EXPECT_EQ(unit_stem("time_limit_ms"), "time_limit");
  EXPECT_EQ(unit_stem("title"), "title");
}

}  // namespace
}  // namespace assay
