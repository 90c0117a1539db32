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

struct MotionLimits {
  double speed_m_s = 0.4, acceleration_m_s2 = 1.5;
  double turn_rad_s = 1.5, turn_acceleration_rad_s2 = 6;
};

/// Tool z down, turned by yaw_rad about the vertical.
Eigen::Quaterniond tool_down(double yaw_rad);
/// Tool z level forward along yaw_rad and then `tilt_rad` below the horizon, tool x up, fingers closing level.
Eigen::Quaterniond tool_forward(double yaw_rad, double tilt_rad);
/// Yaw of a tool that points down (inverse of tool_down).
double tool_yaw(const Eigen::Quaterniond& rotation);

class PoseTrack {
 public:
  void reset(const PoseTarget& at);
  /// Moves the set point one period towards `target`; returns translation and rotation vector of this step. A set
  /// point that ran away from the measured pose (a push, a contact) is taken back to it first.
  std::vector<double> step(const PoseTarget& measured, const PoseTarget& target, const MotionLimits& limits,
                           double period_s);
  /// Comes to rest where it is; returns what is left of the motion.
  std::vector<double> halt(const MotionLimits& limits, double period_s);
  /// From the set point to where the tool is: large when something is in the way.
  [[nodiscard]] Eigen::Vector3d lag_m(const PoseTarget& measured) const { return measured.position_m - at_.position_m; }
  /// The set point stands on `target`.
  [[nodiscard]] bool arrived(const PoseTarget& target) const;

 private:
  std::vector<double> move(const Eigen::Vector3d& velocity_m_s, const Eigen::Vector3d& turn_rad_s,
                           const MotionLimits& limits, double period_s);

  PoseTarget at_;
  Eigen::Vector3d velocity_m_s_ = Eigen::Vector3d::Zero(), turn_rad_s_ = Eigen::Vector3d::Zero();
};

}  // namespace assay::policies
