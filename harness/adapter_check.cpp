#include "harness/adapter_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "adapters/live/live_robot.h"

namespace assay::harness {
namespace {

constexpr int kPeriods = 25, kMoves = 50, kFlood = 10;
constexpr double kMoved = 0.02;  // m, or rad for an arm without a tool
constexpr std::int64_t kStopWithin_ns = 1'000'000'000, kAlone_ns = 2'000'000'000;

std::string why(const Error& error) { return error.found.empty() ? error.what.en : error.found; }

/// A small, legal movement of every group.
Action nudge(const RobotDescription& robot) {
  Action action;
  for (const auto& group : robot.groups) {
    if (group.kind == Group::Kind::arm)
      action.groups.push_back({group.name, Mode::ee_delta_pose, {0.001, 0.0005, 0, 0, 0, 0}});
    if (group.kind == Group::Kind::gripper) action.groups.push_back({group.name, Mode::gripper, {0.5}});
    if (group.kind == Group::Kind::base) action.groups.push_back({group.name, Mode::base_twist, {0.1, 0.1}});
  }
  return action;
}

double distance(const Observation& a, const Observation& b) {
  double moved = 0;
  for (std::size_t g = 0; g < std::min(a.groups.size(), b.groups.size()); ++g)
    for (std::size_t i = 0; i < 3; ++i)
      moved += std::abs(a.groups[g].tcp_m[i] - b.groups[g].tcp_m[i]) +
               std::abs(a.groups[g].odometry[i] - b.groups[g].odometry[i]);
  return moved;
}

class Checker {
 public:
  Checker(Robot& robot, const Setup& setup)
      : robot_(robot),
        setup_(setup),
        is_record_(robot.describe().adapter == "recorded"),
        page_(robot.live() == nullptr && !is_record_ ? "docs/bring-your-robot.md"
                                                     : "docs/wire-" + robot.describe().adapter + ".md") {}

  std::vector<AdapterCheck> run() {
    if (describes()) {
      gives_samples();
      resets();
      moves();
      stops();
      if (robot_.live() != nullptr) {
        is_left_alone(*robot_.live());
        is_flooded(*robot_.live());
        tells_time(*robot_.live());
      }
    }
    robot_.stop(StopCategory::cat1);
    return std::move(out_);
  }

 private:
  bool say(const char* call, Text asked, bool ok, std::string got) {
    out_.push_back({call, std::move(asked), std::move(got), ok, page_});
    return ok;
  }
  void leave_out(const char* call, Text asked) {
    out_.push_back({call, std::move(asked), "not tried: a recording does not move", true, page_, false});
  }

  /// The first sample of a fresh trial, or why there is none.
  Result<Sample> start() {
    robot_.stop(StopCategory::cat1);
    ASSAY_RETURN_IF_ERROR(robot_.reset(setup_));
    return robot_.begin(setup_.instruction);
  }

  bool describes() {
    const Text asked{"a description with the groups and the period of the embodiment", "与本体一致的分组与控制周期"};
    const auto done = robot_.reset(setup_);
    if (!done) return say("reset", asked, false, why(done.error()));
    const RobotDescription& robot = robot_.describe();
    std::string missing;
    for (const auto& signal : robot.missing_signals)
      missing += (missing.empty() ? "" : ", ") + signal.a + (signal.b.empty() ? "" : "/" + signal.b);
    return say("describe", asked, !robot.identity.empty() && !robot.engine.empty(),
               fmt::format("{}, {}; {} truth channels{}", robot.identity, robot.engine, robot.truth_channels.size(),
                           missing.empty() ? "" : "; not given: " + missing));
  }

  void gives_samples() {
    const Text asked{fmt::format("{} samples, one control period apart, from t = 0", kPeriods),
                     fmt::format("自 t = 0 起 {} 个样本，间隔一个控制周期", kPeriods)};
    auto sample = start();
    std::int64_t worst_ns = sample ? std::abs(sample->time.ns) : 0, last_ns = 0;
    for (int i = 0; sample && i < kPeriods; ++i) {
      last_ns = sample->time.ns;
      sample = robot_.advance({});
      if (sample) worst_ns = std::max(worst_ns, std::abs(sample->time.ns - last_ns - setup_.control_period_ns));
    }
    say("begin, advance", asked, sample.ok() && worst_ns <= setup_.control_period_ns / 5,
        sample ? fmt::format("largest deviation {:.3f} ms", static_cast<double>(worst_ns) * 1e-6)
               : why(sample.error()));
  }

  void resets() {
    const Text asked{"after a reset time begins at 0 again", "复位后时间重新从 0 开始"};
    const auto again = start();
    say("reset", asked, again.ok() && again->time.ns == 0,
        again ? fmt::format("t = {} ns", again->time.ns) : why(again.error()));
  }

  void moves() {
    const Text asked{fmt::format("at least {} m of movement after {} commands", kMoved, kMoves),
                     fmt::format("{} 次指令后至少移动 {} m", kMoves, kMoved)};
    if (is_record_) return leave_out("advance", asked);
    auto sample = start();
    if (!sample) return void(say("advance", asked, false, why(sample.error())));
    const Observation before = sample->observation;
    for (int i = 0; sample && i < kMoves; ++i) sample = robot_.advance(nudge(robot_.describe()));
    if (!sample) return void(say("advance", asked, false, why(sample.error())));
    const double moved = distance(before, sample->observation);
    say("advance", asked, moved > kMoved, fmt::format("{:.3f} m", moved));
  }

  void stops() {
    const Text asked{"confirmed within 1 s, and a second call says the same", "1 秒内确认，且再次调用结果相同"};
    if (is_record_) return leave_out("stop", asked);
    auto sample = start();
    for (int i = 0; sample && i < kPeriods; ++i) sample = robot_.advance(nudge(robot_.describe()));
    const SteadyTime asked_at = steady_now();
    const StopReport first = robot_.stop(StopCategory::cat1);
    const std::int64_t took_ns = steady_now().ns - asked_at.ns;
    const StopReport second = robot_.stop(StopCategory::cat0);
    const bool same = second.requested_at == first.requested_at && second.confirmed_at == first.confirmed_at;
    const bool in_time = took_ns <= kStopWithin_ns && first.confirmed_at >= first.requested_at &&
                         first.confirmed_at.ns - first.requested_at.ns <= kStopWithin_ns;
    say("stop", asked, first.confirmed && in_time && same && sample.ok(),
        fmt::format("{}, answered after {:.1f} ms{} {}", first.confirmed ? "confirmed" : "not confirmed",
                    static_cast<double>(took_ns) * 1e-6, same ? "" : ", the second call differs", first.detail));
  }

  /// The link is lost: nobody commands any more. The robot has to find out by itself.
  void is_left_alone(LiveRobot& live) {
    const Text asked{"it stops by itself and says so", "机器人自行停止并说明"};
    auto sample = start();
    if (!sample) return void(say("(no command)", asked, false, why(sample.error())));
    sample = robot_.advance(nudge(robot_.describe()));
    const SteadyTime until{steady_now().ns + kAlone_ns};
    while (steady_now() < until)
      if (const auto news = live.receive(until); !news)
        return void(
            say("(no command)", asked, news.error().found.rfind("subject:robot_stopped", 0) == 0, news.error().found));
    say("(no command)", asked, false, "telemetry went on for 2 s");
  }

  void is_flooded(LiveRobot& live) {
    const Text asked{"samples go on at their period under ten times the commands", "十倍指令速率下样本仍按周期到达"};
    auto sample = start();
    if (!sample) return void(say("command × 10", asked, false, why(sample.error())));
    std::int64_t samples = 0, worst_ns = 0;
    SteadyTime last = steady_now();
    const SteadyTime end{last.ns + kMoves * setup_.control_period_ns};
    while (steady_now() < end) {
      if (auto handed = live.command(rest_action(robot_.describe())); !handed)
        return void(say("command × 10", asked, false, why(handed.error())));
      const auto news = live.receive(SteadyTime{steady_now().ns + setup_.control_period_ns / kFlood});
      if (!news) return void(say("command × 10", asked, false, why(news.error())));
      for (const auto& one : *news) {
        worst_ns = std::max(worst_ns, one.received.ns - last.ns);
        last = one.received;
        ++samples;
      }
    }
    say("command × 10", asked, samples >= kMoves * 9 / 10 && worst_ns <= 3 * setup_.control_period_ns,
        fmt::format("{} samples in {} periods, longest gap {:.1f} ms", samples, kMoves,
                    static_cast<double>(worst_ns) * 1e-6));
  }

  void tells_time(LiveRobot& live) {
    const Text asked{"its clock agrees with this machine's within 1000 ppm", "其时钟与本机相差不超过 1000 ppm"};
    auto sample = start();
    for (int i = 0; sample && i < 4 * kPeriods; ++i) sample = robot_.advance(rest_action(robot_.describe()));
    if (!sample) return void(say("clock", asked, false, why(sample.error())));
    const ClockFit fit = live.clock();
    const double worst_ppm = std::abs(fit.drift_ppm) - fit.drift_bound_ppm;
    say("clock", asked, fit.exchanges > 0 && worst_ppm <= 1000,
        fmt::format("offset {} ns ± {} ns, drift {:.1f} ± {:.1f} ppm, {} exchanges", fit.offset_ns, fit.offset_bound_ns,
                    fit.drift_ppm, fit.drift_bound_ppm, fit.exchanges));
  }

  Robot& robot_;
  const Setup& setup_;
  const bool is_record_;
  std::string page_;
  std::vector<AdapterCheck> out_;
};

}  // namespace

std::vector<AdapterCheck> check_adapter(Robot& robot, const Setup& setup) { return Checker(robot, setup).run(); }

}  // namespace assay::harness
