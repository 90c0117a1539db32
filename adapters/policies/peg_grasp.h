// How to take hold of a prism that stands on end, and how to turn it into a socket of the same section. From
// detections.
#pragma once

#include <optional>
#include <vector>

#include "adapters/policies/grasp_plan.h"

namespace assay::policies {

/// Turn after which the section looks the same: a quarter for as wide as long, a sixth for a hexagon (2/√3 as long from
/// edge to edge as from flat to flat), else a half.
double symmetry_rad(const Detection& peg);

/// Fingers on two flats; of the ways to do so the one where the open fingers are clear of `about`, then the one nearest
/// to `tool_yaw_rad`. At the peg's centre. Empty if it does not fit between the fingers.
std::optional<ToolPlace> plan_peg_grasp(const Detection& peg, const std::vector<Detection>& about, double max_width_m,
                                        double tool_yaw_rad);

/// The tool's yaw nearest to `grasp_yaw_rad` at which the peg that it holds is turned as `hole` is.
double insertion_yaw(const Detection& peg, const Detection& hole, double grasp_yaw_rad);

/// Upright in the socket, at least two thirds of its depth down.
bool stands_in(const Detection& peg, const Detection& hole);

}  // namespace assay::policies
