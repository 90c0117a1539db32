// What moves, seen by a range scanner: returns from where the floor has long been free. And how near it will come.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "adapters/policies/occupancy_grid.h"
#include "core/model/sample.h"

namespace assay::policies {

struct MovingThing {
  std::array<double, 2> at_m{}, velocity_m_s{};
  std::int64_t seen_ns = 0, updated_ns = 0;
  int reports = 0;
  std::int64_t walked_ns = -1;  ///< when it was last seen to walk
};

class MovingThings {
 public:
  void reset() { things_.clear(); }
  /// Call before the scan is added to `grid`.
  void update(std::int64_t now_ns, const OccupancyGrid& grid, const std::array<double, 3>& pose, const RangeScan& scan);
  /// Those seen more than once.
  [[nodiscard]] std::vector<MovingThing> things() const;

 private:
  std::vector<MovingThing> things_;
};

struct Twist {
  double speed_m_s = 0, yaw_rad_s = 0;
};

/// Speeds, and how fast they may change.
struct DriveLimits {
  double speed_m_s = 0.8, yaw_rad_s = 1.0, acceleration_m_s2 = 0.5, braking_m_s2 = 0.8, yaw_acceleration_rad_s2 = 1.5;
};

/// One period from `now` towards `wanted`.
Twist eased(const Twist& now, const Twist& wanted, const DriveLimits& limits, double period_s);

/// Smallest distance from the middle of the base to any thing over the next `horizon_s`, should the base take up
/// `wanted` and each thing go on, or stop.
double nearest_approach_m(const std::vector<MovingThing>& things, std::array<double, 3> pose, Twist now, Twist wanted,
                          const DriveLimits& limits, double horizon_s);

/// Smallest clearance of the grid under the middle of the base on the same way.
double clearance_on_way_m(const OccupancyGrid& grid, std::array<double, 3> pose, Twist now, Twist wanted,
                          const DriveLimits& limits, double horizon_s);

}  // namespace assay::policies
