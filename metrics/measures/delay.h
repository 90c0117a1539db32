// Delay between a command and the response to it. Pure.
#pragma once

#include <optional>
#include <span>

#include "core/result.h"

namespace assay::metrics {

enum class Crossing { rising, falling };

/// One signal: time_s [n] strictly ascending, value [n], the threshold in the value's unit.
struct ThresholdSignal {
  std::span<const double> time_s, value;
  double threshold = 0;
};
struct ThresholdDelay {
  std::optional<double> command_crossing_s, response_crossing_s, delay_s;
};
/// Rising: sample i ≥ 1 with x_{i−1} < threshold ≤ x_i, at the linearly interpolated instant; falling: of the negated
/// signal and threshold. The command's first crossing, then the response's first one at or after it (0.5 ns of slack).
/// What is missing is undefined. Fails with ASSAY-1030, 1034, 1035, 1036.
Result<ThresholdDelay> threshold_delay(const ThresholdSignal& command, const ThresholdSignal& response,
                                       Crossing direction);

struct CorrelationDelay {
  std::optional<int> lag_samples;
  std::optional<double> peak_correlation;  ///< at lag_samples, not refined
  std::optional<double> delay_s;           ///< positive: the response is later than the command
};
/// command x [n], response y [n], one sample per period_s. K = min(⌊max_lag/period⌋, n − max(3, ⌈n/2⌉)); for each lag k
/// in −K…K the Pearson correlation r_k of the pairs (x_i, y_{i+k}) with means and norms of just these pairs; lags where
/// either part is constant are left out. The lag: r_k ≥ max r − 1e−9, of these the smallest |k|, positive first.
/// Refined by the parabola through its neighbours where both exist. Undefined for n < 3 or without any r_k. Means and
/// norms over the overlap because those of the whole record pull the peak towards 0. Work is n·(2K+1): above
/// kMostCorrelationWork fails with ASSAY-1039; else ASSAY-1030, 1032 (period ≤ 0, max_lag < 0), 1034.
inline constexpr double kMostCorrelationWork = 4e9;
Result<CorrelationDelay> correlation_delay(std::span<const double> command, std::span<const double> response,
                                           double period_s, double max_lag_s);

}  // namespace assay::metrics
