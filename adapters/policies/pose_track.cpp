#include "adapters/policies/pose_track.h"

#include <algorithm>
#include <cmath>

namespace assay::policies {
namespace {

constexpr double kAcceleration_m_s2 = 1.5;
constexpr double kTurn_rad_s = 1.2;
constexpr double kRunaway_m = 0.06;

Eigen::Vector3d rotation_vector(const Eigen::Quaterniond& q) {
  const Eigen::AngleAxisd turn(q.w() < 0 ? Eigen::Quaterniond(-q.coeffs()) : q);
  return turn.axis() * turn.angle();
}

}  // namespace

Eigen::Quaterniond tool_down(double yaw_rad) {
  return Eigen::Quaterniond(Eigen::AngleAxisd(yaw_rad, Eigen::Vector3d::UnitZ())) * Eigen::Quaterniond(0, 1, 0, 0);
}

double tool_yaw(const Eigen::Quaterniond& rotation) {
  const Eigen::Vector3d x = rotation * Eigen::Vector3d::UnitX();
  return std::atan2(x.y(), x.x());
}

void PoseTrack::reset(const PoseTarget& at) {
  at_ = at;
  speed_m_s_ = 0;
}

std::vector<double> PoseTrack::step(const PoseTarget& measured, const PoseTarget& target, double speed_m_s,
                                    double period_s) {
  if ((at_.position_m - measured.position_m).norm() > kRunaway_m) reset(measured);
  const Eigen::Vector3d way = target.position_m - at_.position_m;
  const double distance = way.norm();
  const double braking = std::sqrt(2 * kAcceleration_m_s2 * distance);
  speed_m_s_ = std::min({speed_m_s, speed_m_s_ + kAcceleration_m_s2 * period_s, braking});
  const double share = distance > 0 ? std::min(1.0, speed_m_s_ * period_s / distance) : 1;
  const Eigen::Vector3d move = way * share;

  Eigen::Vector3d turn = rotation_vector(target.rotation * at_.rotation.conjugate());
  const double most = kTurn_rad_s * period_s;
  if (turn.norm() > most) turn *= most / turn.norm();

  at_.position_m += move;
  if (turn.norm() > 0)
    at_.rotation = (Eigen::Quaterniond(Eigen::AngleAxisd(turn.norm(), turn.normalized())) * at_.rotation).normalized();
  return {move.x(), move.y(), move.z(), turn.x(), turn.y(), turn.z()};
}

bool PoseTrack::arrived(const PoseTarget& target) const {
  return (at_.position_m - target.position_m).norm() < 5e-4 && at_.rotation.angularDistance(target.rotation) < 0.01;
}

}  // namespace assay::policies
