// What the subject said is where, held against where it was when it said so.
#pragma once

#include <mujoco/mujoco.h>

#include <string>
#include <vector>

#include "adapters/mujoco/entities.h"
#include "core/model/sample.h"
#include "core/model/setup.h"

namespace assay::mujoco {

/// Reports name detectables by label; distances are planar, in the world. A report that lies more than 1 m from
/// every detectable of its label, or whose label none has, meant nothing.
class ReportWatch {
 public:
  void reset(const mjModel& model, const Setup& setup);
  void hear(const mjData& data, const std::vector<Report>& reports);
  /// Number of the detectable with this body, or -1.
  [[nodiscard]] int find(const std::string& body) const;
  /// From the nearest report of the detectable so far, m; 1000 at most and if there was none.
  [[nodiscard]] double nearest_m(int detectable) const {
    return things_[static_cast<std::size_t>(detectable)].nearest_m;
  }
  [[nodiscard]] double false_reports() const { return false_reports_; }

 private:
  struct Thing {
    int body = -1;
    std::string name, label;
    double nearest_m = 1000;
  };
  SensingFrame frame_;
  std::vector<Thing> things_;
  double false_reports_ = 0;
};

}  // namespace assay::mujoco
