#include "adapters/policies/side_touches.h"

#include <cmath>

#include "adapters/policies/grasp_plan.h"

namespace assay::policies {
namespace {

constexpr double kBeside_m = 0.045;
constexpr double kStep_m = 0.015;
constexpr double kQuarter = 1.5707963267948966;

Eigen::Vector2d middle(const Detection& d) { return {d.position_m[0], d.position_m[1]}; }

}  // namespace

std::optional<Detection> plate_under(const Sightings& sightings, const std::string& label) {
  const auto thing = sightings.find(label);
  if (!thing || thing->kind == "surface") return thing;
  for (const auto& d : sightings.all())
    if (d.kind == "fixture" && outline_gap_m(d, thing->position_m[0], thing->position_m[1]) <= 0) return d;
  return std::nullopt;
}

void SideTouches::start(const Detection& plate) {
  plate_ = plate;
  number_ = 0;
  sum_.setZero();
  aim();
}

void SideTouches::touched(const Eigen::Vector2d& at) {
  sum_ += outward_ * (at - middle(plate_)).dot(outward_) / 2;
  ++number_;
  if (!done()) aim();
}

void SideTouches::step_out() { beside_ += kStep_m * outward_; }

void SideTouches::aim() {
  const bool along_x = number_ < 2;
  const double angle = plate_.yaw_rad + (along_x ? 0 : kQuarter);
  outward_ = Eigen::Vector2d(std::cos(angle), std::sin(angle)) * (number_ % 2 == 0 ? 1 : -1);
  beside_ = middle(plate_) + outward_ * (plate_.size_m[along_x ? 0 : 1] / 2 + kBeside_m);
}

}  // namespace assay::policies
