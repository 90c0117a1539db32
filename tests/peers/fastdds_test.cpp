// The ros2 robot against a base that speaks over Fast DDS: another implementation, other generated types, no session.
#include <gtest/gtest.h>

#include <cmath>

#include "adapters/live/live_robot.h"
#include "adapters/ros2/ros2_robot.h"
#include "tests/support/peer.h"

namespace assay {
namespace {

constexpr int kDomain = 67;

TEST(FastDds, ABaseIsExaminedWithoutASession) {
  if (std::string(FASTDDS_PEER).empty())
    GTEST_SKIP() << "no Fast DDS when this was built (script/bootstrap peers: libfastrtps-dev fastddsgen)";
  const testing::Peer peer({FASTDDS_PEER, std::to_string(kDomain)}, {.fifo = 44});
  EXPECT_EQ(peer.said, "nav_msgs::msg::dds_::Odometry_ geometry_msgs::msg::dds_::Twist_");
  RobotLink link;
  link.adapter = "ros2";
  link.details = R"({"domain": 67, "tick": {"topic": "/odom"}, "stop": {"topic": "/halt"},
    "states": [{"topic": "/odom", "type": "nav_msgs/msg/Odometry", "group": "base"}],
    "commands": [{"topic": "/cmd_vel", "type": "geometry_msgs/msg/Twist", "group": "base"}],
    "channels": [{"name": "robot.x_m", "unit": "m", "frame": "odom", "topic": "/odom", "field": "x_m"}]})";
  auto robot = make_ros2_robot(link);
  ASSERT_TRUE(robot.ok()) << robot.error().found;
  Group base;
  base.kind = Group::Kind::base;
  base.name = "base";
  assay::Setup setup;
  setup.world.groups = {base};
  setup.control_period_ns = 20'000'000;
  setup.signals = {{SignalSpec::Kind::pose, "robot", ""}};
  const auto ready = (*robot)->reset(setup);
  ASSERT_TRUE(ready.ok()) << to_string(ready.error(), Lang::en);
  EXPECT_EQ((*robot)->describe().missing_signals.size(), 1u);  // of the pose only x is mapped
  auto sample = (*robot)->begin({});
  ASSERT_TRUE(sample.ok()) << to_string(sample.error(), Lang::en);
  const double from_m = sample->truth[0];
  std::int64_t last_ns = sample->time.ns, worst_ns = 0;
  Action ahead;
  ahead.groups = {{"base", Mode::base_twist, {0.4, 0.0}}};
  for (int i = 0; i < 75; ++i) {
    sample = (*robot)->advance(ahead);
    ASSERT_TRUE(sample.ok()) << to_string(sample.error(), Lang::en);
    worst_ns = std::max(worst_ns, std::abs(sample->time.ns - last_ns - setup.control_period_ns));
    last_ns = sample->time.ns;
  }
  EXPECT_NEAR(sample->observation.groups[0].twist[0], 0.4, 1e-9);
  EXPECT_GT(sample->truth[0] - from_m, 0.4);
  EXPECT_EQ(sample->truth[0], sample->observation.groups[0].odometry[0]);
  const StopReport stop = (*robot)->stop(StopCategory::cat1);
  EXPECT_TRUE(stop.confirmed) << stop.detail;
  std::printf(
      "moved %.3f m in 75 periods, worst period off by %.3f ms; at rest %.3f s after the first sample of the stop\n",
      sample->truth[0] - from_m, static_cast<double>(worst_ns) * 1e-6,
      static_cast<double>(stop.confirmed_at.ns - stop.requested_at.ns) * 1e-9);
}

}  // namespace
}  // namespace assay
