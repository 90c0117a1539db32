// Injected truth for command to motion: a mobile base behind the robot API (docs/robot-api.yaml) that changes its speed
// a known delay after a command has come, and logs both on the clock that every process of this machine shares. The
// clock that it shows is another: wrong by a known offset and drift. Knows nothing of Assay: sockets and JSON.
//   wire_robot LOG JITTER DELAY_S OFFSET_NS DRIFT_PPM SEED
// Prints its port; runs until it is killed. A line of the log: when the bytes of a command of another speed had come
// (the network's stamp), and when the base moved so.
#include <algorithm>
#include <cmath>
#include <mutex>
#include <nlohmann/json.hpp>
#include <random>
#include <thread>
#include <vector>

#include "tests/peers/wire.h"

namespace {

using nlohmann::json;
using wire::Connection;

struct Clock {
  std::int64_t start_ns = wire::now_ns(), offset_ns = 0;
  double drift_ppm = 0;
  [[nodiscard]] std::int64_t theirs(std::int64_t ns) const {
    return ns + offset_ns + static_cast<std::int64_t>(drift_ppm * 1e-6 * static_cast<double>(ns - start_ns));
  }
};

/// Speed and way are functions of time: exact at every instant, whoever is awake when.
class Base {
 public:
  struct Change {
    std::int64_t at_ns;
    double speed_m_s;
  };
  void reset() {
    const std::lock_guard lock(mutex_);
    changes_.clear();
    last_m_s_ = 0;
  }
  /// True: another speed than was commanded before.
  bool differs(double speed_m_s) {
    const std::lock_guard lock(mutex_);
    return std::exchange(last_m_s_, speed_m_s) != speed_m_s;
  }
  void change(std::int64_t at_ns, double speed_m_s) {
    const std::lock_guard lock(mutex_);
    if (!changes_.empty()) at_ns = std::max(at_ns, changes_.back().at_ns);
    changes_.push_back({at_ns, speed_m_s});
  }
  void state(std::int64_t at_ns, double& way_m, double& speed_m_s) {
    const std::lock_guard lock(mutex_);
    way_m = speed_m_s = 0;
    std::int64_t from_ns = 0;
    for (const auto& one : changes_) {
      if (one.at_ns > at_ns) break;
      way_m += speed_m_s * static_cast<double>(one.at_ns - from_ns) * 1e-9;
      from_ns = one.at_ns;
      speed_m_s = one.speed_m_s;
    }
    way_m += speed_m_s * static_cast<double>(at_ns - from_ns) * 1e-9;
  }

 private:
  std::mutex mutex_;
  std::vector<Change> changes_;
  double last_m_s_ = 0;
};

struct Robot {
  std::FILE* log = nullptr;
  double jitter = 0, delay_s = 0;
  Clock clock;
  Base base;
  std::mutex mutex;  ///< what follows
  std::mt19937_64 random;
  std::int64_t trial = 0, period_ns = 10'000'000;
  bool running = false;

  json describe() const {
    return {{"schema", "assay.robot/1"},       {"identity", "wire robot"},
            {"engine", "wire_robot 1"},        {"control_period_ns", period_ns},
            {"capabilities", {"mobile_base"}}, {"groups", {{{"name", "base"}, {"kind", "base"}, {"joints", 2}}}},
            {"truth_channels", json::array()}, {"peak_channels", json::array()},
            {"missing_signals", json::array()}};
  }

  void act(const json& action, std::int64_t came_ns) {
    for (const auto& group : action.at("groups")) {
      if (group.at("mode") != "base_twist") continue;
      const double speed = group.at("values").at(0);
      if (!base.differs(speed)) continue;
      const std::lock_guard lock(mutex);
      const double share = 1 + jitter * (static_cast<double>(random() % 2001) / 1000 - 1);
      const std::int64_t at_ns = came_ns + static_cast<std::int64_t>(delay_s * share * 1e9);
      base.change(at_ns, speed);
      std::fprintf(log, "%lld %lld\n", static_cast<long long>(came_ns), static_cast<long long>(at_ns));
      std::fflush(log);
    }
  }

  void telemetry(Connection& c) {
    c.say("HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nConnection: close\r\n\r\n");
    {
      const std::lock_guard lock(mutex);
      running = true;
    }
    const std::int64_t start_ns = wire::now_ns();
    for (std::int64_t n = 0;; ++n) {
      const timespec due{(start_ns + n * period_ns) / 1'000'000'000, (start_ns + n * period_ns) % 1'000'000'000};
      clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, nullptr);
      {
        const std::lock_guard lock(mutex);
        if (!running) break;
      }
      const std::int64_t now = wire::now_ns();
      double way_m = 0, speed_m_s = 0;
      base.state(now, way_m, speed_m_s);
      const json line = {{"seq", n},
                         {"t_ns", n == 0 ? 0 : now - start_ns},
                         {"clock_ns", clock.theirs(now)},
                         {"truth", json::array()},
                         {"peaks", json::array()},
                         {"groups",
                          {{{"group", "base"},
                            {"position_rad", {0.0, 0.0}},
                            {"velocity_rad_s", {0.0, 0.0}},
                            {"odometry", {way_m, 0.0, 0.0}},
                            {"twist", {speed_m_s, 0.0}}}}}};
      if (!c.say(line.dump() + "\n")) break;
    }
    c.say("{\"end\": \"stopped\"}\n");
  }

  void serve(int fd) {
    Connection c(fd);
    for (std::string line, body; c.request(line, body);) {
      const auto is = [&](const char* path) { return line.find(path) != std::string::npos; };
      if (is("/v1/telemetry")) return telemetry(c);
      if (is("/v1/clock")) {
        const json said = {{"received_ns", clock.theirs(c.came_ns)}, {"sent_ns", clock.theirs(wire::now_ns())}};
        c.answer(said.dump());
      } else if (is("/v1/action")) {
        act(json::parse(body), c.came_ns);
        c.answer("{}");
      } else if (is("/v1/reset")) {
        base.reset();
        const std::lock_guard lock(mutex);
        running = false;
        period_ns = json::parse(body).at("control_period_ns");
        c.answer(json{{"trial", ++trial}, {"robot", describe()}}.dump());
      } else if (is("/v1/stop")) {
        const std::lock_guard lock(mutex);
        running = false;
        c.answer(
            R"({"requested": true, "confirmed": true, "requested_at_ns": 0, "confirmed_at_ns": 0, "detail": "", "limit_hits": []})");
      } else {
        c.answer(describe().dump());
      }
    }
  }
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 7) return 2;
  Robot robot;
  robot.log = std::fopen(argv[1], "a");
  robot.jitter = std::atof(argv[2]);
  robot.delay_s = std::atof(argv[3]);
  robot.clock.offset_ns = std::atoll(argv[4]);
  robot.clock.drift_ppm = std::atof(argv[5]);
  robot.random.seed(std::strtoull(argv[6], nullptr, 10));
  if (robot.log == nullptr) return 2;
  const int listener = wire::listen_and_say();
  for (int fd = -1; (fd = accept(listener, nullptr, nullptr)) >= 0;)
    std::thread([&robot, fd] { robot.serve(fd); }).detach();
  return 1;
}
