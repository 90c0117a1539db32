#include "adapters/policies/peg_grasp.h"

#include <cmath>

namespace assay::policies {
namespace {

constexpr double kHalf = 3.141592653589793;
constexpr double kHexagon = 1.1547005383792515;  // 2/√3
constexpr double kWidthReserve_m = 0.008;
constexpr double kFinger_m = 0.010;           // an open finger's middle, beyond half of the opening
constexpr double kFingerClearance_m = 0.018;  // from a finger's middle to a neighbour

double finger_room_m(const Detection& peg, double yaw_rad, const std::vector<Detection>& about, double max_width_m) {
  const double reach = max_width_m / 2 + kFinger_m;
  const double ux = std::sin(yaw_rad), uy = -std::cos(yaw_rad);
  double room = kFingerClearance_m;
  for (const auto& other : about) {
    if (other.label == peg.label || other.kind != peg.kind) continue;
    for (const double side : {-reach, reach})
      room = std::min(room, outline_gap_m(other, peg.position_m[0] + side * ux, peg.position_m[1] + side * uy));
  }
  return room;
}

}  // namespace

double symmetry_rad(const Detection& peg) {
  const double ratio = peg.size_m[0] / peg.size_m[1];
  if (std::abs(ratio - 1) < 0.02) return kHalf / 2;
  return std::abs(ratio - kHexagon) < 0.02 ? kHalf / 3 : kHalf;
}

std::optional<ToolPlace> plan_peg_grasp(const Detection& peg, const std::vector<Detection>& about, double max_width_m,
                                        double tool_yaw_rad) {
  if (!(peg.size_m[1] <= max_width_m - kWidthReserve_m)) return std::nullopt;
  const double step = symmetry_rad(peg);
  const double nearest = tool_yaw_rad + std::remainder(peg.yaw_rad - tool_yaw_rad, step);
  std::optional<ToolPlace> best;
  double best_room = 0;
  for (const double yaw : {nearest, nearest - step, nearest + step}) {
    if (std::abs(yaw - tool_yaw_rad) > kHalf / 2 + 0.01) continue;
    const double room = finger_room_m(peg, yaw, about, max_width_m);
    if (best && room <= best_room + 1e-9) continue;
    best = ToolPlace{{peg.position_m[0], peg.position_m[1], peg.position_m[2]}, yaw, peg.size_m[1]};
    best_room = room;
  }
  return best;
}

double insertion_yaw(const Detection& peg, const Detection& hole, double grasp_yaw_rad) {
  const double wanted = hole.yaw_rad + (grasp_yaw_rad - peg.yaw_rad);
  return grasp_yaw_rad + std::remainder(wanted - grasp_yaw_rad, symmetry_rad(peg));
}

bool stands_in(const Detection& peg, const Detection& hole) {
  const double dx = peg.position_m[0] - hole.position_m[0], dy = peg.position_m[1] - hole.position_m[1];
  const double above = peg.position_m[2] - peg.size_m[2] / 2 - hole.position_m[2];  // of the lower end over the mouth
  return std::hypot(dx, dy) < 0.012 && above < -0.66 * hole.size_m[2];
}

}  // namespace assay::policies
