// The `ros2:` section of a subject file: which topics are the robot's groups, channels and commands.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "adapters/robot.h"
#include "adapters/ros2/bus.h"
#include "core/model/scheme.h"

namespace assay::ros2 {

using Json = nlohmann::json;

/// A topic that is heard. With a group it is part of that group's state, as its type says; `mount`: a PoseStamped of
/// the group's own base frame instead of its tool.
struct StateTopic {
  std::string topic;
  Type type = Type::joint_state;
  double rate_hz = 0;  ///< 0: each control period. Silent for longer than 2.5 of its periods it is stale
  bool reliable = false, mount = false;
  std::string group;
  std::vector<std::string> joints;  ///< names on the wire, in the order of the group's joints; empty: the joints' own
  std::shared_ptr<GivenType> given{};  ///< of Type::given, else none

  [[nodiscard]] std::string type_name() const { return given ? given->name() : ros_name(type); }
  [[nodiscard]] bool stamped() const { return given ? given->stamped() : is_stamped(type); }
};

struct CommandTopic {
  std::string topic;
  Type type = Type::twist;
  std::string group, frame;
  std::vector<std::string> joints;
  std::shared_ptr<GivenType> given{};  ///< of Type::given, else none
  Mode mode = Mode::hold;              ///< that a given type carries

  [[nodiscard]] std::string type_name() const { return given ? given->name() : ros_name(type); }
};

/// A value of truth: a field of a state topic; of joints "position:<joint>", "velocity:<joint>", "effort:<joint>"; of a
/// given type a path ("pose.position.x", "motors[2].speed").
struct ChannelSource {
  Channel channel;
  std::string topic, field;
  int index = -1;  ///< of the field among a message's values; -1: of a joint
};

struct Mapping {
  BusOptions bus;
  std::string tick;  ///< the state topic whose messages are the samples; or, of a session, its truth
  std::vector<StateTopic> states;
  std::vector<CommandTopic> commands;
  std::vector<ChannelSource> channels;
  std::vector<std::string> capabilities;
  std::string stop, alive, fault;  ///< Bool: true stops; a sign of life; true (or a word, for String) ends the trial
  Type fault_type = Type::boolean;
  std::string ask, answer, truth;  ///< String, JSON: a robot that keeps sessions (docs/wire-ros2.md)

  [[nodiscard]] bool session() const { return !ask.empty(); }
  [[nodiscard]] const StateTopic* state(const std::string& topic) const;
};

/// Fails with 1258: a topic, type, field or group that does not exist, twice, or does not fit; with 1272 to 1275 about
/// definitions, which lie in `folder`.
Result<Mapping> mapping_of(const RobotLink& link);
Result<Mapping> mapping_from(const Json& section, const std::string& folder = "");
/// The definitions that it names: absolute. None, if it cannot be read.
std::vector<std::string> definition_files(const RobotLink& link);
Json mapping_json(const Mapping& mapping);
/// Of these groups, at this period; only then it is known whether the mapping fits them.
Result<void> check_groups(const Mapping& mapping, const std::vector<Group>& groups);
/// What `assay robot serve` offers for a body: one folder of topics per group.
Mapping served_mapping(const std::vector<Group>& groups, const BusOptions& bus);

/// Joint names as a robot says them: without the composed model's prefix.
std::vector<std::string> wire_joints(const Group& group);
const Group* find_group(const std::vector<Group>& groups, const std::string& name);

}  // namespace assay::ros2
