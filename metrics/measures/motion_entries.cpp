#include "metrics/measures/catalogue.h"

namespace assay::metrics {

void add_motion_measures(std::vector<MeasureEntry>&) {}

}  // namespace assay::metrics
