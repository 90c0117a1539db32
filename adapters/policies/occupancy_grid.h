// What a range scanner has shown of the floor: cells unknown, free or occupied, and the cost of being near an
// occupied one. Frame: odometry.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "core/model/sample.h"

namespace assay::policies {

struct Cell {
  int x = 0, y = 0;
  friend bool operator==(const Cell&, const Cell&) = default;
};

class OccupancyGrid {
 public:
  /// Square of `size_m` around the origin.
  OccupancyGrid(double size_m, double cell_m);
  void clear();
  /// One scan taken at pose x_m, y_m, yaw_rad: cells along a beam become free, its end occupied unless it is at max.
  void add(const std::array<double, 3>& pose, const RangeScan& scan);
  /// Distance to the nearest occupied cell of every cell, up to `reach_m`, by brushfire. Call before planning.
  void measure_clearance(double reach_m);
  /// No clearance in this cell until clearance is measured anew: a place not to be driven on, whatever stands there.
  void close(Cell c) { clearance_m_[at(c)] = 0; }

  [[nodiscard]] int side() const { return side_; }
  [[nodiscard]] double cell_m() const { return cell_m_; }
  [[nodiscard]] bool contains(Cell c) const { return c.x >= 0 && c.y >= 0 && c.x < side_ && c.y < side_; }
  [[nodiscard]] Cell cell(double x_m, double y_m) const;
  [[nodiscard]] std::array<double, 2> centre(Cell c) const;
  [[nodiscard]] bool occupied(Cell c) const { return evidence_[at(c)] > 0; }
  [[nodiscard]] bool known_free(Cell c) const { return evidence_[at(c)] < 0; }
  [[nodiscard]] double clearance_m(Cell c) const { return clearance_m_[at(c)]; }
  /// The slow memory: free, or occupied, for about a second and more. What moves leaves no trace in it.
  [[nodiscard]] bool long_free(Cell c) const { return slow_[at(c)] <= kLongFree; }
  [[nodiscard]] bool long_occupied(Cell c) const { return slow_[at(c)] > 0; }

 private:
  [[nodiscard]] std::size_t at(Cell c) const {
    return static_cast<std::size_t>(c.y) * static_cast<std::size_t>(side_) + static_cast<std::size_t>(c.x);
  }
  void change(Cell c, int fast, int slow);

  static constexpr int kLongFree = -4;
  double cell_m_;
  int side_;
  std::vector<std::int8_t> evidence_, slow_;
  std::vector<double> clearance_m_;
};

}  // namespace assay::policies
