// Properties, edge cases and bad input of the measures of motion; their values are the reference cases' business.
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numbers>
#include <set>

#include "core/random.h"
#include "metrics/measures/catalogue.h"
#include "metrics/measures/iso9283_path.h"
#include "metrics/measures/iso9283_pose.h"
#include "metrics/measures/smoothness.h"
#include "metrics/measures/spectrum.h"
#include "metrics/measures/stamps.h"
#include "metrics/measures/step_response.h"
#include "metrics/measures/trajectory_error.h"
#include "metrics/measures/travel.h"
#include "metrics/reference/reference.h"

namespace assay::metrics {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kPi = std::numbers::pi;

template <class T>
int fault(const Result<T>& result) {
  return result ? 0 : result.error().id;
}

std::vector<Vector3> cloud(std::size_t n, std::uint64_t seed, double sigma_m = 1) {
  Rng rng({seed, 0});
  std::vector<Vector3> out(n);
  for (auto& p : out)
    for (auto& x : p) x = sigma_m * rng.normal();
  return out;
}

std::vector<double> ticks(std::size_t n, double period_s = 0.01) {
  std::vector<double> out(n);
  for (std::size_t i = 0; i < n; ++i) out[i] = static_cast<double>(i) * period_s;
  return out;
}

TEST(Series, WrapsToTheHalfOpenTurn) {
  EXPECT_EQ(series::wrap(kPi), kPi);
  EXPECT_EQ(series::wrap(-kPi), kPi);
  EXPECT_NEAR(series::wrap(3 * kPi), kPi, 1e-15);
  EXPECT_EQ(series::wrap(0.0), 0.0);
  EXPECT_NEAR(series::wrap(kPi + 0.1), -kPi + 0.1, 1e-15);
  EXPECT_NEAR(series::wrap(-7 * kPi - 0.25), kPi - 0.25, 1e-14);
}

TEST(Series, MedianIsTheSortedMiddleHoweverLongAndHoweverSpread) {
  Rng rng({7, 0});
  for (const std::size_t n : {1u, 2u, 5u, 2047u, 2048u, 2049u, 5000u, 5001u})
    for (const int shape : {0, 1, 2, 3, 4}) {
      std::vector<double> x(n);
      std::size_t i = 0;
      for (auto& v : x) {
        v = rng.normal();
        if (shape == 1) v = std::floor(v);                                      // ties
        if (shape == 2) v = v > 2 ? 1e300 : v > 0 ? 1.0 : -1e300;               // a range too wide to subtract
        if (shape == 3) v = std::exp(60 * v);                                   // nearly all close together
        if (shape == 4) v += i++ % (n / 1024 + 1) == 0 || i % 2 == 0 ? 50 : 0;  // a sample at equal steps misleads
      }
      auto sorted = x;
      std::sort(sorted.begin(), sorted.end());
      const double middle = n % 2 == 1 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
      EXPECT_EQ(series::median(x), middle) << n << ' ' << shape;
    }
  EXPECT_EQ(series::median(std::vector<double>(4000, 2.5)), 2.5);
  EXPECT_EQ(series::median(std::vector<double>{}), std::nullopt);
}

TEST(Series, StampsAreNearestNanoseconds) {
  const double time_s[] = {-0.5e-9, 0.4e-9, 0.5e-9, 1.0000000005, 4e9};
  const auto ns = stamps_ns("t", time_s);
  ASSERT_TRUE(ns);
  EXPECT_EQ(*ns, (std::vector<std::int64_t>{-1, 0, 1, std::llround(1.0000000005 * 1e9), 4'000'000'000'000'000'000}));
  EXPECT_EQ(fault(stamps_ns("t", std::vector<double>{0, 0})), 1035);
  EXPECT_EQ(fault(stamps_ns("t", std::vector<double>{0, 0.4e-9})), 1035);
  EXPECT_EQ(fault(stamps_ns("t", std::vector<double>{kNan})), 1030);
  EXPECT_EQ(fault(stamps_ns("t", std::vector<double>{1e300})), 1036);
}

TEST(Pose, DoesNotDependOnWherePosesLieOrInWhichOrder) {
  auto poses = cloud(30, 1, 1e-3);
  const std::vector<Vector3> angles(30, Vector3{0, 0, 0});
  const auto here = pose_characteristics({0, 0, 0}, {0, 0, 0}, poses, angles);
  std::reverse(poses.begin(), poses.end());
  for (auto& p : poses) p[0] += 64, p[2] -= 32;
  const auto there = pose_characteristics({64, 0, -32}, {0, 0, 0}, poses, angles);
  ASSERT_TRUE(here && there);
  EXPECT_NEAR(*here->accuracy_m, *there->accuracy_m, 1e-13);
  EXPECT_NEAR(*here->repeatability_m, *there->repeatability_m, 1e-13);
}

TEST(Pose, BadInputIsAnError) {
  const std::vector<Vector3> one(1), two(2), bad{{0, kNan, 0}};
  EXPECT_EQ(fault(pose_characteristics({0, 0, 0}, {0, 0, 0}, one, two)), 1034);
  EXPECT_EQ(fault(pose_characteristics({0, 0, 0}, {0, 0, 0}, bad, one)), 1030);
  EXPECT_EQ(fault(pose_characteristics({0, kInfinity, 0}, {0, 0, 0}, one, one)), 1030);
  EXPECT_EQ(fault(pose_characteristics({-1e308, 0, 0}, {0, 0, 0}, std::vector<Vector3>{{1e308, 0, 0}}, one)), 1036);
  EXPECT_EQ(fault(distance_characteristics({0, 0, 0}, {1, 0, 0}, one, two)), 1034);
  const std::vector<std::vector<Vector3>> groups{one, two}, unequal{one, one};
  EXPECT_EQ(fault(multidirectional_variation({0, 0, 0}, groups, unequal)), 1034);
  EXPECT_EQ(fault(pose_drift(std::vector<double>{0, 0}, {0, 0, 0}, groups)), 1035);
  EXPECT_EQ(fault(pose_drift(std::vector<double>{0}, {0, 0, 0}, groups)), 1034);
  const std::vector<StabilisationCycle> negative{{{0, 1}, {1, -1}}}, backward{{{1, 0}, {1, 1}}}, ragged{{{0}, {1, 1}}};
  EXPECT_EQ(fault(pose_stabilisation(1, negative)), 1032);
  EXPECT_EQ(fault(pose_stabilisation(1, backward)), 1035);
  EXPECT_EQ(fault(pose_stabilisation(1, ragged)), 1034);
  EXPECT_EQ(fault(pose_stabilisation(-1, {})), 1032);
}

TEST(Pose, DriftWithoutABlockIsUndefined) {
  const auto none = pose_drift({}, {0, 0, 0}, {});
  ASSERT_TRUE(none);
  EXPECT_TRUE(none->accuracy_m.empty());
  EXPECT_FALSE(none->accuracy_end_m || none->repeatability_max_m);
}

TEST(Path, BadInputIsAnError) {
  const std::vector<Vector3> two(2);
  const std::vector<std::vector<Vector3>> ragged{std::vector<Vector3>(2), std::vector<Vector3>(1)};
  EXPECT_EQ(fault(path_characteristics(two, ragged, two, ragged)), 1034);
  EXPECT_EQ(fault(path_characteristics(two, {}, std::vector<Vector3>(1), {})), 1034);
  EXPECT_EQ(fault(corner_deviations({0, 0, 0}, {kNan, 0, 0}, {1, 1, 0}, {})), 1030);
  EXPECT_EQ(fault(path_velocity_characteristics(kNan, {})), 1030);
  EXPECT_EQ(fault(path_velocity_characteristics(1e-300, std::vector<std::vector<double>>{{1e10}})), 1036);
}

TEST(Association, IsTheExhaustiveSearch) {
  Rng rng({11, 0});
  for (int round = 0; round < 200; ++round) {
    const auto stamps = [&](std::size_t n) {
      std::vector<double> out;
      double t = 0;
      for (std::size_t i = 0; i < n; ++i) out.push_back(t += 0.125 * static_cast<double>(1 + rng.below(4)));
      return out;
    };
    const auto reference = stamps(rng.below(12)), estimate = stamps(rng.below(12));
    const double max_diff_s = 0.0625 * static_cast<double>(rng.below(6));
    const auto got = associate(reference, estimate, max_diff_s);
    ASSERT_TRUE(got);
    const bool over_reference = reference.size() < estimate.size();
    const auto& walked = over_reference ? reference : estimate;
    const auto& other = over_reference ? estimate : reference;
    std::vector<int> own, partner;
    for (std::size_t i = 0; i < walked.size(); ++i) {
      std::size_t best = 0;
      for (std::size_t j = 1; j < other.size(); ++j)
        if (std::abs(other[j] - walked[i]) < std::abs(other[best] - walked[i])) best = j;
      if (other.empty() || std::abs(other[best] - walked[i]) > max_diff_s) continue;
      own.push_back(static_cast<int>(i));
      partner.push_back(static_cast<int>(best));
    }
    EXPECT_EQ(over_reference ? got->reference : got->estimate, own);
    EXPECT_EQ(over_reference ? got->estimate : got->reference, partner);
  }
}

TEST(Association, BadInputIsAnError) {
  const std::vector<double> good{0, 1}, bad{1, 0};
  EXPECT_EQ(fault(associate(good, bad, 0.1)), 1035);
  EXPECT_EQ(fault(associate(good, good, -0.1)), 1032);
  EXPECT_NE(fault(associate(good, good, kNan)), 0);
  EXPECT_EQ(associate(good, std::vector<double>{-4e9, 4e9}, 1e300)->reference.size(), 2u);
}

TEST(Alignment, FindsTheSimilarityThatMadeTheTrack) {
  const auto x = cloud(50, 3);
  const double c = 1.75, turn = 0.6;
  std::vector<Vector3> y;
  for (const auto& p : x)
    y.push_back({c * (std::cos(turn) * p[0] - std::sin(turn) * p[1]) + 5,
                 c * (std::sin(turn) * p[0] + std::cos(turn) * p[1]) - 6, c * p[2] + 7});
  const auto t = ticks(50);
  const auto sim3 = absolute_pose_error({t, y}, {t, x}, 0, TrajectoryAlignment::sim3);
  ASSERT_TRUE(sim3 && sim3->error);
  EXPECT_NEAR(sim3->similarity->scale, c, 1e-12);
  EXPECT_NEAR(sim3->similarity->rotation[1][0], std::sin(turn), 1e-12);
  EXPECT_NEAR(sim3->similarity->translation_m[1], -6, 1e-12);
  EXPECT_LT(sim3->error->max_m, 1e-12);
  const auto se3 = absolute_pose_error({t, y}, {t, x}, 0, TrajectoryAlignment::se3);
  EXPECT_EQ(se3->similarity->scale, 1);
  EXPECT_GT(se3->error->rmse_m, 0.5);
}

TEST(Alignment, CostsNoDigitsFarFromTheOrigin) {
  const auto near_track = cloud(100, 4);
  auto far_track = near_track;
  for (auto& p : far_track) p[0] += 4194304, p[1] -= 2097152;
  const auto t = ticks(100);
  const auto r = absolute_pose_error({t, near_track}, {t, far_track}, 0, TrajectoryAlignment::se3);
  ASSERT_TRUE(r && r->error);
  EXPECT_LT(r->error->max_m, 1e-8);
  EXPECT_NEAR(r->similarity->rotation[0][0], 1, 1e-9);
}

TEST(Alignment, CostsFewDigitsWhereStartAndSampledPointsLieApart) {
  // Sums are taken from the mean of every 64th point: here those lie 1 km from the others.
  auto x = cloud(1001, 4);
  for (std::size_t i = 0; i < x.size(); i += 64) x[i][0] += 1000;
  std::vector<Vector3> y;
  for (const auto& p : x) y.push_back({0.6 * p[0] - 0.8 * p[1], 0.8 * p[0] + 0.6 * p[1], p[2] + 7});
  const auto t = ticks(1001);
  const auto r = absolute_pose_error({t, y}, {t, x}, 0, TrajectoryAlignment::se3);
  ASSERT_TRUE(r && r->error);
  EXPECT_LT(r->error->max_m, 1e-10);
}

TEST(TrajectoryError, BadInputIsAnError) {
  const auto t = ticks(3);
  const auto x = cloud(3, 5);
  const std::vector<std::array<double, 4>> q(3, {0, 0, 0, 2}), zero(3, {0, 0, 0, 0}), few(2, {0, 0, 0, 1});
  const auto none = TrajectoryAlignment::none;
  EXPECT_EQ(fault(absolute_pose_error({t, x}, {t, cloud(2, 5)}, 0.1, none)), 1034);
  auto bad = x;
  bad[1][2] = kNan;
  EXPECT_EQ(fault(absolute_pose_error({t, x}, {t, bad}, 0.1, none)), 1030);
  bad[1][2] = 1e200;
  EXPECT_EQ(fault(absolute_pose_error({t, x}, {t, bad}, 0.1, none)), 1036);
  const PoseTrack good{{t, x}, q};
  EXPECT_EQ(fault(relative_pose_error(good, {{t, x}, zero}, 0.1, none, 1, true)), 1032);
  EXPECT_EQ(fault(relative_pose_error(good, {{t, x}, few}, 0.1, none, 1, true)), 1034);
  EXPECT_EQ(fault(relative_pose_error(good, good, 0.1, none, 0, true)), 1032);
  EXPECT_EQ(relative_pose_error(good, good, 0.1, none, 1, true)->error->max_m, 0);
  EXPECT_EQ(relative_pose_error(good, good, 0.1, none, std::numeric_limits<int>::max(), true)->relative_pairs, 0);
}

std::vector<double> movement(std::size_t n, double rate_hz, std::uint64_t seed) {
  Rng rng({seed, 0});
  std::vector<double> v(n);
  for (std::size_t i = 0; i < n; ++i) {
    const double t = static_cast<double>(i) / rate_hz;
    v[i] = std::abs(std::sin(0.7 * t)) + 0.3 * std::pow(std::sin(5 * t), 2) + 0.05 * rng.uniform();
  }
  return v;
}

TEST(Spectrum, InterpolationAgreesWithTheTransform) {
  for (const std::size_t n : {2048u, 2600u, 3277u, 4096u, 5000u}) {
    const auto v = movement(n, 100, n);
    const std::size_t size = std::bit_ceil(n) * 16, last = size / 10;
    const auto a = series::magnitudes_by_fft(v, size, last), b = series::magnitudes_by_interpolation(v, size, last);
    ASSERT_EQ(a.bin.size(), b.bin.size());
    EXPECT_NEAR(a.peak, b.peak, 1e-12 * a.peak);
    double worst = 0;
    for (std::size_t k = 0; k <= last; ++k) worst = std::max(worst, std::abs(a.bin[k] - b.bin[k]));
    EXPECT_LT(worst, 1e-12 * a.peak) << n;
  }
}

TEST(Spectrum, OnlyBinsBelowTheLeastShareAreLeftOut) {
  for (const double least : {1e-4, 1e-3, 0.01, 0.05, 0.5, 1.0, 1.5}) {
    const auto v = movement(4096, 100, 3);
    const std::size_t size = 65536, last = 6553;
    const auto all = series::magnitudes(v, size, last), few = series::magnitudes(v, size, last, least);
    ASSERT_LE(few.bin.size(), all.bin.size());
    for (std::size_t k = 0; k <= last; ++k) {
      if (k < few.bin.size())
        EXPECT_EQ(few.bin[k], all.bin[k]);
      else
        EXPECT_LT(all.bin[k], least * all.peak) << least << ' ' << k;
    }
    EXPECT_TRUE(least < 0.01 || few.bin.size() < all.bin.size() / 2) << least;
  }
}

TEST(Spectrum, AnImpulseAndTheShortestRecords) {
  std::vector<double> impulse(4096, 0.0);
  impulse[4095] = 2;
  const auto m = series::magnitudes(impulse, 65536, 6000);
  for (const double bin : m.bin) EXPECT_NEAR(bin, 2, 1e-11);
  for (const std::size_t size : {1u, 2u, 4u}) {
    const auto one = series::magnitudes(std::vector<double>{3}, size, size - 1);
    for (const double bin : one.bin) EXPECT_NEAR(bin, 3, 1e-12);
  }
}

TEST(Smoothness, DoesNotDependOnUnitOrOnPauseAtTheEnd) {
  auto v = movement(500, 50, 2);
  v.back() = v.front() = 0;
  const auto metre = smoothness(v, 50);
  for (auto& x : v) x *= 1000;
  const auto millimetre = smoothness(v, 50);
  ASSERT_TRUE(metre && millimetre);
  EXPECT_NEAR(*metre->sparc, *millimetre->sparc, 1e-12);
  EXPECT_NEAR(*metre->log_dimensionless_jerk, *millimetre->log_dimensionless_jerk, 1e-12);
  v.resize(511, 0.0);  // the same padded length, and SPARC sees only the spectrum
  EXPECT_NEAR(*smoothness(v, 50)->sparc, *metre->sparc, 1e-12);
}

TEST(Smoothness, ARougherMovementScoresLower) {
  std::vector<double> smooth, rough;
  for (int i = 0; i < 200; ++i) {
    const double t = i / 100.0;
    smooth.push_back(std::exp(-8 * (t - 1) * (t - 1)));
    rough.push_back(smooth.back() * (1 + 0.5 * std::sin(30 * t)));
  }
  EXPECT_GT(*smoothness(smooth, 100)->sparc, *smoothness(rough, 100)->sparc);
  EXPECT_GT(*smoothness(smooth, 100)->log_dimensionless_jerk, *smoothness(rough, 100)->log_dimensionless_jerk);
}

TEST(Smoothness, BadInputIsAnError) {
  const std::vector<double> v{0, 1, 2, 1, 0};
  EXPECT_EQ(fault(smoothness(v, 0)), 1032);
  EXPECT_NE(fault(smoothness(v, kNan)), 0);
  EXPECT_EQ(fault(smoothness(std::vector<double>{0, kNan, 0}, 100)), 1030);
  EXPECT_EQ(fault(smoothness(v, 100, {.pad_level = -1})), 1032);
  EXPECT_EQ(fault(smoothness(v, 100, {.pad_level = 40})), 1032);
  EXPECT_EQ(fault(smoothness(std::vector<double>(3000, 1.0), 100, {.pad_level = 16})), 1039);
  EXPECT_EQ(fault(smoothness(std::vector<double>{0, 1e200, 0, 1e200}, 1e100)), 1036);
  EXPECT_EQ(smoothness({}, 100)->sparc, std::nullopt);
  EXPECT_EQ(smoothness(v, 100, {.cutoff_hz = 0})->sparc, std::nullopt);  // one bin is no arc
  EXPECT_TRUE(smoothness(v, 100, {.cutoff_hz = 1e300})->sparc);
}

TEST(StepResponse, BadInputIsAnError) {
  const std::vector<double> t{0, 1}, v{0, 1};
  EXPECT_EQ(fault(settle_time(t, v, 1, -0.1, 0, 0)), 1032);
  EXPECT_EQ(fault(settle_time(t, v, 1, 0.1, 0, -1)), 1032);
  EXPECT_EQ(fault(settle_time(t, std::vector<double>{0}, 1, 0.1, 0, 0)), 1034);
  EXPECT_EQ(fault(settle_time(v, std::vector<double>{kNan, 0}, 1, 0.1, 0, 0)), 1030);
  EXPECT_EQ(fault(overshoot(std::vector<double>{1, 0}, v, 0, 1, 0)), 1035);
  EXPECT_EQ(fault(overshoot(t, v, 0, kInfinity, 0)), 1030);
}

TEST(StepResponse, HoldsAreMeasuredInNanoseconds) {
  // 0.1 + 0.2 is more than 0.3 in binary64, and the same instant in nanoseconds.
  const std::vector<double> t{0.1, 0.2, 0.1 + 0.2}, v{1, 1, 1};
  EXPECT_EQ(settle_time(t, v, 1, 0, 0.3, 0)->settled, true);
  EXPECT_EQ(settle_time(t, v, 1, 0, 0.1, 0.2)->settled, true);
  EXPECT_EQ(settle_time(t, v, 1, 0, 0.1, 0.200000001)->settled, false);
}

TEST(Travel, BadInputIsAnError) {
  const std::vector<double> t{0, 1}, p{1, 2};
  const auto x = cloud(2, 1);
  EXPECT_EQ(fault(path_length(t, cloud(3, 1))), 1034);
  EXPECT_EQ(fault(cost_of_transport(t, p, x, -1, 9.8)), 1032);
  EXPECT_EQ(fault(cost_of_transport(t, std::vector<double>{1, kNan}, x, 1, 9.8)), 1030);
  CoverageGrid grid;
  grid.cell_size_m = 1;
  grid.cells_x = grid.cells_y = 10;
  const std::vector<std::array<double, 2>> far{{0, 0}, {1e12, 0}};
  EXPECT_EQ(fault(coverage(grid, far, 1)), 1039);
  EXPECT_EQ(fault(coverage(grid, {}, -1)), 1032);
  const std::vector<std::array<int, 2>> outside{{10, 0}};
  grid.blocked = outside;
  EXPECT_EQ(fault(coverage(grid, {}, 1)), 1032);
  grid.blocked = {};
  grid.cells_x = grid.cells_y = 100'000;
  EXPECT_EQ(fault(coverage(grid, {}, 1)), 1039);
  grid.cell_size_m = 0;
  EXPECT_EQ(fault(coverage(grid, {}, 1)), 1032);
}

TEST(Travel, CoverageGrowsWithTheRadiusUpToAll) {
  CoverageGrid grid;
  grid.cell_size_m = 0.5;
  grid.cells_x = 13;
  grid.cells_y = 7;
  const std::vector<std::array<double, 2>> way{{0.3, 0.3}, {5.1, 2.2}, {1.0, 3.3}};
  int before = 0;
  for (int r = 0; r <= 16; ++r) {
    const auto c = coverage(grid, way, 0.5 * r);
    ASSERT_TRUE(c);
    EXPECT_GE(c->covered_cells, before);
    before = c->covered_cells;
  }
  EXPECT_EQ(before, 13 * 7);
}

TEST(Catalogue, EveryMotionAndTaskMeasureIsCompleteAndChecked) {
  std::vector<MeasureEntry> list;
  add_motion_measures(list);
  add_task_measures(list);
  ReferenceRegistry registry;
  register_builtin_reference_kinds(registry);
  std::set<std::string> ids;
  for (const auto& entry : list) {
    SCOPED_TRACE(entry.spec.id);
    EXPECT_TRUE(ids.insert(entry.spec.id).second);
    for (const auto& text : {entry.spec.title, entry.spec.definition, entry.spec.undefined_when}) {
      EXPECT_FALSE(text.en.empty() || text.zh.empty());
      EXPECT_NE(text.en, text.zh);
    }
    EXPECT_FALSE(entry.spec.unit.empty() || entry.spec.clause.empty() || entry.member.empty());
    EXPECT_NE(registry.find(entry.kind), nullptr);
  }
}

}  // namespace
}  // namespace assay::metrics
