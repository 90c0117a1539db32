// What the robot's own encoders say: joints, TCP by forward kinematics of the measured joints, gripper width,
// wheel odometry; of legs: joints, IMU, forces in the feet.
#pragma once

#include <mujoco/mujoco.h>

#include <array>
#include <utility>
#include <vector>

#include "adapters/mujoco/actuators.h"
#include "adapters/mujoco/contacts.h"
#include "adapters/mujoco/defects.h"
#include "adapters/mujoco/noise.h"
#include "core/model/sample.h"

namespace assay::mujoco {

/// Opening of a gripper from its joints: the gap between its two sides at the joints' limits gives which end is
/// closed; between them the gap scales to the binding's max_width_m.
class GripperGauge {
 public:
  /// Uses `scratch` freely; sets the gripper's joints of `data` to the open end if the binding gives no home. 0422 if
  /// the joints' limits do not part the sides.
  static Result<GripperGauge> make(const mjModel& model, mjData& data, mjData& scratch, const World& world,
                                   const Group& group);
  [[nodiscard]] double width_m(const mjData& data) const;

 private:
  [[nodiscard]] double gap(const mjData& data) const;
  std::vector<JointRef> joints_;
  int side_a_ = -1, side_b_ = -1;
  double closed_gap_ = 0, open_gap_ = 0, max_width_m_ = 0;
};

/// What legs carry: encoders, an IMU, a force sensor in each foot.
struct LegSensor {
  std::size_t group = 0;
  std::vector<JointRef> joints;
  int trunk_body = -1, imu_site = -1;
  std::vector<int> feet;  ///< the contact watch's numbers
  std::array<double, 3> last_m_s{};
  bool measured = false;
};

class Proprioception {
 public:
  void reset(const World& world, double period_s);
  /// `wrist`: the contact watch's number of what lies beyond the arm's last joint.
  /// What every arm that is added from now on gets wrong.
  /// From now on every joint of an arm is measured so far off.
  void offset_joints(double offset_rad) { joint_offset_rad_ = offset_rad; }
  void set_tcp_error(const TcpError& error, StreamKey key);
  void add_arm(std::size_t group, std::vector<JointRef> joints, int tcp_site, int base_body, int wrist);
  void add_gripper(std::size_t group, GripperGauge gauge);
  void add_base(std::size_t group, const std::array<JointRef, 2>& wheels, const mjData& data);
  void add_legs(LegSensor legs) { legs_.push_back(std::move(legs)); }

  /// One control tick; `states` has one entry per group. `scratch` is needed where joints are noisy.
  void measure(const mjModel& model, const mjData& data, mjData& scratch, const ContactWatch& contacts,
               SensorNoises& noise, std::vector<GroupState>& states);
  [[nodiscard]] const std::array<double, 3>& odometry() const { return odometry_; }

 private:
  struct ArmSensor {
    std::size_t group;
    std::vector<JointRef> joints;
    int tcp_site, base_body, wrist;
    TcpError error;
  };
  struct GripperSensor {
    std::size_t group;
    GripperGauge gauge;
    double last_m = 0;
    bool measured = false;
  };
  struct WheelSensor {
    std::size_t group = 0;
    std::array<JointRef, 2> wheels{};
    std::array<double, 2> last_rad{};
    double radius_m = 0, track_m = 0;
  };
  void measure_arm(const ArmSensor& arm, const mjModel& model, const mjData& data, mjData& scratch, Noise& noise,
                   GroupState& state) const;
  /// A wrist sensor that is tared, and compensated for the weight and the inertia of hand and gripper.
  static void measure_force(const ArmSensor& arm, const mjData& data, const ContactWatch& contacts, Noise& noise,
                            GroupState& state);
  void measure_base(WheelSensor& base, const mjData& data, Noise& noise, GroupState& state);
  void measure_legs(LegSensor& legs, const mjModel& model, const mjData& data, const ContactWatch& contacts,
                    SensorNoises& noise, GroupState& state) const;

  const World* world_ = nullptr;
  double period_s_ = 0.02, joint_offset_rad_ = 0;
  TcpError tcp_error_;
  Rng tcp_rng_{StreamKey{}};
  std::vector<ArmSensor> arms_;
  std::vector<GripperSensor> grippers_;
  std::vector<WheelSensor> bases_;
  std::vector<LegSensor> legs_;
  std::array<double, 3> odometry_{};
};

}  // namespace assay::mujoco
