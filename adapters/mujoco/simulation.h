// One trial's world: model, data, controllers, sensors and watches, wired together.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "adapters/mujoco/actors.h"
#include "adapters/mujoco/arm_control.h"
#include "adapters/mujoco/base_control.h"
#include "adapters/mujoco/contacts.h"
#include "adapters/mujoco/distance.h"
#include "adapters/mujoco/leg_control.h"
#include "adapters/mujoco/limits.h"
#include "adapters/mujoco/noise.h"
#include "adapters/mujoco/perception.h"
#include "adapters/mujoco/proprioception.h"
#include "adapters/mujoco/protection.h"
#include "adapters/mujoco/self_check.h"
#include "adapters/mujoco/truth.h"
#include "adapters/mujoco/world.h"
#include "adapters/robot.h"

namespace assay::mujoco {

class Simulation {
 public:
  /// Everything but `setup` and `models` is made anew, so a trial cannot depend on what ran before. `setup` must
  /// outlive the result. May throw what MuJoCo's error hook throws.
  static Result<std::unique_ptr<Simulation>> make(const Setup& setup, ModelCache& models);

  [[nodiscard]] const mjData& state() const { return *data_; }
  [[nodiscard]] std::int64_t now_ns() const { return step_ * step_ns_; }
  /// What the policy said, as of now.
  void hear(const Action& action) { truth_.hear(*data_, action.reports); }
  void command(const Action& action);
  /// From the arrival of a command to its being carried out (a known error of the robot).
  [[nodiscard]] std::int64_t command_delay_ns() const { return command_delay_ns_; }
  void step();
  void begin_period();
  void sample(Sample& sample);
  /// What can be said after a fault: limits broken before it and the period's peaks; truth and observation are those
  /// of the last tick, because the state is worth nothing any more. All finite.
  void last_words(Sample& sample);
  std::vector<LimitHit> take_hits() { return limits_.take_hits(); }
  [[nodiscard]] bool has_hits() const { return limits_.has_hits(); }
  void make_safe(StopCategory category);
  [[nodiscard]] bool at_rest() const;
  /// The warning that ends the trial, if MuJoCo counted one.
  [[nodiscard]] std::optional<Error> fault() const { return fault_of_warnings(); }

  [[nodiscard]] const std::vector<Channel>& truth_channels() const { return truth_.channels(); }
  [[nodiscard]] const std::vector<Channel>& peak_channels() const { return limits_.channels(); }
  [[nodiscard]] const std::vector<SignalSpec>& missing_signals() const { return truth_.missing(); }

 private:
  explicit Simulation(const Setup& setup) : setup_(setup) {}
  Result<void> load(ModelCache& models);
  Result<void> add_groups();
  Result<void> add_group(std::size_t index);
  Result<void> add_leg_sensor(std::size_t index, const LegControl& legs);
  Result<void> add_faults();
  void weaken();
  void locate_groups();
  void settle_first_state();
  void engage_brakes();
  void release_brakes();
  Result<void> add_protection(const SafetyDefects& defects);
  void protect();
  void begin_stop(StopCategory category);
  [[nodiscard]] Protection::Seen seen_of_protection() const;
  [[nodiscard]] std::optional<Error> fault_of_warnings() const;

  template <class T>
  struct OfGroup {
    std::size_t group;
    T part;
  };

  const Setup& setup_;
  ModelPtr model_;
  DataPtr data_, scratch_;
  std::int64_t step_ = 0, step_ns_ = 2'000'000;
  bool power_off_ = false;
  std::int64_t command_delay_ns_ = 0;
  SafetyDefects safety_;
  Protection protection_;
  SelfCheck self_;
  StopCategory stop_ = StopCategory::cat2;  ///< the last one that protection began
  std::vector<SurfaceDistance> people_;     ///< from the robot
  struct Brake {
    int dof = -1;
    double friction = 0, impedance[2] = {0, 0};
  };
  std::vector<Brake> brakes_;  ///< closed ones, as they were
  std::size_t leg_feet_ = 0;   ///< feet whose force is read

  std::vector<OfGroup<ArmControl>> arms_;
  std::vector<OfGroup<GripperControl>> grippers_;
  std::vector<OfGroup<BaseControl>> bases_;
  std::vector<OfGroup<LegControl>> legs_;
  Proprioception proprioception_;
  std::vector<OfGroup<RangeScanner>> scanners_;
  Detector detector_;
  SensorNoises noise_;
  SensorFaults faults_;
  std::vector<OfGroup<ActuatorFault>> weakenings_;  ///< that are still to come
  SensingFrame frame_;
  Actors actors_;
  Pushes pushes_;
  ContactWatch contacts_;
  Truth truth_;
  Limits limits_;
  std::vector<double> last_truth_;
  Observation observation_;  ///< of the last tick: scans and detections stand until they are measured again
};

}  // namespace assay::mujoco
