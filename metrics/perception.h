// What was reported, against the truth. Not for other rooms.
#pragma once

#include "metrics/metrics.h"

namespace assay::metrics {

void register_perception_metrics(MetricRegistry& registry);  ///< localisation_error, count_error

}  // namespace assay::metrics
