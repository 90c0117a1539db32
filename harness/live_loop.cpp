// The loop of a real-time trial: absolute deadlines, a policy on its own thread, nothing that waits for either side.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <optional>
#include <thread>
#include <utility>

#include "adapters/live/realtime.h"
#include "harness/motion_delay.h"
#include "harness/trial_run.h"

namespace assay::harness {
namespace {

constexpr double kPolicyShare = 0.6;   // of a period that is left to the policy before the loop goes on without it
constexpr double kBehind = 0.15;       // of a period: how far the loop keeps behind the samples' arrival
constexpr double kInTime = 0.25;       // a loop that woke within this share of a period may judge others
constexpr double kStalePeriods = 2.5;  // two samples were due and did not come
constexpr int kMostLatePeriods = 5;
constexpr std::int64_t kLastWords =
    3;  // periods until reports that come with "done" have reached the robot and its truth
constexpr double kMostOverruns = 0.05;
constexpr std::int64_t kFewOverruns = 5;

double seconds(std::int64_t ns) { return static_cast<double>(ns) * 1e-9; }

void sleep_until(SteadyTime due) {
  std::this_thread::sleep_until(std::chrono::steady_clock::time_point(std::chrono::nanoseconds(due.ns)));
}

/// How much to move the next deadline so that the loop wakes just behind the samples, whatever the two clocks do: a
/// tenth of what is missing, at most a fiftieth of a period.
std::int64_t slew_ns(SteadyTime arrived, SteadyTime due, std::int64_t period_ns) {
  const auto behind_ns = static_cast<std::int64_t>(kBehind * static_cast<double>(period_ns));
  std::int64_t missing_ns = (arrived.ns + behind_ns - due.ns) % period_ns;
  if (missing_ns > period_ns / 2) missing_ns -= period_ns;
  if (missing_ns < -period_ns / 2) missing_ns += period_ns;
  return std::clamp(missing_ns / 10, -period_ns / 50, period_ns / 50);
}

/// While it lives, this thread is scheduled in real time. A policy's thread started before is not.
struct Realtime {
  std::string said = make_thread_realtime(kLoopPriority);
  Realtime() = default;
  ~Realtime() { make_thread_ordinary(); }
  Realtime(const Realtime&) = delete;
  Realtime& operator=(const Realtime&) = delete;
};

}  // namespace

struct TrialRun::Live {
  std::int64_t period_ns = 0;
  SteadyTime due, last_received;
  std::vector<LinkTiming> link;
  struct Command {
    std::int64_t handed_ns = 0;  ///< host time of its hand-over
    std::int64_t number = 0;     ///< of all hand-overs
    Action action;
  };
  std::vector<Command> commands;
  std::int64_t handed = 0;
  LoopTiming timing;
  bool asked = false;
  SimTime asked_of;          ///< the observation's time
  SteadyTime asked_arrived;  ///< when it had come
  SteadyTime moved_for;      ///< arrival of the observation that the last command answered
  bool at_rest = true;
  std::int64_t ticks = 0, overruns = 0, stale_answers = 0, rests = 0;
  std::int64_t worst_late_ns = 0;
  std::optional<SimTime> done_at;  ///< the policy is done; what it said last is still to be heard
  bool on_time_before = true;
  std::string scheduling, memory;
};

void TrialRun::run_live(LiveRobot& robot) {
  Live live;
  live.memory = lock_memory();
  const Realtime realtime;
  live.scheduling = realtime.said;
  live.period_ns = setup_.control_period_ns;
  live.link.reserve(static_cast<std::size_t>(setup_.time_limit_ns / std::max<std::int64_t>(1, live.period_ns)) + 16);
  live.due = live.last_received = live.asked_arrived = live.moved_for = steady_now();
  live.due.ns += static_cast<std::int64_t>(kBehind * static_cast<double>(live.period_ns));
  while (live_tick(robot, live)) {
  }
  stop();  // before anything that takes its time
  phase("harness");
  describe_live(robot, live);
}

/// One period. What is late is made up for by nobody: periods that were slept through are counted and left out.
bool TrialRun::live_tick(LiveRobot& robot, Live& live) {
  sleep_until(live.due);
  const SteadyTime woken = steady_now();
  const std::int64_t late_ns = woken.ns - live.due.ns;
  live.timing = {};
  live.timing.late_s = seconds(late_ns);
  live.worst_late_ns = std::max(live.worst_late_ns, late_ns);
  if (late_ns > kMostLatePeriods * live.period_ns)
    return fault({"lab", "harness_late", fmt::format("the loop woke {:.3f} s after its deadline", seconds(late_ns))});
  if (options_.interrupted && options_.interrupted()) return end("interrupted", {}, StopCategory::cat1, false);
  phase("robot");
  if (!live_hear(robot, live, woken)) return false;
  if (live.done_at && sample_.time >= *live.done_at) return end("done", {}, StopCategory::cat2);
  if (sample_.time.ns >= setup_.time_limit_ns) return end("time_limit", {}, StopCategory::cat2);
  const SteadyTime heard = steady_now();
  phase("policy");
  if (!live_policy(robot, live,
                   SteadyTime{live.due.ns + std::llround(kPolicyShare * static_cast<double>(live.period_ns))}))
    return false;
  phase("harness");
  const SteadyTime done = steady_now();
  live.timing.robot_s = seconds(heard.ns - woken.ns);
  live.timing.harness_s = seconds(done.ns - heard.ns) - live.timing.policy_s;
  recorder_.timing(sample_.time, live.timing);
  ++tick_;
  ++live.ticks;
  live.due.ns += live.period_ns + (live.timing.samples > 0 ? slew_ns(live.last_received, live.due, live.period_ns) : 0);
  while (steady_now().ns > live.due.ns + live.period_ns) {
    live.due.ns += live.period_ns;
    ++live.overruns;
  }
  return true;
}

/// Samples that came. A loop that woke late itself says nothing about others in that period.
bool TrialRun::live_hear(LiveRobot& robot, Live& live, SteadyTime woken) {
  auto news = guarded([&] { return robot.receive(woken); });
  if (!news) return fault(robot_fault(news.error()));
  for (auto& one : *news) {
    live.last_received = one.received;
    live.link.push_back({one.sample.time, one.received.ns, one.robot_ns});
    sample_ = std::move(one.sample);
    recorder_.sample(sample_);
    if (limit_broken()) return false;
    if (sample_.time.ns >= setup_.time_limit_ns) return true;  // what comes after is not of this trial
  }
  live.timing.samples = static_cast<double>(news->size());
  const bool on_time = seconds(woken.ns - live.due.ns) < kInTime * seconds(live.period_ns);
  const bool may_judge = on_time && live.on_time_before;
  live.on_time_before = on_time;
  const double silent_s = seconds(woken.ns - live.last_received.ns);
  if (may_judge && silent_s > kStalePeriods * seconds(live.period_ns))
    return fault({"subject", "stale_data", fmt::format("no sample for {:.3f} s", silent_s)});
  return true;
}

/// Asks where nothing is asked, hears what is answered, and hands over a command each period: the robot's sign of life.
bool TrialRun::live_policy(LiveRobot& robot, Live& live, SteadyTime deadline) {
  const SteadyTime start = steady_now();
  if (!live.asked && !live.done_at) {
    speak();
    policy_.ask(sample_.observation, options_.policy_deadline_s);
    live.asked = true;
    live.asked_of = sample_.time;
    live.asked_arrived = live.last_received;
  }
  auto answer = policy_.answer(deadline);
  live.timing.policy_s = seconds(steady_now().ns - start.ns);
  Action command;
  if (answer) {
    live.asked = false;
    if (!*answer) return fault(policy_fault(answer->error()));
    command = std::move(**answer);
    if (const auto asked = last_exchange_of(policy_)) recorder_.inference(live.asked_of, *asked, steady_now());
    recorder_.action(live.asked_of, command);
    if (!hear(command)) return false;
    if (auto sound = check_action(robot.describe(), command); !sound)
      return fault({"subject", "bad_action", to_string(sound.error(), Lang::en)});
    if (!record_reports(command.reports)) return false;
    if (command.done) live.done_at = SimTime{sample_.time.ns + kLastWords * live.period_ns};
  }
  const SteadyTime now = steady_now();
  const double age_s = seconds(now.ns - live.asked_arrived.ns);
  if (answer && age_s > options_.policy_stale_s) {
    ++live.stale_answers;
    command.groups.clear();
  } else if (answer) {
    live.timing.command_age_s = age_s;
    live.moved_for = live.asked_arrived;
    live.at_rest = false;
  }
  // A policy that thinks for too long does not leave the robot driving on its last word.
  if (!live.at_rest && seconds(now.ns - live.moved_for.ns) > options_.policy_stale_s) {
    command.groups = rest_action(robot.describe()).groups;
    live.at_rest = true;
    ++live.rests;
  }
  phase("robot");
  auto handed = guarded([&] { return robot.command(command); });
  if (!handed) return fault(robot_fault(handed.error()));
  const std::int64_t number = live.handed++;
  if (!command.groups.empty()) live.commands.push_back({now.ns, number, std::move(command)});
  return true;
}

void TrialRun::describe_live(LiveRobot& robot, const Live& live) {
  const ClockFit clock = robot.clock();
  const LinkCounters link = robot.counters();
  recorder_.link(live.link, clock);
  describe_motion(robot, live, clock);
  auto& m = trace().metadata;
  const auto put = [&m](const char* name, auto value) { m[name] = fmt::format("{}", value); };
  put("clock_exchanges", clock.exchanges);
  put("clock_offset_ns", clock.offset_ns);
  put("clock_offset_bound_ns", clock.offset_bound_ns);
  put("clock_drift_ppm", clock.drift_ppm);
  put("clock_drift_bound_ppm", clock.drift_bound_ppm);
  put("loop_scheduling", live.scheduling);
  put("link_scheduling", robot.scheduling());
  put("memory", live.memory);
  put("loop_periods", live.ticks);
  put("loop_overruns", live.overruns);
  put("loop_worst_late_s", seconds(live.worst_late_ns));
  put("policy_stale_answers", live.stale_answers);
  put("policy_rests", live.rests);
  put("link_samples", link.samples);
  put("link_commands", link.commands);
  put("link_superseded", link.superseded);
  put("link_unsent", link.unsent);
  // Our own lateness would be read as the robot's: such a trial says nothing about it.
  if (live.overruns >
          std::max(kFewOverruns, static_cast<std::int64_t>(kMostOverruns * static_cast<double>(live.ticks))) &&
      trace().event("fault") == nullptr)
    fault({"lab", "harness_overruns", fmt::format("{} of {} periods", live.overruns, live.ticks)});
}

/// Commands on the robot's own time, so that command and motion can be set side by side; and how far they are apart.
void TrialRun::describe_motion(LiveRobot& robot, const Live& live, const ClockFit& clock) {
  if (live.link.empty()) return;
  MotionTimes times;
  times.clock_bound_ns = [&clock](std::int64_t host_ns) { return clock.bound_at(host_ns); };
  // A sample is stamped when it was measured, or later; the one that was least late tells when the trial's time began.
  std::int64_t began_ns = std::numeric_limits<std::int64_t>::max();  // on the host's clock
  for (const auto& row : live.link) {
    times.measured_ns.push_back(clock.host_of(row.robot_ns));
    began_ns = std::min(began_ns, times.measured_ns.back() - row.time.ns);
  }
  const auto ways = robot.ways();
  auto way = ways.begin();
  for (const auto& [handed_ns, number, action] : live.commands) {
    const SimTime at{std::max<std::int64_t>(0, handed_ns - began_ns)};
    recorder_.command(at, action);
    while (way != ways.end() && way->number < number) ++way;
    const bool known = way != ways.end() && way->number == number;
    // One that a newer one overtook may have been meant by that, too.
    times.commands.push_back(known               ? MotionTimes::Command{way->sent_ns, way->taken_ns}
                             : way != ways.end() ? MotionTimes::Command{handed_ns, way->taken_ns}
                                                 : MotionTimes::Command{handed_ns, handed_ns});
    if (!ways.empty())
      recorder_.command_way(at, known ? seconds(way->sent_ns - handed_ns) : -1,
                            known ? seconds(way->taken_ns - handed_ns) : -1);
  }
  for (const auto& delay : motion_delays(trace(), robot.describe().groups, seconds(live.period_ns), times)) {
    const auto said = [&](const char* what, const std::optional<double>& value) {
      if (value) trace().metadata[fmt::format("motion_delay_{}_{}", delay.group, what)] = fmt::format("{}", *value);
    };
    said("correlation_s", delay.correlation_s);
    said("correlation", delay.correlation);
    if (const auto& limits = delay.correlation_limits_s; limits) {
      said("correlation_least_s", (*limits)[0]);
      said("correlation_most_s", (*limits)[1]);
    }
    if (const auto* step = delay.threshold(); step != nullptr) {
      said("threshold_s", step->delay_s);
      said("threshold_least_s", step->limits_s[0]);
      said("threshold_most_s", step->limits_s[1]);
    }
    said("bound_s", delay.bound_s);
    Stream steps{"/motion/" + delay.group, false};
    for (const char* name : {"delay_s", "least_s", "most_s"})
      steps.channels.push_back({name, "s", "", Vantage::instrument});
    for (const auto& step : delay.steps) {
      const double row[] = {step.delay_s, step.limits_s[0], step.limits_s[1]};
      steps.append(trace().stream("/command")->t_ns[step.command], row);
    }
    if (steps.rows() > 0) trace().streams.push_back(std::move(steps));
  }
}

}  // namespace assay::harness
