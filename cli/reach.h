// Are a subject's robot and the server of its policy there? doctor asks, and so does whoever is about to begin.
#pragma once

#include "core/model/scheme.h"
#include "core/result.h"

namespace assay::cli {

/// What answered. Fail with 0930 (no robot), 0931 (no policy's server), or as the adapter does: an address, a mapping
/// or a recording (1250, 1257, 1258, 1265, 1266, 1270) that cannot be used, 0932. A recording is read whole.
Result<Text> try_subject_robot(const Subject& subject);
Result<Text> try_subject_policy(const Subject& subject);

/// Both, before a session is locked (`locked`: before it is gone on with): what is not there is nobody's failure yet.
Result<void> all_there(const Subject& subject, bool locked);

/// Fails with 0932: a recording of a task that the catalogue does not have.
Result<void> check_recorded_tasks(const Subject& subject);

}  // namespace assay::cli
