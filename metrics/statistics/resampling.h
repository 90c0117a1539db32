// Bootstrap intervals for a statistic of one sample of independent values (trials, not samples of one trace).
// Randomness: Philox, the stream is passed in. Pure.
#pragma once

#include <array>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/random.h"
#include "core/result.h"

namespace assay::metrics {

/// Maps values[n] in any order to one number; must not depend on the order. A result that is not finite ends the
/// computation with ASSAY-1036.
using SampleStatistic = std::function<double(std::span<const double>)>;

/// "mean", "median", "variance" (divisor n − 1), "sd" (its root). 1038 for others.
Result<SampleStatistic> sample_statistic(std::string_view name);

/// Bias-corrected and accelerated interval (Efron 1987, JASA 82:171; Efron & Tibshirani 1993, ch. 14), two-sided.
struct BcaInterval {
  double estimate = 0;   ///< θ̂, the statistic of the data [its unit], as are se and the limits
  double resamples = 0;  ///< B; nⁿ when exhaustive
  bool exhaustive = false;
  double se = 0;             ///< root of the mean squared deviation of the B values (divisor B)
  std::optional<double> z0;  ///< Φ⁻¹((#{θ* < θ̂} + ½ #{θ* = θ̂})/B); undefined if that share is 0 or 1
  std::optional<double>
      acceleration;  ///< Σd³/(6 (Σd²)^1.5), d = mean of jackknife values − value; undefined if Σd² = 0
  std::optional<std::array<double, 2>> adjusted;  ///< Φ(z0 + (z0 + z)/(1 − a (z0 + z))); undefined with z0 or a, or
                                                  ///< where 1 − a (z0 + z) ≤ 0
  std::optional<std::array<double, 2>> interval;  ///< type 7 quantiles at `adjusted`
  std::array<double, 2> percentile{};             ///< type 7 quantiles at (1 ∓ confidence)/2
};

/// All nⁿ resamples, as multisets with their multinomial weights: exact and free of randomness. data[n], 2 ≤ n ≤ 10
/// (n = 10: 92 378 multisets). θ* within 1e-10 of the resamples' range of θ̂ counts as equal (rounding).
/// Errors: 1033 (n < 2), 1039 (n > 10), 1030, 1031, 1036 (statistic not finite, e.g. variance for n = 2, whose
/// jackknife needs 3 values).
Result<BcaInterval> bca_exhaustive(std::span<const double> data, const SampleStatistic& statistic, double confidence);

/// B resamples drawn from `stream`: the same limits on every machine. data[n], n ≥ 2, 200 ≤ B ≤ 1 000 000,
/// n·B ≤ 1e9. Errors: 1032 (B < 200), 1039 (n·B or B too large), others as above.
Result<BcaInterval> bca_sampled(std::span<const double> data, const SampleStatistic& statistic, double confidence,
                                int resamples, const StreamKey& stream);

/// Exhaustive up to n = 8 (8⁸ = 16 777 216 resamples, 6 435 multisets), sampled with B resamples above.
Result<BcaInterval> bca_interval(std::span<const double> data, const SampleStatistic& statistic, double confidence,
                                 int resamples, const StreamKey& stream);

/// Percentile interval of a statistic that is computed from row numbers, e.g. agreement of judges over resampled
/// units. statistic(rows[n]) gets row numbers drawn with replacement from 0…n−1; nullopt = undefined for this draw.
struct RowBootstrap {
  std::optional<std::array<double, 2>> interval;  ///< undefined if fewer than half of the draws are defined
  int resamples = 0, undefined = 0;
};
using RowStatistic = std::function<std::optional<double>(std::span<const std::size_t>)>;
/// Errors: 1033 (n < 2), 1031, 1032 and 1039 as bca_sampled.
Result<RowBootstrap> bootstrap_rows(std::size_t n, const RowStatistic& statistic, double confidence, int resamples,
                                    const StreamKey& stream);

}  // namespace assay::metrics
