// Grid, paths and moving things on maps known by hand; the waypoint navigator with a kinematic base.
#include <gtest/gtest.h>

#include <cmath>

#include "adapters/policies/moving_things.h"
#include "adapters/policies/occupancy_grid.h"
#include "adapters/policies/path_planner.h"
#include "adapters/policies/policies.h"
#include "tests/adapters/fake_bodies.h"

namespace assay {
namespace {

using policies::Cell;
using policies::OccupancyGrid;
using test::base_robot;
using test::FakeBase;
using test::told;

TEST(OccupancyGrid, BeamsFreeWhatTheyCrossAndMarkTheirEnds) {
  OccupancyGrid grid(10, 0.1);
  RangeScan scan;
  scan.max_m = 8;
  scan.range_m = {2.0F, 8.0F, 1.0F, 8.0F};  // +x, +y, −x, −y
  for (int i = 0; i < 3; ++i) grid.add({0.05, 0.05, 0}, scan);
  EXPECT_TRUE(grid.occupied(grid.cell(2.05, 0.05)));
  EXPECT_TRUE(grid.occupied(grid.cell(-0.95, 0.05)));
  EXPECT_TRUE(grid.known_free(grid.cell(1.5, 0.05)));
  EXPECT_TRUE(grid.known_free(grid.cell(0.05, 4.5)));  // nothing met: free all along
  EXPECT_FALSE(grid.known_free(grid.cell(3, 0.05)));   // behind the end: unknown
  EXPECT_FALSE(grid.occupied(grid.cell(3, 0.05)));
  grid.measure_clearance(1);
  EXPECT_NEAR(grid.clearance_m(grid.cell(1.45, 0.05)), 0.6, 0.051);
  for (int i = 0; i < 10; ++i) grid.add({0.05, 0.05, 0}, {"", {4.0F, 8.0F, 1.0F, 8.0F}, 8, true});
  EXPECT_TRUE(grid.known_free(grid.cell(2.05, 0.05)));  // it went away
}

TEST(OccupancyGrid, TheScansYawTurnsTheBeams) {
  OccupancyGrid grid(10, 0.1);
  grid.add({0.05, 0.05, 1.5707963267948966}, {"", {2.0F, 8.0F, 8.0F, 8.0F}, 8, true});
  EXPECT_TRUE(grid.occupied(grid.cell(0.05, 2.05)));
}

/// A wall along x = 2 from y = −3 to y = 3 but for a door of `door_m` around y = 1.5.
OccupancyGrid wall_with_door(double door_m) {
  OccupancyGrid grid(8, 0.1);
  for (double y = -3.95; y < 4; y += 0.1) {
    if (std::abs(y - 1.5) < door_m / 2) continue;
    const double angle = std::atan2(y - 0.05, 1.95), range = std::hypot(y - 0.05, 1.95);
    grid.add({0.05, 0.05, angle}, {"", {static_cast<float>(range)}, 8, true});
  }
  // What the beams crossed became free; ends that later beams crossed are marked once more.
  for (double y = -3.95; y < 4; y += 0.1) {
    if (std::abs(y - 1.5) < door_m / 2) continue;
    const double angle = std::atan2(y - 0.05, 1.95), range = std::hypot(y - 0.05, 1.95);
    for (int i = 0; i < 3; ++i) grid.add({0.05, 0.05, angle}, {"", {static_cast<float>(range)}, 8, true});
  }
  grid.measure_clearance(1);
  return grid;
}

TEST(PlanPath, GoesThroughTheDoorIfTheRobotFits) {
  const auto grid = wall_with_door(1.2);
  const Cell from = grid.cell(0.05, 0.05), to = grid.cell(3.5, 0.05);
  const auto path = policies::plan_path(grid, from, to, 0.4);
  ASSERT_FALSE(path.empty());
  EXPECT_EQ(path.front(), from);
  EXPECT_EQ(path.back(), to);
  for (std::size_t i = 0; i < path.size(); ++i) {
    EXPECT_GE(grid.clearance_m(path[i]), 0.4);
    if (i > 0) {
      EXPECT_LE(std::max(std::abs(path[i].x - path[i - 1].x), std::abs(path[i].y - path[i - 1].y)), 1);
    }
  }
  EXPECT_TRUE(policies::plan_path(grid, from, to, 0.7).empty());
  const auto nearest = policies::plan_path(grid, from, to, 0.7, {}, true);
  ASSERT_FALSE(nearest.empty());
  EXPECT_LT(grid.centre(nearest.back())[0], 1.5);
}

TEST(PlanPath, StraightWhereNothingStandsAndRoundWhatIsUncomfortable) {
  OccupancyGrid grid(8, 0.1);
  grid.measure_clearance(1);
  const Cell from{10, 40}, to{70, 40};
  EXPECT_EQ(policies::plan_path(grid, from, to, 0.4).size(), 61U);
  const auto round = policies::plan_path(grid, from, to, 0.4, {{0, 0.05, 0.6, 20}});
  for (const auto& c : round) EXPECT_GE(std::hypot(grid.centre(c)[0], grid.centre(c)[1] - 0.05), 0.6);
  EXPECT_TRUE(policies::plan_path(grid, from, {500, 0}, 0.4).empty());
}

TEST(MovingThings, FindsWhoWalksAndNotWhatStands) {
  FakeBase base;
  base.pillars = {{-0.5, -1.2, 0.25, 0, 0}, {-1.2, 1.8, 0.2, 0, 0}};
  OccupancyGrid grid(24, 0.1);
  policies::MovingThings moving;
  for (int tick = 0; tick < 300; ++tick) {
    if (tick == 150) base.pillars[1].vy = -0.5;  // stood at first, then walks
    const auto seen = base.observe();
    if (seen.scans[0].fresh) {
      moving.update(seen.time.ns, grid, seen.groups[0].odometry, seen.scans[0]);
      grid.add(seen.groups[0].odometry, seen.scans[0]);
    }
    base.apply({});
    if (tick < 150) {
      EXPECT_TRUE(moving.things().empty());
    }
  }
  const auto things = moving.things();
  ASSERT_EQ(things.size(), 1U);
  EXPECT_NEAR(things[0].at_m[0], base.pillars[1].x + 3.2, 0.25);
  EXPECT_NEAR(things[0].at_m[1], base.pillars[1].y, 0.25);
  EXPECT_NEAR(things[0].velocity_m_s[1], -0.5, 0.2);
  const policies::DriveLimits limits;
  const std::array<double, 3> below = {things[0].at_m[0], things[0].at_m[1] - 1, 0};
  EXPECT_LT(policies::nearest_approach_m(things, below, {}, {}, limits, 2.2), 0.3);
  EXPECT_GT(policies::nearest_approach_m(things, below, {0.8, 0}, {0.8, 0}, limits, 2.2), 0.8);
}

FakeBase hall() {
  FakeBase base;
  base.pillars = {{-1.6, 0.3, 0.3, 0, 0}, {-0.1, -0.5, 0.3, 0, 0}, {0, 1.4, 0.3, 0, 0}, {1.7, 0.4, 0.3, 0, 0}};
  base.stations = {{"blue station", "station", {3.2, 2.0, 0}, 0, {0.9, 0.9, 0.002}, true},
                   {"green station", "station", {3.2, -2.0, 0}, 0, {0.9, 0.9, 0.002}, true}};
  return base;
}

std::unique_ptr<Policy> begun(const Instruction& instruction, const PolicyParams& params = {}, StreamKey key = {5, 6}) {
  auto policy = make_waypoint_navigator(params);
  EXPECT_TRUE(policy.ok());
  EXPECT_TRUE((*policy)->begin(instruction, base_robot(), key).ok());
  return std::move(policy).value();
}

TEST(WaypointNavigator, DocksAtTheStationsInOrderGentlyAndClear) {
  auto base = hall();
  const auto policy = begun(told({{"target", "blue station"}, {"target_2", "green station"}}));
  const double time = test::run(*policy, base, 60);
  EXPECT_GT(time, 8);
  EXPECT_NEAR(base.x, 3.2, 0.15);
  EXPECT_NEAR(base.y, -2.0, 0.15);
  EXPECT_EQ(base.speed, 0);
  EXPECT_GT(base.nearest_m, 0.31);
  EXPECT_LT(base.hardest_m_s2, 1.0);
}

TEST(WaypointNavigator, SearchesForAStationThatItDoesNotSee) {
  auto base = hall();
  base.sight_m = 3;
  EXPECT_GT(test::run(*begun(told({{"target", "green station"}})), base, 90), 0);
  EXPECT_NEAR(base.y, -2.0, 0.15);
}

TEST(WaypointNavigator, GivesWayToAPersonWhoCrosses) {
  for (const double start : {2.4, 1.2, -2.2}) {
    auto base = hall();
    base.pillars = {{-0.8, start, 0.2, 0, start > 0 ? -0.35 : 0.35}};
    EXPECT_GT(test::run(*begun(told({{"target", "blue station"}})), base, 90), 0) << start;
    EXPECT_GT(base.nearest_m, 0.35) << start;
    EXPECT_NEAR(base.y, 2.0, 0.15) << start;
  }
}

TEST(WaypointNavigator, MissRateStopsItShort) {
  auto base = hall();
  EXPECT_GT(test::run(*begun(told({{"target", "green station"}}), {{"miss_rate", 1}}), base, 60), 0);
  EXPECT_GT(std::hypot(base.x - 3.2, base.y + 2.0), 0.5);
}

TEST(WaypointNavigator, SameObservationsAndKeySameActions) {
  std::vector<std::vector<double>> runs;
  for (const StreamKey key : {StreamKey{1, 2}, StreamKey{1, 2}, StreamKey{3, 2}}) {
    auto base = hall();
    const auto policy = begun(told({{"target", "blue station"}}), {{"noise_m", 0.2}, {"delay_s", 0.1}}, key);
    std::vector<double> actions;
    for (int tick = 0; tick < 700; ++tick) {
      const auto action = policy->act(base.observe());
      for (const auto& g : action->groups) actions.insert(actions.end(), g.values.begin(), g.values.end());
      base.apply(*action);
    }
    runs.push_back(actions);
  }
  EXPECT_EQ(runs[0], runs[1]);
  EXPECT_NE(runs[0], runs[2]);
}

}  // namespace
}  // namespace assay
