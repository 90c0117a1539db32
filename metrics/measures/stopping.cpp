#include "metrics/measures/stopping.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "metrics/input.h"
#include "metrics/measures/stamps.h"

namespace assay::metrics {

namespace {

/// The request, then every sample after it.
struct Sequence {
  std::vector<double> time_s, speed_m_s;
  std::vector<std::int64_t> t_ns;
};

Sequence from_request(std::span<const double> time_s, std::span<const double> speed_m_s,
                      const std::vector<std::int64_t>& t_ns, double request_s) {
  const auto request_ns = to_ns(request_s);
  const auto next = static_cast<std::size_t>(std::upper_bound(t_ns.begin(), t_ns.end(), request_ns) - t_ns.begin());
  double speed = std::abs(speed_m_s[next - 1]);  // next ≥ 1: the request lies within the record
  if (t_ns[next - 1] != request_ns)
    speed += (std::abs(speed_m_s[next]) - speed) * (request_s - time_s[next - 1]) / (time_s[next] - time_s[next - 1]);
  Sequence out{{request_s}, {speed}, {request_ns}};
  for (std::size_t i = next; i < time_s.size(); ++i) {
    out.time_s.push_back(time_s[i]);
    out.speed_m_s.push_back(std::abs(speed_m_s[i]));
    out.t_ns.push_back(t_ns[i]);
  }
  return out;
}

/// First i from which every interval brakes until sustain has passed or the speed is below eps. Each of the three
/// pointers only moves forward.
std::optional<std::size_t> start_of_braking(const Sequence& s, const StopSettings& settings) {
  const auto n = s.t_ns.size();
  const auto sustain_ns = to_ns(settings.sustain_s);
  const auto brakes = [&](std::size_t j) {
    return (s.speed_m_s[j] - s.speed_m_s[j + 1]) / (s.time_s[j + 1] - s.time_s[j]) >= settings.decel_threshold_m_s2;
  };
  std::size_t unbraked = 0, sustained = 0, slow = 0;
  for (std::size_t i = 0; i + 1 < n; ++i) {
    unbraked = std::max(unbraked, i);
    while (unbraked + 1 < n && brakes(unbraked)) ++unbraked;  // intervals i … unbraked−1 brake
    sustained = std::max(sustained, i + 1);
    while (sustained < n && s.t_ns[sustained] - s.t_ns[i] < sustain_ns) ++sustained;
    slow = std::max(slow, i + 1);
    while (slow < n && !(s.speed_m_s[slow] < settings.speed_eps_m_s)) ++slow;
    const auto end = std::min(sustained, slow);
    if (end < n && unbraked >= end) return i;
  }
  return std::nullopt;
}

}  // namespace

Result<StopMeasure> stop_measure(std::span<const double> time_s, std::span<const double> speed_m_s,
                                 double request_time_s, const StopSettings& settings) {
  ASSAY_RETURN_IF_ERROR(check_same_length("time_s", time_s.size(), "speed_m_s", speed_m_s.size()));
  ASSAY_TRY(const auto t_ns, stamps_ns("time_s", time_s));
  ASSAY_RETURN_IF_ERROR(check_finite("speed_m_s", speed_m_s));
  ASSAY_RETURN_IF_ERROR(check_instant("request_time_s", request_time_s));
  ASSAY_RETURN_IF_ERROR(check_finite("decel_threshold_m_s2", settings.decel_threshold_m_s2));
  ASSAY_RETURN_IF_ERROR(check_at_least("sustain_s", settings.sustain_s, 0));
  ASSAY_RETURN_IF_ERROR(check_at_least("speed_eps_m_s", settings.speed_eps_m_s, 0));
  ASSAY_RETURN_IF_ERROR(check_at_least("hold_s", settings.hold_s, 0));
  StopMeasure out;
  const auto request_ns = to_ns(request_time_s);
  if (t_ns.empty() || request_ns < t_ns.front() || request_ns > t_ns.back()) return out;
  const auto sequence = from_request(time_s, speed_m_s, t_ns, request_time_s);
  out.speed_at_request_m_s = sequence.speed_m_s.front();
  if (const auto i = start_of_braking(sequence, settings)) out.reaction_time_s = sequence.time_s[*i] - request_time_s;
  std::vector<bool> slow;
  slow.reserve(sequence.t_ns.size());
  for (const double speed : sequence.speed_m_s) slow.push_back(speed < settings.speed_eps_m_s);
  if (const auto k = first_hold(sequence.t_ns, slow, to_ns(settings.hold_s))) {
    out.stopping_time_s = sequence.time_s[*k] - request_time_s;
    out.stopping_distance_m = trapezoid(sequence.time_s, sequence.speed_m_s, 0, *k);
  }
  return out;
}

Result<std::optional<int>> shown_stop_category(const StopTimes& times, double at_once_s) {
  ASSAY_RETURN_IF_ERROR(check_instant("request_s", times.request_s));
  ASSAY_RETURN_IF_ERROR(check_at_least("at_once_s", at_once_s, 0));
  for (const auto& [name, time] :
       {std::pair("standstill_s", times.standstill_s), std::pair("power_removed_s", times.power_removed_s)}) {
    if (!time) continue;
    ASSAY_RETURN_IF_ERROR(check_instant(name, *time));
    ASSAY_RETURN_IF_ERROR(check_at_least(name, *time, times.request_s));
  }
  std::optional<int> out;
  const auto request = to_ns(times.request_s);
  if (times.power_removed_s && to_ns(*times.power_removed_s) - request <= to_ns(at_once_s))
    out = 0;
  else if (!times.standstill_s)
    return out;
  else if (!times.power_removed_s)
    out = 2;
  else if (to_ns(*times.power_removed_s) >= to_ns(*times.standstill_s))
    out = 1;
  return out;
}

Result<std::vector<StopSummary>> stops_by_category(std::span<const StopRecord> stops) {
  std::array<StopSummary, 3> by{};
  const auto raise = [](std::optional<double>& longest, const std::optional<double>& value) {
    if (value) longest = longest ? std::max(*longest, *value) : *value;
  };
  for (const auto& stop : stops) {
    if (stop.category < 0 || stop.category > 2)
      return bad_input(1036, {"a stop category is 0, 1 or 2", "停止类别只能是 0、1 或 2"},
                       fmt::format("{}", stop.category));
    auto& summary = by.at(static_cast<std::size_t>(stop.category));
    ++summary.stops;
    if (stop.measure.stopping_time_s && stop.measure.stopping_distance_m) ++summary.came_to_rest;
    raise(summary.longest_time_s, stop.measure.stopping_time_s);
    raise(summary.longest_distance_m, stop.measure.stopping_distance_m);
    raise(summary.longest_reaction_s, stop.measure.reaction_time_s);
  }
  std::vector<StopSummary> out;
  for (std::size_t category = 0; category < by.size(); ++category) {
    auto& summary = by.at(category);
    summary.category = static_cast<int>(category);
    if (summary.came_to_rest < summary.stops) summary.longest_time_s = summary.longest_distance_m = std::nullopt;
    if (summary.stops > 0) out.push_back(summary);
  }
  return out;
}

}  // namespace assay::metrics
