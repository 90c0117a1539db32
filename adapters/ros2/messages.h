// The ROS 2 messages of this wire as plain records, and back. What the library decoded is checked and capped here.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

struct dds_topic_descriptor;

namespace assay::ros2 {

enum class Type {
  joint_state,
  odometry,
  twist,
  twist_stamped,
  pose_stamped,
  wrench_stamped,
  imu,
  battery_state,
  laser_scan,
  joint_trajectory,
  boolean,
  text,
  given  ///< by a definition of the subject file: given_type.h
};

/// One message, whatever its type: `values` in the order of fields(); the rest is empty where a type has none.
struct Message {
  std::int64_t stamp_ns = 0;  ///< of its header; 0: the type has none, or its sender filled in none
  std::string frame;
  std::vector<double> values;
  std::vector<std::string> names;                  ///< joints
  std::vector<double> position, velocity, effort;  ///< per joint; of a trajectory: its first point
  std::vector<float> ranges;
  std::string text;
};

/// "sensor_msgs/msg/JointState".
const char* ros_name(Type type);
std::optional<Type> type_of(const std::string& ros_name);
/// Names of `values`, units at their ends. joint_state, joint_trajectory and text have none.
std::span<const char* const> fields(Type type);
/// Carries a header, hence a stamp.
bool is_stamped(Type type);

const dds_topic_descriptor* descriptor(Type type);
/// Longer sequences and texts than any robot's: refused (false).
bool decode(Type type, const void* sample, Message& out);
/// dds_write() of the message; the library's return code.
int write_message(int writer, Type type, const Message& message);

}  // namespace assay::ros2
