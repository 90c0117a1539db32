#include "adapters/mujoco/proprioception.h"

#include <algorithm>
#include <cmath>

#include "adapters/mujoco/entities.h"
#include "adapters/mujoco/faults.h"
#include "adapters/mujoco/geometry.h"

namespace assay::mujoco {

namespace {

constexpr double kLeastTravel_m = 1e-6;  // less is no opening

}  // namespace

Result<GripperGauge> GripperGauge::make(const mjModel& model, mjData& data, mjData& scratch, const World& world,
                                        const Group& group) {
  GripperGauge gauge;
  ASSAY_TRY(gauge.joints_, find_joints(model, world, group));
  if (!group.side_a_bodies.empty()) gauge.side_a_ = body_id(model, group.side_a_bodies.front());
  if (!group.side_b_bodies.empty()) gauge.side_b_ = body_id(model, group.side_b_bodies.front());
  gauge.max_width_m_ = group.max_width_m;
  if (gauge.side_a_ < 0 || gauge.side_b_ < 0 || gauge.joints_.empty()) return gauge;
  for (const auto& joint : gauge.joints_)
    if (!joint.limited) return gauge;
  mju_copy(scratch.qpos, data.qpos, model.nq);
  const auto gap_at = [&](bool high) {
    for (const auto& joint : gauge.joints_) scratch.qpos[joint.qpos] = high ? joint.high : joint.low;
    mj_kinematics(&model, &scratch);
    return gauge.gap(scratch);
  };
  const double low = gap_at(false), high = gap_at(true);
  const bool opens_upwards = high >= low;
  gauge.closed_gap_ = opens_upwards ? low : high;
  gauge.open_gap_ = opens_upwards ? high : low;
  if (gauge.open_gap_ - gauge.closed_gap_ <= kLeastTravel_m)
    return binding_does_not_fit(world, group.name,
                                "the gripper's joints do not move its sides apart (in a linkage, name the joints that "
                                "carry the finger bodies, not the driven ones)");
  if (group.home_rad.size() != group.joints.size())
    for (const auto& joint : gauge.joints_) data.qpos[joint.qpos] = opens_upwards ? joint.high : joint.low;
  return gauge;
}

double GripperGauge::gap(const mjData& data) const {
  return (vec3(data.xpos + 3 * side_a_) - vec3(data.xpos + 3 * side_b_)).norm();
}

double GripperGauge::width_m(const mjData& data) const {
  if (open_gap_ - closed_gap_ > kLeastTravel_m)
    return max_width_m_ * (gap(data) - closed_gap_) / (open_gap_ - closed_gap_);
  double sum = 0;  // no two sides, or no limits: the joints' own travel
  for (const auto& joint : joints_) sum += data.qpos[joint.qpos];
  return sum;
}

void Proprioception::reset(const World& world, double period_s) {
  *this = Proprioception();
  world_ = &world;
  period_s_ = period_s;
}

void Proprioception::set_tcp_error(const TcpError& error, StreamKey key) {
  tcp_error_ = error;
  tcp_rng_ = Rng(key);
}

void Proprioception::add_arm(std::size_t group, std::vector<JointRef> joints, int tcp_site, int base_body, int wrist) {
  arms_.push_back({group, std::move(joints), tcp_site, base_body, wrist, tcp_error_});
}

void Proprioception::add_gripper(std::size_t group, GripperGauge gauge) {
  grippers_.push_back({group, std::move(gauge), 0, false});
}

void Proprioception::add_base(std::size_t group, const std::array<JointRef, 2>& wheels, const mjData& data) {
  WheelSensor sensor;
  sensor.group = group;
  sensor.wheels = wheels;
  for (std::size_t i = 0; i < 2; ++i) sensor.last_rad[i] = data.qpos[wheels[i].qpos];
  sensor.radius_m = world_->groups[group].wheel_radius_m;
  sensor.track_m = world_->groups[group].track_m;
  bases_.push_back(sensor);
}

void Proprioception::measure_arm(const ArmSensor& arm, const mjModel& model, const mjData& data, mjData& scratch,
                                 Noise& noise, GroupState& state) const {
  const std::size_t n = arm.joints.size();
  state.position_rad.resize(n);
  state.velocity_rad_s.resize(n);
  for (std::size_t i = 0; i < n; ++i) {
    state.position_rad[i] = data.qpos[arm.joints[i].qpos] + noise() + joint_offset_rad_;
    state.velocity_rad_s[i] = data.qvel[arm.joints[i].dof];
  }
  const mjData* seen = &data;
  if (noise.on() || joint_offset_rad_ != 0) {
    mju_copy(scratch.qpos, data.qpos, model.nq);
    if (model.nmocap > 0) {
      mju_copy(scratch.mocap_pos, data.mocap_pos, 3 * model.nmocap);
      mju_copy(scratch.mocap_quat, data.mocap_quat, 4 * model.nmocap);
    }
    for (std::size_t i = 0; i < n; ++i) scratch.qpos[arm.joints[i].qpos] = state.position_rad[i];
    mj_kinematics(&model, &scratch);
    seen = &scratch;
  }
  const Frame tcp = relative(body_frame(*seen, arm.base_body), site_frame(*seen, arm.tcp_site));
  state.tcp_m = {tcp.position.x(), tcp.position.y(), tcp.position.z()};
  state.tcp_wxyz = wxyz(tcp.rotation);
}

void Proprioception::measure_force(const ArmSensor& arm, const mjData& data, const ContactWatch& contacts, Noise& noise,
                                   GroupState& state) {
  const Vector3d error(noise(), noise(), noise());
  const Vector3d force =
      body_frame(data, arm.base_body).rotation.transpose() * contacts.wrist_force_n(arm.wrist) + error;
  state.tcp_force_n = {force.x(), force.y(), force.z()};
}

void Proprioception::measure_base(WheelSensor& base, const mjData& data, Noise& noise, GroupState& state) {
  std::array<double, 2> way_m{}, speed_m_s{};
  state.position_rad.resize(2);
  state.velocity_rad_s.resize(2);
  for (std::size_t i = 0; i < 2; ++i) {
    const double angle = data.qpos[base.wheels[i].qpos];
    way_m[i] = (angle - base.last_rad[i]) * base.radius_m;
    base.last_rad[i] = angle;
    speed_m_s[i] = data.qvel[base.wheels[i].dof] * base.radius_m;
    way_m[i] += noise() * std::sqrt(std::abs(way_m[i]));
    state.position_rad[i] = angle;
    state.velocity_rad_s[i] = data.qvel[base.wheels[i].dof];
  }
  const double ahead = (way_m[0] + way_m[1]) / 2, turn = (way_m[1] - way_m[0]) / base.track_m;
  const double middle = odometry_[2] + turn / 2;
  odometry_[0] += ahead * std::cos(middle);
  odometry_[1] += ahead * std::sin(middle);
  odometry_[2] += turn;
  state.odometry = odometry_;
  state.twist = {(speed_m_s[0] + speed_m_s[1]) / 2, (speed_m_s[1] - speed_m_s[0]) / base.track_m};
}

void Proprioception::measure_legs(LegSensor& legs, const mjModel& model, const mjData& data,
                                  const ContactWatch& contacts, SensorNoises& noise, GroupState& state) const {
  const std::size_t n = legs.joints.size();
  state.position_rad.resize(n);
  state.velocity_rad_s.resize(n);
  for (std::size_t i = 0; i < n; ++i) {
    state.position_rad[i] = data.qpos[legs.joints[i].qpos] + noise.joints();
    state.velocity_rad_s[i] = data.qvel[legs.joints[i].dof];
  }
  const bool site = legs.imu_site >= 0;
  const Frame imu = site ? site_frame(data, legs.imu_site) : body_frame(data, legs.trunk_body);
  const Vector3d error(noise.imu(), noise.imu(), noise.imu());
  Matrix3d measured = imu.rotation;
  if (const double angle = error.norm(); angle > 0)
    measured = Eigen::AngleAxisd(angle, error / angle).toRotationMatrix() * measured;
  state.imu_wxyz = wxyz(measured);
  mjtNum twist[6];
  mj_objectVelocity(&model, &data, site ? mjOBJ_SITE : mjOBJ_XBODY, site ? legs.imu_site : legs.trunk_body, twist, 0);
  const Vector3d turn = imu.rotation.transpose() * vec3(twist), speed = vec3(twist + 3);
  const Vector3d gained = legs.measured ? Vector3d((speed - vec3(legs.last_m_s.data())) / period_s_) : Vector3d::Zero();
  const Vector3d force = imu.rotation.transpose() * Vector3d(gained - vec3(model.opt.gravity));
  for (std::size_t i = 0; i < 3; ++i) {
    const auto k = static_cast<Eigen::Index>(i);
    state.imu_gyro_rad_s[i] = turn[k];
    state.imu_accel_m_s2[i] = force[k];
    legs.last_m_s[i] = speed[k];
  }
  legs.measured = true;
  state.foot_force_n.clear();
  for (const int foot : legs.feet)
    state.foot_force_n.push_back(std::max(0.0, contacts.wrist_force_n(foot).norm() + noise.force()));
}

void Proprioception::measure(const mjModel& model, const mjData& data, mjData& scratch, const ContactWatch& contacts,
                             SensorNoises& noise, std::vector<GroupState>& states) {
  for (auto& arm : arms_) {
    measure_arm(arm, model, data, scratch, noise.joints, states[arm.group]);
    if (arm.error.on()) arm.error.falsify(states[arm.group], ns_from_s(period_s_), tcp_rng_);
    measure_force(arm, data, contacts, noise.force, states[arm.group]);
  }
  for (auto& gripper : grippers_) {
    GroupState& state = states[gripper.group];
    const double width = gripper.gauge.width_m(data);
    state.position_rad.assign(1, width);
    state.velocity_rad_s.assign(1, gripper.measured ? (width - gripper.last_m) / period_s_ : 0.0);
    gripper.last_m = width;
    gripper.measured = true;
  }
  for (auto& legs : legs_) measure_legs(legs, model, data, contacts, noise, states[legs.group]);
  for (auto& base : bases_) measure_base(base, data, noise.odometry, states[base.group]);
}

}  // namespace assay::mujoco
