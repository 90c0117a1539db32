#include "adapters/mujoco/contacts.h"

#include <algorithm>

#include "core/result.h"

namespace assay::mujoco {

void ContactWatch::reset(const mjModel& model, GeomSet robot) {
  *this = ContactWatch();
  ngeom_ = model.ngeom;
  robot_ = std::move(robot);
  counterpart_.assign(ngeom_, -1);
  for (int geom = 0; geom < ngeom_; ++geom) {
    const int root = model.body_rootid[model.geom_bodyid[geom]];
    const bool counts = !robot_[geom] && !is_free(model, root) && model.geom_type[geom] != mjGEOM_PLANE;
    if (counts) counterpart_[geom] = root;
  }
  robot_sum_.assign(model.nbody, 0);
  wrists_.assign(ngeom_, 0);
}

int ContactWatch::add_pair(const GeomSet& a, const GeomSet& b, bool with_force) {
  std::vector<std::uint8_t> sides(ngeom_, 0);
  for (int geom = 0; geom < ngeom_; ++geom)
    sides[geom] = static_cast<std::uint8_t>((a[geom] ? 1 : 0) | (b[geom] ? 2 : 0));
  pending_.push_back(std::move(sides));
  with_force_.push_back(with_force ? 1 : 0);
  touched_.push_back(0);
  now_.push_back(0);
  force_.push_back(0);
  return pairs_++;
}

int ContactWatch::add_robot_pair_with_anything() {
  if (robot_pair_ < 0) robot_pair_ = add_pair(GeomSet(ngeom_, 0), GeomSet(ngeom_, 0), false);
  return robot_pair_;
}

int ContactWatch::add_wrist(const GeomSet& geoms) {
  const auto wrist = wrist_sum_.size();
  ASSAY_CHECK(wrist < kMostWrists);
  for (int geom = 0; geom < ngeom_; ++geom)
    if (geoms[geom]) wrists_[geom] |= 1U << wrist;
  wrist_sum_.emplace_back(Vector3d::Zero());
  return static_cast<int>(wrist);
}

void ContactWatch::start(const mjModel& model, const mjData& data) {
  sides_.assign(static_cast<std::size_t>(ngeom_) * pairs_, 0);
  watched_ = robot_;
  for (int geom = 0; geom < ngeom_; ++geom) {
    for (int pair = 0; pair < pairs_; ++pair) {
      side(geom, pair) = pending_[pair][geom];
      if (pending_[pair][geom]) watched_[geom] = 1;
    }
  }
  pending_.clear();
  for (int i = 0; i < data.ncon; ++i) {
    const mjContact& contact = data.contact[i];
    if (robot_[contact.geom1] == robot_[contact.geom2]) continue;
    const int other = robot_[contact.geom1] ? contact.geom2 : contact.geom1;
    const int body = model.geom_bodyid[other];
    if (model.body_weldid[body] == 0 && model.body_mocapid[model.body_rootid[body]] < 0) counterpart_[other] = -1;
  }
}

void ContactWatch::begin_period() {
  std::fill(touched_.begin(), touched_.end(), std::uint8_t{0});
  std::fill(wrist_sum_.begin(), wrist_sum_.end(), Vector3d::Zero());
  steps_ = 0;
}

void ContactWatch::scan(const mjModel& /*model*/, const mjData& data) {
  std::fill(now_.begin(), now_.end(), std::uint8_t{0});
  if (pairs_ == 0) return;
  for (int i = 0; i < data.ncon; ++i) {
    const mjContact& contact = data.contact[i];
    if (contact.dist > 0 || !watched_[contact.geom1] || !watched_[contact.geom2]) continue;
    const std::uint8_t* one = &side(contact.geom1, 0);
    const std::uint8_t* two = &side(contact.geom2, 0);
    for (int pair = 0; pair < pairs_; ++pair)
      if (((one[pair] & 1) && (two[pair] & 2)) || ((one[pair] & 2) && (two[pair] & 1))) now_[pair] = touched_[pair] = 1;
  }
}

void ContactWatch::add_robot_force(int geom_1, int geom_2, double force_n) {
  if (robot_[geom_1] == robot_[geom_2]) return;
  const int other = counterpart_[robot_[geom_1] ? geom_2 : geom_1];
  if (other < 0) return;
  robot_sum_[other] += force_n;
  robot_force_ = std::max(robot_force_, robot_sum_[other]);
}

/// MuJoCo gives the force of geom 1 on geom 2 in the contact's frame, whose axes are the rows of `frame`.
void ContactWatch::add_wrist_force(const mjContact& contact, const mjtNum* wrench) {
  const std::uint32_t one = wrists_[contact.geom1], two = wrists_[contact.geom2], only = one ^ two;
  if (only == 0) return;
  const Vector3d force = mat3(contact.frame).transpose() * vec3(wrench);
  for (std::size_t wrist = 0; wrist < wrist_sum_.size(); ++wrist)
    if ((only >> wrist) & 1U) wrist_sum_[wrist] += ((two >> wrist) & 1U) != 0 ? force : Vector3d(-force);
}

void ContactWatch::read_forces(const mjModel& model, const mjData& data) {
  std::fill(force_.begin(), force_.end(), 0.0);
  std::fill(robot_sum_.begin(), robot_sum_.end(), 0.0);
  robot_force_ = 0;
  ++steps_;
  for (int i = 0; i < data.ncon; ++i) {
    const mjContact& contact = data.contact[i];
    if (contact.efc_address < 0) continue;  // excluded from the solver: no force
    const bool watched = watched_[contact.geom1] && watched_[contact.geom2];
    if (!watched && !robot_[contact.geom1] && !robot_[contact.geom2]) continue;
    mjtNum wrench[6];
    mj_contactForce(&model, &data, i, wrench);
    add_robot_force(contact.geom1, contact.geom2, wrench[0]);
    add_wrist_force(contact, wrench);
    for (int pair = 0; pair < pairs_; ++pair) {
      if (!with_force_[pair]) continue;
      const std::uint8_t one = side(contact.geom1, pair), two = side(contact.geom2, pair);
      if (((one & 1) && (two & 2)) || ((one & 2) && (two & 1))) force_[pair] += wrench[0];
    }
  }
  if (robot_pair_ >= 0) force_[robot_pair_] = robot_force_;
}

}  // namespace assay::mujoco
