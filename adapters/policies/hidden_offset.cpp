#include "adapters/policies/hidden_offset.h"

#include <Eigen/LU>
#include <cmath>

namespace assay::policies {
namespace {

constexpr double kPrior_m = 0.007;    // how far off a detector may well be
constexpr double kSpread_m = 0.0025;  // of one insertion: clearance and what is left of the noise of detections

Eigen::Vector2d heading_of(double yaw_rad) { return {std::cos(yaw_rad), std::sin(yaw_rad)}; }

}  // namespace

Eigen::Vector2d HiddenOffset::estimate() const {
  const Eigen::Matrix2d all = information_ + Eigen::Matrix2d::Identity() / (kPrior_m * kPrior_m);
  return all.inverse() * weighted_;
}

void HiddenOffset::learn(const Eigen::Vector2d& seen_hole_m, const Eigen::Vector2d& inserted_m, double grasp_yaw_rad,
                         double insert_yaw_rad, const Eigen::Vector2d& estimate_at_grasp_m) {
  const Eigen::Vector2d x_g = heading_of(grasp_yaw_rad), x_i = heading_of(insert_yaw_rad);
  const Eigen::Matrix2d a = Eigen::Matrix2d::Identity() - x_i * x_g.transpose();
  const Eigen::Vector2d seen = seen_hole_m - inserted_m - x_i * x_g.dot(estimate_at_grasp_m);
  information_ += a.transpose() * a / (kSpread_m * kSpread_m);
  weighted_ += a.transpose() * seen / (kSpread_m * kSpread_m);
}

}  // namespace assay::policies
