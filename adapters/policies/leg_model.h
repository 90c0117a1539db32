// A robot with legs as a policy knows it: its maker's model, and where trunk and feet are by the robot's own sensors.
// The ground is level; nothing of the scene is in it.
#pragma once

#include <Eigen/Core>
#include <vector>

#include "adapters/mujoco/actuators.h"
#include "adapters/mujoco/world.h"
#include "adapters/policy.h"

namespace assay::policies {

class LegModel {
 public:
  /// ASSAY-0404 where the robot has no legs or no model of its own, 0420, 0422. In this model the actuators give the
  /// torque that they are told and the joints have no dry friction: what a controller is designed with.
  static Result<LegModel> make(const std::string& policy, const RobotDescription& robot);

  [[nodiscard]] mjModel& model() const { return *model_; }
  [[nodiscard]] mjData& data() const { return *data_; }
  [[nodiscard]] const Group& group() const { return group_; }
  [[nodiscard]] const std::vector<mujoco::JointRef>& joints() const { return joints_; }
  [[nodiscard]] const std::vector<int>& feet() const { return feet_; }
  [[nodiscard]] int trunk() const { return trunk_; }
  /// Largest torque of each actuator as the maker's model has it, N·m; 1000 where it has none.
  [[nodiscard]] const Eigen::VectorXd& most_nm() const { return most_nm_; }

  /// Home posture with the feet on the ground, at rest, the trunk over the origin.
  void stand(mjData& data) const;
  /// Torques of the joints, in the group's order.
  void set_torques(mjData& data, const Eigen::VectorXd& torques_nm) const;
  /// One control period held: positions and speeds of `data` are those that joints, IMU and feet tell, on the
  /// assumption that the feet, weighted by their load, stand where `feet_m` says and do not move. `yaw_rad` is the
  /// IMU's heading that counts as 0.
  void estimate(const GroupState& state, const std::vector<Eigen::Vector3d>& feet_m, double yaw_rad,
                mjData& data) const;
  /// Heading of the IMU.
  [[nodiscard]] static double heading_of(const GroupState& state);
  /// The middle of what a foot stands on in the home posture, as part of the foot.
  [[nodiscard]] Eigen::Vector3d foot_m(const mjData& data, std::size_t foot) const;

 private:
  [[nodiscard]] Eigen::Matrix3d imu_rotation(const mjData& data) const;
  void find_soles();

  Group group_;
  mujoco::ModelPtr model_;
  mujoco::DataPtr data_;
  std::vector<mujoco::JointRef> joints_;
  std::vector<mujoco::ActuatorRef> actuators_;
  std::vector<int> feet_;
  std::vector<Eigen::Vector3d> soles_m_;  ///< foot_m() in the foot's own frame
  Eigen::VectorXd most_nm_;
  int trunk_ = -1, imu_site_ = -1, root_qpos_ = 0, root_dof_ = 0;
};

}  // namespace assay::policies
