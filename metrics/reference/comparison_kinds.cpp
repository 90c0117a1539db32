#include "metrics/reference/kinds.h"

namespace assay::metrics {

void register_comparison_kinds(ReferenceRegistry&) {}

}  // namespace assay::metrics
