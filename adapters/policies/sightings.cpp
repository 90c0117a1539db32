#include "adapters/policies/sightings.h"

#include <algorithm>
#include <cmath>

namespace assay::policies {
namespace {

constexpr double kMoved_m = 0.03;  // farther than noise: the thing was moved, start again
constexpr int kMostWeight = 20;
constexpr std::int64_t kHeld_ns = 250'000'000;  // longer than a detector holds one report

double wrapped(double angle) { return std::remainder(angle, 6.283185307179586); }

}  // namespace

void Sightings::add(const std::vector<Detection>& detections, SimTime now) {
  for (const auto& d : detections) {
    Item& item = seen_[d.label];
    const bool repeats = item.count > 0 && item.last.position_m == d.position_m;
    if (repeats && now.ns - item.at.ns < kHeld_ns) continue;
    item.last = d;
    item.at = now;
    double gap = 0;
    for (std::size_t i = 0; i < 3; ++i) gap += std::pow(d.position_m[i] - item.mean.position_m[i], 2);
    if (item.count == 0 || std::sqrt(gap) > kMoved_m) {
      item.mean = d;
      item.count = 1;
      continue;
    }
    item.count = std::min(item.count + 1, kMostWeight);
    const double share = 1.0 / item.count;
    for (std::size_t i = 0; i < 3; ++i) item.mean.position_m[i] += share * (d.position_m[i] - item.mean.position_m[i]);
    item.mean.yaw_rad += share * wrapped(d.yaw_rad - item.mean.yaw_rad);
  }
}

Detection Sightings::corrected(Detection seen) const {
  for (std::size_t i = 0; i < 2; ++i) seen.position_m[i] -= error_m_[i];
  return seen;
}

std::optional<Detection> Sightings::find(const std::string& label) const {
  const auto it = seen_.find(label);
  if (it == seen_.end()) return std::nullopt;
  return corrected(it->second.mean);
}

int Sightings::reports(const std::string& label) const {
  const auto it = seen_.find(label);
  return it == seen_.end() ? 0 : it->second.count;
}

std::vector<Detection> Sightings::all() const {
  std::vector<Detection> out;
  for (const auto& [label, item] : seen_) out.push_back(corrected(item.mean));
  return out;
}

}  // namespace assay::policies
