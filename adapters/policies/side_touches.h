// Where a rectangular plate really lies, from touching its four sides with a tool of unknown width.
#pragma once

#include <Eigen/Core>
#include <optional>
#include <string>

#include "adapters/policies/sightings.h"
#include "core/model/sample.h"

namespace assay::policies {

/// What lies under the thing `label`: itself if it is a surface, else the fixture (workpiece) that it was seen on.
std::optional<Detection> plate_under(const Sightings& sightings, const std::string& label);

/// Four touches, both sides of each axis: the widths of tool and plate cancel. Horizontal plane of the arm's base
/// frame.
class SideTouches {
 public:
  void start(const Detection& plate);
  /// The side that is next: its normal, and where to go down beside it, clear of a plate that is a little elsewhere.
  [[nodiscard]] const Eigen::Vector2d& outward() const { return outward_; }
  [[nodiscard]] const Eigen::Vector2d& beside() const { return beside_; }
  /// The plate lies under that place, too: next try farther out.
  void step_out();
  /// The tool stood `at` when it touched this side.
  void touched(const Eigen::Vector2d& at);
  [[nodiscard]] bool done() const { return number_ == 4; }
  /// Where the plate was seen minus where it is. Valid when done.
  [[nodiscard]] Eigen::Vector2d seen_off() const { return -sum_; }

 private:
  void aim();

  Detection plate_;
  int number_ = 0;
  Eigen::Vector2d sum_ = Eigen::Vector2d::Zero(), outward_ = Eigen::Vector2d::Zero(), beside_ = Eigen::Vector2d::Zero();
};

}  // namespace assay::policies
