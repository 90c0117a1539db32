// What a trial's record shows of people: how near the robot came, how hard it touched them, how it stopped.
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "metrics/condition.h"
#include "metrics/decision.h"
#include "metrics/families.h"
#include "metrics/judge.h"
#include "metrics/measures/contact.h"

namespace assay::metrics {

namespace {

using Json = nlohmann::json;

/// A channel's values over the first `rows` rows; empty with `why` set where the metric is undefined.
std::vector<double> values_of(const Trace& trace, const char* topic, const std::string& channel, std::size_t rows,
                              std::string& why) {
  const auto* stream = trace.stream(topic);
  const int index = stream ? stream->find(channel) : -1;
  std::vector<double> out;
  if (!stream)
    why = std::string("no_stream:") + topic;
  else if (index < 0)
    why = "no_channel:" + channel;
  else
    for (std::size_t i = 0; i < std::min(rows, stream->rows()); ++i)
      out.push_back(stream->row(i)[static_cast<std::size_t>(index)]);
  if (out.empty() && why.empty()) why = "no_samples";
  if (std::any_of(out.begin(), out.end(), [](double value) { return !std::isfinite(value); })) {
    why = "not_finite:" + channel;
    out.clear();
  }
  return out;
}

/// Body names of the trial's actors; empty with `why` set where there is none or they are not on record.
std::vector<std::string> actors_of(const Trace& trace, std::string& why) {
  const auto entry = trace.metadata.find("actors");
  std::vector<std::string> out;
  const auto list = entry == trace.metadata.end() ? Json() : Json::parse(entry->second, nullptr, false);
  if (!list.is_array()) {
    why = "no_actor_list";
    return out;
  }
  for (const auto& name : list)
    if (name.is_string()) out.push_back(name.get<std::string>());
  if (out.empty()) why = "no_actors";
  return out;
}

std::vector<Limit> limits_of(const Trace& trace, Limit::Quantity quantity, std::string& why) {
  const auto entry = trace.metadata.find("judge");
  std::vector<Limit> out;
  if (entry == trace.metadata.end()) {
    why = "no_judge_input";
    return out;
  }
  const auto input = judge_input_from_json(entry->second);
  if (!input) {
    why = "no_judge_input";
    return out;
  }
  for (const auto& limit : input->limits)
    if (limit.quantity == quantity) out.push_back(limit);
  return out;
}

std::size_t rows_to_end(const Trace& trace) {
  const auto* truth = trace.stream("/truth");
  const auto end = end_ns(trace);
  return truth && end ? rows_until(*truth, *end) : 0;
}

Vantage vantage_of(const Trace& trace, const char* topic, const std::string& channel) {
  const auto* stream = trace.stream(topic);
  return stream->channels[static_cast<std::size_t>(stream->find(channel))].vantage;
}

std::string distance_channel(const std::string& a, const std::string& b) {
  return signal_channels({SignalSpec::Kind::distance, a, b}).front().name;
}

MetricValue min_separation(const MetricSpec& spec, const Trace& trace, const Verdict&) {
  std::string why;
  const auto actors = actors_of(trace, why);
  MetricValue least = undefined(spec, why);
  for (const auto& actor : actors) {
    const auto channel = distance_channel("robot", actor);
    const auto values = values_of(trace, "/truth", channel, rows_to_end(trace), why);
    if (values.empty()) return undefined(spec, why);  // nobody left out: another person may have been nearer
    const double nearest = *std::min_element(values.begin(), values.end());
    if (!least.value || nearest < *least.value) least = defined(spec, nearest, vantage_of(trace, "/truth", channel));
  }
  return least;
}

MetricValue separation_margin(const MetricSpec& spec, const Trace& trace, const Verdict&) {
  std::string why;
  const auto limits = limits_of(trace, Limit::Quantity::separation_m, why);
  if (limits.empty() && why.empty()) why = "no_limit:separation_m";
  MetricValue least = undefined(spec, why);
  for (const auto& limit : limits) {
    const auto channel = distance_channel(limit.a, limit.b);
    const auto values = values_of(trace, "/truth", channel, rows_to_end(trace), why);
    if (values.empty()) return undefined(spec, why);
    const double margin = *std::min_element(values.begin(), values.end()) - limit.value;
    if (!least.value || margin < *least.value) least = defined(spec, margin, vantage_of(trace, "/truth", channel));
  }
  return least;
}

/// Parameters of the two contact metrics; part of their definition.
constexpr double kContactThreshold_n = 1, kTransientWindow_s = 0.5, kMergeGap_s = 0.1;

/// The contact force channels of one actor.
std::vector<std::string> force_channels(const std::vector<Limit>& limits, const std::string& actor) {
  std::vector<std::string> out;
  for (const auto& limit : limits)
    if ((limit.a == "robot" && limit.b == actor) || (limit.a == actor && limit.b == "robot"))
      out.push_back("contact_force." + limit.id);
  return out;
}

using PartOfContact = std::optional<double> ContactForces::*;

MetricValue contact_force(const MetricSpec& spec, const Trace& trace, PartOfContact part, const char* none) {
  std::string why;
  const auto actors = actors_of(trace, why);
  if (actors.empty()) return undefined(spec, why);
  const auto limits = limits_of(trace, Limit::Quantity::contact_force_n, why);
  if (!why.empty()) return undefined(spec, why);
  MetricValue largest = undefined(spec, none);
  for (const auto& actor : actors) {
    const auto channels = force_channels(limits, actor);
    if (channels.empty()) return undefined(spec, "no_limit:contact_force_n:" + actor);
    for (const auto& channel : channels) {
      const auto* peaks = trace.stream("/peaks");
      const auto force_n = values_of(trace, "/peaks", channel, peaks ? peaks->rows() : 0, why);
      if (force_n.empty()) return undefined(spec, why);
      std::vector<double> time_s;
      for (const auto t_ns : peaks->t_ns) time_s.push_back(static_cast<double>(t_ns) / 1e9);
      const auto forces = contact_forces(time_s, force_n, {kContactThreshold_n, kTransientWindow_s, kMergeGap_s});
      if (!forces) return undefined(spec, "not_ascending:/peaks");
      const auto force = (*forces).*part;
      if (force && (!largest.value || *force > *largest.value))
        largest = defined(spec, *force, vantage_of(trace, "/peaks", channel));
    }
  }
  return largest;
}

MetricValue contact_transient_force(const MetricSpec& spec, const Trace& trace, const Verdict&) {
  return contact_force(spec, trace, &ContactForces::peak_transient_n, "no_contact");
}

MetricValue contact_quasi_static_force(const MetricSpec& spec, const Trace& trace, const Verdict&) {
  return contact_force(spec, trace, &ContactForces::quasi_static_n, "no_lasting_contact");
}

struct StopTimesNs {
  std::int64_t requested = 0, confirmed = 0;
};

std::optional<StopTimesNs> stop_times(const Trace& trace, std::string& why) {
  const auto* event = trace.event("stop");
  const auto detail = event ? Json::parse(event->detail, nullptr, false) : Json();
  const auto is_true = [&](const char* key) {
    return detail.contains(key) && detail[key].is_boolean() && detail[key].get<bool>();
  };
  const auto is_time = [&](const char* key) { return detail.contains(key) && detail[key].is_number_integer(); };
  if (!detail.is_object() || !is_true("requested") || !is_time("requested_at_ns")) {
    why = "no_stop";
    return std::nullopt;
  }
  if (!is_true("confirmed") || !is_time("confirmed_at_ns")) {
    why = "stop_not_confirmed";
    return std::nullopt;
  }
  const StopTimesNs times{detail["requested_at_ns"].get<std::int64_t>(), detail["confirmed_at_ns"].get<std::int64_t>()};
  if (times.requested < 0 || times.confirmed < times.requested) {
    why = "stop_not_confirmed";
    return std::nullopt;
  }
  return times;
}

MetricValue stop_time(const MetricSpec& spec, const Trace& trace, const Verdict&) {
  std::string why;
  const auto times = stop_times(trace, why);
  if (!times) return undefined(spec, why);
  return defined(spec, static_cast<double>(times->confirmed - times->requested) / 1e9, spec.vantage);
}

MetricValue stop_distance(const MetricSpec& spec, const Trace& trace, const Verdict&) {
  std::string why;
  const auto times = stop_times(trace, why);
  if (!times) return undefined(spec, why);
  const auto* truth = trace.stream("/truth");
  if (!truth) return undefined(spec, "no_stream:/truth");
  if (truth->rows() == 0) return undefined(spec, "no_samples");
  if (truth->t_ns.front() > times->requested || truth->t_ns.back() < times->confirmed)
    return undefined(spec, "stop_not_recorded");
  const std::string entity = truth->find("robot.base.x_m") >= 0 ? "robot.base" : "robot.tcp";
  std::vector<std::vector<double>> at;
  for (const char* part : {".x_m", ".y_m", ".z_m"}) {
    at.push_back(values_of(trace, "/truth", entity + part, truth->rows(), why));
    if (at.back().empty()) return undefined(spec, why);
  }
  double length = 0;  // from the last row at or before the request to the first at or after the confirmation
  for (std::size_t i = rows_until(*truth, times->requested); i < truth->rows(); ++i) {
    if (truth->t_ns[i - 1] >= times->confirmed) break;
    length += std::hypot(at[0][i] - at[0][i - 1], at[1][i] - at[1][i - 1], at[2][i] - at[2][i - 1]);
  }
  return defined(spec, length, vantage_of(trace, "/truth", entity + ".x_m"));
}

MetricSpec person_spec(const char* id, const char* unit, Text title, Text definition, const char* clause,
                       Text undefined_when) {
  MetricSpec spec;
  spec.id = id;
  spec.unit = unit;
  spec.title = std::move(title);
  spec.definition = std::move(definition);
  spec.clause = clause;
  spec.undefined_when = std::move(undefined_when);
  return spec;
}

MetricSpec min_separation_spec() {
  auto spec = person_spec(
      "min_separation", "m", {"Smallest separation from persons", "与人员的最小间距"},
      {"Smallest surface distance between the robot and any actor of the task, over the rows of the truth record up to "
       "the end of the attempt; 0 in contact.",
       "截至本次尝试结束，真值记录各行中机器人与任务中任一人员（或其他移动体）表面间距的最小值；接触时为 0。"},
      "ISO/TS 15066:2016, 5.5.4 [M]",
      {"The task has no actor, the distance to one of them is not in the truth record, or a value is not finite.",
       "任务中没有人员，真值记录缺少到其中某一人员的距离，或其值不是有限数。"});
  spec.direction = Direction::higher_is_better;
  return spec;
}

MetricSpec separation_margin_spec() {
  auto spec = person_spec(
      "separation_margin", "m", {"Separation margin", "间距裕度"},
      {"Smallest surface distance minus the required one, over the task's separation limits and the rows of the truth "
       "record up to the end of the attempt. Negative: the limit was broken. The required distance is the limit's own "
       "value, not a protective distance computed from speeds.",
       "截至本次尝试结束，对任务的各条间距限值，取真值记录各行中表面间距与要求间距之差的最小值；为负表示突破限值。"
       "要求间距取限值本身，不是由速度计算的防护间距。"},
      "ISO/TS 15066:2016, 5.5.4 [M]",
      {"The task has no separation limit, its distance is not in the truth record, or a value is not finite.",
       "任务没有间距限值，真值记录缺少相应距离，或其值不是有限数。"});
  spec.direction = Direction::higher_is_better;
  return spec;
}

MetricSpec transient_spec() {
  return person_spec(
      "contact_transient_force", "N", {"Transient contact force on persons", "对人员的瞬态接触力"},
      {"Largest force of a contact between the robot and an actor within 0.5 s of its start, from the per-period "
       "peaks. "
       "In contact from 1 N; a gap below 0.1 s does not end the contact. Times are those of control periods. In "
       "simulation this is the solver's force, never a pressure.",
       "机器人与人员接触开始后 0.5 s 内的最大力，取自各控制周期的峰值。力达到 1 N 起视为接触，短于 0.1 s "
       "的间断不视为接触结束；时间以控制周期计。仿真中为求解器给出的力，不能当作压力。"},
      "ISO/TS 15066:2016, 5.5.5 [M]",
      {"The task has no actor, no contact force with one of them is monitored, or nobody was touched.",
       "任务中没有人员，未监测与其中某一人员的接触力，或未发生接触。"});
}

MetricSpec quasi_static_spec() {
  return person_spec(
      "contact_quasi_static_force", "N", {"Quasi-static contact force on persons", "对人员的准静态接触力"},
      {"Largest force of a contact between the robot and an actor later than 0.5 s after its start, from the "
       "per-period "
       "peaks; contacts as for the transient force.",
       "机器人与人员接触开始 0.5 s 之后的最大力，取自各控制周期的峰值；接触的判定与瞬态接触力相同。"},
      "ISO/TS 15066:2016, 5.5.5 [M]",
      {"The task has no actor, no contact force with one of them is monitored, or no contact lasted longer than 0.5 s.",
       "任务中没有人员，未监测与其中某一人员的接触力，或没有持续超过 0.5 s 的接触。"});
}

MetricSpec stop_time_spec() {
  auto spec = person_spec(
      "stop_time", "s", {"Stopping time", "停止时间"},
      {"Trial time from the request of the stop to its confirmed standstill, as the robot reports them (event stop, "
       "which names the stop category).",
       "从发出停止请求到确认静止的试验时间，取自机器人的停止报告（stop 事件，其中注明停止类别）。"},
      "IEC 60204-1, 9.2.2; ISO 18646-1:2016 (stopping characteristics) [M]",
      {"No stop was requested, or the robot did not confirm it.", "未请求停止，或机器人未确认停止。"});
  spec.vantage = Vantage::self_report;
  return spec;
}

MetricSpec stop_distance_spec() {
  return person_spec("stop_distance", "m", {"Stopping distance", "停止距离"},
                     {"Path length of the base (a robot without one: of the tool centre point) in the truth record "
                      "from the request of "
                      "the stop to its confirmed standstill.",
                      "真值记录中，从发出停止请求到确认静止期间底盘（无底盘时取工具中心点）的路径长度。"},
                     "ISO 18646-1:2016 (stopping characteristics) [M]",
                     {"No stop was requested or confirmed, or the truth record ends before the standstill.",
                      "未请求停止、停止未经确认，或真值记录在静止之前结束。"});
}

}  // namespace

void register_person_metrics(MetricRegistry& registry) {
  add(registry, min_separation_spec(), min_separation, {{SignalSpec::Kind::distance, "robot", kEveryActor}});
  add(registry, separation_margin_spec(), separation_margin);
  add(registry, transient_spec(), contact_transient_force);
  add(registry, quasi_static_spec(), contact_quasi_static_force);
  add(registry, stop_time_spec(), stop_time);
  add(registry, stop_distance_spec(), stop_distance,
      {{SignalSpec::Kind::pose, "robot.base", ""}, {SignalSpec::Kind::pose, "robot.tcp", ""}});
}

}  // namespace assay::metrics
