// Records in which a person says what no signal shows.
#pragma once

#include <optional>
#include <string>

#include "core/trace.h"

namespace assay::metrics {

/// A record without signals, of a robot of the adapter `manual`: truth is what a person said (channels
/// operator.success, operator.subgoal.<id>, operator.check.<id>, operator.limit.<id>; adapters/manual/manual_robot.h),
/// in place of every condition. The adapter's name is the harness's own note: no wire can claim it.
bool judged_by_person(const Trace& trace);
/// In the last row; empty: not said.
std::optional<bool> said_by_person(const Stream& truth, const std::string& what);

}  // namespace assay::metrics
