// Drives a differential base by what it senses: a map from range scans, where the base is on it, a way to a point,
// giving way to what moves, bounded accelerations (goods may stand on the deck). A part of every policy for bases.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "adapters/policies/landmarks.h"
#include "adapters/policies/moving_things.h"
#include "adapters/policies/occupancy_grid.h"
#include "adapters/policies/scan_matcher.h"
#include "adapters/robot.h"
#include "core/result.h"

namespace assay::policies {

using FloorPoint = std::array<double, 2>;  ///< map frame, m

/// A rectangle on the floor.
struct FloorArea {
  FloorPoint at_m{}, half_m{};
  double yaw_rad = 0;
  /// Within the rectangle widened by `margin_m` on every side.
  [[nodiscard]] bool contains(const FloorPoint& p, double margin_m = 0) const;
};

class BaseDriver {
 public:
  BaseDriver();
  /// Gentle where goods stand on the deck, brisk else. ASSAY-0404 where the robot has no base.
  Result<void> begin(const std::string& policy, const RobotDescription& robot, bool loaded);

  /// Takes in scans, odometry and detections. False: nothing sound came; stand still.
  bool sense(const Observation& seen);
  /// The command for this period: `wanted`, unless something that moves would come too near.
  void act(const Twist& wanted, Action& action);

  /// Towards `aim` on a way that is planned anew all along; without an aim, to where it has not looked yet.
  Twist drive_to(const std::optional<FloorPoint>& aim);
  /// Along a way that the caller knows to be free.
  Twist drive_along(std::vector<FloorPoint> way);
  /// Forget the way: the aim has changed.
  void new_aim() { planned_ = false; }
  /// The last planned way ends at the aim.
  [[nodiscard]] bool has_way() const { return !path_.empty(); }
  /// Has stood still for half a second.
  [[nodiscard]] bool at_rest() const;
  [[nodiscard]] double rested_s() const {
    return rest_since_ns_ < 0 ? 0 : 1e-9 * static_cast<double>(now_ns_ - rest_since_ns_);
  }
  [[nodiscard]] double distance_to(const FloorPoint& p) const;

  /// Areas that it must not drive into.
  void close(std::vector<FloorArea> areas) { closed_ = std::move(areas); }
  /// Clearance of the grid brought up to date, closed areas without any.
  void measure_clearance();

  [[nodiscard]] const std::array<double, 3>& pose() const { return pose_; }
  [[nodiscard]] const OccupancyGrid& grid() const { return grid_; }
  [[nodiscard]] const Landmarks& landmarks() const { return landmarks_; }
  [[nodiscard]] const DriveLimits& limits() const { return limits_; }
  [[nodiscard]] double radius_m() const { return radius_m_; }
  [[nodiscard]] std::int64_t now_ns() const { return now_ns_; }

 private:
  void localise(const GroupState& base);
  void take_scan(const RangeScan& scan);
  void plan(const std::optional<FloorPoint>& aim);
  std::vector<Cell> explore(Cell from, double radius_m);
  [[nodiscard]] std::optional<FloorPoint> farthest_unvisited(double radius_m) const;
  [[nodiscard]] Twist follow() const;
  [[nodiscard]] double gap_ahead_m(double heading_rad) const;
  [[nodiscard]] std::vector<MovingThing> walkers() const;
  [[nodiscard]] Twist safe(const Twist& wanted) const;

  OccupancyGrid grid_;
  ScanMatcher matcher_;
  MovingThings moving_;
  Landmarks landmarks_;
  DriveLimits limits_;
  Group base_;
  std::vector<FloorPoint> path_, visited_;
  std::vector<FloorArea> closed_;
  std::optional<FloorPoint> sought_;
  std::array<double, 3> pose_{}, odometry_{}, mapped_at_{};
  RangeScan scan_;
  Twist command_;
  double radius_m_ = 0.4, period_s_ = 0.02, usual_returns_ = 0;
  std::int64_t now_ns_ = 0, planned_ns_ = 0, rest_since_ns_ = -1, looked_ns_ = -1;
  int scans_ = 0;
  bool planned_ = false, to_aim_ = false, blind_ = false;
};

}  // namespace assay::policies
