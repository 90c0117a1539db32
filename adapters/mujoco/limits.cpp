#include "adapters/mujoco/limits.h"

#include <algorithm>
#include <cmath>

#include "adapters/mujoco/entities.h"
#include "adapters/mujoco/faults.h"

namespace assay::mujoco {
namespace {

constexpr double kFastestApproach_m_s = 20;

}  // namespace

Result<void> Limits::reset(const mjModel& model, const Setup& setup, ContactWatch& watch) {
  *this = Limits();
  for (const auto& limit : setup.limits) {
    if (!std::isfinite(limit.value)) return setup_does_not_fit("value of limit '" + limit.id + "'");
    Watched watched;
    watched.limit = limit;
    const bool force = limit.quantity == Limit::Quantity::contact_force_n;
    if (force || limit.quantity == Limit::Quantity::separation_m) {
      const auto a = find_entity(model, setup.world.groups, limit.a);
      const auto b = find_entity(model, setup.world.groups, limit.b);
      const bool anything = force && limit.b.empty();
      if (!a || (!b && !anything)) return setup_does_not_fit("limit '" + limit.id + "' names no body of the scene");
      if (anything) {
        watched.pair = watch.add_robot_pair_with_anything();
      } else if (force) {
        watched.pair = watch.add_pair(a->geoms, b->geoms, true);
      } else {
        watched.distance.emplace(model, a->geoms, b->geoms);
      }
      if (force) {
        watched.peak = static_cast<int>(channels_.size());
        channels_.push_back({"contact_force." + limit.id, "N", "", Vantage::simulator});
      }
    }
    limits_.push_back(std::move(watched));
  }
  first_common_ = static_cast<int>(channels_.size());
  channels_.push_back({"robot_contact_force_n", "N", "", Vantage::simulator});
  channels_.push_back({"tcp_speed_m_s", "m/s", "world", Vantage::simulator});
  channels_.push_back({"joint_speed_ratio", "1", "", Vantage::simulator});
  channels_.push_back({"base_speed_m_s", "m/s", "world", Vantage::simulator});
  peaks_.assign(channels_.size(), 0);
  return {};
}

void Limits::begin_period() { std::fill(peaks_.begin(), peaks_.end(), 0.0); }

void Limits::compare(Watched& watched, double value, std::int64_t t_ns) {
  const bool minimum = watched.limit.quantity == Limit::Quantity::separation_m;
  const bool broken = minimum ? value < watched.limit.value : value > watched.limit.value;
  if (watched.broken || !broken) return;
  watched.broken = true;
  hits_.push_back({watched.limit.id, t_ns, value, watched.limit.value});
}

void Limits::see_forces(const ContactWatch& watch, std::int64_t t_ns) {
  double& robot = peaks_[static_cast<std::size_t>(first_common_)];
  robot = std::max(robot, watch.robot_force_n());
  for (auto& watched : limits_) {
    if (watched.pair < 0) continue;
    const double force = watch.force_n(watched.pair);
    double& peak = peaks_[static_cast<std::size_t>(watched.peak)];
    peak = std::max(peak, force);
    compare(watched, force, t_ns);
  }
}

void Limits::look_at_separation(Watched& watched, const mjModel& model, const mjData& data, std::int64_t t_ns) {
  if (watched.broken || t_ns < watched.next_look_ns) return;
  const double distance = (*watched.distance)(model, data);
  compare(watched, distance, t_ns);
  const double spare_s = std::min(10.0, (distance - watched.limit.value) / kFastestApproach_m_s);
  watched.next_look_ns = t_ns + std::max<std::int64_t>(0, static_cast<std::int64_t>(spare_s * 1e9));
}

void Limits::see_state(const mjModel& model, const mjData& data, std::int64_t t_ns) {
  double tcp = 0, ratio = 0, base = 0;
  for (const int site : tcp_sites_) {
    mjtNum twist[6];
    mj_objectVelocity(&model, &data, mjOBJ_SITE, site, twist, 0);
    tcp = std::max(tcp, std::sqrt(twist[3] * twist[3] + twist[4] * twist[4] + twist[5] * twist[5]));
  }
  for (const auto& joint : joints_) ratio = std::max(ratio, std::abs(data.qvel[joint.dof]) / joint.speed_limit_rad_s);
  for (const int body : base_bodies_) {
    mjtNum twist[6];
    mj_objectVelocity(&model, &data, mjOBJ_XBODY, body, twist, 0);
    base = std::max(base, std::sqrt(twist[3] * twist[3] + twist[4] * twist[4]));
  }
  double* peak = peaks_.data() + first_common_ + 1;
  peak[0] = std::max(peak[0], tcp);
  peak[1] = std::max(peak[1], ratio);
  peak[2] = std::max(peak[2], base);
  for (auto& watched : limits_) {
    switch (watched.limit.quantity) {
      case Limit::Quantity::tcp_speed_m_s:
        compare(watched, tcp, t_ns);
        break;
      case Limit::Quantity::joint_speed_ratio:
        compare(watched, ratio, t_ns);
        break;
      case Limit::Quantity::base_speed_m_s:
        compare(watched, base, t_ns);
        break;
      case Limit::Quantity::separation_m:
        look_at_separation(watched, model, data, t_ns);
        break;
      case Limit::Quantity::contact_force_n:
        break;
    }
  }
}

std::vector<LimitHit> Limits::take_hits() {
  std::vector<LimitHit> hits;
  hits.swap(hits_);
  return hits;
}

}  // namespace assay::mujoco
