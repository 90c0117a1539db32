#include "adapters/policies/leg_model.h"

#include <algorithm>
#include <cmath>

#include "adapters/mujoco/entities.h"
#include "adapters/mujoco/faults.h"
#include "adapters/mujoco/geometry.h"
#include "adapters/mujoco/leg_control.h"
#include "adapters/mujoco/scene_setup.h"
#include "adapters/policies/params.h"

namespace assay::policies {

using Eigen::Matrix3d;
using Eigen::Vector3d;
using mujoco::vec3;

Result<LegModel> LegModel::make(const std::string& policy, const RobotDescription& robot) {
  LegModel legs;
  const Group* group = mujoco::find_group(robot.groups, Group::Kind::legs);
  if (group == nullptr || robot.robot_mjcf.empty())
    return cannot_take_part(policy, group == nullptr ? "no legs" : "no model of the robot",
                            {"a robot with legs, described by its model", "带有自身模型描述的腿式机器人"});
  World world;
  world.mjcf = robot.robot_mjcf;
  world.groups = {*group};
  legs.group_ = *group;
  ASSAY_TRY(legs.model_, mujoco::load_model(world));
  mjModel& model = *legs.model_;
  legs.data_.reset(mj_makeData(&model));
  if (!legs.data_) return mujoco::engine_stopped(world, "mj_makeData failed");
  ASSAY_TRY(const auto control, mujoco::LegControl::make(model, *legs.data_, world, *group));
  legs.joints_ = control.joints();
  ASSAY_TRY(legs.actuators_, mujoco::find_actuators(model, world, *group));
  legs.trunk_ = control.trunk_body();
  legs.imu_site_ = mujoco::site_id(model, group->imu_site);
  for (const auto& name : group->feet_bodies) legs.feet_.push_back(mujoco::body_id(model, name));
  const int root = model.body_rootid[legs.trunk_];
  if (!mujoco::is_free(model, root))
    return mujoco::binding_does_not_fit(world, group->name, "legs need a trunk on a free joint");
  legs.root_qpos_ = model.jnt_qposadr[model.body_jntadr[root]];
  legs.root_dof_ = model.jnt_dofadr[model.body_jntadr[root]];
  legs.most_nm_.resize(static_cast<Eigen::Index>(legs.joints_.size()));
  for (std::size_t i = 0; i < legs.joints_.size(); ++i)
    legs.most_nm_[static_cast<Eigen::Index>(i)] = std::min(1000.0, control.most_nm(i));
  for (auto& actuator : legs.actuators_) {
    model.actuator_gaintype[actuator.id] = mjGAIN_FIXED;
    model.actuator_biastype[actuator.id] = mjBIAS_NONE;
    model.actuator_gainprm[mjNGAIN * actuator.id] = 1;
    model.actuator_gear[6 * actuator.id] = 1;
    model.actuator_ctrllimited[actuator.id] = model.actuator_forcelimited[actuator.id] = 0;
  }
  mju_zero(model.dof_frictionloss, model.nv);
  legs.stand(*legs.data_);
  legs.find_soles();
  return legs;
}

void LegModel::stand(mjData& data) const {
  mj_resetData(model_.get(), &data);
  Setup setup;
  setup.world.groups = {group_};
  setup.physics = {model_->opt.timestep, model_->opt.impratio};
  // The binding was checked when the robot was loaded; only names could fail here.
  if (const auto placed = mujoco::apply_setup(setup, *model_, data, data); !placed.ok()) mju_error("legs do not stand");
  mj_forward(model_.get(), &data);
}

void LegModel::set_torques(mjData& data, const Eigen::VectorXd& torques_nm) const {
  for (std::size_t i = 0; i < actuators_.size(); ++i)
    data.ctrl[actuators_[i].id] = torques_nm[static_cast<Eigen::Index>(i)];
}

Matrix3d LegModel::imu_rotation(const mjData& data) const {
  return imu_site_ >= 0 ? mujoco::mat3(data.site_xmat + 9 * imu_site_) : mujoco::mat3(data.xmat + 9 * trunk_);
}

Vector3d LegModel::foot_m(const mjData& data, std::size_t foot) const {
  const mujoco::Frame frame = mujoco::body_frame(data, feet_[foot]);
  return frame.position + frame.rotation * soles_m_[foot];
}

void LegModel::find_soles() {
  constexpr double kLevel_m = 0.01;
  const mjData& data = *data_;
  for (const int foot : feet_) {
    const mujoco::GeomSet geoms = mujoco::geoms_of(*model_, foot);
    const auto touches = [&](int geom) {
      return geoms[static_cast<std::size_t>(geom)] != 0 &&
             (model_->geom_contype[geom] != 0 || model_->geom_conaffinity[geom] != 0);
    };
    double lowest = 1e9;
    for (int geom = 0; geom < model_->ngeom; ++geom)
      if (touches(geom)) lowest = std::min(lowest, mujoco::lowest_m(*model_, data, geom));
    Vector3d sum = Vector3d::Zero();
    int count = 0;
    for (int geom = 0; geom < model_->ngeom; ++geom)
      if (touches(geom) && mujoco::lowest_m(*model_, data, geom) < lowest + kLevel_m) {
        sum += vec3(data.geom_xpos + 3 * geom);
        ++count;
      }
    const mujoco::Frame frame = mujoco::body_frame(data, foot);
    soles_m_.push_back(frame.rotation.transpose() * (sum / std::max(1, count) - frame.position));
  }
}

double LegModel::heading_of(const GroupState& state) {
  return mujoco::heading(mujoco::quat(state.imu_wxyz.data()).normalized().toRotationMatrix());
}

void LegModel::estimate(const GroupState& state, const std::vector<Vector3d>& feet_m, double yaw_rad,
                        mjData& data) const {
  mjtNum* root = data.qpos + root_qpos_;
  mjtNum* speed = data.qvel + root_dof_;
  for (std::size_t i = 0; i < joints_.size(); ++i) {
    data.qpos[joints_[i].qpos] = state.position_rad[i];
    data.qvel[joints_[i].dof] = state.velocity_rad_s[i];
  }
  // Turn: with the root upright, the IMU stands in the model as the joints have it; what is measured says the rest.
  mujoco::put(Vector3d(Vector3d::Zero()), root);
  mujoco::put(mujoco::Quaterniond::Identity(), root + 3);
  mju_zero(speed, 6);
  mj_kinematics(model_.get(), &data);
  const Matrix3d seen =
      (mujoco::about_z(-yaw_rad) * mujoco::quat(state.imu_wxyz.data()).normalized()).toRotationMatrix();
  const Matrix3d turn = seen * imu_rotation(data).transpose();
  mujoco::put(mujoco::Quaterniond(turn), root + 3);
  mj_kinematics(model_.get(), &data);
  mj_comPos(model_.get(), &data);
  mj_comVel(model_.get(), &data);
  mjtNum twist[6];
  const auto body_twist = [&](int body) {
    mj_objectVelocity(model_.get(), &data, mjOBJ_XBODY, body, twist, 0);
    return vec3(twist + 3);
  };
  body_twist(imu_site_ >= 0 ? model_->site_bodyid[imu_site_] : trunk_);
  const Vector3d gyro(state.imu_gyro_rad_s[0], state.imu_gyro_rad_s[1], state.imu_gyro_rad_s[2]);
  const Vector3d rate = turn.transpose() * (seen * gyro - vec3(twist));
  mujoco::put(rate, speed + 3);
  mj_comVel(model_.get(), &data);
  // Place: the feet that carry the robot stand still.
  constexpr double kLeastLoad_n = 20;
  double load = 0;
  for (const double force : state.foot_force_n) load += force;
  Vector3d shift = Vector3d::Zero(), moved = Vector3d::Zero();
  for (std::size_t i = 0; i < feet_.size(); ++i) {
    const double share = load > kLeastLoad_n ? state.foot_force_n[i] / load : 1.0 / static_cast<double>(feet_.size());
    shift += share * (feet_m[i] - foot_m(data, i));
    const Vector3d arm = foot_m(data, i) - vec3(data.xpos + 3 * feet_[i]), along = body_twist(feet_[i]);
    moved += share * (along + vec3(twist).cross(arm));
  }
  mujoco::put(shift, root);
  mujoco::put(Vector3d(-moved), speed);
}

}  // namespace assay::policies
