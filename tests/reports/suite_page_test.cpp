// Conditions and variation in words, and the catalogue page around them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "reports/condition_words.h"
#include "reports/suite_page.h"

namespace assay::reports {
namespace {

using testing::HasSubstr;
using testing::Not;

Condition condition(Op op, const std::string& a = "", const std::string& b = "") {
  Condition out;
  out.op = op;
  out.a = a;
  out.b = b;
  return out;
}

Task sample_task(int level) {
  Task task;
  task.suite = "kitchen";
  task.id = "clear";
  task.level = level;
  task.title = {"Clear the table", "清理桌面"};
  task.purpose = {"Shows it.", "考察清理。"};
  task.instruction = {"Put the {object} on the tray.", "把{object}放到托盘上。"};
  task.slot_words["object"] = {{"cup", {"cup", "杯子"}}, {"can", {"can", "罐子"}}};
  task.time_limit_ns = 12'500'000'000;
  Condition inside = condition(Op::inside, "{object}", "tray_1");
  inside.half_m[0] = inside.half_m[1] = inside.half_m[2] = 0.1;
  inside.tolerance = 0.01;
  Condition free = condition(Op::not_);
  free.children = {condition(Op::touching, "robot", "{object}")};
  task.success = condition(Op::all);
  task.success.children = {inside, free};
  Variation choice;
  choice.name = "object";
  choice.of = {"cup", "can"};
  task.variation = {choice};
  return task;
}

TEST(Words, ConditionsReadAsSentencesInBothLanguages) {
  const Task task = sample_task(1);
  const Words words = words_of(task.success, Names(task));
  EXPECT_EQ(words.text, (Text{"all of these:", "同时满足："}));
  ASSERT_EQ(words.children.size(), 2u);
  EXPECT_EQ(words.children[0].text.en, "{object} lies in tray 1 (±100 × ±100 × ±100 mm, ±10 mm)");
  EXPECT_EQ(words.children[0].text.zh, "{object} 在 tray 1 内（±100 × ±100 × ±100 mm，±10 mm）");
  EXPECT_EQ(words.children[1].text, (Text{"the robot does not touch {object}", "机器人 不接触 {object}"}));
}

TEST(Words, EveryOperatorHasWords) {
  const Task task = sample_task(1);
  const Names names(task);
  for (int op = 0; op <= static_cast<int>(Op::no_false_report); ++op) {
    Condition one = condition(static_cast<Op>(op), "cup", "can");
    one.entities = {"cup", "can"};
    one.min = 1;
    one.max = std::numeric_limits<double>::infinity();
    one.children = {condition(Op::held, "cup")};
    const Words words = words_of(one, names);
    EXPECT_GT(words.text.en.size(), 3u) << op;
    EXPECT_GT(words.text.zh.size(), 3u) << op;
    EXPECT_NE(words.text.en, words.text.zh) << op;
  }
}

TEST(Words, EveryVariationHasWords) {
  const Task task = sample_task(1);
  for (int kind = 0; kind <= static_cast<int>(Variation::Kind::one_of); ++kind) {
    Variation v;
    v.kind = static_cast<Variation::Kind>(kind);
    v.name = "object";
    v.target = "gripper";
    v.of = {"cup", "can"};
    v.low = 0.1;
    v.high = 0.2;
    v.to_ns = 1'000'000'000;
    v.jitter = {0.01, 0.01, 0, 0.1};
    v.places = {{0, 0, 0, 0}};
    v.options = {{}};
    const auto words = words_of({v}, Names(task));
    ASSERT_EQ(words.size(), 1u);
    EXPECT_GT(words[0].text.en.size(), 3u) << kind;
    EXPECT_NE(words[0].text.en, words[0].text.zh) << kind;
  }
}

TEST(Words, BodiesThatMoveAlikeStandTogether) {
  Variation v;
  v.kind = Variation::Kind::pose_jitter;
  v.jitter = {0.002, 0.002, 0, 0.0175};
  Variation w = v;
  v.target = "cup";
  w.target = "can";
  const auto words = words_of({v, w}, Names(sample_task(1)));
  ASSERT_EQ(words.size(), 1u);
  EXPECT_EQ(words[0].text.en, "the cup and the can moved by up to ±2 mm, ±1°");
  EXPECT_EQ(words[0].text.zh, "杯子和罐子 偏移 ±2 mm, ±1° 以内");
}

TEST(Page, HoldsBothLanguagesThePictureAndWhatChangedOnly) {
  SuitePage model;
  model.suite.id = "kitchen";
  model.suite.version = "1.2.0";
  model.suite.title = {"Kitchen <1>", "厨房"};
  model.suite.tasks = {sample_task(1), sample_task(2)};
  model.suite.tasks[1].time_limit_ns = 20'000'000'000;
  model.pictures[{"kitchen/clear", 1}] = png_of(2, 1, std::string(6, '\x7f'));
  const std::string html = to_html(model, Lang::en);
  EXPECT_THAT(html, HasSubstr("<html lang=\"en\">"));
  EXPECT_THAT(html, HasSubstr("Kitchen &lt;1&gt;"));
  EXPECT_THAT(html, HasSubstr("厨房"));
  EXPECT_THAT(html, HasSubstr("data:image/png;base64,iVBOR"));
  EXPECT_THAT(html, HasSubstr("<span class=\"slot\">{object}</span> lies in tray 1"));
  EXPECT_THAT(html, HasSubstr("As at L1"));
  EXPECT_THAT(html, HasSubstr("20 s"));
  EXPECT_THAT(html, Not(HasSubstr("http://")));
  EXPECT_THAT(to_html(model, Lang::zh), HasSubstr("<html lang=\"zh-CN\">"));
}

TEST(Page, AnImageThatDoesNotFitItsSizeIsNone) { EXPECT_TRUE(png_of(2, 2, "abc").empty()); }

}  // namespace
}  // namespace assay::reports
