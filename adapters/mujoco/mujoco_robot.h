// The embedded simulator as a Robot: MuJoCo, lock-step. Reproducible: one thread, integer time, every value from
// the Setup.
//
// Order within one physics step: due actions and controls, pushes → mj_step2 (forces, integration) → read forces →
// actors move → mj_step1 (kinematics, collision, speeds of the new state) → read state. So every sample is
// of one instant, and nothing is computed twice. (mj_step1 and mj_step2 integrate by Euler or the implicit
// method; a model that asks for RK4 gets Euler.)
#pragma once

#include <memory>
#include <string>

#include "adapters/robot.h"

namespace assay {

std::unique_ptr<Robot> make_mujoco_robot();
/// "MuJoCo 2.2.2": what every record names.
std::string mujoco_engine();
/// "MuJoCo 2.2.2": the library that is linked, not the header that was compiled against.
std::string mujoco_engine();

}  // namespace assay
