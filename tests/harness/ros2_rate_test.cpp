// 60 channels at 1 kHz from another process: what is lost, how unevenly it comes, what it costs. ASSAY_RATE_S=300 runs
// it for five minutes.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>

#include "adapters/live/live_robot.h"
#include "adapters/live/realtime.h"
#include "adapters/ros2/bus.h"
#include "adapters/ros2/ros2_robot.h"

namespace assay {
namespace {

constexpr int kDomain = 68, kJoints = 20;
constexpr std::int64_t kPeriod_ns = 1'000'000;

ros2::BusOptions loopback() {
  ros2::BusOptions out;
  out.domain = kDomain;
  out.interface = "lo";
  out.peers = {"127.0.0.1"};
  return out;
}

/// Until it is killed. Never returns.
[[noreturn]] void publish() {
  auto bus = ros2::Bus::open(loopback());
  auto writer = (*bus)->writer("/joint_states", ros2::Type::joint_state, true);
  auto commands = (*bus)->reader("/commands", ros2::Type::joint_trajectory, true);
  auto stop = (*bus)->reader("/halt", ros2::Type::boolean, true);
  if (!writer || !commands || !stop) _exit(1);
  make_thread_realtime(kLoopPriority);
  ros2::Message m;
  for (int i = 0; i < kJoints; ++i) m.names.push_back("j" + std::to_string(i));
  m.position.assign(kJoints, 0.5);
  m.velocity.assign(kJoints, 0.0);
  m.effort.assign(kJoints, 1.5);
  std::int64_t due_ns = steady_now().ns;
  for (std::int64_t n = 1;; ++n) {
    due_ns += kPeriod_ns;
    const timespec due{due_ns / 1'000'000'000, due_ns % 1'000'000'000};
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, nullptr);
    m.stamp_ns = 1'000'000'000 + n * kPeriod_ns;  // by count: what is missing shows
    m.position[0] = static_cast<double>(n);
    writer->write(m);
  }
}

double cpu_s() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  return static_cast<double>(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
         static_cast<double>(used.ru_utime.tv_usec + used.ru_stime.tv_usec) * 1e-6;
}

TEST(Ros2Rate, SixtyChannelsAtOneKilohertz) {
  const char* wanted = std::getenv("ASSAY_RATE_S");
  const double length_s = wanted == nullptr ? 3 : std::atof(wanted);
  const pid_t publisher = fork();
  if (publisher == 0) publish();
  std::string channels;
  for (int i = 0; i < kJoints; ++i)
    for (const char* what : {"position", "velocity", "effort"})
      channels += (channels.empty() ? "" : ",") + std::string(R"({"name": ")") + what + std::to_string(i) +
                  R"(", "unit": "1", "topic": "/joint_states", "field": ")" + what + ":j" + std::to_string(i) + "\"}";
  RobotLink link;
  link.adapter = "ros2";
  link.details = R"({"domain": 68, "interface": "lo", "peers": ["127.0.0.1"], "tick": {"topic": "/joint_states"},
    "stop": {"topic": "/halt"}, "commands": [{"topic": "/commands", "type": "trajectory_msgs/msg/JointTrajectory", "group": "arm"}],
    "states": [{"topic": "/joint_states", "type": "sensor_msgs/msg/JointState", "group": "arm", "reliability": "reliable"}],
    "channels": [)" +
                 channels + "]}";
  auto robot = make_ros2_robot(link);
  ASSERT_TRUE(robot.ok()) << robot.error().found;
  Group arm;
  arm.name = "arm";
  for (int i = 0; i < kJoints; ++i) arm.joints.push_back("robot/j" + std::to_string(i));
  assay::Setup setup;
  setup.world.groups = {arm};
  setup.control_period_ns = kPeriod_ns;
  const auto ready = (*robot)->reset(setup);
  ASSERT_TRUE(ready.ok()) << to_string(ready.error(), Lang::en);
  auto sample = (*robot)->begin({});
  ASSERT_TRUE(sample.ok()) << to_string(sample.error(), Lang::en);
  ASSERT_EQ(sample->truth.size(), 60u);
  std::int64_t count = 1, last_ns = sample->time.ns, lost = 0, came_ns = 0;
  std::vector<double> apart_s;
  const double before_s = cpu_s();
  const SteadyTime start = steady_now(), end{start.ns + ns_from_s(length_s)};
  while (steady_now() < end) {
    const auto news = (*robot)->live()->receive(SteadyTime{steady_now().ns + 100'000'000});
    ASSERT_TRUE(news.ok()) << to_string(news.error(), Lang::en);
    for (const auto& one : *news) {
      lost += (one.sample.time.ns - last_ns) / kPeriod_ns - 1;
      last_ns = one.sample.time.ns;
      if (came_ns != 0) apart_s.push_back(static_cast<double>(one.received.ns - came_ns) * 1e-9);
      came_ns = one.received.ns;
      ++count;
    }
  }
  const double took_s = static_cast<double>(steady_now().ns - start.ns) * 1e-9, used_s = cpu_s() - before_s;
  kill(publisher, SIGKILL);
  waitpid(publisher, nullptr, 0);
  std::sort(apart_s.begin(), apart_s.end());
  ASSERT_GT(apart_s.size(), 1000u);
  const auto at = [&](double share) {
    return 1e6 * apart_s[static_cast<std::size_t>(share * static_cast<double>(apart_s.size() - 1))];
  };
  std::printf(
      "%.0f s: %ld samples of 60 channels, %ld lost; apart p1 %.0f us, p50 %.0f us, p99 %.0f us, p99.9 %.0f us, "
      "largest %.0f us; "
      "CPU of the receiving side %.1f %% of a core\n",
      took_s, static_cast<long>(count), static_cast<long>(lost), at(0.01), at(0.5), at(0.99), at(0.999), at(1),
      100 * used_s / took_s);
  EXPECT_EQ(lost, 0);
}

}  // namespace
}  // namespace assay
