#include "metrics/measures/catalogue.h"

namespace assay::metrics {

std::vector<MeasureEntry> measures() {
  std::vector<MeasureEntry> list;
  add_motion_measures(list);
  add_task_measures(list);
  add_safety_measures(list);
  add_timing_measures(list);
  return list;
}

}  // namespace assay::metrics
