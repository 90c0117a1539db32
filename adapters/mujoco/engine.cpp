#include <mujoco/mujoco.h>

#include <string>

#include "adapters/mujoco/mujoco_robot.h"

namespace assay {

std::string mujoco_engine() { return std::string("MuJoCo ") + mj_versionString(); }

}  // namespace assay
