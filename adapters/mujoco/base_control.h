// A gripper's and a wheeled base's command, and the control values that carry them out.
#pragma once

#include <mujoco/mujoco.h>

#include <array>
#include <optional>
#include <vector>

#include "adapters/mujoco/actuators.h"
#include "core/model/sample.h"

namespace assay::mujoco {

/// 0 closed … 1 open, mapped linearly between the binding's closed_ctrl and open_ctrl. Starts open.
class GripperControl {
 public:
  static Result<GripperControl> make(const mjModel& model, const World& world, const Group& group);
  void command(const GroupAction& action);
  void apply(mjData& data) const;
  /// From now on its actuators press and pull with `factor` of their force.
  void weaken(mjModel& model, double factor) const;
  [[nodiscard]] bool told_to_close() const { return value_ < 0.5; }

 private:
  std::vector<ActuatorRef> actuators_;
  double closed_ = 0, open_ = 0, value_ = 1;
};

/// Differential drive: forward and yaw speed → wheel speeds, first cut to the binding's limits.
class BaseControl {
 public:
  static Result<BaseControl> make(const mjModel& model, const mjData& data, const World& world, const Group& group);
  void command(const GroupAction& action);
  void apply(const mjModel& model, mjData& data);
  void halt(const mjData& data);
  /// From now on it drives and turns at `factor` of its top speeds at most.
  void weaken(double factor);
  void release(mjData& data) const;
  /// Controlled stop from the speed it has: its faster wheel slows down by so much along the floor.
  void brake(const mjData& data, double deceleration_m_s2);
  /// A safely limited speed: forward at most `most_m_s`; what is then driven is `ratio` of it (1: as it should be).
  void limit_speed(std::optional<double> most_m_s, double ratio);

  /// Commanded straight ahead at `ratio` of its rated speed, from outside; `cut`: it holds itself to what it is rated
  /// for.
  void overdrive(double ratio, bool cut);
  [[nodiscard]] double rated_m_s() const { return max_speed_m_s_; }

  [[nodiscard]] const std::array<JointRef, 2>& wheels() const { return wheels_; }
  [[nodiscard]] int body() const { return body_; }

 private:
  std::array<JointRef, 2> wheels_;  ///< left, right
  std::array<ActuatorRef, 2> actuators_;
  void turn_wheels();
  std::array<double, 2> kp_{}, kd_{}, twist_{}, speed_rad_s_{}, target_rad_{};
  double braking_rad_s2_ = 0;  ///< > 0: slowing down
  std::optional<double> most_m_s_;
  double ratio_ = 1;
  double radius_m_ = 0, track_m_ = 0, max_speed_m_s_ = 0, max_yaw_rad_s_ = 0;
  int body_ = -1;
};

}  // namespace assay::mujoco
