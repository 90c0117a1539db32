// What the metrics of stops, losses and failures share. Not for other rooms.
#pragma once

#include <algorithm>
#include <string>
#include <utility>

#include "metrics/families.h"
#include "metrics/protective.h"

namespace assay::metrics {

/// A value whose limits are what the sampling of the record leaves open.
inline MetricValue bounded(const MetricSpec& spec, double value, double less, double more, Vantage vantage) {
  auto out = defined(spec, value, vantage);
  out.lower = value - less;
  out.upper = value + more;
  out.n = 1;
  return out;
}

/// [s] The sample that shows rest comes up to a period after it.
template <Stimulus::Kind kKind>
MetricValue stopping_time(const MetricSpec& spec, const Trace& trace, const Verdict&) {
  const auto read = read_stop(trace, kKind);
  if (!read.why.empty()) return undefined(spec, read.why);
  if (!read.measure.stopping_time_s) return undefined(spec, "not_at_rest");
  const double period_s = read.course.period_s();
  return bounded(spec, *read.measure.stopping_time_s, period_s, period_s, read.course.vantage);
}

/// [m] Trapezoids err by the change of speed in one period; what is left of the way below the threshold of rest is not
/// seen.
template <Stimulus::Kind kKind>
MetricValue stopping_distance(const MetricSpec& spec, const Trace& trace, const Verdict&) {
  const auto read = read_stop(trace, kKind);
  if (!read.why.empty()) return undefined(spec, read.why);
  if (!read.measure.stopping_distance_m) return undefined(spec, "not_at_rest");
  const double period_s = read.course.period_s();
  const double speed_m_s = read.measure.speed_at_request_m_s.value_or(0);
  const double steps = std::max(1.0, *read.measure.stopping_time_s / period_s);
  const double open_m = speed_m_s * period_s / steps + kStopSettings.speed_eps_m_s * (period_s + kStopSettings.hold_s);
  return bounded(spec, *read.measure.stopping_distance_m, open_m, open_m, read.course.vantage);
}

/// A spec whose vantage and version are the usual ones.
inline MetricSpec spec_of(const char* id, const char* unit, const char* clause, Text title, Text definition,
                          Text undefined_when) {
  MetricSpec spec;
  spec.id = id;
  spec.unit = unit;
  spec.clause = clause;
  spec.title = std::move(title);
  spec.definition = std::move(definition);
  spec.undefined_when = std::move(undefined_when);
  return spec;
}

}  // namespace assay::metrics
