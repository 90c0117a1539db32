// Session seeds: drawn, or the centre's own, committed at lock and revealed at close (DESIGN §4.2).
#pragma once

#include <string>

#include "core/result.h"
#include "store/store.h"

namespace assay::cli {

/// 128 bits of the operating system's randomness, hexadecimal.
std::string random_seed();

/// H(centre's secret ‖ campaign): robots of one campaign start alike and can be compared in pairs. Fails with
/// ASSAY-0904 (secret file or campaign not given), 0905 (unreadable, readable by others, or shorter than 16 bytes).
Result<std::string> lab_seed(const std::string& secret_file, const std::string& campaign);

/// What the plan says of the seed, in every division: "sha256:…". The seed itself is revealed after the close.
std::string commitment(const std::string& seed);
bool is_commitment(const std::string& seed);

/// Keeps the seed durably in seeds/<session>, mode 0600. Fails with ASSAY-0906.
Result<void> keep_seed(const Store& store, const std::string& session, const std::string& seed);
/// The kept seed. Fails with ASSAY-0909 if it is gone or does not fit the commitment: without it no further trial
/// of the session can be drawn.
Result<std::string> recall_seed(const Store& store, const std::string& session, const std::string& committed);

/// The seed goes into the chained audit log (again, if asked again). Fails with 0909, 0916 (this session, or another of
/// the same seed, is not closed yet: its trials could still be prepared for).
Result<std::string> reveal_seed(Store& store, const SessionRow& session);
/// As revealed; empty before. Fails with 0909 if what was revealed does not fit the commitment.
Result<std::string> revealed_seed(const Store& store, const std::string& session, const std::string& committed);

}  // namespace assay::cli
