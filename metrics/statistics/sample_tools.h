// Small arithmetic that the statistics of samples share: moments, average ranks. Callers have checked their
// input. Not for other rooms.
#pragma once

#include <span>
#include <vector>

namespace assay::metrics::samples {

/// Arithmetic mean; values.size() ≥ 1.
double mean(std::span<const double> values);
/// Σ (x − x̄)², two passes.
double sum_of_squares(std::span<const double> values);
/// Sample variance, divisor n − 1; size ≥ 2.
double variance(std::span<const double> values);
/// Population variance, divisor n; size ≥ 1.
double population_variance(std::span<const double> values);
/// Quantile by linear interpolation between order statistics, h = (n − 1) p (Hyndman–Fan type 7); `sorted` ascending.
double quantile_type7(std::span<const double> sorted, double p);

/// Ranks 1…n, the mean rank within ties (doubles that compare equal, or differ by at most `tolerance`).
struct Ranks {
  std::vector<double> rank;
  double tie_sum = 0;  ///< Σ (t³ − t) over groups of t tied values; 0: no ties
};
Ranks average_ranks(std::span<const double> values, double tolerance = 0);

}  // namespace assay::metrics::samples
