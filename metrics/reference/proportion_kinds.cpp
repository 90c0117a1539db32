#include "metrics/reference/kinds.h"

namespace assay::metrics {

void register_proportion_kinds(ReferenceRegistry&) {}

}  // namespace assay::metrics
