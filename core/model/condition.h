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
  std::vector<Condition> children;
};

/// One quantity that the adapter must put into truth each control period. Channel names it yields:
///   pose(a)        a.x_m a.y_m a.z_m a.qw a.qx a.qy a.qz            world frame
///   twist(a)       a.vx_m_s a.vy_m_s a.vz_m_s a.wx_rad_s a.wy_rad_s a.wz_rad_s   world frame
///   contact(a,b)   contact.a.b       1 if they touched at any physics step of the period, else 0
///   grasp(a,b)     grasp.a           1 if both sides of gripper b touched a in the period's last step
///   distance(a,b)  distance.a.b_m    smallest surface distance at the end of the period (0 in contact)
/// Entities are body or site names of the composed scene, or roles: "robot" (whole robot), "robot.tcp",
/// "robot.base", "robot.gripper"; with several bodies "<group>.tcp" and so on.
struct SignalSpec {
  enum class Kind { pose, twist, contact, grasp, distance } kind = Kind::pose;
  std::string a, b;
  friend auto operator<=>(const SignalSpec&, const SignalSpec&) = default;
};

}  // namespace assay
