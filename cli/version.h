// What this program was built from. Written at each build (cmake/Version.cmake).
#pragma once

namespace assay::cli {

extern const char* const kVersion;   ///< "0.1.0"
extern const char* const kRevision;  ///< git describe --always --dirty

}  // namespace assay::cli
