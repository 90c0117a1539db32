#include "metrics/reference/kinds.h"

namespace assay::metrics {

void register_uncertainty_kinds(ReferenceRegistry&) {}

}  // namespace assay::metrics
