#include "metrics/measures/iso9283_pose.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "metrics/input.h"
#include "metrics/measures/stamps.h"

namespace assay::metrics {

namespace {

using series::deviation;
using series::distance;
using series::mean;

/// Deviation of angle k from the command, per pose.
std::vector<double> turned(std::span<const Vector3> attained_rad, const Vector3& commanded_rad, std::size_t k) {
  std::vector<double> out;
  out.reserve(attained_rad.size());
  for (const auto& a : attained_rad) out.push_back(series::wrap(a[k] - commanded_rad[k]));
  return out;
}

std::optional<double> three_deviations(std::span<const double> x) {
  const auto s = deviation(x);
  return s ? std::optional(3 * *s) : std::nullopt;
}

void describe_positions(const Vector3& commanded_m, std::span<const Vector3> attained_m, PoseCharacteristics& out) {
  const auto centre = mean(attained_m);
  if (!centre) return;
  out.accuracy_m = distance(*centre, commanded_m);
  for (std::size_t k = 0; k < 3; ++k) out.accuracy_axis_m[k] = (*centre)[k] - commanded_m[k];
  std::vector<double> l;
  l.reserve(attained_m.size());
  for (const auto& p : attained_m) l.push_back(distance(p, *centre));
  out.l_mean_m = attained_m.size() == 1 ? 0.0 : *mean(l);
  out.s_l_m = deviation(l);
  if (out.s_l_m) out.repeatability_m = *out.l_mean_m + 3 * *out.s_l_m;
}

Result<void> check_groups(std::span<const std::vector<Vector3>> position_m,
                          std::span<const std::vector<Vector3>> angle_rad) {
  ASSAY_RETURN_IF_ERROR(check_same_length("positions", position_m.size(), "angles", angle_rad.size()));
  for (std::size_t h = 0; h < position_m.size(); ++h) {
    const auto p = fmt::format("positions[{}]", h), a = fmt::format("angles[{}]", h);
    ASSAY_RETURN_IF_ERROR(check_same_length(p, position_m[h].size(), a, angle_rad[h].size()));
    ASSAY_RETURN_IF_ERROR(series::check_finite(p, position_m[h]));
    ASSAY_RETURN_IF_ERROR(series::check_finite(a, angle_rad[h]));
  }
  return {};
}

std::optional<double> apart(const std::optional<double>& a, const std::optional<double>& b) {
  return a && b ? std::optional(std::abs(*a - *b)) : std::nullopt;
}

std::optional<double> largest(const std::vector<std::optional<double>>& values) {
  std::optional<double> out;
  for (const auto& value : values)
    if (value && (!out || *value > *out)) out = value;
  return out;
}

}  // namespace

Result<PoseCharacteristics> pose_characteristics(const Vector3& commanded_m, const Vector3& commanded_rad,
                                                 std::span<const Vector3> attained_m,
                                                 std::span<const Vector3> attained_rad) {
  ASSAY_RETURN_IF_ERROR(series::check_finite("commanded position", commanded_m));
  ASSAY_RETURN_IF_ERROR(series::check_finite("commanded angles", commanded_rad));
  ASSAY_RETURN_IF_ERROR(check_same_length("positions", attained_m.size(), "angles", attained_rad.size()));
  ASSAY_RETURN_IF_ERROR(series::check_finite("attained positions", attained_m));
  ASSAY_RETURN_IF_ERROR(series::check_finite("attained angles", attained_rad));
  PoseCharacteristics out;
  describe_positions(commanded_m, attained_m, out);
  for (std::size_t k = 0; k < 3; ++k) {
    const auto d = turned(attained_rad, commanded_rad, k);
    out.accuracy_rad[k] = mean(d);
    out.repeatability_rad[k] = three_deviations(d);
  }
  ASSAY_RETURN_IF_ERROR(series::check_result("pose", {out.accuracy_m.value_or(0), out.l_mean_m.value_or(0),
                                                      out.s_l_m.value_or(0), out.repeatability_m.value_or(0)}));
  return out;
}

Result<DirectionVariation> multidirectional_variation(const Vector3& commanded_rad,
                                                      std::span<const std::vector<Vector3>> direction_m,
                                                      std::span<const std::vector<Vector3>> direction_rad) {
  ASSAY_RETURN_IF_ERROR(series::check_finite("commanded angles", commanded_rad));
  ASSAY_RETURN_IF_ERROR(check_groups(direction_m, direction_rad));
  DirectionVariation out;
  if (direction_m.size() < 2) return out;
  std::vector<Vector3> centre_m, centre_rad;
  for (std::size_t h = 0; h < direction_m.size(); ++h) {
    if (direction_m[h].empty()) return out;
    centre_m.push_back(*mean(direction_m[h]));
    centre_rad.push_back({});
    for (std::size_t k = 0; k < 3; ++k) centre_rad.back()[k] = *mean(turned(direction_rad[h], commanded_rad, k));
  }
  out.variation_m = 0;
  out.variation_rad = {0, 0, 0};
  for (std::size_t h = 0; h < centre_m.size(); ++h)
    for (std::size_t j = h + 1; j < centre_m.size(); ++j) {
      out.variation_m = std::max(*out.variation_m, distance(centre_m[h], centre_m[j]));
      for (std::size_t k = 0; k < 3; ++k)
        out.variation_rad[k] = std::max(*out.variation_rad[k], std::abs(centre_rad[h][k] - centre_rad[j][k]));
    }
  ASSAY_RETURN_IF_ERROR(series::check_result("variation", {*out.variation_m}));
  return out;
}

Result<DistanceCharacteristics> distance_characteristics(const Vector3& commanded_1_m, const Vector3& commanded_2_m,
                                                         std::span<const Vector3> attained_1_m,
                                                         std::span<const Vector3> attained_2_m) {
  ASSAY_RETURN_IF_ERROR(series::check_finite("commanded position 1", commanded_1_m));
  ASSAY_RETURN_IF_ERROR(series::check_finite("commanded position 2", commanded_2_m));
  ASSAY_RETURN_IF_ERROR(check_same_length("positions 1", attained_1_m.size(), "positions 2", attained_2_m.size()));
  ASSAY_RETURN_IF_ERROR(series::check_finite("attained positions 1", attained_1_m));
  ASSAY_RETURN_IF_ERROR(series::check_finite("attained positions 2", attained_2_m));
  DistanceCharacteristics out;
  out.commanded_m = distance(commanded_1_m, commanded_2_m);
  std::vector<double> d(attained_1_m.size());
  std::transform(attained_1_m.begin(), attained_1_m.end(), attained_2_m.begin(), d.begin(), distance);
  out.mean_m = mean(d);
  if (out.mean_m) out.accuracy_m = *out.mean_m - out.commanded_m;
  out.repeatability_m = three_deviations(d);
  for (std::size_t k = 0; k < 3; ++k) {
    for (std::size_t j = 0; j < d.size(); ++j) d[j] = std::abs(attained_1_m[j][k] - attained_2_m[j][k]);
    if (!d.empty()) out.accuracy_axis_m[k] = *mean(d) - std::abs(commanded_1_m[k] - commanded_2_m[k]);
    out.repeatability_axis_m[k] = three_deviations(d);
  }
  ASSAY_RETURN_IF_ERROR(
      series::check_result("distance", {out.commanded_m, out.accuracy_m.value_or(0), out.repeatability_m.value_or(0)}));
  return out;
}

Result<Drift> pose_drift(std::span<const double> block_time_s, const Vector3& commanded_m,
                         std::span<const std::vector<Vector3>> block_m) {
  ASSAY_RETURN_IF_ERROR(check_same_length("block times", block_time_s.size(), "blocks", block_m.size()));
  ASSAY_RETURN_IF_ERROR(stamps_ns("block times", block_time_s));
  Drift out;
  for (const auto& block : block_m) {
    const std::vector<Vector3> angles(block.size(), Vector3{0, 0, 0});
    ASSAY_TRY(const auto pose, pose_characteristics(commanded_m, {0, 0, 0}, block, angles));
    out.accuracy_m.push_back(pose.accuracy_m);
    out.repeatability_m.push_back(pose.repeatability_m);
    out.accuracy_drift_m.push_back(apart(out.accuracy_m.front(), pose.accuracy_m));
    out.repeatability_drift_m.push_back(apart(out.repeatability_m.front(), pose.repeatability_m));
  }
  if (block_m.empty()) return out;
  out.accuracy_end_m = out.accuracy_drift_m.back();
  out.repeatability_end_m = out.repeatability_drift_m.back();
  out.accuracy_max_m = largest(out.accuracy_drift_m);
  out.repeatability_max_m = largest(out.repeatability_drift_m);
  return out;
}

namespace {

struct CycleResult {
  std::optional<double> time_s, overshoot_m;
};

CycleResult stabilise(const StabilisationCycle& cycle, double band_m) {
  const auto& t = cycle.time_s;
  const auto& d = cycle.distance_m;
  std::optional<double> first_s, last_s;
  double overshoot_m = 0;
  for (std::size_t i = 0; i < d.size(); ++i) {
    if (d[i] > band_m) {
      if (first_s) overshoot_m = std::max(overshoot_m, d[i]);
    } else if (i == 0 || d[i - 1] > band_m) {
      last_s = i == 0 ? t[0] : t[i - 1] + (d[i - 1] - band_m) / (d[i - 1] - d[i]) * (t[i] - t[i - 1]);
      if (!first_s) first_s = last_s;
    }
  }
  if (!first_s) return {};
  if (d.back() > band_m) return {std::nullopt, overshoot_m};
  return {*last_s - *first_s, overshoot_m};
}

}  // namespace

Result<Stabilisation> pose_stabilisation(double limit_band_m, std::span<const StabilisationCycle> cycles) {
  ASSAY_RETURN_IF_ERROR(check_finite("limit band", limit_band_m));
  ASSAY_RETURN_IF_ERROR(check_at_least("limit band", limit_band_m, 0));
  Stabilisation out;
  bool every_time = !cycles.empty(), every_overshoot = !cycles.empty();
  double sum_s = 0, max_m = 0;
  for (std::size_t j = 0; j < cycles.size(); ++j) {
    const auto t = fmt::format("cycles[{}] times", j), d = fmt::format("cycles[{}] distances", j);
    ASSAY_RETURN_IF_ERROR(check_same_length(t, cycles[j].time_s.size(), d, cycles[j].distance_m.size()));
    ASSAY_RETURN_IF_ERROR(stamps_ns(t, cycles[j].time_s));
    ASSAY_RETURN_IF_ERROR(series::check_not_negative(d, cycles[j].distance_m));
    const auto result = stabilise(cycles[j], limit_band_m);
    out.time_s.push_back(result.time_s);
    out.overshoot_m.push_back(result.overshoot_m);
    every_time = every_time && result.time_s;
    every_overshoot = every_overshoot && result.overshoot_m;
    sum_s += result.time_s.value_or(0);
    max_m = std::max(max_m, result.overshoot_m.value_or(0));
  }
  if (every_time) out.time_mean_s = sum_s / static_cast<double>(cycles.size());
  if (every_overshoot) out.overshoot_max_m = max_m;
  return out;
}

}  // namespace assay::metrics
