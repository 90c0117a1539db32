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

/// Of a long list a sample tells within which two values the rank lies, nearly always: only those between are ordered.
constexpr std::size_t kSample = 1024, kReach = 48;  // three standard deviations of a median's rank in the sample

std::pair<double, double> ranked_by_sample(std::span<const double> x, std::size_t rank) {
  std::vector<double> sample(kSample), chosen(x.size());
  for (std::size_t i = 0; i < kSample; ++i) sample[i] = x[i * (x.size() / kSample)];
  const auto middle = static_cast<std::ptrdiff_t>(std::clamp(rank * kSample / x.size(), kReach, kSample - 1 - kReach));
  const auto from = sample.begin() + middle - kReach, to = sample.begin() + middle + kReach;
  std::nth_element(sample.begin(), from, sample.end());
  std::nth_element(from + 1, to, sample.end());
  const double low = *from, high = *to;
  std::size_t below = 0, kept = 0;
  for (const double value : x) {  // without a branch: none could be foreseen
    chosen[kept] = value;
    kept += static_cast<std::size_t>(value >= low) & static_cast<std::size_t>(value <= high);
    below += static_cast<std::size_t>(value < low);
  }
  if (rank <= below || rank >= below + kept) {
    chosen.assign(x.begin(), x.end());
    return ranked(chosen, rank);
  }
  chosen.resize(kept);
  return ranked(chosen, rank - below);
}

}  // namespace

std::optional<double> median(std::span<const double> x) {
  if (x.empty()) return std::nullopt;
  constexpr std::size_t kLong = 2048;
  std::vector<double> copy;
  if (x.size() < kLong) copy.assign(x.begin(), x.end());
  const auto [upper, lower] = copy.empty() ? ranked_by_sample(x, x.size() / 2) : ranked(copy, x.size() / 2);
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
  // A sum of numbers is finite only if all of them are; twelve sums do not wait for each other.
  std::array<double, 12> sums{};
  for (std::size_t i = 0; i + 4 <= points.size(); i += 4)
    for (std::size_t k = 0; k < sums.size(); ++k) sums[k] += points[i + k / 3][k % 3];
  for (std::size_t i = points.size() / 4 * 4; i < points.size(); ++i)
    for (std::size_t k = 0; k < 3; ++k) sums[k] += points[i][k];
  if (std::all_of(sums.begin(), sums.end(), [](double sum) { return std::isfinite(sum); })) return {};
  for (std::size_t i = 0; i < points.size(); ++i)
    ASSAY_RETURN_IF_ERROR(metrics::check_finite(fmt::format("{}[{}]", name, i), std::span<const double>(points[i])));
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
