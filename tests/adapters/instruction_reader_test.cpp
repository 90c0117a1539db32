// Instructions in English and Chinese against a known shelf and a known table: what is meant, and when it is not clear.
#include <gtest/gtest.h>

#include <algorithm>

#include "adapters/policies/instruction_reader.h"
#include "adapters/policies/told_steps.h"

namespace assay {
namespace {

using policies::read_instruction;
using policies::Step;
using Labels = std::vector<std::string>;

Detection thing(const std::string& label, const std::string& kind, double y, double z, std::array<double, 3> size) {
  return {label, kind, {0.68, y, z}, 0, size, true};
}

std::vector<Detection> shelf() {
  constexpr std::array<double, 3> kCan{0.06, 0.06, 0.10};
  return {thing("red can", "goods", 0.26, 0.15, kCan),
          thing("blue can 1", "goods", 0.13, 0.15, kCan),
          thing("red box 1", "goods", 0, 0.14, {0.05, 0.05, 0.08}),
          thing("blue can 2", "goods", -0.13, 0.15, kCan),
          thing("green box", "goods", -0.26, 0.155, {0.05, 0.06, 0.11}),
          thing("red box 2", "goods", 0.13, 0.465, {0.05, 0.055, 0.13}),
          thing("yellow bottle", "goods", -0.13, 0.46, {0.056, 0.056, 0.12}),
          {"tray", "bin", {0.06, 0.56, 0.144}, 0, {0.348, 0.248, 0.02}, true},
          {"customer", "person", {0.3, 1.6, 0}, 0, {0.6, 0.5, 1.7}, true}};
}

std::vector<Detection> table() {
  constexpr std::array<double, 3> kCube{0.05, 0.05, 0.05};
  return {thing("red parcel", "parcel", 0.1, 0.025, kCube),
          thing("green parcel", "parcel", 0, 0.025, kCube),
          thing("blue parcel", "parcel", -0.1, 0.025, kCube),
          thing("yellow parcel", "parcel", 0.2, 0.025, kCube),
          {"blue bin", "bin", {0.4, 0.48, 0}, 0, {0.212, 0.192, 0.074}, true},
          {"orange bin", "bin", {0.4, -0.48, 0}, 0, {0.212, 0.192, 0.074}, true}};
}

/// What is moved, sorted; everything must go to the tray.
Labels fetched(const std::string& text, Lang lang) {
  const auto reading = read_instruction(text, lang, shelf());
  EXPECT_TRUE(reading.clear()) << text << ": " << reading.doubt;
  Labels out;
  for (const auto& step : reading.steps) {
    EXPECT_EQ(step.target, "tray") << text;
    out.push_back(step.object);
  }
  std::sort(out.begin(), out.end());
  return out;
}

struct Case {
  const char *en, *zh;
  Labels meant;
};

TEST(InstructionReader, FindsWhatIsDescribedInBothLanguages) {
  const Case cases[] = {
      {"Put the red can on the tray.", "请把红色罐子放到托盘上。", {"red can"}},
      {"Fetch the blue can on the left.", "请拿左边那个蓝色罐子。", {"blue can 1"}},
      {"Bring me the rightmost blue tin!", "请给我最右边的蓝罐子。", {"blue can 2"}},
      {"Bring the small red box.", "把小的红盒子拿到托盘上。", {"red box 1"}},
      {"The tall red carton goes on the tray.", "高的红色纸盒放到托盘上。", {"red box 2"}},
      {"Onto the tray goes the yellow bottle.", "托盘上要放黄色瓶子。", {"yellow bottle"}},
      {"Fetch the red box from the upper shelf.", "请取上层的红盒子。", {"red box 2"}},
      {"I want the blue can to the left of the small red box.", "我要小红盒子左边的蓝色罐子。", {"blue can 1"}},
      {"I want the one right of the blue can on the right.", "我要绿盒子。", {"green box"}},
      {"Bring all the cans.", "把所有罐子放到托盘上。", {"blue can 1", "blue can 2", "red can"}},
      {"Bring everything that is not a can.",
       "把不是罐子的商品都拿到托盘上。",
       {"green box", "red box 1", "red box 2", "yellow bottle"}},
      {"Bring everything but the cans and the red boxes to the tray.",
       "除了罐子和红盒子以外，所有商品都放到托盘上。",
       {"green box", "yellow bottle"}},
      {"Bring one of each colour to the tray, but nothing red.",
       "每种颜色各拿一件放到托盘上，不要红色的。",
       {"blue can 1", "green box", "yellow bottle"}},
      {"Except for blue, one of every colour should stand on the tray.",
       "除了蓝色以外，每种颜色各拿一件，立在托盘上。",
       {"green box", "red box 1", "yellow bottle"}},
  };
  for (const auto& one : cases) {
    EXPECT_EQ(fetched(one.en, Lang::en), one.meant) << one.en;
    EXPECT_EQ(fetched(one.zh, Lang::zh), one.meant) << one.zh;
  }
}

TEST(InstructionReader, KeepsTheOrderAndSendsEachToItsPlace) {
  const std::vector<Step> meant = {{"green parcel", "blue bin"}, {"red parcel", "orange bin"}};
  for (const auto& reading :
       {read_instruction("First put the green parcel into the blue bin, then put the red parcel into the orange bin.",
                         Lang::en, table()),
        read_instruction("Into the blue bin goes the green one; into the orange bin goes the red one.", Lang::en,
                         table()),
        read_instruction("请先把绿色包裹放进蓝色料箱，再把红色包裹放进橙色料箱。", Lang::zh, table())})
    EXPECT_EQ(reading.steps, meant) << reading.doubt;
}

TEST(InstructionReader, SplitsByARule) {
  const std::vector<Step> meant = {{"red parcel", "blue bin"},
                                   {"yellow parcel", "blue bin"},
                                   {"blue parcel", "orange bin"},
                                   {"green parcel", "orange bin"}};
  const Text texts[] = {
      {"Put the red and yellow parcels into the blue bin, and all the others into the orange bin.",
       "请把所有红色和黄色的包裹放进蓝色料箱，其余的都放进橙色料箱。"},
      {"Everything except the blue and green ones goes into the blue bin; those others go into the orange bin.",
       "除了蓝色和绿色以外的包裹都放进蓝色料箱；其他的放进橙色料箱。"},
      {"Please move all parcels that are not blue or green to the blue bin, and the rest to the orange bin.",
       "请把所有不是蓝色或绿色的包裹移到蓝色料箱，剩下的移到橙色料箱。"}};
  for (const auto& text : texts)
    for (const Lang lang : {Lang::en, Lang::zh}) {
      auto reading = read_instruction(text.in(lang), lang, table());
      std::sort(reading.steps.begin(), reading.steps.end(), [](const Step& a, const Step& b) {
        return std::pair(a.target, a.object) < std::pair(b.target, b.object);
      });
      EXPECT_EQ(reading.steps, meant) << text.in(lang) << " " << reading.doubt;
    }
}

TEST(InstructionReader, DoesNotGuess) {
  const std::pair<const char*, Lang> unclear[] = {{"Fetch the blue can.", Lang::en},
                                                  {"请拿蓝色罐子。", Lang::zh},
                                                  {"Bring the one left of the red box.", Lang::en},
                                                  {"Bring the purple can.", Lang::en},
                                                  {"请拿紫色罐子。", Lang::zh},
                                                  {"Bring the tall box.", Lang::en},  // 13 and 11 cm: but which red one
                                                  {"Hello robot.", Lang::en},
                                                  {"", Lang::zh}};
  for (const auto& [text, lang] : unclear) {
    auto things = shelf();
    if (std::string(text) == "Bring the tall box.") things[4].size_m[2] = 0.125;
    const auto reading = read_instruction(text, lang, things);
    EXPECT_FALSE(reading.clear()) << text;
    EXPECT_FALSE(reading.doubt.empty()) << text;
    EXPECT_TRUE(reading.steps.empty()) << text;
  }
  EXPECT_FALSE(read_instruction("Put the red parcel away.", Lang::en, table()).clear());  // two bins, none named
}

TEST(InstructionReader, ADoubtNamesTheWordsThatItDoesNotKnow) {
  const auto doubt = read_instruction("Put the red can on the blue coaster beside the plate.", Lang::en, {}).doubt;
  EXPECT_TRUE(doubt.ends_with("(words that it does not know: coaster, beside, plate)")) << doubt;
}

TEST(InstructionReader, TheTwoLanguagesMustAgree) {
  EXPECT_TRUE(read_instruction({"Fetch the red can.", "请拿红色罐子。"}, shelf()).clear());
  EXPECT_FALSE(read_instruction({"Fetch the red can.", "请拿黄色瓶子。"}, shelf()).clear());
  EXPECT_TRUE(read_instruction({"Fetch the red can.", ""}, shelf()).clear());
}

TEST(ToldSteps, ReadsOnceAllIsSeenAndGivesUpOnADoubt) {
  Instruction instruction;
  instruction.text = {"Fetch the red can.", "请拿红色罐子。"};
  policies::ToldSteps told;
  ASSERT_TRUE(told.begin("p", instruction).ok());
  policies::Sightings sightings;
  const auto at = [](double s) { return SimTime{static_cast<std::int64_t>(s * 1e9)}; };
  sightings.add(shelf(), at(0));
  told.look(sightings, at(0));
  EXPECT_FALSE(told.known());
  told.look(sightings, at(2));
  ASSERT_TRUE(told.known());
  EXPECT_EQ(told.steps(), (std::vector<Step>{{"red can", "tray"}}));

  instruction.text = {"Fetch the blue can.", "请拿蓝色罐子。"};
  ASSERT_TRUE(told.begin("p", instruction).ok());
  told.look(sightings, at(0));
  told.look(sightings, at(2));
  EXPECT_TRUE(told.doubt().empty());
  told.look(sightings, at(20));
  EXPECT_FALSE(told.doubt().empty());
  EXPECT_FALSE(told.begin("p", Instruction{}).ok());
}

}  // namespace
}  // namespace assay
