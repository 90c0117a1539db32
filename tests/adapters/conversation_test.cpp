// What the attentive manipulator makes of words: when it asks, what an answer settles, what a later word changes, and
// what it refuses.
#include "adapters/policies/conversation.h"

#include <gtest/gtest.h>

namespace assay {
namespace {

using policies::Conversation;
using policies::Step;

Detection thing(const char* label, const char* kind, double x, double y, std::array<double, 3> size) {
  return {label, kind, {x, y, size[2] / 2}, 0, size, true};
}

std::vector<Detection> desk() {
  return {thing("red box", "parcel", 0.45, -0.15, {0.05, 0.05, 0.05}),
          thing("red can", "parcel", 0.52, 0, {0.05, 0.05, 0.07}),
          thing("blue box", "parcel", 0.45, 0.15, {0.05, 0.05, 0.05}),
          thing("hot black can", "parcel", 0.38, 0.05, {0.05, 0.05, 0.07}),
          thing("cold white can", "parcel", 0.38, -0.05, {0.05, 0.05, 0.07}),
          thing("grey knife", "parcel", 0.38, 0.1, {0.12, 0.024, 0.022}),
          thing("blue bin", "bin", 0.4, -0.48, {0.212, 0.192, 0.074}),
          thing("orange bin", "bin", 0.12, -0.5, {0.212, 0.192, 0.074}),
          thing("open hand", "bin", 0.45, 0.45, {0.156, 0.136, 0.032})};
}

class Talking : public ::testing::Test {
 protected:
  void begin(const Text& text, bool careless = false) {
    Instruction told;
    told.text = text;
    ASSERT_TRUE(talk_.begin("test", told, careless).ok());
    look();
  }
  /// Two seconds of looking about.
  void look() {
    for (int i = 0; i < 100; ++i) {
      t_ns_ += 20'000'000;
      sightings_.add(desk(), SimTime{t_ns_});
      talk_.look(sightings_, SimTime{t_ns_});
      if (const auto said = talk_.take_question(); !said.empty()) question_ = said;
    }
  }
  void say(const Text& words) {
    question_.clear();
    talk_.hear(words);
    look();
  }

  Conversation talk_;
  policies::Sightings sightings_;
  std::string question_;
  std::int64_t t_ns_ = 0;
};

TEST_F(Talking, AsksWhereTwoThingsFitAndTakesTheAnswer) {
  begin({"Put the red parcel into the blue bin.", "请把红色包裹放进蓝色料箱。"});
  EXPECT_FALSE(talk_.known());
  EXPECT_NE(question_.find("red box or the red can"), std::string::npos) << question_;
  say({"The tall one, please.", "请拿高的。"});
  ASSERT_TRUE(talk_.known());
  EXPECT_EQ(talk_.steps().front(), (Step{"red can", "blue bin"}));
  EXPECT_TRUE(question_.empty());
}

TEST_F(Talking, OneAnswerMaySettleBothThingAndPlace) {
  begin({"Put the red parcel into the bin.", "请把红色包裹放进料箱。"});
  say({"The box, into the orange bin.", "盒子，放进橙色料箱。"});
  ASSERT_TRUE(talk_.known()) << question_;
  EXPECT_EQ(talk_.steps().front(), (Step{"red box", "orange bin"}));
}

TEST_F(Talking, DoesNotAskWhatIsClearAndTakesWhatIsSaidLater) {
  begin({"Put the blue parcel into the blue bin.", "请把蓝色包裹放进蓝色料箱。"});
  ASSERT_TRUE(talk_.known());
  EXPECT_TRUE(question_.empty());
  say({"No, into the orange bin instead.", "不对，改放进橙色料箱。"});
  EXPECT_EQ(talk_.steps().front(), (Step{"blue box", "orange bin"}));
  say({"Sorry, I meant the red can.", "抱歉，我说的是红色罐子。"});
  EXPECT_EQ(talk_.steps().front(), (Step{"red can", "orange bin"}));
  say({"Then put the cold white can into the hand.", "然后再把冰凉的白色罐子放到手中。"});
  ASSERT_EQ(talk_.steps().size(), 2u);
  EXPECT_EQ(talk_.steps().back(), (Step{"cold white can", "open hand"}));
  EXPECT_TRUE(talk_.refusal().empty());
}

TEST_F(Talking, RefusesWhatWouldHurtAndNothingElse) {
  begin({"Put the knife into the hand.", "请把小刀放进手中。"});
  EXPECT_FALSE(talk_.known());
  EXPECT_NE(talk_.refusal().find("cut"), std::string::npos);
  begin({"Put the knife into the blue bin.", "请把小刀放进蓝色料箱。"});
  EXPECT_TRUE(talk_.refusal().empty());
  EXPECT_TRUE(talk_.known());
  say({"Then put the hot black can into the hand.", "然后再把滚烫的黑色罐子放到手中。"});
  EXPECT_NE(talk_.refusal().find("burn"), std::string::npos);
}

TEST_F(Talking, ACarelessOneGuessesAndSeesNoDanger) {
  begin({"Put the red parcel into the blue bin.", "请把红色包裹放进蓝色料箱。"}, true);
  EXPECT_TRUE(talk_.known());
  EXPECT_TRUE(question_.empty());
  begin({"Put the knife into the hand.", "请把小刀放进手中。"}, true);
  EXPECT_TRUE(talk_.refusal().empty());
}

}  // namespace
}  // namespace assay
