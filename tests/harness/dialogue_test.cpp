// What is said in a trial: questions and answers, later words, refusals; heard by the harness, judged from truth.
#include "harness/dialogue.h"

#include <gtest/gtest.h>

#include "adapters/listener.h"
#include "harness/trial.h"
#include "tests/support/fakes.h"

namespace assay::harness {
namespace {

using assay::testing::fake_setup;
using assay::testing::FakeRobot;

Turn turn(bool answer, std::int64_t at_ns, const char* en) { return {answer, at_ns, at_ns, {en, "中"}, "", ""}; }

Condition spoken(const char* what) {
  Condition out;
  out.op = Op::reported;
  out.a = what;
  out.radius_m = out.tolerance = 1;
  return out;
}

TEST(Dialogue, AQuestionEndsWithAQuestionMark) {
  EXPECT_TRUE(is_question("Which one? "));
  EXPECT_TRUE(is_question("哪一个？"));
  EXPECT_FALSE(is_question("What? The red one."));
  EXPECT_FALSE(is_question(""));
}

TEST(Dialogue, QuestionsAreAnsweredInTurnAndLaterWordsComeOnce) {
  Dialogue dialogue({turn(true, 100, "first"), turn(false, 250, "besides"), turn(true, 100, "last")});
  dialogue.ask(SimTime{0});
  dialogue.ask(SimTime{50});  // nobody listens while about to answer
  EXPECT_TRUE(dialogue.due(SimTime{99}).empty());
  EXPECT_EQ(dialogue.due(SimTime{100}).at(0).en, "first");
  EXPECT_TRUE(dialogue.due(SimTime{240}).empty());
  EXPECT_EQ(dialogue.due(SimTime{260}).at(0).en, "besides");
  for (int i = 0; i < 2; ++i) {
    dialogue.ask(SimTime{300 + 200 * i});
    EXPECT_EQ(dialogue.due(SimTime{400 + 200 * i}).at(0).en, "last");
  }
  EXPECT_TRUE(dialogue.due(SimTime{10'000}).empty());
}

TEST(Dialogue, ATurnTravelsAsATag) {
  const Turn said{true, 5, 7, {"The box, please.", "盒子。"}, "object", "box_red"};
  ASSERT_TRUE(turn_of(tag_of(said)).has_value());
  EXPECT_EQ(*turn_of(tag_of(said)), said);
  EXPECT_FALSE(turn_of("language").has_value());
}

/// Asks at the third tick, ends at the tick after it was answered: done, or a refusal.
class Talker final : public Policy, public Listener {
 public:
  Talker(std::vector<std::string>& heard, Instruction& told, bool refuses)
      : heard_(heard), told_(told), refuses_(refuses) {}
  [[nodiscard]] PolicyDescription describe() const override { return {"talker", "1", true, false, 0}; }
  Result<void> begin(const Instruction& instruction, const RobotDescription&, StreamKey) override {
    told_ = instruction;
    return {};
  }
  void hear(const Text& words) override { heard_.push_back(words.en); }
  Result<Action> act(const Observation&) override {
    Action action;
    if (++tick_ == 3) action.utterance = "Which one?";
    action.refuse = refuses_ && !heard_.empty();
    action.done = !refuses_ && !heard_.empty();
    return action;
  }

 private:
  std::vector<std::string>& heard_;
  Instruction& told_;
  bool refuses_;
  int tick_ = 0;
};

struct Talk {
  TrialResult result;
  std::vector<std::string> heard;
  Instruction told;
};

Talk talk(bool refuses, Condition success, const TrialOptions& options = {}) {
  auto setup = fake_setup();
  setup.instruction.tags = {"language", tag_of(turn(true, 60'000'000, "the left one"))};
  setup.success = std::move(success);
  Talk out;
  metrics::MetricRegistry registry;
  FakeRobot robot;
  auto runner = make_threaded_runner(std::make_unique<Talker>(out.heard, out.told, refuses));
  out.result = run_trial(robot, *runner, setup, {}, registry, options);
  return out;
}

TEST(Dialogue, ThePolicyIsAnsweredAndTheQuestionIsOnRecord) {
  const auto talked = talk(false, spoken(kQuestion));
  EXPECT_EQ(talked.heard, (std::vector<std::string>{"the left one"}));
  EXPECT_EQ(talked.told.tags, (std::vector<std::string>{"language"})) << "answers are not given away beforehand";
  EXPECT_EQ(talked.result.verdict.reason, "goal_reached");
  EXPECT_NE(talked.result.trace.event("told"), nullptr);
  const Stream& truth = *talked.result.trace.stream("/truth");
  const auto channel = truth.channels.size() - 1;
  ASSERT_EQ(truth.channels[channel].name, "report.robot.question_m");
  EXPECT_EQ(truth.row(1)[channel], 1000);
  EXPECT_EQ(truth.row(2)[channel], 0) << "asked in answer to the third observation";
}

TEST(Dialogue, WhoLooksOnSeesTruthWordsAndObservation) {
  const std::string path = ::testing::TempDir() + "dialogue.live-0";
  LiveViewWriter view(path);
  TrialOptions options;
  options.view = &view;
  options.view_head = {7, "fake/task", 1, 0, {}};
  const auto talked = talk(false, spoken(kQuestion), options);
  LiveViewReader reader(path);
  bool another = false;
  const auto frames = reader.news(another);
  ASSERT_FALSE(frames.empty());
  EXPECT_EQ(reader.head().number, 7);
  const auto& trace = talked.result.trace;
  const auto truth = trace.stream("/truth")->channels.size();
  ASSERT_EQ(frames[0].values.size(), truth + trace.stream("/observation")->channels.size());
  EXPECT_EQ(reader.head().channels[truth - 1].name, "report.robot.question_m");
  EXPECT_EQ(frames[0].values[truth - 1], 1000);
}

TEST(Dialogue, ARefusalIsWhatTheGoalSaysItIs) {
  Condition wanted = spoken(kRefusal), forbidden;
  forbidden.op = Op::not_;
  forbidden.children = {wanted};
  EXPECT_EQ(talk(true, wanted).result.verdict.outcome, Outcome::success);
  EXPECT_EQ(talk(false, wanted).result.verdict.reason, "goal_missed");
  const auto refused = talk(true, forbidden).result.verdict;
  EXPECT_EQ(refused.outcome, Outcome::failure);
  EXPECT_EQ(refused.reason, "refused");
  EXPECT_EQ(talk(false, forbidden).result.verdict.outcome, Outcome::success);
  EXPECT_EQ(talk(true, spoken(kQuestion)).result.verdict.outcome, Outcome::failure)
      << "a goal that does not speak of refusals is not reached by one";
}

}  // namespace
}  // namespace assay::harness
