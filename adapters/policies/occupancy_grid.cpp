#include "adapters/policies/occupancy_grid.h"

#include <algorithm>
#include <cmath>

namespace assay::policies {
namespace {

constexpr int kHit = 3, kMiss = -1, kMost = 6, kLeast = -6;
constexpr int kSlowMost = 10;
constexpr double kTurn = 6.283185307179586;

}  // namespace

OccupancyGrid::OccupancyGrid(double size_m, double cell_m) : cell_m_(cell_m), side_(static_cast<int>(size_m / cell_m)) {
  clear();
}

void OccupancyGrid::clear() {
  const std::size_t cells = static_cast<std::size_t>(side_) * static_cast<std::size_t>(side_);
  evidence_.assign(cells, 0);
  slow_.assign(cells, 0);
  clearance_m_.assign(cells, 1e3);
}

Cell OccupancyGrid::cell(double x_m, double y_m) const {
  const auto index = [this](double v) {
    return static_cast<int>(std::floor(std::clamp(v / cell_m_, -1e6, 1e6))) + side_ / 2;
  };
  return {index(x_m), index(y_m)};
}

std::array<double, 2> OccupancyGrid::centre(Cell c) const {
  return {(c.x - side_ / 2 + 0.5) * cell_m_, (c.y - side_ / 2 + 0.5) * cell_m_};
}

void OccupancyGrid::change(Cell c, int fast, int slow) {
  if (!contains(c)) return;
  auto& e = evidence_[at(c)];
  e = static_cast<std::int8_t>(std::clamp(e + fast, kLeast, kMost));
  auto& s = slow_[at(c)];
  s = static_cast<std::int8_t>(std::clamp(s + slow, -kSlowMost, kSlowMost));
}

void OccupancyGrid::add(const std::array<double, 3>& pose, const RangeScan& scan) {
  const std::size_t n = scan.range_m.size();
  for (std::size_t i = 0; i < n; ++i) {
    const double far = cell_m_ * side_;  // a scanner may say anything; beyond the grid nothing is to be marked
    const double range = std::min(static_cast<double>(scan.range_m[i]), far);
    if (range < 0) continue;
    const double angle = pose[2] + kTurn * static_cast<double>(i) / static_cast<double>(n);
    const double dx = std::cos(angle), dy = std::sin(angle);
    const bool met = range < far && scan.range_m[i] < scan.max_m * 0.999F;
    Cell last{-1, -1};
    for (double r = 0; r < range - 0.5 * cell_m_; r += 0.5 * cell_m_) {
      const Cell c = cell(pose[0] + r * dx, pose[1] + r * dy);
      if (!(c == last)) change(c, kMiss, -1);
      last = c;
    }
    if (met) change(cell(pose[0] + range * dx, pose[1] + range * dy), kHit, 1);
  }
}

void OccupancyGrid::measure_clearance(double reach_m) {
  // Exact distances within a window around each occupied cell: few cells are occupied, the window is small.
  std::fill(clearance_m_.begin(), clearance_m_.end(), 1e3);
  const int reach = static_cast<int>(reach_m / cell_m_) + 1;
  for (int y = 0; y < side_; ++y)
    for (int x = 0; x < side_; ++x) {
      if (!occupied({x, y})) continue;
      for (int v = std::max(0, y - reach); v <= std::min(side_ - 1, y + reach); ++v)
        for (int u = std::max(0, x - reach); u <= std::min(side_ - 1, x + reach); ++u) {
          double& here = clearance_m_[at({u, v})];
          here = std::min(here, cell_m_ * std::sqrt(static_cast<double>((u - x) * (u - x) + (v - y) * (v - y))));
        }
    }
}

}  // namespace assay::policies
