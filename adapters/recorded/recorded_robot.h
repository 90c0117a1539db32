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
/// Tasks that have a recording of their own; none for another adapter, nor where one file is of all tasks.
std::vector<std::string> recorded_tasks(const RobotLink& link);
struct RecordingsRead {
  std::size_t files = 0, trials = 0, rows = 0;
};
/// Reads each of the files as a trial will. Fails with 1265, 1266, naming file and line.
Result<RecordingsRead> try_recording(const RobotLink& link);
/// Says done where the recording of the trial ends.
Result<std::unique_ptr<Policy>> make_recording_policy(const PolicyParams& params);

}  // namespace assay
