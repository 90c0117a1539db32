// The parts of the surface follower: what it reads, which lines it plans, how its servo settles.
#include <gtest/gtest.h>

#include <cmath>

#include "adapters/policies/force_servo.h"
#include "adapters/policies/grasp_plan.h"
#include "adapters/policies/side_touches.h"
#include "adapters/policies/surface_jobs.h"

namespace assay::policies {
namespace {

const std::vector<std::string> kSeams = {"green seam", "orange seam", "white seam"};

std::vector<std::string> order_of(const std::string& text) {
  Instruction instruction;
  instruction.text.en = text;
  instruction.text_only = true;
  return read_order(instruction, kSeams);
}

using Labels = std::vector<std::string>;

TEST(SurfaceWords, LabelsOfSlotsWinOverTheText) {
  Instruction instruction;
  instruction.text.en = "Follow the green seam.";
  instruction.labels = {{"target", "white seam"}, {"target_2", "orange seam"}};
  EXPECT_EQ(read_order(instruction, kSeams), (Labels{"white seam", "orange seam"}));
}

TEST(SurfaceWords, OrderOfTheWordsAndItsTurns) {
  EXPECT_EQ(order_of("First the white seam, then the green seam."), (Labels{"white seam", "green seam"}));
  EXPECT_EQ(order_of("Follow the white seam, but only after the green seam."), (Labels{"green seam", "white seam"}));
  EXPECT_EQ(order_of("After the white seam, do the green seam."), (Labels{"white seam", "green seam"}));
  EXPECT_EQ(order_of("Before the white seam, do the green seam."), (Labels{"green seam", "white seam"}));
  EXPECT_EQ(order_of("Do the white seam before the green seam."), (Labels{"white seam", "green seam"}));
}

TEST(SurfaceWords, RulesOverAll) {
  EXPECT_EQ(order_of("Follow every seam except the orange seam."), (Labels{"green seam", "white seam"}));
  EXPECT_EQ(order_of("Follow every seam, the green seam last."), (Labels{"orange seam", "white seam", "green seam"}));
  EXPECT_EQ(order_of("Do not touch the green seam. After the white seam, end with the orange seam."),
            (Labels{"white seam", "orange seam"}));
  EXPECT_TRUE(order_of("Follow the purple seam.").empty());
  EXPECT_EQ(order_of("Trace the white seam all the way, all of it."), (Labels{"white seam"}));
}

TEST(SurfaceWords, ForceAndSpeedAreTheMiddleOfTheBand) {
  const ProcessWords words = read_process("Press with 5 to 15 N, go at 2 to 4 cm/s. The camera was knocked.", {});
  EXPECT_DOUBLE_EQ(words.force_n, 10);
  EXPECT_DOUBLE_EQ(words.speed_m_s, 0.03);
  EXPECT_TRUE(words.doubts_places);
  const ProcessWords silent = read_process("7 Newtons perhaps", {4, 0.02, false});
  EXPECT_DOUBLE_EQ(silent.force_n, 4);
  EXPECT_DOUBLE_EQ(silent.speed_m_s, 0.02);
  EXPECT_FALSE(silent.doubts_places);
}

TEST(SurfaceLines, CoverTheAreaAndKeepClearOfWhatStandsThere) {
  Detection area, cup;
  area.position_m = {0.45, 0.1, 0.02};
  area.size_m = {0.14, 0.16, 0.02};
  area.yaw_rad = 0.4;
  cup.kind = "obstacle";
  cup.position_m = {0.46, 0.11, 0.04};
  cup.size_m = {0.034, 0.034, 0.04};
  for (const bool with_cup : {false, true}) {
    const auto strokes = wiping_strokes(area, with_cup ? std::vector{cup} : std::vector<Detection>{});
    ASSERT_FALSE(strokes.empty());
    EXPECT_EQ(strokes.size() > 1, with_cup);
    double nearest = 1;
    std::vector<Eigen::Vector2d> passed;
    for (const auto& stroke : strokes)
      for (double s = 0; s <= length_m(stroke); s += 0.002) passed.push_back(point_at(stroke, s));
    for (const auto& at : passed) nearest = std::min(nearest, outline_gap_m(cup, at.x(), at.y()));
    if (with_cup) {
      EXPECT_GT(nearest, 0.02);
      continue;
    }
    for (double u = -0.06; u <= 0.0601; u += 0.02)
      for (double v = -0.07; v <= 0.0701; v += 0.02) {
        const Eigen::Vector2d at(0.45 + std::cos(0.4) * u - std::sin(0.4) * v,
                                 0.1 + std::sin(0.4) * u + std::cos(0.4) * v);
        double gap = 1;
        for (const auto& p : passed) gap = std::min(gap, (p - at).norm());
        EXPECT_LT(gap, 0.018) << u << ' ' << v;
      }
  }
}

TEST(SideTouches, FindWhereThePlateIsWhateverTheWidths) {
  Detection seen;
  seen.position_m = {0.45, 0.02, 0.06};
  seen.size_m = {0.22, 0.30, 0.01};
  seen.yaw_rad = 0.3;
  const Eigen::Vector2d off(0.02, -0.013), is = Eigen::Vector2d(0.45, 0.02) - off;
  SideTouches sides;
  sides.start(seen);
  for (int i = 0; i < 4; ++i) {
    ASSERT_FALSE(sides.done());
    const double half = (i < 2 ? 0.111 : 0.152) + 0.009;  // a plate a little larger than told, and half a tool
    EXPECT_GT((sides.beside() - is).dot(sides.outward()), half);
    const Eigen::Vector2d along(-sides.outward().y(), sides.outward().x());
    sides.touched(is + half * sides.outward() + 0.03 * along);
  }
  EXPECT_TRUE(sides.done());
  EXPECT_NEAR((sides.seen_off() - off).norm(), 0, 1e-12);
}

TEST(ForceServo, SettlesAlikeOnSoftAndHardSurfaces) {
  for (const double stiffness_n_m : {1000.0, 2000.0, 8000.0}) {
    ForceServo servo;
    constexpr double kAim_n = 8, kPeriod_s = 0.02, kSurface_m = 0.01;
    double depth = 0, speed = 0, late = 0, most = 0, force = 0;
    for (int i = 0; i < 200; ++i) {
      force = stiffness_n_m * std::max(0.0, depth - kSurface_m);
      const double wanted = servo.step(force, depth, kAim_n, 0.025);
      depth += late * kPeriod_s;  // an arm answers a period or two late
      late = speed;
      speed = wanted;
      most = std::max(most, force);
    }
    EXPECT_NEAR(force, kAim_n, 0.2) << stiffness_n_m;
    EXPECT_LT(most, 1.35 * kAim_n) << stiffness_n_m;
    EXPECT_NEAR(servo.stiffness_n_m() / stiffness_n_m, 1, 0.35);
  }
}

}  // namespace
}  // namespace assay::policies
