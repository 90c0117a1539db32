// Answer of a scalar to a step: settling time and overshoot (control engineering's usual definitions; IEC 60050-351,
// 351-45-27 ff.). Values and target in one unit, written as metres. Comparisons of values with limits are exact, those
// of times allow half a nanosecond in favour of equality. Empty = undefined. Pure.
#pragma once

#include <optional>
#include <span>

#include "core/result.h"

namespace assay::metrics {

/// Of the samples with t ≥ step time: outside iff |value − target| > band (half width). t_in is where the line from the
/// last outside sample to the next crosses the limit (the step time if none is outside). Settled iff the last sample is
/// inside and t_last − t_in ≥ hold; settle time = t_in − step time. No sample: both empty.
struct SettleTime {
  std::optional<bool> settled;
  std::optional<double> settle_time_s;
};
/// Fails with ASSAY-1030, 1032 (negative band or hold), 1034 (lengths), 1035 (stamps not ascending), 1036.
Result<SettleTime> settle_time(std::span<const double> time_s, std::span<const double> value_m, double target_m,
                               double band_m, double step_time_s, double hold_s);

/// Of the samples with t ≥ step time, z = sign(target − initial)·(value − target): overshoot = max(0, max z), in
/// percent of |target − initial|, peak time = t(first largest z) − step time (empty without overshoot). No sample, or
/// no step (target = initial): all empty.
struct Overshoot {
  std::optional<double> overshoot_percent, overshoot_m, peak_time_s;
};
/// Fails with ASSAY-1030, 1034 (lengths), 1035 (stamps not ascending), 1036.
Result<Overshoot> overshoot(std::span<const double> time_s, std::span<const double> value_m, double initial_m,
                            double target_m, double step_time_s);

}  // namespace assay::metrics
