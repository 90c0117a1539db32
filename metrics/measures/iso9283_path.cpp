#include "metrics/measures/iso9283_path.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "metrics/input.h"

namespace assay::metrics {

namespace {

using series::deviation;
using series::dot;
using series::mean;
using series::norm;

void raise(std::optional<double>& value, double candidate) {
  if (!value || candidate > *value) value = candidate;
}

Result<void> check_cycles(std::string_view name, std::span<const std::vector<Vector3>> cycles, std::size_t points) {
  for (std::size_t j = 0; j < cycles.size(); ++j) {
    const auto cycle = fmt::format("{}[{}]", name, j);
    ASSAY_RETURN_IF_ERROR(check_same_length("commanded path", points, cycle, cycles[j].size()));
    ASSAY_RETURN_IF_ERROR(series::check_finite(cycle, cycles[j]));
  }
  return {};
}

/// Means over the cycles; empty if there is no cycle or any value is missing.
std::optional<double> full_mean(const std::vector<std::optional<double>>& values) {
  if (values.empty()) return std::nullopt;
  double sum = 0;
  for (const auto& value : values) {
    if (!value) return std::nullopt;
    sum += *value;
  }
  return sum / static_cast<double>(values.size());
}

/// Unit vector from a to b; empty if there is no length.
std::optional<Vector3> direction(const Vector3& a, const Vector3& b) {
  const auto d = series::minus(b, a);
  const double length = norm(d);
  if (!(length > 0)) return std::nullopt;
  return Vector3{d[0] / length, d[1] / length, d[2] / length};
}

struct Corner {
  Vector3 u2{}, outer{};
};

std::optional<Corner> corner_of(const Vector3& start_m, const Vector3& corner_m, const Vector3& end_m) {
  const auto u1 = direction(start_m, corner_m), u2 = direction(corner_m, end_m);
  if (!u1 || !u2) return std::nullopt;
  const double along = dot(*u1, *u2);
  const Vector3 outer{(*u1)[0] - along * (*u2)[0], (*u1)[1] - along * (*u2)[1], (*u1)[2] - along * (*u2)[2]};
  if (norm(outer) <= 1e-9) return std::nullopt;
  return Corner{*u2, outer};
}

}  // namespace

Result<PathCharacteristics> path_characteristics(std::span<const Vector3> commanded_m,
                                                 std::span<const std::vector<Vector3>> attained_m,
                                                 std::span<const Vector3> commanded_rad,
                                                 std::span<const std::vector<Vector3>> attained_rad) {
  ASSAY_RETURN_IF_ERROR(check_same_length("commanded path", commanded_m.size(), "angles", commanded_rad.size()));
  ASSAY_RETURN_IF_ERROR(check_same_length("attained paths", attained_m.size(), "angles", attained_rad.size()));
  ASSAY_RETURN_IF_ERROR(series::check_finite("commanded path", commanded_m));
  ASSAY_RETURN_IF_ERROR(series::check_finite("commanded angles", commanded_rad));
  ASSAY_RETURN_IF_ERROR(check_cycles("attained paths", attained_m, commanded_m.size()));
  ASSAY_RETURN_IF_ERROR(check_cycles("attained angles", attained_rad, commanded_m.size()));
  PathCharacteristics out;
  const auto n = attained_m.size();
  if (n == 0) return out;
  std::vector<double> column(n);
  std::vector<Vector3> at_point(n);
  for (std::size_t i = 0; i < commanded_m.size(); ++i) {
    for (std::size_t j = 0; j < n; ++j) at_point[j] = attained_m[j][i];
    const auto centre = *mean(at_point);
    raise(out.accuracy_m, series::distance(centre, commanded_m[i]));
    for (std::size_t j = 0; j < n; ++j) column[j] = series::distance(at_point[j], centre);
    if (const auto s = deviation(column)) raise(out.repeatability_m, *mean(column) + 3 * *s);
    for (std::size_t k = 0; k < 3; ++k) {
      for (std::size_t j = 0; j < n; ++j) column[j] = series::wrap(attained_rad[j][i][k] - commanded_rad[i][k]);
      raise(out.accuracy_rad[k], std::abs(*mean(column)));
      if (const auto s = deviation(column)) raise(out.repeatability_rad[k], 3 * *s);
    }
  }
  ASSAY_RETURN_IF_ERROR(series::check_result("path", {out.accuracy_m.value_or(0), out.repeatability_m.value_or(0)}));
  return out;
}

Result<CornerDeviations> corner_deviations(const Vector3& start_m, const Vector3& corner_m, const Vector3& end_m,
                                           std::span<const std::vector<Vector3>> cycle_m) {
  for (const auto* point : {&start_m, &corner_m, &end_m})
    ASSAY_RETURN_IF_ERROR(series::check_finite("commanded corner", *point));
  const auto corner = corner_of(start_m, corner_m, end_m);
  CornerDeviations out;
  for (std::size_t j = 0; j < cycle_m.size(); ++j) {
    ASSAY_RETURN_IF_ERROR(series::check_finite(fmt::format("cycles[{}]", j), cycle_m[j]));
    std::optional<double> nearest, farthest;
    if (corner && !cycle_m[j].empty()) farthest = 0;
    for (const auto& p : cycle_m[j]) {
      const auto q = series::minus(p, corner_m);
      const double away = norm(q);
      if (!nearest || away < *nearest) nearest = away;
      if (!corner || !(dot(q, corner->outer) > 0)) continue;
      const double along = dot(q, corner->u2);
      const Vector3 off{q[0] - along * corner->u2[0], q[1] - along * corner->u2[1], q[2] - along * corner->u2[2]};
      raise(farthest, norm(off));
    }
    ASSAY_RETURN_IF_ERROR(series::check_result("corner", {nearest.value_or(0), farthest.value_or(0)}));
    out.rounding_m.push_back(nearest);
    out.overshoot_m.push_back(farthest);
  }
  out.rounding_mean_m = full_mean(out.rounding_m);
  out.overshoot_mean_m = full_mean(out.overshoot_m);
  return out;
}

Result<VelocityCharacteristics> path_velocity_characteristics(double commanded_m_s,
                                                              std::span<const std::vector<double>> cycle_m_s) {
  ASSAY_RETURN_IF_ERROR(check_finite("commanded speed", commanded_m_s));
  for (std::size_t j = 0; j < cycle_m_s.size(); ++j)
    ASSAY_RETURN_IF_ERROR(check_finite(fmt::format("cycles[{}]", j), cycle_m_s[j]));
  VelocityCharacteristics out;
  std::vector<double> means;
  double fluctuation = 0;
  for (const auto& cycle : cycle_m_s) {
    const auto average = mean(cycle);
    if (!average) return VelocityCharacteristics{};
    means.push_back(*average);
    const auto [low, high] = std::minmax_element(cycle.begin(), cycle.end());
    fluctuation = std::max(fluctuation, *high - *low);
  }
  out.mean_m_s = mean(means);
  if (!out.mean_m_s) return out;
  out.fluctuation_m_s = fluctuation;
  if (commanded_m_s != 0) {
    out.accuracy_percent = (*out.mean_m_s - commanded_m_s) / commanded_m_s * 100;
    if (const auto s = deviation(means)) out.repeatability_percent = 3 * *s / commanded_m_s * 100;
  }
  ASSAY_RETURN_IF_ERROR(series::check_result(
      "velocity", {*out.mean_m_s, out.accuracy_percent.value_or(0), out.repeatability_percent.value_or(0)}));
  return out;
}

}  // namespace assay::metrics
