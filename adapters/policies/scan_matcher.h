// Where a range scan fits best on what earlier scans have shown: corrects what odometry loses. Normal distributions
// transform (Biber and Straßer, IROS 2003) in the plane. Frame: map, the pose at the first scan.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace assay::policies {

class ScanMatcher {
 public:
  using Pose = std::array<double, 3>;  ///< x_m, y_m, yaw_rad
  using Point = std::array<double, 2>;

  /// The pose near `guess` at which `points` (frame of the scanner, m) lie best on the map. Where the map says
  /// nothing, the guess; never farther from it than a scan's worth of error.
  [[nodiscard]] Pose fit(const Pose& guess, const std::vector<Point>& points) const;
  /// The point (frame of the scanner) lies on a piece of wall that the map knows, seen from `pose`.
  [[nodiscard]] bool explains(const Pose& pose, const Point& point) const;
  /// Adds the points of a scan taken at `pose`.
  void add(const Pose& pose, const std::vector<Point>& points);

 private:
  struct Patch {  ///< of kPatch_m: running mean and scatter of the points in it
    double n = 0;
    Point mean{};
    double xx = 0, xy = 0, yy = 0;
  };
  using Key = std::pair<std::int32_t, std::int32_t>;
  static Key key(const Point& p);
  /// How far `at` (map) is in front of the piece of wall in its patch, in thicknesses, and which way is across.
  struct Offset {
    double thicknesses = 0;
    Point across{};
  };
  [[nodiscard]] std::optional<Offset> off_wall(const Point& at) const;

  std::map<Key, Patch> patches_;
};

}  // namespace assay::policies
