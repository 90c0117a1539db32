#include "metrics/reference/kinds.h"

namespace assay::metrics {

void register_timing_kinds(ReferenceRegistry&) {}

}  // namespace assay::metrics
