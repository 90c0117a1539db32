// How to take an upright thing from a shelf by its sides, tool forward, and where to stand it on a tray. From
// detections only; frame of the detections (the arm's base: x towards the shelf).
#pragma once

#include <Eigen/Core>
#include <array>
#include <cmath>
#include <optional>
#include <vector>

#include "adapters/policies/pose_track.h"
#include "adapters/policies/touch_belief.h"
#include "core/model/sample.h"

namespace assay::policies {

/// Tool forward along `yaw_rad` (pose_track.h, tool_forward), its centre at `position_m`.
struct ShelfGrasp {
  Eigen::Vector3d position_m = Eigen::Vector3d::Zero();
  double yaw_rad = 0;
  double width_m = 0;   ///< what is between the fingers
  double length_m = 0;  ///< of the thing, along the approach

  [[nodiscard]] Eigen::Vector3d approach() const { return {std::cos(yaw_rad), std::sin(yaw_rad), 0}; }
};

/// How far below the horizon the tool points at height `z_m`. Everywhere flatter than the forearm, for a wrist whose
/// forearm and tool come to lie in line can no longer turn aside; low down steep enough to keep the hand off the board.
double shelf_tilt_rad(double z_m);

/// From pointing down to pointing forward by the wrist's pitch alone, in the plane of the arm and at least `radius_m`
/// from its axis: a tool that passes the line of the forearm turned aside takes the wrist round to the end of its roll.
PoseTarget raise_tool(const PoseTarget& from, double radius_m);

/// Round things from where the arm stands best, boxes square to a face. Empty if it does not fit between the fingers.
std::optional<ShelfGrasp> plan_shelf_grasp(const Detection& object, double max_width_m);

/// What touch has to be told of a try with the tool at `tool_m` and what stopped it `ahead_m` of that. `seen` is as
/// corrected as sightings are, by `error_m`.
TouchAttempt shelf_attempt(const ShelfGrasp& grasp, const Eigen::Vector3d& tool_m, double ahead_m,
                           const Detection& seen, const std::array<double, 2>& error_m, double opening_m);

/// Centre of the standing place on `tray` (z: its floor): of the free ones the farthest from the arm, so that the hand
/// never reaches over what stands there already.
Eigen::Vector3d plan_standing_place(const Detection& tray, const Detection& object,
                                    const std::vector<Detection>& about);

/// Where to go next from `at` on the way to `to`: to its height, then in steps around the arm's axis at `radius_m`,
/// never across the middle.
struct SwingStop {
  Eigen::Vector3d position_m = Eigen::Vector3d::Zero();
  double yaw_rad = 0;
  bool last = false;
};
SwingStop next_stop(const Eigen::Vector3d& at, const Eigen::Vector3d& to, double yaw_rad, double radius_m);

/// Highest point of what stands on `tray`, or its floor.
double top_on_tray_m(const Detection& tray, const std::vector<Detection>& about);

/// Stands on the tray, on its foot.
bool stands_on(const Detection& object, const Detection& tray);

}  // namespace assay::policies
