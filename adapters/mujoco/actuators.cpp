#include "adapters/mujoco/actuators.h"

#include <algorithm>

#include "adapters/mujoco/faults.h"

namespace assay::mujoco {
namespace {

ActuatorRef::Drive drive_of(const mjModel& model, const ActuatorRef& ref) {
  using Drive = ActuatorRef::Drive;
  const int bias = model.actuator_biastype[ref.id];
  const bool plain = model.actuator_gaintype[ref.id] == mjGAIN_FIXED && model.actuator_dyntype[ref.id] == mjDYN_NONE;
  if (!plain || ref.gain == 0 || (bias != mjBIAS_NONE && bias != mjBIAS_AFFINE)) return Drive::other;
  if (bias == mjBIAS_NONE || (ref.b1 == 0 && ref.b2 == 0)) return Drive::motor;
  return ref.b1 != 0 ? Drive::position : Drive::velocity;
}

ActuatorRef actuator_ref(const mjModel& model, int id) {
  ActuatorRef ref;
  ref.id = id;
  ref.gain = model.actuator_gainprm[mjNGAIN * id];
  if (model.actuator_biastype[id] == mjBIAS_AFFINE) {
    ref.b0 = model.actuator_biasprm[mjNBIAS * id];
    ref.b1 = model.actuator_biasprm[mjNBIAS * id + 1];
    ref.b2 = model.actuator_biasprm[mjNBIAS * id + 2];
  }
  const int transmission = model.actuator_trntype[id];
  if (transmission == mjTRN_JOINT || transmission == mjTRN_JOINTINPARENT) ref.joint = model.actuator_trnid[2 * id];
  if (model.actuator_gear[6 * id] != 0) ref.gear = model.actuator_gear[6 * id];
  ref.limited = model.actuator_ctrllimited[id] != 0;
  ref.low = model.actuator_ctrlrange[2 * id];
  ref.high = model.actuator_ctrlrange[2 * id + 1];
  ref.drive = drive_of(model, ref);
  return ref;
}

}  // namespace

void ActuatorRef::set(mjData& data, double control) const {
  data.ctrl[id] = limited ? std::clamp(control, low, high) : control;
}

double ActuatorRef::control_for_torque(double torque_nm, double q, double speed) const {
  if (drive == Drive::other) return torque_nm;
  return (torque_nm / gear - b0 - b1 * gear * q - b2 * gear * speed) / gain;
}

Result<std::vector<JointRef>> find_joints(const mjModel& model, const World& world, const Group& group) {
  std::vector<JointRef> joints;
  for (const auto& name : group.joints) {
    const int id = mj_name2id(&model, mjOBJ_JOINT, name.c_str());
    if (id < 0) return binding_does_not_fit(world, group.name, "no joint '" + name + "'");
    if (model.jnt_type[id] == mjJNT_FREE || model.jnt_type[id] == mjJNT_BALL)
      return binding_does_not_fit(world, group.name, "joint '" + name + "' is neither hinge nor slide");
    JointRef ref;
    ref.joint = id;
    ref.qpos = model.jnt_qposadr[id];
    ref.dof = model.jnt_dofadr[id];
    ref.limited = model.jnt_limited[id] != 0;
    ref.low = model.jnt_range[2 * id];
    ref.high = model.jnt_range[2 * id + 1];
    ref.damping = model.dof_damping[ref.dof];
    joints.push_back(ref);
  }
  return joints;
}

Result<std::vector<ActuatorRef>> find_actuators(const mjModel& model, const World& world, const Group& group) {
  std::vector<ActuatorRef> actuators;
  for (const auto& name : group.actuators) {
    const int id = mj_name2id(&model, mjOBJ_ACTUATOR, name.c_str());
    if (id < 0) return binding_does_not_fit(world, group.name, "no actuator '" + name + "'");
    actuators.push_back(actuator_ref(model, id));
  }
  return actuators;
}

}  // namespace assay::mujoco
