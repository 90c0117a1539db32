// A policy that stands, watches and says what it saw.
#pragma once

#include <memory>

#include "adapters/policy.h"
#include "core/result.h"

namespace assay {

/// Watches from where it stands and reports what its detector shows, each thing once: the things that the instruction
/// names (slots thing, thing_2, … or its text), else all goods and parcels. The dials of the others (policies.h).
Result<std::unique_ptr<Policy>> make_observer(const PolicyParams& params);

}  // namespace assay
