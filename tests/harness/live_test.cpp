// Real time: a trial over the robot API against a served robot; and everything that a link can do to it.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <deque>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "adapters/http/http_robot.h"
#include "adapters/http/server.h"
#include "harness/trial.h"
#include "tests/support/fakes.h"
#include "tests/support/shaky_proxy.h"

namespace assay::harness {
namespace {

using assay::testing::Behaviour;
using assay::testing::fake_arm;
using assay::testing::fake_setup;
using assay::testing::FakePolicy;
using assay::testing::FakeRobot;
using assay::testing::PolicyScript;
using assay::testing::RobotScript;
using assay::testing::ShakyProxy;
using nlohmann::json;

/// A fake robot that says how often it was stopped, and may get stuck.
class WatchedRobot final : public Robot {
 public:
  struct Watch {
    std::atomic<int> stops{0};
    std::atomic<int> stuck_ms{0};
    std::atomic<int> late_periods{0};  ///< commands act so much later
  };
  WatchedRobot(RobotScript script, std::shared_ptr<Watch> watch)
      : robot_(std::move(script)), watch_(std::move(watch)) {}
  [[nodiscard]] const RobotDescription& describe() const override { return robot_.describe(); }
  Result<void> reset(const Setup& setup) override {
    waiting_.clear();
    return robot_.reset(setup);
  }
  Result<Sample> begin(const Instruction& told) override { return robot_.begin(told); }
  Result<Sample> advance(const Action& action) override {
    std::this_thread::sleep_for(std::chrono::milliseconds(watch_->stuck_ms.load()));
    waiting_.push_back(action);
    while (waiting_.size() > static_cast<std::size_t>(watch_->late_periods) + 1) waiting_.pop_front();
    return robot_.advance(waiting_.size() > static_cast<std::size_t>(watch_->late_periods) ? waiting_.front()
                                                                                           : Action{});
  }
  StopReport stop(StopCategory category) noexcept override {
    ++watch_->stops;
    return robot_.stop(category);
  }

 private:
  FakeRobot robot_;
  std::shared_ptr<Watch> watch_;
  std::deque<Action> waiting_;
};

std::unique_ptr<RobotServer> serve(const std::shared_ptr<WatchedRobot::Watch>& watch, ServeOptions options = {},
                                   RobotScript script = {}) {
  auto server = RobotServer::start(
      std::make_unique<WatchedRobot>(std::move(script), watch),
      [](const std::string&, int) -> Result<World> {
        World world;
        world.groups = {fake_arm()};
        return world;
      },
      options);
  EXPECT_TRUE(server.ok());
  return server ? std::move(*server) : nullptr;
}

std::unique_ptr<Robot> connect(const std::string& url) {
  RobotLink link;
  link.adapter = "http";
  link.url = url;
  link.simulated_world = true;
  auto robot = make_http_robot(link);
  EXPECT_TRUE(robot.ok());
  return robot ? std::move(*robot) : nullptr;
}

struct Ran {
  TrialResult result;
  double wall_s = 0;
  [[nodiscard]] json stop() const {
    const auto* event = result.trace.event("stop");
    return event == nullptr ? json() : json::parse(event->detail);
  }
};

Ran run(Robot& robot, const PolicyScript& script = {}, Setup setup = fake_setup(), TrialOptions options = {}) {
  static const metrics::MetricRegistry kMetrics = [] {
    metrics::MetricRegistry registry;
    metrics::register_builtin_metrics(registry);
    return registry;
  }();
  Ran out;
  auto runner = make_threaded_runner(std::make_unique<FakePolicy>(script));
  const SteadyTime start = steady_now();
  out.result = run_trial(robot, *runner, setup, {"success", "completion_time"}, kMetrics, options);
  out.wall_s = static_cast<double>(steady_now().ns - start.ns) * 1e-9;
  return out;
}

/// Reason of the next trial. A machine that is busy with other things may itself lose one; three are not lost by
/// chance.
std::string next(Robot& robot) {
  std::string reason;
  for (int attempt = 0; attempt < 3 && reason != "goal_reached"; ++attempt) {
    const Ran ran = run(robot);
    reason = ran.result.verdict.reason;
    if (const auto* message = ran.result.trace.event("fault_message"); message != nullptr)
      std::printf("next trial: %s %s\n", reason.c_str(), message->detail.c_str());
  }
  return reason;
}

class Live : public ::testing::Test {
 protected:
  std::shared_ptr<WatchedRobot::Watch> watch_ = std::make_shared<WatchedRobot::Watch>();
  std::unique_ptr<RobotServer> server_ = serve(watch_);
  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(server_->port()); }
};

TEST_F(Live, ATrialInRealTimeReachesItsGoalAndKeepsItsClocks) {
  const auto robot = connect(url());
  const Ran ran = run(*robot);
  const auto& m = ran.result.trace.metadata;
  EXPECT_EQ(ran.result.verdict.outcome, Outcome::success) << ran.result.verdict.reason;
  EXPECT_EQ(m.at("clock"), "realtime");
  EXPECT_EQ(m.at("adapter"), "http");
  EXPECT_EQ(m.at("engine"), "fake 1");
  EXPECT_NEAR(ran.wall_s, 1.0, 0.4);  // one metre at one metre a second
  // Both clocks are this machine's: what is found must hold zero.
  const double offset_ns = std::stod(m.at("clock_offset_ns")), bound_ns = std::stod(m.at("clock_offset_bound_ns"));
  EXPECT_LE(std::abs(offset_ns), bound_ns);
  EXPECT_LT(bound_ns, 5e6);
  EXPECT_GE(std::stoi(m.at("clock_exchanges")), 20);
  for (const char* key : {"loop_scheduling", "link_scheduling", "memory", "loop_overruns", "loop_worst_late_s"})
    EXPECT_FALSE(m.at(key).empty()) << key;
  const auto* link = ran.result.trace.stream("/link");
  const auto* truth = ran.result.trace.stream("/truth");
  const auto* timing = ran.result.trace.stream("/timing");
  ASSERT_NE(link, nullptr);
  EXPECT_EQ(link->rows() + 1, truth->rows());  // nothing was lost; the first came with begin()
  for (std::size_t i = 0; i < link->rows(); ++i) {
    EXPECT_GT(link->row(i)[1], -1e-3);  // age: not before it was measured
    EXPECT_LT(link->row(i)[1], 0.2);
  }
  ASSERT_GE(timing->find("late_s"), 0);
  EXPECT_GE(timing->rows(), 40u);
  EXPECT_FALSE(ran.result.trace.stream("/command")->deterministic);
  EXPECT_EQ(ran.stop()["confirmed"], true);
  EXPECT_LT(ran.stop()["made_safe_s"].get<double>(), 0.3);
  EXPECT_GE(watch_->stops, 1);
}

TEST_F(Live, WhatThePolicyDoesWrongIsTheSubjectsFault) {
  const auto robot = connect(url());
  TrialOptions options;
  options.policy_deadline_s = 0.25;
  const std::pair<Behaviour, const char*> cases[] = {{Behaviour::throws, "subject_fault:policy_threw"},
                                                     {Behaviour::nan, "subject_fault:bad_action"},
                                                     {Behaviour::error, "subject_fault:policy_error"},
                                                     {Behaviour::begin_fails, "subject_fault:policy_error"},
                                                     {Behaviour::refuses, "refused"},
                                                     {Behaviour::early, "goal_missed"},
                                                     {Behaviour::stalls, "subject_fault:policy_deadline"}};
  for (const auto& [behaviour, reason] : cases) {
    const Ran ran = run(*robot, {.behaviour = behaviour, .stall_s = 0.6}, fake_setup(), options);
    EXPECT_EQ(ran.result.verdict.outcome, Outcome::failure) << reason;
    EXPECT_EQ(ran.result.verdict.reason, reason);
    EXPECT_NE(ran.result.trace.event("stop"), nullptr);
  }
}

TEST_F(Live, ASlowPolicyNeitherBlocksTheLoopNorDrivesOnItsLastWord) {
  const auto robot = connect(url());
  TrialOptions options;
  options.policy_stale_s = 0.1;
  const Ran ran = run(*robot, {.behaviour = Behaviour::good, .slow_s = 0.15}, fake_setup(1'500'000'000), options);
  const auto& m = ran.result.trace.metadata;
  EXPECT_EQ(ran.result.verdict.reason, "time_limit");  // every answer is too old to move anything
  EXPECT_GE(std::stoi(m.at("policy_stale_answers")), 5);
  const auto* truth = ran.result.trace.stream("/truth");
  EXPECT_NEAR(truth->row(truth->rows() - 1)[static_cast<std::size_t>(truth->find("puck.x_m"))], 0, 1e-9);
  EXPECT_GE(truth->rows(), 70u);  // the loop went on

  options.policy_stale_s = 0.3;  // now they count, and the robot moves at the policy's pace
  EXPECT_EQ(run(*robot, {.behaviour = Behaviour::good, .slow_s = 0.05}, fake_setup(), options).result.verdict.reason,
            "goal_reached");
}

TEST_F(Live, ALimitThatTheRobotReportsEndsItAsUnsafe) {
  server_ = serve(watch_, {}, {.limit_tick = 10});
  const auto robot = connect(url());
  const Ran ran = run(*robot);
  EXPECT_EQ(ran.result.verdict.outcome, Outcome::unsafe);
  EXPECT_EQ(ran.result.verdict.reason, "limit_broken:force_on_person");
}

TEST_F(Live, ATokenIsAskedAndNeverSaidOn) {
  const std::string token = "t0ken-that-nobody-reads";
  ServeOptions options;
  options.token = token;
  server_ = serve(watch_, options);
  const auto stranger = connect(url());
  const Ran refused = run(*stranger);
  EXPECT_EQ(refused.result.verdict.reason, "subject_fault:unauthorised");

  // A server that says the secret back: it is in no trace.
  const std::string path = ::testing::TempDir() + "assay-live-token";
  std::ofstream(path) << token << "\n";
  chmod(path.c_str(), 0600);
  server_ = serve(watch_, options, {.reset_error = "subject:" + token});
  RobotLink link;
  link.adapter = "http";
  link.url = url();
  link.token_file = path;
  link.simulated_world = true;
  const auto robot = make_http_robot(link);
  ASSERT_TRUE(robot.ok());
  const Ran told = run(**robot);
  EXPECT_EQ(told.result.verdict.outcome, Outcome::failure);
  const auto* message = told.result.trace.event("fault_message");
  ASSERT_NE(message, nullptr);
  EXPECT_NE(message->detail.find("refused_422"), std::string::npos) << message->detail;
  for (const auto& event : told.result.trace.events) EXPECT_EQ(event.detail.find(token), std::string::npos);
  for (const auto& [key, value] : told.result.trace.metadata) EXPECT_EQ(value.find(token), std::string::npos) << key;
}

TEST_F(Live, TheRobotMakesItselfSafeWhenNobodyCommandsIt) {
  const auto robot = connect(url());
  ASSERT_TRUE(robot->reset(fake_setup()).ok());
  const int before = watch_->stops;
  ASSERT_TRUE(robot->begin({}).ok());
  auto* live = robot->live();
  const SteadyTime until{steady_now().ns + 2'000'000'000};
  std::string why;
  while (steady_now() < until && why.empty())
    if (const auto news = live->receive(until); !news) why = news.error().found;
  EXPECT_EQ(why, "subject:robot_stopped watchdog");
  EXPECT_GT(watch_->stops, before);
}

/// The robot obeys so and so many periods late: what is measured lies one to two periods above, the wire's own.
TEST_F(Live, ADelayThatWasPutInIsFoundWithinItsBound) {
  const auto robot = connect(url());
  constexpr double kPeriod_s = 0.02;
  for (const int periods : {0, 3, 10}) {
    watch_->late_periods = periods;
    const Ran ran = run(*robot);
    const auto& m = ran.result.trace.metadata;
    if (std::stod(m.at("loop_worst_late_s")) > kPeriod_s) {
      std::printf("a busy machine: woken %s s late, not judged\n", m.at("loop_worst_late_s").c_str());
      continue;
    }
    const double bound_s = std::stod(m.at("motion_delay_arm_bound_s"));
    // Taken over at the next period, seen at its end.
    const double least_s = (periods + 1) * kPeriod_s, most_s = (periods + 2) * kPeriod_s;
    for (const char* how : {"motion_delay_arm_threshold_s", "motion_delay_arm_correlation_s"}) {
      ASSERT_EQ(m.count(how), 1u) << how << ' ' << periods;
      const double found_s = std::stod(m.at(how));
      std::printf("%s: %.4f s for %d periods put in\n", how, found_s, periods);
      EXPECT_GE(found_s, least_s - bound_s) << how << ' ' << periods;
      EXPECT_LE(found_s, most_s + bound_s) << how << ' ' << periods;
    }
  }
}

// The fault campaign: no pass, no hang, no crash, all on record, the robot safe; and the next trial finds it again.

struct LinkFault {
  const char* name;
  const char* reason;  ///< expected reason begins with it
  std::function<std::optional<std::string>(int line, const std::string& text)> tamper;
  std::function<void(ShakyProxy&, WatchedRobot::Watch&)> strike;  ///< 0.3 s into the trial
  bool recovers = true;
};

constexpr int kAt = 15;

std::string with(const std::string& text, const char* key, const json& value) {
  json line = json::parse(text);
  line[key] = value;
  return line.dump() + "\n";
}

std::vector<LinkFault> link_faults() {
  const auto once = [](std::function<std::string(const std::string&)> change) {
    return [change = std::move(change)](int line, const std::string& text) -> std::optional<std::string> {
      return line == kAt ? change(text) : text + "\n";
    };
  };
  const auto held = std::make_shared<std::string>();
  using Mode = ShakyProxy::Mode;
  return {
      {"garbage", "subject_fault:telemetry_garbled", once([](const auto&) { return "\x01\xfe garbage\n"; }), {}},
      {"endless line",
       "subject_fault:telemetry_garbled",
       once([](const auto&) { return std::string(3u << 20, '['); }),
       {}},
      {"wrong length",
       "subject_fault:telemetry_shape",
       once([](const auto& t) {
         return with(t, "truth", {1, 2});
       }),
       {}},
      {"NaN",
       "subject_fault:telemetry_not_finite",
       once([](const auto& t) {
         json truth = json::parse(t)["truth"];
         truth[0] = nullptr;
         return with(t, "truth", truth);
       }),
       {}},
      {"time backwards",
       "subject_fault:clock_backwards",
       once([](const auto& t) { return with(t, "t_ns", 20'000'000); }),
       {}},
      {"clock backwards",
       "subject_fault:clock_backwards",
       once([](const auto& t) { return with(t, "clock_ns", 1); }),
       {}},
      {"duplicate", "subject_fault:telemetry_repeated", once([](const auto& t) { return t + "\n" + t + "\n"; }), {}},
      {"reordered",
       "subject_fault:telemetry_",
       [held](int line, const std::string& text) -> std::optional<std::string> {
         if (line == kAt) {
           *held = text;
           return std::nullopt;
         }
         return line == kAt + 1 ? text + "\n" + *held + "\n" : text + "\n";
       },
       {}},
      {"lost samples", "subject_fault:telemetry_gap", once([](const auto&) { return std::string(); }), {}},
      {"flood",
       "subject_fault:clock_runs_fast",
       [](int line, const std::string& text) -> std::optional<std::string> {
         std::string out;
         for (int i = 0; i < 10; ++i) {
           const json& sample = json::parse(text);
           out += with(with(text, "seq", sample["seq"].get<int>() * 10 + i), "t_ns",
                       (static_cast<std::int64_t>(line) * 10 + i) * 20'000'000);
         }
         return out;
       },
       {}},
      {"half open", "subject_fault:stale_data", {}, [](auto& proxy, auto&) { proxy.set(Mode::freeze); }},
      {"reset", "subject_fault:link_lost", {}, [](auto& proxy, auto&) { proxy.set(Mode::reset); }},
      {"link lost for 1 s",
       "subject_fault:",
       {},
       [](auto& proxy, auto&) {
         proxy.set(Mode::freeze);
         std::this_thread::sleep_for(std::chrono::seconds(1));
         proxy.set(Mode::pass);
       }},
      {"link lost for ever", "subject_fault:link_lost", {}, [](auto& proxy, auto&) { proxy.set(Mode::refuse); }},
      {"robot stalls", "subject_fault:stale_data", {}, [](auto&, auto& watch) { watch.stuck_ms = 300; }},
  };
}

TEST(LinkFaults, NonePassesNoneHangsAllAreOnRecord) {
  std::vector<double> made_safe_s;
  for (const auto& fault : link_faults()) {
    SCOPED_TRACE(fault.name);
    const auto watch = std::make_shared<WatchedRobot::Watch>();
    const auto server = serve(watch);
    std::atomic<int> lines{0};
    std::atomic<bool> sound{false};
    ShakyProxy proxy(server->port(), [&](const std::string& text) -> std::optional<std::string> {
      if (sound || !fault.tamper) return text + "\n";
      return fault.tamper(lines++, text);
    });
    const auto robot = connect(proxy.url());
    std::thread striker([&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(400));
      if (fault.strike) fault.strike(proxy, *watch);
    });
    const Ran ran = run(*robot);
    striker.join();
    EXPECT_NE(ran.result.verdict.outcome, Outcome::success);
    EXPECT_EQ(ran.result.verdict.outcome, Outcome::failure);
    EXPECT_EQ(ran.result.verdict.reason.rfind(fault.reason, 0), 0u) << ran.result.verdict.reason;
    EXPECT_LT(ran.wall_s, 5);
    std::printf("%-20s %-44s %.2f s, made safe %s after %.4f s\n", fault.name, ran.result.verdict.reason.c_str(),
                ran.wall_s, ran.stop()["confirmed"] == true ? "confirmed" : "unconfirmed",
                ran.stop()["made_safe_s"].get<double>());
    EXPECT_NE(ran.result.trace.event("fault"), nullptr);
    ASSERT_NE(ran.result.trace.event("fault_message"), nullptr);
    ASSERT_TRUE(ran.stop().is_object());
    if (ran.stop()["confirmed"] == true) made_safe_s.push_back(ran.stop()["made_safe_s"]);
    // Confirmed or not: the robot itself has stopped.
    std::this_thread::sleep_for(std::chrono::milliseconds(ran.stop()["confirmed"] == true ? 0 : 300));
    EXPECT_GE(watch->stops, 2);  // reset, and this trial's end
    sound = true;
    watch->stuck_ms = 0;
    proxy.set(ShakyProxy::Mode::pass);
    EXPECT_EQ(next(*robot), "goal_reached");
  }
  ASSERT_GE(made_safe_s.size(), 10u);
  std::sort(made_safe_s.begin(), made_safe_s.end());
  std::printf("made safe after the decision, where confirmed: n %zu, median %.4f s, largest %.4f s\n",
              made_safe_s.size(), made_safe_s[made_safe_s.size() / 2], made_safe_s.back());
  EXPECT_LT(made_safe_s.back(), 2.5);
}

TEST(LinkFaults, ARestartedServerFailsTheTrialAndTakesTheNext) {
  const auto watch = std::make_shared<WatchedRobot::Watch>();
  auto server = serve(watch);
  ServeOptions same;
  same.port = server->port();
  const auto robot = connect("http://127.0.0.1:" + std::to_string(same.port));
  std::thread restarter([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(400));
    server.reset();
    server = serve(watch, same);
  });
  const Ran ran = run(*robot);
  restarter.join();
  EXPECT_EQ(ran.result.verdict.outcome, Outcome::failure);
  EXPECT_EQ(ran.result.verdict.reason.rfind("subject_fault:", 0), 0u) << ran.result.verdict.reason;
  EXPECT_EQ(next(*robot), "goal_reached");
}

TEST(LinkFaults, NobodyThereIsSaidWithinSeconds) {
  const auto robot = connect("http://127.0.0.1:9");
  const Ran ran = run(*robot);
  EXPECT_EQ(ran.result.verdict.reason, "subject_fault:link_lost");
  EXPECT_LT(ran.wall_s, 6);
}

}  // namespace
}  // namespace assay::harness
