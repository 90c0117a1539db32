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

/// How far down a geom reaches, world frame. After mj_kinematics.
double lowest_m(const mjModel& model, const mjData& data, int geom);

/// 0421 if two things that are not the robot's stand more than 2 mm inside each other at t = 0: such a start is the
/// laboratory's fault, and the push that follows must not be counted as the robot's doing. After mj_step1.
Result<void> check_apart(const mjModel& model, const mjData& data);

}  // namespace assay::mujoco
