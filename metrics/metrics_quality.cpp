// How well the robot moved: smoothness, straightness, efficiency and mechanical energy of one trial.
#include <algorithm>
#include <cmath>
#include <optional>

#include "metrics/decision.h"
#include "metrics/families.h"
#include "metrics/measures/smoothness.h"
#include "metrics/measures/travel.h"

namespace assay::metrics {

namespace {

constexpr double kGravity_m_s2 = 9.80665;

/// Rows from the event begin to the end of the attempt.
struct Attempt {
  std::size_t first = 0, last = 0;  ///< [first, last)
  [[nodiscard]] std::size_t rows() const { return last - first; }
};

Attempt attempt_of(const Trace& trace, const Stream& stream) {
  const auto end = end_ns(trace);
  const auto begin = start_ns(trace);
  const auto first = std::lower_bound(stream.t_ns.begin(), stream.t_ns.end(), begin) - stream.t_ns.begin();
  const std::size_t last = end ? rows_until(stream, *end) : 0;
  return {std::min(static_cast<std::size_t>(first), last), last};
}

/// Columns of one attempt, or why there are none.
struct Columns {
  std::vector<std::vector<double>> values;  ///< one list per channel
  std::vector<std::int64_t> t_ns;
  Vantage vantage = Vantage::simulator;
  std::string why;
};

Columns columns_of(const Trace& trace, const char* topic, const std::vector<std::string>& names) {
  Columns out;
  const auto* stream = trace.stream(topic);
  if (!stream) return {{}, {}, {}, std::string("no_stream:") + topic};
  const auto attempt = attempt_of(trace, *stream);
  for (const auto& name : names) {
    const int index = stream->find(name);
    if (index < 0) return {{}, {}, {}, "no_channel:" + name};
    out.vantage = stream->channels[static_cast<std::size_t>(index)].vantage;
    out.values.emplace_back();
    for (std::size_t i = attempt.first; i < attempt.last; ++i) {
      out.values.back().push_back(stream->row(i)[static_cast<std::size_t>(index)]);
      if (!std::isfinite(out.values.back().back())) return {{}, {}, {}, "not_finite:" + name};
    }
  }
  out.t_ns.assign(stream->t_ns.begin() + static_cast<std::ptrdiff_t>(attempt.first),
                  stream->t_ns.begin() + static_cast<std::ptrdiff_t>(attempt.last));
  if (attempt.rows() == 0) out.why = "no_samples";
  return out;
}

std::vector<double> seconds(const std::vector<std::int64_t>& t_ns) {
  std::vector<double> out;
  for (const auto t : t_ns) out.push_back(static_cast<double>(t - t_ns.front()) * 1e-9);
  return out;
}

/// Position of the part over the attempt.
Columns positions(const Trace& trace, const std::string& part) {
  return columns_of(trace, "/truth", {part + ".x_m", part + ".y_m", part + ".z_m"});
}

std::vector<Vector3> as_points(const Columns& columns) {
  std::vector<Vector3> out;
  for (std::size_t i = 0; i < columns.t_ns.size(); ++i)
    out.push_back({columns.values[0][i], columns.values[1][i], columns.values[2][i]});
  return out;
}

/// The tool centre point, or the base of a robot without one.
std::string moving_part(const Trace& trace) {
  const auto* truth = trace.stream("/truth");
  return truth && truth->find("robot.tcp.x_m") < 0 && truth->find("robot.base.x_m") >= 0 ? "robot.base" : "robot.tcp";
}

// --- smoothness
// -------------------------------------------------------------------------------------------------------

/// Period of evenly spaced rows; 0 otherwise.
std::int64_t even_period_ns(const std::vector<std::int64_t>& t_ns) {
  if (t_ns.size() < 2) return 0;
  const auto period = t_ns[1] - t_ns[0];
  for (std::size_t i = 1; i < t_ns.size(); ++i)
    if (t_ns[i] - t_ns[i - 1] != period) return 0;
  return period;
}

using Part = std::optional<double> Smoothness::*;

MetricValue smoothness_of(const MetricSpec& spec, const Trace& trace, const std::string& part, std::size_t axes,
                          Part wanted) {
  const char* names[] = {".vx_m_s", ".vy_m_s", ".vz_m_s"};
  std::vector<std::string> channels;
  for (std::size_t k = 0; k < axes; ++k) channels.push_back(part + names[k]);
  const auto columns = columns_of(trace, "/truth", channels);
  if (!columns.why.empty()) return undefined(spec, columns.why);
  if (columns.t_ns.size() < 3) return undefined(spec, "too_few_samples");
  const auto period_ns = even_period_ns(columns.t_ns);
  if (period_ns <= 0) return undefined(spec, "not_uniform");
  const double rate_hz = 1e9 / static_cast<double>(period_ns);
  const SmoothnessOptions options;
  if (rate_hz < 2 * options.cutoff_hz) return undefined(spec, "sampling_too_slow");
  std::vector<double> speed(columns.t_ns.size(), 0.0);
  for (std::size_t i = 0; i < speed.size(); ++i) {
    for (const auto& axis : columns.values) speed[i] += axis[i] * axis[i];
    speed[i] = std::sqrt(speed[i]);
  }
  const auto result = smoothness(speed, rate_hz, options);
  if (!result) return undefined(spec, "out_of_range");
  const auto value = (*result).*wanted;
  return value ? defined(spec, *value, columns.vantage) : undefined(spec, "no_motion");
}

MetricValue tcp_sparc(const MetricSpec& spec, const Trace& trace, const Verdict&) {
  return smoothness_of(spec, trace, "robot.tcp", 3, &Smoothness::sparc);
}
MetricValue tcp_jerk(const MetricSpec& spec, const Trace& trace, const Verdict&) {
  return smoothness_of(spec, trace, "robot.tcp", 3, &Smoothness::log_dimensionless_jerk);
}
MetricValue base_sparc(const MetricSpec& spec, const Trace& trace, const Verdict&) {
  return smoothness_of(spec, trace, "robot.base", 2, &Smoothness::sparc);
}
MetricValue base_jerk(const MetricSpec& spec, const Trace& trace, const Verdict&) {
  return smoothness_of(spec, trace, "robot.base", 2, &Smoothness::log_dimensionless_jerk);
}

// --- straightness, efficiency
// -----------------------------------------------------------------------------------------

MetricValue straightness(const MetricSpec& spec, const Trace& trace, const Verdict&) {
  const auto columns = positions(trace, moving_part(trace));
  if (!columns.why.empty()) return undefined(spec, columns.why);
  const auto result = path_length(seconds(columns.t_ns), as_points(columns));
  if (!result) return undefined(spec, "not_uniform");
  return result->straightness ? defined(spec, *result->straightness, columns.vantage) : undefined(spec, "no_motion");
}

MetricValue path_efficiency(const MetricSpec& spec, const Trace& trace, const Verdict& verdict) {
  const auto shortest = columns_of(trace, "/truth", {"robot.base.shortest_path_m"});
  if (!shortest.why.empty()) return undefined(spec, shortest.why);
  const auto columns = positions(trace, "robot.base");
  if (!columns.why.empty()) return undefined(spec, columns.why);
  const double best_m = shortest.values[0].front();
  if (best_m < 0) return undefined(spec, "out_of_range");
  if (verdict.outcome != Outcome::success) return defined(spec, 0, columns.vantage);
  const double longer_m = std::max(best_m, series::polyline(as_points(columns)));
  return defined(spec, longer_m > 0 ? best_m / longer_m : 1, columns.vantage);
}

// --- energy
// -----------------------------------------------------------------------------------------------------------

/// Pairs "<joint>torque_NN_nm" and "<joint>velocity_NN_rad_s" of one stream.
std::vector<std::pair<std::string, std::string>> driven_joints(const Stream& stream) {
  const std::string mark = "torque_", tail = "_nm";
  std::vector<std::pair<std::string, std::string>> out;
  for (const auto& channel : stream.channels) {
    const auto& name = channel.name;
    const auto at = name.rfind(mark);
    if (at == std::string::npos || name.size() < tail.size() || name.substr(name.size() - tail.size()) != tail)
      continue;
    const auto number = name.substr(at + mark.size(), name.size() - tail.size() - at - mark.size());
    const auto velocity = name.substr(0, at) + "velocity_" + number + "_rad_s";
    if (stream.find(velocity) < 0) return {};  // a joint whose power is not known
    out.emplace_back(name, velocity);
  }
  return out;
}

struct Power {
  std::vector<double> time_s, power_w;
  Vantage vantage = Vantage::simulator;
  std::string why;
};

/// Mechanical power of the joints: from the truth record, else from what the robot reports.
Power joint_power(const Trace& trace) {
  for (const char* topic : {"/truth", "/observation"}) {
    const auto* stream = trace.stream(topic);
    const auto joints = stream ? driven_joints(*stream) : std::vector<std::pair<std::string, std::string>>{};
    if (joints.empty()) continue;
    Power out;
    for (const auto& [torque, velocity] : joints) {
      const auto columns = columns_of(trace, topic, {torque, velocity});
      if (!columns.why.empty()) return {{}, {}, {}, columns.why};
      out.time_s = seconds(columns.t_ns);
      out.vantage = columns.vantage;
      out.power_w.resize(columns.t_ns.size(), 0.0);
      for (std::size_t i = 0; i < out.power_w.size(); ++i)
        out.power_w[i] += std::max(0.0, columns.values[0][i] * columns.values[1][i]);
    }
    return out;
  }
  return {{}, {}, {}, "no_channel:torque"};
}

MetricValue mechanical_energy(const MetricSpec& spec, const Trace& trace, const Verdict&) {
  const auto power = joint_power(trace);
  if (!power.why.empty()) return undefined(spec, power.why);
  const auto result = cost_of_transport(power.time_s, power.power_w, {}, 0, 0);
  return result ? defined(spec, *result->energy_positive_j, power.vantage) : undefined(spec, "out_of_range");
}

MetricValue transport_cost(const MetricSpec& spec, const Trace& trace, const Verdict&) {
  const auto power = joint_power(trace);
  if (!power.why.empty()) return undefined(spec, power.why);
  const auto base = positions(trace, "robot.base");
  if (!base.why.empty()) return undefined(spec, base.why);
  const auto mass = trace.metadata.find("robot_mass_kg");
  if (mass == trace.metadata.end()) return undefined(spec, "no_metadata:robot_mass_kg");
  char* end = nullptr;
  const double mass_kg = std::strtod(mass->second.c_str(), &end);
  if (end == mass->second.c_str() || *end != 0 || !(mass_kg > 0) || !std::isfinite(mass_kg))
    return undefined(spec, "no_metadata:robot_mass_kg");
  const auto result = cost_of_transport(power.time_s, power.power_w, as_points(base), mass_kg, kGravity_m_s2);
  if (!result) return undefined(spec, "out_of_range");
  return result->cost_positive ? defined(spec, *result->cost_positive, power.vantage) : undefined(spec, "no_motion");
}

MetricSpec make_spec(const char* id, const char* unit, Direction direction, Text title, Text definition,
                     const char* clause, Text undefined_when) {
  MetricSpec spec;
  spec.id = id;
  spec.unit = unit;
  spec.direction = direction;
  spec.title = std::move(title);
  spec.definition = std::move(definition);
  spec.clause = clause;
  spec.undefined_when = std::move(undefined_when);
  return spec;
}

void add_smoothness(MetricRegistry& registry, const char* sparc_id, const char* jerk_id, Text part,
                    const std::string& entity, Arithmetic sparc, Arithmetic jerk) {
  const char* clause = "Balasubramanian et al., J. NeuroEng. Rehabil. 12:112, 2015";
  const Text undefined_when = {
      "Its velocity is not in the truth record, rows are not evenly spaced or slower than 20 Hz, or it does not move.",
      "真值记录中没有其速度，采样不等间隔或低于 20 Hz，或该部件没有运动。"};
  const std::vector<SignalSpec> signals = {{SignalSpec::Kind::twist, entity, ""}};
  add(registry,
      make_spec(
          sparc_id, "1", Direction::higher_is_better,
          {"Smoothness (SPARC) of " + part.en, part.zh + "平滑度（谱弧长 SPARC）"},
          {"Spectral arc length of its speed up to 10 Hz over the attempt; nearer 0 is smoother. At the control "
           "rate, from begin to the end of the attempt, rest included.",
           "本次尝试中其速度在 10 Hz 以内的谱弧长，越接近 0 越平滑；按控制频率取样，从 begin 到尝试结束，含静止段。"},
          clause, undefined_when),
      sparc, signals);
  add(registry,
      make_spec(jerk_id, "1", Direction::higher_is_better,
                {"Log dimensionless jerk of " + part.en, part.zh + "对数无量纲加加速度"},
                {"−ln((T³/v_pk²)·Σj²·dt) of its speed over the attempt; larger is smoother.",
                 "本次尝试中其速度的 −ln((T³/v_pk²)·Σj²·dt)，越大越平滑。"},
                clause, undefined_when),
      jerk, signals);
}

}  // namespace

void register_quality_metrics(MetricRegistry& registry) {
  using Kind = SignalSpec::Kind;
  add_smoothness(registry, "tcp_sparc", "tcp_log_dimensionless_jerk", {"the tool centre point", "工具中心点"},
                 "robot.tcp", tcp_sparc, tcp_jerk);
  add_smoothness(registry, "base_sparc", "base_log_dimensionless_jerk", {"the base (in the plane)", "底盘（平面内）"},
                 "robot.base", base_sparc, base_jerk);
  add(registry,
      make_spec("straightness", "1", Direction::higher_is_better, {"Straightness", "直线度比"},
                {"Distance from the first to the last position of the tool centre point (a robot without one: of the "
                 "base) over the length of its path.",
                 "工具中心点（无工具中心点时取底盘）首末位置间距离与其路径长度之比。"},
                "Assay",
                {"Neither position is in the truth record, or nothing moves.", "真值记录中没有上述位置，或没有运动。"}),
      straightness, {{Kind::pose, "robot.tcp", ""}, {Kind::pose, "robot.base", ""}});
  add(registry,
      make_spec("path_efficiency", "1", Direction::higher_is_better, {"Path efficiency (SPL)", "路径效率（SPL）"},
                {"Success · l/max(p, l): l the shortest path at the start (channel robot.base.shortest_path_m), p the "
                 "path of the base.",
                 "成功 · l/max(p, l)：l 为起始时的最短路径（通道 robot.base.shortest_path_m），p 为底盘实际路径。"},
                "Anderson et al., arXiv:1807.06757",
                {"The truth record has no shortest path or no base.", "真值记录中没有最短路径或底盘位姿。"}),
      path_efficiency, {{Kind::pose, "robot.base", ""}});
  add(registry,
      make_spec("mechanical_energy", "J", Direction::lower_is_better, {"Mechanical energy of the joints", "关节机械能"},
                {"∫Σ max(torque · velocity, 0) dt over the joints: no credit for regeneration.",
                 "各关节 ∫Σ max(力矩 · 角速度, 0) dt，不计回收能量。"},
                "Assay", {"Torque and velocity of the joints are not in the trace.", "轨迹中没有关节力矩与角速度。"}),
      mechanical_energy);
  add(registry,
      make_spec("cost_of_transport", "1", Direction::lower_is_better, {"Cost of transport", "运输成本（能耗比）"},
                {"Mechanical energy of the joints over m·g·d, d the path of the base, g = 9.80665 m/s².",
                 "关节机械能与 m·g·d 之比，d 为底盘路径长度，g = 9.80665 m/s²。"},
                "Tucker, Am. Sci. 63, 1975",
                {"Torque, velocity, the base or the robot's mass are not in the trace, or it does not move.",
                 "轨迹中没有力矩、角速度、底盘位姿或机器人质量，或没有运动。"}),
      transport_cost, {{Kind::pose, "robot.base", ""}});
}

}  // namespace assay::metrics
