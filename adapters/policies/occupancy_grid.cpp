#include "adapters/policies/occupancy_grid.h"

#include <algorithm>
#include <cmath>
#include <queue>

namespace assay::policies {
namespace {

constexpr int kHit = 3, kMiss = -1, kMost = 12, kLeast = -6;
constexpr double kTurn = 6.283185307179586;

}  // namespace

OccupancyGrid::OccupancyGrid(double size_m, double cell_m) : cell_m_(cell_m), side_(static_cast<int>(size_m / cell_m)) {
  clear();
}

void OccupancyGrid::clear() {
  const std::size_t cells = static_cast<std::size_t>(side_) * static_cast<std::size_t>(side_);
  evidence_.assign(cells, 0);
  was_occupied_.assign(cells, 0);
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

void OccupancyGrid::add(const std::array<double, 3>& pose, const RangeScan& scan) {
  const std::size_t n = scan.range_m.size();
  const auto change = [this](Cell c, int by) {
    if (!contains(c)) return;
    auto& e = evidence_[at(c)];
    e = static_cast<std::int8_t>(std::clamp(e + by, kLeast, kMost));
    if (e >= kHit) was_occupied_[at(c)] = 1;
  };
  for (std::size_t i = 0; i < n; ++i) {
    const double range = static_cast<double>(scan.range_m[i]);
    const double angle = pose[2] + kTurn * static_cast<double>(i) / static_cast<double>(n);
    const double dx = std::cos(angle), dy = std::sin(angle);
    const bool met = scan.range_m[i] < scan.max_m * 0.999F;
    Cell last{-1, -1};
    for (double r = 0; r < range - 0.5 * cell_m_; r += 0.5 * cell_m_) {
      const Cell c = cell(pose[0] + r * dx, pose[1] + r * dy);
      if (!(c == last)) change(c, kMiss);
      last = c;
    }
    if (met) change(cell(pose[0] + range * dx, pose[1] + range * dy), kHit - kMiss);
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

std::vector<Cell> plan_path(const OccupancyGrid& grid, Cell from, Cell to, double radius_m) {
  if (!grid.contains(from) || !grid.contains(to)) return {};
  const auto side = static_cast<std::size_t>(grid.side());
  const auto index = [side](Cell c) { return static_cast<std::size_t>(c.y) * side + static_cast<std::size_t>(c.x); };
  std::vector<double> best(side * side, 1e18);
  std::vector<int> parent(side * side, -1);
  using Entry = std::pair<double, std::size_t>;  // estimate, cell: ties by cell
  std::priority_queue<Entry, std::vector<Entry>, std::greater<>> open;
  const auto rest = [&](Cell c) {
    return std::sqrt(static_cast<double>((c.x - to.x) * (c.x - to.x) + (c.y - to.y) * (c.y - to.y)));
  };
  best[index(from)] = 0;
  open.push({rest(from), index(from)});
  while (!open.empty()) {
    const auto [estimate, here] = open.top();
    open.pop();
    const Cell c{static_cast<int>(here % side), static_cast<int>(here / side)};
    if (c == to) break;
    if (estimate > best[here] + rest(c) + 1e-9) continue;
    for (int dy = -1; dy <= 1; ++dy)
      for (int dx = -1; dx <= 1; ++dx) {
        const Cell next{c.x + dx, c.y + dy};
        if ((dx == 0 && dy == 0) || !grid.contains(next)) continue;
        const double clearance = grid.clearance_m(next);
        // Where the robot stands in a closed cell it may only move towards more room.
        if (clearance < radius_m && clearance <= grid.clearance_m(c)) continue;
        double cost = dx != 0 && dy != 0 ? std::sqrt(2.0) : 1.0;
        const double margin = clearance - radius_m;
        if (margin < 0.5) cost *= 1 + 4 * (0.5 - std::max(0.0, margin));
        if (!grid.known_free(next)) cost *= 2;
        if (grid.traffic(next)) cost *= 5;
        const double total = best[here] + cost;
        if (total >= best[index(next)]) continue;
        best[index(next)] = total;
        parent[index(next)] = static_cast<int>(here);
        open.push({total + rest(next), index(next)});
      }
  }
  if (parent[index(to)] < 0) return {};
  std::vector<Cell> path;
  for (int at = static_cast<int>(index(to)); at >= 0; at = parent[static_cast<std::size_t>(at)])
    path.push_back({at % static_cast<int>(side), at / static_cast<int>(side)});
  std::reverse(path.begin(), path.end());
  return path;
}

}  // namespace assay::policies
