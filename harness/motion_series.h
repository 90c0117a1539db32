// Commanded and measured motion of one group, on one clock. Of motion_delay.cpp alone.
#pragma once

#include <optional>
#include <vector>

#include "harness/motion_delay.h"

namespace assay::harness {

/// Held from one command to the next; 0 before the first.
struct Commanded {
  std::vector<std::size_t> row;  ///< of /command
  std::vector<double> sent_s, taken_s;
  std::vector<double> speed;  ///< signed: m/s of a base, the sum over joints (rad/s) or axes of the tool (m/s)
  bool joints = false;
};
Commanded commanded(const Stream& commands, const Group& group, double period_s, const MotionTimes& times);

struct Measured {
  std::vector<double> time_s, speed;  ///< of the same kind
  std::vector<double> way;            ///< made since the first
  bool differenced = false;           ///< the speed is the way's difference
};
Measured measured(const Stream& seen, const Group& group, bool joints, const MotionTimes& times);

/// How well a way made agrees with the mean of the speeds at its ends where neither changes, in time: the largest
/// disagreement of all periods, over `speed`. One more is larger once in as many periods; with fewer than 20, nothing.
std::optional<double> way_error_s(const Measured& moved, double speed);

std::vector<MotionStep> motion_steps(const Commanded& asked, const Measured& moved, const MotionTimes& times);

/// Of the ways per period against the commanded ones, `lag_s` later. Periods that begin within `left_out` do not count.
double likeness(const Commanded& asked, const Measured& moved, double lag_s,
                const std::optional<std::array<double, 2>>& left_out);

}  // namespace assay::harness
