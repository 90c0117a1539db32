// A trial's realised values put into a working model and fresh data: masses, friction, poses, home.
#pragma once

#include <mujoco/mujoco.h>

#include "core/model/setup.h"
#include "core/result.h"

namespace assay::mujoco {

/// Changes `model` (masses, friction, poses of fixed bodies, time step; constants recomputed where they depend on
/// it) and leaves `data` at the trial's initial state, kinematics not yet computed. A body's yaw replaces its
/// heading and keeps its tilt. `scratch` is room for kinematics. Fails with ASSAY-0421.
Result<void> apply_setup(const Setup& setup, mjModel& model, mjData& data, mjData& scratch);

}  // namespace assay::mujoco
