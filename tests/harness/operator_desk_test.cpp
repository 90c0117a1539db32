// A run's prompts and their answers: what stands, what is taken back, what time does.
#include "harness/operator_desk.h"

#include <gtest/gtest.h>

namespace assay::harness {
namespace {

using nlohmann::json;

class Desk : public testing::Test {
 protected:
  Desk() {
    desk_.set_audit([this](const std::string&, const json& detail) -> Result<void> {
      written_.push_back(detail);
      return {};
    });
    TrialRecord trial;
    trial.number = 7;
    open(trial, {});
  }
  void open(const TrialRecord& trial, const std::vector<json>& earlier) {
    desk_.open(trial, card_, earlier, 3600, now_);
  }
  void after(double s) { now_.ns += static_cast<std::int64_t>(s * 1e9); }
  std::string kind() const {
    const json prompt = desk_.prompt(now_);
    return prompt.is_object() ? prompt.value("kind", "") : "";
  }
  Result<void> act(const char* what, json more = json::object()) {
    more["prompt"] = desk_.prompt(now_).value("id", "");
    more["act"] = what;
    more["by"] = "A";
    return desk_.act(more, now_);
  }
  void to_entry(double took_s) {
    for (const char* what : {"ready", "zone_clear", "go"}) ASSERT_TRUE(act(what).ok()) << what;
    after(took_s);
    ASSERT_TRUE(act("ended").ok());
  }

  json card_ = {
      {"time_limit_s", 10}, {"checks", {{{"id", "a"}}}}, {"subgoals", json::array()}, {"limits", {{{"id", "force"}}}}};
  SteadyTime now_{1'000'000'000};
  OperatorDesk desk_;
  std::vector<json> written_;
};

TEST_F(Desk, AnEntryStandsAfterFiveSeconds) {
  to_entry(4);
  ASSERT_TRUE(act("enter", {{"success", true}, {"limits", {{"force", false}}}}).ok());
  after(4.9);
  auto end = desk_.poll(now_);
  ASSERT_TRUE(end.ok());
  EXPECT_FALSE(end->has_value());
  after(0.2);
  end = desk_.poll(now_);
  ASSERT_TRUE(end.ok() && end->has_value() && (*end)->entry);
  EXPECT_EQ((*end)->entry->took_ns, 4'000'000'000);
  EXPECT_TRUE((*end)->entry->success);
  EXPECT_TRUE((*end)->entry->checks.empty());  // not said
  EXPECT_EQ((*end)->entry->limits.size(), 1u);
  EXPECT_FALSE(desk_.waiting());
  EXPECT_EQ(written_.size(), 5u);
}

TEST_F(Desk, TakenBackItAsksAgain) {
  to_entry(1);
  ASSERT_TRUE(act("enter", {{"success", false}}).ok());
  ASSERT_TRUE(act("undo").ok());
  EXPECT_EQ(kind(), "entry");
  after(60);
  EXPECT_FALSE(desk_.poll(now_)->has_value());
}

TEST_F(Desk, LettingItActTakesTwoActsInTime) {
  ASSERT_TRUE(act("ready").ok());
  EXPECT_EQ(act("go").error().id, 561);  // not with one
  ASSERT_TRUE(act("zone_clear").ok());
  EXPECT_EQ(kind(), "armed");
  after(31);
  ASSERT_TRUE(desk_.poll(now_).ok());
  EXPECT_EQ(kind(), "arm");
}

TEST_F(Desk, AnAnswerToAPromptThatIsGoneDoesNothing) {
  const auto old = desk_.prompt(now_).value("id", "");
  ASSERT_TRUE(act("ready").ok());
  EXPECT_EQ(desk_.act({{"prompt", old}, {"act", "ready"}, {"by", "A"}}, now_).error().id, 561);
}

TEST_F(Desk, NoSuccessBeyondTheTimeLimit) {
  to_entry(11);
  EXPECT_EQ(act("enter", {{"success", true}}).error().id, 561);
  ASSERT_TRUE(act("enter", {{"success", false}}).ok());
  EXPECT_EQ(written_.back().value("time_s", 0.0), 10);
}

TEST_F(Desk, OnlyBeforeTheOutcomeIsSeenATrialIsVoid) {
  for (const char* what : {"ready", "zone_clear", "go"}) ASSERT_TRUE(act(what).ok());
  EXPECT_EQ(act("invalid", {{"reason", "because"}}).error().id, 561);
  ASSERT_TRUE(act("invalid", {{"reason", "lab_power"}}).ok());
  auto end = desk_.poll(now_);
  ASSERT_TRUE(end.ok() && end->has_value());
  EXPECT_TRUE((*end)->before_reveal);
  TrialRecord trial;
  trial.number = 8;
  open(trial, {});
  to_entry(1);
  ASSERT_TRUE(act("invalid", {{"reason", "lab_power"}}).ok());
  end = desk_.poll(now_);
  ASSERT_TRUE(end.ok() && end->has_value());
  EXPECT_FALSE((*end)->before_reveal);
}

TEST_F(Desk, GoesOnWhereAnEarlierRunWas) {
  to_entry(3);
  TrialRecord trial;
  trial.number = 7;
  const auto earlier = written_;
  open(trial, earlier);
  EXPECT_EQ(kind(), "entry");
  EXPECT_EQ(desk_.prompt(now_).value("time_s", 0.0), 3);
  EXPECT_EQ(written_.size(), earlier.size());
  // Killed while the robot acted: nobody held the watch, the person has to say.
  open(trial, {earlier.begin(), earlier.end() - 1});
  EXPECT_EQ(kind(), "entry");
  EXPECT_EQ(act("enter", {{"success", true}}).error().id, 561);
  EXPECT_TRUE(act("enter", {{"success", true}, {"time_s", 5}}).ok());
}

TEST_F(Desk, WaitsNoLongerThanItsDeadline) {
  after(3601);
  EXPECT_EQ(desk_.poll(now_).error().id, 562);
}

}  // namespace
}  // namespace assay::harness
