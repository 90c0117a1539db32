// What passes between robot and policy each control period.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/time.h"

namespace assay {

enum class Mode { hold, joint_position, joint_velocity, joint_torque, ee_delta_pose, base_twist, gripper };

/// One group's command. Shapes: joint_* one value per joint of the group (rad, rad/s, N·m);
/// ee_delta_pose 6 values: translation (m) and rotation vector (rad) of the TCP, in the frame of the arm's
/// base, to be covered within this control period; base_twist 2: forward m/s, yaw rad/s; gripper 1: 0
/// closed … 1 open. A group that is not commanded keeps its last command (hold).
struct GroupAction {
  std::string group;
  Mode mode = Mode::hold;
  std::vector<double> values;
};

/// "There is a `label`": position in the frame that detections come in, as of the observation that the action answers.
/// What says refuse, or done without a report, is not carried out; done with one is, so that it is heard. At most
/// kMaxReports per action, kMaxLabelBytes per label and 1000 km; more is a fault of the subject.
struct Report {
  std::string label;
  std::array<double, 3> position_m{};
};

constexpr std::size_t kMaxReports = 100, kMaxLabelBytes = 256;

struct Action {
  std::vector<GroupAction> groups;
  std::vector<Report> reports;
  std::string utterance;
  bool done = false;
  bool refuse = false;
  std::string reason;  ///< of refuse
};

struct GroupState {
  std::string group;
  std::vector<double> position_rad, velocity_rad_s;  ///< measured; gripper: one value, width_m and m/s
  std::array<double, 3> tcp_m{};                     ///< arm: TCP in the arm's base frame, from measured joints
  std::array<double, 4> tcp_wxyz{1, 0, 0, 0};
  std::array<double, 3> tcp_force_n{};  ///< arm: force of the world on hand and what is beyond the wrist, arm's base
                                        ///< frame, mean over the control period (a wrist sensor, tared)
  std::array<double, 3> base_m{};       ///< arm, base: origin of the group's own base frame, as its maker drew it, in
                                        ///< the frame that detections come in
  std::array<double, 4> base_wxyz{1, 0, 0, 0};
  std::array<double, 3> odometry{};  ///< base: x_m, y_m, yaw_rad since reset, from wheel encoders
  std::array<double, 2> twist{};     ///< base: measured m/s, rad/s
  // legs: the IMU's orientation in the world (its yaw does not drift); in its own frame the rate of turn, and the
  // specific force (at rest 9.81, upwards) as the mean over the control period
  std::array<double, 4> imu_wxyz{1, 0, 0, 0};
  std::array<double, 3> imu_gyro_rad_s{}, imu_accel_m_s2{};
  std::vector<double> foot_force_n;  ///< per foot, size of the ground's force on it, mean over the control period
};

/// A harness-made detection: `made_up` is always true in simulation and stays in the record.
struct Detection {
  std::string label, kind;
  std::array<double, 3> position_m{};  ///< centre, in the frame of the (first) arm's base, else of the mobile base
  double yaw_rad = 0;
  std::array<double, 3> size_m{};
  bool made_up = true;
};

struct RangeScan {
  std::string group;
  std::vector<float> range_m;  ///< beam i at angle i·2π/n from the base's x axis, counter-clockwise; max = nothing
  float max_m = 0;
  bool fresh = false;  ///< measured in this control period
};

/// What the policy may see. Never the truth.
struct Observation {
  SimTime time;
  std::vector<GroupState> groups;
  std::vector<Detection> detections;
  std::vector<RangeScan> scans;

  [[nodiscard]] const GroupState* group(const std::string& name) const {
    for (const auto& g : groups)
      if (g.group == name) return &g;
    return nullptr;
  }
};

struct LimitHit {
  std::string id;
  std::int64_t t_ns = 0;
  double value = 0, limit = 0;
};

/// One control period: truth (only this is judged) and observation (what the policy may see).
struct Sample {
  SimTime time;
  std::vector<double> truth;  ///< order of RobotDescription::truth_channels
  std::vector<double> peaks;  ///< order of RobotDescription::peak_channels; largest over the period
  Observation observation;
  std::vector<LimitHit> limit_hits;  ///< first violation per limit, once
};

}  // namespace assay
