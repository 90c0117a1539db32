#include "adapters/ros2/assembly.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace assay::ros2 {
namespace {

constexpr double kStalePeriods = 2.5;
constexpr std::size_t kMostWaiting = 4000;

std::string apart(std::int64_t from_ns, std::int64_t to_ns) { return std::to_string(to_ns - from_ns) + " ns on"; }

/// The words about truth have neither groups nor scans: those come over their own topics.
RobotDescription without_groups(RobotDescription robot) {
  robot.groups.clear();
  return robot;
}

}  // namespace

Assembler::Assembler(const Mapping& mapping, const RobotDescription& robot)
    : mapping_(mapping), robot_(robot), truth_(without_groups(robot)) {
  for (const auto& topic : mapping_.states) {
    Heard& heard = heard_[topic.topic];
    heard.topic = &topic;
    heard.group = find_group(robot_.groups, topic.group);
    heard.period_ns = topic.rate_hz > 0 ? ns_from_s(1 / topic.rate_hz) : robot_.control_period_ns;
  }
}

Result<void> Assembler::add(const std::string& topic, Got got) {
  const auto found = heard_.find(topic);
  if (found == heard_.end()) return {};
  Heard& heard = found->second;
  Message& m = got.message;
  if (heard.topic->stamped()) {
    if (m.stamp_ns == 0) return http::unreadable("telemetry_unstamped", topic);
    if (m.stamp_ns == heard.last_stamp_ns) return http::unreadable("telemetry_repeated", topic);
    if (m.stamp_ns < heard.last_stamp_ns)
      return http::unreadable("clock_backwards", topic + " " + apart(heard.last_stamp_ns, m.stamp_ns));
  }
  heard.last_stamp_ns = m.stamp_ns;
  heard.last_received = got.received;
  if (!mapping_.session() && topic == mapping_.tick) ASSAY_RETURN_IF_ERROR(tick(m, got.received));
  heard.waiting.push_back(std::move(m));
  if (heard.waiting.size() > kMostWaiting) heard.waiting.pop_front();
  return {};
}

/// A robot without sessions: the stamps of one topic are the trial's time.
Result<void> Assembler::tick(const Message& m, SteadyTime received) {
  if (!first_stamp_ns_) first_stamp_ns_ = last_stamp_ns_ = m.stamp_ns;
  const auto step_ns = static_cast<double>(m.stamp_ns - last_stamp_ns_);
  if (step_ns > kStalePeriods * static_cast<double>(robot_.control_period_ns))
    return http::unreadable("telemetry_gap", mapping_.tick + " " + apart(last_stamp_ns_, m.stamp_ns));
  last_stamp_ns_ = m.stamp_ns;
  Tick out;
  out.stamp_ns = out.sample.robot_ns = m.stamp_ns;
  out.sample.sequence = count_++;
  out.sample.received = received;
  out.sample.sample.time = SimTime{m.stamp_ns - *first_stamp_ns_};
  ticks_.push_back(std::move(out));
  last_tick_ = received;
  return {};
}

Result<void> Assembler::add_truth(const std::string& text, SteadyTime received, std::string& end) {
  ASSAY_TRY(auto line, truth_.read(text));
  if (line.kind == http::Line::Kind::end) {
    end = line.why.empty() ? "ended" : line.why;
    return {};
  }
  Tick out;
  out.stamp_ns = out.sample.robot_ns = line.telemetry.robot_ns;
  out.sample.sequence = line.telemetry.sequence;
  out.sample.received = received;
  out.sample.sample = std::move(line.telemetry.sample);
  ticks_.push_back(std::move(out));
  last_tick_ = received;
  return {};
}

/// Everything that comes at the tick's own rate is there.
bool Assembler::complete(const Tick& tick) const {
  return std::all_of(heard_.begin(), heard_.end(), [&](const auto& entry) {
    const Heard& h = entry.second;
    if (!h.topic->stamped() || h.topic->rate_hz > 0) return h.topic->rate_hz > 0 || h.last_received.ns != 0;
    return h.last_stamp_ns >= tick.stamp_ns - h.period_ns / 2;
  });
}

Result<void> Assembler::fill(Tick& tick) {
  Observation& seen = tick.sample.sample.observation;
  seen.time = tick.sample.sample.time;
  seen.groups.clear();
  for (const auto& group : robot_.groups) {
    seen.groups.emplace_back();
    seen.groups.back().group = group.name;
  }
  for (auto& [name, scan] : scans_) scan.fresh = false;
  for (auto& [name, h] : heard_) {
    h.fresh = false;
    while (!h.waiting.empty() &&
           (!h.topic->stamped() || h.waiting.front().stamp_ns <= tick.stamp_ns + h.period_ns / 2)) {
      h.current = std::move(h.waiting.front());
      h.waiting.pop_front();
      h.fresh = true;
    }
    if (!h.current || h.group == nullptr) continue;
    if (h.topic->type == Type::laser_scan) {
      if (h.fresh) ASSAY_RETURN_IF_ERROR(read_scan(*h.topic, *h.group, *h.current, scans_[h.group->name]));
      continue;
    }
    const auto at = static_cast<std::size_t>(h.group - robot_.groups.data());
    ASSAY_RETURN_IF_ERROR(read_state(*h.topic, *h.group, *h.current, seen.groups[at]));
  }
  for (const auto& [name, scan] : scans_) seen.scans.push_back(scan);
  if (mapping_.session()) return {};
  for (const auto& source : mapping_.channels) {
    const Heard& h = heard_.at(source.topic);
    ASSAY_TRY(const double value, h.current ? read_field(source, *h.current) : Result<double>(0.0));
    tick.sample.sample.truth.push_back(value);
  }
  return {};
}

Result<std::vector<LiveSample>> Assembler::ready(SteadyTime now) {
  std::vector<LiveSample> out;
  const bool begun = silent().empty();
  while (!ticks_.empty() && begun) {
    Tick& tick = ticks_.front();
    const bool late = now.ns - tick.sample.received.ns > robot_.control_period_ns / 2;
    if (!complete(tick) && !late) break;
    ASSAY_RETURN_IF_ERROR(fill(tick));
    out.push_back(std::move(tick.sample));
    ticks_.pop_front();
  }
  // Held against a topic only while the ticks themselves keep coming: else the link is silent, not the topic.
  for (const auto& [name, h] : heard_) {
    if (!begun || (!h.topic->stamped() && h.topic->rate_hz == 0)) continue;
    const auto silent_ns = static_cast<double>(last_tick_.ns - h.last_received.ns);
    if (silent_ns > (kStalePeriods + 0.5) * static_cast<double>(h.period_ns))
      return Error{.id = 1254,
                   .what = {"the robot's telemetry broke", "机器人的遥测中断"},
                   .expected = {"messages as often as the mapping says", "消息频率与映射一致"},
                   .found = "subject:stale_data " + name};
  }
  return out;
}

std::vector<std::string> Assembler::silent() const {
  std::vector<std::string> out;
  for (const auto& [name, h] : heard_)
    if (h.last_received.ns == 0 && h.topic->stamped()) out.push_back(name);
  return out;
}

}  // namespace assay::ros2
