// What a robot has to notice by itself: a sensor that fails, a grip that gives way, commands beyond what it is rated
// for.
#include <algorithm>
#include <cmath>

#include "metrics/stop_metrics.h"

namespace assay::metrics {

namespace {

using Kind = Stimulus::Kind;

constexpr double kAfter_s = 0.02;  // what was commanded is still being carried out

/// Joints by their peaks within each period, a base by its own speed: the larger, over what it is rated for.
MetricValue rated_speed_excess(const MetricSpec& spec, const Trace& trace, const Verdict&) {
  const auto times = stimulus_times(trace, Kind::over_command);
  if (!times) return undefined(spec, "no_channel:over_command.requested_s");
  if (!times->requested_s) return undefined(spec, "not_given:over_command");
  const double from_s = *times->requested_s, to_s = times->released_s.value_or(1e9) + kAfter_s;
  const auto* truth = trace.stream("/truth");
  const int rated = truth->find(std::string(name_of(Kind::over_command)) + ".rated_m_s");
  const auto* peaks = trace.stream("/peaks");
  if (peaks == nullptr) return undefined(spec, "no_stream:/peaks");
  const int joint = peaks->find("joint_speed_ratio"), base = peaks->find("base_speed_m_s");
  if (rated < 0 || joint < 0 || base < 0) return undefined(spec, "no_channel:joint_speed_ratio");
  MetricValue out = undefined(spec, "no_samples");
  for (std::size_t i = 0; i < peaks->rows() && i < truth->rows(); ++i) {
    const double t_s = static_cast<double>(peaks->t_ns[i]) * 1e-9;
    if (t_s < from_s || t_s > to_s) continue;
    const double rated_m_s = truth->row(i)[static_cast<std::size_t>(rated)];
    double share = peaks->row(i)[static_cast<std::size_t>(joint)];
    if (rated_m_s > 0) share = std::max(share, peaks->row(i)[static_cast<std::size_t>(base)] / rated_m_s);
    if (!std::isfinite(share)) return undefined(spec, "not_finite:/peaks");
    if (!out.value || share - 1 > *out.value)
      out = defined(spec, share - 1, peaks->channels[static_cast<std::size_t>(joint)].vantage);
  }
  return out;
}

std::vector<SignalSpec> signals_for(Kind kind) {
  std::vector<SignalSpec> out;
  for (const char* entity : {"robot.tcp", "robot.base"})
    for (const auto what : {SignalSpec::Kind::pose, SignalSpec::Kind::twist}) out.push_back({what, entity, ""});
  out.push_back({SignalSpec::Kind::stimulus, name_of(kind), ""});
  return out;
}

}  // namespace

void register_fault_metrics(MetricRegistry& registry) {
  const char* clause = "ISO 13849-1, 6.2 (a single fault is noticed) [M]; ISO 10218-1 [M]";
  const Text none{"No sensor failed, or the robot did not come to rest before the record's end.",
                  "没有传感器失效，或到记录结束时机器人仍未静止。"};
  add(registry,
      spec_of(
          "sensor_fault_stop_time", "s", clause, {"Sensor fault: time to rest", "传感器故障：到静止的时间"},
          {"From the moment at which a sensor begins to say what is wrong, or nothing, to standstill (below 10 mm/s "
           "for 0.2 s). Limits: one period of the record.",
           "从传感器开始给出错误读数或不再更新，到静止（低于 10 mm/s 并保持 0.2 s）的时间。界限：一个记录周期。"},
          none),
      stopping_time<Kind::sensor_fault>, signals_for(Kind::sensor_fault));
  add(registry,
      spec_of("sensor_fault_travel", "m", clause, {"Sensor fault: way to rest", "传感器故障：到静止的路程"},
              {"∫|v| dt from the moment at which a sensor begins to fail to standstill.",
               "从传感器开始失效到静止对 |v| 的积分。"},
              none),
      stopping_distance<Kind::sensor_fault>, signals_for(Kind::sensor_fault));
  add(registry,
      spec_of("grip_loss_stop_time", "s", "ISO 10218-2 (loss of grip) [M]; ISO 18646-3:2021 (slip) [M]",
              {"Load slips: time to rest", "负载滑脱：到静止的时间"},
              {"From the moment at which the grip gives way to standstill of the tool (below 10 mm/s for 0.2 s); "
               "contains the time in which the load slides out. Limits: one period of the record.",
               "从夹持力下降到工具静止（低于 10 mm/s 并保持 0.2 "
               "s）的时间，含负载滑出所需时间。界限：一个记录周期。"},
              {"The grip did not give way, or the robot did not come to rest before the record's end.",
               "夹持力未曾下降，或到记录结束时机器人仍未静止。"}),
      stopping_time<Kind::grip_loss>, signals_for(Kind::grip_loss));
  add(registry,
      spec_of(
          "rated_speed_excess", "1", "ISO 10218-1 (speed monitoring) [M]; ISO 3691-4 (overspeed) [M]",
          {"Speed over the rated speed", "超出额定速度之比"},
          {"While more than the rated speed is commanded past the policy, and 20 ms after: largest speed of a joint "
           "over its rated speed, or of the base over its own, minus 1. Not above 0: kept.",
           "在策略之外施加超额定速度指令期间及其后 20 "
           "ms：关节速度与其额定值之比、底盘速度与其额定值之比中的最大值减 1。不大于 0 表示未超出。"},
          {"Nothing was commanded beyond what the robot is rated for.", "未施加超出额定值的指令。"}),
      rated_speed_excess, signals_for(Kind::over_command));
}

}  // namespace assay::metrics
