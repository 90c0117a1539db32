// What measures over time share: the time rule (integer nanoseconds, closed windows) and holds. Not for other rooms.
#pragma once

#include <cmath>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace assay::metrics {

/// Furthest stamp that is taken [s]: differences of stamps then stay within 64 bits.
inline constexpr double kFurthestStamp_s = 4e9;

/// llround(time_s · 1e9), saturating at ±8e18. Requires a number.
std::int64_t to_ns(double time_s);

/// llround(time_s · 1e9) of a stamp that check_stamps() let through, without a call.
inline std::int64_t whole_ns(double time_s) {
  constexpr double kBelowHalf = 0x1.fffffffffffffp-2;  // with ½ itself, the number below ½ would become 1
  const double ns = time_s * 1e9;
  return static_cast<std::int64_t>(ns + std::copysign(kBelowHalf, ns));
}

/// Stamps [s], strictly ascending in nanoseconds. ASSAY-1030, 1035, 1036 beyond ±kFurthestStamp_s.
Result<void> check_stamps(std::string_view name, std::span<const double> time_s);

/// Stamps [s] in nanoseconds. ASSAY-1030, 1035 (metrics/input.h: check_ascending), 1036 beyond ±kFurthestStamp_s.
Result<std::vector<std::int64_t>> stamps_ns(std::string_view name, std::span<const double> time_s);

/// ASSAY-1030, 1036 for a single instant [s].
Result<void> check_instant(std::string_view name, double time_s);

/// HOLD(k, h): t_last − t_k ≥ h and flags hold at every j ≥ k with t_j − t_k ≤ h (closed window). The first such
/// k ≥ from; with `end_counts` also the first k from which flags hold to the end of the record. Linear: of a run of
/// flags its first sample has the most time before it ends, so that only it needs a look.
std::optional<std::size_t> first_hold(std::span<const std::int64_t> t_ns, const std::vector<bool>& flags,
                                      std::int64_t hold_ns, std::size_t from = 0, bool end_counts = false);

/// Σ (y_i + y_{i+1})/2 · (t_{i+1} − t_i) over [first, last] (indices, closed); 0 for one sample.
double trapezoid(std::span<const double> time_s, std::span<const double> values, std::size_t first, std::size_t last);

}  // namespace assay::metrics
