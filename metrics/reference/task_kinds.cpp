#include "metrics/reference/kinds.h"

namespace assay::metrics {

void register_task_kinds(ReferenceRegistry&) {}

}  // namespace assay::metrics
