// Joints, forces, reports and swept surfaces: cases worked out by hand, and `covered` against its definition.
#include <gmock/gmock.h>

#include <algorithm>
#include <limits>
#include <set>

#include "core/random.h"
#include "tests/metrics/trace_builder.h"

namespace assay::metrics {
namespace {

using testing::ElementsAre;
constexpr double kInf = std::numeric_limits<double>::infinity();
const double kHalf = std::sqrt(0.5);

std::vector<double> rho(const Condition& condition, const Stream& truth) {
  auto result = robustness(condition, truth);
  EXPECT_TRUE(result.ok()) << (result ? "" : to_string(result.error(), Lang::en));
  return result ? *result : std::vector<double>{};
}

Condition bounds(Op op, double min, double max, double tolerance) {
  Condition c = predicate(op, "j");
  c.min = min, c.max = max, c.tolerance = tolerance;
  return c;
}

TEST(Mechanism, JointLiesBetweenItsBounds) {
  const auto truth = make_stream({0, 1, 2, 3}, {{"joint.j", {0, 0.25, 0.5, 1}}});
  EXPECT_THAT(rho(bounds(Op::joint, 0.25, kInf, 0.5), truth), ElementsAre(-0.5, 0, 0.5, 1.5));
  EXPECT_THAT(rho(bounds(Op::joint, -kInf, 0.5, 1), truth), ElementsAre(0.5, 0.25, 0, -0.5));
  EXPECT_THAT(rho(bounds(Op::joint, 0.25, 0.75, 1), truth), ElementsAre(-0.25, 0, 0.25, -0.25));
}

TEST(Mechanism, PressingLooksAtTheSizeOfTheForce) {
  const auto truth = make_stream({0, 1, 2, 3}, {{"spring.j_n", {0, -8, 10, -21}}});
  EXPECT_THAT(rho(bounds(Op::pressing, 5, 15, 2), truth), ElementsAre(-2.5, 1.5, 2.5, -3));
}

TEST(Reports, CountFromTheirDistance) {
  const auto truth = make_stream({0, 1, 2}, {{"report.h_m", {1000, 0.75, 0.25}}, {"report.*", {0, 0, 1}}});
  auto reported = predicate(Op::reported, "h");
  reported.radius_m = 0.5, reported.tolerance = 0.25;
  EXPECT_THAT(rho(reported, truth), ElementsAre(-3998, -1, 1));
  EXPECT_THAT(rho(predicate(Op::no_false_report, ""), truth), ElementsAre(1, 1, -1));
}

TEST(Mechanism, SignalsAndTheirChannels) {
  using Kind = SignalSpec::Kind;
  const auto name = [](Kind kind, const char* a) {
    const auto channels = signal_channels({kind, a, ""});
    EXPECT_EQ(channels.size(), 1u);
    return channels.front().name + "|" + channels.front().unit;
  };
  EXPECT_EQ(name(Kind::joint, "j"), "joint.j|1");
  EXPECT_EQ(name(Kind::spring, "j"), "spring.j_n|N");
  EXPECT_EQ(name(Kind::report, "h"), "report.h_m|m");
  EXPECT_EQ(name(Kind::report, "*"), "report.*|1");

  auto covered = predicate(Op::covered, "a", "b");
  covered.except = {{"sofa", {1, 1, 1}}};
  covered.children = {bounds(Op::pressing, 5, 15, 1)};
  EXPECT_THAT(
      required_signals(node(Op::all, {covered, bounds(Op::joint, 0, 1, 1), predicate(Op::reported, "h"),
                                      predicate(Op::no_false_report, "")})),
      ElementsAre(SignalSpec{Kind::pose, "a", ""}, SignalSpec{Kind::pose, "b", ""}, SignalSpec{Kind::pose, "sofa", ""},
                  SignalSpec{Kind::joint, "j", ""}, SignalSpec{Kind::spring, "j", ""},
                  SignalSpec{Kind::report, "*", ""}, SignalSpec{Kind::report, "h", ""}));
}

// ---- covered ------------------------------------------------------------------------------------------------

using Pose = std::array<double, 7>;

Columns poses(const std::string& name, const std::vector<Pose>& rows) {
  Columns columns = constant_pose(name, std::vector<double>(7, 0), rows.size());
  for (std::size_t k = 0; k < 7; ++k)
    for (std::size_t i = 0; i < rows.size(); ++i) columns[k].second[i] = rows[i][k];
  return columns;
}
Columns path(const std::vector<std::array<double, 3>>& points) {
  std::vector<Pose> rows;
  for (const auto& p : points) rows.push_back({p[0], p[1], p[2], 1, 0, 0, 0});
  return poses("a", rows);
}
std::vector<std::int64_t> stamps(std::size_t n) {
  std::vector<std::int64_t> t(n);
  for (std::size_t i = 0; i < n; ++i) t[i] = static_cast<std::int64_t>(i) * 20;
  return t;
}

/// Two cells of 0.2 m beside each other, centres at x = −0.1 and 0.1; three quarters are wanted, ±a quarter.
Condition two_cells() {
  Condition c = predicate(Op::covered, "a", "b");
  c.half_m[0] = 0.2, c.half_m[1] = 0.1, c.half_m[2] = 0.05;
  c.cell_m = 0.2, c.radius_m = 0.05, c.share = 0.75, c.tolerance = 0.25;
  return c;
}
const Pose kOrigin{0, 0, 0, 1, 0, 0, 0};

TEST(Covered, CountsCellsWhoseCentreWasNear) {
  const auto truth = make_stream(
      stamps(6), path({{9, 9, 0}, {-0.1, 0, 0}, {0.1, 0, 0.06}, {0.1, 0.06, 0}, {0.13, 0.03, -0.04}, {9, 9, 9}}) +
                     poses("b", std::vector<Pose>(6, kOrigin)));
  EXPECT_THAT(rho(two_cells(), truth), ElementsAre(-3, -1, -1, -1, 1, 1)) << "too high, then too far, then swept";
}

TEST(Covered, CellsMoveAndTurnWithTheSurface) {
  // b stands at (1, 2, 3), first upright, then turned 90° about z: its cells lie at (1, 2 ∓ 0.1, 3).
  const auto truth = make_stream(
      stamps(3), path({{0.9, 2, 3}, {0.9, 2, 3}, {1, 2.1, 3}}) +
                     poses("b", {{1, 2, 3, 1, 0, 0, 0}, {1, 2, 3, kHalf, 0, 0, kHalf}, {1, 2, 3, kHalf, 0, 0, kHalf}}));
  EXPECT_THAT(rho(two_cells(), truth), ElementsAre(-1, -1, 1));
}

TEST(Covered, ExceptionsAreThoseOfTheFirstRow) {
  auto c = two_cells();
  c.except = {{"sofa", {0.04, 0.04, 0.5}}};
  // Widened by 0.05 the sofa takes the cell at 0.1 away; that it is pushed off later changes nothing.
  const auto truth =
      make_stream(stamps(2), path({{9, 9, 9}, {-0.1, 0, 0}}) + poses("b", std::vector<Pose>(2, kOrigin)) +
                                 poses("sofa", {{0.18, 0, 0, 1, 0, 0, 0}, {5, 5, 0, 1, 0, 0, 0}}));
  EXPECT_THAT(rho(c, truth), ElementsAre(-3, 1)) << "one of one";
  c.except[0].half_m[0] = 2;
  EXPECT_EQ(robustness(c, truth).error().id, 1003) << "no cell is left: there is no share";
}

TEST(Covered, SweepsOnlyWhileItsConditionHolds) {
  auto c = two_cells();
  c.children = {bounds(Op::pressing, 5, 15, 1)};
  const Columns force = {{"spring.j_n", {3, 5, 20}}};
  const auto truth = make_stream(
      stamps(3), path({{-0.1, 0, 0}, {-0.1, 0, 0}, {0.1, 0, 0}}) + poses("b", std::vector<Pose>(3, kOrigin)) + force);
  EXPECT_THAT(rho(c, truth), ElementsAre(-3, -1, -1)) << "too light, right, too hard";
}

TEST(Covered, RefusesWhatHasNoMeaning) {
  const auto truth = make_stream({0}, path({{0, 0, 0}}) + poses("b", {kOrigin}));
  const auto bad = [&](auto&& change) {
    auto c = two_cells();
    change(c);
    const auto result = robustness(c, truth);
    return result ? 0 : result.error().id;
  };
  EXPECT_EQ(bad([](Condition&) {}), 0);
  EXPECT_EQ(bad([](Condition& c) { c.cell_m = 0; }), 1003);
  EXPECT_EQ(bad([](Condition& c) { c.cell_m = 1e-9; }), 1003) << "more cells than memory";
  EXPECT_EQ(bad([](Condition& c) { c.radius_m = -1; }), 1003);
  EXPECT_EQ(bad([](Condition& c) { c.share = 1.5; }), 1003);
  EXPECT_EQ(bad([](Condition& c) { c.share = 0; }), 1003);
  EXPECT_EQ(bad([](Condition& c) { c.half_m[1] = kInf; }), 1003);
  EXPECT_EQ(bad([](Condition& c) { c.b = ""; }), 1003);
  EXPECT_EQ(bad([](Condition& c) { c.except = {{"", {1, 1, 1}}}; }), 1003);
  EXPECT_EQ(bad([](Condition& c) { c.except = {{"sofa", {1, 1, 1}}}; }), 1001);
  EXPECT_EQ(bad([](Condition& c) { c.children = {above("a", 0), above("a", 0)}; }), 1003);
  EXPECT_EQ(robustness(bounds(Op::joint, 1, 0, 1), truth).error().id, 1003);
  EXPECT_EQ(robustness(bounds(Op::joint, -kInf, kInf, 1), truth).error().id, 1003);
}

/// Random surfaces, paths and exceptions.
struct Scene {
  Rng rng;
  Condition c = two_cells();
  std::vector<Pose> a, b, sofa;
  std::vector<double> height;

  explicit Scene(std::uint64_t seed, bool still) : rng(StreamKey{seed, 11}) {
    c.half_m[0] = rng.uniform(0.05, 1), c.half_m[1] = rng.uniform(0.05, 1), c.half_m[2] = rng.uniform(0.02, 0.5);
    c.cell_m = rng.uniform(0.03, 0.4), c.radius_m = rng.uniform(0.02, 0.5);
    c.share = rng.uniform(0.1, 1), c.tolerance = rng.uniform(0.01, 1);
    if (!still && rng.below(2) == 0) c.except = {{"sofa", {rng.uniform(0, 0.3), rng.uniform(0, 0.3), 0.2}}};
    if (rng.below(2) == 0) c.children = {above("h", 0)};
    Pose at = pose(0.3);
    for (std::uint64_t i = 0, n = 1 + rng.below(25); i < n; ++i) {
      a.push_back(pose(1));
      b.push_back(still ? at : pose(0.3));
      sofa.push_back(pose(0.5));
      height.push_back(rng.uniform(-1, 2));
    }
  }
  Pose pose(double size) {
    return {rng.uniform(-size, size), rng.uniform(-size, size), rng.uniform(-0.2, 0.2), rng.uniform(-1, 1),
            rng.uniform(-1, 1),       rng.uniform(-1, 1),       rng.uniform(-1, 1)};
  }
  [[nodiscard]] Stream truth() const {
    const Columns heights = {{"h.z_m", height}};
    return make_stream(stamps(a.size()), poses("a", a) + poses("b", b) + poses("sofa", sofa) + heights);
  }
};

using Quaternion = std::array<double, 4>;
Quaternion times(const Quaternion& p, const Quaternion& q) {
  return {p[0] * q[0] - p[1] * q[1] - p[2] * q[2] - p[3] * q[3], p[0] * q[1] + p[1] * q[0] + p[2] * q[3] - p[3] * q[2],
          p[0] * q[2] - p[1] * q[3] + p[2] * q[0] + p[3] * q[1], p[0] * q[3] + p[1] * q[2] - p[2] * q[1] + p[3] * q[0]};
}
/// v out of (inverse = false: into the world from) the frame of `pose`: q v q⁻¹.
std::array<double, 3> turned(const Pose& pose, const std::array<double, 3>& v, bool inverse) {
  const double s = inverse ? -1 : 1;
  const Quaternion q{pose[3], s * pose[4], s * pose[5], s * pose[6]};
  const double n2 = q[0] * q[0] + q[1] * q[1] + q[2] * q[2] + q[3] * q[3];
  const auto r = times(times(q, {0, v[0], v[1], v[2]}), {q[0] / n2, -q[1] / n2, -q[2] / n2, -q[3] / n2});
  return {r[1], r[2], r[3]};
}

/// The definition, cell by cell and row by row. Empty if no cell counts.
std::vector<double> by_definition(const Scene& s) {
  const auto along = [&](double half) {
    return std::max(1, static_cast<int>(std::floor(2 * half / s.c.cell_m + 0.5)));
  };
  const int nx = along(s.c.half_m[0]), ny = along(s.c.half_m[1]);
  std::vector<std::array<double, 2>> cells;
  for (int i = 0; i < nx; ++i)
    for (int j = 0; j < ny; ++j) {
      const std::array<double, 2> centre{(i - (nx - 1) / 2.0) * s.c.cell_m, (j - (ny - 1) / 2.0) * s.c.cell_m};
      bool counts = true;
      for (const auto& box : s.c.except) {
        auto p = turned(s.b[0], {centre[0], centre[1], 0}, false);
        for (std::size_t d = 0; d < 3; ++d) p[d] += s.b[0][d] - s.sofa[0][d];
        p = turned(s.sofa[0], p, true);
        bool in = true;
        for (std::size_t d = 0; d < 3; ++d) in = in && std::abs(p[d]) <= box.half_m[d] + s.c.radius_m;
        counts = counts && !in;
      }
      if (counts) cells.push_back(centre);
    }
  std::vector<double> out;
  if (cells.empty()) return out;
  std::set<std::size_t> swept;
  for (std::size_t i = 0; i < s.a.size(); ++i) {
    const auto p = turned(s.b[i], {s.a[i][0] - s.b[i][0], s.a[i][1] - s.b[i][1], s.a[i][2] - s.b[i][2]}, true);
    const bool holds = s.c.children.empty() || s.height[i] >= 0;
    for (std::size_t k = 0; k < cells.size(); ++k)
      if (holds && std::abs(p[2]) <= s.c.half_m[2] &&
          std::hypot(cells[k][0] - p[0], cells[k][1] - p[1]) <= s.c.radius_m)
        swept.insert(k);
    out.push_back((static_cast<double>(swept.size()) / static_cast<double>(cells.size()) - s.c.share) / s.c.tolerance);
  }
  return out;
}

TEST(CoveredProperty, EqualsTheDefinitionAndNeverFalls) {
  int moved = 0, none = 0;
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    const Scene scene(seed, false);
    const auto expected = by_definition(scene);
    const auto result = robustness(scene.c, scene.truth());
    if (expected.empty()) {
      EXPECT_EQ(result.error().id, 1003);
      ++none;
      continue;
    }
    ASSERT_TRUE(result.ok()) << to_string(result.error(), Lang::en);
    ASSERT_EQ(*result, expected) << "seed " << seed;
    ASSERT_TRUE(std::is_sorted(result->begin(), result->end()));
    if (result->front() < result->back()) ++moved;
  }
  EXPECT_GT(moved, 100);
  EXPECT_GT(none, 5);
}

TEST(CoveredProperty, OverAStillSurfaceTheOrderOfRowsDoesNotMatter) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    Scene scene(seed, true);
    const auto forward = rho(scene.c, scene.truth());
    std::reverse(scene.a.begin(), scene.a.end());
    std::reverse(scene.height.begin(), scene.height.end());
    EXPECT_EQ(rho(scene.c, scene.truth()).back(), forward.back()) << "seed " << seed;
  }
}

TEST(CoveredProperty, LongRecordsOverFineGridsAreQuick) {
  // 100,000 rows over 160,000 cells: looking at every cell in every row would take minutes.
  const std::size_t n = 100'000;
  std::vector<Pose> a(n), b(n, kOrigin);
  for (std::size_t i = 0; i < n; ++i) {
    const double s = static_cast<double>(i) / static_cast<double>(n) * 200;
    a[i] = {2 * (s / 100 - 1), 2 * std::abs(std::fmod(s, 2) - 1), 0, 1, 0, 0, 0};
  }
  auto c = two_cells();
  c.half_m[0] = c.half_m[1] = 2, c.cell_m = 0.01, c.radius_m = 0.05;
  EXPECT_GT(rho(c, make_stream(stamps(n), poses("a", a) + poses("b", b))).back(), -3);
}

}  // namespace
}  // namespace assay::metrics
