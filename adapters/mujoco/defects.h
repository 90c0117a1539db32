// Known errors put into a simulated robot (subject file, `defects:`), so that an examination can be shown to find what
// was put in. Names are fixed; anything else is refused (0421).
#pragma once

#include <array>
#include <cstdint>

#include "core/model/sample.h"
#include "core/model/setup.h"
#include "core/random.h"
#include "core/result.h"

namespace assay::mujoco {

/// An arm whose idea of its tool's place is wrong: tcp_offset_x_m, tcp_offset_y_m, tcp_offset_z_m (so much farther than
/// it believes), tcp_scale (true distance from its base over the believed one) and tcp_spread_m (a further error that
/// is drawn anew for each axis, normal, whenever the arm sets off after a rest).
struct TcpError {
  std::array<double, 3> offset_m{}, drawn_m{}, last_m{};
  double scale = 1, spread_m = 0;
  std::int64_t resting_ns = 0;
  bool rested = true;

  [[nodiscard]] bool on() const;
  /// What the arm believes, from what is true: once per control period.
  void falsify(GroupState& state, std::int64_t period_ns, Rng& rng);
};

/// Safety functions that are slower than they should be, or do not what they should (protection.h): stop_delay_s (from
/// a request to the beginning of the stop), stop_deceleration_m_s2 and stop_deceleration_rad_s2 (of wheels and joints),
/// watchdog_s, restarts_after_stop (1: when the cause is gone), ignores_person (1: its sensors and the request of a
/// person-detecting device), speed_ratio (true speed of a base or a tool over the one that it holds it to),
/// ignores_sensor_faults, ignores_grip_loss (1: of its own, self_check.h), ignores_rated_limits (1: carries out what is
/// beyond them).
struct SafetyDefects {
  double stop_delay_s = 0, stop_deceleration_m_s2 = 2, stop_deceleration_rad_s2 = 6, watchdog_s = 0.2;
  double restarts_after_stop = 0, ignores_person = 0, speed_ratio = 1;
  double ignores_sensor_faults = 0, ignores_grip_loss = 0, ignores_rated_limits = 0;
};

struct Defects {
  TcpError tcp;
  SafetyDefects safety;
  std::array<double, 3> sight_offset_m{};  ///< every detection is off by this, in its own frame: sight_offset_x_m, …
  double command_delay_s = 0;              ///< from the arrival of a command to its being carried out
};

/// Fails with 0421: a name that is not known, or a value out of range.
Result<Defects> read_defects(const Setup& setup);

}  // namespace assay::mujoco
