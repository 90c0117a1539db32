// Protective stops and losses of links: how soon, how long, how far; what starts again; speeds over a limit; what a
// measuring device felt.
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "metrics/condition.h"
#include "metrics/measures/body_regions.h"
#include "metrics/measures/contact.h"
#include "metrics/measures/separation.h"
#include "metrics/stop_metrics.h"

namespace assay::metrics {

namespace {

using Kind = Stimulus::Kind;

/// Times are those of samples: braking may have begun up to a period before or after the first sample that shows it.
template <Kind kKind>
MetricValue reaction_time(const MetricSpec& spec, const Trace& trace, const Verdict&) {
  const auto read = read_stop(trace, kKind);
  if (!read.why.empty()) return undefined(spec, read.why);
  if (!read.measure.reaction_time_s) return undefined(spec, "no_braking");
  const double period_s = read.course.period_s();
  return bounded(spec, *read.measure.reaction_time_s, period_s, period_s, read.course.vantage);
}

MetricValue stop_speed(const MetricSpec& spec, const Trace& trace, const Verdict&) {
  const auto read = read_stop(trace, Kind::stop);
  if (!read.why.empty()) return undefined(spec, read.why);
  if (!read.measure.speed_at_request_m_s) return undefined(spec, "no_samples");
  return defined(spec, *read.measure.speed_at_request_m_s, read.course.vantage);
}

/// Way from the moment at which the last cause was taken back.
MetricValue restart_travel(const MetricSpec& spec, const Trace& trace, const Verdict&) {
  const auto course = course_of(trace);
  if (!course.why.empty()) return undefined(spec, course.why);
  std::optional<double> from_s;
  for (const auto kind : {Kind::stop, Kind::communication_loss, Kind::power_loss, Kind::sensor_fault})
    if (const auto times = stimulus_times(trace, kind); times && times->released_s)
      from_s = std::max(from_s.value_or(0), std::max(*times->released_s, times->confirmed_s.value_or(0)));
  if (!from_s) return undefined(spec, "not_released");
  const auto first = std::lower_bound(course.time_s.begin(), course.time_s.end(), *from_s) - course.time_s.begin();
  const auto rest = std::span(course.position_m).subspan(static_cast<std::size_t>(first));
  if (rest.size() < 2) return undefined(spec, "no_samples");
  return defined(spec, series::polyline(rest), course.vantage);
}

MetricValue speed_over_limit(const MetricSpec& spec, const Trace& trace, const Verdict&) {
  const auto course = course_of(trace);
  if (!course.why.empty()) return undefined(spec, course.why);
  const auto* truth = trace.stream("/truth");
  const int column = truth->find(std::string(name_of(Kind::speed_limit)) + ".limit_m_s");
  if (column < 0) return undefined(spec, "no_channel:speed_limit.limit_m_s");
  MetricValue out = undefined(spec, "not_given:speed_limit");
  bool moved = false;
  for (std::size_t i = 0; i < course.time_s.size(); ++i) {
    const double limit_m_s = truth->row(i)[static_cast<std::size_t>(column)];
    moved = moved || course.speed_m_s[i] > kStopSettings.speed_eps_m_s;
    const double over = course.speed_m_s[i] - limit_m_s;
    if (limit_m_s > 0 && (!out.value || over > *out.value)) out = defined(spec, over, course.vantage);
  }
  return moved ? out : undefined(spec, "no_motion");
}

/// Nearest person while anything of the robot moves, over what must be left at that moment.
MetricValue separation_reserve(const MetricSpec& spec, const Trace& trace, const Verdict&) {
  const auto course = course_of(trace);
  if (!course.why.empty()) return undefined(spec, course.why);
  const auto entry = trace.metadata.find("separation");
  const auto profile = entry == trace.metadata.end() ? std::nullopt : separation_from_json(entry->second);
  if (!profile) return undefined(spec, "no_metadata:separation");
  SeparationSettings left;
  left.intrusion_m = profile->intrusion_m;
  left.sensor_uncertainty_m = profile->sensor_uncertainty_m;
  left.robot_uncertainty_m = profile->robot_uncertainty_m;
  const auto needed = protective_distance(0, 0, left);
  if (!needed) return undefined(spec, "no_metadata:separation");
  const auto* truth = trace.stream("/truth");
  const auto actors =
      nlohmann::json::parse(trace.metadata.contains("actors") ? trace.metadata.at("actors") : "[]", nullptr, false);
  std::vector<std::size_t> columns;
  for (const auto& actor : actors) {
    const auto name = signal_channels({SignalSpec::Kind::distance, "robot", actor.get<std::string>()}).front().name;
    const int column = truth->find(name);
    if (column < 0) return undefined(spec, "no_channel:" + name);
    columns.push_back(static_cast<std::size_t>(column));
  }
  if (columns.empty()) return undefined(spec, "no_actors");
  MetricValue out = undefined(spec, "no_motion");
  for (std::size_t i = 0; i < course.time_s.size(); ++i) {
    if (course.speed_m_s[i] < kStopSettings.speed_eps_m_s) continue;
    for (const auto column : columns) {
      const double reserve_m = truth->row(i)[column] - needed->total_m;
      if (!out.value || reserve_m < *out.value) out = defined(spec, reserve_m, course.vantage);
    }
  }
  return out;
}

struct DeviceForce {
  double transient_n = 0, quasi_static_n = 0, share = 0;
  Vantage vantage = Vantage::simulator;
};

/// The measuring device's springs: joints device_<region>. Largest over the regions.
std::optional<DeviceForce> device_force(const Trace& trace, std::string& why) {
  const auto* truth = trace.stream("/truth");
  std::optional<DeviceForce> out;
  if (truth == nullptr) {
    why = "no_stream:/truth";
    return out;
  }
  std::vector<double> time_s, force_n;
  for (const auto t_ns : truth->t_ns) time_s.push_back(static_cast<double>(t_ns) * 1e-9);
  for (const auto& region : body_regions()) {
    const int column = truth->find("spring.device_" + region.id + "_n");
    if (column < 0) continue;
    force_n.clear();
    for (std::size_t i = 0; i < truth->rows(); ++i)
      force_n.push_back(std::abs(truth->row(i)[static_cast<std::size_t>(column)]));
    const auto forces = contact_forces(time_s, force_n, {1, 0.5, 0.1});
    if (!forces) {
      why = "not_ascending:/truth";
      return std::nullopt;
    }
    DeviceForce found;
    found.transient_n = forces->peak_transient_n.value_or(0);
    found.quasi_static_n = forces->quasi_static_n.value_or(0);
    const double factor = region.transient_permitted ? region.transient_factor : 0;
    found.share = found.quasi_static_n / region.force_n;
    if (found.transient_n > 0)
      found.share = factor > 0 ? std::max(found.share, found.transient_n / (factor * region.force_n))
                               : std::numeric_limits<double>::max();
    found.vantage = truth->channels[static_cast<std::size_t>(column)].vantage;
    if (!out) out = found;
    out->transient_n = std::max(out->transient_n, found.transient_n);
    out->quasi_static_n = std::max(out->quasi_static_n, found.quasi_static_n);
    out->share = std::max(out->share, found.share);
  }
  if (!out)
    why = "no_channel:spring.device";
  else if (out->transient_n == 0)
    why = "no_contact";
  return out && out->transient_n > 0 ? out : std::nullopt;
}

template <double DeviceForce::*kPart>
MetricValue device_metric(const MetricSpec& spec, const Trace& trace, const Verdict&) {
  std::string why;
  const auto force = device_force(trace, why);
  return force ? defined(spec, *force.*kPart, force->vantage) : undefined(spec, why);
}

const Text kNoStop{"There was no such stop in the record, or the robot did not do what is timed before its end.",
                   "记录中没有该停止，或到记录结束时机器人仍未完成所计时的动作。"};
const Text kNoLoss{"The link was not lost, or the robot did not come to rest before the record's end.",
                   "链路未曾中断，或到记录结束时机器人仍未静止。"};
constexpr const char* kStopClause = "ISO 10218-1 (stopping time and distance); ISO 13850, 4.1 [M]";

std::vector<SignalSpec> signals_for(std::vector<Kind> kinds) {
  std::vector<SignalSpec> out;
  for (const char* entity : {"robot.tcp", "robot.base"})
    for (const auto kind : {SignalSpec::Kind::pose, SignalSpec::Kind::twist}) out.push_back({kind, entity, ""});
  for (const auto kind : kinds) out.push_back({SignalSpec::Kind::stimulus, name_of(kind), ""});
  return out;
}

void register_stops(MetricRegistry& registry) {
  const auto stop = signals_for({Kind::stop});
  add(registry,
      spec_of("protective_stop_reaction_time", "s", kStopClause, {"Stop: reaction time", "停止：反应时间"},
              {"From the request at the robot's stop input to the beginning of braking (a deceleration of at least "
               "0.25 m/s² that lasts 30 ms) of the tool, or of the base. Limits: one period of the record.",
               "从停止输入端发出请求到工具（或底盘）开始制动（减速度不低于 0.25 m/s² 并持续 30 "
               "ms）的时间。界限：一个记录周期。"},
              kNoStop),
      reaction_time<Kind::stop>, stop);
  add(registry,
      spec_of("protective_stop_time", "s", kStopClause, {"Stop: stopping time", "停止：停止时间"},
              {"From the request to standstill: the first sample below 10 mm/s that stays so for 0.2 s. Limits: one "
               "period of the record.",
               "从请求到静止的时间：速度首次低于 10 mm/s 并保持 0.2 s 的采样时刻。界限：一个记录周期。"},
              kNoStop),
      stopping_time<Kind::stop>, stop);
  add(registry,
      spec_of("protective_stop_distance", "m", kStopClause, {"Stop: stopping distance", "停止：停止距离"},
              {"∫|v| dt from the request to standstill (trapezoids). Limits: what the sampling and the threshold of "
               "rest leave open.",
               "从请求到静止对 |v| 的积分（梯形法）。界限：由采样周期与静止阈值决定。"},
              kNoStop),
      stopping_distance<Kind::stop>, stop);
  auto speed = spec_of(
      "protective_stop_speed", "m/s", kStopClause, {"Stop: speed at the request", "停止：请求时速度"},
      {"Speed of the tool, or of the base, at the request (interpolated).", "请求时刻工具（或底盘）的速度（插值）。"},
      kNoStop);
  speed.direction = Direction::neutral;
  add(registry, speed, stop_speed, stop);
  add(registry,
      spec_of("restart_travel", "m", "ISO 13850, 4.1.4 [M]; IEC 60204-1, 9.2 [M]",
              {"Travel after release", "复位后的位移"},
              {"Way of the tool, or of the base, from the moment at which the stop was released, or link, power or a "
               "sensor "
               "came back (and the robot stood), to the end of the attempt.",
               "从停止复位、链路、电源或传感器恢复（且机器人已静止）时起，到本次尝试结束，工具（或底盘）走过的路程。"},
              {"Nothing was released or came back.", "没有复位，也没有恢复。"}),
      restart_travel, signals_for({Kind::stop, Kind::communication_loss, Kind::power_loss, Kind::sensor_fault}));
}

void register_losses(MetricRegistry& registry) {
  const char* clause = "ISO 10218-1 (loss of communication) [M]; ASTM F3244";
  add(registry,
      spec_of("link_loss_stop_time", "s", clause,
              {"Loss of the command link: time to rest", "指令链路中断：到静止的时间"},
              {"From the loss of the command link to standstill (below 10 mm/s for 0.2 s). Limits: one period of the "
               "record.",
               "从指令链路中断到静止（低于 10 mm/s 并保持 0.2 s）的时间。界限：一个记录周期。"},
              kNoLoss),
      stopping_time<Kind::communication_loss>, signals_for({Kind::communication_loss}));
  add(registry,
      spec_of("link_loss_travel", "m", clause, {"Loss of the command link: way to rest", "指令链路中断：到静止的路程"},
              {"∫|v| dt from the loss of the command link to standstill.", "从指令链路中断到静止对 |v| 的积分。"},
              kNoLoss),
      stopping_distance<Kind::communication_loss>, signals_for({Kind::communication_loss}));
  add(registry,
      spec_of("power_loss_stop_time", "s", "ISO 3691-4 [M]; IEC 60204-1, 5.4 [M]",
              {"Loss of power: time to rest", "断电：到静止的时间"},
              {"From the loss of power to standstill. Limits: one period of the record.",
               "从断电到静止的时间。界限：一个记录周期。"},
              kNoLoss),
      stopping_time<Kind::power_loss>, signals_for({Kind::power_loss}));
  add(registry,
      spec_of("speed_over_limit", "m/s", "ISO 10218-1 (speed monitoring); IEC 61800-5-2, SLS [M]",
              {"Speed over the safely limited speed", "超出安全限速的速度"},
              {"Largest speed of the tool, or of the base, minus the speed limit in force. Negative: below it.",
               "限速生效期间，工具（或底盘）速度与限速之差的最大值。负值表示未超速。"},
              {"No limit was in force, or the robot did not move.", "没有生效的限速，或机器人未运动。"}),
      speed_over_limit, signals_for({Kind::speed_limit}));
  auto signals = signals_for({Kind::stop, Kind::presence});
  signals.push_back({SignalSpec::Kind::distance, "robot", kEveryActor});
  auto reserve =
      spec_of("separation_reserve", "m", "ISO 13855; ISO/TS 15066:2016, 5.5.4 [M]",
              {"Separation left while moving", "运动期间剩余间距"},
              {"Smallest distance between robot and person while the robot moves (10 mm/s), minus C + Z_d + Z_r of the "
               "task's separation profile.",
               "机器人运动（≥10 mm/s）期间与人员的最小距离，减去任务间距参数中的 C + Z_d + Z_r。"},
              {"No person, no profile, or the robot never moved.", "没有人员、没有间距参数，或机器人从未运动。"});
  reserve.direction = Direction::higher_is_better;
  add(registry, reserve, separation_reserve, signals);
}

void register_device(MetricRegistry& registry) {
  const Text none{"There is no measuring device in the scene, or nothing touched it.",
                  "场景中没有测力装置，或未被接触。"};
  const char* clause = "ISO/PAS 5672:2023 [M]; ISO/TS 15066:2016, 5.5.5 [M]";
  add(registry,
      spec_of("device_transient_force", "N", clause, {"Transient force on the device", "测力装置瞬态力"},
              {"Largest force of the measuring device's spring (stiffness × deflection) within 0.5 s from the first "
               "contact.",
               "首次接触后 0.5 s 内测力装置弹簧力（刚度 × 变形）的最大值。"},
              none),
      device_metric<&DeviceForce::transient_n>);
  add(registry,
      spec_of("device_quasi_static_force", "N", clause, {"Quasi-static force on the device", "测力装置准静态力"},
              {"Largest force of the device's spring later than 0.5 s from the first contact; 0 where none lasted so "
               "long.",
               "首次接触 0.5 s 之后弹簧力的最大值；接触未持续这么久时为 0。"},
              none),
      device_metric<&DeviceForce::quasi_static_n>);
  add(registry,
      spec_of("device_force_share", "1", kBodyRegionClause,
              {"Force as a share of the body's limit", "力占身体部位限值之比"},
              {"Larger of the transient force over its limit and the quasi-static force over its own, for the body "
               "region that the device stands for; figures of the table of body regions, to be confirmed by the "
               "laboratory.",
               "瞬态力与其限值之比、准静态力与其限值之比中较大者，按装置所代表的身体部位；限值取自部位表，须由实验室确"
               "认。"},
              none),
      device_metric<&DeviceForce::share>);
}

}  // namespace

void register_protective_metrics(MetricRegistry& registry) {
  register_stops(registry);
  register_losses(registry);
  register_device(registry);
}

}  // namespace assay::metrics
