#include "adapters/policies/contact_forces.h"

#include <Eigen/Geometry>
#include <algorithm>
#include <cmath>

namespace assay::policies {
namespace {

using Eigen::Vector3d;

constexpr int kRounds = 150;
constexpr double kLever_m = 0.3;  // a moment counts as the force at this arm
constexpr double kThrift = 2e-3;  // weight of a force itself: feet do not work against one another

/// The nearest force that the ground can give.
Vector3d possible(const Vector3d& force, double mu, double most_n) {
  const double side = std::hypot(force.x(), force.y());
  Vector3d out = force;
  if (side > mu * force.z()) {
    const double normal = std::max(0.0, (force.z() + mu * side) / (1 + mu * mu));
    const double shrink = side > 0 ? mu * normal / side : 0;
    out = {force.x() * shrink, force.y() * shrink, normal};
  }
  return out.z() > most_n ? Vector3d(out * (most_n / out.z())) : out;
}

}  // namespace

void share_forces(const std::vector<Stance>& feet, const Vector3d& force_n, const Vector3d& moment_nm, double mu,
                  std::vector<Vector3d>& forces_n) {
  forces_n.resize(feet.size(), Vector3d::Zero());
  double steepest = static_cast<double>(feet.size()) + kThrift;
  for (const auto& foot : feet) steepest += foot.arm_m.squaredNorm() / (kLever_m * kLever_m);
  std::vector<Vector3d> ahead = forces_n;
  double pace = 1;
  for (int round = 0; round < kRounds; ++round) {
    Vector3d force = -force_n, moment = -moment_nm;
    for (std::size_t i = 0; i < feet.size(); ++i) {
      force += ahead[i];
      moment += feet[i].arm_m.cross(ahead[i]);
    }
    moment /= kLever_m * kLever_m;
    const double next_pace = (1 + std::sqrt(1 + 4 * pace * pace)) / 2, carry = (pace - 1) / next_pace;
    for (std::size_t i = 0; i < feet.size(); ++i) {
      const Vector3d slope = force + moment.cross(feet[i].arm_m) + kThrift * ahead[i];
      const Vector3d found = possible(ahead[i] - slope / steepest, mu, feet[i].most_n);
      ahead[i] = found + carry * (found - forces_n[i]);
      forces_n[i] = found;
    }
    pace = next_pace;
  }
}

}  // namespace assay::policies
