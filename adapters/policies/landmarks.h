// Where detected things stand on the map, and by how much the detector of a mobile base is off: a constant error in
// the base's frame turns with the base, the things do not.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/model/sample.h"

namespace assay::policies {

struct Landmark {
  std::string label, kind;
  std::array<double, 2> at_m{};  ///< map frame, the detector's error taken off
  double yaw_rad = 0;            ///< map frame
  std::array<double, 3> size_m{};
  int looks = 0;
};

class Landmarks {
 public:
  /// Reports of one moment, seen from `pose` (x_m, y_m, yaw_rad on the map). Call once per look of the detector.
  void add(const std::array<double, 3>& pose, const std::vector<Detection>& detections);
  [[nodiscard]] std::optional<Landmark> find(const std::string& label) const;
  [[nodiscard]] std::vector<Landmark> all() const;
  /// Estimate of the detector's constant error, x and y in the base's frame, m. Least squares over all landmarks:
  /// p_i + R_i (z_i − b) = m for each look i at a landmark m; towards 0 as long as the base has hardly turned.
  [[nodiscard]] std::array<double, 2> bias_m() const;

 private:
  struct Sums {  ///< q = p + R z; R has c and s; t = Rᵀ q
    double n = 0, qx = 0, qy = 0, c = 0, s = 0, tx = 0, ty = 0, sin_yaw = 0, cos_yaw = 0;
    int looks = 0;
    Detection last;
  };
  [[nodiscard]] Landmark landmark(const Sums& sums, const std::array<double, 2>& bias) const;

  std::map<std::string, Sums> seen_;
};

}  // namespace assay::policies
