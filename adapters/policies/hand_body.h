// What a manipulating policy needs of its robot: one arm, one gripper, and what they feel.
#pragma once

#include <string>

#include "adapters/policies/pose_track.h"
#include "adapters/policy.h"
#include "core/model/body.h"
#include "core/model/sample.h"
#include "core/result.h"

namespace assay::policies {

class HandBody {
 public:
  /// The first arm and the first gripper. Fails with ASSAY-0404 where one is missing.
  Result<void> bind(const std::string& policy, const RobotDescription& robot);
  /// False while the arm's state is missing from what was seen or is not sound.
  bool feel(const Observation& seen);
  /// The arm's step and the gripper's opening.
  void command(Action& action, std::vector<double> delta, bool open) const;

  Group arm, gripper;
  double period_s = 0.02;
  PoseTarget tool;                                   ///< measured, arm's base frame
  double width_m = 0;                                ///< between the fingers
  Eigen::Vector3d push_n = Eigen::Vector3d::Zero();  ///< force of the world on the hand
  double wrist_n = 0;                                ///< force of the world on the hand
  [[nodiscard]] double opening_m() const { return gripper.max_width_m > 0 ? gripper.max_width_m : 0.08; }
  /// Presses so little that what is held must be moved with care.
  [[nodiscard]] bool weak() const { return gripper.grip_force_n > 0 && gripper.grip_force_n < 10; }
};

}  // namespace assay::policies
