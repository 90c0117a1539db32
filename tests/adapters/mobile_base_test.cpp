// Parts of the policies for mobile bases: where the base is, where things are, which floor is left, what the words say;
// and the coverage planner and the patrol with a kinematic base.
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "adapters/policies/coverage_map.h"
#include "adapters/policies/landmarks.h"
#include "adapters/policies/place_reader.h"
#include "adapters/policies/policies.h"
#include "adapters/policies/scan_matcher.h"
#include "tests/adapters/fake_bodies.h"

namespace assay {
namespace {

using policies::OccupancyGrid;
using policies::read_places;
using test::base_robot;
using test::FakeBase;
using Keys = std::vector<std::string>;

std::vector<std::array<double, 2>> points_of(const RangeScan& scan) {
  std::vector<std::array<double, 2>> points;
  for (std::size_t i = 0; i < scan.range_m.size(); ++i) {
    const double angle = 6.283185307179586 * static_cast<double>(i) / static_cast<double>(scan.range_m.size());
    const auto range = static_cast<double>(scan.range_m[i]);
    points.push_back({range * std::cos(angle), range * std::sin(angle)});
  }
  return points;
}

TEST(ScanMatcher, FindsTheWayBackToWhereTheScanWasTaken) {
  FakeBase base;
  base.pillars = {{-1, 0.8, 0.3, 0, 0}, {0.5, -1.2, 0.3, 0, 0}};
  policies::ScanMatcher matcher;
  for (const double yaw : {0.0, 0.03, 0.06, 0.1}) {
    base.yaw = yaw;
    matcher.add({0, 0, yaw}, points_of(base.observe().scans[0]));
  }
  base.x = -3.1;
  base.y = 0.05;
  base.yaw = 0.08;
  const auto found = matcher.fit({0.05, 0.0, 0.05}, points_of(base.observe().scans[0]));
  EXPECT_NEAR(found[0], 0.1, 0.02);
  EXPECT_NEAR(found[1], 0.05, 0.02);
  EXPECT_NEAR(found[2], 0.08, 0.01);
}

TEST(ScanMatcher, AnEmptyMapLeavesTheGuess) {
  const policies::ScanMatcher matcher;
  EXPECT_EQ(matcher.fit({1, 2, 3}, {{1, 0}, {0, 1}}), (policies::ScanMatcher::Pose{1, 2, 3}));
}

TEST(Landmarks, ATurnOnTheSpotShowsTheDetectorsError) {
  policies::Landmarks landmarks;
  const double bias_x = 0.3, bias_y = -0.2;
  for (int i = 0; i < 60; ++i) {
    const double yaw = 0.1 * i, c = std::cos(yaw), s = std::sin(yaw);
    std::vector<Detection> seen;
    for (const auto& [label, x, y] : {std::tuple{"a", 3.0, 1.0}, std::tuple{"b", -1.0, 2.0}})
      seen.push_back({label, "post", {c * x + s * y + bias_x, -s * x + c * y + bias_y, 0}, -yaw, {1, 1, 0}, true});
    landmarks.add({0, 0, yaw}, seen);
  }
  EXPECT_NEAR(landmarks.bias_m()[0], bias_x, 0.03);
  EXPECT_NEAR(landmarks.bias_m()[1], bias_y, 0.03);
  const auto a = landmarks.find("a");
  ASSERT_TRUE(a);
  EXPECT_NEAR(a->at_m[0], 3.0, 0.03);
  EXPECT_NEAR(a->at_m[1], 1.0, 0.03);
  EXPECT_NEAR(a->yaw_rad, 0, 1e-6);
  EXPECT_EQ(a->looks, 60);
  EXPECT_FALSE(landmarks.find("c"));
}

TEST(Landmarks, WithoutATurnNoErrorIsMadeUp) {
  policies::Landmarks landmarks;
  for (int i = 0; i < 60; ++i) landmarks.add({0, 0, 0}, {{"a", "post", {3.3, 0.8, 0}, 0, {1, 1, 0}, true}});
  EXPECT_NEAR(landmarks.bias_m()[0], 0, 1e-9);
  EXPECT_NEAR(landmarks.find("a")->at_m[0], 3.3, 1e-9);
}

struct Said {
  const char *en, *zh;
  Keys named, excluded;
};

TEST(PlaceReader, OrderAndExclusionInBothLanguages) {
  const std::vector<Said> all = {
      {"Bring the goods to the blue station.", "请把货物送到蓝色站点。", {"blue"}, {}},
      {"The green station and the orange station are closed today; take the goods to the station that is left.",
       "绿色站点和橙色站点今天关闭；请把货物送到剩下的那个站点。",
       {},
       {"green", "orange"}},
      {"Neither the blue station nor the orange station: the goods go to the green station.",
       "不去蓝色站点也不去橙色站点，货物送到绿色站点。",
       {"green"},
       {"blue", "orange"}},
      {"The goods end at the blue station; before that you call at the green station, and first of all at the orange "
       "station.",
       "货物最后到蓝色站点，在此之前到绿色站点，最先到橙色站点。",
       {"orange", "green", "blue"},
       {}},
      {"Before you go to the blue station, the orange station must be seen.",
       "去蓝色站点之前，请先去橙色站点。",
       {"orange", "blue"},
       {}},
      {"Start at the blue station, go on to the green station and finish at the orange station.",
       "先到蓝色站点，再到绿色站点，最后到橙色站点。",
       {"blue", "green", "orange"},
       {}},
  };
  for (const auto& said : all)
    for (const char* text : {said.en, said.zh}) {
      const auto read = read_places(std::string(text), policies::colour_lexicon());
      EXPECT_EQ(read.named, said.named) << text;
      EXPECT_EQ(read.excluded, said.excluded) << text;
    }
}

TEST(PlaceReader, WholeWordsAlone) {
  const std::vector<policies::Lexeme> lexicon = {{"bed", {"bed"}}, {"bedroom", {"bedroom"}}};
  EXPECT_EQ(read_places(std::string("Clean the bedroom."), lexicon).named, Keys{"bedroom"});
  EXPECT_EQ(read_places(std::string("Clean beside the beds."), lexicon).named, Keys{"bed"});
  EXPECT_TRUE(read_places(std::string("Clean the embedded."), {{"bed", {"bed "}}}).named.empty());
}

TEST(CoverageMap, LanesLeaveNothingOfARoom) {
  OccupancyGrid grid(10, 0.1);
  FakeBase base;
  base.half_x = 2;
  base.half_y = 1.5;
  base.x = base.y = 0;
  for (int i = 0; i < 40; ++i) {
    base.yaw = 0.02 * i;
    grid.add({0, 0, base.yaw}, base.observe().scans[0]);
  }
  grid.measure_clearance(1);
  policies::CoverageMap map(grid, 0.3);
  const auto everywhere = [](const std::array<double, 2>&) { return true; };
  std::array<double, 3> pose{};
  double way_m = 0;
  int lanes = 0;
  while (const auto lane = map.next(grid, pose, 0.4, everywhere)) {
    ASSERT_LT(++lanes, 60);
    way_m += std::hypot(lane->from_m[0] - pose[0], lane->from_m[1] - pose[1]);
    const double dx = lane->to_m[0] - lane->from_m[0], dy = lane->to_m[1] - lane->from_m[1];
    way_m += std::hypot(dx, dy);
    for (double share = 0; share <= 1; share += 0.02)
      map.sweep(grid, {lane->from_m[0] + share * dx, lane->from_m[1] + share * dy, 0});
    pose = {lane->to_m[0], lane->to_m[1], 0};
  }
  EXPECT_GE(lanes, 4);
  EXPECT_LT(way_m, 35);  // 12 m² in lanes of half a metre: 24 m, and the ways between
}

TEST(CoverageMap, StaysWithinWhatIsAsked) {
  OccupancyGrid grid(10, 0.1);
  FakeBase base;
  base.half_x = base.half_y = 2;
  base.x = base.y = 0;
  for (int i = 0; i < 40; ++i) {
    base.yaw = 0.02 * i;
    grid.add({0, 0, base.yaw}, base.observe().scans[0]);
  }
  grid.measure_clearance(1);
  const policies::CoverageMap map(grid, 0.3);
  const auto lane = map.next(grid, {}, 0.4, [](const std::array<double, 2>& p) { return p[0] > 0.5 && p[1] > 0; });
  ASSERT_TRUE(lane);
  EXPECT_GT(std::min(lane->from_m[0], lane->to_m[0]), 0.4);
  EXPECT_GT(std::min(lane->from_m[1], lane->to_m[1]), -0.1);
  EXPECT_FALSE(map.next(grid, {}, 0.4, [](const auto&) { return false; }));
}

Instruction asked(const std::string& text, std::vector<std::pair<std::string, std::string>> labels = {}) {
  auto instruction = test::told(std::move(labels));
  instruction.text.en = text;
  instruction.text_only = instruction.labels.empty();
  return instruction;
}

TEST(CoveragePlanner, CoversARoomClearOfWhatStandsAndComesHome) {
  FakeBase base;
  base.half_x = 2.2;
  base.half_y = 1.6;
  base.x = -1.6;
  base.y = -1;
  base.turn_gain = 1.02;  // wheels that measure wrongly: the map has to put it right
  base.pillars = {{0.3, 0.2, 0.25, 0, 0}};
  auto policy = make_coverage_planner({});
  ASSERT_TRUE(policy.ok());
  ASSERT_TRUE((*policy)->begin(asked("Go over the whole floor, then return to the dock."), base_robot(), {1, 2}).ok());
  std::set<std::pair<int, int>> swept;
  bool done = false;
  for (int tick = 0; tick < 50 * 150 && !done; ++tick) {
    const auto action = (*policy)->act(base.observe());
    ASSERT_TRUE(action.ok());
    done = action->done;
    base.apply(*action);
    for (int i = -18; i <= 18; ++i)
      for (int j = -12; j <= 12; ++j)
        if (std::hypot(0.1 * i - base.x, 0.1 * j - base.y) < 0.32) swept.insert({i, j});
  }
  EXPECT_TRUE(done);
  EXPECT_NEAR(base.x, -1.6, 0.25);
  EXPECT_NEAR(base.y, -1, 0.25);
  EXPECT_GT(base.nearest_m, 0.3);
  EXPECT_GT(swept.size(), 37 * 25 * 0.92);  // the pillar takes 3 %
}

Detection mark(const char* label, const char* kind, double x, double y, double size = 0.5) {
  return {label, kind, {x, y, 0}, 0, {size, size, 0.1}, true};
}

struct Heard {
  std::vector<std::string> labels;
  double farthest_m = 0;  ///< between a report and the thing
  bool done = false;
};

Heard patrol(FakeBase& base, const Instruction& instruction) {
  auto policy = make_patrol({});
  EXPECT_TRUE(policy.ok());
  EXPECT_TRUE((*policy)->begin(instruction, base_robot(), {1, 2}).ok());
  Heard heard;
  for (int tick = 0; tick < 50 * 150 && !heard.done; ++tick) {
    const auto action = (*policy)->act(base.observe());
    EXPECT_TRUE(action.ok());
    heard.done = action->done;
    for (const auto& report : action->reports) {
      heard.labels.push_back(report.label);
      const double c = std::cos(base.yaw), s = std::sin(base.yaw);
      const double x = base.x + c * report.position_m[0] - s * report.position_m[1];
      const double y = base.y + s * report.position_m[0] + c * report.position_m[1];
      for (const auto& thing : base.stations)
        if (thing.label == report.label)
          heard.farthest_m = std::max(heard.farthest_m, std::hypot(thing.position_m[0] - x, thing.position_m[1] - y));
    }
    base.apply(*action);
  }
  return heard;
}

FakeBase place() {
  FakeBase base;
  base.stations = {mark("post 1", "station", -1, 2), mark("post 2", "station", 3, 0),
                   mark("fallen sign", "hazard", 1, -1.5), mark("open manhole", "hazard", 0.5, 0.2),
                   mark("closed manhole", "fixture", -1.5, -2)};
  return base;
}

TEST(Patrol, ReportsEachHazardOnceAndNothingElse) {
  auto base = place();
  base.bias_x = 0.3;  // of the detector: to be found out
  const auto heard = patrol(base, asked("Go past post 2, then post 1.", {{"post", "post 2"}, {"post_2", "post 1"}}));
  EXPECT_TRUE(heard.done);
  EXPECT_EQ(std::multiset<std::string>(heard.labels.begin(), heard.labels.end()),
            (std::multiset<std::string>{"fallen sign", "open manhole"}));
  EXPECT_LT(heard.farthest_m, 0.12);
  EXPECT_NEAR(base.y, 2, 0.4);
}

TEST(Patrol, ReadsWhatIsToBeReportedAndWhatFirst) {
  auto base = place();
  auto heard = patrol(base, asked("Go past post 1 and post 2. Report open manholes only."));
  EXPECT_EQ(heard.labels, Keys{"open manhole"});
  base = place();
  heard = patrol(base, asked("Go past post 2 and post 1. Report every hazard, but fallen signs before any other."));
  EXPECT_EQ(heard.labels, (Keys{"fallen sign", "open manhole"}));
}

}  // namespace
}  // namespace assay
