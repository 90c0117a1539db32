#include "adapters/ros2/mapping.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include "adapters/http/wire.h"

namespace assay::ros2 {
namespace {

Error bad_mapping(const std::string& found, Text expected) {
  return Error{.id = 1258,
               .what = {"the mapping of ROS 2 topics cannot be used", "ROS 2 话题映射不可用"},
               .expected = std::move(expected),
               .found = found,
               .help = {"correct `ros2` in the subject file; docs/wire-ros2.md has the list of types and fields",
                        "请修改受试对象文件中的 `ros2`；类型与字段见 docs/zh/wire-ros2.md"}};
}

Error bad_shape(const std::string& found) {
  return bad_mapping(found, {"what docs/wire-ros2.md describes", "docs/zh/wire-ros2.md 所述内容"});
}

Result<Type> type_in(const Json& one) {
  const std::string name = one.at("type");
  if (const auto type = type_of(name)) return *type;
  return bad_mapping(name, {"one of the message types that this wire knows; as a state any type with `definition`",
                            "本接口支持的消息类型之一；状态话题可为任意类型，但须写明 `definition`"});
}

std::vector<std::string> words(const Json& one, const char* key) {
  return one.contains(key) ? one.at(key).get<std::vector<std::string>>() : std::vector<std::string>{};
}

std::string topic_in(const Json& section, const char* key) {
  return section.contains(key) ? section.at(key).at("topic").get<std::string>() : "";
}

bool serves_group(Type type) {
  return type != Type::twist && type != Type::joint_trajectory && type != Type::boolean && type != Type::text &&
         type != Type::battery_state && type != Type::given;
}

bool commands(Type type) {
  return type == Type::twist || type == Type::twist_stamped || type == Type::joint_trajectory ||
         type == Type::joint_state || type == Type::given;
}

std::vector<std::string> definition_in(const Json& one) {
  if (!one.contains("definition")) return {};
  return one.at("definition").is_string() ? std::vector<std::string>{one.at("definition").get<std::string>()}
                                          : words(one, "definition");
}

/// A type that the wire does not know by itself.
Result<std::shared_ptr<GivenType>> given_in(const Json& one, const std::string& folder) {
  const std::string name = one.at("type");
  if (type_of(name))
    return bad_mapping(name + ": definition", {"none: the wire knows this type", "无需定义：本接口已支持该类型"});
  ASSAY_TRY(auto type, GivenType::read(name, definition_in(one), folder));
  if (one.contains("stamp")) ASSAY_RETURN_IF_ERROR(type.set_stamp(one.at("stamp")));
  return std::make_shared<GivenType>(std::move(type));
}

/// Which field is which value of the mode.
Result<void> read_command(const Json& one, const std::string& folder, CommandTopic& topic) {
  ASSAY_TRY(topic.given, given_in(one, folder));
  topic.type = Type::given;
  const Json said = {{"group", topic.group}, {"mode", one.at("mode")}, {"values", Json::array()}};
  ASSAY_TRY(const auto action, http::action_from({{"groups", {said}}}));
  topic.mode = action.groups[0].mode;
  for (const auto& field : words(one, "fields")) ASSAY_RETURN_IF_ERROR(topic.given->add(field));
  if (one.contains("constants"))
    for (const auto& [field, value] : one.at("constants").items())
      ASSAY_RETURN_IF_ERROR(topic.given->set(field, value.get<double>()));
  return topic.given->check_writing();
}

/// These words belong to types with a definition alone.
Result<void> check_words(const Json& one, const std::vector<const char*>& keys) {
  for (const char* key : keys)
    if (one.contains(key) && !one.contains("definition"))
      return bad_mapping(one.at("topic").get<std::string>() + ": " + key,
                         {"`definition` beside it", "同时写明 `definition`"});
  return {};
}

Result<Mapping> read(const Json& s, const std::string& folder) {
  Mapping out;
  out.bus.domain = s.value("domain", 0);
  out.bus.interface = s.value("interface", "");
  out.bus.peers = words(s, "peers");
  out.capabilities = words(s, "capabilities");
  out.stop = s.at("stop").at("topic");
  out.alive = topic_in(s, "alive");
  if (s.contains("fault")) {
    out.fault = s.at("fault").at("topic");
    ASSAY_TRY(out.fault_type, type_in(s.at("fault")));
    if (out.fault_type != Type::boolean && out.fault_type != Type::text)
      return bad_mapping("fault: " + std::string(ros_name(out.fault_type)),
                         {"std_msgs/msg/Bool or std_msgs/msg/String", "std_msgs/msg/Bool 或 std_msgs/msg/String"});
  }
  if (s.contains("session")) {
    out.ask = s.at("session").at("ask");
    out.answer = s.at("session").at("answer");
    out.truth = s.at("session").at("truth");
  }
  for (const auto& one : s.at("states")) {
    StateTopic topic;
    topic.topic = one.at("topic");
    topic.rate_hz = one.value("rate_hz", 0.0);
    ASSAY_RETURN_IF_ERROR(check_words(one, {"stamp"}));
    if (one.contains("definition")) {
      ASSAY_TRY(topic.given, given_in(one, folder));
      topic.type = Type::given;
    } else {
      ASSAY_TRY(topic.type, type_in(one));
    }
    topic.reliable = one.value("reliability", "best_effort") == "reliable";
    topic.mount = one.value("gives", "tcp") == "mount";
    topic.group = one.value("group", "");
    topic.joints = words(one, "joints");
    if (!topic.group.empty() && !serves_group(topic.type))
      return bad_mapping(topic.topic + ": " + topic.type_name() + " for a group",
                         {"a type that says something about a group", "能描述分组状态的类型"});
    out.states.push_back(std::move(topic));
  }
  for (const auto& one : s.at("commands")) {
    CommandTopic topic{one.at("topic"), {}, one.at("group"), one.value("frame", ""), words(one, "joints")};
    ASSAY_RETURN_IF_ERROR(check_words(one, {"stamp", "mode", "fields", "constants"}));
    if (one.contains("definition")) {
      ASSAY_RETURN_IF_ERROR(read_command(one, folder, topic));
    } else {
      ASSAY_TRY(topic.type, type_in(one));
    }
    if (!commands(topic.type))
      return bad_mapping(topic.topic + ": " + ros_name(topic.type),
                         {"Twist, TwistStamped, JointState, JointTrajectory, or a type with `definition`",
                          "Twist、TwistStamped、JointState、JointTrajectory，或写明 `definition` 的类型"});
    out.commands.push_back(std::move(topic));
  }
  if (s.contains("channels"))
    for (const auto& one : s.at("channels"))
      out.channels.push_back({{one.at("name"), one.at("unit"), one.value("frame", ""), Vantage::self_report},
                              one.at("topic"),
                              one.value("field", "value"),
                              -1});
  if (!out.session() && !s.contains("tick"))
    return bad_mapping("neither", {"ros2 needs tick: {topic} or session: {ask, answer, truth}",
                                   "ros2 需要 tick: {topic} 或 session: {ask, answer, truth}"});
  out.tick = out.session() ? out.truth : s.at("tick").at("topic").get<std::string>();
  return out;
}

Result<void> find_field(const StateTopic& topic, ChannelSource& source) {
  if (topic.given) {
    ASSAY_TRY(source.index, topic.given->add(source.field));
    return {};
  }
  const auto known = fields(topic.type);
  const std::string& field = source.field;
  const auto at = std::find_if(known.begin(), known.end(), [&](const char* name) { return field == name; });
  source.index = at == known.end() ? -1 : static_cast<int>(at - known.begin());
  if (at != known.end()) return {};
  if (topic.type == Type::joint_state)
    for (const char* start : {"position:", "velocity:", "effort:"})
      if (field.rfind(start, 0) == 0) return {};
  return bad_mapping(source.channel.name + ": " + field,
                     {"a field of " + topic.type_name(), topic.type_name() + " 的字段"});
}

Result<void> check(Mapping& m) {
  std::set<std::string> topics, names;
  for (const auto& one : m.states)
    if (!topics.insert(one.topic).second)
      return bad_mapping(one.topic + " twice", {"each topic once", "每个话题只写一次"});
  for (auto& one : m.channels) {
    const auto* from = m.state(one.topic);
    if (from == nullptr)
      return bad_mapping(one.channel.name + ": " + one.topic,
                         {"a topic that stands under `states`", "`states` 下所列话题"});
    ASSAY_RETURN_IF_ERROR(find_field(*from, one));
    if (!names.insert(one.channel.name).second)
      return bad_mapping(one.channel.name + " twice", {"each channel once", "每个通道只写一次"});
  }
  if (m.session()) return {};
  const auto* tick = m.state(m.tick);
  if (tick == nullptr || !tick->stamped())
    return bad_mapping("tick: " + m.tick, {"a stamped topic that stands under `states`", "`states` 下带时间戳的话题"});
  return {};
}

/// Whether the type says something that this kind of group has.
bool fits(Type type, Group::Kind kind, bool command) {
  using Kind = Group::Kind;
  switch (type) {
    case Type::joint_state:
      return !command || kind != Kind::base;
    case Type::joint_trajectory:
      return command && kind != Kind::base;
    case Type::odometry:
    case Type::laser_scan:
    case Type::twist:
      return kind == Kind::base;
    case Type::twist_stamped:
      return kind == Kind::base || kind == Kind::arm;
    case Type::pose_stamped:
      return kind == Kind::arm || kind == Kind::base;
    case Type::wrench_stamped:
      return kind == Kind::arm;
    case Type::imu:
      return kind == Kind::legs;
    default:
      return false;
  }
}

Error no_such_group(const std::vector<Group>& groups, const std::string& topic, const std::string& name) {
  std::string known;
  for (const auto& group : groups) known += (known.empty() ? "" : ", ") + group.name;
  return bad_mapping(topic + ": group " + name, {"a group of the embodiment: " + known, "本体的分组：" + known});
}

Result<void> check_one(const std::vector<Group>& groups, const std::string& topic, Type type, const std::string& name,
                       std::size_t joints, bool command) {
  const Group* group = find_group(groups, name);
  if (group == nullptr) return no_such_group(groups, topic, name);
  if (!fits(type, group->kind, command))
    return bad_mapping(topic + ": " + ros_name(type) + " for group " + name,
                       {"a type that fits the group's kind", "与分组类型相符的消息类型"});
  if (joints != 0 && joints != wire_joints(*group).size())
    return bad_mapping(topic + ": " + std::to_string(joints) + " joints",
                       {std::to_string(wire_joints(*group).size()) + " joints",
                        std::to_string(wire_joints(*group).size()) + " 个关节"});
  return {};
}

/// A group, its mode, and a field for each of its values.
Result<void> check_given(const std::vector<Group>& groups, const CommandTopic& topic) {
  if (find_group(groups, topic.group) == nullptr) return no_such_group(groups, topic.topic, topic.group);
  RobotDescription robot;
  robot.groups = groups;
  Action action;
  action.groups = {{topic.group, topic.mode, std::vector<double>(topic.given->fields().size())}};
  if (const auto fits = check_action(robot, action); !fits)
    return bad_mapping(topic.topic + ": " + fits.error().found, fits.error().expected);
  return {};
}

void write_given(const GivenType* type, Json& out) {
  if (type == nullptr) return;
  out["definition"] = type->files();
  if (type->stamped()) out["stamp"] = type->stamp();
}

}  // namespace

const Group* find_group(const std::vector<Group>& groups, const std::string& name) {
  const auto found = std::find_if(groups.begin(), groups.end(), [&](const Group& g) { return g.name == name; });
  return found == groups.end() ? nullptr : &*found;
}

const StateTopic* Mapping::state(const std::string& topic) const {
  const auto found = std::find_if(states.begin(), states.end(), [&](const StateTopic& s) { return s.topic == topic; });
  return found == states.end() ? nullptr : &*found;
}

std::vector<std::string> wire_joints(const Group& group) {
  if (group.kind == Group::Kind::gripper) return {group.name + "_width"};  // one value, in m, whatever moves inside
  std::vector<std::string> out;
  for (const auto& joint : group.joints) out.push_back(joint.substr(joint.rfind('/') + 1));
  if (group.kind == Group::Kind::base && out.empty()) out = {"left_wheel", "right_wheel"};
  return out;
}

Result<Mapping> mapping_from(const Json& section, const std::string& folder) {
  try {
    ASSAY_TRY(auto out, read(section, folder));
    ASSAY_RETURN_IF_ERROR(check(out));
    return out;
  } catch (const Json::exception& e) {
    return bad_shape(http::plain_words(e));
  }
}

Result<Mapping> mapping_of(const RobotLink& link) {
  const Json section = Json::parse(link.details, nullptr, false);
  if (!section.is_object()) return bad_shape("no `ros2:` section");
  return mapping_from(section, link.folder);
}

std::vector<std::string> definition_files(const RobotLink& link) {
  std::vector<std::string> out;
  if (link.adapter != "ros2") return out;
  const auto mapping = mapping_of(link);
  if (!mapping) return out;
  const auto add = [&](const auto& topics) {
    for (const auto& topic : topics)
      for (const auto& file : topic.given ? topic.given->files() : std::vector<std::string>{})
        out.push_back((std::filesystem::path(link.folder) / file).lexically_normal().string());
  };
  add(mapping->states);
  add(mapping->commands);
  return out;
}

Result<void> check_groups(const Mapping& m, const std::vector<Group>& groups) {
  for (const auto& one : m.states)
    if (!one.group.empty())
      ASSAY_RETURN_IF_ERROR(check_one(groups, one.topic, one.type, one.group, one.joints.size(), false));
  for (const auto& one : m.commands)
    ASSAY_RETURN_IF_ERROR(one.given ? check_given(groups, one)
                                    : check_one(groups, one.topic, one.type, one.group, one.joints.size(), true));
  return {};
}

Json mapping_json(const Mapping& m) {
  Json out = {
      {"domain", m.bus.domain}, {"stop", {{"topic", m.stop}}}, {"states", Json::array()}, {"commands", Json::array()}};
  if (!m.bus.interface.empty()) out["interface"] = m.bus.interface;
  if (!m.bus.peers.empty()) out["peers"] = m.bus.peers;
  if (!m.capabilities.empty()) out["capabilities"] = m.capabilities;
  if (!m.alive.empty()) out["alive"] = {{"topic", m.alive}};
  if (!m.fault.empty()) out["fault"] = {{"topic", m.fault}, {"type", ros_name(m.fault_type)}};
  if (m.session())
    out["session"] = {{"ask", m.ask}, {"answer", m.answer}, {"truth", m.truth}};
  else
    out["tick"] = {{"topic", m.tick}};
  for (const auto& s : m.states) {
    Json one = {{"topic", s.topic}, {"type", s.type_name()}};
    write_given(s.given.get(), one);
    if (s.rate_hz > 0) one["rate_hz"] = s.rate_hz;
    if (s.reliable) one["reliability"] = "reliable";
    if (s.mount) one["gives"] = "mount";
    if (!s.group.empty()) one["group"] = s.group;
    if (!s.joints.empty()) one["joints"] = s.joints;
    out["states"].push_back(std::move(one));
  }
  for (const auto& c : m.commands) {
    Json one = {{"topic", c.topic}, {"type", c.type_name()}, {"group", c.group}};
    if (c.given) {
      Action action;
      action.groups = {{c.group, c.mode, {}}};
      one["mode"] = http::action_json(action)["groups"][0]["mode"];
      one["fields"] = c.given->fields();
      one["constants"] = c.given->constants();
    }
    write_given(c.given.get(), one);
    if (!c.frame.empty()) one["frame"] = c.frame;
    if (!c.joints.empty()) one["joints"] = c.joints;
    out["commands"].push_back(std::move(one));
  }
  for (const auto& c : m.channels)
    out["channels"].push_back({{"name", c.channel.name},
                               {"unit", c.channel.unit},
                               {"frame", c.channel.frame},
                               {"topic", c.topic},
                               {"field", c.field}});
  return out;
}

}  // namespace assay::ros2
