// What a surface follower is asked to do: which seams or areas in which order, with which force and speed, and along
// which lines. From the instruction and from detections only.
#pragma once

#include <Eigen/Core>
#include <string>
#include <vector>

#include "adapters/policies/sightings.h"
#include "core/model/setup.h"

namespace assay::policies {

/// A path on a surface, in the horizontal plane of the arm's base frame; the tool touches down at its beginning and is
/// lifted at its end.
using Stroke = std::vector<Eigen::Vector2d>;

struct ProcessWords {
  double force_n = 8, speed_m_s = 0.05;  ///< middle of the range that the text gives
  bool doubts_places = false;            ///< the text says that the camera's places are off
};

/// "… with 5 to 15 N at 2 to 4 cm/s …", English text; what it does not say keeps the values of `otherwise`.
ProcessWords read_process(const std::string& text, const ProcessWords& otherwise);

/// Labels in the order of work, out of `known` (labels of what could be worked on, in the order of the alphabet).
/// With labels given (slots target, target_2, …) these; else from the English text: what it names, in the order that
/// its words make of it (then, before, after, last; every, except). Empty if the text names none of them.
std::vector<std::string> read_order(const Instruction& instruction, const std::vector<std::string>& known);

/// The seam `label` through its points "<label> point 1", "<label> point 2", …; empty if fewer than two were seen,
/// or one of them less often than `looks` times.
Stroke seam_stroke(const std::string& label, const Sightings& sightings, int looks = 1);

/// Lines over a rectangle there and back, a tool's width apart, around what stands on it.
std::vector<Stroke> wiping_strokes(const Detection& area, const std::vector<Detection>& about);

double length_m(const Stroke& stroke);
/// Point at `s_m` along the stroke, clamped to its ends.
Eigen::Vector2d point_at(const Stroke& stroke, double s_m);

}  // namespace assay::policies
