#include "adapters/policies/scan_matcher.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>

namespace assay::policies {
namespace {

constexpr double kPatch_m = 0.4;
constexpr double kLeastPoints = 4, kMostPoints = 400;
constexpr double kThickness_m = 0.03;  // of what a scanner sees of a wall, noise included
constexpr double kPiece_m = 0.07;      // a piece of wall is at least so long (standard deviation of the points on it)
constexpr double kOutlier = 16;        // squared, in thicknesses
constexpr double kWorth = 0.2;
constexpr double kTrust_m = 0.03, kTrust_rad = 0.03;  // in the guess, between two scans
constexpr double kMost_m = 0.15, kMost_rad = 0.15;
constexpr int kIterations = 6;

}  // namespace

ScanMatcher::Key ScanMatcher::key(const Point& p) {
  const auto index = [](double v) {
    return static_cast<std::int32_t>(std::floor(std::clamp(v / kPatch_m, -1e6, 1e6)));
  };
  return {index(p[0]), index(p[1])};
}

std::optional<ScanMatcher::Offset> ScanMatcher::off_wall(const Point& at) const {
  const auto found = patches_.find(key(at));
  if (found == patches_.end() || found->second.n < kLeastPoints) return std::nullopt;
  const Patch& patch = found->second;
  Eigen::Matrix2d spread;
  spread << patch.xx, patch.xy, patch.xy, patch.yy;
  const Eigen::SelfAdjointEigenSolver<Eigen::Matrix2d> axes(Eigen::Matrix2d(spread / patch.n));
  // Only a piece of wall says something, and only across itself: beams hit it here and there along its length.
  if (axes.eigenvalues()[1] < kPiece_m * kPiece_m || axes.eigenvalues()[0] > kThickness_m * kThickness_m)
    return std::nullopt;
  const Eigen::Vector2d across = axes.eigenvectors().col(0);
  const Eigen::Vector2d to_wall(patch.mean[0] - at[0], patch.mean[1] - at[1]);
  return Offset{across.dot(to_wall) / kThickness_m, {across.x(), across.y()}};
}

bool ScanMatcher::explains(const Pose& pose, const Point& point) const {
  const double c = std::cos(pose[2]), s = std::sin(pose[2]);
  const auto wall = off_wall({pose[0] + c * point[0] - s * point[1], pose[1] + s * point[0] + c * point[1]});
  return wall && wall->thicknesses * wall->thicknesses < kOutlier;
}

ScanMatcher::Pose ScanMatcher::fit(const Pose& guess, const std::vector<Point>& points) const {
  Eigen::Vector3d pose(guess[0], guess[1], guess[2]);
  const Eigen::Vector3d start = pose;
  const Eigen::Vector3d trust(1 / (kTrust_m * kTrust_m), 1 / (kTrust_m * kTrust_m), 1 / (kTrust_rad * kTrust_rad));
  for (int i = 0; i < kIterations; ++i) {
    Eigen::Matrix3d normal = trust.asDiagonal();
    Eigen::Vector3d gradient = trust.cwiseProduct(start - pose);
    const double c = std::cos(pose[2]), s = std::sin(pose[2]);
    for (const auto& p : points) {
      const Eigen::Vector2d turned(c * p[0] - s * p[1], s * p[0] + c * p[1]);
      const Eigen::Vector2d at = turned + pose.head<2>();
      const auto wall = off_wall({at.x(), at.y()});
      if (!wall || wall->thicknesses * wall->thicknesses > kOutlier) continue;
      const double off = wall->thicknesses;
      const Eigen::Vector2d across(wall->across[0], wall->across[1]);
      const Eigen::Vector3d slope =
          Eigen::Vector3d(across.x(), across.y(), across.dot(Eigen::Vector2d(-turned.y(), turned.x()))) / kThickness_m;
      // Neighbouring beams err alike, and patches are coarse: one scan is worth far less than its beams.
      const double worth = kWorth * std::exp(-0.25 * off * off);
      normal += worth * slope * slope.transpose();
      gradient += worth * slope * off;
    }
    const Eigen::Vector3d step = normal.ldlt().solve(gradient);
    if (!step.allFinite()) return guess;
    pose += step;
    if (step.norm() < 1e-5) break;
  }
  const Eigen::Vector3d moved = pose - start;
  if (moved.head<2>().norm() > kMost_m || std::abs(moved[2]) > kMost_rad) return guess;
  return {pose[0], pose[1], pose[2]};
}

void ScanMatcher::add(const Pose& pose, const std::vector<Point>& points) {
  const double c = std::cos(pose[2]), s = std::sin(pose[2]);
  for (const auto& p : points) {
    const Point at = {pose[0] + c * p[0] - s * p[1], pose[1] + s * p[0] + c * p[1]};
    Patch& patch = patches_[key(at)];
    if (patch.n >= kMostPoints) continue;  // settled: a map that follows every scan drifts with it
    patch.n += 1;
    const double dx = at[0] - patch.mean[0], dy = at[1] - patch.mean[1];
    patch.mean[0] += dx / patch.n;
    patch.mean[1] += dy / patch.n;
    patch.xx += dx * (at[0] - patch.mean[0]);
    patch.xy += dx * (at[1] - patch.mean[1]);
    patch.yy += dy * (at[1] - patch.mean[1]);
  }
}

}  // namespace assay::policies
