#include "adapters/mujoco/simulation.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include "adapters/mujoco/faults.h"
#include "adapters/mujoco/scene_setup.h"

namespace assay::mujoco {
namespace {

/// Room for kinematics alone: njmax² of constraints would be tens of megabytes per trial.
DataPtr make_scratch(mjModel& model) {
  const int nconmax = std::exchange(model.nconmax, 1), njmax = std::exchange(model.njmax, 1);
  DataPtr scratch(mj_makeData(&model));
  model.nconmax = nconmax;
  model.njmax = njmax;
  return scratch;
}

}  // namespace

Result<std::unique_ptr<Simulation>> Simulation::make(const Setup& setup, ModelCache& models) {
  std::unique_ptr<Simulation> simulation(new Simulation(setup));
  ASSAY_RETURN_IF_ERROR(simulation->load(models));
  ASSAY_RETURN_IF_ERROR(simulation->add_groups());
  ASSAY_TRY(simulation->noise_, SensorNoises::make(setup.noise));
  ASSAY_TRY(simulation->faults_, SensorFaults::make(setup));
  ASSAY_TRY(const auto defects, read_defects(setup));
  for (std::size_t i = 0; i < 3; ++i) simulation->faults_.detections_bias_m[i] += defects.sight_offset_m[i];
  ASSAY_RETURN_IF_ERROR(simulation->add_faults());
  ASSAY_TRY(simulation->actors_, Actors::make(setup.actors, *simulation->model_));
  ASSAY_TRY(simulation->pushes_,
            Pushes::make(setup.pushes, *simulation->model_, setup.world.groups, simulation->step_ns_));
  ASSAY_TRY(simulation->detector_, Detector::make(*simulation->model_, setup));
  if (simulation->safety_.ignores_person != 0)
    for (const auto& run : setup.actors) simulation->detector_.forget(body_id(*simulation->model_, run.actor.body));
  simulation->settle_first_state();
  ASSAY_RETURN_IF_ERROR(check_apart(*simulation->model_, *simulation->data_));
  return simulation;
}

Result<void> Simulation::load(ModelCache& models) {
  ASSAY_TRY(model_, models.copy_of(setup_.world));
  step_ns_ = ns_from_s(setup_.physics.timestep_s);
  data_.reset(mj_makeData(model_.get()));
  scratch_ = make_scratch(*model_);
  if (!data_ || !scratch_) return engine_stopped(setup_.world, "mj_makeData failed");
  ASSAY_RETURN_IF_ERROR(apply_setup(setup_, *model_, *data_, *scratch_));
  hide_robot_from_rays(*model_);
  contacts_.reset(*model_, robot_geoms(*model_));
  ASSAY_RETURN_IF_ERROR(limits_.reset(*model_, setup_, contacts_));
  ASSAY_TRY(const auto defects, read_defects(setup_));
  ASSAY_RETURN_IF_ERROR(add_protection(defects.safety));
  command_delay_ns_ = ns_from_s(defects.command_delay_s);
  truth_.reset(*model_, setup_, contacts_, protection_);
  proprioception_.reset(setup_.world, static_cast<double>(setup_.control_period_ns) * 1e-9);
  proprioception_.set_tcp_error(defects.tcp, child_key(setup_.defect_key, "tcp"));
  return {};
}

Result<void> Simulation::add_groups() {
  frame_ = sensing_frame(*model_, setup_.world.groups);
  for (std::size_t i = 0; i < setup_.world.groups.size(); ++i) {
    ASSAY_RETURN_IF_ERROR(add_group(i));
    GroupState state;
    state.group = setup_.world.groups[i].name;
    observation_.groups.push_back(std::move(state));
  }
  observation_.scans.resize(scanners_.size());
  return {};
}

Result<void> Simulation::add_group(std::size_t index) {
  const Group& group = setup_.world.groups[index];
  switch (group.kind) {
    case Group::Kind::arm: {
      const double period_s = static_cast<double>(setup_.control_period_ns) * 1e-9;
      ASSAY_TRY(auto arm, ArmControl::make(*model_, *data_, setup_.world, group, period_s));
      limits_.watch_tcp(arm.tcp_site());
      for (std::size_t i = 0; i < arm.speed_limits().size(); ++i)
        if (arm.speed_limits()[i] > 0) limits_.watch_joint({arm.joints()[i].dof, arm.speed_limits()[i]});
      if (arms_.size() + leg_feet_ == ContactWatch::kMostWrists)
        return binding_does_not_fit(setup_.world, group.name, "more than 32 arms and feet");
      const int wrist = contacts_.add_wrist(geoms_of(*model_, model_->jnt_bodyid[arm.joints().back().joint]));
      proprioception_.add_arm(index, arm.joints(), arm.tcp_site(), arm.base_body(), wrist);
      arms_.push_back({index, std::move(arm)});
      break;
    }
    case Group::Kind::gripper: {
      ASSAY_TRY(auto gripper, GripperControl::make(*model_, setup_.world, group));
      ASSAY_TRY(auto gauge, GripperGauge::make(*model_, *data_, *scratch_, setup_.world, group));
      proprioception_.add_gripper(index, std::move(gauge));
      grippers_.push_back({index, std::move(gripper)});
      break;
    }
    case Group::Kind::base: {
      ASSAY_TRY(auto base, BaseControl::make(*model_, *data_, setup_.world, group));
      limits_.watch_base(base.body());
      proprioception_.add_base(index, base.wheels(), *data_);
      if (!group.range_site.empty()) {
        ASSAY_TRY(auto scanner,
                  RangeScanner::make(*model_, setup_.world, group, setup_.range_rate_hz, setup_.control_period_ns));
        scanners_.push_back({index, std::move(scanner)});
      }
      bases_.push_back({index, base});
      break;
    }
    case Group::Kind::legs: {
      ASSAY_TRY(auto legs, LegControl::make(*model_, *data_, setup_.world, group));
      limits_.watch_base(legs.trunk_body());
      for (std::size_t i = 0; i < legs.joints().size(); ++i)
        limits_.watch_joint({legs.joints()[i].dof, group.speed_limit_rad_s[i]});
      ASSAY_RETURN_IF_ERROR(add_leg_sensor(index, legs));
      legs_.push_back({index, std::move(legs)});
      break;
    }
  }
  return {};
}

Result<void> Simulation::add_leg_sensor(std::size_t index, const LegControl& legs) {
  const Group& group = setup_.world.groups[index];
  LegSensor sensor;
  sensor.group = index;
  sensor.joints = legs.joints();
  sensor.trunk_body = legs.trunk_body();
  sensor.imu_site = site_id(*model_, group.imu_site);
  for (const auto& name : group.feet_bodies) {
    if (leg_feet_ + arms_.size() == ContactWatch::kMostWrists)
      return binding_does_not_fit(setup_.world, group.name, "more than 32 arms and feet");
    sensor.feet.push_back(contacts_.add_wrist(geoms_of(*model_, body_id(*model_, name))));
    ++leg_feet_;
  }
  proprioception_.add_legs(std::move(sensor));
  return {};
}

Result<void> Simulation::add_faults() {
  constexpr std::array kKinds{"arm", "gripper", "base", "legs"};  // in the order of Group::Kind
  for (const auto& fault : setup_.actuator_faults) {
    if (!(fault.factor > 0 && fault.factor <= 1))
      return setup_does_not_fit("factor of group '" + fault.group + "' is not within 0 … 1");
    bool found = false;
    for (std::size_t i = 0; i < setup_.world.groups.size(); ++i) {
      const Group& group = setup_.world.groups[i];
      if (group.name != fault.group && kKinds[static_cast<std::size_t>(group.kind)] != fault.group) continue;
      weakenings_.push_back({i, fault});
      found = true;
    }
    if (!found) return setup_does_not_fit("no group '" + fault.group + "' to weaken");
  }
  return {};
}

/// What falls due by now.
void Simulation::weaken() {
  const auto due = [this](const OfGroup<ActuatorFault>& item) { return item.part.from_ns <= now_ns(); };
  for (const auto& item : weakenings_) {
    if (!due(item)) continue;
    const double factor = item.part.factor;
    for (auto& arm : arms_)
      if (arm.group == item.group) arm.part.weaken(*data_, factor);
    for (auto& gripper : grippers_)
      if (gripper.group == item.group) gripper.part.weaken(*model_, factor);
    for (auto& base : bases_)
      if (base.group == item.group) base.part.weaken(factor);
    for (auto& legs : legs_)
      if (legs.group == item.group) legs.part.weaken(*model_, factor);
  }
  std::erase_if(weakenings_, due);
}

/// Kinematics, collision and speeds of the state at t = 0. Nothing settles: no step is taken.
void Simulation::settle_first_state() {
  actors_.move(*data_, 0);
  mj_step1(model_.get(), data_.get());
  contacts_.start(*model_, *data_);
  contacts_.scan(*model_, *data_);
  limits_.see_state(*model_, *data_, 0);
}

void Simulation::command(const Action& action) {
  const auto hand_over = [&](auto& parts, const GroupAction& to, auto&& call) {
    for (auto& item : parts)
      if (setup_.world.groups[item.group].name == to.group) call(item.part);
  };
  if (!protection_.obeys()) return;
  for (const auto& group : action.groups) {
    hand_over(arms_, group, [&](ArmControl& arm) { arm.command(*model_, *data_, group); });
    hand_over(grippers_, group, [&](GripperControl& gripper) { gripper.command(group); });
    hand_over(bases_, group, [&](BaseControl& base) { base.command(group); });
    hand_over(legs_, group, [&](LegControl& legs) { legs.command(group); });
  }
  if (const Stimulus* over = protection_.over_command()) {
    for (auto& arm : arms_) arm.part.overdrive(*model_, *data_, over->ratio, protection_.keeps_rated_limits());
    for (auto& base : bases_) base.part.overdrive(over->ratio, protection_.keeps_rated_limits());
  }
}

void Simulation::step() {
  mjModel* m = model_.get();
  mjData* d = data_.get();
  if (!weakenings_.empty()) weaken();
  protect();
  for (auto& arm : arms_) {
    if (power_off_) {
      arm.part.release(*d);
    } else {
      arm.part.apply(*m, *d);
    }
  }
  for (auto& gripper : grippers_) gripper.part.apply(*d);
  for (auto& base : bases_) {
    if (power_off_) {
      base.part.release(*d);
    } else {
      base.part.apply(*m, *d);
    }
  }
  for (auto& legs : legs_) {
    if (power_off_) {
      legs.part.release(*d);
    } else {
      legs.part.apply(*d);
    }
  }
  pushes_.apply(*d, step_);
  mj_step2(m, d);
  ++step_;
  if (fault()) return;  // what comes after is no state of this world: nothing in it breaks a limit
  contacts_.read_forces(*m, *d);
  limits_.see_forces(contacts_, now_ns());
  actors_.move(*d, now_ns());
  mj_step1(m, d);
  if (fault()) return;
  contacts_.scan(*m, *d);
  limits_.see_state(*m, *d, now_ns());
}

void Simulation::begin_period() {
  contacts_.begin_period();
  limits_.begin_period();
}

/// How the robot's own bases stand to the frame that detections come in.
void Simulation::locate_groups() {
  const Frame frame = body_frame(*data_, frame_.body);
  const auto locate = [&](std::size_t group, int body) {
    const Frame base = relative(frame, body_frame(*data_, body));
    observation_.groups[group].base_m = {base.position.x(), base.position.y(), base.position.z()};
    observation_.groups[group].base_wxyz = wxyz(base.rotation);
  };
  for (const auto& arm : arms_) locate(arm.group, arm.part.base_body());
  for (const auto& base : bases_) locate(base.group, base.part.body());
  // Where a trunk is, no sensor of its own says.
}

void Simulation::sample(Sample& sample) {
  const SimTime now{now_ns()};
  sample.time = now;
  truth_.read(*model_, *data_, contacts_, actors_, protection_, sample.truth);
  last_truth_ = sample.truth;
  sample.peaks = limits_.peaks();
  observation_.time = now;
  const Stimulus* fault = protection_.sensor_fault();
  const bool jump = fault != nullptr && fault->sensor == Stimulus::Sensor::joints;
  proprioception_.offset_joints(jump && fault->fault == Stimulus::Fault::offset ? fault->offset : 0);
  proprioception_.measure(*model_, *data_, *scratch_, contacts_, noise_, observation_.groups);
  locate_groups();
  for (std::size_t i = 0; i < scanners_.size(); ++i)
    scanners_[i].part.measure(*model_, *data_, now.ns, noise_.range, faults_.range, observation_.scans[i]);
  if (protection_.on()) {
    const bool gripping =
        std::any_of(grippers_.begin(), grippers_.end(), [](const auto& g) { return g.part.told_to_close(); });
    self_.look(fault, gripping, observation_);
  }
  const auto odometry =
      bases_.empty() ? proprioception_.odometry() : observation_.groups[bases_.front().group].odometry;
  detector_.measure(*model_, *data_, now.ns, odometry, noise_.detections, faults_, observation_.detections);
  sample.observation = observation_;
  sample.limit_hits = limits_.take_hits();  // last: what throws above leaves them for last_words()
}

void Simulation::last_words(Sample& sample) {
  sample.time = SimTime{now_ns()};
  sample.truth = last_truth_;
  sample.peaks = limits_.peaks();
  for (double& peak : sample.peaks)
    if (!std::isfinite(peak)) peak = std::numeric_limits<double>::max();
  sample.limit_hits = limits_.take_hits();
  for (auto& hit : sample.limit_hits)
    if (!std::isfinite(hit.value)) hit.value = std::numeric_limits<double>::max();
  sample.observation = observation_;
  sample.observation.time = sample.time;
}

std::optional<Error> Simulation::fault_of_warnings() const { return mujoco::fault_of_warnings(*data_); }

}  // namespace assay::mujoco
