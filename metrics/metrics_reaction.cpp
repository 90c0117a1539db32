// How long a robot takes to move when commanded, and to brake when a person is there.
#include <algorithm>
#include <cmath>

#include "core/model/sample.h"
#include "metrics/measures/delay.h"
#include "metrics/stop_metrics.h"

namespace assay::metrics {

namespace {

/// Columns of the first group that has an arm's or a base's commands; of an ee_delta_pose the way per period.
struct Commands {
  std::vector<double> time_s, speed_m_s;
  std::string why;
};

Commands commands_of(const Trace& trace) {
  Commands out;
  const auto* action = trace.stream("/action");
  if (action == nullptr) {
    out.why = "no_stream:/action";
    return out;
  }
  const auto period = trace.metadata.find("control_period_ns");
  const double period_s = period == trace.metadata.end() ? 0 : std::strtod(period->second.c_str(), nullptr) * 1e-9;
  for (std::size_t c = 0; c < action->channels.size(); ++c) {
    const auto& name = action->channels[c].name;
    if (!name.ends_with(".mode")) continue;
    const int first = action->find(name.substr(0, name.size() - 4) + "command_00");
    if (first < 0) continue;
    for (std::size_t i = 0; i < action->rows(); ++i) {
      const auto row = action->row(i);
      const auto value = [&](std::size_t k) { return row[static_cast<std::size_t>(first) + k]; };
      const auto mode = static_cast<Mode>(static_cast<int>(row[c]));
      double speed = 0;
      if (mode == Mode::base_twist)
        speed = std::abs(value(0));
      else if (mode == Mode::ee_delta_pose && period_s > 0)
        speed = std::sqrt(value(0) * value(0) + value(1) * value(1) + value(2) * value(2)) / period_s;
      else
        continue;
      out.time_s.push_back(static_cast<double>(action->t_ns[i]) * 1e-9);
      out.speed_m_s.push_back(speed);
    }
    if (!out.time_s.empty()) return out;
  }
  out.why = "no_command";
  return out;
}

constexpr double kMoving_m_s = 0.02;

/// Both by the same threshold: the first command above it, the first speed above it after.
MetricValue command_to_motion(const MetricSpec& spec, const Trace& trace, const Verdict&) {
  const auto course = course_of(trace);
  if (!course.why.empty()) return undefined(spec, course.why);
  auto commands = commands_of(trace);
  if (!commands.why.empty()) return undefined(spec, commands.why);
  // Before the trial nothing was commanded, and a command holds until the next one.
  commands.time_s.insert(commands.time_s.begin(), commands.time_s.front() - 1e-6);
  commands.speed_m_s.insert(commands.speed_m_s.begin(), 0);
  Commands steps;
  for (std::size_t i = 0; i < commands.time_s.size(); ++i) {
    if (i > 1) {
      steps.time_s.push_back(commands.time_s[i] - 1e-7);
      steps.speed_m_s.push_back(commands.speed_m_s[i - 1]);
    }
    steps.time_s.push_back(commands.time_s[i]);
    steps.speed_m_s.push_back(commands.speed_m_s[i]);
  }
  const auto delay = threshold_delay({steps.time_s, steps.speed_m_s, kMoving_m_s},
                                     {course.time_s, course.speed_m_s, kMoving_m_s}, Crossing::rising);
  if (!delay) return undefined(spec, "not_ascending:/action");
  if (!delay->delay_s) return undefined(spec, delay->command_crossing_s ? "no_motion" : "no_command");
  auto out = defined(spec, *delay->delay_s, course.vantage);
  out.lower = *delay->delay_s - course.period_s();
  out.upper = *delay->delay_s + course.period_s();
  out.n = 1;
  return out;
}

template <bool kDistance>
MetricValue presence(const MetricSpec& spec, const Trace& trace, const Verdict&) {
  const auto read = read_stop(trace, Stimulus::Kind::presence);
  if (!read.why.empty()) return undefined(spec, read.why);
  const auto& value = kDistance ? read.measure.stopping_distance_m : read.measure.reaction_time_s;
  if (!value) return undefined(spec, kDistance ? "not_at_rest" : "no_braking");
  auto out = defined(spec, *value, read.course.vantage);
  if (!kDistance) {
    out.lower = *value - read.course.period_s();
    out.upper = *value + read.course.period_s();
    out.n = 1;
  }
  return out;
}

}  // namespace

void register_reaction_metrics(MetricRegistry& registry) {
  const std::vector<SignalSpec> course = {{SignalSpec::Kind::pose, "robot.tcp", ""},
                                          {SignalSpec::Kind::twist, "robot.tcp", ""},
                                          {SignalSpec::Kind::pose, "robot.base", ""},
                                          {SignalSpec::Kind::twist, "robot.base", ""}};
  add(registry,
      spec_of("command_to_motion", "s", "Assay", {"Command to motion", "指令到运动"},
              {"From the first command above 20 mm/s (as of the observation that it answers) to the first speed of the "
               "tool, or of the base, above 20 mm/s. Limits: one period of the record.",
               "从首个超过 20 mm/s 的指令（以其所依据的观测时刻计）到工具（或底盘）速度首次超过 20 mm/s "
               "的时间。界限：一个记录周期。"},
              {"Nothing was commanded by speed, or nothing moved.", "没有速度类指令，或没有运动。"}),
      command_to_motion, course);
  auto signals = course;
  signals.push_back({SignalSpec::Kind::stimulus, name_of(Stimulus::Kind::presence), ""});
  const Text none{"No person came so near, or the robot did not brake.", "没有人员进入该距离，或机器人没有制动。"};
  add(registry,
      spec_of("perception_to_action", "s", "Assay; ISO 18646-2:2019 (obstacle detection) [M]",
              {"Perception to action", "感知到动作"},
              {"From the moment at which a person is as near as the task says to the beginning of braking, as for a "
               "stop. Limits: one period of the record.",
               "从人员进入任务规定距离的时刻到开始制动（判据同停止）的时间。界限：一个记录周期。"},
              none),
      presence<false>, signals);
  add(registry,
      spec_of("presence_stop_distance", "m", "ISO 18646-1:2016 [M]; ISO 3691-4 [M]",
              {"Way until rest after a person came near", "人员进入后到静止的路程"},
              {"∫|v| dt from the moment at which a person is as near as the task says to standstill.",
               "从人员进入任务规定距离的时刻到静止对 |v| 的积分。"},
              none),
      presence<true>, signals);
}

}  // namespace assay::metrics
