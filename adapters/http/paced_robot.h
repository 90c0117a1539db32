// A lock-step robot run by the clock: what stands behind the wire of `assay robot serve`.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "adapters/http/wire.h"
#include "adapters/robot.h"

namespace assay::http {

/// The world of a task, composed on this side; checked against the hash that the set-up names.
using WorldSource = std::function<Result<World>(const std::string& task, int level)>;

/// A period's action is what had come when the period began, as a controller that samples its inputs does. Words are
/// never lost, commands are overtaken by newer ones. It makes itself safe when no command came for `watchdog_s`, when
/// its reader is gone, and when its world breaks. Any thread.
class PacedRobot {
 public:
  PacedRobot(std::unique_ptr<Robot> robot, WorldSource worlds, double watchdog_s);
  ~PacedRobot();
  PacedRobot(const PacedRobot&) = delete;
  PacedRobot& operator=(const PacedRobot&) = delete;

  /// {"trial": …, "robot": description}. Ends the trial before it.
  Result<Json> reset(Setup setup);
  /// Once per trial; time runs from here.
  Result<void> begin(std::int64_t trial);
  Result<void> act(std::int64_t trial, const Action& action);
  /// A stop that was long under way and names a trial that is over does nothing to the one after it; without a name it
  /// stops whatever there is.
  StopReport stop(StopCategory category, std::optional<std::int64_t> trial = std::nullopt);
  /// The trial's next line of telemetry, or nothing by `until`; `ended` once there will be none.
  std::optional<Line> next_line(std::int64_t trial, SteadyTime until, bool& ended);
  /// Whoever read the trial's telemetry is gone.
  void reader_gone(std::int64_t trial);
  /// Description without a trial: what it is.
  Json describe();

 private:
  void run();
  void end(const std::string& why);
  void push(Sample sample);
  void halt();
  std::optional<Action> take();
  Error wrong_state(const std::string& found) const;

  std::mutex calls_;  ///< one call from outside at a time, but for act() and next_line(); taken before mutex_
  std::unique_ptr<Robot> robot_;
  const WorldSource worlds_;
  const std::int64_t watchdog_ns_;
  std::thread runner_;
  std::int64_t period_ns_ = 0;

  std::mutex mutex_;  ///< what follows
  std::condition_variable changed_, lines_changed_;
  enum class Phase { empty, ready, running, ended } phase_ = Phase::empty;
  std::int64_t trial_ = 0, sequence_ = 0;
  std::optional<Action> mailbox_;
  SteadyTime last_command_;
  std::deque<Line> lines_;
  std::optional<StopReport> stopped_;
  bool halt_ = false;
};

}  // namespace assay::http
