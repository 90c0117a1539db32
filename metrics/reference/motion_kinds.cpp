#include "metrics/reference/kinds.h"

namespace assay::metrics {

void register_motion_kinds(ReferenceRegistry&) {}

}  // namespace assay::metrics
