// The peg inserter's parts: reading, grasping, feeling against a socket of springs, learning a hidden offset.
#include <gtest/gtest.h>

#include <cmath>

#include "adapters/policies/hidden_offset.h"
#include "adapters/policies/peg_feel.h"
#include "adapters/policies/peg_grasp.h"
#include "adapters/policies/peg_reading.h"

namespace assay {
namespace {

using policies::PegFeel;

constexpr double kQuarter = 1.5707963267948966;

Detection thing(const std::string& label, const std::string& kind, std::array<double, 3> size = {0.024, 0.024, 0.07},
                double yaw = 0) {
  return {label, kind, {0.4, 0.1, 0.04}, yaw, size, true};
}

std::vector<Detection> kit() {
  return {thing("blue peg", "peg", {0.024, 0.024, 0.078}),
          thing("green peg", "peg", {0.024, 0.024, 0.058}),
          thing("red peg", "peg", {0.024, 0.024, 0.088}),
          thing("blue hole", "hole"),
          thing("green hole", "hole"),
          thing("red hole", "hole"),
          thing("person", "person")};
}

std::string written(const Instruction& instruction) {
  std::string out;
  for (const auto& step : policies::read_peg_steps(instruction, kit())) out += step.peg + ">" + step.hole + ";";
  return out;
}

Instruction words(const std::string& text) {
  Instruction instruction;
  instruction.text.en = text;
  instruction.text_only = true;
  return instruction;
}

TEST(PegReading, LabelsOfSlotsGoBeforeWords) {
  Instruction told = words("Insert the blue peg into the red hole.");
  told.labels = {{"object", "green peg"}, {"target", "blue hole"}, {"object_2", "red peg"}, {"target_2", "red hole"}};
  EXPECT_EQ(written(told), "green peg>blue hole;red peg>red hole;");
}

TEST(PegReading, WordsAloneInOrderOfMentionOrTurnedRound) {
  EXPECT_EQ(written(words("The green hole takes the red peg. After that the red hole takes the blue peg.")),
            "red peg>green hole;blue peg>red hole;");
  EXPECT_EQ(written(words("Fit the blue peg into the red hole only after the red peg sits in the green hole.")),
            "red peg>green hole;blue peg>red hole;");
  EXPECT_EQ(written(words("Insert the white peg into the black hole.")), "");
}

TEST(PegReading, ARuleByColourAndLength) {
  EXPECT_EQ(written(words("Insert every peg into the hole of its colour, from the longest to the shortest.")),
            "red peg>red hole;blue peg>blue hole;green peg>green hole;");
  EXPECT_EQ(written(words("Begin with the shortest peg, go on by length and end with the longest one.")),
            "green peg>green hole;blue peg>blue hole;red peg>red hole;");
}

TEST(PegGrasp, FlatsAndSymmetry) {
  EXPECT_NEAR(policies::symmetry_rad(thing("", "peg")), kQuarter, 1e-12);
  const auto hexagon = thing("", "peg", {0.0254, 0.022, 0.08}, 0.3);
  EXPECT_NEAR(policies::symmetry_rad(hexagon), 2 * kQuarter / 3, 1e-12);
  EXPECT_NEAR(policies::symmetry_rad(thing("", "peg", {0.04, 0.02, 0.08})), 2 * kQuarter, 1e-12);
  const auto grasp = policies::plan_peg_grasp(hexagon, {}, 0.08, 0);
  ASSERT_TRUE(grasp);
  EXPECT_NEAR(std::remainder(grasp->yaw_rad - 0.3, 2 * kQuarter / 3), 0, 1e-12);
  EXPECT_DOUBLE_EQ(grasp->width_m, 0.022);
  EXPECT_FALSE(policies::plan_peg_grasp(thing("", "peg", {0.09, 0.09, 0.08}), {}, 0.08, 0));
  // What is turned by the grasp's yaw off the peg's must be turned as much off the socket's.
  const double yaw = policies::insertion_yaw(hexagon, thing("", "hole", {}, 1.1), grasp->yaw_rad);
  EXPECT_NEAR(std::remainder(yaw - grasp->yaw_rad - (1.1 - 0.3), 2 * kQuarter / 3), 0, 1e-12);
  EXPECT_LE(std::abs(yaw - grasp->yaw_rad), kQuarter / 3 + 1e-9);
}

/// A socket on a stiff table: chamfer of 3 mm, half a millimetre of play. Heights are the tool's above the mouth.
struct Socket {
  double x = 0, y = 0, z = 0, depth = 0.025;
  bool open = true;
  Eigen::Vector3d tool{0, 0, 0.01}, force{0, 0, 0};

  void move(const std::vector<double>& by) {
    constexpr double kStiff_n_m = 6000;
    commanded += Eigen::Vector3d(by[0], by[1], by[2]);
    const Eigen::Vector2d off = commanded.head<2>() - Eigen::Vector2d(x, y);
    const double r = off.norm();
    const Eigen::Vector2d out = r > 1e-9 ? Eigen::Vector2d(off / r) : Eigen::Vector2d(1, 0);
    double ground = r < 0.0005 ? -depth : r < 0.0035 ? r - 0.0035 : 0;
    if (!open) ground = 0;
    force.setZero();
    tool = commanded;
    if (commanded.z() < -0.0031 && open) {  // within the walls
      if (r > 0.0005) force.head<2>() = -kStiff_n_m * (r - 0.0005) * out;
      ground = -depth;
    }
    if (commanded.z() < ground) {
      const double press = kStiff_n_m * (ground - commanded.z());
      force.z() += press;
      if (ground < 0 && ground > -0.0035) force.head<2>() -= press * out;
      tool.z() = ground;
    }
  }
  Eigen::Vector3d commanded{0, 0, 0.01};
};

PegFeel::State feel_for(Socket& socket, double& time_s, double& most_n) {
  PegFeel feel;
  feel.start(0, socket.depth, 7, 0.011);
  for (time_s = 0; time_s < 60; time_s += 0.02) {
    socket.move(feel.step(socket.tool, socket.force, 0.02));
    most_n = std::max(most_n, socket.force.norm());
    if (feel.state() == PegFeel::State::in || feel.state() == PegFeel::State::lost) break;
  }
  return feel.state();
}

TEST(PegFeel, FindsASocketThatIsNotWhereItWasSeen) {
  for (const double off : {0.0, 0.002, 0.006, 0.009}) {
    Socket socket;
    socket.x = off * 0.6;
    socket.y = -off * 0.8;
    double time_s = 0, most_n = 0;
    EXPECT_EQ(feel_for(socket, time_s, most_n), PegFeel::State::in) << off;
    EXPECT_LT(socket.tool.z(), -0.02) << off;
    EXPECT_LT(most_n, 40) << off;
    EXPECT_LT(time_s, 30) << off;
  }
}

TEST(PegFeel, SaysSoWhereThereIsNone) {
  Socket lid;
  lid.open = false;
  double time_s = 0, most_n = 0;
  EXPECT_EQ(feel_for(lid, time_s, most_n), PegFeel::State::lost);
}

/// Two insertions with the fingers across different directions show the whole of an offset; one only what is across
/// them.
TEST(HiddenOffset, LearnsWhatTheFingersDidNotCentre) {
  const Eigen::Vector2d hidden(0.006, -0.005);
  policies::HiddenOffset offset;
  EXPECT_EQ(offset.estimate(), Eigen::Vector2d::Zero());
  const auto insert = [&](double grasp_yaw, double insert_yaw) {
    const Eigen::Vector2d x_g(std::cos(grasp_yaw), std::sin(grasp_yaw)),
        x_i(std::cos(insert_yaw), std::sin(insert_yaw));
    const Eigen::Vector2d believed = offset.estimate(), hole(0.45, 0.2);
    // The peg sits in the hand displaced along x_g by what the estimate missed there.
    const Eigen::Vector2d tool = hole - x_i * -x_g.dot(hidden - believed);
    offset.learn(hole + hidden, tool, grasp_yaw, insert_yaw, believed);
  };
  insert(0.2, 0.2);
  const Eigen::Vector2d across(-std::sin(0.2), std::cos(0.2));
  EXPECT_NEAR(across.dot(offset.estimate() - hidden), 0, 1.2e-3);  // caution of the prior included
  const double after_one = (offset.estimate() - hidden).norm();
  insert(1.4, 0.9);
  EXPECT_LT((offset.estimate() - hidden).norm(), 2e-3);
  EXPECT_LT((offset.estimate() - hidden).norm(), after_one);
}

}  // namespace
}  // namespace assay
