// Real trials helped by many simulated ones, large-sample form. For exploration only: its normal interval missed with
// .09–.17 where .05 is claimed (n = 30–100, p = .8–.95), so no certificate rests on it; the betting form does. Pure.
#pragma once

#include <array>
#include <optional>
#include <span>

#include "core/result.h"

namespace assay::metrics {

/// PPI++ of a mean (Angelopoulos, Duchi & Zrnic 2023), all variances with divisor n.
struct PredictionPoweredMean {
  double lambda = 0;                           ///< cov(y, f)/((1 + n/N) var(f over both sets)), not clipped
  double estimate = 0;                         ///< ȳ − λ (f̄ − F̄) [unit of y, as are the others]
  double se = 0;                               ///< √(λ² var(F)/N + var(y − λ f)/n)
  std::array<double, 2> interval{};            ///< estimate ∓ z se, two-sided
  std::array<double, 2> classical_interval{};  ///< ȳ ∓ z √(var(y)/n), without the simulation
};
/// real y[n], simulated f[n] of the same starts, simulated F[N] of further starts; n ≥ 2, N ≥ 1. Undefined (nullopt)
/// if all simulated values are equal: they say nothing.
/// Errors: 1033, 1034, 1030, 1031, 1036 (squares overflow).
Result<std::optional<PredictionPoweredMean>> prediction_powered_mean(std::span<const double> real,
                                                                     std::span<const double> simulated,
                                                                     std::span<const double> simulated_extra,
                                                                     double confidence);

}  // namespace assay::metrics
