#include "adapters/mujoco/truth.h"

#include <algorithm>

#include "adapters/mujoco/geometry.h"

namespace assay::mujoco {
namespace {

bool has_surface(const Entity& entity) {
  return std::find(entity.geoms.begin(), entity.geoms.end(), std::uint8_t{1}) != entity.geoms.end();
}

/// The gripper that a grasp signal means: "robot.gripper" or empty is the first one.
const Group* gripper_named(const std::vector<Group>& groups, const std::string& name) {
  if (name.empty() || name == "robot.gripper") return find_group(groups, Group::Kind::gripper);
  for (const auto& group : groups)
    if (group.kind == Group::Kind::gripper && (group.name == name || group.name + ".gripper" == name)) return &group;
  return nullptr;
}

GeomSet surfaces_of_bodies(const mjModel& model, const std::vector<std::string>& names) {
  GeomSet set(model.ngeom, 0);
  for (const auto& name : names)
    if (const auto entity = find_entity(model, {}, name))
      for (int geom = 0; geom < model.ngeom; ++geom) set[geom] = set[geom] | entity->geoms[geom];
  return set;
}

}  // namespace

void Truth::reset(const mjModel& model, const Setup& setup, ContactWatch& watch) {
  *this = Truth();
  for (const auto& spec : setup.signals)
    if (!add(model, setup, spec, watch)) missing_.push_back(spec);
}

bool Truth::add(const mjModel& model, const Setup& setup, const SignalSpec& spec, ContactWatch& watch) {
  using Kind = SignalSpec::Kind;
  const auto a = find_entity(model, setup.world.groups, spec.a);
  if (!a) return false;
  Signal signal;
  signal.kind = spec.kind;
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
  signals_.push_back(signal);
  name_channels(spec);
  return true;
}

bool Truth::add_grasp(const mjModel& model, const Setup& setup, const SignalSpec& spec, const Entity& a,
                      ContactWatch& watch, Signal& signal) {
  const Group* gripper = gripper_named(setup.world.groups, spec.b);
  if (gripper == nullptr || gripper->side_a_bodies.empty() || gripper->side_b_bodies.empty()) return false;
  if (!has_surface(a)) return false;
  signal.pair = watch.add_pair(surfaces_of_bodies(model, gripper->side_a_bodies), a.geoms, false);
  signal.other_pair = watch.add_pair(surfaces_of_bodies(model, gripper->side_b_bodies), a.geoms, false);
  return true;
}

void Truth::name_channels(const SignalSpec& spec) {
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
      add("grasp." + spec.a, "1", "");
      break;
    case SignalSpec::Kind::distance:
      add("distance." + spec.a + "." + spec.b + "_m", "m", "");
      break;
  }
}

void Truth::read(const mjModel& model, const mjData& data, const ContactWatch& watch, const Actors& actors,
                 std::vector<double>& row) const {
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
        row.push_back(watch.touching_now(signal.pair) && watch.touching_now(signal.other_pair) ? 1 : 0);
        break;
      case SignalSpec::Kind::distance:
        row.push_back(distances_[static_cast<std::size_t>(signal.distance)](model, data));
        break;
    }
  }
}

}  // namespace assay::mujoco
