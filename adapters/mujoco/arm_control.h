// One arm: its command, and the control values that carry it out, each physics step.
//
// Motors get torque = kp·e + kd·(q̇_ref − q̇) plus qfrc_bias (gravity, Coriolis): a real arm's controller compensates
// its own weight just so. Position servos get the target and, while the target moves, what cancels the speed terms of
// their own law and of the joint's passive damping, so that they do not lag by (b2 + damping)/b1. Speed servos get a
// speed that closes on the target.
//
// ee_delta_pose (DESIGN §4.9): the commanded TCP pose is integrated from the deltas; joint steps are damped least
// squares (λ² 1e-3) of the delta plus 0.25 of what the pose reached so far is short of the one commanded, at most
// 2 rad/s (0.04 rad at 50 Hz), spread evenly over the control period. The second part lets steady errors (sag
// of servos) vanish; the commanded pose is kept within 30 mm and 0.1 rad of the reached one, and a joint's
// correction stops where its target leads by 0.05 rad, so that a blocked arm does not wind up. Arms of more than
// six joints drift home in their null space. The loop closes on the encoders without the sensor noise of the
// observation, as the motors' own loops do.
#pragma once

#include <mujoco/mujoco.h>

#include <Eigen/Core>
#include <optional>
#include <vector>

#include "adapters/mujoco/actuators.h"
#include "adapters/mujoco/geometry.h"
#include "core/model/sample.h"

namespace assay::mujoco {

class ArmControl {
 public:
  /// Holds where `data` stands. Fails with ASSAY-0422.
  static Result<ArmControl> make(const mjModel& model, const mjData& data, const World& world, const Group& group,
                                 double control_period_s);

  void command(const mjModel& model, const mjData& data, const GroupAction& action);
  /// Sets ctrl for the coming step; `data` holds positions, speeds and bias forces of now.
  void apply(const mjModel& model, mjData& data);
  /// From now on no joint is driven faster than `factor` of its speed limit (of 2 rad/s where the binding gives none).
  void weaken(const mjData& data, double factor);
  /// Controlled stop: the target becomes where the arm is, at rest.
  void hold_here(const mjData& data);
  /// Controlled stop along the way it is on: its fastest joint slows down by so much, the others in proportion.
  void brake(const mjData& data, double deceleration_rad_s2);
  /// A safely limited speed of the tool, and what is then driven of it. Of tool movements and joint speeds; positions
  /// of joints that are commanded at once are not cut.
  void limit_speed(std::optional<double> most_m_s, double ratio);
  /// Commanded from outside to turn its first joint on at `ratio` of the speed that it is rated for (2 rad/s where the
  /// binding gives none); `cut`: it holds itself to that, and gets there at kOverdrive_rad_s2.
  void overdrive(const mjModel& model, const mjData& data, double ratio, bool cut);
  /// Power off: no torque from any actuator.
  void release(mjData& data) const;

  [[nodiscard]] const std::vector<JointRef>& joints() const { return joints_; }
  [[nodiscard]] const std::vector<double>& speed_limits() const { return speed_limit_; }
  [[nodiscard]] int tcp_site() const { return tcp_site_; }
  [[nodiscard]] int base_body() const { return base_body_; }

 private:
  void start_pose_step(const mjModel& model, const mjData& data, const std::vector<double>& delta);
  [[nodiscard]] double tool_speed_m_s(const mjModel& model, const mjData& data, const std::vector<double>& joints);
  void follow_speed(const mjModel& model, const mjData& data);
  void follow_slowly(const mjModel& model);
  void servo(mjData& data, std::size_t i) const;
  [[nodiscard]] Eigen::VectorXd joint_step(const mjModel& model, const mjData& data, const Frame& base,
                                           const Eigen::Matrix<double, 6, 1>& delta,
                                           const Eigen::Matrix<double, 6, 1>& missing);

  std::vector<JointRef> joints_;
  std::vector<ActuatorRef> actuators_;
  std::vector<double> kp_, kd_, home_, speed_limit_;
  int tcp_site_ = -1, base_body_ = -1;
  double period_s_ = 0.02;

  Mode mode_ = Mode::joint_position;
  std::vector<double> values_;                    ///< speeds or torques of the last command
  Eigen::VectorXd target_, goal_, speed_, step_;  ///< goal: of joint_position; the target follows, at once if strong
  Eigen::VectorXd most_rad_s_;                    ///< per joint; empty: strong
  int steps_left_ = 0;
  double braking_rad_s2_ = 0;  ///< > 0: slowing down, `speed_` is what is left
  std::optional<double> most_m_s_;
  double ratio_ = 1, overdriven_rad_s_ = 0;
  bool has_pose_ = false;
  Frame pose_;                    ///< commanded TCP pose in the arm's base frame
  std::vector<mjtNum> jacobian_;  ///< 6 × nv, scratch
};

}  // namespace assay::mujoco
