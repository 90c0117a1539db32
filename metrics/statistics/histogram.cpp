#include "metrics/statistics/histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <string>

#include "metrics/input.h"

namespace assay::metrics {

LatencyHistogram::LatencyHistogram(int precision_bits) : bits_(std::clamp(precision_bits, 1, 14)) {}

std::size_t LatencyHistogram::cell_of(std::int64_t duration_ns) const {
  const auto value = static_cast<std::uint64_t>(duration_ns);
  const int doublings = std::max(0, static_cast<int>(std::bit_width(value)) - 1 - bits_);
  return (static_cast<std::size_t>(doublings) << bits_) + static_cast<std::size_t>(value >> doublings);
}

std::int64_t LatencyHistogram::cell_end_ns(std::size_t cell) const {
  const std::uint64_t cells = std::uint64_t{1} << bits_;
  if (cell < 2 * cells) return static_cast<std::int64_t>(cell);
  const auto doublings = (cell >> bits_) - 1;
  const std::uint64_t start = (cell & (cells - 1)) + cells;
  return static_cast<std::int64_t>(((start + 1) << doublings) - 1);
}

Result<void> LatencyHistogram::record(std::int64_t duration_ns, std::int64_t times) {
  ASSAY_RETURN_IF_ERROR(check_at_least("duration", static_cast<double>(duration_ns), 0));
  ASSAY_RETURN_IF_ERROR(check_at_least("times", static_cast<double>(times), 1));
  const auto cell = cell_of(duration_ns);
  if (cell >= cells_.size()) cells_.resize(cell + 1);
  cells_[cell] += times;
  least_ = count_ == 0 ? duration_ns : std::min(least_, duration_ns);
  most_ = std::max(most_, duration_ns);
  count_ += times;
  return {};
}

Result<void> LatencyHistogram::record_corrected(std::int64_t duration_ns, std::int64_t interval_ns) {
  ASSAY_RETURN_IF_ERROR(check_at_least("interval", static_cast<double>(interval_ns), 1));
  if (duration_ns / interval_ns > 1'000'000)
    return bad_input(1039, {"more than a million omitted records", "遗漏的记录超过一百万条"},
                     std::to_string(duration_ns) + " ns at " + std::to_string(interval_ns) + " ns");
  ASSAY_RETURN_IF_ERROR(record(duration_ns));
  for (auto missing = duration_ns - interval_ns; missing >= interval_ns; missing -= interval_ns)
    ASSAY_RETURN_IF_ERROR(record(missing));
  return {};
}

Result<void> LatencyHistogram::add(const LatencyHistogram& other) {
  if (other.bits_ != bits_)
    return bad_input(1036, {"histograms of different precision", "直方图精度不同"},
                     std::to_string(bits_) + " and " + std::to_string(other.bits_));
  if (other.count_ == 0) return {};
  cells_.resize(std::max(cells_.size(), other.cells_.size()));
  for (std::size_t i = 0; i < other.cells_.size(); ++i) cells_[i] += other.cells_[i];
  least_ = count_ == 0 ? other.least_ : std::min(least_, other.least_);
  most_ = std::max(most_, other.most_);
  count_ += other.count_;
  return {};
}

std::optional<std::int64_t> LatencyHistogram::least_ns() const {
  return count_ > 0 ? std::optional(least_) : std::nullopt;
}
std::optional<std::int64_t> LatencyHistogram::most_ns() const {
  return count_ > 0 ? std::optional(most_) : std::nullopt;
}

std::optional<std::int64_t> LatencyHistogram::ranked_ns(std::int64_t rank) const {
  if (rank < 1 || rank > count_) return std::nullopt;
  std::int64_t seen = 0;
  for (std::size_t i = 0; i < cells_.size(); ++i) {
    seen += cells_[i];
    if (seen >= rank) return std::min(cell_end_ns(i), most_);
  }
  return most_;
}

std::optional<std::int64_t> LatencyHistogram::quantile_ns(double q) const {
  if (!(q >= 0 && q <= 1)) return std::nullopt;
  const double place = q * static_cast<double>(count_);
  const double nearest = std::round(place);
  const double rank = std::abs(place - nearest) <= 1e-9 ? nearest : std::ceil(place);
  return ranked_ns(std::max<std::int64_t>(1, static_cast<std::int64_t>(rank)));
}

}  // namespace assay::metrics
