#include "adapters/policies/shelf_plan.h"

#include <algorithm>

#include "adapters/policies/instruction_words.h"

namespace assay::policies {
namespace {

constexpr double kQuarter = 1.5707963267948966;
constexpr double kWidthReserve_m = 0.008;  // of the opening, for what the detections are off
constexpr double kLow_m = 0.15, kLowTilt_rad = 0.4, kHigh_m = 0.45, kHighTilt_rad = -0.05;
constexpr double kTurnShare = 0.5;   // of the azimuth: between square to the shelf and straight from the shoulder
constexpr double kSpacing_m = 0.11;  // of standing places along the tray, at least
constexpr double kEdge_m = 0.055;    // from the tray's edge to a standing place
constexpr double kFree_m = 0.09;     // from a standing place to the nearest thing
constexpr double kSwingStep_rad = 0.5, kSameHeight_m = 0.04;
constexpr double kStanding_m = 0.02;  // heights agree within

bool is_round(const Detection& d) {
  const auto words = words_of(d.label, Lang::en);
  return std::any_of(words.begin(), words.end(), [](const Word& word) {
    return word.kind == WordKind::shape && (word.value == "can" || word.value == "bottle" || word.value == "cylinder");
  });
}

Eigen::Vector2d in_frame(const Detection& box, const Detection& thing) {
  const double c = std::cos(box.yaw_rad), s = std::sin(box.yaw_rad);
  const double dx = thing.position_m[0] - box.position_m[0], dy = thing.position_m[1] - box.position_m[1];
  return {c * dx + s * dy, -s * dx + c * dy};
}

bool lies_over(const Detection& thing, const Detection& tray) {
  const auto at = in_frame(tray, thing);
  return std::abs(at.x()) < tray.size_m[0] / 2 && std::abs(at.y()) < tray.size_m[1] / 2;
}

}  // namespace

double shelf_tilt_rad(double z_m) {
  return std::clamp(kLowTilt_rad - (z_m - kLow_m) * (kLowTilt_rad - kHighTilt_rad) / (kHigh_m - kLow_m), kHighTilt_rad,
                    kLowTilt_rad);
}

PoseTarget raise_tool(const PoseTarget& from, double radius_m) {
  const double azimuth = std::atan2(from.position_m.y(), from.position_m.x());
  const double out = std::max(1.0, radius_m / from.position_m.head<2>().norm());
  const Eigen::Vector3d tool = from.rotation * Eigen::Vector3d::UnitZ();
  const double below_rad = std::atan2(-tool.z(), tool.head<2>().norm());
  const Eigen::AngleAxisd up(shelf_tilt_rad(from.position_m.z()) - below_rad,
                             Eigen::Vector3d(-std::sin(azimuth), std::cos(azimuth), 0));
  return {{out * from.position_m.x(), out * from.position_m.y(), from.position_m.z()},
          Eigen::Quaterniond(up) * from.rotation};
}

std::optional<ShelfGrasp> plan_shelf_grasp(const Detection& object, double max_width_m) {
  const double wanted = kTurnShare * std::atan2(object.position_m[1], object.position_m[0]);
  ShelfGrasp grasp;
  grasp.position_m = {object.position_m[0], object.position_m[1], object.position_m[2]};
  const double fits = max_width_m - kWidthReserve_m;
  if (is_round(object)) {
    grasp.yaw_rad = wanted;
    grasp.width_m = grasp.length_m = object.size_m[1];
    return grasp.width_m <= fits ? std::optional(grasp) : std::nullopt;
  }
  std::optional<ShelfGrasp> best;
  for (const bool along_x : {true, false}) {
    grasp.width_m = object.size_m[along_x ? 1 : 0];
    grasp.length_m = object.size_m[along_x ? 0 : 1];
    grasp.yaw_rad = wanted + std::remainder(object.yaw_rad + (along_x ? 0 : kQuarter) - wanted, 2 * kQuarter);
    if (grasp.width_m > fits) continue;
    if (!best || std::abs(grasp.yaw_rad - wanted) < std::abs(best->yaw_rad - wanted)) best = grasp;
  }
  return best;
}

TouchAttempt shelf_attempt(const ShelfGrasp& grasp, const Eigen::Vector3d& tool_m, double ahead_m,
                           const Detection& seen, const std::array<double, 2>& error_m, double opening_m) {
  TouchAttempt a;
  a.across = grasp.approach().head<2>();
  a.closing = {a.across.y(), -a.across.x()};
  a.tool_m = tool_m.head<2>() + ahead_m * a.across;
  a.seen_m = {seen.position_m[0] + error_m[0], seen.position_m[1] + error_m[1]};
  a.half_width_m = grasp.width_m / 2;
  a.half_length_m = grasp.length_m / 2;
  a.half_opening_m = opening_m / 2;
  return a;
}

Eigen::Vector3d plan_standing_place(const Detection& tray, const Detection& object,
                                    const std::vector<Detection>& about) {
  const double c = std::cos(tray.yaw_rad), s = std::sin(tray.yaw_rad);
  const double half_u = std::max(0.0, tray.size_m[0] / 2 - kEdge_m),
               half_v = std::max(0.0, tray.size_m[1] / 2 - kEdge_m);
  const int n = static_cast<int>(half_u / kSpacing_m), m = 1;
  Eigen::Vector3d best = Eigen::Vector3d::Zero();
  double best_score = -1e9;
  for (int i = -n; i <= n; ++i)
    for (int j = -m; j <= m; j += 2) {
      const double u = n > 0 ? i * half_u / n : 0, v = j * half_v;
      const Eigen::Vector3d at(tray.position_m[0] + c * u - s * v, tray.position_m[1] + s * u + c * v,
                               tray.position_m[2]);
      double room = kFree_m;
      for (const auto& other : about)
        if (other.label != object.label && other.label != tray.label && lies_over(other, tray))
          room = std::min(room, std::hypot(at.x() - other.position_m[0], at.y() - other.position_m[1]));
      // Free room first, then far from the arm, then near the middle of the row.
      const double score = 100 * room + at.head<2>().norm() - 0.2 * std::abs(u);
      if (score <= best_score + 1e-9) continue;
      best_score = score;
      best = at;
    }
  return best;
}

SwingStop next_stop(const Eigen::Vector3d& at, const Eigen::Vector3d& to, double yaw_rad, double radius_m) {
  const double from_rad = std::atan2(at.y(), at.x()),
               way = std::remainder(std::atan2(to.y(), to.x()) - from_rad, 4 * kQuarter);
  const bool low = std::abs(at.z() - to.z()) > kSameHeight_m;
  if (!low && std::abs(way) < kSwingStep_rad) return {to, yaw_rad, true};
  const double angle = from_rad + (low ? 0 : std::copysign(kSwingStep_rad, way));
  return {{radius_m * std::cos(angle), radius_m * std::sin(angle), to.z()}, angle, false};
}

double top_on_tray_m(const Detection& tray, const std::vector<Detection>& about) {
  double top = tray.position_m[2];
  for (const auto& d : about)
    if (d.label != tray.label && d.kind != "person" && lies_over(d, tray))
      top = std::max(top, d.position_m[2] + d.size_m[2] / 2);
  return top;
}

bool stands_on(const Detection& object, const Detection& tray) {
  return lies_over(object, tray) &&
         std::abs(object.position_m[2] - tray.position_m[2] - object.size_m[2] / 2) < kStanding_m;
}

}  // namespace assay::policies
