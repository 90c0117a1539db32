// Injected truth: a peer that delays its answers by known amounts and logs its clock. What a trial records as the
// policy's time is held against that log.
#include <unistd.h>

#include <algorithm>
#include <fstream>

#include "adapters/served/served_policy.h"
#include "tests/harness/live_fixture.h"
#include "tests/support/peer.h"

namespace assay::harness {
namespace {

TEST(ServedLatency, IsWhatTheServerTook) {
  if (!testing::python_has("msgpack, numpy, websockets"))
    GTEST_SKIP() << "no peer without python3-websockets, python3-msgpack, python3-numpy";
  const std::string log = ::testing::TempDir() + "assay_peer_" + std::to_string(getpid());
  std::remove(log.c_str());
  const testing::Peer peer(
      {testing::kPython, ASSAY_SOURCE_DIR "/tests/e2e/policy_peer.py"},
      {.environment = {
           {"PEER_COLUMNS", "1"}, {"PEER_DELAYS", "0.002,0.005,0.010,0.020,0.050,0.015"}, {"PEER_LOG", log}}});
  PolicyLink link;
  link.url = "ws://127.0.0.1:" + peer.said;
  link.details =
      R"({"observation": [{"key": "state", "from": "arm.position_rad"}, {"key": "prompt", "from": "instruction.en"}],
    "action": {"groups": [{"group": "arm", "mode": "joint_velocity"}]}, "deadline_s": 5})";
  auto policy = make_openpi_policy(link);
  ASSERT_TRUE(policy.ok()) << policy.error().found;
  FakeRobot robot;
  metrics::MetricRegistry known;
  metrics::register_builtin_metrics(known);
  auto runner = make_threaded_runner(std::move(*policy));
  assay::Setup setup = fake_setup(6'000'000'000);
  setup.instruction.text = {"push", "推"};
  TrialOptions options;
  options.policy_deadline_s = 5;
  const auto result = run_trial(robot, *runner, setup, {"success"}, known, options);
  ASSERT_EQ(result.trace.event("fault"), nullptr) << result.trace.event("fault_message")->detail;
  const auto* timing = result.trace.stream("/timing");
  ASSERT_NE(timing, nullptr);
  const auto column = static_cast<std::size_t>(timing->find("policy_s"));
  std::ifstream file(log);
  std::vector<double> bias_s;
  std::string line;
  for (std::size_t i = 0; i < timing->rows() && std::getline(file, line); ++i) {
    const json said = json::parse(line);
    const double truth_s =
        static_cast<double>(said["left_ns"].get<std::int64_t>() - said["came_ns"].get<std::int64_t>()) * 1e-9;
    bias_s.push_back(timing->row(i)[column] - truth_s);
  }
  std::remove(log.c_str());
  ASSERT_GE(bias_s.size(), 100u);
  std::sort(bias_s.begin(), bias_s.end());
  const auto at = [&](double share) {
    return bias_s[static_cast<std::size_t>(share * static_cast<double>(bias_s.size() - 1))];
  };
  std::printf("measured minus logged, n %zu: least %.6f s, median %.6f s, 95 %% %.6f s, largest %.6f s\n",
              bias_s.size(), bias_s.front(), at(0.5), at(0.95), bias_s.back());
  // Both read the same clock: what is measured encloses what was logged, and the two ways there are short.
  EXPECT_GE(bias_s.front(), 0);
  EXPECT_LT(at(0.5), 0.01);
}

}  // namespace
}  // namespace assay::harness
