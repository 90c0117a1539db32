// A commanded programme (core/model/programme.h) against what the record shows: which rest belongs to which command.
// Pure; used by the motion metrics. The trace carries the programme in its metadata.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/model/programme.h"
#include "core/result.h"
#include "core/trace.h"
#include "metrics/measures/series.h"

namespace assay::metrics {

std::string to_json(const Programme& programme);
/// Fails with ASSAY-1006.
Result<Programme> programme_from_json(const std::string& text);

/// The robot stood still where it was sent.
struct Visit {
  Vector3 position_m{};             ///< mean over the last kMeasure_s of the rest, in the programme's frame
  std::size_t first = 0, last = 0;  ///< rows of the rest [first, last)
};

/// A rest: every speed over kSpan_s below kRest_m_s, for at least kHold_s (a laser tracker's stable-point trigger).
inline constexpr double kRest_m_s = 0.003, kSpan_s = 0.1, kHold_s = 0.2, kMeasure_s = 0.2;
/// A rest farther than this from the command is none of it.
inline constexpr double kCapture_m = 0.1;

struct ProgrammeRun {
  Programme programme;
  std::vector<double> time_s;                             ///< of the rows, from the first
  std::vector<Vector3> position_m;                        ///< of the tool (or base) at each row, programme's frame
  std::vector<std::vector<std::optional<Visit>>> visits;  ///< [cycle][step]; empty for a step without dwell
  Vantage vantage = Vantage::simulator;
  std::string why;  ///< not empty: nothing can be said, because (MetricValue::why_undefined)
  /// Every rest that was commanded, of every cycle.
  [[nodiscard]] bool complete() const;
};

/// Reads /truth up to the end of the attempt: robot.tcp (a robot without one: robot.base, planar) in the frame of the
/// first row's robot.base, or in the world where that is not in the record. Rests are given to the commands in their
/// order; one that never comes leaves it and what follows in that cycle empty.
ProgrammeRun programme_run(const Trace& trace);

}  // namespace assay::metrics
