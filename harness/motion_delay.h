// How long after a command the robot moves, read from a real-time trace: by threshold and by cross-correlation.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "adapters/robot.h"
#include "core/trace.h"

namespace assay::harness {

/// One group's. Undefined where it was never told to move, or never did.
struct MotionDelay {
  std::string group;
  std::optional<double> correlation_s;  ///< the lag at which measured speed resembles commanded speed most
  std::optional<double> correlation;    ///< how much it does there (Pearson)
  std::optional<double> threshold_s;    ///< from the first crossing of half of the largest commanded speed
  double bound_s = 0;                   ///< of either: half a period of each record, and the clocks' bound
};

/// Of every group whose speed is both commanded (/command: base_twist, joint_velocity, ee_delta_pose) and measured
/// (/observation). Commands stand at the robot's time of their hand-over, so that the way to the robot is part of it.
std::vector<MotionDelay> motion_delays(const Trace& trace, const std::vector<Group>& groups, double period_s,
                                       double clock_bound_s);

}  // namespace assay::harness
