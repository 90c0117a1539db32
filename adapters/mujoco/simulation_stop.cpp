// How a simulated robot comes to rest: brakes, controlled stops, and what its protection asks for.
#include <cmath>
#include <limits>

#include "adapters/mujoco/entities.h"
#include "adapters/mujoco/simulation.h"

namespace assay::mujoco {
namespace {

constexpr double kAtRest = 0.01;            // rad/s of joints, m/s of bases
constexpr double kBrake_n_m = 1e3;          // dry friction of a closed brake
constexpr double kBrakeImpedance = 0.9999;  // hard: no creeping under gravity

}  // namespace

void Simulation::engage_brakes() {
  if (power_off_) return;
  power_off_ = true;
  const auto brake = [&](int dof) {
    double* impedance = model_->dof_solimp + mjNIMP * dof;
    brakes_.push_back({dof, model_->dof_frictionloss[dof], {impedance[0], impedance[1]}});
    model_->dof_frictionloss[dof] = kBrake_n_m;
    impedance[0] = impedance[1] = kBrakeImpedance;
  };
  for (const auto& arm : arms_)
    for (const auto& joint : arm.part.joints()) brake(joint.dof);
  for (const auto& base : bases_)
    for (const auto& wheel : base.part.wheels()) brake(wheel.dof);
}

void Simulation::release_brakes() {
  power_off_ = false;
  for (const auto& brake : brakes_) {
    model_->dof_frictionloss[brake.dof] = brake.friction;
    for (int i = 0; i < 2; ++i) model_->dof_solimp[mjNIMP * brake.dof + i] = brake.impedance[i];
  }
  brakes_.clear();
}

Result<void> Simulation::add_protection(const SafetyDefects& defects) {
  safety_ = defects;
  ASSAY_TRY(protection_, Protection::make(setup_, defects));
  self_.reset(setup_);
  const GeomSet robot = robot_geoms(*model_);
  for (const auto& run : setup_.actors) {
    const int body = body_id(*model_, run.actor.body);
    if (body < 0) continue;
    people_.emplace_back(*model_, robot, geoms_of(*model_, body));
    if (defects.ignores_person != 0) hide_body_from_rays(*model_, body);
  }
  return {};
}

Protection::Seen Simulation::seen_of_protection() const {
  Protection::Seen seen;
  const auto speed_of = [&](int type, int id) {
    mjtNum twist[6];
    mj_objectVelocity(model_.get(), data_.get(), type, id, twist, 0);
    return std::sqrt(twist[3] * twist[3] + twist[4] * twist[4] + twist[5] * twist[5]);
  };
  for (const auto& arm : arms_) seen.speed_m_s = std::max(seen.speed_m_s, speed_of(mjOBJ_SITE, arm.part.tcp_site()));
  if (arms_.empty())
    for (const auto& base : bases_) seen.speed_m_s = std::max(seen.speed_m_s, speed_of(mjOBJ_XBODY, base.part.body()));
  seen.nearest_person_m = std::numeric_limits<double>::infinity();
  if (protection_.wants_separation())
    for (const auto& person : people_) seen.nearest_person_m = std::min(seen.nearest_person_m, person(*model_, *data_));
  seen.at_rest = at_rest();
  seen.sensors_doubtful = self_.sensors_doubtful();
  seen.load_lost = self_.load_lost();
  seen.carries = self_.carries();
  return seen;
}

/// What the robot's own safety functions make of the outside, before each physics step.
void Simulation::protect() {
  const auto limit_speed = [&](std::optional<double> most_m_s) {
    for (auto& arm : arms_) arm.part.limit_speed(most_m_s, safety_.speed_ratio);
    for (auto& base : bases_) base.part.limit_speed(most_m_s, safety_.speed_ratio);
  };
  if (!protection_.on()) {
    if (step_ == 0 && safety_.speed_ratio != 1) limit_speed(std::nullopt);
    return;
  }
  const auto seen = seen_of_protection();
  const auto order = protection_.look(now_ns(), seen);
  limit_speed(protection_.speed_limit_m_s());
  if (step_ == 0)
    for (const auto& base : bases_) protection_.set_rated(base.part.rated_m_s());
  if (const Stimulus* loss = protection_.take_grip_loss())
    for (const auto& gripper : grippers_) gripper.part.weaken(*model_, loss->ratio);
  if (order.stop) begin_stop(*order.stop);
  if (order.go) {
    release_brakes();
    make_safe(StopCategory::cat2);
    stop_ = StopCategory::cat2;
  } else if (stop_ == StopCategory::cat1 && seen.at_rest && !order.stop) {
    engage_brakes();
  }
}

void Simulation::begin_stop(StopCategory category) {
  if (power_off_) return;
  stop_ = category;
  if (category == StopCategory::cat0) return engage_brakes();
  for (auto& arm : arms_) arm.part.brake(*data_, safety_.stop_deceleration_rad_s2);
  for (auto& base : bases_) base.part.brake(*data_, safety_.stop_deceleration_m_s2);
  for (auto& legs : legs_) legs.part.hold_here(*data_);
}

/// Category 0: no actuator of an arm or a wheel gives torque any more, spring-applied brakes close (dry
/// friction in the joints, within the contact solver). 1 and 2: hold where it is, at zero speed. A gripper keeps what
/// it holds. Legs have no brakes: without power they fold.
void Simulation::make_safe(StopCategory category) {
  if (category == StopCategory::cat0) {
    engage_brakes();
    return;
  }
  for (auto& arm : arms_) arm.part.hold_here(*data_);
  for (auto& base : bases_) base.part.halt(*data_);
  for (auto& legs : legs_) legs.part.hold_here(*data_);
}

bool Simulation::at_rest() const {
  for (const auto& arm : arms_)
    for (const auto& joint : arm.part.joints())
      if (std::abs(data_->qvel[joint.dof]) > kAtRest) return false;
  for (const auto& legs : legs_)
    for (const auto& joint : legs.part.joints())
      if (std::abs(data_->qvel[joint.dof]) > kAtRest) return false;
  for (const auto& base : bases_) {
    for (const auto& wheel : base.part.wheels())
      if (std::abs(data_->qvel[wheel.dof]) > kAtRest / setup_.world.groups[base.group].wheel_radius_m) return false;
    mjtNum twist[6];
    mj_objectVelocity(model_.get(), data_.get(), mjOBJ_XBODY, base.part.body(), twist, 0);
    if (std::sqrt(twist[3] * twist[3] + twist[4] * twist[4]) > kAtRest) return false;
  }
  return true;
}

}  // namespace assay::mujoco
