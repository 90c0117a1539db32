// How far a robot went, how straight, and at what cost. Pure. Empty = undefined.
#pragma once

#include <optional>
#include <span>

#include "core/result.h"
#include "metrics/measures/series.h"

namespace assay::metrics {

/// Length = Σ|p[i+1] − p[i]|, displacement = |p_last − p_0|, straightness = displacement/length (empty for length 0),
/// mean speed = length/(t_last − t_0) (empty for n < 2). n = 0: all empty.
struct PathLength {
  std::optional<double> length_m, displacement_m, straightness, mean_speed_m_s;
};
/// Positions [m] (z = 0 in the plane), one per stamp [s]. Fails with ASSAY-1030, 1034 (lengths), 1035 (stamps not
/// ascending), 1036.
Result<PathLength> path_length(std::span<const double> time_s, std::span<const Vector3> position_m);

/// Energy = ∫P dt by the trapezoidal rule, positive energy = that of max(P, 0) (samples clipped first), distance =
/// length of the path, cost of transport = energy/(m·g·distance) (Tucker, "The energetic cost of moving about", Am.
/// Sci. 63, 1975), mean power = energy/(t_last − t_0). No power sample: no energy; fewer than 2: no mean power; no
/// position: no distance; distance or m·g 0: no cost.
struct TransportCost {
  std::optional<double> energy_j, energy_positive_j, distance_m, cost_net, cost_positive, mean_power_w;
};
/// Power [W] is signed, one per stamp [s]; positions [m] have their own sampling. Fails with ASSAY-1030, 1032 (negative
/// mass or gravity), 1034 (lengths), 1035 (stamps not ascending), 1036.
Result<TransportCost> cost_of_transport(std::span<const double> time_s, std::span<const double> power_w,
                                        std::span<const Vector3> position_m, double mass_kg, double gravity_m_s2);

/// Share of a grid's free cells that a footprint of `radius_m` swept. Poses: the first way-point, then on each segment
/// of length L, k = max(1, ⌈4L/c − 1e-9⌉), a + (b − a)·s/k for s = 1 … k. A cell is covered iff its centre, origin + (i
/// + ½, j + ½)·c, lies within the radius of some pose (closed). Blocked cells count in neither number.
struct CoverageGrid {
  std::array<double, 2> origin_m{0, 0};  ///< lower left corner
  double cell_size_m = 0;                ///< c
  int cells_x = 0, cells_y = 0;
  std::span<const std::array<int, 2>> blocked;  ///< index pairs; repeats count once
};
struct Coverage {
  int covered_cells = 0, free_cells = 0;
  std::optional<double> fraction;  ///< empty where no cell is free
};
/// Way-points [m]. Fails with ASSAY-1030, 1032 (cell size ≤ 0, negative size or radius, blocked cell outside), 1039
/// (more than 10^8 cells, or over 10^9 cells to look at along the path).
Result<Coverage> coverage(const CoverageGrid& grid, std::span<const std::array<double, 2>> waypoint_m, double radius_m);

}  // namespace assay::metrics
