// Where to take hold of a thing from above, and where to put it down in a bin. From detections only.
#pragma once

#include <Eigen/Core>
#include <optional>
#include <vector>

#include "core/model/sample.h"

namespace assay::policies {

/// Tool pointing down at `position_m`, turned by `yaw_rad` about the vertical (pose_track.h, tool_down). The fingers
/// close along the tool's y axis, that is at yaw_rad − 90°.
struct ToolPlace {
  Eigen::Vector3d position_m = Eigen::Vector3d::Zero();
  double yaw_rad = 0;
  double width_m = 0;  ///< what is between the fingers there
};

/// Closes on two opposite faces that fit between the fingers; of these the pair where the open fingers are clear of
/// `about`, then the one nearest to `tool_yaw_rad`. Empty if no pair fits.
std::optional<ToolPlace> plan_grasp(const Detection& object, const std::vector<Detection>& about, double max_width_m,
                                    double tool_yaw_rad);

/// Low over the floor of `bin`, in the middle, or where there is most room if things lie in it already. `hold_m` is how
/// far the tool stands above the object's centre.
ToolPlace plan_place(const Detection& bin, const Detection& object, const std::vector<Detection>& about, double hold_m,
                     double tool_yaw_rad);

/// Is the centre of `object` between the walls of `bin`, and not held above it?
bool lies_in(const Detection& object, const Detection& bin);

/// Horizontal distance from a point to the outline of a box (0 inside).
double outline_gap_m(const Detection& box, double x_m, double y_m);

/// Horizontal distance from a point to the outline of the nearest person; 10 m if there is none.
double person_gap_m(const std::vector<Detection>& about, double x_m, double y_m);

}  // namespace assay::policies
