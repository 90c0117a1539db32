#include "metrics/reference/kinds.h"

namespace assay::metrics {

void register_agreement_kinds(ReferenceRegistry&) {}

}  // namespace assay::metrics
