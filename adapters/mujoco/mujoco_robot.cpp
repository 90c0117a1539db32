#include "adapters/mujoco/mujoco_robot.h"

#include <deque>
#include <optional>
#include <utility>
#include <vector>

#include "adapters/eyes.h"
#include "adapters/mujoco/camera_process.h"
#include "adapters/mujoco/faults.h"
#include "adapters/mujoco/guard.h"
#include "adapters/mujoco/scene_setup.h"
#include "adapters/mujoco/simulation.h"

namespace assay {
namespace {

using mujoco::guarded;
using mujoco::Simulation;

class MujocoRobot final : public Robot, public SeeingRobot {
 public:
  [[nodiscard]] const RobotDescription& describe() const override { return description_; }
  Result<void> reset(const Setup& setup) override;
  Result<Sample> begin(const Instruction& instruction) override;
  Result<Sample> advance(const Action& action) override;
  StopReport stop(StopCategory category) noexcept override;
  Result<Image> look(const CameraView& view) override;

 private:
  enum class Phase { empty, ready, running, broken, stopped };
  struct Due {
    std::int64_t at_ns = 0;
    Action action;
  };
  void describe_simulation(const Setup& setup);
  std::optional<Error> step();
  Result<Sample> broken(Error error);
  StopReport bring_to_rest(StopCategory category);

  Phase phase_ = Phase::empty;
  Setup setup_;  ///< outlives simulation_, which refers to it
  mujoco::ModelCache models_;
  std::unique_ptr<Simulation> simulation_;
  RobotDescription description_;
  std::deque<Due> queue_;  ///< actions that inference has not delivered yet
  StopReport last_stop_;
  mujoco::ModelPtr visible_;  ///< as the trial starts it; the simulation's own is marked for its ray casts
  mujoco::CameraProcess cameras_;
};

Result<void> MujocoRobot::reset(const Setup& setup) {
  phase_ = Phase::empty;
  simulation_.reset();
  visible_.reset();
  cameras_.forget_model();
  queue_.clear();
  last_stop_ = {};
  if (setup.control_period_ns <= 0 || setup.latency_ns < 0 || !(setup.physics.timestep_s > 0))
    return mujoco::timing_does_not_fit("a period or latency is not positive");
  const std::int64_t step_ns = ns_from_s(setup.physics.timestep_s);
  if (step_ns < 1 || setup.control_period_ns % step_ns != 0)
    return mujoco::timing_does_not_fit(std::to_string(setup.control_period_ns) + " ns / " + std::to_string(step_ns) +
                                       " ns");
  setup_ = setup;
  mujoco::clear_warning();
  Result<std::unique_ptr<Simulation>> made = mujoco::wrong_order("not made");
  const auto thrown = guarded([&] { made = Simulation::make(setup_, models_); });
  if (thrown) return mujoco::engine_stopped(setup_.world, *thrown);
  if (!made.ok()) return std::move(made).error();
  simulation_ = std::move(made).value();
  if (auto fault = simulation_->fault()) return std::move(*fault);
  describe_simulation(setup);
  phase_ = Phase::ready;
  return {};
}

void MujocoRobot::describe_simulation(const Setup& setup) {
  description_ = {};
  description_.adapter = "mujoco";
  description_.identity = setup.world.sha256;
  description_.engine = mujoco_engine();
  description_.clock = ClockMode::lockstep;
  description_.control_period_ns = setup.control_period_ns;
  description_.groups = setup.world.groups;
  description_.robot_mjcf = setup.world.robot_mjcf;
  for (const auto& group : setup.world.groups) {
    if (group.kind == Group::Kind::arm) description_.capabilities.emplace_back("arm");
    if (group.kind == Group::Kind::gripper) description_.capabilities.emplace_back("gripper");
    if (group.kind == Group::Kind::base) description_.capabilities.emplace_back("mobile_base");
    if (group.kind == Group::Kind::legs) description_.capabilities.emplace_back("legs");
  }
  description_.truth_channels = simulation_->truth_channels();
  description_.peak_channels = simulation_->peak_channels();
  description_.observation_channels = observation_channels(setup.world.groups);
  description_.missing_signals = simulation_->missing_signals();
}

Result<Sample> MujocoRobot::begin(const Instruction& /*instruction*/) {
  if (phase_ != Phase::ready) return mujoco::wrong_order("begin() needs a reset() before it");
  phase_ = Phase::running;
  Sample sample;
  const auto thrown = guarded([&] { simulation_->sample(sample); });
  if (!thrown) return sample;
  phase_ = Phase::broken;
  return mujoco::engine_stopped(setup_.world, *thrown);
}

/// One physics step; what went wrong, if anything.
std::optional<Error> MujocoRobot::step() {
  const auto thrown = guarded([&] {
    while (!queue_.empty() && queue_.front().at_ns <= simulation_->now_ns()) {
      simulation_->command(queue_.front().action);
      queue_.pop_front();
    }
    simulation_->step();
  });
  if (thrown) return mujoco::engine_stopped(setup_.world, *thrown);
  return simulation_->fault();
}

Result<Sample> MujocoRobot::advance(const Action& action) {
  if (phase_ != Phase::running) return mujoco::wrong_order("advance() needs begin() before it, and no stop()");
  ASSAY_RETURN_IF_ERROR(check_action(description_, action));
  simulation_->hear(action);
  queue_.push_back({simulation_->now_ns() + setup_.latency_ns + simulation_->command_delay_ns(), action});
  simulation_->begin_period();
  const std::int64_t end_ns = simulation_->now_ns() + setup_.control_period_ns;
  while (simulation_->now_ns() < end_ns) {
    if (auto error = step()) return broken(std::move(*error));
  }
  Sample sample;
  const auto thrown = guarded([&] { simulation_->sample(sample); });
  if (!thrown) return sample;
  return broken(mujoco::engine_stopped(setup_.world, *thrown));
}

Result<Image> MujocoRobot::look(const CameraView& view) {
  if (phase_ != Phase::running) return mujoco::wrong_order("look() needs a sample before it");
  Result<Image> seen = mujoco::wrong_order("not seen");
  const auto thrown = guarded([&] {
    seen = [&]() -> Result<Image> {
      if (!visible_) {
        ASSAY_TRY(visible_, models_.copy_of(setup_.world));
        const mujoco::DataPtr data(mj_makeData(visible_.get())), scratch(mj_makeData(visible_.get()));
        if (!data || !scratch) return mujoco::engine_stopped(setup_.world, "mj_makeData failed");
        ASSAY_RETURN_IF_ERROR(mujoco::apply_setup(setup_, *visible_, *data, *scratch));
      }
      return cameras_.look(*visible_, simulation_->state(), view);
    }();
  });
  if (thrown) return mujoco::engine_stopped(setup_.world, *thrown);
  return seen;
}

/// A world that breaks does not undo what was broken in it before: limits that were hit go out first.
Result<Sample> MujocoRobot::broken(Error error) {
  phase_ = Phase::broken;
  if (!simulation_->has_hits()) return error;
  Sample sample;
  simulation_->last_words(sample);
  return sample;
}

StopReport MujocoRobot::stop(StopCategory category) noexcept {
  try {
    if (last_stop_.requested) return last_stop_;
    last_stop_ = bring_to_rest(category);
  } catch (...) {
    last_stop_.requested = true;
    last_stop_.confirmed = false;
  }
  return last_stop_;
}

StopReport MujocoRobot::bring_to_rest(StopCategory category) {
  constexpr std::int64_t kLongestNs = 500'000'000;
  StopReport report;
  report.requested = true;
  if (!simulation_ || phase_ == Phase::broken || phase_ == Phase::empty) {
    // A world that is not stepped does not move.
    report.confirmed = true;
    report.detail = simulation_ ? "the simulation broke and stands still" : "no world is loaded";
    if (simulation_) {
      report.requested_at = report.confirmed_at = SimTime{simulation_->now_ns()};
      report.limit_hits = simulation_->take_hits();
    }
    return report;
  }
  phase_ = Phase::stopped;
  queue_.clear();
  report.requested_at = report.confirmed_at = SimTime{simulation_->now_ns()};
  simulation_->make_safe(category);
  const std::int64_t last_ns = simulation_->now_ns() + kLongestNs;
  while (!report.confirmed) {
    report.confirmed = simulation_->at_rest();
    report.confirmed_at = SimTime{simulation_->now_ns()};
    if (report.confirmed || simulation_->now_ns() >= last_ns) break;
    if (step()) {
      report.confirmed = true;
      report.detail = "the simulation broke and stands still";
    }
  }
  report.limit_hits = simulation_->take_hits();
  if (!report.confirmed) report.detail = "still moving after 0.5 s";
  return report;
}

}  // namespace

std::unique_ptr<Robot> make_mujoco_robot() { return std::make_unique<MujocoRobot>(); }

}  // namespace assay
