// Quantiles of samples, their distribution-free limits, and how many values these need; tolerance factors of the normal
// law. Pure.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "core/result.h"

namespace assay::metrics {

/// Definitions of a sample quantile by Hyndman & Fan, Am. Stat. 50 (1996) 361: 1 inverse of the empirical distribution
/// function (nearest rank), 7 linear between (k−1)/(n−1), 8 median-unbiased, (k−1/3)/(n+1/3).
enum class QuantileType { nearest_rank = 1, linear = 7, median_unbiased = 8 };

/// One value per q, in the data's unit. q n (or the place it leads to) within 1e-9 of a whole number is that number.
/// Errors: ASSAY-1033 no data, ASSAY-1030 not finite, ASSAY-1031 q not in [0, 1].
Result<std::vector<double>> sample_quantiles(std::span<const double> data, std::span<const double> q,
                                             QuantileType type);
Result<double> sample_quantile(std::span<const double> data, double q, QuantileType type);

/// Ranks (1-based, ascending order) whose values enclose the q-quantile of any continuous law, α = 1 − confidence:
/// lower: largest l with P(Bin(n, q) ≤ l − 1) ≤ α/2; upper: smallest u with P(Bin(n, q) ≥ u) ≤ α/2; one-sided upper:
/// the same with α. A rank that does not exist leaves that side open.
/// Errors: ASSAY-1032 n < 1, ASSAY-1031 q or confidence. Source: David & Nagaraja, Order Statistics, 7.1; ISO 16269-7.
struct QuantileRanks {
  std::optional<int> lower, upper;
  double coverage = 0;  ///< of the two-sided interval, an absent rank as an open side
  std::optional<int> one_sided_upper;
};
Result<QuantileRanks> quantile_ranks(int n, double q, double confidence);

/// Estimate (nearest rank) and limits of a quantile, in the data's unit. Errors as above and ASSAY-1033, ASSAY-1030.
struct QuantileLimits {
  double estimate = 0;
  std::optional<double> lower, upper, one_sided_upper;
  double coverage = 0;
};
Result<QuantileLimits> quantile_limits(std::span<const double> data, double q, double confidence);

/// Least n such that the order-th largest value is an upper tolerance limit for the share `coverage`:
/// P(Bin(n, 1 − coverage) ≤ order − 1) ≤ 1 − confidence. Two-sided first order (smallest and largest value) needs the
/// n of order 2. Errors: ASSAY-1032 order < 1, ASSAY-1031, ASSAY-1039 above 2³¹ − 1. Source: Wilks, Ann. Math. Stat. 12
/// (1941) 91.
Result<int> wilks_n(int order, double coverage, double confidence);

/// Factor k such that mean + k·s of n normal values exceeds the share `coverage` with `confidence`:
/// t'(confidence; n − 1, δ = z √n)/√n, z the coverage quantile (ISO 16269-6, one-sided, σ unknown).
/// Relative accuracy 1e-10. Errors: ASSAY-1032 n < 2 or n > 10⁶, ASSAY-1031, ASSAY-1037.
Result<double> normal_tolerance_k(int n, double coverage, double confidence);

}  // namespace assay::metrics
