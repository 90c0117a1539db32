// Trials over the robot API against a served fake, for tests in real time.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <deque>
#include <memory>
#include <nlohmann/json.hpp>
#include <thread>

#include "adapters/http/http_robot.h"
#include "adapters/http/server.h"
#include "harness/trial.h"
#include "tests/support/fakes.h"

namespace assay::harness {

using assay::testing::fake_arm;
using assay::testing::fake_setup;
using assay::testing::FakePolicy;
using assay::testing::FakeRobot;
using assay::testing::PolicyScript;
using assay::testing::RobotScript;
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

inline std::unique_ptr<RobotServer> serve(const std::shared_ptr<WatchedRobot::Watch>& watch, ServeOptions options = {},
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

inline std::unique_ptr<Robot> connect(const std::string& url) {
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

inline Ran run(Robot& robot, const PolicyScript& script = {}, Setup setup = fake_setup(), TrialOptions options = {}) {
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
inline std::string next(Robot& robot) {
  std::string reason;
  for (int attempt = 0; attempt < 3 && reason != "goal_reached"; ++attempt) {
    const Ran ran = run(robot);
    reason = ran.result.verdict.reason;
    if (const auto* message = ran.result.trace.event("fault_message"); message != nullptr)
      std::printf("next trial: %s %s\n", reason.c_str(), message->detail.c_str());
  }
  return reason;
}

}  // namespace assay::harness
