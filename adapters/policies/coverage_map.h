// Which floor a base has gone over, and where to go on: long lanes first, then what they left. Frame: map.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "adapters/policies/occupancy_grid.h"

namespace assay::policies {

/// A straight lane from one place to another; where both are the same, that place.
struct Lane {
  std::array<double, 2> from_m{}, to_m{};
};

class CoverageMap {
 public:
  /// `brush_m`: a cell is swept when its centre was within so much of the middle of the base.
  CoverageMap(const OccupancyGrid& grid, double brush_m);
  void sweep(const OccupancyGrid& grid, const std::array<double, 3>& pose);
  /// Counts as swept from now on: what cannot be reached.
  void give_up(const OccupancyGrid& grid, const std::array<double, 2>& at_m, double radius_m);

  using Inside = std::function<bool(const std::array<double, 2>&)>;
  /// The next lane of what is left of `inside`, for a base at `pose` that may stand where the clearance is at least
  /// `radius_m`; measure clearance before. The nearest lane of a fixed comb first; when the comb is done, the lane
  /// with the most new floor for its way. Nothing: done, as far as is known.
  [[nodiscard]] std::optional<Lane> next(const OccupancyGrid& grid, const std::array<double, 3>& pose, double radius_m,
                                         const Inside& inside) const;

 private:
  struct Search;
  std::vector<bool> swept_;
  double brush_m_;
};

}  // namespace assay::policies
