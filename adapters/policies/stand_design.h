// A standing posture, the torques that hold it and the gains that keep it: computed from the robot's own model.
#pragma once

#include <Eigen/Core>
#include <vector>

#include "adapters/policies/leg_model.h"

namespace assay::policies {

struct Stand {
  double depth_m = 0;                   ///< the trunk below its height in the home posture
  std::vector<mjtNum> qpos;             ///< at rest, in balance
  std::vector<Eigen::Vector3d> feet_m;  ///< where the feet stand then
  Eigen::VectorXd torque_nm;            ///< that hold it
  Eigen::MatrixXd gain;  ///< torque = torque_nm − gain·(position error, speed), MuJoCo's tangent space
};

/// The trunk level and `depth_m` lower than at home, the feet where they are at home, the centre of mass over their
/// middle. Found by damped least squares, settled in simulation with stiff joints, linearised there by finite
/// differences of MuJoCo's step (mjd_transitionFD), held over `steps` physics steps per decision, and fed to
/// lqr_gain(). ASSAY-0404 if the robot cannot stand so or no gain is found.
Result<Stand> design_stand(const std::string& policy, const LegModel& legs, double depth_m, int steps);

}  // namespace assay::policies
