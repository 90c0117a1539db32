// What happens to the scene from outside: people on their paths, pushes.
#pragma once

#include <mujoco/mujoco.h>

#include <array>
#include <cstdint>
#include <vector>

#include "adapters/mujoco/geometry.h"
#include "core/model/setup.h"
#include "core/result.h"

namespace assay::mujoco {

/// Mocap bodies that walk their waypoints there and back (who stays: once) at constant speed, from start_ns on. Until
/// then they stand at the first waypoint; without a speed they stay there. Orientation is the scene's.
class Actors {
 public:
  /// Fails with ASSAY-0421 (no such body, not a mocap body, numbers not finite).
  static Result<Actors> make(const std::vector<ActorRun>& runs, const mjModel& model);
  /// Puts every actor where it is at `t_ns`.
  void move(mjData& data, std::int64_t t_ns);
  /// World velocity of the body if it belongs to an actor (MuJoCo gives mocap bodies none), else zero.
  [[nodiscard]] Vector3d velocity_of(const mjModel& model, int body) const;

 private:
  struct Walker {
    int body = -1, mocap = -1;
    std::int64_t start_ns = 0;
    double speed_m_s = 0, length_m = 0;
    bool stays = false;
    std::vector<Vector3d> points;
    std::vector<double> at_m;  ///< distance from the first waypoint
    Vector3d velocity = Vector3d::Zero();
  };
  std::vector<Walker> walkers_;
};

/// Impulses: a constant force at the body's centre of mass over a window of 10 ms (whole physics steps, at least
/// one), from the first step that starts at or after `at_ns`. Force × window is exactly the impulse.
class Pushes {
 public:
  /// Fails with ASSAY-0421 (no such body, numbers not finite).
  static Result<Pushes> make(const std::vector<Push>& pushes, const mjModel& model, const std::vector<Group>& groups,
                             std::int64_t step_ns);
  /// Sets xfrc_applied for the step that starts at step number `step`.
  void apply(mjData& data, std::int64_t step) const;

 private:
  struct Window {
    int body = -1;
    std::int64_t first = 0, last = 0;  ///< steps, closed
    Vector3d force_n;
  };
  std::vector<Window> windows_;
};

}  // namespace assay::mujoco
