#include "adapters/mujoco/leg_control.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "adapters/mujoco/entities.h"
#include "adapters/mujoco/faults.h"

namespace assay::mujoco {
namespace {

double most_torque(const mjModel& model, const ActuatorRef& actuator) {
  double most = std::numeric_limits<double>::infinity();
  const auto bound = [&](const mjtNum* range, double factor) {
    most = std::min(most, std::max(std::abs(range[0]), std::abs(range[1])) * factor);
  };
  if (model.actuator_forcelimited[actuator.id] != 0)
    bound(model.actuator_forcerange + 2 * actuator.id, std::abs(actuator.gear));
  if (actuator.drive == ActuatorRef::Drive::motor && actuator.limited)
    bound(model.actuator_ctrlrange + 2 * actuator.id, std::abs(actuator.gain * actuator.gear));
  return most;
}

}  // namespace

Result<LegControl> LegControl::make(const mjModel& model, const mjData& data, const World& world, const Group& group) {
  LegControl legs;
  ASSAY_TRY(legs.joints_, find_joints(model, world, group));
  ASSAY_TRY(legs.actuators_, find_actuators(model, world, group));
  const std::size_t n = legs.joints_.size();
  if (legs.actuators_.size() != n || n == 0)
    return binding_does_not_fit(world, group.name, "legs need one actuator per joint");
  if (group.speed_limit_rad_s.size() != n)
    return binding_does_not_fit(world, group.name, "legs need speed_limit_rad_s, one value per joint");
  legs.trunk_ = body_id(model, group.trunk_body);
  if (legs.trunk_ < 0) return binding_does_not_fit(world, group.name, "no body '" + group.trunk_body + "'");
  if (!group.imu_site.empty() && site_id(model, group.imu_site) < 0)
    return binding_does_not_fit(world, group.name, "no site '" + group.imu_site + "'");
  const bool gains = group.kp.size() == n && group.kd.size() == n;
  for (std::size_t i = 0; i < n; ++i) {
    if (legs.actuators_[i].joint != legs.joints_[i].joint)
      return binding_does_not_fit(world, group.name,
                                  "actuator '" + group.actuators[i] + "' does not drive '" + group.joints[i] + "'");
    if (legs.actuators_[i].drive != ActuatorRef::Drive::position && !gains)
      return binding_does_not_fit(world, group.name, "motors need kp and kd, one value per joint");
    legs.most_nm_.push_back(most_torque(model, legs.actuators_[i]));
  }
  legs.kp_ = gains ? group.kp : std::vector<double>(n, 0);
  legs.kd_ = gains ? group.kd : std::vector<double>(n, 0);
  legs.hold_here(data);
  return legs;
}

void LegControl::command(const GroupAction& action) {
  if (action.mode != Mode::joint_position && action.mode != Mode::joint_torque) return;
  if (action.values.size() != joints_.size()) return;
  mode_ = action.mode;
  values_ = action.values;
}

void LegControl::apply(mjData& data) const {
  for (std::size_t i = 0; i < joints_.size(); ++i) {
    const ActuatorRef& actuator = actuators_[i];
    const double q = data.qpos[joints_[i].qpos], speed = data.qvel[joints_[i].dof];
    if (mode_ == Mode::joint_position && actuator.drive == ActuatorRef::Drive::position) {
      // The servo's own law has its zero where gain·ctrl + b0 + b1·q is none.
      actuator.set(data, -(actuator.b0 + actuator.b1 * actuator.gear * values_[i]) / actuator.gain);
      continue;
    }
    double torque = mode_ == Mode::joint_torque ? values_[i] : kp_[i] * (values_[i] - q) - kd_[i] * speed;
    torque = std::clamp(torque, -most_nm_[i], most_nm_[i]);
    actuator.set(data, actuator.control_for_torque(torque, q, speed));
  }
}

void LegControl::weaken(mjModel& model, double factor) {
  for (std::size_t i = 0; i < joints_.size(); ++i) {
    most_nm_[i] *= factor;
    for (int k = 0; k < 2; ++k) model.actuator_forcerange[2 * actuators_[i].id + k] *= factor;
  }
}

void LegControl::hold_here(const mjData& data) {
  mode_ = Mode::joint_position;
  values_.clear();
  for (const auto& joint : joints_) values_.push_back(data.qpos[joint.qpos]);
}

void LegControl::release(mjData& data) const {
  for (std::size_t i = 0; i < joints_.size(); ++i)
    actuators_[i].set(data, actuators_[i].control_for_torque(0, data.qpos[joints_[i].qpos], data.qvel[joints_[i].dof]));
}

}  // namespace assay::mujoco
