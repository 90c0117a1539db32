// A robot over ROS 2 topics, without a ROS installation (docs/wire-ros2.md).
#pragma once

#include <memory>
#include <string>

#include "adapters/live/live_robot.h"
#include "core/model/scheme.h"

namespace assay {

/// Fails with 1258. Connects nothing.
Result<std::unique_ptr<Robot>> make_ros2_robot(const RobotLink& link);
/// What the plan records: the library and its version.
std::string ros2_engine();
/// Joins the domain, waits for the other end of every topic, leaves. What it found; fails as reset() does.
Result<Text> try_ros2(const RobotLink& link, double patience_s);

}  // namespace assay
