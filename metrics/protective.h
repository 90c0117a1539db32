// What the stop, loss and separation metrics share: the robot's speed and way over the record, the times of a stimulus.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/model/stimulus.h"
#include "core/result.h"
#include "core/trace.h"
#include "metrics/measures/series.h"
#include "metrics/measures/stopping.h"

namespace assay::metrics {

std::string to_json(const SeparationProfile& profile);
std::optional<SeparationProfile> separation_from_json(const std::string& text);

/// Speed and place of the tool (a robot without one: of the base) up to the end of the attempt.
struct Course {
  std::vector<double> time_s, speed_m_s;
  std::vector<Vector3> position_m;
  Vantage vantage = Vantage::simulator;
  std::string why;                        ///< not empty: nothing can be said, because
  [[nodiscard]] double period_s() const;  ///< longest between two rows
};
Course course_of(const Trace& trace);

struct StimulusTimes {
  std::optional<double> requested_s, confirmed_s, released_s;
};
/// As of the last row. Nothing where the record has no such stimulus.
std::optional<StimulusTimes> stimulus_times(const Trace& trace, Stimulus::Kind kind);

/// How a stop is read from the course: braking begins with a deceleration of 0.25 m/s² that lasts 30 ms, rest is below
/// 10 mm/s for 0.2 s. Part of the metrics' definitions.
inline constexpr StopSettings kStopSettings{0.25, 0.03, 0.01, 0.2};

/// Of a stop, loss or presence that came; `why` where it did not, or the course is not there.
struct StopRead {
  Course course;
  StimulusTimes times;
  StopMeasure measure;
  std::string why;
};
StopRead read_stop(const Trace& trace, Stimulus::Kind kind);

}  // namespace assay::metrics
