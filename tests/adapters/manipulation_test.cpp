// Grasp and place planning on known layouts; the scripted manipulator with a kinematic arm.
#include <gtest/gtest.h>

#include <cmath>

#include "adapters/policies/grasp_plan.h"
#include "adapters/policies/policies.h"
#include "adapters/policies/pose_track.h"
#include "adapters/policies/sightings.h"
#include "tests/adapters/fake_bodies.h"

namespace assay {
namespace {

using policies::PoseTarget;
using test::arm_robot;
using test::FakeArm;
using test::told;

constexpr double kQuarter = 1.5707963267948966;
constexpr std::array<double, 3> kCube{0.05, 0.05, 0.05};

Detection parcel(const std::string& label, double x, double y, double yaw, std::array<double, 3> size = kCube) {
  return {label, "parcel", {x, y, 0.025}, yaw, size, true};
}

TEST(GraspPlan, ClosesOnFacesNearestToTheToolAndOnTheSideThatFits) {
  const auto straight = policies::plan_grasp(parcel("a", 0.4, 0, 0.3), {}, 0.08, 3.0);
  ASSERT_TRUE(straight);
  EXPECT_NEAR(std::remainder(straight->yaw_rad - 0.3, kQuarter), 0, 1e-12);
  EXPECT_LT(std::abs(straight->yaw_rad - 3.0), kQuarter / 2 + 1e-9);
  // 12 cm along its x axis: the fingers (which close at yaw − 90°) must close along its y axis.
  const auto flat = policies::plan_grasp(parcel("a", 0.4, 0, 0.3, {0.12, 0.05, 0.05}), {}, 0.08, 0.3 + kQuarter);
  ASSERT_TRUE(flat);
  EXPECT_NEAR(std::remainder(flat->yaw_rad - 0.3, 2 * kQuarter), 0, 1e-12);
  EXPECT_DOUBLE_EQ(flat->width_m, 0.05);
  EXPECT_FALSE(policies::plan_grasp(parcel("a", 0.4, 0, 0, {0.12, 0.1, 0.05}), {}, 0.08, 0));
}

TEST(GraspPlan, KeepsFingersOffNeighbours) {
  const auto object = parcel("a", 0.4, 0, 0);
  const std::vector<Detection> about = {object, parcel("b", 0.4, 0.075, 0)};  // in the way of fingers closing along y
  const auto plan = policies::plan_grasp(object, about, 0.08, 0);
  ASSERT_TRUE(plan);
  EXPECT_NEAR(std::abs(std::remainder(plan->yaw_rad, 2 * kQuarter)), kQuarter, 1e-12);
}

TEST(PlacePlan, TakesTheMiddleOrTheFreeSide) {
  const Detection bin{"bin", "bin", {0.4, 0.5, 0}, 0.1, {0.212, 0.192, 0.074}, true};
  const auto object = parcel("a", 0.4, 0, 0);
  const auto empty = policies::plan_place(bin, object, {object, bin}, 0, 0);
  EXPECT_NEAR(empty.position_m.x(), 0.4, 1e-12);
  EXPECT_NEAR(empty.position_m.y(), 0.5, 1e-12);
  EXPECT_GT(empty.position_m.z(), 0.025);
  auto lying = parcel("b", 0.4, 0.5, 0);
  const auto beside = policies::plan_place(bin, object, {object, bin, lying}, 0, 0);
  EXPECT_GT(std::hypot(beside.position_m.x() - 0.4, beside.position_m.y() - 0.5), 0.04);
  lying.position_m = {beside.position_m.x(), beside.position_m.y(), 0.025};
  EXPECT_TRUE(policies::lies_in(lying, bin));
  lying.position_m[2] = 0.4;
  EXPECT_FALSE(policies::lies_in(lying, bin));  // held above it
}

TEST(PoseTrack, StaysWithinSpeedAndAccelerationAndArrives) {
  const policies::MotionLimits limits{0.4, 1.5, 1.5, 6};
  const PoseTarget from{{0, 0, 0}, policies::tool_down(0)}, to{{0.3, -0.2, 0.1}, policies::tool_down(1.2)};
  policies::PoseTrack track;
  track.reset(from);
  PoseTarget at = from;
  Eigen::Vector3d before = Eigen::Vector3d::Zero();
  int ticks = 0;
  while (!track.arrived(to) && ticks < 200) {
    const auto v = track.step(at, to, limits, 0.02);
    const Eigen::Vector3d by(v[0], v[1], v[2]), turn(v[3], v[4], v[5]);
    EXPECT_LE(by.norm() / 0.02, limits.speed_m_s + 1e-9);
    EXPECT_LE((by - before).norm() / 0.02 / 0.02, limits.acceleration_m_s2 + 1e-6);
    EXPECT_LE(turn.norm() / 0.02, limits.turn_rad_s + 1e-9);
    before = by;
    at.position_m += by;
    if (turn.norm() > 0) at.rotation = Eigen::AngleAxisd(turn.norm(), turn.normalized()) * at.rotation;
    ++ticks;
  }
  EXPECT_LT(ticks, 100);
  EXPECT_LT((at.position_m - to.position_m).norm(), 2e-3);
  EXPECT_LT(at.rotation.angularDistance(to.rotation), 0.02);
}

TEST(Sightings, AverageWhatStandsAndFollowWhatMoved) {
  policies::Sightings sightings;
  SimTime now;
  const auto look = [&](double x) {
    now.ns += 100'000'000;
    sightings.add({parcel("a", x, 0, 0)}, now);
  };
  for (const double off : {0.004, -0.004, 0.002, -0.002}) look(0.4 + off);
  EXPECT_NEAR(sightings.find("a")->position_m[0], 0.4, 1e-12);
  EXPECT_EQ(sightings.reports("a"), 4);
  look(0.399);
  look(0.399);  // the same measurement, held
  EXPECT_EQ(sightings.reports("a"), 5);
  look(0.5);
  EXPECT_NEAR(sightings.find("a")->position_m[0], 0.5, 1e-12);
  EXPECT_FALSE(sightings.find("b"));
}

/// A task need not give the detector noise: then every look at a thing at rest reads the same.
TEST(Sightings, ADetectorWithoutNoiseIsLookedThroughAgain) {
  policies::Sightings sightings;
  for (int tick = 0; tick < 100; ++tick) {
    SimTime now;
    now.ns = std::int64_t{tick} * 20'000'000;
    sightings.add({parcel("a", 0.4, 0, 0)}, now);
  }
  EXPECT_GE(sightings.reports("a"), 5);
  EXPECT_LE(sightings.reports("a"), 9);
}

FakeArm cell() {
  FakeArm arm;
  arm.add("red parcel", "parcel", {0.45, -0.15, 0.025}, kCube, 0.4);
  arm.add("green parcel", "parcel", {0.5, 0.02, 0.025}, kCube, -0.2);
  arm.add("blue parcel", "parcel", {0.42, 0.16, 0.025}, kCube, 0.7);
  arm.add("blue bin", "bin", {0.4, 0.48, 0.004}, {0.212, 0.192, 0.074});
  arm.add("orange bin", "bin", {0.4, -0.48, 0.004}, {0.212, 0.192, 0.074});
  return arm;
}

std::unique_ptr<Policy> begun(const Instruction& instruction, const PolicyParams& params = {}, StreamKey key = {5, 6}) {
  auto policy = make_scripted_manipulator(params);
  EXPECT_TRUE(policy.ok());
  EXPECT_TRUE((*policy)->begin(instruction, arm_robot(), key).ok());
  return std::move(policy).value();
}

const Instruction kTwoSteps =
    told({{"object", "green parcel"}, {"target", "blue bin"}, {"object_2", "red parcel"}, {"target_2", "orange bin"}});

TEST(ScriptedManipulator, PutsTheNamedParcelsIntoTheNamedBinsInOrder) {
  auto arm = cell();
  const auto policy = begun(kTwoSteps);
  const double time = test::run(*policy, arm, 60);
  EXPECT_GT(time, 3);
  EXPECT_LT(time, 25);
  EXPECT_EQ(arm.grasped, (std::vector<std::string>{"green parcel", "red parcel"}));
  EXPECT_TRUE(policies::lies_in(arm.thing("green parcel"), arm.thing("blue bin")));
  EXPECT_TRUE(policies::lies_in(arm.thing("red parcel"), arm.thing("orange bin")));
  EXPECT_LT(arm.fastest_m_s, 0.6);
}

TEST(ScriptedManipulator, TriesAgainWhatSlippedFromTheHand) {
  auto arm = cell();
  arm.drops = 2;
  const auto policy = begun(told({{"object", "blue parcel"}, {"target", "orange bin"}}));
  EXPECT_GT(test::run(*policy, arm, 60), 0);
  EXPECT_EQ(arm.grasped.size(), 3U);
  EXPECT_TRUE(policies::lies_in(arm.thing("blue parcel"), arm.thing("orange bin")));
}

TEST(ScriptedManipulator, MissRateIsTheChanceOfAnUnnoticedMistake) {
  int placed = 0;
  for (std::uint64_t i = 0; i < 40; ++i) {
    auto arm = cell();
    const auto policy = begun(told({{"object", "blue parcel"}, {"target", "blue bin"}}), {{"miss_rate", 0.5}}, {i, 1});
    EXPECT_GT(test::run(*policy, arm, 60), 0);  // says done either way
    placed += policies::lies_in(arm.thing("blue parcel"), arm.thing("blue bin")) ? 1 : 0;
  }
  EXPECT_GT(placed, 10);
  EXPECT_LT(placed, 30);
}

TEST(ScriptedManipulator, KeepsOffAPerson) {
  auto arm = cell();
  arm.add("person", "person", {0.75, 0.0, -0.4}, {0.5, 0.6, 1.7});
  const auto policy = begun(told({{"object", "green parcel"}, {"target", "blue bin"}}));
  EXPECT_LT(test::run(*policy, arm, 20), 0);  // stands at the parcel all the time: wait
  EXPECT_TRUE(arm.grasped.empty());
  for (auto& d : arm.things)
    if (d.kind == "person") d.position_m[0] = 2;
  EXPECT_GT(test::run(*policy, arm, 30), 0);
  EXPECT_TRUE(policies::lies_in(arm.thing("green parcel"), arm.thing("blue bin")));
}

TEST(ScriptedManipulator, RefusesWhatItCannotSeeOrHold) {
  auto arm = cell();
  Action last;
  EXPECT_GT(test::run(*begun(told({{"object", "black parcel"}, {"target", "blue bin"}})), arm, 60, &last), 0);
  EXPECT_TRUE(last.refuse);
  EXPECT_FALSE(last.done);
  arm.add("crate", "parcel", {0.5, -0.3, 0.1}, {0.2, 0.2, 0.2});
  EXPECT_GT(test::run(*begun(told({{"object", "crate"}, {"target", "blue bin"}})), arm, 60, &last), 0);
  EXPECT_TRUE(last.refuse);
}

TEST(ScriptedManipulator, SameObservationsAndKeySameActions) {
  const PolicyParams unskilled = {{"noise_m", 0.01}, {"miss_rate", 0.3}, {"delay_s", 0.06}};
  std::vector<std::vector<double>> runs;
  for (const StreamKey key : {StreamKey{1, 2}, StreamKey{1, 2}, StreamKey{3, 2}}) {
    auto arm = cell();
    const auto policy = begun(kTwoSteps, unskilled, key);
    std::vector<double> actions;
    for (int tick = 0; tick < 500; ++tick) {
      const auto action = policy->act(arm.observe());
      for (const auto& g : action->groups) actions.insert(actions.end(), g.values.begin(), g.values.end());
      arm.apply(*action);
    }
    runs.push_back(actions);
  }
  EXPECT_EQ(runs[0], runs[1]);
  EXPECT_NE(runs[0], runs[2]);
}

}  // namespace
}  // namespace assay
