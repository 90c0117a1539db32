// A recorded trial put back into a model, row by row.
#pragma once

#include <mujoco/mujoco.h>

#include <cstdint>
#include <vector>

#include "core/model/body.h"
#include "core/result.h"
#include "core/trace.h"

namespace assay::mujoco {

class Replay {
 public:
  /// Finds which channels move what. `trace` outlives it. Fails with ASSAY-0726 (nothing of this world is in the trace)
  /// and 0422 (the binding's names).
  static Result<Replay> make(const Trace& trace, const World& world, const mjModel& model, mjData& scratch);
  /// Positions of the last rows at or before `t_ns`.
  void apply(mjData& data, std::int64_t t_ns) const;

 private:
  /// A body that moves freely, or is moved by hand (mocap), from seven channels in a row.
  struct Pose {
    int column = 0, qpos = -1, mocap = -1;
  };
  /// A joint from one channel: offset + scale · value, within the joint's own range.
  struct Joint {
    int column = 0, qpos = 0;
    double offset = 0, scale = 1, low = -1e9, high = 1e9;
  };

  const Stream* truth_ = nullptr;
  const Stream* seen_ = nullptr;
  std::vector<Pose> poses_;
  std::vector<Joint> truth_joints_, seen_joints_;
};

}  // namespace assay::mujoco
