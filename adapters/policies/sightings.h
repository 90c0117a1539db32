// What a policy remembers of what its detector reported: per label a mean over several reports, that follows when
// the thing has moved.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/model/sample.h"

namespace assay::policies {

class Sightings {
 public:
  void reset() { *this = Sightings{}; }
  /// A report that repeats the last one bit for bit is the same measurement held, until it is older than any detector's
  /// period: then it is a new look of a detector without noise at a thing at rest.
  void add(const std::vector<Detection>& detections, SimTime now);
  /// What the detector is believed to be off by (reported minus true, x and y): find() and all() take it away.
  void correct_by(double x_m, double y_m) { error_m_ = {x_m, y_m}; }
  [[nodiscard]] const std::array<double, 2>& error_m() const { return error_m_; }
  [[nodiscard]] std::optional<Detection> find(const std::string& label) const;
  [[nodiscard]] int reports(const std::string& label) const;
  [[nodiscard]] std::vector<Detection> all() const;
  void forget(const std::string& label) { seen_.erase(label); }

 private:
  struct Item {
    Detection mean, last;
    int count = 0;
    SimTime at;
  };
  [[nodiscard]] Detection corrected(Detection seen) const;

  std::map<std::string, Item> seen_;
  std::array<double, 2> error_m_{};
};

}  // namespace assay::policies
