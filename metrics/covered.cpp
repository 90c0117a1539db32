// Share of a surface's cells that something has swept.
#include <algorithm>
#include <cmath>

#include "metrics/evaluate.h"

namespace assay::metrics {

namespace {

using Values = std::vector<double>;
using Point = std::array<double, 3>;

/// Channels of `covered`: a (3), b (7), then each exception (7).
constexpr std::size_t kSurface = 3, kPose = 7;

/// The grid over the surface b, in b's frame. Cells that do not count are never open.
struct Grid {
  std::size_t nx = 0, ny = 0, counted = 0, swept = 0;
  double cell = 0;
  std::vector<char> open;

  Grid(const Condition& c)
      : nx(cells_along(c.half_m[0], c.cell_m)), ny(cells_along(c.half_m[1], c.cell_m)), cell(c.cell_m) {
    open.assign(nx * ny, 1);
  }
  [[nodiscard]] double centre(std::size_t i, std::size_t n) const {
    return (static_cast<double>(i) - 0.5 * static_cast<double>(n - 1)) * cell;
  }
  /// First and one past the last cell of n whose centre may lie within `radius` of x; the caller looks more closely.
  [[nodiscard]] std::pair<std::size_t, std::size_t> about(double x, double radius, std::size_t n) const {
    const double middle = 0.5 * static_cast<double>(n - 1), most = static_cast<double>(n);
    const double low = std::clamp(std::floor((x - radius) / cell + middle), 0.0, most);
    const double high = std::clamp(std::ceil((x + radius) / cell + middle) + 1.0, 0.0, most);
    return {static_cast<std::size_t>(low), static_cast<std::size_t>(high)};
  }
  void sweep(double x, double y, double radius) {
    const auto [x0, x1] = about(x, radius, nx);
    const auto [y0, y1] = about(y, radius, ny);
    for (std::size_t j = y0; j < y1; ++j) {
      const double dy = centre(j, ny) - y;
      for (std::size_t i = x0; i < x1; ++i) {
        const double dx = centre(i, nx) - x;
        char& cell_open = open[j * nx + i];
        if (cell_open == 0 || dx * dx + dy * dy > radius * radius) continue;
        cell_open = 0;
        ++swept;
      }
    }
  }
};

struct Covered {
  const Condition& c;
  const TruthColumns& truth;
  std::vector<std::span<const double>> at{};

  [[nodiscard]] Point position(std::size_t first, std::size_t i) const {
    return {at[first][i], at[first + 1][i], at[first + 2][i]};
  }
  [[nodiscard]] Result<std::array<double, 4>> turn(const std::string& entity, std::size_t first, std::size_t i) const {
    return orientation(entity, at, first + 3, i, truth.t_ns()[i]);
  }

  /// Closes the cells that the exceptions take away, as everything stands at the first row.
  Result<void> take_out(Grid& grid) const {
    ASSAY_TRY(const auto q_b, turn(c.b, kSurface, 0));
    const Point b = position(kSurface, 0);
    for (std::size_t k = 0; k < c.except.size(); ++k) {
      const std::size_t first = kSurface + kPose * (k + 1);
      ASSAY_TRY(const auto q, turn(c.except[k].entity, first, 0));
      const Point e = position(first, 0);
      for (std::size_t n = 0; n < grid.open.size(); ++n) {
        const Point world = from_frame(q_b, {grid.centre(n % grid.nx, grid.nx), grid.centre(n / grid.nx, grid.ny), 0});
        const Point local = to_frame(q, {world[0] + b[0] - e[0], world[1] + b[1] - e[1], world[2] + b[2] - e[2]});
        bool in = true;
        for (std::size_t d = 0; d < 3; ++d) in = in && std::abs(local[d]) <= c.except[k].half_m[d] + c.radius_m;
        if (in) grid.open[n] = 0;
      }
    }
    grid.counted = static_cast<std::size_t>(std::count(grid.open.begin(), grid.open.end(), 1));
    if (grid.counted > 0) return {};
    return malformed(c, {"cells that the exceptions leave over", "除去例外后仍有剩余的单元"}, "none");
  }

  Result<Values> run(const Values& child) const {
    Grid grid(c);
    Values out(truth.rows());
    if (out.empty()) return out;
    ASSAY_RETURN_IF_ERROR(take_out(grid));
    for (std::size_t i = 0; i < out.size(); ++i) {
      ASSAY_TRY(const auto q, turn(c.b, kSurface, i));
      const Point a = position(0, i), b = position(kSurface, i);
      const Point local = to_frame(q, {a[0] - b[0], a[1] - b[1], a[2] - b[2]});
      if (std::abs(local[2]) <= c.half_m[2] && (child.empty() || child[i] >= 0))
        grid.sweep(local[0], local[1], c.radius_m);
      out[i] = (static_cast<double>(grid.swept) / static_cast<double>(grid.counted) - c.share) / c.tolerance;
    }
    return out;
  }
};

}  // namespace

std::size_t cells_along(double half_m, double cell_m) {
  return static_cast<std::size_t>(std::max(1.0, std::round(2 * half_m / cell_m)));
}

Result<Values> covered_robustness(const Condition& condition, const TruthColumns& truth, const Values& child) {
  Covered covered{condition, truth};
  for (const auto& name : predicate_channels(condition)) {
    ASSAY_TRY(const auto values, truth.column(name));
    covered.at.push_back(values);
  }
  return covered.run(child);
}

}  // namespace assay::metrics
