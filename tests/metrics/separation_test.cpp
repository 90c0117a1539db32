// Separation from people, safeguards, stopping.
#include "metrics/measures/separation.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "metrics/measures/stopping.h"

namespace assay::metrics {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
const SeparationSettings kSettings{0.1, 0.3, 0.2, 0.1, 0.05};

TEST(Separation, MoreLatencyCostsBothSpeeds) {
  auto later = kSettings;
  later.reaction_time_s += 0.1;
  EXPECT_NEAR(protective_distance(1.6, 1.0, later)->total_m - protective_distance(1.6, 1.0, kSettings)->total_m, 0.26,
              1e-12);
}

TEST(Separation, AConstantProfileIsTheConstantFormWithoutBraking) {
  const std::vector<double> t{0, 0.35, 1}, human{1.6, 1.6, 1.6}, robot{0.9, 0.9, 0.9}, still{0, 0, 0};
  const auto profile = protective_distance(SpeedProfile{t, human, robot, still}, 0.2, kSettings);
  ASSERT_TRUE(profile && *profile);
  EXPECT_NEAR((*profile)->total_m, protective_distance(1.6, 0.9, kSettings, 0.0)->total_m, 1e-12);
}

TEST(Separation, BadInputIsATypedError) {
  auto negative = kSettings;
  negative.sensor_uncertainty_m = -1;
  EXPECT_EQ(protective_distance(1, 1, negative).error().id, 1032);
  EXPECT_EQ(protective_distance(kNan, 1, kSettings).error().id, 1030);
  EXPECT_EQ(protective_distance(1, 1, kSettings, -0.1).error().id, 1032);
  const std::vector<double> two{0, 1}, three{0, 1, 2}, back{1, 0};
  EXPECT_EQ(protective_distance(SpeedProfile{two, two, three, two}, 0, kSettings).error().id, 1034);
  EXPECT_EQ(protective_distance(SpeedProfile{back, two, two, two}, 0, kSettings).error().id, 1035);
  EXPECT_EQ(protective_distance(SpeedProfile{two, two, two, two}, kNan, kSettings).error().id, 1030);
  EXPECT_EQ(separation_margins(two, three, two, two, kSettings).error().id, 1034);
  EXPECT_EQ(separation_margins(back, two, two, two, kSettings).error().id, 1035);
  EXPECT_EQ(safeguard_distance(1600, -1, 0, 0).error().id, 1032);
  EXPECT_EQ(safeguard_distance(0, 1, 0, 0).error().id, 1032);
  EXPECT_EQ(light_curtain_distance(0.1, 41).error().id, 1036);
  EXPECT_EQ(light_curtain_distance(0.1, -1).error().id, 1032);
}

TEST(Separation, TheLightCurtainNeverComesNearerForMoreTime) {
  double before = 0;
  for (int i = 0; i <= 60; ++i) {
    const double distance = light_curtain_distance(0.01 * i, 20)->distance_mm;
    EXPECT_GE(distance, before);
    before = distance;
  }
}

const StopSettings kStop{1, 0.05, 0.02, 0.2};

TEST(Stop, BadInputIsATypedError) {
  const std::vector<double> t{0, 1}, v{1, 0};
  EXPECT_EQ(stop_measure(t, std::vector<double>{1}, 0, kStop).error().id, 1034);
  EXPECT_EQ(stop_measure(std::vector<double>{1, 1}, v, 0, kStop).error().id, 1035);
  EXPECT_EQ(stop_measure(t, v, kNan, kStop).error().id, 1030);
  EXPECT_EQ(stop_measure(t, v, 0, {1, -1, 0.02, 0.2}).error().id, 1032);
  EXPECT_EQ(stop_measure(t, v, 0, {kNan, 1, 0.02, 0.2}).error().id, 1030);
}

TEST(Stop, ALongRecordTakesLinearTime) {
  std::vector<double> t, v;
  for (int i = 0; i < 400'000; ++i) {
    t.push_back(i * 0.001);
    v.push_back(i % 2 == 0 ? 0.01 : 1 + 1e-6 * i);  // in and out of the band
  }
  const auto measure = stop_measure(t, v, 0.5, {1, 1000, 0.005, 1000});
  ASSERT_TRUE(measure);
  EXPECT_EQ(measure->stopping_time_s, std::nullopt);
}

TEST(Stop, CategoriesByWhatWasShown) {
  const auto shown = [](StopTimes times) { return *shown_stop_category(times, 0.05); };
  EXPECT_EQ(shown({1, 1.5, 1.02}), 0);
  EXPECT_EQ(shown({1, std::nullopt, 1.05}), 0);
  EXPECT_EQ(shown({1, 1.5, 1.5}), 1);
  EXPECT_EQ(shown({1, 1.5, 2.0}), 1);
  EXPECT_EQ(shown({1, 1.5, std::nullopt}), 2);
  EXPECT_EQ(shown({1, 1.5, 1.3}), std::nullopt);  // power cut on the way
  EXPECT_EQ(shown({1, std::nullopt, std::nullopt}), std::nullopt);
  EXPECT_EQ(shown_stop_category({1, 0.5, std::nullopt}, 0.05).error().id, 1032);
  EXPECT_EQ(shown_stop_category({1, 1.5, std::nullopt}, -1).error().id, 1032);
}

TEST(Stop, AStopThatFailedIsNotDroppedFromItsCategory) {
  const StopMeasure good{1.0, 0.1, 0.5, 0.3}, better{1.0, 0.2, 0.4, 0.2},
      none{1.0, std::nullopt, std::nullopt, std::nullopt};
  const std::vector<StopRecord> stops{{1, good}, {0, good}, {1, better}, {0, none}};
  const auto summary = stops_by_category(stops);
  ASSERT_TRUE(summary);
  ASSERT_EQ(summary->size(), 2u);
  EXPECT_EQ((*summary)[0].category, 0);
  EXPECT_EQ((*summary)[0].stops, 2);
  EXPECT_EQ((*summary)[0].came_to_rest, 1);
  EXPECT_EQ((*summary)[0].longest_time_s, std::nullopt);
  EXPECT_EQ((*summary)[0].longest_reaction_s, 0.1);
  EXPECT_EQ((*summary)[1].longest_time_s, 0.5);
  EXPECT_EQ((*summary)[1].longest_distance_m, 0.3);
  EXPECT_EQ((*summary)[1].longest_reaction_s, 0.2);
  EXPECT_EQ(stops_by_category(std::vector<StopRecord>{{3, good}}).error().id, 1036);
}

}  // namespace
}  // namespace assay::metrics
