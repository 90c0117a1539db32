// Performance of mobile service robots: ISO 18646-1:2016 (GB/T 38834.1-2020) locomotion and ISO 18646-2:2019 (GB/T
// 38834.2-2023) navigation. These methods are not for verifying safety. The number of trials is the caller's: the
// standard's, or the scheme's. Nothing is dropped silently: a trial without a value leaves the number empty. Pure.
#pragma once

#include <optional>
#include <span>

#include "core/result.h"
#include "metrics/measures/iso9283_pose.h"

namespace assay::metrics {

/// Rated speed, also on a slope: v_j = section length/t_j over a measuring section passed at steady speed; mean, S
/// (divisor n − 1, empty for n < 2) and extremes. No trial: empty.
struct SectionSpeed {
  std::optional<double> mean_m_s, deviation_m_s, min_m_s, max_m_s;
};
/// Fails with ASSAY-1030 or 1032 (length or a time ≤ 0).
Result<SectionSpeed> section_speed(double section_length_m, std::span<const double> section_time_s);

/// Stopping characteristics: from the stop command to rest. Empty members: this trial did not stop.
struct StoppingTrial {
  std::optional<double> time_s, distance_m;
};
/// Means and maxima over all trials; empty without a trial, or if any trial lacks the value.
struct StoppingCharacteristics {
  std::optional<double> time_mean_s, time_max_s, distance_mean_m, distance_max_m;
};
/// Fails with ASSAY-1030 or 1032 (negative).
Result<StoppingCharacteristics> stopping_characteristics(std::span<const StoppingTrial> trials);

/// Largest mastered obstacle of a ladder of rising difficulty: slope angle [rad], height of a step or sill [m]; or the
/// smallest passage width [m] with `smaller_is_harder`. Mastered: every trial of this rung and of every easier rung
/// passed, each with at least `required_trials` trials. Rungs in any order; equal values are pooled.
struct LadderRung {
  double value = 0;
  int trials = 0, passed = 0;
};
/// Empty if not even the easiest rung is mastered. Fails with ASSAY-1030 or 1032 (passed > trials, negative counts,
/// required_trials < 1).
Result<std::optional<double>> ladder_limit(std::span<const LadderRung> rungs, int required_trials,
                                           bool smaller_is_harder = false);

/// Planar pose at the goal: x, y [m] and heading [rad].
struct PlanarPose {
  double x_m = 0, y_m = 0, heading_rad = 0;
};
/// Pose accuracy and repeatability at a goal, by the arithmetic of ISO 9283 in the plane (z = 0, rotation about z).
struct GoalPose {
  std::optional<double> accuracy_m, accuracy_x_m, accuracy_y_m, repeatability_m, accuracy_heading_rad,
      repeatability_heading_rad;
};
/// Fails as pose_characteristics() does.
Result<GoalPose> goal_pose(const PlanarPose& goal, std::span<const PlanarPose> attained);

/// Obstacle detection and avoidance: one approach to a test body. `detection_distance_m` empty: not detected.
struct ObstacleTrial {
  std::optional<double> detection_distance_m;  ///< from the robot to the body when the robot first reacts
  bool contact = false, goal_reached = false;
  double clearance_m = 0;  ///< smallest distance of the passage; 0 on contact
};
/// Rates over all trials (avoided: goal reached without contact); distances empty if any trial did not detect; smallest
/// clearance over all trials. No trial: all empty.
struct ObstaclePerformance {
  std::optional<double> detection_rate, detection_distance_mean_m, detection_distance_min_m, avoidance_rate,
      clearance_min_m;
};
/// Fails with ASSAY-1030 or 1032 (negative distance).
Result<ObstaclePerformance> obstacle_performance(std::span<const ObstacleTrial> trials);

}  // namespace assay::metrics
