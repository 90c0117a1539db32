// How far and how fast the robot moved.
#include <algorithm>
#include <cmath>

#include "metrics/decision.h"
#include "metrics/families.h"

namespace assay::metrics {

namespace {

MetricValue path_length(const MetricSpec& spec, const Trace& trace, const Verdict&) {
  const auto* truth = trace.stream("/truth");
  if (!truth) return undefined(spec, "no_stream:/truth");
  const std::string entity = truth->find("robot.tcp.x_m") >= 0 ? "robot.tcp" : "robot.base";
  std::size_t columns[3] = {0, 0, 0};
  for (std::size_t k = 0; k < 3; ++k) {
    const std::string name = entity + (k == 0 ? ".x_m" : k == 1 ? ".y_m" : ".z_m");
    const int index = truth->find(name);
    if (index < 0) return undefined(spec, "no_channel:" + name);
    columns[k] = static_cast<std::size_t>(index);
  }
  const auto end = end_ns(trace);
  const auto rows = end ? rows_until(*truth, *end) : 0;
  if (rows == 0) return undefined(spec, "no_samples");
  double length = 0;
  for (std::size_t i = 0; i < rows; ++i) {
    double square = 0;
    for (const auto column : columns) {
      if (!std::isfinite(truth->row(i)[column])) return undefined(spec, "not_finite:" + truth->channels[column].name);
      const double step = i == 0 ? 0.0 : truth->row(i)[column] - truth->row(i - 1)[column];
      square += step * step;
    }
    length += std::sqrt(square);
  }
  return defined(spec, length, truth->channels[columns[0]].vantage);
}

bool is_speed_of(const Channel& channel, const char* part) {
  return channel.unit == "m/s" && channel.name.find(part) != std::string::npos;
}

/// An adapter may report 0 for a part that the robot does not have: such a peak is none. A part that moved, or whose
/// pose is in the truth record, is there.
MetricValue peak_of_part(const MetricSpec& spec, const Trace& trace, const char* part) {
  auto peak = largest(spec, trace, "/peaks", [part](const Channel& channel) { return is_speed_of(channel, part); });
  if (!peak.value || *peak.value != 0) return peak;
  const std::string pose = std::string(part) + ".x_m";
  const auto* truth = trace.stream("/truth");
  const auto is_pose = [&](const Channel& channel) {
    return channel.name.size() > pose.size() &&
           channel.name.compare(channel.name.size() - pose.size() - 1, std::string::npos, "." + pose) == 0;
  };
  if (truth && std::any_of(truth->channels.begin(), truth->channels.end(), is_pose)) return peak;
  return undefined(spec, std::string("no_part:") + part);
}

MetricValue peak_tcp_speed(const MetricSpec& spec, const Trace& trace, const Verdict&) {
  return peak_of_part(spec, trace, "tcp");
}

MetricValue peak_base_speed(const MetricSpec& spec, const Trace& trace, const Verdict&) {
  return peak_of_part(spec, trace, "base");
}

MetricSpec path_length_spec() {
  MetricSpec spec;
  spec.id = "path_length";
  spec.unit = "m";
  spec.title = {"Path length", "路径长度"};
  spec.definition = {
      "Sum of the chords |p[i+1] − p[i]| between the positions of the tool centre point (a robot without one: of the "
      "base) "
      "at the rows of the truth record up to the end of the attempt.",
      "截至本次尝试结束，真值记录中相邻两行工具中心点（无工具中心点时取底盘）位置之间弦长 |p[i+1] − p[i]| 之和。"};
  spec.clause = "ISO 9283:1998, 8 (attained path)";
  spec.undefined_when = {"Neither position is in the truth record, or a value is not finite.",
                         "真值记录中没有上述位置，或其值不是有限数。"};
  return spec;
}

MetricSpec speed_spec(const char* id, Text title, Text definition) {
  MetricSpec spec;
  spec.id = id;
  spec.unit = "m/s";
  spec.direction = Direction::neutral;
  spec.title = std::move(title);
  spec.definition = std::move(definition);
  spec.clause = "ISO 10218-1, speed monitoring";
  spec.undefined_when = {
      "The robot reports no such peak, does not have this part (0 throughout, and no pose of it in the truth record), "
      "or "
      "a value is not finite.",
      "机器人未提供该峰值，没有该部件（峰值恒为 0 且真值记录中没有其位姿），或其值不是有限数。"};
  return spec;
}

}  // namespace

void register_motion_metrics(MetricRegistry& registry) {
  using Kind = SignalSpec::Kind;
  add(registry, path_length_spec(), path_length, {{Kind::pose, "robot.tcp", ""}, {Kind::pose, "robot.base", ""}});
  add(registry,
      speed_spec(
          "peak_tcp_speed", {"Peak speed of the tool centre point", "工具中心点峰值速度"},
          {"Largest speed of the tool centre point over all physics steps of the trial, from the per-period peaks.",
           "整个试验所有物理步中工具中心点速度的最大值，取自各控制周期的峰值。"}),
      peak_tcp_speed);
  add(registry,
      speed_spec("peak_base_speed", {"Peak speed of the base", "底盘峰值速度"},
                 {"Largest speed of the mobile base over all physics steps of the trial, from the per-period peaks.",
                  "整个试验所有物理步中移动底盘速度的最大值，取自各控制周期的峰值。"}),
      peak_base_speed);
}

}  // namespace assay::metrics
