#include "adapters/mujoco/actors.h"

#include <algorithm>

#include "adapters/mujoco/entities.h"
#include "adapters/mujoco/faults.h"

namespace assay::mujoco {

Result<Actors> Actors::make(const std::vector<ActorRun>& runs, const mjModel& model) {
  Actors actors;
  for (const auto& run : runs) {
    Walker walker;
    walker.body = body_id(model, run.actor.body);
    if (walker.body < 0) return setup_does_not_fit("actor '" + run.actor.body + "'");
    walker.mocap = model.body_mocapid[walker.body];
    if (walker.mocap < 0) return setup_does_not_fit("actor '" + run.actor.body + "' is not a mocap body");
    walker.start_ns = run.start_ns;
    walker.stays = run.actor.stays;
    walker.speed_m_s = run.actor.speed_m_s;
    if (!std::isfinite(walker.speed_m_s) || walker.speed_m_s < 0)
      return setup_does_not_fit("speed of actor '" + run.actor.body + "'");
    for (const auto& point : run.actor.path) {
      const Vector3d at(point[0], point[1], point[2]);
      if (!at.allFinite()) return setup_does_not_fit("path of actor '" + run.actor.body + "'");
      if (!walker.points.empty()) walker.length_m += (at - walker.points.back()).norm();
      walker.points.push_back(at);
      walker.at_m.push_back(walker.length_m);
    }
    if (!walker.points.empty()) actors.walkers_.push_back(std::move(walker));
  }
  return actors;
}

void Actors::move(mjData& data, std::int64_t t_ns) {
  for (auto& walker : walkers_) {
    Vector3d position = walker.points.front();
    walker.velocity.setZero();
    if (t_ns >= walker.start_ns && walker.speed_m_s > 0 && walker.length_m > 0) {
      const double walked = walker.speed_m_s * static_cast<double>(t_ns - walker.start_ns) * 1e-9;
      const bool there = walker.stays && walked >= walker.length_m;
      double at = walker.stays ? std::min(walked, walker.length_m) : std::fmod(walked, 2 * walker.length_m);
      const bool back = at > walker.length_m;
      if (back) at = 2 * walker.length_m - at;
      std::size_t leg = 1;
      while (leg + 1 < walker.points.size() && walker.at_m[leg] < at) ++leg;
      const double leg_m = walker.at_m[leg] - walker.at_m[leg - 1];
      const Vector3d along = walker.points[leg] - walker.points[leg - 1];
      if (leg_m > 0) {
        position = walker.points[leg - 1] + along * ((at - walker.at_m[leg - 1]) / leg_m);
        if (!there) walker.velocity = along * ((back ? -walker.speed_m_s : walker.speed_m_s) / leg_m);
      }
    }
    put(position, data.mocap_pos + 3 * walker.mocap);
  }
}

Vector3d Actors::velocity_of(const mjModel& model, int body) const {
  const int root = model.body_rootid[body];
  for (const auto& walker : walkers_)
    if (walker.body == root) return walker.velocity;
  return Vector3d::Zero();
}

Result<Pushes> Pushes::make(const std::vector<Push>& pushes, const mjModel& model, const std::vector<Group>& groups,
                            std::int64_t step_ns) {
  constexpr std::int64_t kWindowNs = 10'000'000;
  Pushes result;
  const std::int64_t steps = std::max<std::int64_t>(1, (kWindowNs + step_ns / 2) / step_ns);
  for (const auto& push : pushes) {
    Window window;
    const auto entity = find_entity(model, groups, push.body);
    const Vector3d impulse(push.impulse_n_s[0], push.impulse_n_s[1], push.impulse_n_s[2]);
    if (!entity || entity->body < 1 || !impulse.allFinite() || push.at_ns < 0)
      return setup_does_not_fit("push on body '" + push.body + "'");
    window.body = entity->body;
    window.first = (push.at_ns + step_ns - 1) / step_ns;
    window.last = window.first + steps - 1;
    window.force_n = impulse / (static_cast<double>(steps) * static_cast<double>(step_ns) * 1e-9);
    result.windows_.push_back(window);
  }
  return result;
}

void Pushes::apply(mjData& data, std::int64_t step) const {
  for (const auto& window : windows_) mju_zero(data.xfrc_applied + 6 * window.body, 6);
  for (const auto& window : windows_) {
    if (step < window.first || step > window.last) continue;
    for (int i = 0; i < 3; ++i) data.xfrc_applied[6 * window.body + i] += window.force_n[i];
  }
}

}  // namespace assay::mujoco
