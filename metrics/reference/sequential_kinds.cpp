#include "metrics/reference/kinds.h"

namespace assay::metrics {

void register_sequential_kinds(ReferenceRegistry&) {}

}  // namespace assay::metrics
