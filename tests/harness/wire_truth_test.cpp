// Injected truth on the wires: a peer that delays its answers by known amounts, or whose clock is wrong by known
// amounts, and logs the clock that both share. ASSAY_TRUTH_ROUNDS=100 asks longer; script/wire-truth prints the table.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>

#include "adapters/http/link.h"
#include "adapters/served/served_policy.h"
#include "tests/harness/live_fixture.h"

namespace assay::harness {
namespace {

class Peer {
 public:
  explicit Peer(std::vector<std::string> words) {
    words.insert(words.begin(), WIRE_PEER);
    std::vector<char*> argv;
    for (auto& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    int out[2] = {-1, -1};
    if (pipe(out) != 0) return;
    pid_ = fork();
    if (pid_ == 0) {
      dup2(out[1], 1);
      close(out[0]);
      execv(argv[0], argv.data());
      _exit(127);
    }
    close(out[1]);
    for (char c = 0; read(out[0], &c, 1) == 1 && c != '\n';) port += c;
    close(out[0]);
  }
  ~Peer() {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;
  std::string port;

 private:
  pid_t pid_ = -1;
};

int rounds() {
  const char* wanted = std::getenv("ASSAY_TRUTH_ROUNDS");
  return wanted == nullptr ? 10 : std::atoi(wanted);
}

double load() {
  double one = 0;
  std::ifstream("/proc/loadavg") >> one;
  return one;
}

double at(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
}

struct Found {
  std::vector<double> bias_s, loop_s, width_s;
  int covered = 0;
};

/// One trial's questions against the peer's log, by delay.
void ask(double jitter, std::map<double, Found>& found) {
  const std::string log = ::testing::TempDir() + "assay_wire_truth_" + std::to_string(getpid());
  std::remove(log.c_str());
  const std::vector<std::string> delays = {"0.0002", "0.001", "0.005", "0.02", "0.06", "0.2"};
  std::vector<std::string> words = {"policy", log, std::to_string(jitter)};
  words.insert(words.end(), delays.begin(), delays.end());
  const Peer peer(words);
  PolicyLink link;
  link.url = "ws://127.0.0.1:" + peer.port;
  link.details =
      R"({"observation": [{"key": "state", "from": "arm.position_rad"}, {"key": "prompt", "from": "instruction.en"}],
    "action": {"groups": [{"group": "arm", "mode": "joint_velocity"}]}, "deadline_s": 5})";
  auto policy = make_openpi_policy(link);
  ASSERT_TRUE(policy.ok()) << policy.error().found;
  FakeRobot robot;
  metrics::MetricRegistry known;
  metrics::register_builtin_metrics(known);
  auto runner = make_threaded_runner(std::move(*policy));
  assay::Setup setup = fake_setup(static_cast<std::int64_t>(rounds()) * 6 * 20'000'000);
  setup.instruction.text = {"push", "推"};
  TrialOptions options;
  options.policy_deadline_s = 5;
  const auto result = run_trial(robot, *runner, setup, {"success"}, known, options);
  ASSERT_EQ(result.trace.event("fault"), nullptr) << result.trace.event("fault_message")->detail;
  const auto* wire = result.trace.stream("/inference");
  const auto* timing = result.trace.stream("/timing");
  ASSERT_NE(wire, nullptr);
  std::ifstream file(log);
  double delay_s = 0;
  std::int64_t came_ns = 0, left_ns = 0;
  std::size_t row = 0;
  for (; row < wire->rows() && file >> delay_s >> came_ns >> left_ns; ++row) {
    const double truth_s = static_cast<double>(left_ns - came_ns) * 1e-9;
    const double most_s = wire->row(row)[0], least_s = wire->row(row)[1];
    Found& f = found[delay_s];
    f.bias_s.push_back(most_s - truth_s);
    f.width_s.push_back(most_s - least_s);
    f.covered += truth_s >= least_s && truth_s <= most_s ? 1 : 0;
    if (row < timing->rows()) f.loop_s.push_back(timing->row(row)[0] - truth_s);
  }
  std::remove(log.c_str());
  ASSERT_GE(row, static_cast<std::size_t>(rounds()) * 6 - 1);
}

TEST(WireTruth, APolicysAnswerTimeIsFoundAndItsIntervalHolds) {
  for (const double jitter : {0.0, 0.5}) {
    std::map<double, Found> found;
    const double load_before = load();
    ask(jitter, found);
    if (HasFatalFailure()) return;
    int n = 0, covered = 0;
    std::vector<double> all_s, loop_s;
    std::printf(
        "jitter ± %.0f %%, load %.1f to %.1f\n  delay ms    n  bias p50 µs   p95 µs   interval p50 µs  covers\n",
        100 * jitter, load_before, load());
    for (const auto& [delay_s, f] : found) {
      n += static_cast<int>(f.bias_s.size());
      covered += f.covered;
      all_s.insert(all_s.end(), f.bias_s.begin(), f.bias_s.end());
      loop_s.insert(loop_s.end(), f.loop_s.begin(), f.loop_s.end());
      std::printf("  %8.1f %4zu %12.1f %8.1f %17.1f %6d\n", delay_s * 1e3, f.bias_s.size(), 1e6 * at(f.bias_s, 0.5),
                  1e6 * at(f.bias_s, 0.95), 1e6 * at(f.width_s, 0.5), f.covered);
    }
    std::printf(
        "  all      %4d %12.1f %8.1f; covered %.1f %%; the loop's own policy_s: bias p50 %.1f µs, p95 %.1f µs\n", n,
        1e6 * at(all_s, 0.5), 1e6 * at(all_s, 0.95), 100.0 * covered / n, 1e6 * at(loop_s, 0.5),
        1e6 * at(loop_s, 0.95));
    EXPECT_GE(covered, n * 95 / 100);
    EXPECT_GE(at(all_s, 0), 0);  // the one end needs no statistics: what is measured encloses what was logged
    // A bias of the network's stamps does not grow with the load; what the loop sees does.
    EXPECT_LE(at(all_s, 0.5), at(loop_s, 0.5));
    if (load_before < 1) {
      EXPECT_LE(at(all_s, 0.5), 50e-6);
    }
  }
}

TEST(WireTruth, AnOffsetAndADriftOfTheRobotsClockAreFound) {
  constexpr std::int64_t kOffset_ns = 123'456'789;
  constexpr double kDrift_ppm = 200;
  const std::int64_t started_ns = steady_now().ns;
  const Peer peer({"clock", std::to_string(kOffset_ns), std::to_string(kDrift_ppm)});
  http::Endpoint endpoint;
  endpoint.url = "http://127.0.0.1:" + peer.port;
  http::Caller caller(endpoint);
  ClockFitter fitter;
  const int wanted = 40 * rounds();
  for (int i = 0; i < wanted; ++i) {
    const auto exchange = http::exchange_clocks(caller, 1000);
    ASSERT_TRUE(exchange.ok()) << exchange.error().found;
    EXPECT_TRUE(fitter.add(*exchange));
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  const ClockFit fit = fitter.fit();
  std::printf("load %.1f: offset %.1f µs ± %.1f µs beside what was put in, drift %.2f ppm ± %.2f ppm of %.0f\n", load(),
              static_cast<double>(fit.offset_ns - kOffset_ns) * 1e-3, static_cast<double>(fit.offset_bound_ns) * 1e-3,
              fit.drift_ppm, fit.drift_bound_ppm, kDrift_ppm);
  EXPECT_LE(std::abs(fit.drift_ppm - kDrift_ppm), fit.drift_bound_ppm);
  EXPECT_LT(fit.drift_bound_ppm, 500);
  // The drift counts from the peer's first answer, which came after started_ns.
  const double most_ns = kDrift_ppm * 1e-6 * static_cast<double>(fit.at_ns - started_ns);
  const auto off_ns = static_cast<double>(fit.offset_ns - kOffset_ns);
  EXPECT_GE(off_ns, -static_cast<double>(fit.offset_bound_ns));
  EXPECT_LE(off_ns, most_ns + static_cast<double>(fit.offset_bound_ns));
}

}  // namespace
}  // namespace assay::harness
