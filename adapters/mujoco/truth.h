// Truth: what the simulator knows of the signals that conditions, limits and metrics need. World frame.
#pragma once

#include <mujoco/mujoco.h>

#include <vector>

#include "adapters/mujoco/actors.h"
#include "adapters/mujoco/contacts.h"
#include "adapters/mujoco/distance.h"
#include "adapters/mujoco/entities.h"
#include "adapters/mujoco/protection.h"
#include "adapters/mujoco/reports.h"
#include "core/model/setup.h"
#include "core/trace.h"

namespace assay::mujoco {

class Truth {
 public:
  /// Resolves names; registers the contacts it needs with `watch`. Signals that name something the scene lacks go
  /// into missing().
  void reset(const mjModel& model, const Setup& setup, ContactWatch& watch, const Protection& protection);

  [[nodiscard]] const std::vector<Channel>& channels() const { return channels_; }
  [[nodiscard]] const std::vector<SignalSpec>& missing() const { return missing_; }
  /// What the subject says of the world as it is now.
  void hear(const mjData& data, const std::vector<Report>& reports) { reports_.hear(data, reports); }
  /// One row, in the order of channels(). Twist is that of the entity's own frame's origin.
  void read(const mjModel& model, const mjData& data, const ContactWatch& watch, const Actors& actors,
            const Protection& protection, std::vector<double>& row) const;

 private:
  struct Signal {
    SignalSpec::Kind kind = SignalSpec::Kind::pose;
    int body = -1, site = -1;                ///< pose, twist
    int pair = -1;                           ///< contact
    std::vector<std::array<int, 2>> grasps;  ///< both sides, for each gripper that is meant
    int distance = -1;
    int joint = -1;   ///< joint, spring
    int report = -1;  ///< -1: those that meant nothing
    std::string stimulus;
  };
  bool add(const mjModel& model, const Setup& setup, const SignalSpec& spec, ContactWatch& watch);
  [[nodiscard]] bool add_without_body(const mjModel& model, const SignalSpec& spec, Signal& signal) const;
  bool add_grasp(const mjModel& model, const Setup& setup, const SignalSpec& spec, const Entity& a, ContactWatch& watch,
                 Signal& signal);
  void name_channels(const mjModel& model, const SignalSpec& spec);

  std::vector<Signal> signals_;
  std::vector<SurfaceDistance> distances_;
  ReportWatch reports_;
  std::vector<Channel> channels_;
  std::vector<SignalSpec> missing_;
};

}  // namespace assay::mujoco
