// Stopping: reaction, time and distance, and what a series of stops says of each stop category. Pure.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "core/result.h"

namespace assay::metrics {

struct StopSettings {
  double decel_threshold_m_s2 = 0;  ///< braking iff the deceleration is at least this (closed)
  double sustain_s = 0;             ///< ≥ 0; for at least this long
  double speed_eps_m_s = 0;         ///< ≥ 0; at rest iff |v| is below this (strict)
  double hold_s = 0;                ///< ≥ 0; and stays below for this long (closed window, within the record)
};

struct StopMeasure {
  std::optional<double> speed_at_request_m_s;  ///< |v| at the request, interpolated
  std::optional<double> reaction_time_s;       ///< request → start of the braking
  std::optional<double> stopping_time_s;       ///< request → standstill; time of a sample, not interpolated
  std::optional<double> stopping_distance_m;   ///< ∫ |v| dt between them (trapezoids)
};

/// v = |speed|. Sequence: the request (speed interpolated), then every sample after it. Braking begins with the first
/// interval from which every deceleration (v_j − v_{j+1})/(t_{j+1} − t_j) reaches the threshold until sustain_s has
/// passed or v is below speed_eps, whichever is first; a record that ends before either does not show it. Standstill:
/// first sample below speed_eps that holds. All undefined for a request outside the record or an empty record; each
/// undefined where the record does not show it. Nothing is filtered here. Linear in samples.
/// time_s [n] strictly ascending, speed_m_s [n] (signed). Fails with ASSAY-1030, 1032, 1034, 1035, 1036.
/// Source: ISO 18646-1:2016 (stopping characteristics), ISO 10218-1 Annex on stopping time and distance [M].
Result<StopMeasure> stop_measure(std::span<const double> time_s, std::span<const double> speed_m_s,
                                 double request_time_s, const StopSettings& settings);

/// What a stop did, by its times. Power removed: when the actuators' energy was cut, nothing where it was kept.
struct StopTimes {
  double request_s = 0;
  std::optional<double> standstill_s, power_removed_s;
};
/// The stop category that was shown (IEC 60204-1 / GB/T 5226.1, 9.2.2 [M]): 0 power removed within `at_once_s` of the
/// request; 1 standstill under power, then power removed; 2 standstill, power kept. None where it did neither: no
/// standstill, or power cut while still moving (later than at_once_s).
/// Fails with ASSAY-1030, 1032 (at_once_s < 0, standstill or removal before the request).
Result<std::optional<int>> shown_stop_category(const StopTimes& times, double at_once_s);

/// One stop of a series; category 0, 1 or 2.
struct StopRecord {
  int category = 0;
  StopMeasure measure;
};
struct StopSummary {
  int category = 0;
  int stops = 0;
  int came_to_rest = 0;                      ///< with a stopping time and distance
  std::optional<double> longest_time_s;      ///< undefined unless every stop came to rest: nothing is dropped
  std::optional<double> longest_distance_m;  ///< likewise
  std::optional<double> longest_reaction_s;  ///< over those that show one; undefined if none does
};
/// The worst of each category, categories ascending, absent ones left out. ASSAY-1036 for a category other than 0,
/// 1, 2.
Result<std::vector<StopSummary>> stops_by_category(std::span<const StopRecord> stops);

}  // namespace assay::metrics
