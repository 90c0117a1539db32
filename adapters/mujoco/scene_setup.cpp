#include "adapters/mujoco/scene_setup.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <limits>
#include <vector>

#include "adapters/mujoco/entities.h"
#include "adapters/mujoco/faults.h"
#include "adapters/mujoco/geometry.h"

namespace assay::mujoco {
namespace {

/// A body whose pose a set-up may change. "robot" and "robot.base" are the robot's own root body,
/// "robot.trunk" the trunk that its legs carry.
int movable_body(const mjModel& model, const std::vector<Group>& groups, const std::string& name) {
  if (name == "robot.trunk") {
    const auto trunk = find_entity(model, groups, name);
    return trunk ? trunk->body : -1;
  }
  if (name == "robot" || name == "robot.base") return robot_root(model);
  const int body = body_id(model, name);
  return body >= 0 ? body : body_id(model, kRobotPrefix + name);
}

bool finite(const std::array<double, 4>& values) {
  for (const double value : values)
    if (!std::isfinite(value)) return false;
  return true;
}

bool is_robot_body(const mjModel& model, int body) {
  const char* name = mj_id2name(&model, mjOBJ_BODY, body);
  return name != nullptr && std::strncmp(name, kRobotPrefix, std::strlen(kRobotPrefix)) == 0;
}

/// Bodies that a factor applies to: one, or every movable one of the scene.
std::vector<int> bodies_of(const mjModel& model, const std::vector<Group>& groups, const std::string& name) {
  if (name != "*") {
    int body = movable_body(model, groups, name);
    if (const auto entity = find_entity(model, groups, name); body < 0 && entity) body = entity->body;  // robot.tcp
    return body < 0 ? std::vector<int>{} : std::vector<int>{body};
  }
  std::vector<int> bodies;
  for (int body = 1; body < model.nbody; ++body)
    if (model.body_dofnum[body] > 0 && !is_robot_body(model, body)) bodies.push_back(body);
  return bodies;
}

Result<void> apply_factors(const std::vector<BodyFactor>& factors, const mjModel& model,
                           const std::vector<Group>& groups, const std::function<void(int, double)>& apply) {
  for (const auto& factor : factors) {
    const auto bodies = bodies_of(model, groups, factor.body);
    if (bodies.empty() && factor.body != "*") return setup_does_not_fit("body '" + factor.body + "'");
    if (!std::isfinite(factor.factor) || factor.factor <= 0)
      return setup_does_not_fit("factor of body '" + factor.body + "' is not positive");
    for (const int body : bodies) apply(body, factor.factor);
  }
  return {};
}

/// Where a body stands now, in world coordinates, and how to put it elsewhere.
class BodyPlacer {
 public:
  BodyPlacer(mjModel& model, mjData& data) : model_(model), data_(data) { mj_kinematics(&model_, &data_); }

  void place(int body, const std::array<double, 4>& pose) {
    Quaterniond turn = current_rotation(body);
    turn = about_z(pose[3] - heading(turn.toRotationMatrix())) * turn;
    put_pose(body, {pose[0], pose[1], pose[2]}, turn);
  }

  void offset(int body, const std::array<double, 4>& by) {
    const Quaterniond turn = about_z(by[3]) * current_rotation(body);
    put_pose(body, current_position(body) + Vector3d(by[0], by[1], by[2]), turn);
  }

 private:
  Vector3d current_position(int body) const { return vec3(data_.xpos + 3 * body); }
  Quaterniond current_rotation(int body) const { return quat(data_.xquat + 4 * body); }

  void put_pose(int body, const Vector3d& position, Quaterniond turn) {
    turn.normalize();
    if (is_free(model_, body)) {
      mjtNum* qpos = data_.qpos + model_.jnt_qposadr[model_.body_jntadr[body]];
      put(position, qpos);
      put(turn, qpos + 3);
    } else if (const int mocap = model_.body_mocapid[body]; mocap >= 0) {
      put(position, data_.mocap_pos + 3 * mocap);
      put(turn, data_.mocap_quat + 4 * mocap);
    } else {
      const int parent = model_.body_parentid[body];
      const Quaterniond back = quat(data_.xquat + 4 * parent).conjugate();
      put(back * (position - vec3(data_.xpos + 3 * parent)), model_.body_pos + 3 * body);
      put(back * turn, model_.body_quat + 4 * body);
    }
    mj_kinematics(&model_, &data_);
  }

  mjModel& model_;
  mjData& data_;
};

Result<void> scale_bodies(const Setup& setup, mjModel& model) {
  ASSAY_RETURN_IF_ERROR(apply_factors(setup.mass, model, setup.world.groups, [&](int body, double factor) {
    model.body_mass[body] *= factor;
    for (int i = 0; i < 3; ++i) model.body_inertia[3 * body + i] *= factor;
  }));
  return apply_factors(setup.friction, model, setup.world.groups, [&](int body, double factor) {
    for (int geom = 0; geom < model.ngeom; ++geom)
      if (model.geom_bodyid[geom] == body)
        for (int i = 0; i < 3; ++i) model.geom_friction[3 * geom + i] *= factor;
  });
}

/// Home of arms and legs that the binding gives; everything else stays where the model has it.
void put_home(const Setup& setup, const mjModel& model, mjData& data) {
  for (const auto& group : setup.world.groups) {
    if (group.home_rad.size() != group.joints.size()) continue;
    for (std::size_t i = 0; i < group.joints.size(); ++i) {
      const int joint = mj_name2id(&model, mjOBJ_JOINT, group.joints[i].c_str());
      if (joint >= 0 && model.jnt_type[joint] != mjJNT_FREE && model.jnt_type[joint] != mjJNT_BALL)
        data.qpos[model.jnt_qposadr[joint]] = group.home_rad[i];
    }
  }
}

}  // namespace

double lowest_m(const mjModel& model, const mjData& data, int geom) {
  const Vector3d down = mat3(data.geom_xmat + 9 * geom).transpose() * Vector3d(0, 0, -1);  // in the geom's frame
  const mjtNum* size = model.geom_size + 3 * geom;
  double reach = 0;
  switch (model.geom_type[geom]) {
    case mjGEOM_SPHERE:
      reach = size[0];
      break;
    case mjGEOM_CAPSULE:
      reach = size[0] + size[1] * std::abs(down[2]);
      break;
    case mjGEOM_CYLINDER:
      reach = size[0] * std::hypot(down[0], down[1]) + size[1] * std::abs(down[2]);
      break;
    case mjGEOM_ELLIPSOID:
      reach = vec3(size).cwiseProduct(down).norm();
      break;
    case mjGEOM_BOX:
      reach = vec3(size).dot(down.cwiseAbs());
      break;
    case mjGEOM_MESH: {
      const int mesh = model.geom_dataid[geom], first = model.mesh_vertadr[mesh];
      for (int i = 0; i < model.mesh_vertnum[mesh]; ++i) {
        const float* v = model.mesh_vert + 3 * (first + i);
        const double along = v[0] * down[0] + v[1] * down[1] + v[2] * down[2];
        reach = i == 0 ? along : std::max(reach, along);
      }
      break;
    }
    default:
      break;
  }
  return data.geom_xpos[3 * geom + 2] - reach;
}

namespace {

/// Legs in their home posture stand on the ground of the scene, at z = 0, whatever height the model gives the trunk.
Result<void> stand_on_feet(const Setup& setup, const mjModel& model, mjData& data) {
  for (const auto& group : setup.world.groups) {
    if (group.kind != Group::Kind::legs) continue;
    const auto feet = find_entity(model, setup.world.groups, group.name + ".feet");
    const int trunk = body_id(model, group.trunk_body);
    if (!feet || trunk < 0 || !is_free(model, model.body_rootid[trunk]))
      return binding_does_not_fit(setup.world, group.name, "legs need a trunk on a free joint, and feet");
    mj_kinematics(&model, &data);
    double lowest = std::numeric_limits<double>::infinity();
    for (int geom = 0; geom < model.ngeom; ++geom)
      if (feet->geoms[geom] != 0 && (model.geom_contype[geom] != 0 || model.geom_conaffinity[geom] != 0))
        lowest = std::min(lowest, lowest_m(model, data, geom));
    if (!std::isfinite(lowest))
      return binding_does_not_fit(setup.world, group.name, "the feet have no geometry that touches");
    data.qpos[model.jnt_qposadr[model.body_jntadr[model.body_rootid[trunk]]] + 2] -= lowest;
  }
  return {};
}

}  // namespace

Result<void> apply_setup(const Setup& setup, mjModel& model, mjData& data, mjData& scratch) {
  model.opt.timestep = setup.physics.timestep_s;
  model.opt.impratio = setup.physics.impratio;
  ASSAY_RETURN_IF_ERROR(scale_bodies(setup, model));
  if (!setup.mass.empty()) mj_setConst(&model, &scratch);
  BodyPlacer placer(model, data);
  for (const auto& pose : setup.poses) {
    const int body = movable_body(model, setup.world.groups, pose.body);
    if (body < 1 || !finite(pose.pose)) return setup_does_not_fit("pose of body '" + pose.body + "'");
    placer.place(body, pose.pose);
  }
  for (const auto& offset : setup.offsets) {
    const int body = movable_body(model, setup.world.groups, offset.body);
    if (body < 1 || !finite(offset.offset)) return setup_does_not_fit("offset of body '" + offset.body + "'");
    placer.offset(body, offset.offset);
  }
  put_home(setup, model, data);
  return stand_on_feet(setup, model, data);
}

Result<void> check_apart(const mjModel& model, const mjData& data) {
  constexpr double kDeepest_m = 0.002;  // what is set on something sinks in by less
  const auto name = [&](int geom) {
    const char* text = mj_id2name(&model, mjOBJ_BODY, model.geom_bodyid[geom]);
    return std::string(text == nullptr ? "world" : text);
  };
  for (int i = 0; i < data.ncon; ++i) {
    const mjContact& contact = data.contact[i];
    if (-contact.dist <= kDeepest_m) continue;
    if (is_robot_body(model, model.geom_bodyid[contact.geom1]) ||
        is_robot_body(model, model.geom_bodyid[contact.geom2]))
      continue;
    return setup_does_not_fit("'" + name(contact.geom1) + "' and '" + name(contact.geom2) + "' overlap by " +
                              std::to_string(-contact.dist) + " m at the start");
  }
  return {};
}

}  // namespace assay::mujoco
