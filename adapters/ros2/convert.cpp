#include "adapters/ros2/convert.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "adapters/http/wire.h"

namespace assay::ros2 {
namespace {

using http::unreadable;

std::vector<std::string> names_of(const std::vector<std::string>& said, const Group& group) {
  return said.empty() ? wire_joints(group) : said;
}

Result<void> finite(const std::string& topic, const std::vector<double>& values) {
  for (const double value : values)
    if (!std::isfinite(value)) return unreadable("telemetry_not_finite", topic);
  return {};
}

/// Values of the named joints, in their order. A robot may say more joints than were asked for, and in any order.
Result<std::vector<double>> pick(const std::string& topic, const Message& m, const std::vector<double>& values,
                                 const std::vector<std::string>& joints) {
  if (values.size() != m.names.size())
    return unreadable("telemetry_shape", topic + ": " + std::to_string(values.size()) + " values for " +
                                             std::to_string(m.names.size()) + " names");
  std::vector<double> out;
  for (const auto& joint : joints) {
    const auto at = std::find(m.names.begin(), m.names.end(), joint);
    if (at == m.names.end()) return unreadable("telemetry_shape", topic + ": no joint '" + joint + "'");
    out.push_back(values[static_cast<std::size_t>(at - m.names.begin())]);
  }
  return out;
}

double yaw_of(const std::vector<double>& v) {  // x y z qw qx qy qz …
  return std::atan2(2 * (v[3] * v[6] + v[4] * v[5]), 1 - 2 * (v[5] * v[5] + v[6] * v[6]));
}

template <std::size_t N>
void copy(const std::vector<double>& from, std::size_t at, std::array<double, N>& out) {
  std::copy_n(from.begin() + static_cast<std::ptrdiff_t>(at), N, out.begin());
}

Result<void> read_joints(const StateTopic& topic, const Group& group, const Message& m, GroupState& state) {
  const auto joints = names_of(topic.joints, group);
  ASSAY_TRY(state.position_rad, pick(topic.topic, m, m.position, joints));
  ASSAY_RETURN_IF_ERROR(finite(topic.topic, state.position_rad));
  if (m.velocity.empty()) {  // ROS leaves out what is not measured
    state.velocity_rad_s.assign(joints.size(), 0.0);
    return {};
  }
  ASSAY_TRY(state.velocity_rad_s, pick(topic.topic, m, m.velocity, joints));
  return finite(topic.topic, state.velocity_rad_s);
}

Message stamped(std::int64_t stamp_ns, const std::string& frame) {
  Message out;
  out.stamp_ns = stamp_ns;
  out.frame = frame;
  return out;
}

/// The mode's values in its units; a gripper's width in m, a tool's motion as a speed, as in the types of the list.
std::optional<Message> given_message(const CommandTopic& topic, const Group& group, const GroupAction& action,
                                     double period_s, Message out) {
  if (action.mode != topic.mode) return std::nullopt;
  for (const double value : action.values)
    out.values.push_back(action.mode == Mode::gripper         ? value * group.max_width_m
                         : action.mode == Mode::ee_delta_pose ? value / period_s
                                                              : value);
  return out;
}

template <std::size_t A, std::size_t B>
std::vector<double> together(const std::array<double, A>& a, const std::array<double, B>& b) {
  std::vector<double> out(a.begin(), a.end());
  out.insert(out.end(), b.begin(), b.end());
  return out;
}

}  // namespace

Result<void> read_state(const StateTopic& topic, const Group& group, const Message& m, GroupState& state) {
  if (topic.type == Type::joint_state) return read_joints(topic, group, m, state);
  ASSAY_RETURN_IF_ERROR(finite(topic.topic, m.values));
  switch (topic.type) {
    case Type::odometry:
      state.odometry = {m.values[0], m.values[1], yaw_of(m.values)};
      state.twist = {m.values[7], m.values[12]};
      break;
    case Type::twist_stamped:
      state.twist = {m.values[0], m.values[5]};
      break;
    case Type::pose_stamped:
      copy(m.values, 0, topic.mount ? state.base_m : state.tcp_m);
      copy(m.values, 3, topic.mount ? state.base_wxyz : state.tcp_wxyz);
      break;
    case Type::wrench_stamped:
      copy(m.values, 0, state.tcp_force_n);
      break;
    case Type::imu:
      copy(m.values, 0, state.imu_wxyz);
      copy(m.values, 4, state.imu_gyro_rad_s);
      copy(m.values, 7, state.imu_accel_m_s2);
      break;
    default:
      break;
  }
  return {};
}

Result<void> read_scan(const StateTopic& topic, const Group& group, const Message& m, RangeScan& scan) {
  ASSAY_RETURN_IF_ERROR(finite(topic.topic, m.values));
  const double first_rad = m.values[0], step_rad = m.values[1], max_m = m.values[3];
  if (m.ranges.empty() || step_rad == 0 || !(max_m > 0)) return unreadable("telemetry_shape", topic.topic);
  scan.group = group.name;
  scan.max_m = static_cast<float>(max_m);
  scan.fresh = true;
  scan.range_m.assign(static_cast<std::size_t>(group.beams), scan.max_m);
  constexpr double kTurn = 2 * std::numbers::pi;
  for (std::size_t i = 0; i < scan.range_m.size(); ++i) {
    double from_first = static_cast<double>(i) * kTurn / group.beams - first_rad;
    if (step_rad < 0) from_first = -from_first;
    from_first -= std::floor(from_first / kTurn + 1e-6) * kTurn;
    const auto ray = static_cast<std::size_t>(std::llround(std::max(0.0, from_first) / std::abs(step_rad)));
    if (ray >= m.ranges.size()) continue;
    const float range = m.ranges[ray];
    if (std::isfinite(range) && range >= 0) scan.range_m[i] = std::min(range, scan.max_m);
  }
  return {};
}

Result<double> read_field(const ChannelSource& source, const Message& m) {
  double value = 0;
  if (source.index < 0) {
    const auto colon = source.field.find(':');
    const auto& from = source.field[0] == 'p' ? m.position : source.field[0] == 'v' ? m.velocity : m.effort;
    ASSAY_TRY(const auto one, pick(source.topic, m, from, {source.field.substr(colon + 1)}));
    value = one[0];
  } else {
    value = m.values.at(static_cast<std::size_t>(source.index));
  }
  if (!std::isfinite(value)) return unreadable("telemetry_not_finite", source.topic + " " + source.field);
  return value;
}

std::optional<Message> state_message(const StateTopic& topic, const Group& group, const Observation& seen,
                                     std::int64_t stamp_ns) {
  const GroupState* state = seen.group(group.name);
  if (state == nullptr) return std::nullopt;
  Message out = stamped(stamp_ns, group.name + "_base");
  switch (topic.type) {
    case Type::joint_state:
      out.names = names_of(topic.joints, group);
      out.position = state->position_rad;
      out.velocity = state->velocity_rad_s;
      return out;
    case Type::odometry: {
      const double half = state->odometry[2] / 2;
      out.frame = "odom";
      out.values = {
          state->odometry[0], state->odometry[1], 0, std::cos(half), 0, 0, std::sin(half), state->twist[0], 0, 0, 0, 0,
          state->twist[1]};
      return out;
    }
    case Type::pose_stamped:
      out.values = topic.mount ? together(state->base_m, state->base_wxyz) : together(state->tcp_m, state->tcp_wxyz);
      return out;
    case Type::wrench_stamped:
      out.values = together(state->tcp_force_n, std::array<double, 3>{});
      return out;
    case Type::imu:
      out.values = together(state->imu_wxyz, state->imu_gyro_rad_s);
      out.values.insert(out.values.end(), state->imu_accel_m_s2.begin(), state->imu_accel_m_s2.end());
      return out;
    case Type::laser_scan:
      for (const auto& scan : seen.scans) {
        if (scan.group != group.name || !scan.fresh) continue;
        out.values = {0, 2 * std::numbers::pi / static_cast<double>(scan.range_m.size()), 0, scan.max_m};
        out.ranges = scan.range_m;
        return out;
      }
      return std::nullopt;
    default:
      return std::nullopt;
  }
}

std::optional<Message> command_message(const CommandTopic& topic, const Group& group, const GroupAction& action,
                                       double period_s) {
  const auto& v = action.values;
  Message out = stamped(utc_now().ns, topic.frame);
  if (topic.given) return given_message(topic, group, action, period_s, std::move(out));
  const bool joints = topic.type == Type::joint_trajectory || topic.type == Type::joint_state;
  if (joints) out.names = names_of(topic.joints, group);
  switch (action.mode) {
    case Mode::base_twist:
      if (topic.type != Type::twist && topic.type != Type::twist_stamped) return std::nullopt;
      out.values = {v[0], 0, 0, 0, 0, v[1]};
      return out;
    case Mode::ee_delta_pose:
      if (topic.type != Type::twist_stamped) return std::nullopt;
      for (const double value : v) out.values.push_back(value / period_s);
      return out;
    case Mode::joint_position:
      out.position = v;
      break;
    case Mode::joint_velocity:
      out.velocity = v;
      break;
    case Mode::joint_torque:
      out.effort = v;
      break;
    case Mode::gripper:
      out.position = {v[0] * group.max_width_m};
      break;
    case Mode::hold:
      return std::nullopt;
  }
  return joints ? std::optional(std::move(out)) : std::nullopt;
}

Result<GroupAction> read_command(const CommandTopic& topic, const Group& group, const Message& m, double period_s) {
  GroupAction out{group.name, Mode::hold, {}};
  if (topic.type == Type::twist || topic.type == Type::twist_stamped) {
    if (group.kind == Group::Kind::base) {
      out.mode = Mode::base_twist;
      out.values = {m.values[0], m.values[5]};
    } else {
      out.mode = Mode::ee_delta_pose;
      for (const double value : m.values) out.values.push_back(value * period_s);
    }
    return out;
  }
  const auto joints = names_of(topic.joints, group);
  const auto& from = !m.effort.empty() ? m.effort : !m.velocity.empty() ? m.velocity : m.position;
  out.mode = !m.effort.empty() ? Mode::joint_torque : !m.velocity.empty() ? Mode::joint_velocity : Mode::joint_position;
  ASSAY_TRY(out.values, pick(topic.topic, m, from, joints));
  if (group.kind == Group::Kind::gripper) {
    out.mode = Mode::gripper;
    out.values[0] = std::clamp(group.max_width_m > 0 ? out.values[0] / group.max_width_m : 0.0, 0.0, 1.0);
  }
  return out;
}

}  // namespace assay::ros2
