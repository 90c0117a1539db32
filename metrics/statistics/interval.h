// The two ends of an interval, as every statistic of this folder gives them.
#pragma once

namespace assay::metrics {

struct Interval {
  double lower = 0, upper = 0;
  friend bool operator==(const Interval&, const Interval&) = default;
};

}  // namespace assay::metrics
