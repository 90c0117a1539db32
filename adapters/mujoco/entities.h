// Names that conditions, limits and set-ups use (bodies, sites, roles) → ids of the loaded model.
#pragma once

#include <mujoco/mujoco.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/model/body.h"

namespace assay::mujoco {

constexpr const char* kRobotPrefix = "robot/";

/// One flag per geom.
using GeomSet = std::vector<std::uint8_t>;

/// What a name stands for: a frame (site, or body) and the surfaces that belong to it.
struct Entity {
  int body = -1;
  int site = -1;  ///< -1: the body's own frame
  GeomSet geoms;  ///< of the body and everything below it; of a site: of its body alone
};

/// "robot", "robot.tcp", "robot.base", "robot.gripper", "robot.trunk", "robot.feet", "<group>.tcp", "<group>.base", or
/// the name of a body or a site of the composed scene, or of the robot's own (with or without "robot/"). Nothing if
/// there is no such thing. robot: root body, all of the robot's geoms. <group>.gripper: frame of the arm's TCP that
/// carries it, geoms of its fingers. robot.tcp and robot.gripper: frame of the first arm or gripper; robot.gripper has
/// the geoms of all of them. robot.base: the mobile base's body, the trunk of a robot with legs, or the body that a
/// fixed arm's first joint is mounted on. robot.trunk: the trunk's frame, and all surfaces of the robot but its feet;
/// robot.feet: these.
std::optional<Entity> find_entity(const mjModel& model, const std::vector<Group>& groups, const std::string& name);

/// Geoms of a body and of everything below it.
GeomSet geoms_of(const mjModel& model, int body);
/// The robot's geoms: those of bodies named "robot/…", and of everything below them.
GeomSet robot_geoms(const mjModel& model);
/// The robot's topmost body, or -1.
int robot_root(const mjModel& model);
/// The body that carries the arm's first joint's body: the frame of ee_delta_pose and of tcp_m.
int arm_base_body(const mjModel& model, const Group& arm);
/// The frame that detections and reports come in, and what carries it.
struct SensingFrame {
  int body = 0;       ///< base of the first arm, else the mobile base or the trunk, else the world
  int carrier = -1;   ///< the mobile base that moves it, or -1
  int eye_site = -1;  ///< that base's scanner, or -1
};
SensingFrame sensing_frame(const mjModel& model, const std::vector<Group>& groups);
int body_id(const mjModel& model, const std::string& name);
int site_id(const mjModel& model, const std::string& name);
const Group* find_group(const std::vector<Group>& groups, Group::Kind kind);
/// The body has a free joint: it can be picked up or pushed away.
bool is_free(const mjModel& model, int body);

}  // namespace assay::mujoco
