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
  void reset() { seen_.clear(); }
  /// A report that repeats the last one bit for bit is the same measurement held, until it is older than any detector's
  /// period: then it is a new look of a detector without noise at a thing at rest.
  void add(const std::vector<Detection>& detections, SimTime now);
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
  std::map<std::string, Item> seen_;
};

}  // namespace assay::policies
