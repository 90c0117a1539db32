// Truth: what the simulator knows of the signals that conditions, limits and metrics need. World frame.
#pragma once

#include <mujoco/mujoco.h>

#include <vector>

#include "adapters/mujoco/actors.h"
#include "adapters/mujoco/contacts.h"
#include "adapters/mujoco/distance.h"
#include "adapters/mujoco/entities.h"
#include "core/model/setup.h"
#include "core/trace.h"

namespace assay::mujoco {

class Truth {
 public:
  /// Resolves names; registers the contacts it needs with `watch`. Signals that name something the scene lacks go
  /// into missing().
  void reset(const mjModel& model, const Setup& setup, ContactWatch& watch);

  [[nodiscard]] const std::vector<Channel>& channels() const { return channels_; }
  [[nodiscard]] const std::vector<SignalSpec>& missing() const { return missing_; }
  /// One row, in the order of channels(). Twist is that of the entity's own frame's origin.
  void read(const mjModel& model, const mjData& data, const ContactWatch& watch, const Actors& actors,
            std::vector<double>& row) const;

 private:
  struct Signal {
    SignalSpec::Kind kind = SignalSpec::Kind::pose;
    int body = -1, site = -1;        ///< pose, twist
    int pair = -1, other_pair = -1;  ///< contact; both sides of a grasp
    int distance = -1;
  };
  bool add(const mjModel& model, const Setup& setup, const SignalSpec& spec, ContactWatch& watch);
  bool add_grasp(const mjModel& model, const Setup& setup, const SignalSpec& spec, const Entity& a, ContactWatch& watch,
                 Signal& signal);
  void name_channels(const SignalSpec& spec);

  std::vector<Signal> signals_;
  std::vector<SurfaceDistance> distances_;
  std::vector<Channel> channels_;
  std::vector<SignalSpec> missing_;
};

}  // namespace assay::mujoco
