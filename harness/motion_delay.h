// How long after a command the robot moves, read from a real-time trial: by threshold and by cross-correlation, each
// with what it is known to (docs/decisions/0078). Pure.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "adapters/robot.h"
#include "core/trace.h"

namespace assay::harness {

/// All on the host's clock.
struct MotionTimes {
  /// Of a command: when it was given to the system, and when the robot had it at the latest. The same where the wire
  /// knows neither: then the way to the robot is part of the delay.
  struct Command {
    std::int64_t sent_ns = 0, taken_ns = 0;
  };
  std::vector<Command> commands{};          ///< of the rows of /command
  std::vector<std::int64_t> measured_ns{};  ///< of the rows of /observation, but for the first, which begins the trial
  std::function<std::int64_t(std::int64_t)> clock_bound_ns{};  ///< of an instant of `measured_ns`
};

/// One crossing of half of the largest commanded speed, upwards or downwards, and the robot's own after it. Motion that
/// sets in or ends within one period is found within it, from the way made in that period and the speeds before and
/// after; what is slower crosses at the interpolated instant, known to a period.
struct MotionStep {
  std::size_t command = 0;  ///< row of /command
  double delay_s = 0;       ///< from the command's going out
  std::array<double, 2> limits_s{};
};

/// One group's. Undefined where it was never told to move, or never did.
struct MotionDelay {
  std::string group;
  std::optional<double> correlation_s;  ///< the lag at which the ways made per period resemble the commanded ones most
  std::optional<double> correlation;    ///< how much they do (Pearson)
  std::optional<std::array<double, 2>> correlation_limits_s;  ///< 95 %; needs six steps
  std::vector<MotionStep> steps;
  double bound_s = 0;  ///< of either without limits: half a period of each record, and the clocks' bound
  [[nodiscard]] const MotionStep* threshold() const { return steps.empty() ? nullptr : &steps.front(); }
};

/// Of every group whose speed is both commanded (/command: base_twist, joint_velocity, ee_delta_pose) and measured
/// (/observation).
std::vector<MotionDelay> motion_delays(const Trace& trace, const std::vector<Group>& groups, double period_s,
                                       const MotionTimes& times);

}  // namespace assay::harness
