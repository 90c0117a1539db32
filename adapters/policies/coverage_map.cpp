#include "adapters/policies/coverage_map.h"

#include <algorithm>
#include <cmath>
#include <queue>
#include <utility>

namespace assay::policies {
namespace {

constexpr int kComb = 5;            // cells between the lanes of the comb
constexpr int kShortest = 4;        // cells of new floor that a lane of the comb must have
constexpr int kLeastGain = 4;       // cells that are worth a way of their own
constexpr double kTurning_m = 0.6;  // what setting out on a lane costs, as a way
constexpr double kFar_m = 1e9;

}  // namespace

/// One look at the floor: what can be reached, how far it is, what is left.
struct CoverageMap::Search {
  Search(const OccupancyGrid& g, const std::vector<bool>& swept, double brush_m, double radius_m)
      : grid(g), side(g.side()), reach(static_cast<int>(brush_m / g.cell_m())), radius(radius_m) {
    const auto cells = static_cast<std::size_t>(side) * static_cast<std::size_t>(side);
    way_m.assign(cells, kFar_m);
    left.assign(cells, false);
    done = &swept;
  }

  [[nodiscard]] std::size_t at(Cell c) const {
    return static_cast<std::size_t>(c.y) * static_cast<std::size_t>(side) + static_cast<std::size_t>(c.x);
  }

  void walk(Cell from) {
    using Entry = std::pair<double, std::size_t>;
    std::priority_queue<Entry, std::vector<Entry>, std::greater<>> open;
    way_m[at(from)] = 0;
    open.push({0, at(from)});
    while (!open.empty()) {
      const auto [way, here] = open.top();
      open.pop();
      if (way > way_m[here]) continue;
      const Cell c{static_cast<int>(here) % side, static_cast<int>(here) / side};
      for (int dy = -1; dy <= 1; ++dy)
        for (int dx = -1; dx <= 1; ++dx) {
          const Cell next{c.x + dx, c.y + dy};
          if ((dx == 0 && dy == 0) || !grid.contains(next) || !grid.known_free(next)) continue;
          // Where the base stands too near to something it may only move towards more room.
          if (grid.clearance_m(next) < radius && grid.clearance_m(next) <= grid.clearance_m(c)) continue;
          const double total = way + grid.cell_m() * (dx != 0 && dy != 0 ? 1.4142135623730951 : 1.0);
          if (total >= way_m[at(next)]) continue;
          way_m[at(next)] = total;
          open.push({total, at(next)});
        }
    }
  }

  void mark_left(const Inside& inside) {
    for (int y = 0; y < side; ++y)
      for (int x = 0; x < side; ++x) {
        const Cell c{x, y};
        if (!grid.known_free(c) || (*done)[at(c)] || !inside(grid.centre(c))) continue;
        left[at(c)] = true;
      }
  }

  [[nodiscard]] bool stands(Cell c) const {
    return grid.contains(c) && way_m[at(c)] < kFar_m && grid.clearance_m(c) >= radius;
  }

  /// Cells of new floor that a base at `c` sweeps in the row across its way.
  [[nodiscard]] int gain(Cell c, bool along_x) const {
    int count = 0;
    for (int d = -reach; d <= reach; ++d) {
      const Cell over{along_x ? c.x : c.x + d, along_x ? c.y + d : c.y};
      if (grid.contains(over) && left[at(over)]) ++count;
    }
    return count;
  }

  /// Every run of cells along rows (or columns) in which `worth` finds something new, as (first, last, sum of worth).
  template <class Worth, class Visit>
  void runs(bool along_x, int step, Worth&& worth, Visit&& visit) const {
    for (int row = 0; row < side; row += step) {
      int first = -1, last = -1, sum = 0;
      const auto cell_of = [&](int i) { return along_x ? Cell{i, row} : Cell{row, i}; };
      const auto close = [&] {
        if (first >= 0) visit(cell_of(first), cell_of(last), sum);
        first = -1;
        sum = 0;
      };
      for (int i = 0; i < side; ++i) {
        const Cell c = cell_of(i);
        if (!stands(c)) {
          close();
          continue;
        }
        const int here = worth(c);
        if (here > 0) {
          if (first < 0) first = i;
          last = i;
          sum += here;
        } else if (first >= 0 && i - last > 2 * kComb) {
          close();
        }
      }
      close();
    }
  }

  [[nodiscard]] double nearer_m(Cell a, Cell b) const { return std::min(way_m[at(a)], way_m[at(b)]); }
  [[nodiscard]] Lane lane(Cell a, Cell b) const {
    if (way_m[at(b)] < way_m[at(a)]) std::swap(a, b);
    return {grid.centre(a), grid.centre(b)};
  }

  const OccupancyGrid& grid;
  int side, reach;
  double radius;
  std::vector<double> way_m;
  std::vector<bool> left;
  const std::vector<bool>* done;
};

CoverageMap::CoverageMap(const OccupancyGrid& grid, double brush_m)
    : swept_(static_cast<std::size_t>(grid.side()) * static_cast<std::size_t>(grid.side()), false), brush_m_(brush_m) {}

void CoverageMap::sweep(const OccupancyGrid& grid, const std::array<double, 3>& pose) {
  give_up(grid, {pose[0], pose[1]}, brush_m_);
}

void CoverageMap::give_up(const OccupancyGrid& grid, const std::array<double, 2>& at_m, double radius_m) {
  const Cell here = grid.cell(at_m[0], at_m[1]);
  const int reach = static_cast<int>(radius_m / grid.cell_m()) + 1;
  for (int y = here.y - reach; y <= here.y + reach; ++y)
    for (int x = here.x - reach; x <= here.x + reach; ++x) {
      if (!grid.contains({x, y})) continue;
      const auto centre = grid.centre({x, y});
      if (std::hypot(centre[0] - at_m[0], centre[1] - at_m[1]) > radius_m) continue;
      swept_[static_cast<std::size_t>(y) * static_cast<std::size_t>(grid.side()) + static_cast<std::size_t>(x)] = true;
    }
}

std::optional<Lane> CoverageMap::next(const OccupancyGrid& grid, const std::array<double, 3>& pose, double radius_m,
                                      const Inside& inside) const {
  const Cell from = grid.cell(pose[0], pose[1]);
  if (!grid.contains(from)) return std::nullopt;
  Search search(grid, swept_, brush_m_, radius_m);
  search.walk(from);
  search.mark_left(inside);
  std::optional<Lane> best;
  double least = kFar_m;
  search.runs(
      true, kComb, [&](Cell c) { return search.left[search.at(c)] ? 1 : 0; },
      [&](Cell a, Cell b, int sum) {
        if (sum < kShortest || search.nearer_m(a, b) >= least) return;
        least = search.nearer_m(a, b);
        best = search.lane(a, b);
      });
  if (best) return best;
  for (const bool along_x : {true, false})
    search.runs(
        along_x, 1, [&](Cell c) { return search.gain(c, along_x); },
        [&](Cell a, Cell b, int sum) {
          const double length = grid.cell_m() * std::hypot(a.x - b.x, a.y - b.y);
          const double price = (search.nearer_m(a, b) + length + kTurning_m) / sum;
          if (sum < kLeastGain || price >= least) return;
          least = price;
          best = search.lane(a, b);
        });
  return best;
}

}  // namespace assay::policies
