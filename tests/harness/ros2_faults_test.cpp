// Everything that ROS 2 topics can do to a trial in real time: a bad network between two domains, tampering message by
// message. No pass, no hang, no crash, all on record, the robot safe; and the next trial finds it again.
#include <algorithm>
#include <limits>

#include "adapters/ros2/ros2_robot.h"
#include "adapters/ros2/ros2_server.h"
#include "tests/harness/live_fixture.h"
#include "tests/support/shaky_bridge.h"

namespace assay::harness {
namespace {

using assay::testing::ShakyBridge;
using ros2::Message;

ros2::BusOptions domain(int number) {
  ros2::BusOptions out;
  out.domain = number;
  out.interface = "lo";
  out.peers = {"127.0.0.1"};
  return out;
}

std::unique_ptr<Ros2Server> serve_topics(const std::shared_ptr<WatchedRobot::Watch>& watch, int number) {
  auto server = Ros2Server::start(
      std::make_unique<WatchedRobot>(RobotScript{}, watch),
      [](const std::string&, int) -> Result<World> {
        World world;
        world.groups = {fake_arm()};
        return world;
      },
      {fake_arm()}, domain(number));
  EXPECT_TRUE(server.ok());
  return server ? std::move(*server) : nullptr;
}

std::unique_ptr<Robot> connect_topics(const ros2::Mapping& mapping) {
  RobotLink link;
  link.adapter = "ros2";
  link.details = ros2::mapping_json(mapping).dump();
  link.simulated_world = true;
  auto robot = make_ros2_robot(link);
  EXPECT_TRUE(robot.ok());
  return robot ? std::move(*robot) : nullptr;
}

constexpr int kAt = 15;

struct TopicFault {
  const char* name;
  const char* reason;  ///< expected reason begins with it
  std::string topic;   ///< tampered with, from its message kAt on
  std::function<std::vector<Message>(int number, Message message)> tamper;
  std::function<void(ShakyBridge&, WatchedRobot::Watch&)> strike;  ///< 0.4 s into the trial
};

std::string with(const std::string& text, const char* key, const json& value) {
  json line = json::parse(text);
  line[key] = value;
  return line.dump();
}

std::vector<TopicFault> topic_faults() {
  const std::string truth = "/assay/truth", joints = "/arm/joint_states", pose = "/arm/tcp_pose";
  const auto once = [](std::function<std::vector<Message>(Message)> change) {
    return [change = std::move(change)](int number, Message m) {
      return number == kAt ? change(std::move(m)) : std::vector<Message>{std::move(m)};
    };
  };
  const auto text = [&](std::function<std::string(const std::string&)> change) {
    return once([change = std::move(change)](Message m) {
      m.text = change(m.text);
      return std::vector<Message>{m};
    });
  };
  using Mode = ShakyBridge::Mode;
  const double nan = std::numeric_limits<double>::quiet_NaN();
  return {
      {"garbage", "subject_fault:telemetry_garbled", truth, text([](const auto&) { return "\x01 garbage"; }), {}},
      {"wrong length",
       "subject_fault:telemetry_shape",
       truth,
       text([](const auto& t) {
         return with(t, "truth", {1, 2});
       }),
       {}},
      {"truth twice",
       "subject_fault:telemetry_repeated",
       truth,
       once([](Message m) {
         return std::vector<Message>{m, m};
       }),
       {}},
      {"truth lost",
       "subject_fault:telemetry_gap",
       truth,
       once([](const Message&) { return std::vector<Message>{}; }),
       {}},
      {"robot ends it",
       "subject_fault:robot_stopped",
       truth,
       text([](const auto&) { return "{\"end\": \"tired\"}"; }),
       {}},
      {"NaN",
       "subject_fault:telemetry_not_finite",
       joints,
       once([nan](Message m) {
         m.position[0] = nan;
         return std::vector<Message>{m};
       }),
       {}},
      {"another joint",
       "subject_fault:telemetry_shape",
       joints,
       once([](Message m) {
         m.names[0] = "elbow";
         return std::vector<Message>{m};
       }),
       {}},
      {"more names than values",
       "subject_fault:telemetry_shape",
       joints,
       once([](Message m) {
         m.names.push_back("elbow");
         return std::vector<Message>{m};
       }),
       {}},
      {"time backwards",
       "subject_fault:clock_backwards",
       pose,
       once([](Message m) {
         m.stamp_ns -= 1'000'000'000;
         return std::vector<Message>{m};
       }),
       {}},
      {"no stamp",
       "subject_fault:telemetry_unstamped",
       pose,
       once([](Message m) {
         m.stamp_ns = 0;
         return std::vector<Message>{m};
       }),
       {}},
      {"a second publisher",
       "subject_fault:telemetry_repeated",
       pose,
       once([](Message m) {
         return std::vector<Message>{m, m};
       }),
       {}},
      {"one topic goes silent",
       "subject_fault:stale_data",
       pose,
       [](int number, Message m) { return number < kAt ? std::vector<Message>{std::move(m)} : std::vector<Message>{}; },
       {}},
      {"half open", "subject_fault:stale_data", "", {}, [](auto& bridge, auto&) { bridge.set(Mode::freeze); }},
      {"link lost for ever", "subject_fault:stale_data", "", {}, [](auto& bridge, auto&) { bridge.set(Mode::refuse); }},
      {"link lost for 1 s",
       "subject_fault:",
       "",
       {},
       [](auto& bridge, auto&) {
         bridge.set(Mode::freeze);
         std::this_thread::sleep_for(std::chrono::seconds(1));
         bridge.set(Mode::pass);
       }},
      {"robot stalls", "subject_fault:stale_data", "", {}, [](auto&, auto& watch) { watch.stuck_ms = 300; }},
  };
}

TEST(TopicFaults, NonePassesNoneHangsAllAreOnRecord) {
  const auto watch = std::make_shared<WatchedRobot::Watch>();
  const auto server = serve_topics(watch, 63);
  ASSERT_NE(server, nullptr);
  int confirmed = 0;
  for (const auto& fault : topic_faults()) {
    SCOPED_TRACE(fault.name);
    int seen = 0;
    ShakyBridge bridge(server->mapping(), domain(64), [&](const std::string& topic, Message message) {
      if (!fault.tamper || topic != fault.topic) return std::vector<Message>{std::move(message)};
      return fault.tamper(seen++, std::move(message));
    });
    const auto robot = connect_topics(bridge.mapping());
    const int stops = watch->stops;
    std::thread striker([&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(700));
      if (fault.strike) fault.strike(bridge, *watch);
    });
    const Ran ran = run(*robot);
    striker.join();
    EXPECT_EQ(ran.result.verdict.outcome, Outcome::failure);
    EXPECT_EQ(ran.result.verdict.reason.rfind(fault.reason, 0), 0u) << ran.result.verdict.reason;
    EXPECT_LT(ran.wall_s, 8);
    EXPECT_NE(ran.result.trace.event("fault"), nullptr);
    ASSERT_TRUE(ran.stop().is_object());
    std::printf("%-24s %-40s %.2f s, made safe %s after %.4f s\n", fault.name, ran.result.verdict.reason.c_str(),
                ran.wall_s, ran.stop()["confirmed"] == true ? "confirmed" : "unconfirmed",
                ran.stop()["made_safe_s"].get<double>());
    confirmed += ran.stop()["confirmed"] == true ? 1 : 0;
    std::this_thread::sleep_for(std::chrono::milliseconds(ran.stop()["confirmed"] == true ? 0 : 400));
    EXPECT_GE(watch->stops, stops + 1);  // at this trial's end: by the watchdog where no word came through
    bridge.sound(true);
    bridge.set(ShakyBridge::Mode::pass);
    watch->stuck_ms = 0;
    EXPECT_EQ(next(*robot), "goal_reached");
  }
  EXPECT_GE(confirmed, 10);
}

TEST(TopicFaults, NobodyThereIsSaidWithinSeconds) {
  auto mapping = ros2::served_mapping({fake_arm()}, domain(65));
  const auto robot = connect_topics(mapping);
  const Ran ran = run(*robot);
  EXPECT_EQ(ran.result.verdict.reason, "subject_fault:link_lost");
  EXPECT_LT(ran.wall_s, 8);
}

}  // namespace
}  // namespace assay::harness
