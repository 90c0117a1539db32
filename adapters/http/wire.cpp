#include "adapters/http/wire.h"

#include <algorithm>

#include "adapters/signal_names.h"

namespace assay {

// The macros want the records' own namespace. Wire names are the records' own: both sides of a simulated world are
// Assay.
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(StreamKey, key, hi)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(BodyPose, body, pose)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(BodyOffset, body, offset)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(BodyFactor, body, factor)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Push, body, at_ns, impulse_n_s)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Actor, body, path, speed_m_s, start_s_low, start_s_high)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(ActorRun, actor, start_ns)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(SensorNoise, sensor, sigma, key)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(SensorBias, sensor, offset_m)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(SensorFault, sensor, share, from_ns, to_ns, key)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(ActuatorFault, group, factor, from_ns)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Detectable, body, label, kind, size_m)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(DetectorView, range_m, fov_rad, occlusion)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Physics, timestep_s, impratio, nconmax, njmax)

namespace http {
namespace {

// Names on the wire in the order of the enumerations.
constexpr std::array kModes{"hold",          "joint_position", "joint_velocity", "joint_torque",
                            "ee_delta_pose", "base_twist",     "gripper"};
constexpr std::array kKinds{"arm", "gripper", "base"};
constexpr std::array kVantages{"simulator", "instrument", "self_report", "operator"};
constexpr std::array kSignals{"pose", "twist", "contact", "grasp", "distance", "joint", "spring", "report"};
constexpr std::array kLimits{"contact_force_n", "tcp_speed_m_s", "joint_speed_ratio", "base_speed_m_s", "separation_m"};
constexpr std::size_t kMostChannels = 10'000, kMostEntries = 1000;

template <class Enum, std::size_t N>
const char* name_of(const std::array<const char*, N>& names, Enum value) {
  return names.at(static_cast<std::size_t>(value));
}

template <class Enum, std::size_t N>
Enum value_of(const std::array<const char*, N>& names, const Json& json) {
  const auto& word = json.get_ref<const std::string&>();
  for (std::size_t i = 0; i < N; ++i)
    if (word == names[i]) return static_cast<Enum>(i);
  throw Json::other_error::create(599, "unknown word '" + word + "'", nullptr);
}

/// Any failure of the library's is the far side's unreadable words.
template <class F>
auto reading(const char* what, const char* record, F&& function) -> decltype(function()) {
  try {
    return function();
  } catch (const Json::exception& e) {
    const std::string part(what);
    return unreadable(
        what, part.substr(0, part.find('_')) + ": " + plain_words(e) + " (docs/robot-api.yaml, " + record + ")");
  }
}

Json text_json(const Text& text) { return {{"en", text.en}, {"zh", text.zh}}; }
Text text_from(const Json& json) { return {json.at("en"), json.at("zh")}; }

Json channels_json(const std::vector<Channel>& channels) {
  Json out = Json::array();
  for (const auto& c : channels)
    out.push_back({{"name", c.name}, {"unit", c.unit}, {"frame", c.frame}, {"vantage", name_of(kVantages, c.vantage)}});
  return out;
}

std::vector<Channel> channels_from(const Json& json, bool simulated_world) {
  if (json.size() > kMostChannels) throw Json::other_error::create(599, "too many channels", nullptr);
  std::vector<Channel> out;
  for (const auto& one : json) {
    Channel c{one.at("name"), one.at("unit"), one.value("frame", ""), Vantage::self_report};
    if (simulated_world && value_of<Vantage>(kVantages, one.at("vantage")) == Vantage::simulator)
      c.vantage = Vantage::simulator;
    out.push_back(std::move(c));
  }
  return out;
}

Json signals_json(const std::vector<SignalSpec>& signals) {
  Json out = Json::array();
  for (const auto& s : signals) out.push_back({{"kind", name_of(kSignals, s.kind)}, {"a", s.a}, {"b", s.b}});
  return out;
}

std::vector<SignalSpec> signals_from(const Json& json) {
  std::vector<SignalSpec> out;
  for (const auto& one : json)
    out.push_back({value_of<SignalSpec::Kind>(kSignals, one.at("kind")), one.at("a"), one.value("b", "")});
  return out;
}

Json instruction_json(const Instruction& told) {
  // Who has to read the text gets nothing else. The trial's index stays here, too: it would tell which one is an audit.
  const std::map<std::string, std::string> none;
  return {{"text", text_json(told.text)},
          {"slots", told.text_only ? none : told.slots},
          {"labels", told.text_only ? none : told.labels},
          {"tags", told.tags},
          {"text_only", told.text_only}};
}

Instruction instruction_from(const Json& json) {
  Instruction out;
  out.text = text_from(json.at("text"));
  out.slots = json.at("slots").get<std::map<std::string, std::string>>();
  out.labels = json.at("labels").get<std::map<std::string, std::string>>();
  out.tags = json.at("tags").get<std::vector<std::string>>();
  out.text_only = json.at("text_only");
  return out;
}

Json world_json(const Setup& s) {
  return {{"sha256", s.world.sha256},
          {"poses", s.poses},
          {"offsets", s.offsets},
          {"mass", s.mass},
          {"friction", s.friction},
          {"pushes", s.pushes},
          {"actors", s.actors},
          {"noise", s.noise},
          {"biases", s.biases},
          {"sensor_faults", s.sensor_faults},
          {"actuator_faults", s.actuator_faults},
          {"detectables", s.detectables},
          {"detector", s.detector},
          {"range_rate_hz", s.range_rate_hz},
          {"latency_ns", s.latency_ns},
          {"physics", s.physics}};
}

void read_world(const Json& json, Setup& out) {
  json.at("sha256").get_to(out.world.sha256);
  json.at("poses").get_to(out.poses);
  json.at("offsets").get_to(out.offsets);
  json.at("mass").get_to(out.mass);
  json.at("friction").get_to(out.friction);
  json.at("pushes").get_to(out.pushes);
  json.at("actors").get_to(out.actors);
  json.at("noise").get_to(out.noise);
  json.at("biases").get_to(out.biases);
  json.at("sensor_faults").get_to(out.sensor_faults);
  json.at("actuator_faults").get_to(out.actuator_faults);
  json.at("detectables").get_to(out.detectables);
  json.at("detector").get_to(out.detector);
  json.at("range_rate_hz").get_to(out.range_rate_hz);
  json.at("latency_ns").get_to(out.latency_ns);
  json.at("physics").get_to(out.physics);
}

}  // namespace

std::string plain_words(const Json::exception& e) {
  const std::string words = e.what();
  if (e.id == 403) {
    const auto from = words.find('\''), to = words.find('\'', from + 1);
    if (to != std::string::npos) return "key \"" + words.substr(from + 1, to - from - 1) + "\" is missing";
  }
  const auto end = words.find("] ");
  return end == std::string::npos ? words : words.substr(end + 2);
}

Json action_json(const Action& action) {
  Json out = {{"groups", Json::array()}};
  for (const auto& g : action.groups)
    out["groups"].push_back({{"group", g.group}, {"mode", name_of(kModes, g.mode)}, {"values", g.values}});
  for (const auto& r : action.reports) out["reports"].push_back({{"label", r.label}, {"position_m", r.position_m}});
  if (!action.utterance.empty()) out["utterance"] = action.utterance;
  return out;
}

Result<Action> action_from(const Json& json) {
  return reading("action_unreadable", "Action", [&]() -> Result<Action> {
    Action out;
    const Json& groups = json.at("groups");
    if (groups.size() > kMostEntries) return unreadable("action_unreadable", "too many groups");
    for (const auto& one : groups)
      out.groups.push_back(
          {one.at("group"), value_of<Mode>(kModes, one.at("mode")), one.at("values").get<std::vector<double>>()});
    if (json.contains("reports"))
      for (const auto& one : json.at("reports"))
        out.reports.push_back({one.at("label"), one.at("position_m").get<std::array<double, 3>>()});
    out.utterance = json.value("utterance", "");
    return out;
  });
}

Result<void> check_groups(const std::vector<Group>& groups) {
  for (const auto& group : groups)
    if (static_cast<std::size_t>(group.kind) >= kKinds.size())
      return Error{
          .id = 1277,
          .what = {"this body cannot be examined over HTTP", "该本体无法经 HTTP 检测"},
          .expected = {"arms, grippers and bases", "机械臂、夹爪与底盘"},
          .found = group.name,
          .help = {"legs take the ros2 wire (docs/wire-ros2.md)", "足式机器人请用 ros2 接口（docs/zh/wire-ros2.md）"}};
  return {};
}

Json description_json(const RobotDescription& robot) {
  Json out = {{"schema", kSchema},
              {"identity", robot.identity},
              {"engine", robot.engine},
              {"control_period_ns", robot.control_period_ns},
              {"capabilities", robot.capabilities},
              {"groups", Json::array()},
              {"truth_channels", channels_json(robot.truth_channels)},
              {"peak_channels", channels_json(robot.peak_channels)},
              {"missing_signals", signals_json(robot.missing_signals)}};
  for (const auto& g : robot.groups)
    out["groups"].push_back({{"name", g.name}, {"kind", name_of(kKinds, g.kind)}, {"joints", g.joints.size()}});
  return out;
}

Result<RobotDescription> description_from(const Json& json, const Setup& setup, bool simulated_world) {
  return reading("description_unreadable", "Robot", [&]() -> Result<RobotDescription> {
    if (json.at("schema") != kSchema) return unreadable("description_unreadable", json.at("schema").dump());
    RobotDescription out;
    out.identity = json.at("identity");
    out.engine = json.at("engine");
    out.clock = ClockMode::realtime;
    out.control_period_ns = json.at("control_period_ns");
    if (out.control_period_ns != setup.control_period_ns)
      return unreadable("description_period", std::to_string(out.control_period_ns) + " ns, the task asks for " +
                                                  std::to_string(setup.control_period_ns) + " ns");
    out.capabilities = json.at("capabilities").get<std::vector<std::string>>();
    const Json& groups = json.at("groups");
    bool same = groups.size() == setup.world.groups.size();
    for (std::size_t i = 0; same && i < groups.size(); ++i) {
      const Group& bound = setup.world.groups[i];
      same = groups[i].at("name") == bound.name && groups[i].at("kind") == name_of(kKinds, bound.kind) &&
             groups[i].at("joints") == bound.joints.size();
    }
    if (!same) return unreadable("description_groups", groups.dump() + ", the embodiment binds others");
    out.groups = setup.world.groups;
    out.truth_channels = channels_from(json.at("truth_channels"), simulated_world);
    out.peak_channels = channels_from(json.at("peak_channels"), simulated_world);
    for (const auto* channels : {&out.truth_channels, &out.peak_channels})
      for (const auto& channel : *channels)
        if (const auto wrong = unit_contradiction(channel); !wrong.empty())
          return unreadable("description_unit", wrong);
    out.missing_signals = signals_from(json.at("missing_signals"));
    out.observation_channels = observation_channels(out.groups);
    return out;
  });
}

Json setup_json(const Setup& s, bool simulated_world) {
  Json out = {{"schema", kSchema},
              {"task", s.key.task},
              {"level", s.key.level},
              {"instruction", instruction_json(s.instruction)},
              {"signals", signals_json(s.signals)},
              {"limits", Json::array()},
              {"time_limit_ns", s.time_limit_ns},
              {"control_period_ns", s.control_period_ns}};
  for (const auto& limit : s.limits)
    out["limits"].push_back({{"id", limit.id},
                             {"quantity", name_of(kLimits, limit.quantity)},
                             {"a", limit.a},
                             {"b", limit.b},
                             {"value", limit.value}});
  if (simulated_world) out["world"] = world_json(s);
  return out;
}

Result<Setup> setup_from(const Json& json) {
  return reading("setup_unreadable", "Setup", [&]() -> Result<Setup> {
    if (json.at("schema") != kSchema) return unreadable("setup_unreadable", json.at("schema").dump());
    Setup out;
    out.key.task = json.at("task");
    out.key.level = json.at("level");
    out.instruction = instruction_from(json.at("instruction"));
    out.signals = signals_from(json.at("signals"));
    for (const auto& one : json.at("limits")) {
      Limit limit;
      limit.id = one.at("id");
      limit.quantity = value_of<Limit::Quantity>(kLimits, one.at("quantity"));
      limit.a = one.at("a");
      limit.b = one.at("b");
      limit.value = one.at("value");
      out.limits.push_back(std::move(limit));
    }
    out.time_limit_ns = json.at("time_limit_ns");
    out.control_period_ns = json.at("control_period_ns");
    if (json.contains("world")) read_world(json.at("world"), out);
    return out;
  });
}

Json stop_json(const StopReport& report) {
  Json hits = Json::array();
  for (const auto& hit : report.limit_hits)
    hits.push_back({{"id", hit.id}, {"t_ns", hit.t_ns}, {"value", hit.value}, {"limit", hit.limit}});
  return {{"requested", report.requested},
          {"confirmed", report.confirmed},
          {"requested_at_ns", report.requested_at.ns},
          {"confirmed_at_ns", report.confirmed_at.ns},
          {"detail", report.detail},
          {"limit_hits", hits}};
}

Result<StopReport> stop_from(const Json& json) {
  return reading("stop_unreadable", "Stop", [&]() -> Result<StopReport> {
    StopReport out;
    out.requested = true;
    out.confirmed = json.at("confirmed");
    out.requested_at = SimTime{json.at("requested_at_ns")};
    out.confirmed_at = SimTime{json.at("confirmed_at_ns")};
    out.detail = json.value("detail", "").substr(0, 500);
    if (json.contains("limit_hits")) {
      if (json.at("limit_hits").size() > kMostEntries) return unreadable("stop_unreadable", "too many limit hits");
      for (const auto& one : json.at("limit_hits"))
        out.limit_hits.push_back({one.at("id"), one.at("t_ns"), one.at("value"), one.at("limit")});
    }
    return out;
  });
}

Json error_json(const Error& error) {
  return {{"what", error.found.substr(0, error.found.find(' '))}, {"message", to_string(error, Lang::en)}};
}

}  // namespace http
}  // namespace assay
