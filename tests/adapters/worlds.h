// Small worlds for tests of the MuJoCo adapter: each with its binding, as if composed from a scene and a robot.
#pragma once

#include <string>
#include <vector>

#include "adapters/mujoco/mujoco_robot.h"
#include "core/model/setup.h"
#include "core/sha256.h"

namespace assay::test {

inline World world_of(const std::string& mjcf, std::vector<Group> groups) {
  World world;
  world.mjcf = mjcf;
  world.sha256 = sha256_hex(mjcf);
  world.groups = std::move(groups);
  return world;
}

inline Setup setup_of(World world) {
  Setup setup;
  setup.world = std::move(world);
  setup.control_period_ns = 20'000'000;
  setup.time_limit_ns = 10'000'000'000;
  setup.physics.impratio = 1;
  return setup;
}

inline Group arm_group(int joints) {
  Group arm;
  arm.kind = Group::Kind::arm;
  arm.name = "arm";
  for (int i = 1; i <= joints; ++i) {
    arm.joints.push_back("robot/j" + std::to_string(i));
    arm.actuators.push_back("robot/a" + std::to_string(i));
    arm.speed_limit_rad_s.push_back(2);
  }
  arm.tcp_site = "robot/tcp";
  return arm;
}

/// Two joints under gravity, "motor" (with gains) or "position" actuators. Base frame at (0, 0, 1).
inline World two_joints(const std::string& actuator) {
  const bool motor = actuator == "motor";
  const std::string extra = motor ? "" : " kp=\"800\"";
  const std::string damping = motor ? "0.1" : "40";
  const std::string mjcf =
      "<mujoco><compiler autolimits=\"true\" angle=\"radian\"/><worldbody>"
      "<body name=\"robot_mount\" pos=\"0 0 1\"><body name=\"robot/base\"><geom size=\"0.05\"/>"
      "<body name=\"robot/l1\" pos=\"0 0 0.1\"><joint name=\"robot/j1\" axis=\"0 0 1\" damping=\"" +
      damping +
      "\" armature=\"0.1\"/><geom type=\"capsule\" size=\"0.03\" fromto=\"0 0 0 0.3 0 0\" mass=\"2\"/>"
      "<body name=\"robot/l2\" pos=\"0.3 0 0\"><joint name=\"robot/j2\" axis=\"0 1 0\" damping=\"" +
      damping +
      "\" armature=\"0.1\"/><geom type=\"capsule\" size=\"0.03\" fromto=\"0.07 0 0 0.3 0 0\" mass=\"2\"/>"
      "<site name=\"robot/tcp\" pos=\"0.35 0 0\"/></body></body></body></body></worldbody><actuator>"
      "<" +
      actuator + " name=\"robot/a1\" joint=\"robot/j1\"" + extra +
      "/>"
      "<" +
      actuator + " name=\"robot/a2\" joint=\"robot/j2\"" + extra + "/></actuator></mujoco>";
  Group arm = arm_group(2);
  arm.home_rad = {0.1, -0.2};
  if (motor) {
    arm.kp = {400, 400};
    arm.kd = {40, 40};
  }
  return world_of(mjcf, {arm});
}

/// Six joints (z y y z y z) like a small industrial arm; base frame at (0.2, 0, 0.4) turned a quarter to the left.
/// Servos sag under its weight.
inline World six_joints(const std::string& actuator) {
  const bool motor = actuator == "motor";
  const std::string extra = motor ? "" : " kp=\"1500\"";
  const std::string damping = motor ? "0.5" : "100";
  const auto link = [&](int i, const char* pos, const char* axis, const char* to, const char* mass) {
    return "<body name=\"robot/l" + std::to_string(i) + "\" pos=\"" + pos + "\"><joint name=\"robot/j" +
           std::to_string(i) + "\" axis=\"" + axis + "\" range=\"-3 3\" armature=\"0.1\" damping=\"" + damping +
           "\"/><geom type=\"capsule\" size=\"0.03\" contype=\"0\" conaffinity=\"0\" fromto=\"0 0 0 " + to +
           "\" mass=\"" + mass + "\"/>";
  };
  std::string mjcf =
      "<mujoco><compiler autolimits=\"true\" angle=\"radian\"/><worldbody>"
      "<body name=\"robot_mount\" pos=\"0.2 0 0.4\" euler=\"0 0 1.5707963267948966\"><body name=\"robot/base\">";
  mjcf += link(1, "0 0 0.1", "0 0 1", "0 0 0.1", "2") + link(2, "0 0 0.1", "0 1 0", "0 0 0.3", "2") +
          link(3, "0 0 0.3", "0 1 0", "0 0 0.2", "1.5") + link(4, "0 0 0.2", "0 0 1", "0 0 0.05", "0.5") +
          link(5, "0 0 0.05", "0 1 0", "0 0 0.05", "0.4") + link(6, "0 0 0.05", "0 0 1", "0 0 0.04", "0.2");
  mjcf +=
      "<site name=\"robot/tcp\" pos=\"0 0 0.1\"/></body></body></body></body></body></body></body></body></worldbody>"
      "<actuator>";
  Group arm = arm_group(6);
  for (int i = 1; i <= 6; ++i) {
    const std::string n = std::to_string(i);
    mjcf += "<" + actuator + " name=\"robot/a" + n + "\" joint=\"robot/j" + n + "\"" + extra + "/>";
    if (motor) arm.kp.push_back(1000), arm.kd.push_back(60);
  }
  mjcf += "</actuator></mujoco>";
  arm.home_rad = {0, 0.4, 1.3, 0, 1.3, 0};
  return world_of(mjcf, {arm});
}

/// A floor and three walls around a differential-drive base at the origin: north wall's face at y = 2, east at
/// x = 3; a crate (free, 2 kg) behind it, a post 1 m to the right that hides the body "hidden".
inline World wheeled_base(const std::string& wheel_actuators =
                              "<velocity name=\"robot/wl\" joint=\"robot/jl\" kv=\"8\"/>"
                              "<velocity name=\"robot/wr\" joint=\"robot/jr\" kv=\"8\"/>") {
  const std::string mjcf =
      "<mujoco><compiler autolimits=\"true\" angle=\"radian\"/><option cone=\"elliptic\"/><worldbody>"
      "<geom name=\"floor\" type=\"plane\" size=\"10 10 1\"/>"
      "<body name=\"wall_n\" pos=\"0 2.1 0.5\"><geom type=\"box\" size=\"5 0.1 0.5\"/></body>"
      "<body name=\"wall_e\" pos=\"3.1 0 0.5\"><geom type=\"box\" size=\"0.1 5 0.5\"/></body>"
      "<body name=\"post\" pos=\"0 -1 0.5\"><geom type=\"box\" size=\"0.1 0.1 0.5\"/></body>"
      "<body name=\"hidden\" pos=\"0 -2 0.2\"><geom type=\"box\" size=\"0.1 0.1 0.1\"/></body>"
      "<body name=\"seen\" pos=\"1.5 -1 0.2\"><geom type=\"box\" size=\"0.1 0.1 0.1\"/></body>"
      "<body name=\"crate\" pos=\"-1.5 0 0.1\"><freejoint/><geom type=\"box\" size=\"0.1 0.1 0.1\" mass=\"2\"/></body>"
      "<body name=\"robot_start\"/>"
      "<body name=\"robot/base\"><freejoint/><geom type=\"box\" size=\"0.2 0.15 0.04\" pos=\"0 0 0.12\" mass=\"10\"/>"
      "<geom type=\"sphere\" size=\"0.04\" pos=\"0.15 0 0.04\" priority=\"1\" condim=\"1\" mass=\"0.2\"/>"
      "<geom type=\"sphere\" size=\"0.04\" pos=\"-0.15 0 0.04\" priority=\"1\" condim=\"1\" mass=\"0.2\"/>"
      "<site name=\"robot/scan\" pos=\"0 0 0.25\"/>"
      "<body name=\"robot/left\" pos=\"0 0.2 0.08\"><joint name=\"robot/jl\" axis=\"0 1 0\" armature=\"0.02\"/>"
      "<geom type=\"cylinder\" size=\"0.08 0.02\" euler=\"1.5708 0 0\" mass=\"1\"/></body>"
      "<body name=\"robot/right\" pos=\"0 -0.2 0.08\"><joint name=\"robot/jr\" axis=\"0 1 0\" armature=\"0.02\"/>"
      "<geom type=\"cylinder\" size=\"0.08 0.02\" euler=\"1.5708 0 0\" mass=\"1\"/></body>"
      "</body></worldbody><actuator>" +
      wheel_actuators + "</actuator></mujoco>";
  Group base;
  base.kind = Group::Kind::base;
  base.name = "base";
  base.joints = {"robot/jl", "robot/jr"};
  base.actuators = {"robot/wl", "robot/wr"};
  base.base_body = "robot/base";
  base.wheel_radius_m = 0.08;
  base.track_m = 0.4;
  base.max_speed_m_s = 1;
  base.max_yaw_rad_s = 1.5;
  base.range_site = "robot/scan";
  base.beams = 36;
  base.range_max_m = 5;
  return world_of(mjcf, {base});
}

/// No weight: a gripper of two fingers on slides around a free ball, a heavy free box "block" far away, a fixed
/// "wall" and a person (mocap).
inline World fingers() {
  const std::string mjcf =
      "<mujoco><compiler autolimits=\"true\"/><option gravity=\"0 0 0\" cone=\"elliptic\"/><worldbody>"
      "<body name=\"robot_mount\"><body name=\"robot/hand\">"
      "<geom type=\"box\" size=\"0.1 0.1 0.01\" pos=\"0 0 -0.2\"/>"
      "<body name=\"robot/fa\"><joint name=\"robot/fa_j\" type=\"slide\" axis=\"0 1 0\" range=\"0 0.04\" "
      "damping=\"20\"/>"
      "<geom type=\"box\" size=\"0.01 0.005 0.05\" pos=\"0 0.005 0\" mass=\"0.1\"/></body>"
      "<body name=\"robot/fb\"><joint name=\"robot/fb_j\" type=\"slide\" axis=\"0 -1 0\" range=\"0 0.04\" "
      "damping=\"20\"/>"
      "<geom type=\"box\" size=\"0.01 0.005 0.05\" pos=\"0 -0.005 0\" mass=\"0.1\"/></body></body></body>"
      "<body name=\"ball\"><freejoint/><geom size=\"0.02\" mass=\"0.1\" condim=\"4\"/></body>"
      "<body name=\"block\" pos=\"5 0 0\"><freejoint/><geom type=\"box\" size=\"0.1 0.1 0.1\" mass=\"2\"/></body>"
      "<body name=\"wall\" pos=\"5.5 0 0\"><geom type=\"box\" size=\"0.1 1 1\"/></body>"
      "<body name=\"person\" mocap=\"true\" pos=\"0 3 0\"><geom type=\"capsule\" size=\"0.2 0.6\"/></body>"
      "</worldbody><actuator><motor name=\"robot/ga\" joint=\"robot/fa_j\"/><motor name=\"robot/gb\" "
      "joint=\"robot/fb_j\"/></actuator></mujoco>";
  Group gripper;
  gripper.kind = Group::Kind::gripper;
  gripper.name = "gripper";
  gripper.joints = {"robot/fa_j", "robot/fb_j"};
  gripper.actuators = {"robot/ga", "robot/gb"};
  gripper.open_ctrl = 10;
  gripper.closed_ctrl = -10;
  gripper.max_width_m = 0.08;
  gripper.side_a_bodies = {"robot/fa"};
  gripper.side_b_bodies = {"robot/fb"};
  return world_of(mjcf, {gripper});
}

inline Action command(const std::string& group, Mode mode, std::vector<double> values) {
  Action action;
  action.groups.push_back({group, mode, std::move(values)});
  return action;
}

/// Value of a truth or peak channel by name; a name that is not there is a mistake of the test.
inline double value_of(const std::vector<Channel>& channels, const std::vector<double>& row, const std::string& name) {
  for (std::size_t i = 0; i < channels.size(); ++i)
    if (channels[i].name == name) return row.at(i);
  throw std::out_of_range(name);
}
inline double truth(const Robot& robot, const Sample& sample, const std::string& name) {
  return value_of(robot.describe().truth_channels, sample.truth, name);
}
inline double peak(const Robot& robot, const Sample& sample, const std::string& name) {
  return value_of(robot.describe().peak_channels, sample.peaks, name);
}

}  // namespace assay::test
