// Three clocks, three types, integer nanoseconds: they cannot be mixed by accident.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <string>

namespace assay {

template <class Tag>
struct TimePoint {
  std::int64_t ns = 0;
  auto operator<=>(const TimePoint&) const = default;
  [[nodiscard]] double seconds() const { return static_cast<double>(ns) * 1e-9; }
};

using SimTime = TimePoint<struct SimTag>;        ///< since the trial's reset; the only clock that scoring sees
using SteadyTime = TimePoint<struct SteadyTag>;  ///< monotonic host clock; durations only
using UtcTime = TimePoint<struct UtcTag>;        ///< since 1970-01-01T00:00:00Z; records and logs only

/// The nearest integer nanosecond to `seconds` (ties away from zero). Requires |seconds| < 9e9.
std::int64_t ns_from_s(double seconds);

SteadyTime steady_now();
UtcTime utc_now();
/// RFC 3339 with milliseconds, always UTC: "2026-11-22T10:09:51.123Z".
std::string to_rfc3339(UtcTime time);

}  // namespace assay
