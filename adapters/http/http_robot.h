// A robot over the robot API (docs/robot-api.yaml): one HTTP server, JSON, telemetry as a stream of lines.
#pragma once

#include <memory>
#include <string>

#include "adapters/live/live_robot.h"
#include "core/model/scheme.h"

namespace assay {

/// Fails with 1250. Connects nothing.
Result<std::unique_ptr<Robot>> make_http_robot(const RobotLink& link);
/// What the plan records: the API's version and the library.
std::string http_engine();

}  // namespace assay
