// A recording that is judged as if it were live: a CSV or MCAP of an instrument, cut into trials
// (docs/wire-recorded.md).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "adapters/policy.h"
#include "adapters/robot.h"
#include "core/model/scheme.h"

namespace assay {

/// Fails with 1266. Reads nothing: the first reset() does.
Result<std::unique_ptr<Robot>> make_recorded_robot(const RobotLink& link);
std::string recorded_engine();
/// The files that decide what it says; none for another adapter.
std::vector<std::string> recorded_files(const RobotLink& link);
/// Says done where the recording of the trial ends.
Result<std::unique_ptr<Policy>> make_recording_policy(const PolicyParams& params);

}  // namespace assay
