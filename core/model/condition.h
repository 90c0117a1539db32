// Conditions over named truth signals: temporal logic with robustness (DESIGN §4.4). A condition is data;
// metrics/condition.h evaluates it. Robustness of a predicate is divided by its declared tolerance, so that
// it is without dimension; >= 0 means true.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace assay {

enum class Op {
  // Predicates. Truth signals that each needs are listed by metrics::required_signals().
  near,           ///< a within radius_m of b: radius_m − |p_a − p_b|  (xy only if planar)
  inside,         ///< origin of a in the box of b (half extents half_m, b's frame): smallest margin over the axes
  above,          ///< z_a − z_b − height_m (b empty: above the floor)
  below,          ///< height_m − (z_a − z_b)
  upright,        ///< max_tilt_rad − angle between a's z axis and world z
  at_rest,        ///< min(v_max_m_s − |v_a|, w_max_rad_s − |w_a|), each over its own tolerance
  touching,       ///< a and b in contact during the control period: +1 or −1
  held,           ///< a between both sides of gripper b (empty: "robot.gripper"): +1 or −1
  first_contact,  ///< the first of `entities` that the gripper b touched is a: +1; another: −1; none yet: −1
  // Operators.
  all,
  any,
  not_,
  always,
  eventually,
  within,     ///< eventually, between from_ns and to_ns after now (closed)
  holds_for,  ///< the child holds now and for duration_ns; false where the record ends before
  sequence,   ///< children become true one after another (each at or after the one before)
  visited,    ///< eventually near(a, b, radius_m)
  // Predicates on mechanisms, surfaces and words.
  joint,     ///< scene joint a between `min` and `max` (m or rad): smallest margin; a bound left out is infinite
  pressing,  ///< |force of the spring of scene joint a| between `min` and `max` newton: smallest margin
  covered,   ///< share of the cells that a has swept so far, minus `share`; see Condition::cell_m
  reported,  ///< the subject reported a (by its detector's label) within radius_m of where it was: radius_m − error
  no_false_report,  ///< every report so far meant something that is there: +1 or −1
};

/// A box about an entity, half extents along its own axes.
struct EntityBox {
  std::string entity;
  double half_m[3] = {0, 0, 0};
};

struct Condition {
  Op op = Op::all;
  std::string a, b;
  std::vector<std::string> entities;  ///< first_contact
  double radius_m = 0, height_m = 0, max_tilt_rad = 0, v_max_m_s = 0, w_max_rad_s = 0;
  double half_m[3] = {0, 0, 0};
  bool planar = false;
  double tolerance = 1;  ///< in the predicate's own unit; > 0. at_rest: tolerance applies to the m/s part
  std::int64_t from_ns = 0, to_ns = 0, duration_ns = 0;
  double min = 0, max = 0;  ///< joint (m or rad), pressing (N); ±infinity where the file gives no bound
  /// covered: the rectangle half_m[0] × half_m[1] about b in b's frame at the first row is cut into cells of cell_m,
  /// max(1, round(2·half/cell)) along each side, centred on b.
  /// A cell is swept from the first row at which its centre lies within radius_m of a (in b's plane of now), a is
  /// within half_m[2] of that plane, and the child (if any) holds. Cells whose centre lies in one of `except`,
  /// widened by radius_m, do not count.
  double cell_m = 0.05, share = 0;
  std::vector<EntityBox> except;
  std::vector<Condition> children;
};

/// One quantity that the adapter must put into truth each control period. Channel names it yields:
///   pose(a)        a.x_m a.y_m a.z_m a.qw a.qx a.qy a.qz            world frame
///   twist(a)       a.vx_m_s a.vy_m_s a.vz_m_s a.wx_rad_s a.wy_rad_s a.wz_rad_s   world frame
///   contact(a,b)   contact.a.b       1 if they touched at any physics step of the period, else 0
///   grasp(a,b)     grasp.a[.b]       1 if both sides of gripper b touched a in the last step; .b unless robot.gripper
///   distance(a,b)  distance.a.b_m    smallest surface distance at the end of the period (0 in contact)
///   joint(a)       joint.a           position of scene joint a (slide: m, hinge: rad)
///   spring(a)      spring.a_n        stiffness × (position − rest position) of scene joint a (N; hinge: N·m)
///   report(a)      report.a_m        distance from a to the nearest report of it so far (planar, at the time of the
///                                    report); 1000 if none. a = "*": channel report.* (unit 1), number of reports so
///                                    far that meant nothing
///   stimulus(a)    a.requested_s a.confirmed_s a.released_s   when stimulus a (core/model/stimulus.h) began, the robot
///                                    stood, it was taken back; −1 until then. speed_limit: only a.limit_m_s, 0: none;
///                                    over_command: also a.rated_m_s of a base, 0: none
/// Entities are body or site names of the composed scene, or roles: "robot" (whole robot), "robot.tcp",
/// "robot.base", "robot.gripper"; with several bodies "<group>.tcp" and so on.
struct SignalSpec {
  enum class Kind { pose, twist, contact, grasp, distance, joint, spring, report, stimulus } kind = Kind::pose;
  std::string a, b;
  friend auto operator<=>(const SignalSpec&, const SignalSpec&) = default;
};

}  // namespace assay
