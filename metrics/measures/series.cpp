#include "metrics/measures/series.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>

#include "metrics/input.h"

namespace assay::metrics::series {

double norm(const Vector3& v) { return std::sqrt(dot(v, v)); }

double distance(const Vector3& a, const Vector3& b) { return norm(minus(a, b)); }

double wrap(double angle_rad) {
  const double reduced = std::remainder(angle_rad, 2 * std::numbers::pi);
  return reduced <= -std::numbers::pi ? std::numbers::pi : reduced;
}

std::optional<double> mean(std::span<const double> x) {
  if (x.empty()) return std::nullopt;
  double sum = 0;
  for (const double value : x) sum += value;
  return sum / static_cast<double>(x.size());
}

std::optional<double> deviation(std::span<const double> x) {
  if (x.size() < 2) return std::nullopt;
  const double centre = *mean(x);
  double sum = 0;
  for (const double value : x) sum += (value - centre) * (value - centre);
  return std::sqrt(sum / static_cast<double>(x.size() - 1));
}

namespace {

/// The value of rank `rank` (0 = smallest) and that of the rank below (itself for rank 0), of the values in `x`.
std::pair<double, double> ranked(std::vector<double>& x, std::size_t rank) {
  const auto at = x.begin() + static_cast<std::ptrdiff_t>(rank);
  std::nth_element(x.begin(), at, x.end());
  return {*at, rank == 0 ? *at : *std::max_element(x.begin(), at)};
}

/// A long list's middle lies in one of 1024 slots of equal width, found by counting: only that slot need be ordered.
constexpr std::size_t kSlots = 1024;

std::pair<double, double> ranked_by_counting(std::span<const double> x, std::size_t rank) {
  double smallest = x[0], largest = x[0];
  for (const double value : x) smallest = std::min(smallest, value), largest = std::max(largest, value);
  const double width = largest - smallest, per_width = (kSlots - 1) / width;
  std::vector<double> chosen;
  if (!std::isfinite(width) || !std::isfinite(per_width)) {  // all equal, or too far apart to subtract
    chosen.assign(x.begin(), x.end());
    return ranked(chosen, rank);
  }
  const auto slot = [&](double value) { return static_cast<std::uint32_t>((value - smallest) * per_width); };
  std::array<std::uint32_t, kSlots> count{};
  for (const double value : x) ++count[slot(value)];
  std::uint32_t from = 0;
  std::size_t below = 0;
  while (below + count[from] <= rank) below += count[from++];
  for (const double value : x)
    if (slot(value) == from) chosen.push_back(value);
  auto [value, previous] = ranked(chosen, rank - below);
  if (rank == below && below > 0) {  // the rank below lies in an earlier slot
    previous = smallest;
    for (const double other : x)
      if (slot(other) < from) previous = std::max(previous, other);
  }
  return {value, previous};
}

}  // namespace

std::optional<double> median(std::span<const double> x) {
  if (x.empty()) return std::nullopt;
  constexpr std::size_t kLong = 2048;
  std::vector<double> copy;
  if (x.size() < kLong) copy.assign(x.begin(), x.end());
  const auto [upper, lower] = copy.empty() ? ranked_by_counting(x, x.size() / 2) : ranked(copy, x.size() / 2);
  return x.size() % 2 == 1 ? upper : (lower + upper) / 2;
}

std::optional<Vector3> mean(std::span<const Vector3> points) {
  if (points.empty()) return std::nullopt;
  Vector3 sum{0, 0, 0};
  for (const auto& p : points)
    for (std::size_t k = 0; k < 3; ++k) sum[k] += p[k];
  for (auto& value : sum) value /= static_cast<double>(points.size());
  return sum;
}

double polyline(std::span<const Vector3> points) {
  double length = 0;
  for (std::size_t i = 1; i < points.size(); ++i) length += distance(points[i], points[i - 1]);
  return length;
}

Result<void> check_finite(std::string_view name, std::span<const Vector3> points) {
  for (std::size_t i = 0; i < points.size(); ++i) {
    const auto& p = points[i];
    const double apart = (p[0] - p[0]) + (p[1] - p[1]) + (p[2] - p[2]);  // NaN unless all three are finite
    if (apart != 0) return metrics::check_finite(fmt::format("{}[{}]", name, i), std::span<const double>(p));
  }
  return {};
}

Result<void> check_finite(std::string_view name, const Vector3& point) {
  return metrics::check_finite(name, std::span<const double>(point));
}

Result<void> check_not_negative(std::string_view name, std::span<const double> values) {
  ASSAY_RETURN_IF_ERROR(metrics::check_finite(name, values));
  for (std::size_t i = 0; i < values.size(); ++i)
    if (values[i] < 0) return check_at_least(fmt::format("{}[{}]", name, i), values[i], 0);
  return {};
}

Result<void> check_result(std::string_view name, std::initializer_list<double> values) {
  for (const double value : values)
    if (!std::isfinite(value))
      return bad_input(1036,
                       {fmt::format("{} leaves the range of floating-point numbers: the input is too large", name),
                        fmt::format("{} 超出浮点数范围：输入数值过大", name)},
                       fmt::format("{}", value));
  return {};
}

}  // namespace assay::metrics::series
