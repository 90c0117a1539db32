#include "metrics/measures/travel.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "metrics/input.h"
#include "metrics/measures/stamps.h"

namespace assay::metrics {

Result<PathLength> path_length(std::span<const double> time_s, std::span<const Vector3> position_m) {
  ASSAY_RETURN_IF_ERROR(check_same_length("times", time_s.size(), "positions", position_m.size()));
  ASSAY_RETURN_IF_ERROR(stamps_ns("times", time_s));
  ASSAY_RETURN_IF_ERROR(series::check_finite("positions", position_m));
  PathLength out;
  if (position_m.empty()) return out;
  out.length_m = series::polyline(position_m);
  out.displacement_m = series::distance(position_m.back(), position_m.front());
  if (*out.length_m > 0) out.straightness = *out.displacement_m / *out.length_m;
  if (position_m.size() > 1) out.mean_speed_m_s = *out.length_m / (time_s.back() - time_s.front());
  ASSAY_RETURN_IF_ERROR(series::check_result("path length", {*out.length_m, *out.displacement_m}));
  return out;
}

Result<TransportCost> cost_of_transport(std::span<const double> time_s, std::span<const double> power_w,
                                        std::span<const Vector3> position_m, double mass_kg, double gravity_m_s2) {
  ASSAY_RETURN_IF_ERROR(check_same_length("times", time_s.size(), "powers", power_w.size()));
  ASSAY_RETURN_IF_ERROR(stamps_ns("times", time_s));
  ASSAY_RETURN_IF_ERROR(check_finite("power", power_w));
  ASSAY_RETURN_IF_ERROR(series::check_finite("positions", position_m));
  ASSAY_RETURN_IF_ERROR(check_at_least("mass", mass_kg, 0));
  ASSAY_RETURN_IF_ERROR(check_at_least("gravity", gravity_m_s2, 0));
  TransportCost out;
  if (!position_m.empty()) out.distance_m = series::polyline(position_m);
  if (!power_w.empty()) {
    std::vector<double> positive(power_w.begin(), power_w.end());
    for (auto& value : positive) value = std::max(value, 0.0);
    out.energy_j = trapezoid(time_s, power_w, 0, power_w.size() - 1);
    out.energy_positive_j = trapezoid(time_s, positive, 0, positive.size() - 1);
  }
  if (power_w.size() > 1) out.mean_power_w = *out.energy_j / (time_s.back() - time_s.front());
  const double work_j = mass_kg * gravity_m_s2 * out.distance_m.value_or(0);
  if (out.energy_j && work_j > 0) {
    out.cost_net = *out.energy_j / work_j;
    out.cost_positive = *out.energy_positive_j / work_j;
  }
  ASSAY_RETURN_IF_ERROR(series::check_result("energy", {out.energy_j.value_or(0), out.energy_positive_j.value_or(0),
                                                        out.distance_m.value_or(0), out.cost_net.value_or(0)}));
  return out;
}

namespace {

constexpr double kMaxCells = 1e8, kMaxLooks = 1e9;

Error too_large(double found) {
  return bad_input(1039, {"the grid or the path is too large for its cells", "网格或路径相对于栅格过大"},
                   fmt::format("{:.3g} cells", found));
}

/// Poses of one segment behind its start.
double pose_count(double length_m, double cell_m) { return std::max(1.0, std::ceil(4 * length_m / cell_m - 1e-9)); }

class Sweep {
 public:
  Sweep(const CoverageGrid& grid, double radius_m)
      : grid_(grid), radius_m_(radius_m), covered_(std::size_t(grid.cells_x) * std::size_t(grid.cells_y), 0) {}

  void visit(double x_m, double y_m) {
    const auto [i0, i1] = range(x_m - grid_.origin_m[0], grid_.cells_x);
    const auto [j0, j1] = range(y_m - grid_.origin_m[1], grid_.cells_y);
    for (int i = i0; i <= i1; ++i)
      for (int j = j0; j <= j1; ++j) {
        const double dx = grid_.origin_m[0] + (i + 0.5) * grid_.cell_size_m - x_m;
        const double dy = grid_.origin_m[1] + (j + 0.5) * grid_.cell_size_m - y_m;
        if (std::sqrt(dx * dx + dy * dy) <= radius_m_) covered_[cell(i, j)] = 1;
      }
  }

  [[nodiscard]] std::size_t cell(int i, int j) const {
    return std::size_t(i) * std::size_t(grid_.cells_y) + std::size_t(j);
  }
  [[nodiscard]] const std::vector<std::uint8_t>& covered() const { return covered_; }

 private:
  /// Cells whose centre may lie within the radius, one more on either side against rounding.
  [[nodiscard]] std::pair<int, int> range(double from_origin_m, int cells) const {
    const double low = std::floor((from_origin_m - radius_m_) / grid_.cell_size_m) - 1;
    const double high = std::ceil((from_origin_m + radius_m_) / grid_.cell_size_m) + 1;
    return {static_cast<int>(std::clamp(low, 0.0, static_cast<double>(cells))),
            static_cast<int>(std::clamp(high, -1.0, cells - 1.0))};
  }

  const CoverageGrid& grid_;
  double radius_m_;
  std::vector<std::uint8_t> covered_;
};

Result<void> check_grid(const CoverageGrid& grid, std::span<const std::array<double, 2>> waypoint_m, double radius_m) {
  ASSAY_RETURN_IF_ERROR(check_finite("origin", std::span<const double>(grid.origin_m)));
  ASSAY_RETURN_IF_ERROR(check_positive("cell size", grid.cell_size_m));
  ASSAY_RETURN_IF_ERROR(check_at_least("cells_x", grid.cells_x, 0));
  ASSAY_RETURN_IF_ERROR(check_at_least("cells_y", grid.cells_y, 0));
  ASSAY_RETURN_IF_ERROR(check_at_least("radius", radius_m, 0));
  const double cells = static_cast<double>(grid.cells_x) * static_cast<double>(grid.cells_y);
  if (cells > kMaxCells) return too_large(cells);
  for (const auto& [i, j] : grid.blocked)
    if (i < 0 || j < 0 || i >= grid.cells_x || j >= grid.cells_y)
      return bad_input(1032, {"a blocked cell lies outside the grid", "被占栅格位于网格之外"},
                       fmt::format("[{}, {}]", i, j));
  const double across = 2 * radius_m / grid.cell_size_m + 4;
  const double per_pose = std::min(across, grid.cells_x + 0.0) * std::min(across, grid.cells_y + 0.0);
  double poses = 1;
  for (std::size_t w = 0; w < waypoint_m.size(); ++w) {
    ASSAY_RETURN_IF_ERROR(check_finite("way-points", std::span<const double>(waypoint_m[w])));
    if (w == 0) continue;
    const double dx = waypoint_m[w][0] - waypoint_m[w - 1][0], dy = waypoint_m[w][1] - waypoint_m[w - 1][1];
    poses += pose_count(std::sqrt(dx * dx + dy * dy), grid.cell_size_m);
    if (!(poses * std::max(1.0, per_pose) <= kMaxLooks)) return too_large(poses * std::max(1.0, per_pose));
  }
  return {};
}

}  // namespace

Result<Coverage> coverage(const CoverageGrid& grid, std::span<const std::array<double, 2>> waypoint_m,
                          double radius_m) {
  ASSAY_RETURN_IF_ERROR(check_grid(grid, waypoint_m, radius_m));
  Sweep sweep(grid, radius_m);
  for (std::size_t w = 0; w < waypoint_m.size(); ++w) {
    if (w == 0) {
      sweep.visit(waypoint_m[0][0], waypoint_m[0][1]);
      continue;
    }
    const auto &a = waypoint_m[w - 1], &b = waypoint_m[w];
    const double dx = b[0] - a[0], dy = b[1] - a[1];
    const double k = pose_count(std::sqrt(dx * dx + dy * dy), grid.cell_size_m);
    for (double s = 1; s <= k; ++s) sweep.visit(a[0] + dx * s / k, a[1] + dy * s / k);
  }
  std::vector<std::uint8_t> blocked(sweep.covered().size(), 0);
  for (const auto& [i, j] : grid.blocked) blocked[sweep.cell(i, j)] = 1;
  Coverage out;
  for (std::size_t c = 0; c < blocked.size(); ++c) {
    if (blocked[c]) continue;
    ++out.free_cells;
    out.covered_cells += sweep.covered()[c];
  }
  if (out.free_cells > 0) out.fraction = static_cast<double>(out.covered_cells) / out.free_cells;
  return out;
}

}  // namespace assay::metrics
