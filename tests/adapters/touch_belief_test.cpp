// Which error of the detector the outcomes of grasps speak for; taking from a shelf, standing on a tray.
#include <gtest/gtest.h>

#include <cmath>

#include "adapters/policies/pose_track.h"
#include "adapters/policies/shelf_plan.h"
#include "adapters/policies/touch_belief.h"

namespace assay {
namespace {

using policies::TouchAttempt;
using policies::TouchBelief;

TEST(TouchBelief, TrustsAGoodDetectorAndStaysAfterAGoodGrasp) {
  TouchBelief belief;
  EXPECT_EQ(belief.best_m().norm(), 0);
  TouchAttempt a;
  a.seen_m = {0.002, -0.001};
  belief.held(a);
  EXPECT_LT(belief.best_m().norm(), 0.006);
}

/// A world in which the detector is off by a constant: aims, is told what came of it, aims again.
int attempts_until_held(const Eigen::Vector2d& error) {
  TouchBelief belief;
  for (int n = 1; n <= 12; ++n) {
    TouchAttempt a;
    a.tool_m = -belief.best_m();  // the detector has the thing at 0, 0
    const Eigen::Vector2d thing = -error - a.tool_m;
    if (std::abs(thing.x()) > 0.031)
      belief.missed(a);
    else if (std::abs(thing.y()) > 0.015)
      belief.blocked(a);
    else
      return n;
  }
  return 99;
}

TEST(TouchBelief, FindsAConstantErrorInAFewTries) {
  int most = 0;
  for (int degree = 0; degree < 360; degree += 15)
    for (const double size_m : {0.02, 0.025, 0.03}) {
      const double angle = degree * 0.017453292519943295;
      most = std::max(most, attempts_until_held({size_m * std::cos(angle), size_m * std::sin(angle)}));
    }
  EXPECT_LE(most, 5);
}

TEST(TouchBelief, AHeldThingTellsTheErrorAlongTheFingers) {
  TouchBelief belief;
  TouchAttempt a;
  a.seen_m = {0.0, 0.025};  // held in the middle, and reported beside it
  belief.held(a);
  a.closing = {1, 0};
  a.across = {0, 1};
  a.seen_m = {-0.01, 0.025};
  belief.held(a);
  EXPECT_NEAR(belief.best_m().x(), -0.01, 0.004);
  EXPECT_NEAR(belief.best_m().y(), 0.025, 0.004);
}

TEST(ToolForward, PointsAlongItsYawAndClosesLevel) {
  const auto q = policies::tool_forward(0.3, 0.5);
  const Eigen::Vector3d z = q * Eigen::Vector3d::UnitZ(), y = q * Eigen::Vector3d::UnitY();
  EXPECT_NEAR(std::atan2(z.y(), z.x()), 0.3, 1e-12);
  EXPECT_NEAR(z.z(), -std::sin(0.5), 1e-12);
  EXPECT_NEAR(y.z(), 0, 1e-12);
}

Detection thing(const std::string& label, const std::string& kind, std::array<double, 3> at, std::array<double, 3> size,
                double yaw = 0) {
  return {label, kind, at, yaw, size, true};
}

TEST(ShelfPlan, TakesBoxesSquareToAFaceThatFits) {
  const auto can =
      policies::plan_shelf_grasp(thing("red can", "goods", {0.68, 0.2, 0.15}, {0.06, 0.06, 0.1}, 2.0), 0.08);
  ASSERT_TRUE(can);
  EXPECT_NEAR(can->yaw_rad, 0.5 * std::atan2(0.2, 0.68), 1e-12);
  const auto box =
      policies::plan_shelf_grasp(thing("red box", "goods", {0.68, 0.2, 0.15}, {0.05, 0.06, 0.1}, 0.2), 0.08);
  ASSERT_TRUE(box);
  EXPECT_NEAR(box->yaw_rad, 0.2, 1e-12);
  EXPECT_DOUBLE_EQ(box->width_m, 0.06);
  const auto wide = policies::plan_shelf_grasp(thing("red box", "goods", {0.68, 0, 0.15}, {0.05, 0.09, 0.1}), 0.08);
  ASSERT_TRUE(wide);
  EXPECT_DOUBLE_EQ(wide->width_m, 0.05);
  EXPECT_FALSE(policies::plan_shelf_grasp(thing("blue can", "goods", {0.68, 0, 0.15}, {0.09, 0.09, 0.1}), 0.08));
}

TEST(ShelfPlan, FillsTheTrayFromTheFarRowAndKnowsWhatStands) {
  const auto tray = thing("tray", "bin", {0.06, 0.56, 0.144}, {0.348, 0.248, 0.02});
  auto first = thing("red can", "goods", {0.68, 0, 0.15}, {0.06, 0.06, 0.1});
  std::vector<Detection> about = {tray, first};
  const auto place = policies::plan_standing_place(tray, first, about);
  EXPECT_GT(place.y(), 0.56);
  EXPECT_FALSE(policies::stands_on(first, tray));
  about[1].position_m = {place.x(), place.y(), 0.194};
  EXPECT_TRUE(policies::stands_on(about[1], tray));
  EXPECT_NEAR(policies::top_on_tray_m(tray, about), 0.244, 1e-12);
  const auto next =
      policies::plan_standing_place(tray, thing("blue can", "goods", {0.68, 0, 0.15}, {0.06, 0.06, 0.1}), about);
  EXPECT_GT((next - place).head<2>().norm(), 0.09);
  about.push_back(thing("blue can", "goods", {next.x(), next.y(), 0.194}, {0.06, 0.06, 0.1}));
  const auto third =
      policies::plan_standing_place(tray, thing("green box", "goods", {0.68, 0, 0.155}, {0.05, 0.06, 0.11}), about);
  EXPECT_GT((third - place).head<2>().norm(), 0.09);
  EXPECT_GT((third - next).head<2>().norm(), 0.09);
  about[1].position_m[2] = 0.174;  // lies on its side
  EXPECT_FALSE(policies::stands_on(about[1], tray));
}

TEST(ShelfPlan, RaisesTheToolInThePlaneOfTheArm) {
  const policies::PoseTarget down{{0.3, 0.3, 0.35}, policies::tool_down(0.785398163)};
  const auto raised = policies::raise_tool(down, 0.5);
  EXPECT_NEAR(raised.position_m.head<2>().norm(), 0.5, 1e-9);
  const Eigen::Vector3d tool = raised.rotation * Eigen::Vector3d::UnitZ();
  EXPECT_NEAR(tool.x(), tool.y(), 1e-6);
  EXPECT_GT(tool.x(), 0.6);
  EXPECT_NEAR(-std::asin(tool.z()), policies::shelf_tilt_rad(0.35), 1e-6);
  EXPECT_GT(policies::shelf_tilt_rad(0.15), policies::shelf_tilt_rad(0.45));
}

}  // namespace
}  // namespace assay
