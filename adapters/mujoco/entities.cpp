#include "adapters/mujoco/entities.h"

#include <cstring>

namespace assay::mujoco {
namespace {

void add_subtree(const mjModel& model, int root, GeomSet& geoms) {
  std::vector<std::uint8_t> inside(model.nbody, 0);
  inside[root] = 1;
  for (int body = root + 1; body < model.nbody; ++body)  // parents come before children
    if (body != 0 && inside[model.body_parentid[body]]) inside[body] = 1;
  for (int geom = 0; geom < model.ngeom; ++geom)
    if (inside[model.geom_bodyid[geom]]) geoms[geom] = 1;
}

Entity entity_of_body(const mjModel& model, int body) {
  Entity entity;
  entity.body = body;
  entity.geoms.assign(model.ngeom, 0);
  add_subtree(model, body, entity.geoms);
  return entity;
}

Entity entity_of_site(const mjModel& model, int site) {
  Entity entity;
  entity.site = site;
  entity.body = model.site_bodyid[site];
  entity.geoms.assign(model.ngeom, 0);
  for (int geom = 0; geom < model.ngeom; ++geom) entity.geoms[geom] = model.geom_bodyid[geom] == entity.body;
  return entity;
}

std::optional<Entity> gripper_entity(const mjModel& model, const std::vector<Group>& groups, const Group& gripper) {
  Entity entity;
  entity.geoms.assign(model.ngeom, 0);
  for (const auto* side : {&gripper.side_a_bodies, &gripper.side_b_bodies}) {
    for (const auto& name : *side) {
      const int body = body_id(model, name);
      if (body < 0) continue;
      if (entity.body < 0) entity.body = body;
      add_subtree(model, body, entity.geoms);
    }
  }
  for (const auto& name : gripper.joints) {
    const int joint = mj_name2id(&model, mjOBJ_JOINT, name.c_str());
    if (joint < 0) continue;
    if (entity.body < 0) entity.body = model.jnt_bodyid[joint];
    add_subtree(model, model.jnt_bodyid[joint], entity.geoms);
  }
  if (entity.body < 0) return std::nullopt;
  for (const auto& group : groups)
    if (group.kind == Group::Kind::arm && (gripper.on_group.empty() || group.name == gripper.on_group))
      if (const int site = site_id(model, group.tcp_site); site >= 0) {
        entity.site = site;
        break;
      }
  return entity;
}

/// feet: frame of the first, surfaces of all. trunk: its frame, and every surface of the robot that is not a foot's.
std::optional<Entity> legs_entity(const mjModel& model, const Group& legs, const std::string& role) {
  Entity feet;
  feet.geoms.assign(model.ngeom, 0);
  for (const auto& name : legs.feet_bodies) {
    const int body = body_id(model, name);
    if (body < 0) return std::nullopt;
    if (feet.body < 0) feet.body = body;
    add_subtree(model, body, feet.geoms);
  }
  if (role == "feet") return feet.body < 0 ? std::nullopt : std::optional(std::move(feet));
  Entity trunk;
  trunk.body = body_id(model, legs.trunk_body);
  if (trunk.body < 0) return std::nullopt;
  trunk.geoms = robot_geoms(model);
  for (int geom = 0; geom < model.ngeom; ++geom)
    if (feet.geoms[geom] != 0) trunk.geoms[geom] = 0;
  return trunk;
}

std::optional<Entity> role_of_group(const mjModel& model, const std::vector<Group>& groups, const Group& group,
                                    const std::string& role) {
  if (role == "tcp" && group.kind == Group::Kind::arm) {
    const int site = site_id(model, group.tcp_site);
    return site < 0 ? std::nullopt : std::optional(entity_of_site(model, site));
  }
  if (role == "gripper" && group.kind == Group::Kind::gripper) return gripper_entity(model, groups, group);
  if (group.kind == Group::Kind::legs && (role == "trunk" || role == "feet")) return legs_entity(model, group, role);
  if (role == "base") {
    int body = -1;
    if (group.kind == Group::Kind::base) body = body_id(model, group.base_body);
    if (group.kind == Group::Kind::arm) body = arm_base_body(model, group);
    if (group.kind == Group::Kind::legs) body = body_id(model, group.trunk_body);
    return body < 0 ? std::nullopt : std::optional(entity_of_body(model, body));
  }
  return std::nullopt;
}

std::optional<Entity> role_of_robot(const mjModel& model, const std::vector<Group>& groups, const std::string& role) {
  const Group* group = nullptr;
  if (role == "tcp") group = find_group(groups, Group::Kind::arm);
  if (role == "gripper") group = find_group(groups, Group::Kind::gripper);
  if (role == "trunk" || role == "feet") group = find_group(groups, Group::Kind::legs);
  if (role == "base") {
    group = find_group(groups, Group::Kind::base);
    if (group == nullptr) group = find_group(groups, Group::Kind::legs);
    if (group == nullptr) group = find_group(groups, Group::Kind::arm);
  }
  if (group == nullptr) return std::nullopt;
  auto entity = role_of_group(model, groups, *group, role);
  if (entity && role == "gripper")
    for (const auto& other : groups)
      if (const auto more = role_of_group(model, groups, other, role))
        for (int geom = 0; geom < model.ngeom; ++geom) entity->geoms[geom] |= more->geoms[geom];
  return entity;
}

}  // namespace

int body_id(const mjModel& model, const std::string& name) {
  return name.empty() ? -1 : mj_name2id(&model, mjOBJ_BODY, name.c_str());
}

int site_id(const mjModel& model, const std::string& name) {
  return name.empty() ? -1 : mj_name2id(&model, mjOBJ_SITE, name.c_str());
}

const Group* find_group(const std::vector<Group>& groups, Group::Kind kind) {
  for (const auto& group : groups)
    if (group.kind == kind) return &group;
  return nullptr;
}

bool is_free(const mjModel& model, int body) {
  return body > 0 && model.body_jntnum[body] > 0 && model.jnt_type[model.body_jntadr[body]] == mjJNT_FREE;
}

int robot_root(const mjModel& model) {
  for (int body = 1; body < model.nbody; ++body) {
    const char* name = mj_id2name(&model, mjOBJ_BODY, body);
    if (name != nullptr && std::strncmp(name, kRobotPrefix, std::strlen(kRobotPrefix)) == 0) return body;
  }
  return -1;
}

GeomSet geoms_of(const mjModel& model, int body) { return entity_of_body(model, body).geoms; }

GeomSet robot_geoms(const mjModel& model) {
  GeomSet geoms(model.ngeom, 0);
  for (int body = 1; body < model.nbody; ++body) {
    const char* name = mj_id2name(&model, mjOBJ_BODY, body);
    if (name != nullptr && std::strncmp(name, kRobotPrefix, std::strlen(kRobotPrefix)) == 0)
      add_subtree(model, body, geoms);
  }
  return geoms;
}

int arm_base_body(const mjModel& model, const Group& arm) {
  if (arm.joints.empty()) return -1;
  const int joint = mj_name2id(&model, mjOBJ_JOINT, arm.joints.front().c_str());
  return joint < 0 ? -1 : model.body_parentid[model.jnt_bodyid[joint]];
}

SensingFrame sensing_frame(const mjModel& model, const std::vector<Group>& groups) {
  SensingFrame frame;
  const Group* arm = find_group(groups, Group::Kind::arm);
  const Group* base = nullptr;
  for (const auto& group : groups)
    if (group.kind == Group::Kind::base && base == nullptr && (arm == nullptr || arm->on_group == group.name))
      base = &group;
  if (base != nullptr) {
    frame.carrier = body_id(model, base->base_body);
    if (arm == nullptr) frame.eye_site = site_id(model, base->range_site);
  }
  const Group* legs = find_group(groups, Group::Kind::legs);
  if (arm == nullptr && base == nullptr && legs != nullptr) {
    if (const int trunk = body_id(model, legs->trunk_body); trunk >= 0) frame.body = trunk;
    return frame;
  }
  const int body = arm != nullptr ? arm_base_body(model, *arm) : frame.carrier;
  if (body >= 0) frame.body = body;
  return frame;
}

std::optional<Entity> find_entity(const mjModel& model, const std::vector<Group>& groups, const std::string& name) {
  if (name.empty()) return std::nullopt;
  if (name == "robot") {
    Entity entity;
    entity.body = robot_root(model);
    if (entity.body < 0) return std::nullopt;
    entity.geoms = robot_geoms(model);
    return entity;
  }
  if (const auto dot = name.rfind('.'); dot != std::string::npos) {
    const std::string owner = name.substr(0, dot), role = name.substr(dot + 1);
    if (owner == "robot") {
      if (auto entity = role_of_robot(model, groups, role)) return entity;
    }
    for (const auto& group : groups)
      if (group.name == owner)
        if (auto entity = role_of_group(model, groups, group, role)) return entity;
  }
  for (const auto& candidate : {name, kRobotPrefix + name}) {
    if (const int body = body_id(model, candidate); body >= 0) return entity_of_body(model, body);
    if (const int site = site_id(model, candidate); site >= 0) return entity_of_site(model, site);
  }
  return std::nullopt;
}

}  // namespace assay::mujoco
