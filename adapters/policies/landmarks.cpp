#include "adapters/policies/landmarks.h"

#include <cmath>

namespace assay::policies {
namespace {

constexpr double kMemory = 150;    // looks; older ones fade
constexpr double kSmallError = 6;  // looks' worth of belief that the detector is right

}  // namespace

void Landmarks::add(const std::array<double, 3>& pose, const std::vector<Detection>& detections) {
  const double c = std::cos(pose[2]), s = std::sin(pose[2]);
  for (const auto& d : detections) {
    Sums& sums = seen_[d.label];
    if (sums.n > kMemory)
      for (double* sum :
           {&sums.n, &sums.qx, &sums.qy, &sums.c, &sums.s, &sums.tx, &sums.ty, &sums.sin_yaw, &sums.cos_yaw})
        *sum *= 1 - 1 / kMemory;
    const double qx = pose[0] + c * d.position_m[0] - s * d.position_m[1];
    const double qy = pose[1] + s * d.position_m[0] + c * d.position_m[1];
    sums.n += 1;
    sums.qx += qx;
    sums.qy += qy;
    sums.c += c;
    sums.s += s;
    sums.tx += c * qx + s * qy;
    sums.ty += -s * qx + c * qy;
    sums.sin_yaw += std::sin(pose[2] + d.yaw_rad);
    sums.cos_yaw += std::cos(pose[2] + d.yaw_rad);
    ++sums.looks;
    sums.last = d;
  }
}

std::array<double, 2> Landmarks::bias_m() const {
  double weight = kSmallError, x = 0, y = 0;
  for (const auto& [label, sums] : seen_) {
    const double qx = sums.qx / sums.n, qy = sums.qy / sums.n, c = sums.c / sums.n, s = sums.s / sums.n;
    weight += sums.n * (1 - c * c - s * s);
    x += sums.tx - sums.n * (c * qx + s * qy);
    y += sums.ty - sums.n * (-s * qx + c * qy);
  }
  return {x / weight, y / weight};
}

Landmark Landmarks::landmark(const Sums& sums, const std::array<double, 2>& bias) const {
  const double c = sums.c / sums.n, s = sums.s / sums.n;
  Landmark out;
  out.label = sums.last.label;
  out.kind = sums.last.kind;
  out.at_m = {sums.qx / sums.n - c * bias[0] + s * bias[1], sums.qy / sums.n - s * bias[0] - c * bias[1]};
  out.yaw_rad = std::atan2(sums.sin_yaw, sums.cos_yaw);
  out.size_m = sums.last.size_m;
  out.looks = sums.looks;
  return out;
}

std::optional<Landmark> Landmarks::find(const std::string& label) const {
  const auto it = seen_.find(label);
  if (it == seen_.end()) return std::nullopt;
  return landmark(it->second, bias_m());
}

std::vector<Landmark> Landmarks::all() const {
  std::vector<Landmark> out;
  const auto bias = bias_m();
  for (const auto& [label, sums] : seen_) out.push_back(landmark(sums, bias));
  return out;
}

}  // namespace assay::policies
