// Actions: are they well formed for this robot? And: observations and actions as rows of the trace.
#include <cmath>
#include <string>

#include "adapters/robot.h"

namespace assay {
namespace {

struct ModeName {
  Mode mode;
  const char* name;
};
constexpr ModeName kModes[] = {{Mode::hold, "hold"},
                               {Mode::joint_position, "joint_position"},
                               {Mode::joint_velocity, "joint_velocity"},
                               {Mode::joint_torque, "joint_torque"},
                               {Mode::ee_delta_pose, "ee_delta_pose"},
                               {Mode::base_twist, "base_twist"},
                               {Mode::gripper, "gripper"}};

std::string name_of(Mode mode) {
  for (const auto& entry : kModes)
    if (entry.mode == mode) return entry.name;
  return "mode " + std::to_string(static_cast<int>(mode));
}

/// Number of values a mode takes for a group, or -1 if the group has no such mode.
int width_of(const Group& group, Mode mode) {
  const int joints = static_cast<int>(group.joints.size());
  switch (mode) {
    case Mode::hold:
      return 0;
    case Mode::joint_position:
    case Mode::joint_torque:
      return group.kind == Group::Kind::arm || group.kind == Group::Kind::legs ? joints : -1;
    case Mode::joint_velocity:
      return group.kind == Group::Kind::arm ? joints : -1;
    case Mode::ee_delta_pose:
      return group.kind == Group::Kind::arm ? 6 : -1;
    case Mode::base_twist:
      return group.kind == Group::Kind::base ? 2 : -1;
    case Mode::gripper:
      return group.kind == Group::Kind::gripper ? 1 : -1;
  }
  return -1;
}

Error bad_action(Text expected, const std::string& found) {
  Error error;
  error.id = 410;
  error.what = {"The policy gave an action that the robot cannot carry out.", "策略给出了机器人无法执行的动作。"};
  error.expected = std::move(expected);
  error.found = "subject:bad_action (" + found + ")";
  error.help = {"Check the policy's groups, modes and number of values against the robot's description.",
                "请对照机器人描述，检查策略输出的组名、模式和取值个数。"};
  return error;
}

Result<void> check_group_action(const Group& group, const GroupAction& action) {
  const int width = width_of(group, action.mode);
  const std::string named = "group '" + group.name + "', " + name_of(action.mode);
  if (width < 0) return bad_action({"a mode that fits the group's kind", "与该组类型相符的模式"}, named);
  if (action.values.size() != static_cast<std::size_t>(width)) {
    const std::string n = std::to_string(width);
    return bad_action({n + " value(s) for this mode", "该模式需要 " + n + " 个取值"},
                      named + ": " + std::to_string(action.values.size()) + " value(s)");
  }
  for (const double value : action.values)
    if (!std::isfinite(value)) return bad_action({"finite values", "取值均为有限数"}, named + ": not finite");
  if (action.mode == Mode::gripper && (action.values[0] < 0 || action.values[0] > 1))
    return bad_action({"a gripper value from 0 (closed) to 1 (open)", "夹爪取值在 0（闭合）至 1（张开）之间"},
                      named + ": " + std::to_string(action.values[0]));
  return {};
}

Result<void> check_reports(const std::vector<Report>& reports) {
  constexpr double kFarthest_m = 1e6;
  if (reports.size() > kMaxReports) {
    const std::string n = std::to_string(kMaxReports);
    return bad_action({"at most " + n + " reports per action", "每次动作最多 " + n + " 条报告"},
                      std::to_string(reports.size()) + " reports");
  }
  for (const auto& report : reports) {
    if (report.label.size() > kMaxLabelBytes) {
      const std::string n = std::to_string(kMaxLabelBytes);
      return bad_action({"a label of at most " + n + " bytes", "标签最长 " + n + " 字节"},
                        "report: label of " + std::to_string(report.label.size()) + " bytes");
    }
    for (const double value : report.position_m)
      if (!(std::abs(value) <= kFarthest_m))  // NaN fails too
        return bad_action({"a finite position within 1000 km", "有限且不超过 1000 km 的位置"}, "report: position");
  }
  return {};
}

/// Values that an action's row reserves for a group: the widest of its modes.
std::size_t reserved(const Group& group) {
  switch (group.kind) {
    case Group::Kind::arm:
      return std::max<std::size_t>(6, group.joints.size());
    case Group::Kind::gripper:
      return 1;
    case Group::Kind::base:
      return 2;
    case Group::Kind::legs:
      return group.joints.size();
  }
  return 0;
}

std::string numbered(const std::string& stem, std::size_t index, const std::string& unit) {
  const std::string digits = std::to_string(index);
  return stem + (digits.size() < 2 ? "0" : "") + digits + (unit.empty() ? "" : "_" + unit);
}

class ChannelList {
 public:
  explicit ChannelList(std::string prefix) : prefix_(std::move(prefix)) {}
  void add(const std::string& name, const char* unit, const char* frame = "") {
    channels_.push_back({prefix_ + name, unit, frame, Vantage::self_report});
  }
  void append_to(std::vector<Channel>& out) { out.insert(out.end(), channels_.begin(), channels_.end()); }

 private:
  std::string prefix_;
  std::vector<Channel> channels_;
};

std::size_t base_joints(const Group& group) { return group.joints.empty() ? 2 : group.joints.size(); }

/// Appends exactly `n` values: missing ones as 0, so that rows keep their shape.
template <class Values>
void put(const Values& values, std::size_t n, std::vector<double>& out) {
  for (std::size_t i = 0; i < n; ++i) out.push_back(i < values.size() ? static_cast<double>(values[i]) : 0.0);
}

const RangeScan* scan_of(const Observation& observation, const std::string& group) {
  for (const auto& scan : observation.scans)
    if (scan.group == group) return &scan;
  return nullptr;
}

}  // namespace

Result<void> check_action(const RobotDescription& robot, const Action& action) {
  for (std::size_t i = 0; i < action.groups.size(); ++i) {
    const GroupAction& given = action.groups[i];
    const Group* group = nullptr;
    for (const auto& candidate : robot.groups)
      if (candidate.name == given.group) group = &candidate;
    if (group == nullptr)
      return bad_action({"a group that the robot has", "机器人所具有的组"}, "group '" + given.group + "'");
    for (std::size_t j = 0; j < i; ++j)
      if (action.groups[j].group == given.group)
        return bad_action({"one command per group", "每个组只有一条指令"}, "group '" + given.group + "' twice");
    ASSAY_RETURN_IF_ERROR(check_group_action(*group, given));
  }
  return check_reports(action.reports);
}

std::vector<Channel> observation_channels(const std::vector<Group>& groups) {
  std::vector<Channel> channels;
  for (const auto& group : groups) {
    ChannelList list(group.name + ".");
    switch (group.kind) {
      case Group::Kind::arm:
        for (std::size_t i = 0; i < group.joints.size(); ++i) list.add(numbered("position_", i, "rad"), "rad");
        for (std::size_t i = 0; i < group.joints.size(); ++i) list.add(numbered("velocity_", i, "rad_s"), "rad/s");
        for (const char* name : {"tcp_x_m", "tcp_y_m", "tcp_z_m"}) list.add(name, "m", "base");
        for (const char* name : {"tcp_qw", "tcp_qx", "tcp_qy", "tcp_qz"}) list.add(name, "1", "base");
        for (const char* name : {"tcp_force_x_n", "tcp_force_y_n", "tcp_force_z_n"}) list.add(name, "N", "base");
        break;
      case Group::Kind::gripper:
        list.add("width_m", "m");
        list.add("speed_m_s", "m/s");
        break;
      case Group::Kind::base:
        for (std::size_t i = 0; i < base_joints(group); ++i) list.add(numbered("position_", i, "rad"), "rad");
        for (std::size_t i = 0; i < base_joints(group); ++i) list.add(numbered("velocity_", i, "rad_s"), "rad/s");
        list.add("odometry_x_m", "m", "odometry");
        list.add("odometry_y_m", "m", "odometry");
        list.add("odometry_yaw_rad", "rad", "odometry");
        list.add("speed_m_s", "m/s", "base");
        list.add("yaw_rate_rad_s", "rad/s", "base");
        if (group.range_site.empty()) break;
        for (int i = 0; i < group.beams; ++i)
          list.add(numbered("range_", static_cast<std::size_t>(i), "m"), "m", "base");
        list.add("range_fresh", "1");
        break;
      case Group::Kind::legs:
        for (std::size_t i = 0; i < group.joints.size(); ++i) list.add(numbered("position_", i, "rad"), "rad");
        for (std::size_t i = 0; i < group.joints.size(); ++i) list.add(numbered("velocity_", i, "rad_s"), "rad/s");
        for (const char* name : {"imu_qw", "imu_qx", "imu_qy", "imu_qz"}) list.add(name, "1", "world");
        for (const char* name : {"gyro_x_rad_s", "gyro_y_rad_s", "gyro_z_rad_s"}) list.add(name, "rad/s", "imu");
        for (const char* name : {"accel_x_m_s2", "accel_y_m_s2", "accel_z_m_s2"}) list.add(name, "m/s^2", "imu");
        for (std::size_t i = 0; i < group.feet_bodies.size(); ++i) list.add(numbered("foot_force_", i, "n"), "N");
        break;
    }
    list.append_to(channels);
  }
  return channels;
}

void flatten(const std::vector<Group>& groups, const Observation& observation, std::vector<double>& out) {
  out.clear();
  static const GroupState kNone;
  for (const auto& group : groups) {
    const GroupState* found = observation.group(group.name);
    const GroupState& state = found == nullptr ? kNone : *found;
    switch (group.kind) {
      case Group::Kind::arm:
        put(state.position_rad, group.joints.size(), out);
        put(state.velocity_rad_s, group.joints.size(), out);
        put(state.tcp_m, 3, out);
        put(state.tcp_wxyz, 4, out);
        put(state.tcp_force_n, 3, out);
        break;
      case Group::Kind::gripper:
        put(state.position_rad, 1, out);
        put(state.velocity_rad_s, 1, out);
        break;
      case Group::Kind::base: {
        put(state.position_rad, base_joints(group), out);
        put(state.velocity_rad_s, base_joints(group), out);
        put(state.odometry, 3, out);
        put(state.twist, 2, out);
        if (group.range_site.empty()) break;
        const RangeScan* scan = scan_of(observation, group.name);
        put(scan == nullptr ? std::vector<float>{} : scan->range_m, static_cast<std::size_t>(group.beams), out);
        out.push_back(scan != nullptr && scan->fresh ? 1 : 0);
        break;
      }
      case Group::Kind::legs:
        put(state.position_rad, group.joints.size(), out);
        put(state.velocity_rad_s, group.joints.size(), out);
        put(state.imu_wxyz, 4, out);
        put(state.imu_gyro_rad_s, 3, out);
        put(state.imu_accel_m_s2, 3, out);
        put(state.foot_force_n, group.feet_bodies.size(), out);
        break;
    }
  }
}

std::vector<Channel> action_channels(const std::vector<Group>& groups) {
  std::vector<Channel> channels;
  for (const auto& group : groups) {
    ChannelList list(group.name + ".");
    list.add("mode", "1");  // core/model/sample.h, Mode, in its order; the unit of the values follows from it
    for (std::size_t i = 0; i < reserved(group); ++i) list.add(numbered("command_", i, ""), "");
    list.append_to(channels);
  }
  ChannelList flags("");
  flags.add("done", "1");
  flags.add("refuse", "1");
  flags.append_to(channels);
  return channels;
}

void flatten(const std::vector<Group>& groups, const Action& action, std::vector<double>& out) {
  out.clear();
  for (const auto& group : groups) {
    const GroupAction* given = nullptr;
    for (const auto& candidate : action.groups)
      if (candidate.group == group.name) given = &candidate;
    out.push_back(given == nullptr ? 0.0 : static_cast<double>(given->mode));
    put(given == nullptr ? std::vector<double>{} : given->values, reserved(group), out);
  }
  out.push_back(action.done ? 1 : 0);
  out.push_back(action.refuse ? 1 : 0);
}

}  // namespace assay
