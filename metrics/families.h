// The families of built-in metrics and what their files share. Not for other rooms.
#pragma once

#include <string>
#include <vector>

#include "metrics/metrics.h"

namespace assay::metrics {

void register_task_metrics(MetricRegistry& registry);    ///< success, completion_time, task_progress, simulated_time
void register_motion_metrics(MetricRegistry& registry);  ///< path_length, peak_tcp_speed, peak_base_speed
void register_manipulator_metrics(MetricRegistry& registry);  ///< ISO 9283: pose, distance, path, corner, velocity
void register_quality_metrics(MetricRegistry& registry);      ///< smoothness, straightness, efficiency, energy
void register_safety_metrics(MetricRegistry& registry);       ///< peak_contact_force, limit_violations
void register_person_metrics(MetricRegistry& registry);       ///< separation and contact with persons, stops
void register_protective_metrics(MetricRegistry& registry);   ///< stops, losses, restart, limits of speed, device force
void register_fault_metrics(MetricRegistry& registry);     ///< failing sensors, a slipping load, commands beyond limits
void register_joint_metrics(MetricRegistry& registry);     ///< a joint module: repeatability, reversal, tracking
void register_reaction_metrics(MetricRegistry& registry);  ///< command to motion, presence to braking
void register_timing_metrics(MetricRegistry& registry);    ///< policy_inference_time, harness_overhead

MetricValue defined(const MetricSpec& spec, double value, Vantage vantage);
MetricValue undefined(const MetricSpec& spec, std::string why);

/// Adds the metric; its arithmetic gets its own spec.
using Arithmetic = MetricValue (*)(const MetricSpec&, const Trace&, const Verdict&);
void add(MetricRegistry& registry, MetricSpec spec, Arithmetic arithmetic, std::vector<SignalSpec> signals = {});

/// Largest value over the channels of `stream` that `wanted` accepts, each finite; else undefined.
template <class Wanted>
MetricValue largest(const MetricSpec& spec, const Trace& trace, const char* topic, Wanted wanted) {
  const auto* stream = trace.stream(topic);
  if (!stream) return undefined(spec, std::string("no_stream:") + topic);
  bool found = false;
  double peak = 0;
  Vantage vantage = Vantage::simulator;
  for (std::size_t k = 0; k < stream->channels.size(); ++k) {
    if (!wanted(stream->channels[k])) continue;
    for (std::size_t i = 0; i < stream->rows(); ++i) {
      const double value = stream->row(i)[k];
      if (!(value - value == 0)) return undefined(spec, "not_finite:" + stream->channels[k].name);
      if (found && value <= peak) continue;
      peak = value;
      vantage = stream->channels[k].vantage;
      found = true;
    }
    if (stream->rows() == 0) return undefined(spec, "no_samples");
  }
  return found ? defined(spec, peak, vantage) : undefined(spec, "no_channel:" + spec.id);
}

}  // namespace assay::metrics
