// A small log-linear histogram for latencies: fixed relative resolution over the whole range, so that days of control
// cycles fit into kilobytes and the far quantiles stay sharp. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/result.h"

namespace assay::metrics {

/// Counts of durations [ns]. Below 2^precision_bits every nanosecond has its own cell; above, each doubling has
/// 2^precision_bits cells: relative width 2^−precision_bits (7: 0.8 %, 10: 0.1 %). Source: the layout of Tene's
/// HdrHistogram, described in its documentation.
class LatencyHistogram {
 public:
  /// precision_bits is clamped to 1 … 14.
  explicit LatencyHistogram(int precision_bits = 10);

  /// Error: ASSAY-1032 duration < 0.
  Result<void> record(std::int64_t duration_ns, std::int64_t times = 1);
  /// Records also what a measurement that waits for its answer never started (coordinated omission): duration −
  /// k·interval, k = 1, 2, …, while ≥ interval. Second choice: stamp the intended start instead.
  /// Errors: ASSAY-1032 duration < 0 or interval < 1, ASSAY-1039 more than a million omitted.
  Result<void> record_corrected(std::int64_t duration_ns, std::int64_t interval_ns);
  /// Error: ASSAY-1036 another precision.
  Result<void> add(const LatencyHistogram& other);

  [[nodiscard]] std::int64_t count() const { return count_; }
  [[nodiscard]] std::optional<std::int64_t> least_ns() const;  ///< exact; undefined without a record
  [[nodiscard]] std::optional<std::int64_t> most_ns() const;
  /// The value of rank 1 … count(), as the highest one that shares its cell (never below the true one), but not above
  /// most_ns(). Undefined outside.
  [[nodiscard]] std::optional<std::int64_t> ranked_ns(std::int64_t rank) const;
  /// Nearest-rank quantile, q in [0, 1]: ranked_ns(⌈q·count⌉). Undefined without a record or for another q.
  [[nodiscard]] std::optional<std::int64_t> quantile_ns(double q) const;
  [[nodiscard]] const std::vector<std::int64_t>& cells() const { return cells_; }
  /// Largest duration of a cell.
  [[nodiscard]] std::int64_t cell_end_ns(std::size_t cell) const;

 private:
  [[nodiscard]] std::size_t cell_of(std::int64_t duration_ns) const;

  int bits_;
  std::int64_t count_ = 0, least_ = 0, most_ = 0;
  std::vector<std::int64_t> cells_;
};

}  // namespace assay::metrics
