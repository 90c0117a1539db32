#include "adapters/mujoco/reports.h"

#include <algorithm>
#include <cmath>

#include "adapters/mujoco/geometry.h"

namespace assay::mujoco {
namespace {

constexpr double kMeantWithin_m = 1;

}  // namespace

void ReportWatch::reset(const mjModel& model, const Setup& setup) {
  *this = ReportWatch();
  frame_ = sensing_frame(model, setup.world.groups);
  for (const auto& detectable : setup.detectables)
    if (const int body = body_id(model, detectable.body); body >= 0)
      things_.push_back({body, detectable.body, detectable.label});
}

void ReportWatch::hear(const mjData& data, const std::vector<Report>& reports) {
  const Frame frame = body_frame(data, frame_.body);
  for (const auto& report : reports) {
    const Vector3d said(report.position_m[0], report.position_m[1], report.position_m[2]);
    const Vector3d at = frame.position + frame.rotation * said;
    bool meant = false;
    for (auto& thing : things_) {
      if (thing.label != report.label) continue;
      const mjtNum* is = data.xpos + 3 * thing.body;
      const double x = at.x() - is[0], y = at.y() - is[1], error_m = std::sqrt(x * x + y * y);
      meant = meant || error_m <= kMeantWithin_m;
      thing.nearest_m = std::min(thing.nearest_m, error_m);
    }
    if (!meant) ++false_reports_;
  }
}

int ReportWatch::find(const std::string& body) const {
  for (std::size_t i = 0; i < things_.size(); ++i)
    if (things_[i].name == body) return static_cast<int>(i);
  return -1;
}

}  // namespace assay::mujoco
