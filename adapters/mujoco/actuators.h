// Joints and actuators of a group as the model has them, and what control value makes an actuator do what is asked,
// whatever its type.
#pragma once

#include <mujoco/mujoco.h>

#include <string>
#include <vector>

#include "core/model/body.h"
#include "core/result.h"

namespace assay::mujoco {

struct JointRef {
  int joint = -1, qpos = -1, dof = -1;
  bool limited = false;
  double low = 0, high = 0;
  double damping = 0;  ///< passive, N·m·s/rad
};

/// force = gain·ctrl + b0 + b1·length + b2·speed, along a transmission of ratio `gear`.
struct ActuatorRef {
  enum class Drive {
    motor,     ///< force is what is asked: no position or speed term
    position,  ///< a servo on position (b1 ≠ 0)
    velocity,  ///< a servo on speed (b1 = 0, b2 ≠ 0)
    other,     ///< muscle, own gain law: gets the target as its control value
  } drive = Drive::motor;
  int id = -1;
  int joint = -1;  ///< of a joint transmission, else -1
  double gain = 1, b0 = 0, b1 = 0, b2 = 0, gear = 1;
  bool limited = false;
  double low = 0, high = 0;

  void set(mjData& data, double control) const;
  /// Control value for which the actuator's joint torque is `torque_nm` at the joint's position and speed.
  [[nodiscard]] double control_for_torque(double torque_nm, double q, double speed) const;
};

/// Fails with ASSAY-0422 if a name is unknown, or a joint is not a hinge or a slide.
Result<std::vector<JointRef>> find_joints(const mjModel& model, const World& world, const Group& group);
Result<std::vector<ActuatorRef>> find_actuators(const mjModel& model, const World& world, const Group& group);

}  // namespace assay::mujoco
