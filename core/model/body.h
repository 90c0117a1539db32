// An embodiment's binding: which joints, actuators and sites of a model play which role.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "core/text.h"

namespace assay {

/// Names are those of the composed model (the robot's own names behind "robot/").
struct Group {
  enum class Kind { arm, gripper, base, legs } kind = Kind::arm;
  std::string name;  ///< "arm", "gripper", "base", "legs"; unique
  std::vector<std::string> joints, actuators;
  // arm; legs have the numbers too
  std::string tcp_site;          ///< tool centre point; z axis points out of the tool
  std::vector<double> home_rad;  ///< joint positions at reset; of legs: standing, the feet level
  std::vector<double> kp, kd;    ///< used for actuators of motor type: torque = kp·e − kd·q̇
  std::vector<double> speed_limit_rad_s;
  // gripper: action 0 (closed) … 1 (open) maps linearly on the control value
  double open_ctrl = 0, closed_ctrl = 0;
  double max_width_m = 0, grip_force_n = 0;
  std::vector<std::string> side_a_bodies, side_b_bodies;  ///< for grasp signals
  std::string on_group;  ///< arm that carries the gripper, or base that carries the arm
  // base (differential drive): wheels' velocity actuators, left then right
  std::string base_body;
  double wheel_radius_m = 0, track_m = 0, max_speed_m_s = 0, max_yaw_rad_s = 0;
  // range sensor on a base: planar scan around `range_site`'s z axis, beam 0 along its x axis
  std::string range_site;
  int beams = 0;
  double range_max_m = 0;
  // legs: every joint that keeps the balance, on a trunk with a free joint
  std::string trunk_body;
  std::vector<std::string> feet_bodies;
  std::string imu_site;  ///< empty: the IMU sits in the trunk's own frame
};

struct ActuatorOverride {
  std::string actuator, attribute, value;  ///< declared, hashed and printed (DESIGN §2)
};

/// A frame that the vendor's model does not name (a tool centre point, a scanner): declared in the binding.
struct AddedSite {
  std::string name, body;
  std::array<double, 3> pos_m{0, 0, 0};
  std::array<double, 4> quat{1, 0, 0, 0};  ///< w, x, y, z
};

/// Another model fixed to a site or body, e.g. a gripper; its names stand behind "<name>/".
struct Attachment {
  std::string name, model_path, to;  ///< model_path absolute
};

struct Embodiment {
  std::string id, path, sha256;  ///< path and hash of the binding file
  Text title;
  std::string model_path;    ///< absolute; the vendor's file is never written
  std::string model_sha256;  ///< over the model file and every file it names
  std::vector<std::string> capabilities;
  double payload_kg = 0, reach_m = 0;
  std::string mount;  ///< "table" (fixed at the scene's body "robot_mount") or "floor" (free base)
  std::vector<Group> groups;
  std::vector<ActuatorOverride> actuator_overrides;
  std::vector<AddedSite> added_sites;
  std::vector<Attachment> attachments;
  std::vector<std::string> remarks;  ///< lint: what the model sets to its own advantage
  bool reference = false;            ///< ours (in suites/catalog), not the vendor's
};

/// Scene and robot merged: what an adapter loads. `mjcf` names assets by absolute path.
struct World {
  std::string mjcf, sha256;
  std::string robot_mjcf;  ///< a robot with legs alone on level ground, as its maker describes it; else empty
  std::vector<Group> groups;
  bool reference = false;  ///< Embodiment::reference: a model that breaks is then not the subject's fault
};

}  // namespace assay
