#include "metrics/reference/kinds.h"

namespace assay::metrics {

void register_safety_kinds(ReferenceRegistry&) {}

}  // namespace assay::metrics
