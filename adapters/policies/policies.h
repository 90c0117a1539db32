// Policies that run in process. One factory each; bad or unknown parameters fail with ASSAY-0403.
#pragma once

#include <memory>

#include "adapters/policy.h"
#include "core/result.h"

namespace assay {

/// Holds still, never says done. Must fail every examination.
Result<std::unique_ptr<Policy>> make_null(const PolicyParams& params);

/// Bounded random actions that fit whatever groups the robot has. Must fail every examination.
Result<std::unique_ptr<Policy>> make_random(const PolicyParams& params);

/// Breaks in a chosen way, to validate a harness. `kind`: 0 stall, 1 throw, 2 wrong shape, 3 NaN, 4 unknown group,
/// 5 crash (SIGSEGV), 6 exit(), 7 stall in begin. `at_tick`: the control tick at which it breaks (default 10).
Result<std::unique_ptr<Policy>> make_faulty(const PolicyParams& params);

/// Picks and places by detections, with any bound arm and gripper. Slots object, target, object_2, target_2, … name
/// the steps in order; without labels the instruction's text is read (instruction_reader.h). Dials: `skill` 1 … 0 sets
/// `noise_m` (error of belief per attempt, standard deviation), `delay_s` (age of the observations acted on) and
/// `miss_rate` (probability per step of a mistake that it does not notice); each can be given alone.
Result<std::unique_ptr<Policy>> make_scripted_manipulator(const PolicyParams& params);

/// The same hands, but it converses: reads the text alone, asks where one description fits several things, takes words
/// that come later as corrections or further steps, and refuses to put something sharp or hot into a hand. A mistake
/// is, besides, not to ask, not to listen and to see no danger.
Result<std::unique_ptr<Policy>> make_attentive_manipulator(const PolicyParams& params);

/// Takes goods from a shelf by their sides and stands them upright on a tray, with any bound arm and gripper. The same
/// slots, texts and dials.
Result<std::unique_ptr<Policy>> make_shelf_picker(const PolicyParams& params);

/// Drives any differential base past obstacles by range scans and odometry to the stations of the slots target,
/// target_2, … in order; reads the text where it is given no labels. The same dials.
Result<std::unique_ptr<Policy>> make_waypoint_navigator(const PolicyParams& params);

/// Takes pegs from a tray and inserts them into sockets, by feel where sight is too coarse, with any bound arm that has
/// a wrist force. Steps from the slots object, target, object_2, … or from the words alone. The same dials.
Result<std::unique_ptr<Policy>> make_peg_inserter(const PolicyParams& params);

/// Follows seams and wipes areas with the tip of the closed gripper, pressed on with the force that the instruction
/// gives: seams of kind "seam" with points of kind "seam_point", areas of kind "surface", to be kept clear of kinds
/// "obstacle" and "person". The same dials; a mistake is a force that is far too small.
Result<std::unique_ptr<Policy>> make_surface_follower(const PolicyParams& params);

/// Goes over the floor with any differential base, or over the parts that the text names. The same dials.
Result<std::unique_ptr<Policy>> make_coverage_planner(const PolicyParams& params);

/// Goes past the posts of the slots post, post_2, … (or of the text) with any differential base and reports the hazards
/// that its detector shows. The same dials.
Result<std::unique_ptr<Policy>> make_patrol(const PolicyParams& params);

/// Takes the thing of the slot object with the arm, drives with it to the station nearest to the bin of the
/// slot target and puts it down in the bin. The same dials; a mistake puts it down short of the bin.
Result<std::unique_ptr<Policy>> make_bringer(const PolicyParams& params);

/// Takes up the poses of the instruction's programme with any bound arm. The same dials; a mistake leaves a pose out.
Result<std::unique_ptr<Policy>> make_pose_programme(const PolicyParams& params);
Result<std::unique_ptr<Policy>> make_base_programme(const PolicyParams& params);

/// Keeps a robot with legs on its feet by a linear-quadratic regulator that it computes from the robot's own model, and
/// lowers it to the detection of the slot mark. Dials: `skill` 1 … 0 sets `strength` (share of each actuator's torque
/// that the regulator may use) and `delay_s` (age of the observations acted on); each can be given alone.
Result<std::unique_ptr<Policy>> make_balance_lqr(const PolicyParams& params);

/// Goes on four legs to the detection of the slot target, or turns where it stands to that of the slot face, one foot
/// at a time, and stops; uneven ground it feels with its feet. Dials as for balance_lqr.
Result<std::unique_ptr<Policy>> make_static_crawl(const PolicyParams& params);

}  // namespace assay
