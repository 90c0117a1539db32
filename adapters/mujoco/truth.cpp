#include "adapters/mujoco/truth.h"

#include <algorithm>

#include "adapters/mujoco/geometry.h"

namespace assay::mujoco {
namespace {

bool has_surface(const Entity& entity) {
  return std::find(entity.geoms.begin(), entity.geoms.end(), std::uint8_t{1}) != entity.geoms.end();
}

/// The grippers that a grasp signal means: "robot.gripper" or empty is any of them.
std::vector<const Group*> grippers_named(const std::vector<Group>& groups, const std::string& name) {
  const bool any = name.empty() || name == "robot.gripper";
  std::vector<const Group*> found;
  for (const auto& group : groups)
    if (group.kind == Group::Kind::gripper && (any || group.name == name || group.name + ".gripper" == name))
      found.push_back(&group);
  return found;
}

GeomSet surfaces_of_bodies(const mjModel& model, const std::vector<std::string>& names) {
  GeomSet set(model.ngeom, 0);
  for (const auto& name : names)
    if (const auto entity = find_entity(model, {}, name))
      for (int geom = 0; geom < model.ngeom; ++geom) set[geom] = set[geom] | entity->geoms[geom];
  return set;
}

}  // namespace

void Truth::reset(const mjModel& model, const Setup& setup, ContactWatch& watch, const Protection& protection) {
  *this = Truth();
  reports_.reset(model, setup);
  for (const auto& spec : setup.signals) {
    if (spec.kind == SignalSpec::Kind::stimulus) {
      if (!protection.has(spec.a)) {
        missing_.push_back(spec);
        continue;
      }
      Signal signal;
      signal.kind = spec.kind;
      signal.stimulus = spec.a;
      signals_.push_back(std::move(signal));
      name_channels(model, spec);
      continue;
    }
    if (!add(model, setup, spec, watch)) missing_.push_back(spec);
  }
}

bool Truth::add(const mjModel& model, const Setup& setup, const SignalSpec& spec, ContactWatch& watch) {
  using Kind = SignalSpec::Kind;
  Signal signal;
  signal.kind = spec.kind;
  if (spec.kind == Kind::joint || spec.kind == Kind::spring || spec.kind == Kind::report) {
    if (!add_without_body(model, spec, signal)) return false;
    signals_.push_back(std::move(signal));
    name_channels(model, spec);
    return true;
  }
  const auto a = find_entity(model, setup.world.groups, spec.a);
  if (!a) return false;
  signal.body = a->body;
  signal.site = a->site;
  if (spec.kind == Kind::grasp) {
    if (!add_grasp(model, setup, spec, *a, watch, signal)) return false;
  } else if (spec.kind == Kind::contact || spec.kind == Kind::distance) {
    const auto b = find_entity(model, setup.world.groups, spec.b);
    if (!b || !has_surface(*a) || !has_surface(*b)) return false;
    if (spec.kind == Kind::contact) {
      signal.pair = watch.add_pair(a->geoms, b->geoms, false);
    } else {
      signal.distance = static_cast<int>(distances_.size());
      distances_.emplace_back(model, a->geoms, b->geoms);
    }
  }
  signals_.push_back(std::move(signal));
  name_channels(model, spec);
  return true;
}

bool Truth::add_without_body(const mjModel& model, const SignalSpec& spec, Signal& signal) const {
  if (spec.kind == SignalSpec::Kind::report) {
    if (spec.a == "*") return true;
    signal.report = reports_.find(spec.a);
    return signal.report >= 0;
  }
  signal.joint = mj_name2id(&model, mjOBJ_JOINT, spec.a.c_str());
  if (signal.joint < 0) return false;
  const int type = model.jnt_type[signal.joint];
  const bool has_position = type == mjJNT_SLIDE || type == mjJNT_HINGE;
  return has_position && (spec.kind == SignalSpec::Kind::joint || model.jnt_stiffness[signal.joint] > 0);
}

bool Truth::add_grasp(const mjModel& model, const Setup& setup, const SignalSpec& spec, const Entity& a,
                      ContactWatch& watch, Signal& signal) {
  if (!has_surface(a)) return false;
  for (const Group* gripper : grippers_named(setup.world.groups, spec.b)) {
    if (gripper->side_a_bodies.empty() || gripper->side_b_bodies.empty()) continue;
    signal.grasps.push_back({watch.add_pair(surfaces_of_bodies(model, gripper->side_a_bodies), a.geoms, false),
                             watch.add_pair(surfaces_of_bodies(model, gripper->side_b_bodies), a.geoms, false)});
  }
  return !signal.grasps.empty();
}

void Truth::name_channels(const mjModel& model, const SignalSpec& spec) {
  const int joint = mj_name2id(&model, mjOBJ_JOINT, spec.a.c_str());
  const bool is_slide = joint >= 0 && model.jnt_type[joint] == mjJNT_SLIDE;
  const auto add = [&](const std::string& name, const char* unit, const char* frame) {
    channels_.push_back({name, unit, frame, Vantage::simulator});
  };
  switch (spec.kind) {
    case SignalSpec::Kind::pose:
      for (const char* axis : {".x_m", ".y_m", ".z_m"}) add(spec.a + axis, "m", "world");
      for (const char* part : {".qw", ".qx", ".qy", ".qz"}) add(spec.a + part, "1", "world");
      break;
    case SignalSpec::Kind::twist:
      for (const char* axis : {".vx_m_s", ".vy_m_s", ".vz_m_s"}) add(spec.a + axis, "m/s", "world");
      for (const char* axis : {".wx_rad_s", ".wy_rad_s", ".wz_rad_s"}) add(spec.a + axis, "rad/s", "world");
      break;
    case SignalSpec::Kind::contact:
      add("contact." + spec.a + "." + spec.b, "1", "");
      break;
    case SignalSpec::Kind::grasp:
      add("grasp." + spec.a + (spec.b.empty() || spec.b == "robot.gripper" ? "" : "." + spec.b), "1", "");
      break;
    case SignalSpec::Kind::distance:
      add("distance." + spec.a + "." + spec.b + "_m", "m", "");
      break;
    case SignalSpec::Kind::joint:
      add("joint." + spec.a, is_slide ? "m" : "rad", "");
      break;
    case SignalSpec::Kind::spring:
      add("spring." + spec.a + "_n", is_slide ? "N" : "N·m", "");
      break;
    case SignalSpec::Kind::report:
      if (spec.a == "*") {
        add("report.*", "1", "");
      } else {
        add("report." + spec.a + "_m", "m", "");
      }
      break;
    case SignalSpec::Kind::stimulus:
      if (spec.a == name_of(Stimulus::Kind::speed_limit))
        add(spec.a + ".limit_m_s", "m/s", "");
      else
        for (const char* part : {".requested_s", ".confirmed_s", ".released_s"}) add(spec.a + part, "s", "");
      if (spec.a == name_of(Stimulus::Kind::over_command)) add(spec.a + ".rated_m_s", "m/s", "");
      break;
  }
}

void Truth::read(const mjModel& model, const mjData& data, const ContactWatch& watch, const Actors& actors,
                 const Protection& protection, std::vector<double>& row) const {
  row.clear();
  for (const auto& signal : signals_) {
    switch (signal.kind) {
      case SignalSpec::Kind::pose: {
        const mjtNum* p = signal.site >= 0 ? data.site_xpos + 3 * signal.site : data.xpos + 3 * signal.body;
        row.insert(row.end(), p, p + 3);
        if (signal.site >= 0) {
          mjtNum q[4];
          mju_mat2Quat(q, data.site_xmat + 9 * signal.site);
          row.insert(row.end(), q, q + 4);
        } else {
          row.insert(row.end(), data.xquat + 4 * signal.body, data.xquat + 4 * signal.body + 4);
        }
        break;
      }
      case SignalSpec::Kind::twist: {
        mjtNum twist[6];  // rotation, then translation
        if (signal.site >= 0) {
          mj_objectVelocity(&model, &data, mjOBJ_SITE, signal.site, twist, 0);
        } else {
          mj_objectVelocity(&model, &data, mjOBJ_XBODY, signal.body, twist, 0);
        }
        const Vector3d carried = actors.velocity_of(model, signal.body);
        for (int i = 0; i < 3; ++i) row.push_back(twist[3 + i] + carried[i]);
        for (int i = 0; i < 3; ++i) row.push_back(twist[i]);
        break;
      }
      case SignalSpec::Kind::contact:
        row.push_back(watch.touched_in_period(signal.pair) ? 1 : 0);
        break;
      case SignalSpec::Kind::grasp:
        row.push_back(
            std::any_of(signal.grasps.begin(), signal.grasps.end(),
                        [&](const auto& sides) { return watch.touching_now(sides[0]) && watch.touching_now(sides[1]); })
                ? 1
                : 0);
        break;
      case SignalSpec::Kind::distance:
        row.push_back(distances_[static_cast<std::size_t>(signal.distance)](model, data));
        break;
      case SignalSpec::Kind::joint:
        row.push_back(data.qpos[model.jnt_qposadr[signal.joint]]);
        break;
      case SignalSpec::Kind::spring: {
        const int at = model.jnt_qposadr[signal.joint];
        row.push_back(model.jnt_stiffness[signal.joint] * (data.qpos[at] - model.qpos_spring[at]));
        break;
      }
      case SignalSpec::Kind::report:
        row.push_back(signal.report < 0 ? reports_.false_reports() : reports_.nearest_m(signal.report));
        break;
      case SignalSpec::Kind::stimulus:
        protection.read(signal.stimulus, row);
        break;
    }
  }
}

}  // namespace assay::mujoco
