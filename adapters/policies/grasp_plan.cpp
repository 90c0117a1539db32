#include "adapters/policies/grasp_plan.h"

#include <algorithm>
#include <cmath>

namespace assay::policies {
namespace {

constexpr double kQuarter = 1.5707963267948966, kHalf = 2 * kQuarter;
constexpr double kWidthReserve_m = 0.008;     // of the opening, for what the detections are off
constexpr double kFinger_m = 0.012;           // an open finger's middle, beyond half of the opening
constexpr double kFingerClearance_m = 0.022;  // from a finger's middle to a neighbour
constexpr double kWall_m = 0.008;
constexpr double kDrop_m = 0.02;            // from the object's underside to the floor of the bin
constexpr double kHandAboveWall_m = 0.024;  // a hand may be that much lower than the tool's centre is above the wall

double to_box_frame(const Detection& box, double x, double y, double& u, double& v) {
  const double c = std::cos(box.yaw_rad), s = std::sin(box.yaw_rad);
  const double dx = x - box.position_m[0], dy = y - box.position_m[1];
  u = c * dx + s * dy;
  v = -s * dx + c * dy;
  return std::max(std::abs(u), std::abs(v));
}

/// Smallest distance from the two open fingers to what stands about.
double finger_room_m(const ToolPlace& place, const Detection& object, const std::vector<Detection>& about,
                     double max_width_m) {
  const double reach = max_width_m / 2 + kFinger_m;
  const double ux = std::sin(place.yaw_rad), uy = -std::cos(place.yaw_rad);
  double room = kFingerClearance_m;
  for (const auto& other : about) {
    if (other.label == object.label || other.kind == "person") continue;
    for (const double side : {-reach, reach})
      room = std::min(room, outline_gap_m(other, place.position_m.x() + side * ux, place.position_m.y() + side * uy));
  }
  return room;
}

}  // namespace

double outline_gap_m(const Detection& box, double x_m, double y_m) {
  double u = 0, v = 0;
  to_box_frame(box, x_m, y_m, u, v);
  return std::hypot(std::max(0.0, std::abs(u) - box.size_m[0] / 2), std::max(0.0, std::abs(v) - box.size_m[1] / 2));
}

double person_gap_m(const std::vector<Detection>& about, double x_m, double y_m) {
  double gap = 10;
  for (const auto& d : about)
    if (d.kind == "person") gap = std::min(gap, outline_gap_m(d, x_m, y_m));
  return gap;
}

bool lies_in(const Detection& object, const Detection& bin) {
  double u = 0, v = 0;
  to_box_frame(bin, object.position_m[0], object.position_m[1], u, v);
  const double top = bin.position_m[2] + bin.size_m[2] + object.size_m[2];
  return std::abs(u) < bin.size_m[0] / 2 - kWall_m && std::abs(v) < bin.size_m[1] / 2 - kWall_m &&
         object.position_m[2] < top;
}

std::optional<ToolPlace> plan_grasp(const Detection& object, const std::vector<Detection>& about, double max_width_m,
                                    double tool_yaw_rad) {
  std::optional<ToolPlace> best;
  double best_room = 0;
  for (const bool along_y : {true, false}) {
    const double width = along_y ? object.size_m[1] : object.size_m[0];
    if (!(width <= max_width_m - kWidthReserve_m)) continue;
    ToolPlace place;
    place.width_m = width;
    place.position_m = {object.position_m[0], object.position_m[1], object.position_m[2]};
    const double wanted = object.yaw_rad + (along_y ? 0 : kQuarter);
    place.yaw_rad = tool_yaw_rad + std::remainder(wanted - tool_yaw_rad, kHalf);
    const double room = finger_room_m(place, object, about, max_width_m);
    const bool nearer = !best || std::abs(place.yaw_rad - tool_yaw_rad) < std::abs(best->yaw_rad - tool_yaw_rad);
    if (!best || room > best_room + 1e-9 || (room > best_room - 1e-9 && nearer)) {
      best = place;
      best_room = room;
    }
  }
  return best;
}

ToolPlace plan_place(const Detection& bin, const Detection& object, const std::vector<Detection>& about, double hold_m,
                     double tool_yaw_rad) {
  ToolPlace place;
  place.yaw_rad = tool_yaw_rad + std::remainder(bin.yaw_rad - tool_yaw_rad, kQuarter);
  place.width_m = std::min(object.size_m[0], object.size_m[1]);
  const double size = std::max(object.size_m[0], object.size_m[1]);
  const double half_u = std::max(0.0, bin.size_m[0] / 2 - kWall_m - size),
               half_v = std::max(0.0, bin.size_m[1] / 2 - kWall_m - size);
  const double c = std::cos(bin.yaw_rad), s = std::sin(bin.yaw_rad);
  double best = -1;
  for (const double v : {0.0, -half_v, half_v})
    for (const double u : {0.0, -half_u, half_u}) {
      const double x = bin.position_m[0] + c * u - s * v, y = bin.position_m[1] + s * u + c * v;
      double room = size;  // more than that is not worth leaving the middle for
      for (const auto& other : about)
        if (other.label != object.label && other.kind == object.kind && lies_in(other, bin))
          room = std::min(room, outline_gap_m(other, x, y));
      if (room <= best + 1e-9) continue;
      best = room;
      place.position_m.x() = x;
      place.position_m.y() = y;
    }
  const double floor = bin.position_m[2];
  place.position_m.z() =
      std::max(floor + object.size_m[2] / 2 + kDrop_m + hold_m, floor + bin.size_m[2] - kHandAboveWall_m);
  return place;
}

}  // namespace assay::policies
