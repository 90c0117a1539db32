#include "adapters/mujoco/base_control.h"

#include <algorithm>

#include "adapters/mujoco/entities.h"
#include "adapters/mujoco/faults.h"

namespace assay::mujoco {

Result<GripperControl> GripperControl::make(const mjModel& model, const World& world, const Group& group) {
  GripperControl gripper;
  ASSAY_TRY(gripper.actuators_, find_actuators(model, world, group));
  if (auto joints = find_joints(model, world, group); !joints.ok()) return std::move(joints).error();
  for (const auto* side : {&group.side_a_bodies, &group.side_b_bodies})
    for (const auto& name : *side)
      if (body_id(model, name) < 0) return binding_does_not_fit(world, group.name, "no body '" + name + "'");
  if (gripper.actuators_.empty()) return binding_does_not_fit(world, group.name, "a gripper needs an actuator");
  gripper.closed_ = group.closed_ctrl;
  gripper.open_ = group.open_ctrl;
  return gripper;
}

void GripperControl::command(const GroupAction& action) {
  if (action.mode == Mode::gripper && action.values.size() == 1) value_ = std::clamp(action.values[0], 0.0, 1.0);
}

void GripperControl::apply(mjData& data) const {
  for (const auto& actuator : actuators_) actuator.set(data, closed_ + value_ * (open_ - closed_));
}

/// A servo's gain and its bias are one law: both shrink, and what they may give at most.
void GripperControl::weaken(mjModel& model, double factor) const {
  for (const auto& actuator : actuators_) {
    for (int i = 0; i < 3; ++i) {
      if (model.actuator_gaintype[actuator.id] == mjGAIN_FIXED)
        model.actuator_gainprm[mjNGAIN * actuator.id + i] *= factor;
      if (model.actuator_biastype[actuator.id] == mjBIAS_AFFINE)
        model.actuator_biasprm[mjNBIAS * actuator.id + i] *= factor;
    }
    for (int i = 0; i < 2; ++i) model.actuator_forcerange[2 * actuator.id + i] *= factor;
  }
}

Result<BaseControl> BaseControl::make(const mjModel& model, const mjData& data, const World& world,
                                      const Group& group) {
  BaseControl base;
  ASSAY_TRY(const auto actuators, find_actuators(model, world, group));
  if (auto joints = find_joints(model, world, group); !joints.ok()) return std::move(joints).error();
  if (actuators.size() != 2) return binding_does_not_fit(world, group.name, "a base needs two wheel actuators");
  if (!(group.wheel_radius_m > 0) || !(group.track_m > 0))
    return binding_does_not_fit(world, group.name, "wheel_radius_m and track_m must be positive");
  for (std::size_t i = 0; i < 2; ++i) {
    const int joint = actuators[i].joint;
    if (joint < 0 || model.jnt_type[joint] != mjJNT_HINGE)
      return binding_does_not_fit(world, group.name, "actuator '" + group.actuators[i] + "' does not turn a wheel");
    base.actuators_[i] = actuators[i];
    base.wheels_[i].joint = joint;
    base.wheels_[i].qpos = model.jnt_qposadr[joint];
    base.wheels_[i].dof = model.jnt_dofadr[joint];
    const bool gains = group.kd.size() == 2;
    if (actuators[i].drive == ActuatorRef::Drive::motor && !gains)
      return binding_does_not_fit(world, group.name, "wheel motors need kd, one value per wheel");
    base.kd_[i] = gains ? group.kd[i] : 0;
    base.kp_[i] = group.kp.size() == 2 ? group.kp[i] : 0;
  }
  base.body_ = body_id(model, group.base_body);
  if (base.body_ < 0) return binding_does_not_fit(world, group.name, "no body '" + group.base_body + "'");
  base.radius_m_ = group.wheel_radius_m;
  base.track_m_ = group.track_m;
  base.max_speed_m_s_ = group.max_speed_m_s;
  base.max_yaw_rad_s_ = group.max_yaw_rad_s;
  base.halt(data);
  return base;
}

void BaseControl::command(const GroupAction& action) {
  if (action.mode != Mode::base_twist || action.values.size() != 2) return;
  twist_ = {action.values[0], action.values[1]};
  braking_rad_s2_ = 0;
  turn_wheels();
}

void BaseControl::limit_speed(std::optional<double> most_m_s, double ratio) {
  if (most_m_s == most_m_s_ && ratio == ratio_) return;
  most_m_s_ = most_m_s;
  ratio_ = ratio;
  if (braking_rad_s2_ == 0) turn_wheels();
}

void BaseControl::brake(const mjData& data, double deceleration_m_s2) {
  for (std::size_t i = 0; i < 2; ++i) {
    speed_rad_s_[i] = data.qvel[wheels_[i].dof];
    target_rad_[i] = data.qpos[wheels_[i].qpos];
  }
  twist_ = {0, 0};
  braking_rad_s2_ = deceleration_m_s2 / radius_m_;
}

void BaseControl::overdrive(double ratio, bool cut) {
  twist_ = {ratio * max_speed_m_s_, 0};
  braking_rad_s2_ = 0;
  turn_wheels();
  if (!cut) speed_rad_s_.fill(twist_[0] * ratio_ / radius_m_);
}

void BaseControl::turn_wheels() {
  auto [speed, yaw] = twist_;
  if (max_speed_m_s_ > 0) speed = std::clamp(speed, -max_speed_m_s_, max_speed_m_s_);
  if (max_yaw_rad_s_ > 0) yaw = std::clamp(yaw, -max_yaw_rad_s_, max_yaw_rad_s_);
  if (most_m_s_) speed = std::clamp(speed, -*most_m_s_, *most_m_s_);
  speed *= ratio_;
  speed_rad_s_ = {(speed - yaw * track_m_ / 2) / radius_m_, (speed + yaw * track_m_ / 2) / radius_m_};
}

void BaseControl::apply(const mjModel& model, mjData& data) {
  if (braking_rad_s2_ > 0) {
    const double fastest = std::max(std::abs(speed_rad_s_[0]), std::abs(speed_rad_s_[1]));
    const double left = std::max(0.0, fastest - braking_rad_s2_ * model.opt.timestep);
    for (double& speed : speed_rad_s_) speed *= fastest > 0 ? left / fastest : 0;
  }
  for (std::size_t i = 0; i < 2; ++i) {
    const ActuatorRef& actuator = actuators_[i];
    const double q = data.qpos[wheels_[i].qpos], speed = data.qvel[wheels_[i].dof];
    target_rad_[i] += speed_rad_s_[i] * model.opt.timestep;
    switch (actuator.drive) {
      case ActuatorRef::Drive::velocity:
        actuator.set(data, -actuator.gear * actuator.b2 * speed_rad_s_[i] / actuator.gain);
        break;
      case ActuatorRef::Drive::position:
        actuator.set(data,
                     -actuator.gear * (actuator.b1 * target_rad_[i] + actuator.b2 * speed_rad_s_[i]) / actuator.gain);
        break;
      case ActuatorRef::Drive::motor: {
        const double torque = kp_[i] * (target_rad_[i] - q) + kd_[i] * (speed_rad_s_[i] - speed);
        actuator.set(data, actuator.control_for_torque(torque, q, speed));
        break;
      }
      case ActuatorRef::Drive::other:
        actuator.set(data, speed_rad_s_[i]);
        break;
    }
  }
}

void BaseControl::weaken(double factor) {
  max_speed_m_s_ *= factor;
  max_yaw_rad_s_ *= factor;
  turn_wheels();
}

void BaseControl::halt(const mjData& data) {
  twist_ = speed_rad_s_ = {0, 0};
  braking_rad_s2_ = 0;
  for (std::size_t i = 0; i < 2; ++i) target_rad_[i] = data.qpos[wheels_[i].qpos];
}

void BaseControl::release(mjData& data) const {
  for (std::size_t i = 0; i < 2; ++i)
    actuators_[i].set(data, actuators_[i].control_for_torque(0, data.qpos[wheels_[i].qpos], data.qvel[wheels_[i].dof]));
}

}  // namespace assay::mujoco
