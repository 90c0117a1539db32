// Legs: their command, and the control values that carry it out, each physics step.
//
// joint_position: motors get torque = kp·(target − q) − kd·q̇ with the binding's gains and nothing more: no weight is
// compensated, for a robot that stands on its feet knows it only by a model of its own. Position servos get the target.
// joint_torque: the torque as it is, whatever the actuator. What an actuator cannot give is cut off.
#pragma once

#include <mujoco/mujoco.h>

#include <vector>

#include "adapters/mujoco/actuators.h"
#include "core/model/sample.h"

namespace assay::mujoco {

class LegControl {
 public:
  /// Holds where `data` stands. Fails with ASSAY-0422.
  static Result<LegControl> make(const mjModel& model, const mjData& data, const World& world, const Group& group);

  void command(const GroupAction& action);
  void apply(mjData& data) const;
  /// From now on every actuator gives `factor` of its largest torque at most.
  void weaken(mjModel& model, double factor);
  /// Controlled stop: the joints stay where they are. Whether the robot does is another matter.
  void hold_here(const mjData& data);
  /// Power off: no torque from any actuator.
  void release(mjData& data) const;

  [[nodiscard]] const std::vector<JointRef>& joints() const { return joints_; }
  [[nodiscard]] int trunk_body() const { return trunk_; }
  /// Largest torque at the joint that the model lets actuator `i` give; infinity if it sets no bound.
  [[nodiscard]] double most_nm(std::size_t i) const { return most_nm_[i]; }

 private:
  std::vector<JointRef> joints_;
  std::vector<ActuatorRef> actuators_;
  std::vector<double> kp_, kd_, most_nm_;
  Mode mode_ = Mode::joint_position;
  std::vector<double> values_;
  int trunk_ = -1;
};

}  // namespace assay::mujoco
