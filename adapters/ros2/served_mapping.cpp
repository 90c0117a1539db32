#include "adapters/ros2/mapping.h"

namespace assay::ros2 {

Mapping served_mapping(const std::vector<Group>& groups, const BusOptions& bus) {
  Mapping out;
  out.bus = bus;
  out.stop = "/assay/stop";
  out.alive = "/assay/alive";
  out.ask = "/assay/ask";
  out.answer = "/assay/answer";
  out.truth = out.tick = "/assay/truth";
  for (const auto& g : groups) {
    const std::string at = "/" + g.name;
    const auto state = [&](const char* name, Type type, double rate_hz = 0, bool mount = false) {
      out.states.push_back({at + name, type, rate_hz, true, mount, g.name, {}});
    };
    const auto command = [&](const char* name, Type type) {
      out.commands.push_back({at + name, type, g.name, "", {}});
    };
    state("/joint_states", Type::joint_state);
    switch (g.kind) {
      case Group::Kind::arm:
        state("/tcp_pose", Type::pose_stamped);
        state("/mount_pose", Type::pose_stamped, 0, true);
        state("/wrench", Type::wrench_stamped);
        command("/servo", Type::twist_stamped);
        command("/joint_trajectory", Type::joint_trajectory);
        break;
      case Group::Kind::gripper:
        command("/joint_trajectory", Type::joint_trajectory);
        break;
      case Group::Kind::base:
        state("/odom", Type::odometry);
        state("/mount_pose", Type::pose_stamped, 0, true);
        if (g.beams > 0) state("/scan", Type::laser_scan, 1);
        command("/cmd_vel", Type::twist);
        break;
      case Group::Kind::legs:
        state("/imu", Type::imu);
        command("/joint_trajectory", Type::joint_trajectory);
        break;
    }
  }
  return out;
}

}  // namespace assay::ros2
