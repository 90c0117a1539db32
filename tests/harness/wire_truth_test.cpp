// Injected truth on the wires: a peer that delays its answers by known amounts, or whose clock is wrong by known
// amounts, and logs the clock that both share. ASSAY_TRUTH_ROUNDS=100 asks longer; script/wire-truth prints the table.
#include "tests/harness/wire_truth.h"

#include "adapters/exchange.h"
#include "adapters/http/link.h"
#include "adapters/served/served_policy.h"

namespace assay::harness {
namespace {

/// Keeps what the wire said of each question: which half of a bias is whose.
class Watched final : public Policy, public OverWire {
 public:
  Watched(std::unique_ptr<Policy> policy, std::vector<Exchange>& seen) : policy_(std::move(policy)), seen_(seen) {}
  [[nodiscard]] PolicyDescription describe() const override { return policy_->describe(); }
  Result<void> begin(const Instruction& told, const RobotDescription& robot, StreamKey key) override {
    return policy_->begin(told, robot, key);
  }
  Result<Action> act(const Observation& observation) override {
    auto out = policy_->act(observation);
    if (const auto one = last_exchange()) seen_.push_back(*one);
    return out;
  }
  [[nodiscard]] std::optional<Exchange> last_exchange() const override { return last_exchange_of(*policy_); }

 private:
  std::unique_ptr<Policy> policy_;
  std::vector<Exchange>& seen_;
};

struct Wire {
  const char *name, *mode, *scheme;
  Result<std::unique_ptr<Policy>> (*make)(const PolicyLink&);
};
const Wire kWires[] = {{"openpi", "policy", "ws", make_openpi_policy}, {"http", "http", "http", make_http_policy}};

/// One trial's questions against the peer's log, by delay.
void ask(const Wire& wire, double jitter, std::map<double, Found>& found) {
  const Log log;
  std::vector<std::string> words = {WIRE_PEER, wire.mode, log.path, std::to_string(jitter)};
  for (const char* delay : {"0.0002", "0.001", "0.005", "0.02", "0.06", "0.2"}) words.emplace_back(delay);
  const testing::Peer peer(words);
  PolicyLink link;
  link.url = std::string(wire.scheme) + "://127.0.0.1:" + peer.said;
  link.details =
      R"({"observation": [{"key": "state", "from": "arm.position_rad"}, {"key": "prompt", "from": "instruction.en"}],
    "action": {"groups": [{"group": "arm", "mode": "joint_velocity"}]}, "deadline_s": 5})";
  auto policy = wire.make(link);
  ASSERT_TRUE(policy.ok()) << policy.error().found;
  FakeRobot robot;
  metrics::MetricRegistry known;
  metrics::register_builtin_metrics(known);
  std::vector<Exchange> seen;
  auto runner = make_threaded_runner(std::make_unique<Watched>(std::move(*policy), seen));
  assay::Setup setup = fake_setup(static_cast<std::int64_t>(rounds()) * 6 * 20'000'000);
  setup.instruction.text = {"push", "推"};
  TrialOptions options;
  options.policy_deadline_s = 5;
  const auto result = run_trial(robot, *runner, setup, {"success", "policy_inference_time"}, known, options);
  ASSERT_EQ(result.trace.event("fault"), nullptr) << result.trace.event("fault_message")->detail;
  const auto* inference = result.trace.stream("/inference");
  const auto* timing = result.trace.stream("/timing");
  ASSERT_NE(inference, nullptr);
  std::ifstream file(log.path);
  double delay_s = 0;
  std::int64_t came_ns = 0, left_ns = 0, went_ns = 0;
  std::size_t row = 0;
  for (; row < inference->rows() && row < seen.size() && file >> delay_s >> came_ns >> left_ns >> went_ns; ++row) {
    Found& f = found[delay_s];
    f.add(seconds(left_ns - came_ns), inference->row(row)[0], inference->row(row)[1], inference->row(row)[0]);
    f.there_s.push_back(seconds(came_ns - seen[row].sent_ns));
    f.back_s.push_back(seconds(seen[row].received_ns - left_ns));
    if (went_ns != 0) f.out_s.push_back(seconds(went_ns - left_ns));
    if (row < timing->rows()) f.other_s.push_back(timing->row(row)[0] - seconds(left_ns - came_ns));
  }
  ASSERT_GE(row, static_cast<std::size_t>(rounds()) * 6 - 1);
  const auto& value = result.metrics.at(1);
  ASSERT_TRUE(value.value && value.lower && value.upper);
  EXPECT_LE(*value.lower, *value.value);
  EXPECT_GT(*value.lower, 0) << "the way was measured";
}

TEST(WireTruth, APolicysAnswerTimeIsFoundAndItsIntervalHolds) {
  for (const auto& wire : kWires) {
    for (const double jitter : {0.0, 0.5}) {
      std::map<double, Found> found;
      const double load_before = load();
      ask(wire, jitter, found);
      if (HasFatalFailure()) return;
      const Found all = print(std::string("answer over ") + wire.name, jitter, load_before, found);
      std::printf(
          "  of the bias, p50 µs: question's way %.1f, answer's way %.1f (clock read to the network's stamp %.1f); "
          "the loop's own policy_s: bias p50 %.1f, p95 %.1f\n",
          1e6 * at(all.there_s, 0.5), 1e6 * at(all.back_s, 0.5), all.out_s.empty() ? -1 : 1e6 * at(all.out_s, 0.5),
          1e6 * at(all.other_s, 0.5), 1e6 * at(all.other_s, 0.95));
      EXPECT_GE(all.covered, all.n() * 95 / 100);
      // The one end needs no statistics: what is measured encloses what was logged.
      EXPECT_GE(at(all.bias_s, 0), 0);
      // A bias of the network's stamps does not grow with the load; what the loop sees does.
      EXPECT_LE(at(all.bias_s, 0.5), at(all.other_s, 0.5));
      // Microseconds of a machine are measured where they are asked for (script/wire-truth), not in passing.
      if (load_before < 1 && std::getenv("ASSAY_TRUTH_ROUNDS") != nullptr) {
        EXPECT_LE(at(all.bias_s, 0.5), 50e-6);
      }
    }
  }
}

/// Ahead and still by turns, for longer or shorter: no rhythm to be mistaken for another, and no fixed phase.
class Alternating final : public Policy {
 public:
  [[nodiscard]] PolicyDescription describe() const override { return {"alternating", "1", true, false, 0}; }
  Result<void> begin(const Instruction&, const RobotDescription&, StreamKey) override {
    next_ = SimTime{};
    ahead_ = false;
    turns_ = 0;
    return {};
  }
  Result<Action> act(const Observation& seen) override {
    if (seen.time >= next_) {
      ahead_ = !ahead_;
      next_.ns = seen.time.ns + 310'000'000 + turns_++ * 7 % 11 * 29'300'000;
    }
    Action out;
    out.groups = {{"base", Mode::base_twist, {ahead_ ? 0.3 : 0.0, 0.0}}};
    return out;
  }

 private:
  SimTime next_;
  bool ahead_ = false;
  int turns_ = 0;
};

/// One trial's movements against the robot's log. False: this machine itself was too late.
bool move(double jitter, double delay_s, Found& steps, Found& lags) {
  static int seed = 0;
  const Log log;
  const testing::Peer peer({WIRE_ROBOT, log.path, std::to_string(jitter), std::to_string(delay_s), "123456789", "200",
                            std::to_string(++seed)});
  RobotLink link;
  link.adapter = "http";
  link.url = "http://127.0.0.1:" + peer.said;
  auto robot = make_http_robot(link);
  EXPECT_TRUE(robot.ok());
  assay::Setup setup = fake_setup(8'000'000'000);
  Group base;
  base.kind = Group::Kind::base;
  base.name = "base";
  base.joints = {"left", "right"};
  setup.world.groups = {base};
  setup.signals.clear();
  setup.limits.clear();
  metrics::MetricRegistry known;
  metrics::register_builtin_metrics(known);
  auto runner = make_threaded_runner(std::make_unique<Alternating>());
  const auto result = run_trial(**robot, *runner, setup, {}, known, {});
  if (const auto* fault = result.trace.event("fault_message"); fault != nullptr) {
    std::printf("  a trial lost: %.300s\n", fault->detail.c_str());
    return false;
  }
  const auto* commands = result.trace.stream("/command");
  const auto* motion = result.trace.stream("/motion/base");
  if (commands == nullptr || motion == nullptr) return false;
  std::map<std::int64_t, double> truth_s;  // by the command that changed the speed
  const auto forward = static_cast<std::size_t>(commands->find("base.command_00"));
  std::ifstream file(log.path);
  std::int64_t came_ns = 0, moved_ns = 0;
  double before = 0;
  for (std::size_t row = 0; row < commands->rows(); ++row) {
    const double now = commands->row(row)[forward];
    if (std::exchange(before, now) == now) continue;
    if (!(file >> came_ns >> moved_ns)) break;
    truth_s[commands->t_ns[row]] = seconds(moved_ns - came_ns);
  }
  for (std::size_t row = 0; row < motion->rows(); ++row) {
    const auto cells = motion->row(row);
    if (truth_s.count(motion->t_ns[row]) == 1) steps.add(truth_s[motion->t_ns[row]], cells[0], cells[1], cells[2]);
  }
  const auto& m = result.trace.metadata;
  if (m.count("motion_delay_base_correlation_least_s") == 0) return true;
  const auto said = [&](const char* what) {
    return std::stod(m.at(std::string("motion_delay_base_correlation") + what));
  };
  lags.add(delay_s, said("_s"), said("_least_s"), said("_most_s"));
  return true;
}

TEST(WireTruth, CommandToMotionIsFoundAndItsIntervalHolds) {
  for (const double jitter : {0.0, 0.5}) {
    std::map<double, Found> steps, lags;
    const double load_before = load();
    for (const double delay_s : {0.0002, 0.005, 0.02, 0.06, 0.2})
      for (int done = 0, tried = 0; done < (rounds() + 9) / 10 && tried < 3 * rounds(); ++tried)
        done += move(jitter, delay_s, steps[delay_s], lags[delay_s]) ? 1 : 0;
    const Found by_threshold = print("command to motion, threshold", jitter, load_before, steps);
    const Found by_correlation = print("command to motion, cross-correlation", jitter, load_before, lags);
    ASSERT_GE(by_threshold.n(), 50);
    EXPECT_GE(by_threshold.covered, by_threshold.n() * 95 / 100);
    ASSERT_GE(by_correlation.n(), 5);
    EXPECT_GE(by_correlation.covered, by_correlation.n() * 95 / 100 - 1);
    if (load_before < 1 && jitter == 0) {
      EXPECT_LE(std::abs(at(by_threshold.bias_s, 0.5)), 50e-6);
      EXPECT_LE(std::abs(at(by_correlation.bias_s, 0.5)), 50e-6);
    }
  }
}

TEST(WireTruth, AnOffsetAndADriftOfTheRobotsClockAreFound) {
  constexpr std::int64_t kOffset_ns = 123'456'789;
  constexpr double kDrift_ppm = 200;
  const std::int64_t started_ns = steady_now().ns;
  const testing::Peer peer({WIRE_PEER, "clock", std::to_string(kOffset_ns), std::to_string(kDrift_ppm)});
  http::Endpoint endpoint;
  endpoint.url = "http://127.0.0.1:" + peer.said;
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
