// From messages of many topics to one sample per tick. No clock, no thread, no DDS: what comes in decides.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "adapters/http/wire.h"
#include "adapters/live/live_robot.h"
#include "adapters/ros2/convert.h"

namespace assay::ros2 {

/// A tick waits for the topics that come as often as it does, half a period at most; then the newest values count. The
/// newest message stamped no later than half its period after the tick is the one that belongs to it.
class Assembler {
 public:
  Assembler(const Mapping& mapping, const RobotDescription& robot);
  Assembler(const Assembler&) = delete;
  Assembler& operator=(const Assembler&) = delete;

  /// Fails with 1253: subject:telemetry_{shape, not_finite, repeated, unstamped, gap, garbled}, clock_backwards.
  Result<void> add(const std::string& topic, Got got);
  /// The session's words about truth: one line of telemetry (docs/robot-api.yaml), without groups and scans. `end`
  /// says why the robot ends the trial.
  Result<void> add_truth(const std::string& line, SteadyTime received, std::string& end);
  /// Samples that are complete by now. Fails with 1254: a topic went silent.
  Result<std::vector<LiveSample>> ready(SteadyTime now);
  /// Topics of which nothing came yet.
  [[nodiscard]] std::vector<std::string> silent() const;
  [[nodiscard]] bool waiting() const { return !ticks_.empty(); }

 private:
  struct Heard {
    const StateTopic* topic = nullptr;
    const Group* group = nullptr;
    std::int64_t period_ns = 0;
    std::int64_t last_stamp_ns = 0;
    SteadyTime last_received;
    std::deque<Message> waiting;
    std::optional<Message> current;
    bool fresh = false;  ///< current is new in this sample
  };
  struct Tick {
    LiveSample sample;
    std::int64_t stamp_ns = 0;
  };

  Result<void> tick(const Message& message, SteadyTime received);
  bool complete(const Tick& tick) const;
  Result<void> fill(Tick& tick);

  const Mapping mapping_;
  const RobotDescription robot_;
  std::map<std::string, Heard> heard_;
  http::TelemetryReader truth_;
  std::deque<Tick> ticks_;
  std::map<std::string, RangeScan> scans_;
  SteadyTime last_tick_;
  std::optional<std::int64_t> first_stamp_ns_;
  std::int64_t last_stamp_ns_ = 0, count_ = 0;
};

}  // namespace assay::ros2
