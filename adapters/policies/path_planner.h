// The way through the grid: A*, kept away from what is near.
#pragma once

#include <vector>

#include "adapters/policies/occupancy_grid.h"

namespace assay::policies {

/// A place to go round: cells within `radius_m` cost `factor` as much.
struct Discomfort {
  double x_m = 0, y_m = 0, radius_m = 0, factor = 1;
};

/// Cheapest way from `from` to `to` through cells with clearance above `radius_m` (A*, eight neighbours; unknown cells
/// cost more than free ones, cells near obstacles more than open ones). The start may stand in a closed cell. Where
/// `to` cannot be reached and `or_near` is set, the way to the reachable cell nearest to it; else empty.
/// Deterministic: ties by cell order. Call grid.measure_clearance() before.
std::vector<Cell> plan_path(const OccupancyGrid& grid, Cell from, Cell to, double radius_m,
                            const std::vector<Discomfort>& discomfort = {}, bool or_near = false);

}  // namespace assay::policies
