// A condition's channels out of the rows of the truth record.
#include <algorithm>
#include <bit>
#include <cmath>

#include "metrics/evaluate.h"

namespace assay::metrics {

namespace {

/// Highest bit set iff the value is infinite or not a number: cheaper to gather over a column than a sum.
std::uint64_t magnitude_beyond_finite(double value) {
  constexpr std::uint64_t kMagnitude = 0x7fffffffffffffff, kOneExponent = 0x0010000000000000;
  return (std::bit_cast<std::uint64_t>(value) & kMagnitude) + kOneExponent;
}

}  // namespace

TruthColumns::TruthColumns(const Condition& condition, const Stream& truth) : truth_(truth) {
  want(condition);
  values_ = std::make_unique_for_overwrite<double[]>(columns_.size() * rows());
  read();
}

/// Channels that are not in the record are left out; column() says so when they are asked for.
void TruthColumns::want(const Condition& condition) {
  for (const auto& name : predicate_channels(condition)) {
    const int channel = truth_.find(name);
    const bool known =
        std::any_of(columns_.begin(), columns_.end(), [&](const auto& column) { return column.name == name; });
    if (channel >= 0 && !known) columns_.push_back({name, static_cast<std::size_t>(channel), true});
  }
  for (const auto& child : condition.children) want(child);
}

/// In blocks of rows that stay in the nearest cache while every column is taken out of them.
void TruthColumns::read() {
  constexpr std::size_t kBlock = 256;
  const std::size_t width = truth_.channels.size();
  for (std::size_t first = 0; first < rows(); first += kBlock) {
    const std::size_t last = std::min(first + kBlock, rows());
    for (std::size_t k = 0; k < columns_.size(); ++k) {
      const double* from = truth_.values.data() + columns_[k].channel;
      double* to = values(k);
      std::uint64_t top = 0;
      for (std::size_t i = first; i < last; ++i) {
        to[i] = from[i * width];
        top |= magnitude_beyond_finite(to[i]);
      }
      columns_[k].finite = columns_[k].finite && (top >> 63) == 0;
    }
  }
}

Result<std::span<const double>> TruthColumns::column(const std::string& name) const {
  const auto found =
      std::find_if(columns_.begin(), columns_.end(), [&](const auto& column) { return column.name == name; });
  if (found == columns_.end())
    return metrics_error(
        1001, {"a truth signal that the condition needs is not in the trace", "轨迹中缺少判定条件所需的真值信号"},
        {"a channel " + name + " in " + truth_.topic, truth_.topic + " 中的通道 " + name}, name,
        {"let the robot's adapter provide the signal, or use a condition that this robot can evidence",
         "请让机器人适配器提供该信号，或改用此机器人能够举证的条件"});
  const auto index = static_cast<std::size_t>(found - columns_.begin());
  if (!found->finite) return not_finite(index);
  return std::span<const double>(values(index), rows());
}

Error TruthColumns::not_finite(std::size_t column) const {
  const double* from = values(column);
  const auto row =
      static_cast<std::size_t>(std::find_if(from, from + rows(), [](double v) { return !std::isfinite(v); }) - from);
  return metrics_error(1002, {"a truth signal is not a finite number", "真值信号不是有限数"},
                       {"a finite value at t = " + std::to_string(truth_.t_ns[row]) + " ns",
                        "t = " + std::to_string(truth_.t_ns[row]) + " ns 时为有限数"},
                       columns_[column].name,
                       {"look for the instrument or simulation fault at that time", "请检查该时刻的仪器或仿真故障"});
}

}  // namespace assay::metrics
