// What a simulated controller makes of its own sensors and of its load, by what they say alone; and what they say while
// a stimulus has one of them fail.
//
// Sensors: a joint's position is held against its measured speed, the odometry's way against the base's measured speed;
// more than kJoint_rad or kWay_m between them, forgotten over kMemory_s, is doubtful. So is a scanner that has not
// turned for kTurns of its periods, or that says the same to the bit kTurns times while the base moves. Load: with the
// gripper told to close, what hangs at the wrist for kLoad_s is carried; less than half of it for kLost_s, or until
// the gripper is told to open, is lost. What is lost or doubtful stays so.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "core/model/sample.h"
#include "core/model/setup.h"

namespace assay::mujoco {

class SelfCheck {
 public:
  static constexpr double kJoint_rad = 0.02, kWay_m = 0.03, kMemory_s = 0.5, kMoving_m_s = 0.05;
  static constexpr double kLeast_n = 0.4, kLoad_s = 0.2, kLost_s = 0.05, kHalf = 0.5;
  static constexpr int kTurns = 3;

  void reset(const Setup& setup);
  /// Once per control period: falsifies what the sensors say where `fault` stands, then looks at it. `gripping`: the
  /// gripper is told to close.
  void look(const Stimulus* fault, bool gripping, Observation& seen);

  [[nodiscard]] bool sensors_doubtful() const { return doubtful_; }
  [[nodiscard]] bool load_lost() const { return lost_; }
  [[nodiscard]] bool carries() const { return carried_n_ > 0; }

 private:
  struct Joints {
    std::size_t group = 0;
    std::vector<double> position_rad, velocity_rad_s, drift_rad;
  };
  struct Way {
    std::size_t group = 0;
    std::array<double, 3> odometry{};
    double speed_m_s = 0, drift_m = 0;
  };
  struct Turn {
    std::vector<float> range_m;
    double age_s = 0;
    int same = 0;
  };
  void falsify(const Stimulus& fault, Observation& seen) const;
  void look_at_joints(Joints& joints, const GroupState& now);
  void look_at_way(Way& way, const GroupState& now);
  void look_at_scan(Turn& turn, const RangeScan& scan, bool moves);
  void look_at_load(double load_n, bool gripping);

  double period_s_ = 0.02, turn_s_ = 0.1;
  bool first_ = true, doubtful_ = false, lost_ = false;
  int arm_ = -1;  ///< whose load is watched
  double carried_n_ = 0, load_s_ = 0, lost_s_ = 0;
  std::vector<Joints> joints_;
  std::vector<Way> ways_;
  std::vector<Turn> turns_;
  Observation sound_;  ///< as it was when nothing failed
};

}  // namespace assay::mujoco
