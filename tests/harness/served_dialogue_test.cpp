// What is said in a trial, with a policy on a server: it hears answers, asks, reports, refuses and is done, over either
// wire, as policies of this process do.
#include "adapters/served/served_policy.h"
#include "core/model/dialogue.h"
#include "tests/harness/live_fixture.h"
#include "tests/support/peer.h"

namespace assay::harness {
namespace {

struct Wire {
  const char* name;
  Result<std::unique_ptr<Policy>> (*make)(const PolicyLink&);
};
const Wire kWires[] = {{"openpi", make_openpi_policy}, {"http", make_http_policy}};

TrialResult talk(const Wire& wire, const std::string& behaviour, bool hears = true) {
  const bool http = std::string(wire.name) == "http";
  std::vector<std::string> words = {testing::kPython, ASSAY_SOURCE_DIR "/tests/e2e/policy_peer.py"};
  if (http) words.emplace_back("--http");
  const testing::Peer peer(words, {.environment = {{"PEER_COLUMNS", "1"}, {"PEER_BEHAVIOUR", behaviour}}});
  PolicyLink link;
  link.url = (http ? "http://127.0.0.1:" : "ws://127.0.0.1:") + peer.said;
  const json told = {{"key", "told"}, {"from", hears ? "told" : "detections"}};
  link.details = json{
      {"observation",
       {{{"key", "state"}, {"from", "arm.position_rad"}}, {{"key", "prompt"}, {"from", "instruction.en"}}, told}},
      {"action", {{"words", true}, {"groups", {{{"group", "arm"}, {"mode", "joint_velocity"}}}}}},
      {"deadline_s",
       5}}.dump();
  auto policy = wire.make(link);
  EXPECT_TRUE(policy.ok());
  FakeRobot robot;
  const metrics::MetricRegistry none;
  auto runner = make_threaded_runner(std::move(*policy));
  assay::Setup setup = fake_setup(2'000'000'000);
  setup.instruction.text = {"push", "推"};
  setup.instruction.tags = {tag_of(Turn{true, 300'000'000, 300'000'000, {"the left one", "左边的"}, "", ""})};
  TrialOptions options;
  options.policy_deadline_s = 5;
  return run_trial(robot, *runner, setup, {}, none, options);
}

std::vector<std::string> codes(const Trace& trace) {
  std::vector<std::string> out;
  for (const auto& event : trace.events)
    if (event.code != "limit_unwatched") out.push_back(event.code);
  return out;
}

class ServedDialogue : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!testing::python_has("msgpack, numpy, websockets"))
      GTEST_SKIP() << "no peer without python3-websockets, python3-msgpack, python3-numpy";
  }
};

TEST_F(ServedDialogue, AsksHearsReportsAndIsDone) {
  for (const auto& wire : kWires) {
    SCOPED_TRACE(wire.name);
    const auto talked = talk(wire, "talk");
    const Trace& trace = talked.trace;
    ASSERT_EQ(trace.event("fault"), nullptr) << trace.event("fault_message")->detail;
    EXPECT_EQ(codes(trace),
              (std::vector<std::string>{"begin", "utterance", "told", "utterance", "report", "done", "stop"}));
    EXPECT_NE(trace.event("report")->detail.find("左边的"), std::string::npos) << trace.event("report")->detail;
    // Asked, rows carried out, and asked again as soon as it was told: not when its fifty rows were over.
    const auto* asked = trace.stream("/inference");
    ASSERT_EQ(asked->rows(), 3u);
    EXPECT_EQ(asked->t_ns[1], 20'000'000);
    EXPECT_EQ(asked->t_ns[2], trace.event("told")->t_ns);
    EXPECT_EQ(trace.event("told")->t_ns, 300'000'000);
  }
}

TEST_F(ServedDialogue, ARefusalIsHeard) {
  for (const auto& wire : kWires) {
    SCOPED_TRACE(wire.name);
    const auto talked = talk(wire, "refuse");
    EXPECT_EQ(talked.verdict.reason, "refused");
    ASSERT_NE(talked.trace.event("refuse"), nullptr);
    EXPECT_NE(talked.trace.event("refuse")->detail.find("not the left one"), std::string::npos);
  }
}

TEST_F(ServedDialogue, WordsThatAreNoneAreTheSubjectsFault) {
  for (const auto& wire : kWires)
    EXPECT_EQ(talk(wire, "babble").verdict.reason, "subject_fault:policy_words") << wire.name;
}

TEST_F(ServedDialogue, WhoDoesNotDeclareItIsNotTold) {
  for (const auto& wire : kWires) EXPECT_EQ(talk(wire, "talk", false).verdict.reason, "time_limit") << wire.name;
}

}  // namespace
}  // namespace assay::harness
