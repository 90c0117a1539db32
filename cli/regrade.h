// Results under other schemes that a session keeps, read back from what was stored.
#pragma once

#include <string>
#include <vector>

#include "reports/report.h"

namespace assay::cli {

/// The newest of each scheme file other than `own_sha256`, oldest first. Texts that are no report are left out: they
/// are of a newer program.
std::vector<reports::Regrade> regrades_of(const std::vector<std::string>& stored, const std::string& own_sha256);

}  // namespace assay::cli
