// The ros2 robot against a base that speaks over Fast DDS: another implementation, other generated types; by itself, by
// a type of its maker's own, and with a session.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <optional>

#include "adapters/live/live_robot.h"
#include "adapters/live/realtime.h"
#include "adapters/ros2/ros2_robot.h"
#include "harness/adapter_check.h"
#include "tests/support/peer.h"

namespace assay {
namespace {

constexpr int kDomain = 67;
constexpr const char* kMotor = "string name\nfloat32 temperature_c\nbyte state\nint64 ticks\n";
constexpr const char* kTwist = R"({"topic": "/cmd_vel", "type": "geometry_msgs/msg/Twist", "group": "base"})";

class FastDds : public ::testing::Test {
 protected:
  void SetUp() override {
    if (std::string(FASTDDS_PEER).empty())
      GTEST_SKIP() << "no Fast DDS when this was built (script/bootstrap peers: libfastrtps-dev fastddsgen)";
    // A peer that a busy machine starves shows as gaps of its own.
    peer_.emplace(std::vector<std::string>{FASTDDS_PEER, std::to_string(kDomain)}, testing::Peer::Options{.fifo = 44});
    make_thread_realtime(kLoopPriority);  // as the harness's loop is
    Group base;
    base.kind = Group::Kind::base;
    base.name = "base";
    setup_.world.groups = {base};
    setup_.control_period_ns = 20'000'000;
    setup_.signals = {{SignalSpec::Kind::pose, "robot", ""}};
    link_.adapter = "ros2";
  }
  void TearDown() override {
    if (!link_.folder.empty()) std::filesystem::remove_all(link_.folder);
  }

  /// `more`: how its samples come about.
  std::unique_ptr<Robot> robot(const std::string& more, const char* command = kTwist) {
    link_.details =
        R"({"domain": 67, "stop": {"topic": "/halt"}, "commands": [)" + std::string(command) + "], " + more + "}";
    auto out = make_ros2_robot(link_);
    EXPECT_TRUE(out.ok()) << to_string(out.error(), Lang::en);
    return out.ok() ? std::move(*out) : nullptr;
  }
  /// The maker's own type, as its package has it; `motor` is the file for what is nested.
  std::unique_ptr<Robot> by_own_type(const std::string& motor, const char* type = "acme_msgs/msg/BaseStatus") {
    namespace fs = std::filesystem;
    link_.folder = (fs::temp_directory_path() / ("assay_fastdds_" + std::to_string(getpid()))).string();
    const fs::path package = fs::path(link_.folder) / "acme_msgs" / "msg";
    fs::create_directories(package);
    const std::string own = std::string(type).substr(14) + ".msg";
    std::ofstream(package / own) << "std_msgs/Header header\nuint8 mode\nstring note\nMotor[] motors\n"
                                    "geometry_msgs/Point position\nint16[3] raw\nuint8[] picture\n"
                                    "string[] joint_names\nfloat64[] loads\nbool charging\n";
    std::ofstream(package / "Motor.msg") << motor;
    const auto channel = [](const char* name, const char* field) {
      return std::string(R"({"name": ")") + name + R"(", "unit": "1", "topic": "/status", "field": ")" + field + "\"}";
    };
    return robot(R"("tick": {"topic": "/status"}, "states": [{"topic": "/status", "type": ")" + std::string(type) +
                 R"(", "definition": ["acme_msgs/msg/)" + own + R"(", "acme_msgs/msg/Motor.msg"],
                 "stamp": "header.stamp"}, {"topic": "/odom", "type": "nav_msgs/msg/Odometry", "group": "base"}],
                 "channels": [)" +
                 channel("count", "position.y") + "," + channel("ticks", "motors[1].ticks") + "," +
                 channel("temperature", "motors[0].temperature_c") + "," + channel("raw", "raw[1]") + "," +
                 channel("tray", "loads[tray]") + "," + channel("charging", "charging") + "," +
                 channel("byte", "picture[99999]") + "," + channel("mode", "mode") + "]");
  }

  RobotLink link_;
  assay::Setup setup_;
  std::optional<testing::Peer> peer_;
};

TEST_F(FastDds, ABaseIsExaminedWithoutASession) {
  EXPECT_EQ(peer_->said, "nav_msgs::msg::dds_::Odometry_ geometry_msgs::msg::dds_::Twist_");
  const auto base = robot(R"("tick": {"topic": "/odom"},
    "states": [{"topic": "/odom", "type": "nav_msgs/msg/Odometry", "group": "base"}],
    "channels": [{"name": "robot.x_m", "unit": "m", "frame": "odom", "topic": "/odom", "field": "x_m"}])");
  ASSERT_NE(base, nullptr);
  const auto ready = base->reset(setup_);
  ASSERT_TRUE(ready.ok()) << to_string(ready.error(), Lang::en);
  EXPECT_EQ(base->describe().missing_signals.size(), 1u);  // of the pose only x is mapped
  auto sample = base->begin({});
  ASSERT_TRUE(sample.ok()) << to_string(sample.error(), Lang::en);
  const double from_m = sample->truth[0];
  std::int64_t last_ns = sample->time.ns, worst_ns = 0;
  Action ahead;
  ahead.groups = {{"base", Mode::base_twist, {0.4, 0.0}}};
  for (int i = 0; i < 75; ++i) {
    sample = base->advance(ahead);
    ASSERT_TRUE(sample.ok()) << to_string(sample.error(), Lang::en);
    worst_ns = std::max(worst_ns, std::abs(sample->time.ns - last_ns - setup_.control_period_ns));
    last_ns = sample->time.ns;
  }
  EXPECT_NEAR(sample->observation.groups[0].twist[0], 0.4, 1e-9);
  EXPECT_GT(sample->truth[0] - from_m, 0.4);
  EXPECT_EQ(sample->truth[0], sample->observation.groups[0].odometry[0]);
  const StopReport stop = base->stop(StopCategory::cat1);
  EXPECT_TRUE(stop.confirmed) << stop.detail;
  std::printf(
      "moved %.3f m in 75 periods, worst period off by %.3f ms; at rest %.3f s after the first sample of the stop\n",
      sample->truth[0] - from_m, static_cast<double>(worst_ns) * 1e-6,
      static_cast<double>(stop.confirmed_at.ns - stop.requested_at.ns) * 1e-9);
}

/// Each message is 100 kB, hence several packets; the peer's count tells what every value has to be.
TEST_F(FastDds, ATypeOfItsMakersOwnIsReadByItsDefinition) {
  const auto base = by_own_type(kMotor);
  ASSERT_NE(base, nullptr);
  const auto found = try_ros2(link_, 5);
  ASSERT_TRUE(found.ok()) << to_string(found.error(), Lang::en);
  EXPECT_NE(found->en.find("read by their definitions: 1 of 1"), std::string::npos) << found->en;
  const auto ready = base->reset(setup_);
  ASSERT_TRUE(ready.ok()) << to_string(ready.error(), Lang::en);
  auto sample = base->begin({});
  ASSERT_TRUE(sample.ok()) << to_string(sample.error(), Lang::en);
  auto n = static_cast<std::int64_t>(-sample->truth[0]);
  std::int64_t last_ns = sample->time.ns, worst_ns = 0;
  for (int i = 0; i < 200; ++i) {
    const std::vector<double> wanted = {-static_cast<double>(n),
                                        static_cast<double>((std::int64_t{1} << 40) + n),
                                        20 + 0.5 * static_cast<double>(n % 100),
                                        static_cast<double>(n % 1000),
                                        static_cast<double>(n) / 8,
                                        n % 2 == 1 ? 1.0 : 0.0,
                                        42,
                                        static_cast<double>(n % 200)};
    ASSERT_EQ(sample->truth, wanted);
    sample = base->advance({});
    ASSERT_TRUE(sample.ok()) << to_string(sample.error(), Lang::en);
    worst_ns = std::max(worst_ns, std::abs(sample->time.ns - last_ns - setup_.control_period_ns));
    last_ns = sample->time.ns;
    ++n;  // none is lost
  }
  EXPECT_LT(worst_ns, setup_.control_period_ns / 2);
  std::printf("%s; 200 messages of 100 kB, 8 channels each, worst period off by %.3f ms\n", found->en.c_str(),
              static_cast<double>(worst_ns) * 1e-6);
}

TEST_F(FastDds, ADefinitionThatIsNotTheRobotsIsSaidByName) {
  const auto other_layout = by_own_type("string name\nfloat64 temperature_c\nbyte state\nint64 ticks\n");
  ASSERT_NE(other_layout, nullptr);
  EXPECT_EQ(try_ros2(link_, 5).error().id, 1276);
  ASSERT_TRUE(other_layout->reset(setup_).ok());
  const auto begun = other_layout->begin({});
  ASSERT_FALSE(begun.ok());
  EXPECT_EQ(begun.error().id, 1276);
  EXPECT_NE(begun.error().found.find("subject:telemetry_shape /status: acme_msgs/msg/BaseStatus"), std::string::npos)
      << begun.error().found;
  const auto other_name = by_own_type(kMotor, "acme_msgs/msg/ArmStatus");
  ASSERT_NE(other_name, nullptr);
  const auto ready = other_name->reset(setup_);  // nobody publishes this type there
  ASSERT_FALSE(ready.ok());
  EXPECT_EQ(ready.error().id, 1251);
  EXPECT_NE(ready.error().found.find("/status"), std::string::npos);
}

/// The peer obeys only what is written in every field as its own type has it.
TEST_F(FastDds, ACommandOfItsMakersOwnTypeMovesIt) {
  namespace fs = std::filesystem;
  link_.folder = (fs::temp_directory_path() / ("assay_fastdds_" + std::to_string(getpid()))).string();
  fs::create_directories(link_.folder);
  std::ofstream(fs::path(link_.folder) / "command.idl")
      << "module acme_msgs { module msg {\n  struct Drive { octet gear; string who; double speeds[2]; };\n"
         "  struct BaseCommand {\n    std_msgs::msg::Header header; octet mode; string<16> note;\n"
         "    sequence<acme_msgs::msg::Drive> drives; float turn_rad_s; unsigned short lamp;\n  };\n}; };\n";
  const auto base = robot(R"("tick": {"topic": "/odom"},
    "states": [{"topic": "/odom", "type": "nav_msgs/msg/Odometry", "group": "base"}])",
                          R"({"topic": "/drive", "type": "acme_msgs/msg/BaseCommand", "definition": "command.idl",
    "group": "base", "mode": "base_twist", "fields": ["drives[1].speeds[1]", "turn_rad_s"], "stamp": "header.stamp",
    "constants": {"mode": 2, "lamp": 1e9, "drives[1].gear": 3}})");
  ASSERT_NE(base, nullptr);
  const auto ready = base->reset(setup_);
  ASSERT_TRUE(ready.ok()) << to_string(ready.error(), Lang::en);
  auto sample = base->begin({});
  ASSERT_TRUE(sample.ok()) << to_string(sample.error(), Lang::en);
  Action ahead;
  ahead.groups = {{"base", Mode::base_twist, {0.4, 0.25}}};
  for (int i = 0; i < 50; ++i) {
    sample = base->advance(ahead);
    ASSERT_TRUE(sample.ok()) << to_string(sample.error(), Lang::en);
  }
  EXPECT_NEAR(sample->observation.groups[0].twist[0], 0.4, 1e-9);
  EXPECT_NEAR(sample->observation.groups[0].twist[1], 0.25, 1e-9);
  EXPECT_TRUE(base->stop(StopCategory::cat1).confirmed);
}

/// All that `assay adapter check` asks.
TEST_F(FastDds, WithASessionEveryPromiseIsKept) {
  const auto base = robot(R"("alive": {"topic": "/alive"}, "session": {"ask": "/session/ask",
    "answer": "/session/answer", "truth": "/session/truth"},
    "states": [{"topic": "/odom", "type": "nav_msgs/msg/Odometry", "group": "base"}])");
  ASSERT_NE(base, nullptr);
  const auto checks = harness::check_adapter(*base, setup_);
  EXPECT_EQ(checks.size(), 8u);
  for (const auto& check : checks) {
    std::printf("%s %-14s %s\n", check.ok ? "ok    " : "FAILED", check.call.c_str(), check.got.c_str());
    EXPECT_TRUE(check.ok) << check.call << ": " << check.got;
  }
}

}  // namespace
}  // namespace assay
