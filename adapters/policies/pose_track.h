// A set point that glides to a target pose with bounded speed and acceleration; each step yields the
// ee_delta_pose to command. Frame: the arm's base.
#pragma once

#include <Eigen/Geometry>
#include <array>
#include <vector>

namespace assay::policies {

struct PoseTarget {
  Eigen::Vector3d position_m = Eigen::Vector3d::Zero();
  Eigen::Quaterniond rotation = Eigen::Quaterniond::Identity();
};

/// Tool z down, turned by yaw_rad about the vertical.
Eigen::Quaterniond tool_down(double yaw_rad);
/// Yaw of a tool that points down (inverse of tool_down).
double tool_yaw(const Eigen::Quaterniond& rotation);

class PoseTrack {
 public:
  void reset(const PoseTarget& at);
  /// Moves the set point one period towards `target`; returns translation and rotation vector of this step. A set
  /// point that ran away from the measured pose (a push, a contact) is taken back to it first.
  std::vector<double> step(const PoseTarget& measured, const PoseTarget& target, double speed_m_s, double period_s);
  /// The set point stands on `target`.
  [[nodiscard]] bool arrived(const PoseTarget& target) const;

 private:
  PoseTarget at_;
  double speed_m_s_ = 0;
};

}  // namespace assay::policies
