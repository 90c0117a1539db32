// Between messages and what passes between robot and policy. Both sides use it: the adapter, and `assay robot serve`.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "adapters/ros2/mapping.h"

namespace assay::ros2 {

/// What a state topic says of its group. Fails with 1253: subject:telemetry_{shape, not_finite}.
Result<void> read_state(const StateTopic& topic, const Group& group, const Message& message, GroupState& state);
/// A scan, turned to beams of the group. A ray that says nothing finite reads max.
Result<void> read_scan(const StateTopic& topic, const Group& group, const Message& message, RangeScan& scan);
Result<double> read_field(const ChannelSource& source, const Message& message);
/// The other way: empty if the state says nothing for this topic.
std::optional<Message> state_message(const StateTopic& topic, const Group& group, const Observation& seen,
                                     std::int64_t stamp_ns);

/// Empty if the topic's type does not carry this mode: see docs/wire-ros2.md. A TwistStamped for an arm is the tool's
/// motion of one control period as a speed, in the frame of the arm's base.
std::optional<Message> command_message(const CommandTopic& topic, const Group& group, const GroupAction& action,
                                       double period_s);
/// Fails with 1253 (subject:command_shape).
Result<GroupAction> read_command(const CommandTopic& topic, const Group& group, const Message& message,
                                 double period_s);

}  // namespace assay::ros2
