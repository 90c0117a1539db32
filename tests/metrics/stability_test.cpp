// Balance and support.
#include "metrics/measures/stability.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/random.h"

namespace assay::metrics {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

TEST(Stability, BadInputIsATypedError) {
  const std::vector<double> t{0, 1}, x{0, 0};
  EXPECT_EQ(fall_measure(t, x, std::vector<double>{0}, {}).error().id, 1034);
  EXPECT_EQ(fall_measure(t, x, std::vector<double>{0, kNan}, {}).error().id, 1030);
  EXPECT_EQ(fall_measure(t, x, x, {0.5, 1, -1}).error().id, 1032);
  EXPECT_EQ(recovery_measure(std::vector<double>{1, 0}, x, {}).error().id, 1035);
  EXPECT_EQ(recovery_measure(t, x, {0, -1, 0}).error().id, 1032);
  EXPECT_EQ(support_margins(std::vector<Point2>{{0, kNan}}, {}).error().id, 1030);
  const std::vector<std::array<double, 3>> one{{0, 0, 1}}, two(2);
  EXPECT_EQ(zmp_margins({one, two, 0, 0}, {}).error().id, 1034);
  EXPECT_EQ(zmp_margins({one, one, 0, -1}, {}).error().id, 1032);
}

TEST(Zmp, NoDivisionByANormalForceOfZero) {
  const std::vector<std::array<double, 3>> force{{1, 0, 0}}, torque{{0, 1, 0}};
  const auto margins = zmp_margins({force, torque, 0, 0}, std::vector<Point2>{{0, 0}});
  ASSERT_TRUE(margins);
  EXPECT_EQ(margins->zmp_m[0], std::nullopt);
  EXPECT_EQ(margins->min_margin_m, std::nullopt);
}

/// Margins do not depend on order, repeats, inner points, or on where and how the plane's axes lie.
TEST(Support, InvariantUnderOrderRepeatsAndMotion) {
  Rng rng(StreamKey{3, 4});
  for (int round = 0; round < 50; ++round) {
    std::vector<Point2> support, points;
    for (int i = 0; i < 9; ++i) support.push_back({rng.normal(), rng.normal()});
    for (int i = 0; i < 9; ++i) points.push_back({2 * rng.normal(), 2 * rng.normal()});
    const auto margins = support_margins(support, points);
    ASSERT_TRUE(margins);
    const double c = std::cos(0.1 * round), s = std::sin(0.1 * round);
    const auto moved = [&](const Point2& p) { return Point2{c * p[0] - s * p[1] + 3, s * p[0] + c * p[1] - 1}; };
    std::vector<Point2> other, moved_points;
    for (const auto& p : support) other.push_back(moved(p));
    std::reverse(other.begin(), other.end());
    other.push_back(other.front());
    other.push_back({(other[0][0] + other[1][0] + other[2][0]) / 3, (other[0][1] + other[1][1] + other[2][1]) / 3});
    for (const auto& p : points) moved_points.push_back(moved(p));
    const auto again = support_margins(other, moved_points);
    ASSERT_TRUE(again);
    EXPECT_NEAR(*again->support_area_m2, *margins->support_area_m2, 1e-12);
    for (std::size_t i = 0; i < points.size(); ++i) EXPECT_NEAR(*again->margin_m[i], *margins->margin_m[i], 1e-12);
  }
}

TEST(Support, EveryCornerIsOnTheBorderAndTheMiddleWithin) {
  const std::vector<Point2> support{{0, 0}, {4, 0}, {4, 3}, {0, 3}};
  const auto margins = support_margins(support, support);
  for (const auto& margin : margins->margin_m) {
    EXPECT_EQ(margin, 0);
    EXPECT_FALSE(std::signbit(*margin));
  }
  EXPECT_EQ(support_margins(support, std::vector<Point2>{{2, 1.5}})->min_margin_m, 1.5);
}

}  // namespace
}  // namespace assay::metrics
