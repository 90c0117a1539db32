// A robot whose time runs by itself: a real one, or a simulated one in real time behind a wire.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "adapters/live/clock_fit.h"
#include "adapters/robot.h"

namespace assay {

struct LiveSample {
  Sample sample;
  SteadyTime received;        ///< host clock, when its last byte had come
  std::int64_t robot_ns = 0;  ///< robot's own clock, when it was measured
  std::int64_t sequence = 0;  ///< the robot's count of samples in this trial, from 0
};

/// Of one trial's link.
struct LinkCounters {
  std::int64_t samples = 0, commands = 0;
  std::int64_t superseded = 0;  ///< commands that a newer one overtook before they were sent
  std::int64_t unsent = 0;      ///< commands that the far side did not take
};

/// When the wire gave a command to the system, and when the robot had said that it has it. Host clock.
struct CommandWay {
  std::int64_t number = 0;  ///< of the calls of command() since begin(), from 0
  std::int64_t sent_ns = 0, taken_ns = 0;
};

/// Order: reset, begin, then command and receive as often as wanted, stop. A trial does not survive the loss of its
/// link: receive() fails from then on, and the next reset() connects anew. Threads: as for Robot; the adapter's own
/// threads do what waits.
class LiveRobot : public Robot {
 public:
  LiveRobot* live() final { return this; }

  /// Hands over, never waits. A newer command replaces one that was not sent yet; reports are kept.
  /// Fails with 0410 (check_action).
  virtual Result<void> command(const Action& action) = 0;
  /// Everything that came since the last call, in order; if nothing did, waits for the first until `until`.
  /// Fails with 1254 once the link broke or what came cannot be used; what came before that is given first.
  virtual Result<std::vector<LiveSample>> receive(SteadyTime until) = 0;
  [[nodiscard]] virtual ClockFit clock() const = 0;
  [[nodiscard]] virtual LinkCounters counters() const = 0;
  /// Of the commands that were sent; none where the wire does not know.
  [[nodiscard]] virtual std::vector<CommandWay> ways() const { return {}; }
  /// How scheduling of the adapter's own threads was granted, for the record.
  [[nodiscard]] virtual std::string scheduling() const = 0;

  /// One command and the next sample: for who wants to go step by step. Waits at most five periods.
  Result<Sample> advance(const Action& action) final;

 protected:
  void forget_backlog() { backlog_.clear(); }

 private:
  std::deque<Sample> backlog_;
};

/// Known errors and stimuli exist in the embedded simulator alone: a robot behind a wire that let them pass would be
/// examined without them. Fails with 0421.
Result<void> check_behind_wire(const Setup& setup);

/// What brings every group to rest: bases stand, arms hold, grippers keep what they hold.
Action rest_action(const RobotDescription& robot);

}  // namespace assay
