// Contacts of watched pairs of geom sets, step by step: who touched whom, and with what normal force.
#pragma once

#include <mujoco/mujoco.h>

#include <cstdint>
#include <vector>

#include "adapters/mujoco/entities.h"
#include "adapters/mujoco/geometry.h"

namespace assay::mujoco {

/// A contact counts as touching when the surfaces meet (distance <= 0). Forces are the constraint solver's normal
/// forces of the physics step; they are what the limits compare (see DESIGN §4.9 on what they are worth).
class ContactWatch {
 public:
  /// Begins anew for a model. `robot` are the robot's geoms.
  void reset(const mjModel& model, GeomSet robot);
  /// Watches contacts between `a` and `b`; returns the pair's number. Only before start().
  int add_pair(const GeomSet& a, const GeomSet& b, bool with_force);
  /// A pair of the robot with whatever counts for robot_force_n().
  int add_robot_pair_with_anything();
  /// Sums the forces of the rest of the world on `geoms` (at most kMostWrists such sets); returns the set's number.
  static constexpr std::size_t kMostWrists = 32;
  int add_wrist(const GeomSet& geoms);
  /// After the first collision detection: what the robot touches now and cannot move is its support.
  void start(const mjModel& model, const mjData& data);

  void begin_period();                                         ///< forgets who touched in the period before
  void scan(const mjModel& model, const mjData& data);         ///< after collision detection (mj_step1)
  void read_forces(const mjModel& model, const mjData& data);  ///< after the solver (mj_step2)

  [[nodiscard]] bool touched_in_period(int pair) const { return touched_[pair] != 0; }
  [[nodiscard]] bool touching_now(int pair) const { return now_[pair] != 0; }
  [[nodiscard]] double force_n(int pair) const { return force_[pair]; }  ///< of the last step
  /// Largest sum of normal forces, of the last step, between the robot and one other top-level body. Left out:
  /// bodies with a free joint (goods: what a robot is there to handle), planes, and fixed geoms that the robot
  /// touched at t = 0 (what it stands on).
  [[nodiscard]] double robot_force_n() const { return robot_force_; }
  /// Contact force on a wrist's geoms, world frame, mean over the steps of the period so far; zero before the first.
  [[nodiscard]] Vector3d wrist_force_n(int wrist) const {
    return steps_ > 0 ? Vector3d(wrist_sum_[wrist] / steps_) : Vector3d(Vector3d::Zero());
  }

 private:
  [[nodiscard]] std::uint8_t& side(int geom, int pair) {
    return sides_[static_cast<std::size_t>(geom) * pairs_ + pair];
  }
  void add_wrist_force(const mjContact& contact, const mjtNum* wrench);
  void add_robot_force(int geom_1, int geom_2, double force_n);

  int ngeom_ = 0, pairs_ = 0, robot_pair_ = -1;
  GeomSet robot_, watched_;
  std::vector<std::uint8_t> sides_;  ///< geom-major; bit 0: in a, bit 1: in b
  std::vector<std::vector<std::uint8_t>> pending_;
  std::vector<std::uint8_t> with_force_, touched_, now_;
  std::vector<double> force_;
  std::vector<int> counterpart_;   ///< per geom: top-level body whose force counts, or -1
  std::vector<double> robot_sum_;  ///< per body
  double robot_force_ = 0;
  std::vector<std::uint32_t> wrists_;  ///< per geom: one bit per wrist
  std::vector<Vector3d> wrist_sum_;    ///< over the period's steps
  int steps_ = 0;
};

}  // namespace assay::mujoco
