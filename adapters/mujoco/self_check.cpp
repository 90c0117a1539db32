#include "adapters/mujoco/self_check.h"

#include <algorithm>
#include <cmath>

namespace assay::mujoco {

void SelfCheck::reset(const Setup& setup) {
  *this = SelfCheck();
  period_s_ = static_cast<double>(setup.control_period_ns) * 1e-9;
  turn_s_ = std::max(period_s_, 1 / setup.range_rate_hz);
  for (std::size_t i = 0; i < setup.world.groups.size(); ++i) {
    const auto kind = setup.world.groups[i].kind;
    if (kind == Group::Kind::arm) {
      joints_.push_back({i, {}, {}, {}});
      if (arm_ < 0) arm_ = static_cast<int>(i);
    }
    if (kind == Group::Kind::base) {
      Way way;
      way.group = i;
      ways_.push_back(way);
    }
  }
}

/// A frozen encoder keeps its position alone; a silent one says nothing new at all. The jump of joints is put in where
/// they are measured, because the tool's pose follows from them.
void SelfCheck::falsify(const Stimulus& fault, Observation& seen) const {
  using Sensor = Stimulus::Sensor;
  const bool silent = fault.fault == Stimulus::Fault::silent, jump = fault.fault == Stimulus::Fault::offset;
  if (fault.sensor == Sensor::joints && !jump)
    for (const auto& joints : joints_) {
      const GroupState& then = sound_.groups[joints.group];
      GroupState& now = seen.groups[joints.group];
      now.position_rad = then.position_rad;
      now.tcp_m = then.tcp_m;
      now.tcp_wxyz = then.tcp_wxyz;
      if (silent) now.velocity_rad_s = then.velocity_rad_s;
    }
  if (fault.sensor == Sensor::odometry)
    for (const auto& way : ways_) {
      const GroupState& then = sound_.groups[way.group];
      GroupState& now = seen.groups[way.group];
      if (jump) {
        now.odometry[0] += fault.offset * std::cos(now.odometry[2]);
        now.odometry[1] += fault.offset * std::sin(now.odometry[2]);
        continue;
      }
      now.odometry = then.odometry;
      if (silent) now.twist = then.twist;
    }
  if (fault.sensor == Sensor::range)
    for (std::size_t i = 0; i < seen.scans.size(); ++i) {
      if (jump) {
        for (float& range : seen.scans[i].range_m)
          if (seen.scans[i].fresh && range < seen.scans[i].max_m)
            range = std::clamp(range + static_cast<float>(fault.offset), 0.0F, seen.scans[i].max_m);
        continue;
      }
      seen.scans[i].range_m = sound_.scans[i].range_m;
      if (silent) seen.scans[i].fresh = false;
    }
}

void SelfCheck::look(const Stimulus* fault, bool gripping, Observation& seen) {
  if (fault == nullptr || first_)
    sound_ = seen;
  else
    falsify(*fault, seen);
  turns_.resize(seen.scans.size());
  bool moves = false;
  for (auto& joints : joints_) look_at_joints(joints, seen.groups[joints.group]);
  for (auto& way : ways_) {
    look_at_way(way, seen.groups[way.group]);
    moves = moves || std::abs(way.speed_m_s) > kMoving_m_s;
  }
  for (std::size_t i = 0; i < turns_.size(); ++i) look_at_scan(turns_[i], seen.scans[i], moves);
  if (arm_ >= 0) look_at_load(-seen.groups[static_cast<std::size_t>(arm_)].tcp_force_n[2], gripping);
  first_ = false;
}

void SelfCheck::look_at_joints(Joints& joints, const GroupState& now) {
  const std::size_t n = now.position_rad.size();
  joints.drift_rad.resize(n);
  for (std::size_t i = 0; i < n && !first_; ++i) {
    const double way = now.position_rad[i] - joints.position_rad[i];
    const double told = (now.velocity_rad_s[i] + joints.velocity_rad_s[i]) / 2 * period_s_;
    joints.drift_rad[i] += way - told - joints.drift_rad[i] * period_s_ / kMemory_s;
    doubtful_ = doubtful_ || std::abs(joints.drift_rad[i]) > kJoint_rad;
  }
  joints.position_rad = now.position_rad;
  joints.velocity_rad_s = now.velocity_rad_s;
}

void SelfCheck::look_at_way(Way& way, const GroupState& now) {
  const double told = (now.twist[0] + way.speed_m_s) / 2 * period_s_;
  if (!first_) {
    const double gone = std::hypot(now.odometry[0] - way.odometry[0], now.odometry[1] - way.odometry[1]);
    way.drift_m += std::copysign(gone, told) - told - way.drift_m * period_s_ / kMemory_s;
    doubtful_ = doubtful_ || std::abs(way.drift_m) > kWay_m;
  }
  way.odometry = now.odometry;
  way.speed_m_s = now.twist[0];
}

void SelfCheck::look_at_scan(Turn& turn, const RangeScan& scan, bool moves) {
  turn.age_s = scan.fresh ? 0 : turn.age_s + period_s_;
  if (scan.fresh) {
    const bool met = std::any_of(scan.range_m.begin(), scan.range_m.end(), [&](float r) { return r < scan.max_m; });
    turn.same = moves && met && scan.range_m == turn.range_m ? turn.same + 1 : 0;
    turn.range_m = scan.range_m;
  }
  doubtful_ = doubtful_ || turn.same >= kTurns || turn.age_s > kTurns * turn_s_;
}

void SelfCheck::look_at_load(double load_n, bool gripping) {
  if (!gripping) {
    lost_ = lost_ || lost_s_ > 0;  // who opens the hand because it is empty has lost the load all the same
    carried_n_ = load_s_ = lost_s_ = 0;
    return;
  }
  load_s_ = load_n > kLeast_n ? load_s_ + period_s_ : 0;
  if (carried_n_ == 0 && load_s_ >= kLoad_s) carried_n_ = load_n;
  if (carried_n_ == 0) return;
  const bool less = load_n < kHalf * carried_n_;
  lost_s_ = less ? lost_s_ + period_s_ : 0;
  if (!less) carried_n_ += (load_n - carried_n_) * period_s_ / kMemory_s;
  lost_ = lost_ || lost_s_ >= kLost_s;
}

}  // namespace assay::mujoco
