// What the threads of a wire leave for the loop: samples, how the link ended, clocks, counts.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "adapters/live/live_robot.h"

namespace assay {

/// Any thread. A wire's own link derives from it.
class LiveLink {
 public:
  LiveLink(const LiveLink&) = delete;
  LiveLink& operator=(const LiveLink&) = delete;

  /// As LiveRobot::receive().
  Result<std::vector<LiveSample>> receive(SteadyTime until);
  [[nodiscard]] bool broken() const;
  [[nodiscard]] ClockFit clock() const;
  [[nodiscard]] LinkCounters counters() const;
  [[nodiscard]] std::vector<CommandWay> ways() const;
  [[nodiscard]] std::string scheduling() const;

 protected:
  LiveLink() = default;
  ~LiveLink() = default;
  /// The calling thread hears the robot: real-time where permitted.
  void hear_in_real_time();
  /// The first reason counts, and none once the link is closed on purpose. mutex_ is held.
  void broke(Error error);
  static std::chrono::steady_clock::time_point time_point(SteadyTime time) {
    return std::chrono::steady_clock::time_point(std::chrono::nanoseconds(time.ns));
  }

  mutable std::mutex mutex_;  ///< what follows
  std::condition_variable heard_;
  std::deque<LiveSample> samples_;
  std::optional<Error> broken_;
  ClockFitter fitter_;
  LinkCounters counters_;
  std::vector<CommandWay> ways_;
  std::string scheduling_;
  bool closing_ = false;
};

}  // namespace assay
