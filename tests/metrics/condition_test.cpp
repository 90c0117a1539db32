#include "metrics/condition.h"

#include <gmock/gmock.h>

#include <limits>
#include <numbers>

#include "tests/metrics/trace_builder.h"

namespace assay::metrics {
namespace {

using ::testing::ElementsAre;
constexpr double kInf = std::numeric_limits<double>::infinity();
const double kHalf = std::sqrt(0.5);

std::vector<double> rho(const Condition& condition, const Stream& truth) {
  auto result = robustness(condition, truth);
  EXPECT_TRUE(result.ok()) << (result ? "" : to_string(result.error(), Lang::en));
  return result ? *result : std::vector<double>{};
}

int error_of(const Condition& condition, const Stream& truth) {
  const auto result = robustness(condition, truth);
  return result ? 0 : result.error().id;
}

TEST(Signals, NamesAreThoseOfTheRecord) {
  const auto names = [](SignalSpec::Kind kind, const char* a, const char* b) {
    std::vector<std::string> out;
    for (const auto& channel : signal_channels({kind, a, b})) out.push_back(channel.name + "|" + channel.unit);
    return out;
  };
  using Kind = SignalSpec::Kind;
  EXPECT_THAT(names(Kind::pose, "p", ""),
              ElementsAre("p.x_m|m", "p.y_m|m", "p.z_m|m", "p.qw|1", "p.qx|1", "p.qy|1", "p.qz|1"));
  EXPECT_THAT(names(Kind::twist, "robot.tcp", ""),
              ElementsAre("robot.tcp.vx_m_s|m/s", "robot.tcp.vy_m_s|m/s", "robot.tcp.vz_m_s|m/s",
                          "robot.tcp.wx_rad_s|rad/s", "robot.tcp.wy_rad_s|rad/s", "robot.tcp.wz_rad_s|rad/s"));
  EXPECT_THAT(names(Kind::contact, "robot", "p"), ElementsAre("contact.robot.p|1"));
  EXPECT_THAT(names(Kind::grasp, "p", "robot.gripper"), ElementsAre("grasp.p|1"));
  EXPECT_THAT(names(Kind::distance, "robot", "p"), ElementsAre("distance.robot.p_m|m"));
}

TEST(Signals, RequiredOnesAreSortedWithoutRepeats) {
  auto first = predicate(Op::first_contact, "p");
  first.entities = {"p", "q"};
  const auto condition = node(
      Op::all, {predicate(Op::near, "p", "goal"), node(Op::not_, {predicate(Op::touching, "robot", "p")}),
                node(Op::always, {predicate(Op::upright, "p")}), predicate(Op::at_rest, "p"), predicate(Op::held, "p"),
                predicate(Op::above, "p"), predicate(Op::visited, "robot.base", "goal"), first});
  using Kind = SignalSpec::Kind;
  EXPECT_THAT(
      required_signals(condition),
      ElementsAre(SignalSpec{Kind::pose, "goal", ""}, SignalSpec{Kind::pose, "p", ""},
                  SignalSpec{Kind::pose, "robot.base", ""}, SignalSpec{Kind::twist, "p", ""},
                  SignalSpec{Kind::contact, "robot", "p"}, SignalSpec{Kind::contact, "robot.gripper", "p"},
                  SignalSpec{Kind::contact, "robot.gripper", "q"}, SignalSpec{Kind::grasp, "p", "robot.gripper"}));
}

TEST(Predicate, NearInSpaceAndInPlane) {
  const auto truth =
      make_stream({0, 1}, constant_pose("a", {3, 4, 12, 1, 0, 0, 0}, 2) + constant_pose("b", {0, 0, 0, 1, 0, 0, 0}, 2));
  auto near = predicate(Op::near, "a", "b");
  near.radius_m = 14;
  EXPECT_THAT(rho(near, truth), ElementsAre(1, 1));
  near.planar = true;
  EXPECT_THAT(rho(near, truth), ElementsAre(9, 9));
  near.tolerance = 4;
  EXPECT_THAT(rho(near, truth), ElementsAre(2.25, 2.25));
}

TEST(Predicate, InsideIsMeasuredInTheFrameOfB) {
  // b is turned 90° about z at (1, 2, 3): its x axis points along world y.
  const auto b = constant_pose("b", {1, 2, 3, kHalf, 0, 0, kHalf}, 1);
  auto inside = predicate(Op::inside, "a", "b");
  inside.half_m[0] = 1, inside.half_m[1] = 0.5, inside.half_m[2] = 2;
  const auto at = [&](double x, double y, double z) {
    return rho(inside, make_stream({0}, constant_pose("a", {x, y, z, 1, 0, 0, 0}, 1) + b)).front();
  };
  EXPECT_NEAR(at(1, 2, 3), 0.5, 1e-15);
  EXPECT_NEAR(at(1, 2.9, 3), 0.1, 1e-15);  // 0.9 along b's x
  EXPECT_NEAR(at(1.4, 2, 3), 0.1, 1e-15);  // 0.4 along b's −y
  EXPECT_NEAR(at(1.7, 2, 3), -0.2, 1e-15);
  EXPECT_NEAR(at(1, 2, 5.5), -0.5, 1e-15);
  // A general rotation: 120° about (1,1,1) takes x→y→z→x, so b's x axis is world y.
  const auto turned = constant_pose("b", {0, 0, 0, 0.5, 0.5, 0.5, 0.5}, 1);
  const auto value = rho(inside, make_stream({0}, constant_pose("a", {0.1, 0.8, -0.3, 1, 0, 0, 0}, 1) + turned));
  EXPECT_NEAR(value.front(), 0.2, 1e-15);  // local (0.8, −0.3, 0.1)
  // A quaternion that is not of unit length turns all the same.
  const auto scaled = constant_pose("b", {0, 0, 0, 1, 1, 1, 1}, 1);
  EXPECT_NEAR(rho(inside, make_stream({0}, constant_pose("a", {0.1, 0.8, -0.3, 1, 0, 0, 0}, 1) + scaled)).front(), 0.2,
              1e-15);
}

TEST(Predicate, AboveAndBelow) {
  const auto truth = make_stream({0, 1}, {{"a.z_m", {0.5, 2}}, {"b.z_m", {0.25, 0.25}}});
  EXPECT_THAT(rho(above("a", 1), truth), ElementsAre(-0.5, 1));
  auto over = predicate(Op::above, "a", "b");
  over.height_m = 0.25;
  EXPECT_THAT(rho(over, truth), ElementsAre(0, 1.5));
  over.op = Op::below;
  EXPECT_THAT(rho(over, truth), ElementsAre(0, -1.5));
}

TEST(Predicate, UprightIsTheAngleOfTheZAxis) {
  const auto tilt = [](double angle, double ax, double ay, double az) {
    const double s = std::sin(angle / 2);
    auto upright = predicate(Op::upright, "a");
    upright.max_tilt_rad = 0.5;
    return rho(upright, make_stream({0}, constant_pose("a", {0, 0, 0, std::cos(angle / 2), s * ax, s * ay, s * az}, 1)))
        .front();
  };
  EXPECT_NEAR(tilt(0.3, 1, 0, 0), 0.2, 1e-15);
  EXPECT_NEAR(tilt(-0.3, 0, 1, 0), 0.2, 1e-15);
  EXPECT_NEAR(tilt(2.0, 0, 0, 1), 0.5, 1e-15);  // yaw is no tilt
  EXPECT_NEAR(tilt(1e-9, 1, 0, 0), 0.5 - 1e-9, 1e-17);
  EXPECT_NEAR(tilt(std::numbers::pi, 1, 0, 0), 0.5 - std::numbers::pi, 1e-15);
}

TEST(Predicate, AtRestTakesTheWorseOfSpeedAndTurning) {
  Columns twist{{"a.vx_m_s", {0.03, 0, 0}},  {"a.vy_m_s", {0.04, 0, 0}}, {"a.vz_m_s", {0, 0, 0.3}},
                {"a.wx_rad_s", {0, 0.2, 0}}, {"a.wy_rad_s", {0, 0, 0}},  {"a.wz_rad_s", {0, 0, 0}}};
  auto rest = predicate(Op::at_rest, "a");
  rest.v_max_m_s = 0.1;
  rest.w_max_rad_s = 0.5;
  rest.tolerance = 0.1;  // the turning rate's is then 0.5 rad/s
  const auto values = rho(rest, make_stream({0, 1, 2}, twist));
  EXPECT_NEAR(values[0], 0.5, 1e-15);
  EXPECT_NEAR(values[1], 0.6, 1e-15);
  EXPECT_NEAR(values[2], -2, 1e-15);
}

TEST(Predicate, TouchingAndHeldAreFlags) {
  const auto truth = make_stream({0, 1}, {{"contact.robot.p", {0, 1}}, {"grasp.p", {1, 0}}});
  EXPECT_THAT(rho(predicate(Op::touching, "robot", "p"), truth), ElementsAre(-1, 1));
  EXPECT_THAT(rho(predicate(Op::held, "p"), truth), ElementsAre(1, -1));
}

TEST(Predicate, FirstContactIsDecidedOnceAndForEver) {
  auto first = predicate(Op::first_contact, "p");
  first.entities = {"p", "q"};
  const auto truth = [](std::vector<double> p, std::vector<double> q) {
    return make_stream({0, 1, 2, 3}, {{"contact.robot.gripper.p", p}, {"contact.robot.gripper.q", q}});
  };
  EXPECT_THAT(rho(first, truth({0, 1, 0, 0}, {0, 0, 1, 0})), ElementsAre(-1, 1, 1, 1));
  EXPECT_THAT(rho(first, truth({0, 0, 1, 0}, {0, 1, 0, 0})), ElementsAre(-1, -1, -1, -1));
  EXPECT_THAT(rho(first, truth({0, 0, 0, 0}, {0, 0, 0, 0})), ElementsAre(-1, -1, -1, -1));
  EXPECT_THAT(rho(first, truth({0, 1, 1, 1}, {0, 1, 0, 0})), ElementsAre(-1, -1, -1, -1));  // both at once
}

const Stream kRamp = make_stream({0, 10, 20, 30, 40}, {{"a.z_m", {0, 3, -1, 2, 1}}, {"b.z_m", {5, -2, 4, 0, -3}}});

TEST(Operator, BooleanOnes) {
  EXPECT_THAT(rho(node(Op::all, {above("a", 0), above("b", 0)}), kRamp), ElementsAre(0, -2, -1, 0, -3));
  EXPECT_THAT(rho(node(Op::any, {above("a", 0), above("b", 0)}), kRamp), ElementsAre(5, 3, 4, 2, 1));
  EXPECT_THAT(rho(node(Op::not_, {above("a", 0)}), kRamp), ElementsAre(0, -3, 1, -2, -1));
}

TEST(Operator, AlwaysAndEventuallyLookToTheEnd) {
  EXPECT_THAT(rho(node(Op::always, {above("a", 0)}), kRamp), ElementsAre(-1, -1, -1, 1, 1));
  EXPECT_THAT(rho(node(Op::eventually, {above("a", 0)}), kRamp), ElementsAre(3, 3, 2, 2, 1));
}

TEST(Operator, WithinIsAClosedWindowInNanoseconds) {
  const auto within = [](std::int64_t from, std::int64_t to) {
    return rho(node(Op::within, {above("a", 0)}, from, to), kRamp);
  };
  EXPECT_THAT(within(10, 10), ElementsAre(3, -1, 2, 1, -kInf));
  EXPECT_THAT(within(11, 19), ElementsAre(-kInf, -kInf, -kInf, -kInf, -kInf));
  EXPECT_THAT(within(10, 20), ElementsAre(3, 2, 2, 1, -kInf));
  EXPECT_THAT(within(0, 0), ElementsAre(0, 3, -1, 2, 1));
  EXPECT_THAT(within(20, std::numeric_limits<std::int64_t>::max()), ElementsAre(2, 2, 1, -kInf, -kInf));
  EXPECT_THAT(rho(node(Op::not_, {node(Op::within, {above("a", 0)}, 50, 60)}), kRamp).front(), kInf);
}

TEST(Operator, HoldsForNeedsTheRecordToCoverIt) {
  const auto holds = [](std::int64_t duration) {
    return rho(node(Op::holds_for, {above("a", 0)}, 0, 0, duration), kRamp);
  };
  EXPECT_THAT(holds(0), ElementsAre(0, 3, -1, 2, 1));
  EXPECT_THAT(holds(10), ElementsAre(0, -1, -1, 1, -kInf));
  EXPECT_THAT(holds(9), ElementsAre(0, 3, -1, 2, -kInf));
  EXPECT_THAT(holds(11), ElementsAre(0, -1, -1, -kInf, -kInf));
  EXPECT_THAT(holds(std::numeric_limits<std::int64_t>::max()), ElementsAre(-kInf, -kInf, -kInf, -kInf, -kInf));
}

TEST(Operator, SequenceWantsTheOrder) {
  // b is high at 0 and 20, a at 10 and 30.
  EXPECT_EQ(rho(node(Op::sequence, {above("b", 0), above("a", 0)}), kRamp).front(), 3);
  EXPECT_EQ(rho(node(Op::sequence, {above("a", 0), above("b", 0)}), kRamp).front(), 3);
  EXPECT_EQ(rho(node(Op::sequence, {above("a", 0), above("b", 0)}), kRamp)[3], 0);
  EXPECT_EQ(rho(node(Op::sequence, {above("a", 2.5), above("b", 4.5)}), kRamp).front(), -0.5);
  EXPECT_EQ(rho(node(Op::sequence, {above("a", 0)}), kRamp).front(), 3);
}

TEST(Operator, VisitedIsEventuallyNear) {
  Columns base{{"r.x_m", {0, 1, 5}}, {"r.y_m", {0, 0, 0}}, {"r.z_m", {0, 0, 9}}, {"r.qw", {1, 1, 1}},
               {"r.qx", {0, 0, 0}},  {"r.qy", {0, 0, 0}},  {"r.qz", {0, 0, 0}}};
  const auto truth = make_stream({0, 1, 2}, base + constant_pose("s", {1.5, 0, 0, 1, 0, 0, 0}, 3));
  auto visited = predicate(Op::visited, "r", "s");
  visited.radius_m = 1;
  visited.planar = true;
  visited.tolerance = 0.5;
  EXPECT_THAT(rho(visited, truth), ElementsAre(1, 1, -5));
}

TEST(Refusal, MissingSignalIsNamed) {
  const auto result = robustness(above("nobody", 1), kRamp);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().id, 1001);
  EXPECT_EQ(result.error().found, "nobody.z_m");
  EXPECT_FALSE(result.error().what.zh.empty());
}

TEST(Refusal, NotFiniteIsNamedAndOtherChannelsDoNotMatter) {
  const auto truth = make_stream({0, 1}, {{"a.z_m", {0, std::nan("")}}, {"b.z_m", {1, 1}}, {"c.z_m", {1, kInf}}});
  const auto result = robustness(node(Op::all, {above("b", 0), above("a", 0)}), truth);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().id, 1002);
  EXPECT_EQ(result.error().found, "a.z_m");
  EXPECT_EQ(error_of(above("b", 0), truth), 0);
  EXPECT_EQ(error_of(above("c", 0), truth), 1002);
  EXPECT_EQ(error_of(predicate(Op::upright, "q"), make_stream({0}, constant_pose("q", {0, 0, 0, 0, 0, 0, 0}, 1))),
            1002);
}

TEST(Refusal, MalformedConditions) {
  const auto bad = [](Condition condition) { return error_of(condition, kRamp); };
  EXPECT_EQ(bad(Condition{}), 1003);  // all of nothing is no success
  EXPECT_EQ(bad(node(Op::any, {})), 1003);
  EXPECT_EQ(bad(node(Op::sequence, {})), 1003);
  EXPECT_EQ(bad(node(Op::not_, {above("a", 0), above("b", 0)})), 1003);
  EXPECT_EQ(bad(node(Op::always, {})), 1003);
  EXPECT_EQ(bad(node(Op::within, {above("a", 0)}, 2, 1)), 1003);
  EXPECT_EQ(bad(node(Op::within, {above("a", 0)}, -1, 1)), 1003);
  EXPECT_EQ(bad(node(Op::holds_for, {above("a", 0)}, 0, 0, -1)), 1003);
  EXPECT_EQ(bad(above("a", 0, 0)), 1003);
  EXPECT_EQ(bad(above("a", 0, -1)), 1003);
  EXPECT_EQ(bad(above("a", std::nan(""))), 1003);
  EXPECT_EQ(bad(above("a", 0, kInf)), 1003);
  EXPECT_EQ(bad(predicate(Op::near, "a")), 1003);
  EXPECT_EQ(bad(predicate(Op::touching, "", "p")), 1003);
  EXPECT_EQ(bad(predicate(Op::first_contact, "a")), 1003);
  auto child = above("a", 0);
  child.children.push_back(above("b", 0));
  EXPECT_EQ(bad(child), 1003);
  Condition deep = above("a", 0);
  for (int i = 0; i < 65; ++i) deep = node(Op::not_, {deep});
  EXPECT_EQ(bad(deep), 1003);
}

TEST(Refusal, BrokenStreams) {
  auto backwards = make_stream({10, 0}, {{"a.z_m", {0, 0}}});
  EXPECT_EQ(error_of(above("a", 0), backwards), 1004);
  auto ragged = make_stream({0, 10}, {{"a.z_m", {0, 0}}});
  ragged.values.pop_back();
  EXPECT_EQ(error_of(above("a", 0), ragged), 1004);
}

TEST(Empty, NoRowsGiveNoValues) {
  const auto truth = make_stream({}, {{"a.z_m", {}}});
  for (const auto op : {Op::always, Op::eventually, Op::within, Op::holds_for, Op::not_, Op::sequence})
    EXPECT_TRUE(rho(node(op, {above("a", 0)}), truth).empty());
}

}  // namespace
}  // namespace assay::metrics
