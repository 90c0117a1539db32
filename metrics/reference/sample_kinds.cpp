#include "metrics/reference/kinds.h"

namespace assay::metrics {

void register_sample_kinds(ReferenceRegistry&) {}

}  // namespace assay::metrics
