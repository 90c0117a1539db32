// The static crawl as geometry, on a body that does what it is told: one foot at a time, over the triangle of the
// others, onto ground that is higher than thought, to the place that was asked for. And the forces that carry such a
// body.
#include "adapters/policies/crawl_gait.h"

#include <gtest/gtest.h>

#include <Eigen/Geometry>
#include <algorithm>
#include <cmath>

#include "adapters/policies/contact_forces.h"

namespace assay::policies {
namespace {

using Eigen::Vector2d;
using Eigen::Vector3d;
using Phase = CrawlGait::Phase;

constexpr double kHigh_m = 0.45, kPeriod_s = 0.004;
const CrawlGait::Feet kHome{Vector3d(0.28, 0.19, -kHigh_m), Vector3d(0.28, -0.19, -kHigh_m),
                            Vector3d(-0.28, 0.19, -kHigh_m), Vector3d(-0.28, -0.19, -kHigh_m)};

/// Distance of a point to the nearest side of the triangle of all feet but one; negative outside.
double margin_m(const CrawlGait::Feet& feet, std::size_t without, const Vector2d& at) {
  std::array<Vector2d, 3> corners;
  std::size_t n = 0;
  for (std::size_t i = 0; i < feet.size(); ++i)
    if (i != without) corners[n++] = feet[i].head<2>();
  const Vector2d middle = (corners[0] + corners[1] + corners[2]) / 3;
  double least = 1e9;
  for (std::size_t i = 0; i < 3; ++i) {
    const Vector2d side = corners[(i + 1) % 3] - corners[i];
    const auto left = [&](const Vector2d& p) {
      const Vector2d to = p - corners[i];
      return (side.x() * to.y() - side.y() * to.x()) / side.norm();
    };
    least = std::min(least, left(at) * (left(middle) > 0 ? 1 : -1));
  }
  return least;
}

struct Walked {
  CrawlGait gait;
  double least_margin_m = 1e9, seconds = 0;
  int lifts = 0;
};

/// The ground is `step_m` high beyond x = 0.4. About `push_s` the body moves aside at 0.6 m/s.
Walked walk(const Place& goal, double step_m, double push_s = -1) {
  Walked out;
  CrawlSeen seen;
  for (std::size_t i = 0; i < 4; ++i) seen.feet_m[i] = kHome[i] + Vector3d(0, 0, kHigh_m);
  out.gait.start(kHome, Vector3d::Zero(), seen.feet_m);
  out.gait.head_for(goal);
  Phase before = Phase::stand;
  for (int tick = 0; tick < 60 / kPeriod_s && out.gait.phase() != Phase::done; ++tick) {
    seen.now_s = out.seconds = tick * kPeriod_s;
    seen.com_m.head<2>() = out.gait.com_m(seen.now_s);
    seen.com_speed_m_s.setZero();
    if (std::abs(seen.now_s - push_s) < 0.6 * kPeriod_s) seen.com_speed_m_s.y() = 0.6;
    seen.load_n.fill(90);
    if (const auto lifted = out.gait.lifted(); lifted && out.gait.phase() == Phase::swing) {
      const Vector3d at = out.gait.swing_m(seen.now_s);
      const double ground = at.x() > 0.4 ? step_m : 0;
      seen.feet_m[*lifted] = {at.x(), at.y(), std::max(at.z(), ground)};
      seen.load_n[*lifted] = at.z() <= ground ? 40 : 0;
      out.least_margin_m = std::min(out.least_margin_m, margin_m(seen.feet_m, *lifted, seen.com_m.head<2>()));
    }
    out.gait.advance(seen);
    if (before != Phase::swing && out.gait.phase() == Phase::swing) ++out.lifts;
    before = out.gait.phase();
  }
  return out;
}

TEST(CrawlGait, ArrivesWithTheBodyOverTheFeetThatStand) {
  const auto done = walk({{0.9, 0.1}, 0}, 0);
  EXPECT_EQ(done.gait.phase(), Phase::done);
  EXPECT_LT((done.gait.place().at_m - Vector2d(0.9, 0.1)).norm(), 0.02);
  EXPECT_GT(done.least_margin_m, 0.04);
  EXPECT_EQ(done.lifts, 20) << "five rounds of four feet";
  EXPECT_LT(done.seconds, 25);
}

TEST(CrawlGait, TurnsWhereItStands) {
  const auto done = walk({{0, 0}, 0.9}, 0);
  EXPECT_EQ(done.gait.phase(), Phase::done);
  EXPECT_NEAR(done.gait.place().yaw_rad, 0.9, 0.03);
  EXPECT_LT(done.gait.place().at_m.norm(), 0.02);
  EXPECT_GT(done.least_margin_m, 0.04);
}

TEST(CrawlGait, FeelsAStepUpAndStandsOnIt) {
  const auto done = walk({{0.9, 0}, 0}, 0.05);
  EXPECT_EQ(done.gait.phase(), Phase::done);
  for (const auto& foot : done.gait.feet_m()) EXPECT_NEAR(foot.z(), foot.x() > 0.4 ? 0.05 : 0, 1e-6);
  EXPECT_NEAR(done.gait.ground_m(), 0.05, 1e-3);
}

TEST(CrawlGait, AFootComesDownAtOnceWhenTheBodyTips) {
  const auto calm = walk({{0.3, 0}, 0}, 0), shoved = walk({{0.3, 0}, 0}, 0, 1.3);
  EXPECT_EQ(shoved.gait.phase(), Phase::done);
  EXPECT_GT(shoved.lifts, calm.lifts) << "the step that was broken off is made again";
}

TEST(ContactForces, CarryWeightAndMomentWithinFriction) {
  std::vector<Stance> feet;
  for (const auto& foot : kHome) feet.push_back({foot, 1e4});
  std::vector<Vector3d> forces;
  const auto sums = [&](const Vector3d& force, const Vector3d& moment) {
    for (int period = 0; period < 5; ++period) share_forces(feet, force, moment, 0.5, forces);
    Vector3d sum = Vector3d::Zero(), turn = Vector3d::Zero();
    for (std::size_t i = 0; i < feet.size(); ++i) {
      sum += forces[i];
      turn += feet[i].arm_m.cross(forces[i]);
      EXPECT_LE(std::hypot(forces[i].x(), forces[i].y()), 0.5 * forces[i].z() + 1e-9);
      EXPECT_LE(forces[i].z(), feet[i].most_n + 1e-9);
    }
    return std::pair(sum, turn);
  };
  auto [sum, turn] = sums({30, -20, 350}, {5, -8, 3});
  EXPECT_LT((sum - Vector3d(30, -20, 350)).norm(), 2);
  EXPECT_LT((turn - Vector3d(5, -8, 3)).norm(), 1);
  // One foot in the air, the centre of mass over the other three.
  for (auto& foot : feet) foot.arm_m -= Vector3d(0.06, -0.04, 0);
  feet[3].most_n = 0;
  std::tie(sum, turn) = sums({0, 0, 350}, {0, 0, 0});
  EXPECT_NEAR(sum.z(), 350, 4);
  EXPECT_LT(turn.norm(), 3);
  EXPECT_EQ(forces[3].norm(), 0);
  // More than the ground gives: as much as it gives.
  for (auto& foot : feet) foot.most_n = 1e4;
  std::tie(sum, turn) = sums({400, 0, 350}, {0, 0, 0});
  EXPECT_GT(sum.x(), 100);
}

}  // namespace
}  // namespace assay::policies
