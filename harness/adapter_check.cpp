#include "harness/adapter_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "adapters/live/live_robot.h"

namespace assay::harness {
namespace {

constexpr int kPeriods = 25, kMoves = 50, kFlood = 10;
constexpr double kMoved_m = 0.02;
constexpr std::int64_t kStopWithin_ns = 1'000'000'000, kAlone_ns = 2'000'000'000;

std::string why(const Error& error) {
  if (error.found.empty()) return error.what.en;
  return error.found.rfind("subject:", 0) == 0 ? error.found.substr(8) : error.found;
}

/// What came cannot be used, or does not come: every further check would say the same again.
bool telemetry_broke(const Error& error) {
  for (const char* fault : {"subject:telemetry_", "subject:clock_backwards", "subject:stale_data"})
    if (error.found.rfind(fault, 0) == 0) return true;
  return false;
}

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

struct Way {
  double largest_m = 0;
  std::string words;  ///< of each group that has a place: how far, in a straight line
};

Way way_between(const Observation& a, const Observation& b) {
  Way out;
  for (std::size_t g = 0; g < std::min(a.groups.size(), b.groups.size()); ++g) {
    const GroupState &from = a.groups[g], &to = b.groups[g];
    const double tool_m =
        std::hypot(to.tcp_m[0] - from.tcp_m[0], to.tcp_m[1] - from.tcp_m[1], to.tcp_m[2] - from.tcp_m[2]);
    const double drive_m = std::hypot(to.odometry[0] - from.odometry[0], to.odometry[1] - from.odometry[1]);
    const double moved_m = std::max(tool_m, drive_m);
    out.largest_m = std::max(out.largest_m, moved_m);
    if (moved_m > 0) out.words += fmt::format("{}{} {:.3f} m", out.words.empty() ? "" : ", ", to.group, moved_m);
  }
  if (out.words.empty()) out.words = "0.000 m";
  return out;
}

class Checker {
 public:
  Checker(Robot& robot, const Setup& setup, const CheckNews& news)
      : robot_(robot),
        setup_(setup),
        news_(news),
        is_record_(robot.describe().adapter == "recorded"),
        page_(robot.live() == nullptr && !is_record_ ? "docs/bring-your-robot.md"
                                                     : "docs/wire-" + robot.describe().adapter + ".md") {}

  std::vector<AdapterCheck> run() {
    if (describes()) {
      gives_samples();
      unless_broken("reset", &Checker::resets);
      unless_broken("advance", &Checker::moves);
      stops();
      if (robot_.live() != nullptr) {
        unless_broken("(no command)", &Checker::is_left_alone);
        unless_broken("command × 10", &Checker::is_flooded);
        unless_broken("clock", &Checker::tells_time);
      }
      if (!not_tried_.empty())
        say("(the rest)", {"usable telemetry", "可用的遥测"}, false, "not tried: telemetry broke above; " + not_tried_);
    }
    robot_.stop(StopCategory::cat1);
    return std::move(out_);
  }

 private:
  void begins(const char* call, const Text& asked) {
    if (news_) news_({call, asked, "", false, ""}, false);
  }

  bool say(std::string call, Text asked, bool ok, std::string got) {
    out_.push_back({std::move(call), std::move(asked), std::move(got), ok, page_});
    if (news_) news_(out_.back(), true);
    return ok;
  }
  void leave_out(const char* call, Text asked) {
    out_.push_back({call, std::move(asked), "not tried: a recording does not move", true, page_, false});
    if (news_) news_(out_.back(), true);
  }

  void failed(const char* call, Text asked, const Error& error) {
    broken_ = broken_ || telemetry_broke(error);
    say(call, std::move(asked), false, why(error));
  }

  void unless_broken(const char* call, void (Checker::*check)()) {
    if (!broken_)
      (this->*check)();
    else
      not_tried_ += (not_tried_.empty() ? "" : ", ") + std::string(call);
  }

  /// The first sample of a fresh trial, or why there is none.
  Result<Sample> start() {
    robot_.stop(StopCategory::cat1);
    ASSAY_RETURN_IF_ERROR(robot_.reset(setup_));
    return robot_.begin(setup_.instruction);
  }

  bool describes() {
    const Text asked{"a description with the groups and the period of the embodiment", "与本体一致的分组与控制周期"};
    begins("describe", asked);
    const auto done = robot_.reset(setup_);
    if (!done && done.error().found.find("GET /v1/clock") != std::string::npos)
      return say("GET /v1/clock", {"the robot's clock: received_ns and sent_ns", "机器人时钟：received_ns 与 sent_ns"},
                 false, why(done.error()));
    const Text& wanted = done ? asked : done.error().expected;  // says more: the body's groups, a topic's publisher
    if (!done) return say("reset", wanted.en.empty() ? asked : wanted, false, why(done.error()));
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
    begins("begin, advance", asked);
    auto sample = start();
    std::int64_t worst_ns = sample ? std::abs(sample->time.ns) : 0, last_ns = 0;
    for (int i = 0; sample && i < kPeriods; ++i) {
      last_ns = sample->time.ns;
      sample = robot_.advance({});
      if (sample) worst_ns = std::max(worst_ns, std::abs(sample->time.ns - last_ns - setup_.control_period_ns));
    }
    if (!sample) return failed("begin, advance", asked, sample.error());
    say("begin, advance", asked, worst_ns <= setup_.control_period_ns / 5,
        fmt::format("largest deviation {:.3f} ms", static_cast<double>(worst_ns) * 1e-6));
  }

  void resets() {
    const Text asked{"after a reset time begins at 0 again", "复位后时间重新从 0 开始"};
    begins("reset", asked);
    const auto again = start();
    if (!again) return failed("reset", asked, again.error());
    say("reset", asked, again->time.ns == 0, fmt::format("t = {} ns", again->time.ns));
  }

  void moves() {
    const Text asked{fmt::format("a group at least {} m away after {} commands", kMoved_m, kMoves),
                     fmt::format("{} 次指令后至少一个分组离原位 {} m", kMoves, kMoved_m)};
    if (is_record_) return leave_out("advance", asked);
    begins("advance", asked);
    auto sample = start();
    if (!sample) return failed("advance", asked, sample.error());
    const Observation before = sample->observation;
    for (int i = 0; sample && i < kMoves; ++i) sample = robot_.advance(nudge(robot_.describe()));
    if (!sample) return failed("advance", asked, sample.error());
    const Way way = way_between(before, sample->observation);
    say("advance", asked, way.largest_m > kMoved_m, way.words);
  }

  void stops() {
    const Text asked{"confirmed within 1 s, and a second call says the same", "1 秒内确认，且再次调用结果相同"};
    if (is_record_) return leave_out("stop", asked);
    begins("stop", asked);
    const bool hears = !broken_;
    auto sample = start();
    for (int i = 0; sample && i < kPeriods; ++i) sample = robot_.advance(nudge(robot_.describe()));
    const SteadyTime asked_at = steady_now();
    const StopReport first = robot_.stop(StopCategory::cat1);
    const std::int64_t took_ns = steady_now().ns - asked_at.ns;
    const StopReport second = robot_.stop(StopCategory::cat0);
    const std::int64_t needed_ns = first.confirmed_at.ns - first.requested_at.ns;
    std::string wrong;
    const auto add = [&](const std::string& words) { wrong += (wrong.empty() ? "" : "; ") + words; };
    if (!first.confirmed) add("not confirmed");
    if (took_ns > kStopWithin_ns) add("later than 1 s");
    if (first.confirmed && needed_ns < 0) add("confirmed_at_ns is before requested_at_ns");
    if (first.confirmed && needed_ns > kStopWithin_ns)
      add(fmt::format("stood after {:.3f} s", 1e-9 * static_cast<double>(needed_ns)));
    if (second.requested_at != first.requested_at || second.confirmed_at != first.confirmed_at)
      add("the second call says otherwise");
    if (!sample && hears) add("it did not move before: " + why(sample.error()));
    if (!sample && !hears)
      add(std::string(first.confirmed ? "confirmed, but " : "") + "only tried at rest: telemetry broke above");
    say("stop", asked, wrong.empty(),
        fmt::format("{}; answered after {:.1f} ms{}{}", wrong.empty() ? "confirmed" : wrong,
                    static_cast<double>(took_ns) * 1e-6, first.detail.empty() ? "" : "; ", first.detail));
    if (!sample) broken_ = broken_ || telemetry_broke(sample.error());
  }

  /// The link is lost: nobody commands any more. The robot has to find out by itself.
  void is_left_alone() {
    LiveRobot& live = *robot_.live();
    const Text asked{"it stops by itself and says so", "机器人自行停止并说明"};
    begins("(no command)", asked);
    auto sample = start();
    if (!sample) return failed("(no command)", asked, sample.error());
    sample = robot_.advance(nudge(robot_.describe()));
    const SteadyTime until{steady_now().ns + kAlone_ns};
    while (steady_now() < until)
      if (const auto news = live.receive(until); !news)
        return void(
            say("(no command)", asked, news.error().found.rfind("subject:robot_stopped", 0) == 0, why(news.error())));
    say("(no command)", asked, false, "telemetry went on for 2 s");
  }

  void is_flooded() {
    LiveRobot& live = *robot_.live();
    const Text asked{"samples go on at their period under ten times the commands", "十倍指令速率下样本仍按周期到达"};
    begins("command × 10", asked);
    auto sample = start();
    if (!sample) return failed("command × 10", asked, sample.error());
    std::int64_t samples = 0, worst_ns = 0;
    SteadyTime last = steady_now();
    const SteadyTime end{last.ns + kMoves * setup_.control_period_ns};
    while (steady_now() < end) {
      if (auto handed = live.command(rest_action(robot_.describe())); !handed)
        return failed("command × 10", asked, handed.error());
      const auto news = live.receive(SteadyTime{steady_now().ns + setup_.control_period_ns / kFlood});
      if (!news) return failed("command × 10", asked, news.error());
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

  void tells_time() {
    LiveRobot& live = *robot_.live();
    const Text asked{"its clock agrees with this machine's within 1000 ppm", "其时钟与本机相差不超过 1000 ppm"};
    begins("clock", asked);
    auto sample = start();
    for (int i = 0; sample && i < 4 * kPeriods; ++i) sample = robot_.advance(rest_action(robot_.describe()));
    if (!sample) return failed("clock", asked, sample.error());
    const ClockFit fit = live.clock();
    const double worst_ppm = std::abs(fit.drift_ppm) - fit.drift_bound_ppm;
    say("clock", asked, fit.exchanges > 0 && worst_ppm <= 1000,
        fmt::format("offset {} ns ± {} ns, drift {:.1f} ± {:.1f} ppm, {} exchanges", fit.offset_ns, fit.offset_bound_ns,
                    fit.drift_ppm, fit.drift_bound_ppm, fit.exchanges));
  }

  Robot& robot_;
  const Setup& setup_;
  const CheckNews& news_;
  const bool is_record_;
  std::string page_, not_tried_;
  bool broken_ = false;  ///< telemetry
  std::vector<AdapterCheck> out_;
};

}  // namespace

std::vector<AdapterCheck> check_adapter(Robot& robot, const Setup& setup, const CheckNews& news) {
  return Checker(robot, setup, news).run();
}

}  // namespace assay::harness
