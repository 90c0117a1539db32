#include "adapters/mujoco/arm_control.h"

#include <Eigen/Cholesky>
#include <algorithm>

#include "adapters/mujoco/entities.h"
#include "adapters/mujoco/faults.h"

namespace assay::mujoco {
namespace {

using Vector6d = Eigen::Matrix<double, 6, 1>;
using Jacobian = Eigen::Matrix<double, 6, Eigen::Dynamic>;

constexpr double kDamping = 1e-3;         // λ²
constexpr double kCorrection = 0.25;      // share of the missing pose that each step makes up
constexpr double kStepSpeed = 2.0;        // rad/s: 0.04 rad at 50 Hz
constexpr double kOverdrive_rad_s2 = 6;   // as gently as it stops
constexpr double kLeadPosition = 0.03;    // m, commanded pose ahead of the reached one
constexpr double kLeadRotation = 0.10;    // rad
constexpr double kLeadJoint = 0.05;       // rad, beyond which a correction no longer pushes a joint's target
constexpr double kSpeedLead = 0.2;        // rad, the same for joint_velocity
constexpr double kHomePull = 0.5;         // 1/s, null space
constexpr double kSpeedServoGain = 10.0;  // 1/s, position loop around a speed servo

}  // namespace

Result<ArmControl> ArmControl::make(const mjModel& model, const mjData& data, const World& world, const Group& group,
                                    double control_period_s) {
  ArmControl arm;
  ASSAY_TRY(arm.joints_, find_joints(model, world, group));
  ASSAY_TRY(arm.actuators_, find_actuators(model, world, group));
  const std::size_t n = arm.joints_.size();
  if (n == 0 || arm.actuators_.size() != n)
    return binding_does_not_fit(world, group.name, "an arm needs one actuator per joint");
  arm.kp_ = group.kp;
  arm.kd_ = group.kd;
  for (std::size_t i = 0; i < n; ++i) {
    if (arm.actuators_[i].drive == ActuatorRef::Drive::motor && (group.kp.size() != n || group.kd.size() != n))
      return binding_does_not_fit(world, group.name, "motors need kp and kd, one value per joint");
    if (arm.actuators_[i].joint != arm.joints_[i].joint)
      return binding_does_not_fit(world, group.name,
                                  "actuator '" + group.actuators[i] + "' does not drive '" + group.joints[i] + "'");
  }
  for (const auto* list : {&group.home_rad, &group.speed_limit_rad_s})
    if (!list->empty() && list->size() != n)
      return binding_does_not_fit(world, group.name, "home_rad and speed_limit_rad_s need one value per joint");
  arm.tcp_site_ = site_id(model, group.tcp_site);
  if (arm.tcp_site_ < 0) return binding_does_not_fit(world, group.name, "no site '" + group.tcp_site + "'");
  arm.base_body_ = arm_base_body(model, group);
  arm.home_ = group.home_rad;
  arm.speed_limit_ = group.speed_limit_rad_s;
  arm.period_s_ = control_period_s;
  arm.target_ = arm.goal_ = arm.speed_ = arm.step_ = Eigen::VectorXd::Zero(static_cast<Eigen::Index>(n));
  arm.values_.assign(n, 0);
  arm.jacobian_.assign(6 * static_cast<std::size_t>(model.nv), 0);
  arm.hold_here(data);
  return arm;
}

void ArmControl::hold_here(const mjData& data) {
  for (std::size_t i = 0; i < joints_.size(); ++i) target_[static_cast<Eigen::Index>(i)] = data.qpos[joints_[i].qpos];
  goal_ = target_;
  speed_.setZero();
  braking_rad_s2_ = 0;
  mode_ = Mode::joint_position;
  steps_left_ = 0;
  has_pose_ = false;
}

void ArmControl::weaken(const mjData& data, double factor) {
  most_rad_s_.resize(static_cast<Eigen::Index>(joints_.size()));
  for (std::size_t i = 0; i < joints_.size(); ++i) {
    const auto at = static_cast<Eigen::Index>(i);
    const double limit = i < speed_limit_.size() && speed_limit_[i] > 0 ? speed_limit_[i] : kStepSpeed;
    most_rad_s_[at] = factor * limit;
    const double q = data.qpos[joints_[i].qpos];
    if (std::abs(target_[at] - q) > kLeadJoint) target_[at] = q;  // on its way; a smaller lead only holds its weight
  }
  for (std::size_t i = 0; i < values_.size() && mode_ == Mode::joint_velocity; ++i) {
    const double most = most_rad_s_[static_cast<Eigen::Index>(i)];
    values_[i] = std::clamp(values_[i], -most, most);
  }
  steps_left_ = 0;
}

/// The target keeps its lead over the measured joints: torques go on without a jump.
void ArmControl::brake(const mjData& data, double deceleration_rad_s2) {
  for (std::size_t i = 0; i < joints_.size(); ++i) speed_[static_cast<Eigen::Index>(i)] = data.qvel[joints_[i].dof];
  if (mode_ == Mode::joint_torque || mode_ == Mode::joint_position)
    for (std::size_t i = 0; i < joints_.size(); ++i) target_[static_cast<Eigen::Index>(i)] = data.qpos[joints_[i].qpos];
  goal_ = target_;
  mode_ = Mode::joint_velocity;
  has_pose_ = false;
  steps_left_ = 0;
  braking_rad_s2_ = deceleration_rad_s2;
}

void ArmControl::limit_speed(std::optional<double> most_m_s, double ratio) {
  most_m_s_ = most_m_s;
  ratio_ = ratio;
}

void ArmControl::overdrive(const mjModel& model, const mjData& data, double ratio, bool cut) {
  const double rated = speed_limit_.empty() || speed_limit_[0] <= 0 ? kStepSpeed : speed_limit_[0];
  if (mode_ != Mode::joint_velocity) {
    hold_here(data);
    overdriven_rad_s_ = data.qvel[joints_[0].dof];
  }
  const double to = overdriven_rad_s_ < 0 ? -1 : 1;
  overdriven_rad_s_ =
      cut ? to * std::min(rated, std::abs(overdriven_rad_s_) + kOverdrive_rad_s2 * period_s_) : to * rated * ratio;
  GroupAction action{"", Mode::joint_velocity, std::vector<double>(joints_.size(), 0)};
  action.values[0] = overdriven_rad_s_;
  command(model, data, action);
}

double ArmControl::tool_speed_m_s(const mjModel& model, const mjData& data, const std::vector<double>& joints) {
  mj_jacSite(&model, &data, jacobian_.data(), nullptr, tcp_site_);
  double square = 0;
  for (int axis = 0; axis < 3; ++axis) {
    double speed = 0;
    for (std::size_t i = 0; i < joints.size(); ++i) speed += jacobian_[axis * model.nv + joints_[i].dof] * joints[i];
    square += speed * speed;
  }
  return std::sqrt(square);
}

void ArmControl::command(const mjModel& model, const mjData& data, const GroupAction& action) {
  const std::size_t n = joints_.size();
  if (action.mode == Mode::hold) return;
  braking_rad_s2_ = 0;
  if (action.mode == Mode::ee_delta_pose) {
    if (action.values.size() != 6) return;
    if (mode_ == Mode::joint_velocity || mode_ == Mode::joint_torque) hold_here(data);
    if (mode_ != Mode::ee_delta_pose) has_pose_ = false;
    mode_ = Mode::ee_delta_pose;
    start_pose_step(model, data, action.values);
    return;
  }
  if (action.values.size() != n) return;
  if (mode_ == Mode::joint_torque && action.mode == Mode::joint_velocity) hold_here(data);
  mode_ = action.mode;
  has_pose_ = false;
  values_.assign(action.values.begin(), action.values.end());
  if (mode_ == Mode::joint_position) {
    goal_ = Eigen::Map<const Eigen::VectorXd>(values_.data(), static_cast<Eigen::Index>(n));
    if (most_rad_s_.size() == 0) target_ = goal_;
    speed_.setZero();
  }
  if (mode_ == Mode::joint_velocity) {
    const double tool = most_m_s_ ? tool_speed_m_s(model, data, values_) : 0;
    const double factor = ratio_ * (most_m_s_ && tool > *most_m_s_ ? *most_m_s_ / tool : 1);
    for (double& value : values_) value *= factor;
  }
  if (mode_ == Mode::joint_velocity && most_rad_s_.size() > 0)
    for (std::size_t i = 0; i < n; ++i) {
      const double most = most_rad_s_[static_cast<Eigen::Index>(i)];
      values_[i] = std::clamp(values_[i], -most, most);
    }
}

void ArmControl::start_pose_step(const mjModel& model, const mjData& data, const std::vector<double>& values) {
  const Frame base = body_frame(data, base_body_);
  const Frame reached = relative(base, site_frame(data, tcp_site_));
  if (!has_pose_) pose_ = reached;
  has_pose_ = true;
  Vector6d missing;
  missing << pose_.position - reached.position, rotation_vector(pose_.rotation * reached.rotation.transpose());
  Vector6d delta = Eigen::Map<const Vector6d>(values.data());
  if (most_m_s_ && delta.head<3>().norm() > *most_m_s_ * period_s_)
    delta.head<3>() *= *most_m_s_ * period_s_ / delta.head<3>().norm();
  delta.head<3>() *= ratio_;
  step_ = joint_step(model, data, base, delta, missing);

  pose_.position += delta.head<3>();
  const double angle = delta.tail<3>().norm();
  if (angle > 0) pose_.rotation = Eigen::AngleAxisd(angle, delta.tail<3>() / angle).toRotationMatrix() * pose_.rotation;
  const Vector3d lead = pose_.position - reached.position;
  const double reach = kLeadPosition + delta.head<3>().norm();
  if (lead.norm() > reach) pose_.position = reached.position + lead * (reach / lead.norm());
  const Eigen::AngleAxisd turn(pose_.rotation * reached.rotation.transpose());
  if (turn.angle() > kLeadRotation + angle)
    pose_.rotation = Eigen::AngleAxisd(kLeadRotation + angle, turn.axis()).toRotationMatrix() * reached.rotation;
  steps_left_ = std::max(1, static_cast<int>(period_s_ / model.opt.timestep + 0.5));
  step_ /= steps_left_;
}

Eigen::VectorXd ArmControl::joint_step(const mjModel& model, const mjData& data, const Frame& base,
                                       const Vector6d& delta, const Vector6d& missing) {
  const auto n = static_cast<Eigen::Index>(joints_.size());
  mjtNum* linear = jacobian_.data();
  mjtNum* angular = linear + 3 * model.nv;
  mj_jacSite(&model, &data, linear, angular, tcp_site_);
  Jacobian jacobian(6, n);
  for (Eigen::Index i = 0; i < n; ++i) {
    const int dof = joints_[static_cast<std::size_t>(i)].dof;
    const Vector3d v(linear[dof], linear[model.nv + dof], linear[2 * model.nv + dof]);
    const Vector3d w(angular[dof], angular[model.nv + dof], angular[2 * model.nv + dof]);
    jacobian.col(i) << base.rotation.transpose() * v, base.rotation.transpose() * w;
  }
  Eigen::Matrix<double, 6, 6> normal = jacobian * jacobian.transpose();
  normal.diagonal().array() += kDamping;
  const Eigen::LDLT<Eigen::Matrix<double, 6, 6>> solver(normal);
  const auto solve = [&](const Vector6d& twist) -> Eigen::VectorXd {
    return jacobian.transpose() * solver.solve(twist);
  };

  Eigen::VectorXd step = solve(delta);
  const Eigen::VectorXd correction = kCorrection * solve(missing);
  for (Eigen::Index i = 0; i < n; ++i) {
    const double lead = target_[i] - data.qpos[joints_[static_cast<std::size_t>(i)].qpos];
    if (!(std::abs(lead) > kLeadJoint && lead * correction[i] > 0)) step[i] += correction[i];
  }
  if (n > 6 && home_.size() == joints_.size()) {
    Eigen::VectorXd pull(n);
    for (Eigen::Index i = 0; i < n; ++i) pull[i] = home_[static_cast<std::size_t>(i)] - target_[i];
    pull *= kHomePull * period_s_;
    step += pull - solve(jacobian * pull);
  }
  const double largest = step.cwiseAbs().maxCoeff(), limit = kStepSpeed * period_s_;
  if (largest > limit) step *= limit / largest;
  if (most_rad_s_.size() > 0) {
    const double over = (step.array().abs() / (most_rad_s_.array() * period_s_)).maxCoeff();
    if (over > 1) step /= over;
  }
  return step;
}

void ArmControl::follow_speed(const mjModel& model, const mjData& data) {
  for (std::size_t i = 0; i < joints_.size(); ++i) {
    const auto at = static_cast<Eigen::Index>(i);
    const double q = data.qpos[joints_[i].qpos];
    target_[at] = std::clamp(target_[at] + values_[i] * model.opt.timestep, q - kSpeedLead, q + kSpeedLead);
    speed_[at] = values_[i];
  }
}

/// joint_position of a weakened arm.
void ArmControl::follow_slowly(const mjModel& model) {
  for (Eigen::Index i = 0; i < target_.size(); ++i) {
    const double most = most_rad_s_[i] * model.opt.timestep;
    target_[i] += std::clamp(goal_[i] - target_[i], -most, most);
  }
}

void ArmControl::apply(const mjModel& model, mjData& data) {
  if (mode_ == Mode::joint_torque) {
    for (std::size_t i = 0; i < joints_.size(); ++i) {
      const double speed = data.qvel[joints_[i].dof];
      const bool too_fast = most_rad_s_.size() > 0 && std::abs(speed) > most_rad_s_[static_cast<Eigen::Index>(i)];
      const double torque = too_fast && values_[i] * speed > 0 ? 0 : values_[i];
      actuators_[i].set(data, actuators_[i].control_for_torque(torque, data.qpos[joints_[i].qpos], speed));
    }
    return;
  }
  if (mode_ == Mode::joint_position && most_rad_s_.size() > 0) follow_slowly(model);
  if (mode_ == Mode::joint_velocity && braking_rad_s2_ > 0) {
    const double fastest = speed_.cwiseAbs().maxCoeff();
    const double left = std::max(0.0, fastest - braking_rad_s2_ * model.opt.timestep);
    speed_ *= fastest > 0 ? left / fastest : 0;
    target_ += speed_ * model.opt.timestep;
  } else if (mode_ == Mode::joint_velocity) {
    follow_speed(model, data);
  }
  if (mode_ == Mode::ee_delta_pose) {
    if (steps_left_ > 0) {
      --steps_left_;
      target_ += step_;
      speed_ = step_ / model.opt.timestep;
    } else {
      speed_.setZero();
    }
  }
  for (std::size_t i = 0; i < joints_.size(); ++i) {
    const auto at = static_cast<Eigen::Index>(i);
    if (joints_[i].limited && mode_ != Mode::joint_position)
      target_[at] = std::clamp(target_[at], joints_[i].low, joints_[i].high);
    servo(data, i);
  }
}

void ArmControl::servo(mjData& data, std::size_t i) const {
  const ActuatorRef& actuator = actuators_[i];
  const JointRef& joint = joints_[i];
  const auto at = static_cast<Eigen::Index>(i);
  const double q = data.qpos[joint.qpos], speed = data.qvel[joint.dof];
  switch (actuator.drive) {
    case ActuatorRef::Drive::motor: {
      const double torque = kp_[i] * (target_[at] - q) + kd_[i] * (speed_[at] - speed) + joint.damping * speed_[at] +
                            data.qfrc_bias[joint.dof];
      actuator.set(data, actuator.control_for_torque(torque, q, speed));
      break;
    }
    case ActuatorRef::Drive::position:
      actuator.set(data, (joint.damping / actuator.gear * speed_[at] -
                          actuator.gear * (actuator.b1 * target_[at] + actuator.b2 * speed_[at])) /
                             actuator.gain);
      break;
    case ActuatorRef::Drive::velocity: {
      const double wanted = speed_[at] + kSpeedServoGain * (target_[at] - q);
      actuator.set(data, -actuator.gear * actuator.b2 * wanted / actuator.gain);
      break;
    }
    case ActuatorRef::Drive::other:
      actuator.set(data, target_[at]);
      break;
  }
}

void ArmControl::release(mjData& data) const {
  for (std::size_t i = 0; i < joints_.size(); ++i)
    actuators_[i].set(data, actuators_[i].control_for_torque(0, data.qpos[joints_[i].qpos], data.qvel[joints_[i].dof]));
}

}  // namespace assay::mujoco
