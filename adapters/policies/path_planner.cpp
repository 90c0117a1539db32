#include "adapters/policies/path_planner.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <queue>
#include <utility>

namespace assay::policies {
namespace {

constexpr double kComfort_m = 0.5;  // beyond the radius; nearer to obstacles costs more
constexpr double kNearFactor = 4, kUnknownFactor = 2;

double rest(Cell c, Cell to) {
  return std::sqrt(static_cast<double>((c.x - to.x) * (c.x - to.x) + (c.y - to.y) * (c.y - to.y)));
}

class Search {
 public:
  Search(const OccupancyGrid& grid, Cell to, double radius_m, const std::vector<Discomfort>& discomfort)
      : grid_(grid), to_(to), radius_m_(radius_m), discomfort_(discomfort) {
    const auto side = static_cast<std::size_t>(grid.side());
    best_.assign(side * side, 1e18);
    parent_.assign(side * side, -1);
  }

  void run(Cell from) {
    from_ = nearest_ = from;
    best_[index(from)] = 0;
    open_.push({rest(from, to_), index(from)});
    while (!open_.empty()) {
      const auto [estimate, here] = open_.top();
      open_.pop();
      const Cell c = cell(here);
      if (estimate > best_[here] + rest(c, to_) + 1e-9) continue;
      if (rest(c, to_) < rest(nearest_, to_)) nearest_ = c;
      if (c == to_) return;
      for (int dy = -1; dy <= 1; ++dy)
        for (int dx = -1; dx <= 1; ++dx)
          if (dx != 0 || dy != 0) relax(c, {c.x + dx, c.y + dy});
    }
  }

  [[nodiscard]] std::vector<Cell> path_to_nearest() const {
    std::vector<Cell> path;
    for (int at = static_cast<int>(index(nearest_)); at >= 0; at = parent_[static_cast<std::size_t>(at)])
      path.push_back(cell(static_cast<std::size_t>(at)));
    std::reverse(path.begin(), path.end());
    return path;
  }
  [[nodiscard]] bool reached() const { return nearest_ == to_; }

 private:
  using Entry = std::pair<double, std::size_t>;  // estimate, cell: ties by cell

  [[nodiscard]] std::size_t index(Cell c) const {
    return static_cast<std::size_t>(c.y) * static_cast<std::size_t>(grid_.side()) + static_cast<std::size_t>(c.x);
  }
  [[nodiscard]] Cell cell(std::size_t i) const {
    const auto side = static_cast<std::size_t>(grid_.side());
    return {static_cast<int>(i % side), static_cast<int>(i / side)};
  }

  void relax(Cell c, Cell next) {
    if (!grid_.contains(next)) return;
    const double clearance = grid_.clearance_m(next);
    // Where the robot stands in a closed cell it may only move towards more room.
    if (clearance < radius_m_ && clearance <= grid_.clearance_m(c)) return;
    const double step = c.x != next.x && c.y != next.y ? std::sqrt(2.0) : 1.0;
    const double total = best_[index(c)] + step * factor(next, clearance - radius_m_);
    if (total >= best_[index(next)]) return;
    best_[index(next)] = total;
    parent_[index(next)] = static_cast<int>(index(c));
    open_.push({total + rest(next, to_), index(next)});
  }

  [[nodiscard]] double factor(Cell c, double margin_m) const {
    double factor = 1;
    if (margin_m < kComfort_m) factor *= 1 + kNearFactor * (1 - std::max(0.0, margin_m) / kComfort_m);
    if (!grid_.known_free(c)) factor *= kUnknownFactor;
    const auto at = grid_.centre(c);
    for (const auto& d : discomfort_)
      if (std::hypot(at[0] - d.x_m, at[1] - d.y_m) < d.radius_m) factor = std::max(factor, d.factor);
    return factor;
  }

  const OccupancyGrid& grid_;
  Cell to_, from_{}, nearest_{};
  double radius_m_;
  const std::vector<Discomfort>& discomfort_;
  std::vector<double> best_;
  std::vector<int> parent_;
  std::priority_queue<Entry, std::vector<Entry>, std::greater<>> open_;
};

}  // namespace

std::vector<Cell> plan_path(const OccupancyGrid& grid, Cell from, Cell to, double radius_m,
                            const std::vector<Discomfort>& discomfort, bool or_near) {
  if (!grid.contains(from) || !grid.contains(to)) return {};
  Search search(grid, to, radius_m, discomfort);
  search.run(from);
  if (!search.reached() && !or_near) return {};
  auto path = search.path_to_nearest();
  if (path.size() < 2 && !search.reached()) return {};
  return path;
}

}  // namespace assay::policies
