#include "adapters/policies/pose_track.h"

#include <algorithm>
#include <cmath>

namespace assay::policies {
namespace {

constexpr double kRunaway_m = 0.06;

Eigen::Vector3d rotation_vector(const Eigen::Quaterniond& q) {
  const Eigen::AngleAxisd turn(q.w() < 0 ? Eigen::Quaterniond(-q.coeffs()) : q);
  return turn.axis() * turn.angle();
}

/// Speed along `way` from which one can still brake before its end, and that does not overshoot within one period.
Eigen::Vector3d braking_speed(const Eigen::Vector3d& way, double speed, double acceleration, double period_s) {
  const double distance = way.norm();
  if (distance < 1e-9) return Eigen::Vector3d::Zero();
  const double brake = std::sqrt(2 * acceleration * distance) - 0.5 * acceleration * period_s;
  const double most = std::min(speed, distance / period_s);
  return way / distance * std::clamp(brake, std::min(most, 0.01), most);
}

Eigen::Vector3d bounded_change(const Eigen::Vector3d& from, const Eigen::Vector3d& to, double most) {
  const Eigen::Vector3d change = to - from;
  const double size = change.norm();
  return size > most ? Eigen::Vector3d(from + change * (most / size)) : to;
}

}  // namespace

Eigen::Quaterniond tool_down(double yaw_rad) {
  return Eigen::Quaterniond(Eigen::AngleAxisd(yaw_rad, Eigen::Vector3d::UnitZ())) * Eigen::Quaterniond(0, 1, 0, 0);
}

Eigen::Quaterniond tool_forward(double yaw_rad, double tilt_rad) {
  constexpr double kQuarter = 1.5707963267948966;
  return Eigen::Quaterniond(Eigen::AngleAxisd(yaw_rad, Eigen::Vector3d::UnitZ()) *
                            Eigen::AngleAxisd(tilt_rad - kQuarter, Eigen::Vector3d::UnitY())) *
         Eigen::Quaterniond(0, 1, 0, 0);
}

double tool_yaw(const Eigen::Quaterniond& rotation) {
  const Eigen::Vector3d x = rotation * Eigen::Vector3d::UnitX();
  return std::atan2(x.y(), x.x());
}

void PoseTrack::reset(const PoseTarget& at) {
  at_ = at;
  velocity_m_s_.setZero();
  turn_rad_s_.setZero();
}

std::vector<double> PoseTrack::step(const PoseTarget& measured, const PoseTarget& target, const MotionLimits& limits,
                                    double period_s) {
  if ((at_.position_m - measured.position_m).norm() > kRunaway_m) reset(measured);
  const Eigen::Vector3d way = target.position_m - at_.position_m;
  const Eigen::Vector3d turn = rotation_vector(target.rotation * at_.rotation.conjugate());
  return move(braking_speed(way, limits.speed_m_s, limits.acceleration_m_s2, period_s),
              braking_speed(turn, limits.turn_rad_s, limits.turn_acceleration_rad_s2, period_s), limits, period_s);
}

std::vector<double> PoseTrack::halt(const MotionLimits& limits, double period_s) {
  return move(Eigen::Vector3d::Zero(), Eigen::Vector3d::Zero(), limits, period_s);
}

std::vector<double> PoseTrack::move(const Eigen::Vector3d& velocity_m_s, const Eigen::Vector3d& turn_rad_s,
                                    const MotionLimits& limits, double period_s) {
  velocity_m_s_ = bounded_change(velocity_m_s_, velocity_m_s, limits.acceleration_m_s2 * period_s);
  turn_rad_s_ = bounded_change(turn_rad_s_, turn_rad_s, limits.turn_acceleration_rad_s2 * period_s);
  const Eigen::Vector3d by = velocity_m_s_ * period_s, turn = turn_rad_s_ * period_s;
  at_.position_m += by;
  if (turn.norm() > 0)
    at_.rotation = (Eigen::Quaterniond(Eigen::AngleAxisd(turn.norm(), turn.normalized())) * at_.rotation).normalized();
  return {by.x(), by.y(), by.z(), turn.x(), turn.y(), turn.z()};
}

bool PoseTrack::arrived(const PoseTarget& target) const {
  return (at_.position_m - target.position_m).norm() < 1e-3 && at_.rotation.angularDistance(target.rotation) < 0.01;
}

}  // namespace assay::policies
