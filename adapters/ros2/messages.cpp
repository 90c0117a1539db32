#include "adapters/ros2/messages.h"

#include <dds/dds.h>
#include <ros_messages.h>

#include <array>

namespace assay::ros2 {
namespace {

constexpr std::size_t kMostJoints = 1000, kMostRanges = 100'000, kLongestName = 200;
constexpr std::size_t kLongestText = std::size_t{4} << 20;
constexpr std::int64_t kSecond_ns = 1'000'000'000;

constexpr std::array kPose{"x_m", "y_m", "z_m", "qw", "qx", "qy", "qz"};
constexpr std::array kOdometry{"x_m",    "y_m",    "z_m",    "qw",       "qx",       "qy",      "qz",
                               "vx_m_s", "vy_m_s", "vz_m_s", "wx_rad_s", "wy_rad_s", "wz_rad_s"};
constexpr std::array kTwist{"vx_m_s", "vy_m_s", "vz_m_s", "wx_rad_s", "wy_rad_s", "wz_rad_s"};
constexpr std::array kWrench{"fx_n", "fy_n", "fz_n", "tx_n_m", "ty_n_m", "tz_n_m"};
constexpr std::array kImu{"qw", "qx", "qy", "qz", "wx_rad_s", "wy_rad_s", "wz_rad_s", "ax_m_s2", "ay_m_s2", "az_m_s2"};
constexpr std::array kBattery{"voltage_v", "current_a", "charge_ratio"};
constexpr std::array kScan{"angle_min_rad", "angle_increment_rad", "range_min_m", "range_max_m"};
constexpr std::array kBool{"value"};

struct Entry {
  Type type;
  const char* name;
  const dds_topic_descriptor_t* descriptor;
  std::span<const char* const> fields;
  bool stamped;
};

const std::array<Entry, 13>& table() {
  static const std::array<Entry, 13> kTable{{
      {Type::joint_state, "sensor_msgs/msg/JointState", &sensor_msgs_msg_dds__JointState__desc, {}, true},
      {Type::odometry, "nav_msgs/msg/Odometry", &nav_msgs_msg_dds__Odometry__desc, kOdometry, true},
      {Type::twist, "geometry_msgs/msg/Twist", &geometry_msgs_msg_dds__Twist__desc, kTwist, false},
      {Type::twist_stamped, "geometry_msgs/msg/TwistStamped", &geometry_msgs_msg_dds__TwistStamped__desc, kTwist, true},
      {Type::pose_stamped, "geometry_msgs/msg/PoseStamped", &geometry_msgs_msg_dds__PoseStamped__desc, kPose, true},
      {Type::wrench_stamped, "geometry_msgs/msg/WrenchStamped", &geometry_msgs_msg_dds__WrenchStamped__desc, kWrench,
       true},
      {Type::imu, "sensor_msgs/msg/Imu", &sensor_msgs_msg_dds__Imu__desc, kImu, true},
      {Type::battery_state, "sensor_msgs/msg/BatteryState", &sensor_msgs_msg_dds__BatteryState__desc, kBattery, true},
      {Type::laser_scan, "sensor_msgs/msg/LaserScan", &sensor_msgs_msg_dds__LaserScan__desc, kScan, true},
      {Type::joint_trajectory,
       "trajectory_msgs/msg/JointTrajectory",
       &trajectory_msgs_msg_dds__JointTrajectory__desc,
       {},
       true},
      {Type::boolean, "std_msgs/msg/Bool", &std_msgs_msg_dds__Bool__desc, kBool, false},
      {Type::text, "std_msgs/msg/String", &std_msgs_msg_dds__String__desc, {}, false},
      {Type::given, "", nullptr, {}, false},
  }};
  return kTable;
}

const Entry& entry(Type type) { return table()[static_cast<std::size_t>(type)]; }

void read_header(const std_msgs_msg_dds__Header_& header, Message& out) {
  out.stamp_ns = header.stamp.sec * kSecond_ns + header.stamp.nanosec;
  out.frame = header.frame_id == nullptr ? "" : std::string(header.frame_id).substr(0, kLongestName);
}

void write_header(const Message& in, std_msgs_msg_dds__Header_& out) {
  out.stamp.sec = static_cast<std::int32_t>(in.stamp_ns / kSecond_ns);
  out.stamp.nanosec = static_cast<std::uint32_t>(in.stamp_ns % kSecond_ns);
  out.frame_id = const_cast<char*>(in.frame.c_str());
}

void read_pose(const geometry_msgs_msg_dds__Pose_& p, std::vector<double>& out) {
  out.insert(out.end(), {p.position.x, p.position.y, p.position.z, p.orientation.w, p.orientation.x, p.orientation.y,
                         p.orientation.z});
}

void read_twist(const geometry_msgs_msg_dds__Twist_& t, std::vector<double>& out) {
  out.insert(out.end(), {t.linear.x, t.linear.y, t.linear.z, t.angular.x, t.angular.y, t.angular.z});
}

geometry_msgs_msg_dds__Pose_ pose_of(const double* v) { return {{v[0], v[1], v[2]}, {v[4], v[5], v[6], v[3]}}; }
geometry_msgs_msg_dds__Twist_ twist_of(const double* v) { return {{v[0], v[1], v[2]}, {v[3], v[4], v[5]}}; }

template <class Sequence, class T>
bool read_numbers(const Sequence& from, std::size_t most, std::vector<T>& out) {
  if (from._length > most) return false;
  if (from._length > 0) out.assign(from._buffer, from._buffer + from._length);
  return true;
}

bool read_names(const dds_sequence_string& from, std::vector<std::string>& out) {
  if (from._length > kMostJoints) return false;
  for (std::uint32_t i = 0; i < from._length; ++i) {
    out.emplace_back(from._buffer[i] == nullptr ? "" : from._buffer[i]);
    if (out.back().size() > kLongestName) return false;
  }
  return true;
}

/// Borrowed: the library only reads what is written.
template <class Sequence, class T>
Sequence lend(const std::vector<T>& values) {
  Sequence out{};
  out._maximum = out._length = static_cast<std::uint32_t>(values.size());
  out._buffer = const_cast<T*>(values.data());
  out._release = false;
  return out;
}

std::vector<char*> pointers(const std::vector<std::string>& names) {
  std::vector<char*> out;
  out.reserve(names.size());
  for (const auto& name : names) out.push_back(const_cast<char*>(name.c_str()));
  return out;
}

bool decode_joints(const sensor_msgs_msg_dds__JointState_& in, Message& out) {
  read_header(in.header, out);
  return read_names(in.name, out.names) && read_numbers(in.position, kMostJoints, out.position) &&
         read_numbers(in.velocity, kMostJoints, out.velocity) && read_numbers(in.effort, kMostJoints, out.effort);
}

bool decode_trajectory(const trajectory_msgs_msg_dds__JointTrajectory_& in, Message& out) {
  read_header(in.header, out);
  if (!read_names(in.joint_names, out.names) || in.points._length == 0) return false;
  const auto& point = in.points._buffer[0];
  return read_numbers(point.positions, kMostJoints, out.position) &&
         read_numbers(point.velocities, kMostJoints, out.velocity) &&
         read_numbers(point.effort, kMostJoints, out.effort);
}

int write_joints(int writer, const Message& in) {
  auto names = pointers(in.names);
  sensor_msgs_msg_dds__JointState_ out{};
  write_header(in, out.header);
  out.name = lend<dds_sequence_string>(names);
  out.position = lend<dds_sequence_double>(in.position);
  out.velocity = lend<dds_sequence_double>(in.velocity);
  out.effort = lend<dds_sequence_double>(in.effort);
  return dds_write(writer, &out);
}

int write_trajectory(int writer, const Message& in) {
  auto names = pointers(in.names);
  trajectory_msgs_msg_dds__JointTrajectoryPoint_ point{};
  point.positions = lend<dds_sequence_double>(in.position);
  point.velocities = lend<dds_sequence_double>(in.velocity);
  point.effort = lend<dds_sequence_double>(in.effort);
  trajectory_msgs_msg_dds__JointTrajectory_ out{};
  write_header(in, out.header);
  out.joint_names = lend<dds_sequence_string>(names);
  out.points._maximum = out.points._length = 1;
  out.points._buffer = &point;
  return dds_write(writer, &out);
}

int write_imu(int writer, const Message& in) {
  const double* v = in.values.data();
  sensor_msgs_msg_dds__Imu_ out{};
  write_header(in, out.header);
  out.orientation = {v[1], v[2], v[3], v[0]};
  out.angular_velocity = {v[4], v[5], v[6]};
  out.linear_acceleration = {v[7], v[8], v[9]};
  return dds_write(writer, &out);
}

int write_battery(int writer, const Message& in) {
  sensor_msgs_msg_dds__BatteryState_ out{};
  std::string none;
  write_header(in, out.header);
  out.voltage = static_cast<float>(in.values[0]);
  out.current = static_cast<float>(in.values[1]);
  out.percentage = static_cast<float>(in.values[2]);
  out.present = true;
  out.location = out.serial_number = none.data();
  return dds_write(writer, &out);
}

int write_scan(int writer, const Message& in) {
  sensor_msgs_msg_dds__LaserScan_ out{};
  write_header(in, out.header);
  out.angle_min = static_cast<float>(in.values[0]);
  out.angle_increment = static_cast<float>(in.values[1]);
  out.range_min = static_cast<float>(in.values[2]);
  out.range_max = static_cast<float>(in.values[3]);
  out.angle_max =
      out.angle_min + out.angle_increment * static_cast<float>(in.ranges.empty() ? 0 : in.ranges.size() - 1);
  out.ranges = lend<dds_sequence_float>(in.ranges);
  return dds_write(writer, &out);
}

}  // namespace

const char* ros_name(Type type) { return entry(type).name; }

std::optional<Type> type_of(const std::string& name) {
  for (const auto& one : table())
    if (name == one.name) return one.type;
  return std::nullopt;
}

std::span<const char* const> fields(Type type) { return entry(type).fields; }
bool is_stamped(Type type) { return entry(type).stamped; }
const dds_topic_descriptor* descriptor(Type type) { return entry(type).descriptor; }

bool decode(Type type, const void* sample, Message& out) {
  out = {};
  switch (type) {
    case Type::joint_state:
      return decode_joints(*static_cast<const sensor_msgs_msg_dds__JointState_*>(sample), out);
    case Type::joint_trajectory:
      return decode_trajectory(*static_cast<const trajectory_msgs_msg_dds__JointTrajectory_*>(sample), out);
    case Type::odometry: {
      const auto& in = *static_cast<const nav_msgs_msg_dds__Odometry_*>(sample);
      read_header(in.header, out);
      read_pose(in.pose.pose, out.values);
      read_twist(in.twist.twist, out.values);
      return true;
    }
    case Type::twist:
      read_twist(*static_cast<const geometry_msgs_msg_dds__Twist_*>(sample), out.values);
      return true;
    case Type::twist_stamped: {
      const auto& in = *static_cast<const geometry_msgs_msg_dds__TwistStamped_*>(sample);
      read_header(in.header, out);
      read_twist(in.twist, out.values);
      return true;
    }
    case Type::pose_stamped: {
      const auto& in = *static_cast<const geometry_msgs_msg_dds__PoseStamped_*>(sample);
      read_header(in.header, out);
      read_pose(in.pose, out.values);
      return true;
    }
    case Type::wrench_stamped: {
      const auto& in = *static_cast<const geometry_msgs_msg_dds__WrenchStamped_*>(sample);
      read_header(in.header, out);
      const auto& w = in.wrench;
      out.values = {w.force.x, w.force.y, w.force.z, w.torque.x, w.torque.y, w.torque.z};
      return true;
    }
    case Type::imu: {
      const auto& in = *static_cast<const sensor_msgs_msg_dds__Imu_*>(sample);
      read_header(in.header, out);
      out.values = {in.orientation.w,         in.orientation.x,        in.orientation.y,      in.orientation.z,
                    in.angular_velocity.x,    in.angular_velocity.y,   in.angular_velocity.z, in.linear_acceleration.x,
                    in.linear_acceleration.y, in.linear_acceleration.z};
      return true;
    }
    case Type::battery_state: {
      const auto& in = *static_cast<const sensor_msgs_msg_dds__BatteryState_*>(sample);
      read_header(in.header, out);
      out.values = {in.voltage, in.current, in.percentage};
      return true;
    }
    case Type::laser_scan: {
      const auto& in = *static_cast<const sensor_msgs_msg_dds__LaserScan_*>(sample);
      read_header(in.header, out);
      out.values = {in.angle_min, in.angle_increment, in.range_min, in.range_max};
      return read_numbers(in.ranges, kMostRanges, out.ranges);
    }
    case Type::boolean:
      out.values = {static_cast<const std_msgs_msg_dds__Bool_*>(sample)->data ? 1.0 : 0.0};
      return true;
    case Type::text: {
      const char* said = static_cast<const std_msgs_msg_dds__String_*>(sample)->data;
      out.text = said == nullptr ? "" : said;
      return out.text.size() <= kLongestText;
    }
    case Type::given:
      break;  // its bytes are decoded, not a record
  }
  return false;
}

int write_message(int writer, Type type, const Message& in) {
  const double* v = in.values.data();
  switch (type) {
    case Type::joint_state:
      return write_joints(writer, in);
    case Type::joint_trajectory:
      return write_trajectory(writer, in);
    case Type::odometry: {
      nav_msgs_msg_dds__Odometry_ out{};
      std::string child = "base_link";
      write_header(in, out.header);
      out.child_frame_id = child.data();
      out.pose.pose = pose_of(v);
      out.twist.twist = twist_of(v + kPose.size());
      return dds_write(writer, &out);
    }
    case Type::twist: {
      const auto out = twist_of(v);
      return dds_write(writer, &out);
    }
    case Type::twist_stamped: {
      geometry_msgs_msg_dds__TwistStamped_ out{};
      write_header(in, out.header);
      out.twist = twist_of(v);
      return dds_write(writer, &out);
    }
    case Type::pose_stamped: {
      geometry_msgs_msg_dds__PoseStamped_ out{};
      write_header(in, out.header);
      out.pose = pose_of(v);
      return dds_write(writer, &out);
    }
    case Type::wrench_stamped: {
      geometry_msgs_msg_dds__WrenchStamped_ out{};
      write_header(in, out.header);
      out.wrench = {{v[0], v[1], v[2]}, {v[3], v[4], v[5]}};
      return dds_write(writer, &out);
    }
    case Type::imu:
      return write_imu(writer, in);
    case Type::battery_state:
      return write_battery(writer, in);
    case Type::laser_scan:
      return write_scan(writer, in);
    case Type::boolean: {
      const std_msgs_msg_dds__Bool_ out{v[0] != 0};
      return dds_write(writer, &out);
    }
    case Type::text: {
      const std_msgs_msg_dds__String_ out{const_cast<char*>(in.text.c_str())};
      return dds_write(writer, &out);
    }
    case Type::given:
      break;
  }
  return DDS_RETCODE_BAD_PARAMETER;
}

}  // namespace assay::ros2
