#include <algorithm>
#include <cmath>

#include "adapters/http/wire.h"

namespace assay::http {
namespace {

constexpr std::size_t kMostDetections = 1000, kLongestName = 200, kMostHits = 100;
constexpr std::int64_t kLargestNs = std::int64_t{1} << 62;

/// Thrown inside this file only; read() turns it into an Error.
struct Refused {
  const char* what;
  std::string detail;
};

const Json& member(const Json& json, const char* name) {
  const auto found = json.find(name);
  if (found == json.end()) throw Refused{"telemetry_shape", std::string("key \"") + name + "\" is missing"};
  return *found;
}

std::string beginning(std::string_view text) {
  constexpr std::size_t kShown = 80;
  return std::string(text.substr(0, kShown)) + (text.size() > kShown ? " …" : "");
}

/// Why a line is no JSON object, as far as it can be told.
std::string garbled(std::string_view line) {
  const bool nan = line.find("NaN") != std::string_view::npos || line.find("nan") != std::string_view::npos ||
                   line.find("Infinity") != std::string_view::npos;
  const bool text = std::all_of(line.begin(), line.end(), [](char c) { return c == '\t' || (c >= ' ' && c != 0x7f); });
  return (nan ? "NaN and Infinity are not JSON" : "a line that is no JSON object") +
         (text ? ": " + beginning(line) : std::string());
}

double number(const Json& json, const char* name) {
  // JSON has no NaN: encoders write null, or a word
  if (json.is_null()) throw Refused{"telemetry_not_finite", std::string(name) + ": null where a number belongs"};
  if (!json.is_number())
    throw Refused{"telemetry_not_finite", std::string(name) + ": " + (json.is_string() ? "text " : "") +
                                              beginning(json.dump(-1, ' ', true)) + " where a number belongs"};
  const double value = json.get<double>();
  if (!std::isfinite(value)) throw Refused{"telemetry_not_finite", name};
  return value;
}

std::int64_t whole(const Json& json, const char* name) {
  if (!json.is_number_integer()) throw Refused{"telemetry_shape", std::string(name) + " is no integer"};
  if (json.is_number_unsigned() && json.get<std::uint64_t>() > static_cast<std::uint64_t>(kLargestNs))
    throw Refused{"telemetry_shape", std::string(name) + " is too large"};
  return json.get<std::int64_t>();
}

std::string word(const Json& json, const char* name) {
  if (!json.is_string()) throw Refused{"telemetry_shape", std::string(name) + " is no text"};
  const auto& text = json.get_ref<const std::string&>();
  if (text.size() > kLongestName) throw Refused{"telemetry_shape", std::string(name) + " is too long"};
  return text;
}

std::vector<double> numbers(const Json& json, const char* name, std::size_t count) {
  if (!json.is_array() || json.size() != count)
    throw Refused{"telemetry_shape", std::string(name) + ": " + std::to_string(json.is_array() ? json.size() : 0) +
                                         " values, not " + std::to_string(count)};
  std::vector<double> out;
  out.reserve(count);
  for (const auto& value : json) out.push_back(number(value, name));
  return out;
}

template <std::size_t N>
void fixed(const Json& json, const char* name, std::array<double, N>& out) {
  const auto values = numbers(json, name, N);
  std::copy(values.begin(), values.end(), out.begin());
}

template <std::size_t N>
void optional_fixed(const Json& json, const char* name, std::array<double, N>& out) {
  if (const auto found = json.find(name); found != json.end()) fixed(*found, name, out);
}

GroupState group_state(const Json& json, const Group& group) {
  GroupState out;
  out.group = group.name;
  const std::size_t joints = group.kind == Group::Kind::gripper ? 1
                             : group.kind == Group::Kind::base  ? std::max<std::size_t>(2, group.joints.size())
                                                                : group.joints.size();
  out.position_rad = numbers(member(json, "position_rad"), "position_rad", joints);
  out.velocity_rad_s = numbers(member(json, "velocity_rad_s"), "velocity_rad_s", joints);
  if (group.kind == Group::Kind::arm) {
    fixed(member(json, "tcp_m"), "tcp_m", out.tcp_m);
    fixed(member(json, "tcp_wxyz"), "tcp_wxyz", out.tcp_wxyz);
  }
  if (group.kind == Group::Kind::base) {
    fixed(member(json, "odometry"), "odometry", out.odometry);
    fixed(member(json, "twist"), "twist", out.twist);
  }
  optional_fixed(json, "tcp_force_n", out.tcp_force_n);
  optional_fixed(json, "base_m", out.base_m);
  optional_fixed(json, "base_wxyz", out.base_wxyz);
  return out;
}

void read_groups(const Json& json, const RobotDescription& robot, Observation& out) {
  if (!json.is_array() || json.size() != robot.groups.size()) throw Refused{"telemetry_shape", "groups"};
  for (std::size_t i = 0; i < robot.groups.size(); ++i) {
    const Json& one = json[i];
    if (!one.is_object() || word(member(one, "group"), "group") != robot.groups[i].name)
      throw Refused{"telemetry_shape", "group " + std::to_string(i) + " is not '" + robot.groups[i].name + "'"};
    out.groups.push_back(group_state(one, robot.groups[i]));
  }
}

void read_detections(const Json& json, Observation& out) {
  if (!json.is_array() || json.size() > kMostDetections) throw Refused{"telemetry_shape", "detections"};
  for (const auto& one : json) {
    Detection d;
    d.label = word(member(one, "label"), "label");
    d.kind = word(member(one, "kind"), "kind");
    fixed(member(one, "position_m"), "position_m", d.position_m);
    d.yaw_rad = number(member(one, "yaw_rad"), "yaw_rad");
    fixed(member(one, "size_m"), "size_m", d.size_m);
    d.made_up = one.value("made_up", false);
    out.detections.push_back(std::move(d));
  }
}

void read_scans(const Json& json, const RobotDescription& robot, std::map<std::string, RangeScan>& last,
                Observation& out) {
  if (!json.is_array() || json.size() > robot.groups.size()) throw Refused{"telemetry_shape", "scans"};
  for (const auto& one : json) {
    const std::string name = word(member(one, "group"), "group");
    const auto group =
        std::find_if(robot.groups.begin(), robot.groups.end(), [&](const Group& g) { return g.name == name; });
    if (group == robot.groups.end() || group->beams <= 0) throw Refused{"telemetry_shape", "scan of '" + name + "'"};
    if (const auto ranges = one.find("range_m"); ranges != one.end()) {
      RangeScan& scan = last[name];
      scan.group = name;
      scan.max_m = static_cast<float>(number(member(one, "max_m"), "max_m"));
      scan.range_m.clear();
      for (const double range : numbers(*ranges, "range_m", static_cast<std::size_t>(group->beams)))
        scan.range_m.push_back(static_cast<float>(range));
      scan.fresh = true;
    } else if (last.count(name) != 0) {
      last[name].fresh = false;
    } else {
      continue;
    }
    out.scans.push_back(last[name]);
  }
}

void read_hits(const Json& json, std::vector<LimitHit>& out) {
  if (!json.is_array() || json.size() > kMostHits) throw Refused{"telemetry_shape", "limit_hits"};
  for (const auto& one : json)
    out.push_back({word(member(one, "id"), "id"), whole(member(one, "t_ns"), "t_ns"),
                   number(member(one, "value"), "value"), number(member(one, "limit"), "limit")});
}

Json group_json(const GroupState& state) {
  return {{"group", state.group},   {"position_rad", state.position_rad}, {"velocity_rad_s", state.velocity_rad_s},
          {"tcp_m", state.tcp_m},   {"tcp_wxyz", state.tcp_wxyz},         {"tcp_force_n", state.tcp_force_n},
          {"base_m", state.base_m}, {"base_wxyz", state.base_wxyz},       {"odometry", state.odometry},
          {"twist", state.twist}};
}

Json hits_json(const std::vector<LimitHit>& hits) {
  Json out = Json::array();
  for (const auto& hit : hits)
    out.push_back({{"id", hit.id}, {"t_ns", hit.t_ns}, {"value", hit.value}, {"limit", hit.limit}});
  return out;
}

std::string line_of(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n"; }

}  // namespace

Error unreadable(const std::string& what, const std::string& detail) {
  return Error{.id = 1253,
               .what = {"what the robot sent cannot be used", "机器人发来的内容无法使用"},
               .expected = {"what docs/robot-api.yaml describes", "docs/robot-api.yaml 所规定的内容"},
               .found = "subject:" + what + " " + detail,
               .help = {"`assay adapter check` shows each call, what was expected and what came",
                        "`assay adapter check` 会列出每次调用的期望与实际结果"}};
}

std::string telemetry_line(const Telemetry& t) {
  Json out = {{"seq", t.sequence},       {"t_ns", t.sample.time.ns}, {"clock_ns", t.robot_ns},
              {"truth", t.sample.truth}, {"peaks", t.sample.peaks},  {"groups", Json::array()}};
  for (const auto& state : t.sample.observation.groups) out["groups"].push_back(group_json(state));
  for (const auto& scan : t.sample.observation.scans) {
    Json one = {{"group", scan.group}, {"max_m", scan.max_m}};
    if (scan.fresh) one["range_m"] = scan.range_m;
    out["scans"].push_back(std::move(one));
  }
  for (const auto& d : t.sample.observation.detections)
    out["detections"].push_back({{"label", d.label},
                                 {"kind", d.kind},
                                 {"position_m", d.position_m},
                                 {"yaw_rad", d.yaw_rad},
                                 {"size_m", d.size_m},
                                 {"made_up", d.made_up}});
  if (!t.sample.limit_hits.empty()) out["limit_hits"] = hits_json(t.sample.limit_hits);
  return line_of(out);
}

std::string end_line(const std::string& why) { return line_of({{"end", why}}); }

Result<Line> TelemetryReader::read(std::string_view text) {
  try {
    const Json json = Json::parse(text, nullptr, false);
    if (!json.is_object()) return unreadable("telemetry_garbled", garbled(text));
    Line out;
    if (const auto end = json.find("end"); end != json.end()) {
      out.kind = Line::Kind::end;
      out.why = word(*end, "end");
      return out;
    }
    Telemetry& t = out.telemetry;
    t.sequence = whole(member(json, "seq"), "seq");
    t.sample.time = SimTime{whole(member(json, "t_ns"), "t_ns")};
    t.robot_ns = whole(member(json, "clock_ns"), "clock_ns");
    t.sample.truth = numbers(member(json, "truth"), "truth", robot_.truth_channels.size());
    t.sample.peaks = numbers(member(json, "peaks"), "peaks", robot_.peak_channels.size());
    t.sample.observation.time = t.sample.time;
    ASSAY_RETURN_IF_ERROR(in_order(t));
    read_groups(member(json, "groups"), robot_, t.sample.observation);
    if (const auto scans = json.find("scans"); scans != json.end())
      read_scans(*scans, robot_, last_scan_, t.sample.observation);
    if (const auto seen = json.find("detections"); seen != json.end()) read_detections(*seen, t.sample.observation);
    if (const auto hits = json.find("limit_hits"); hits != json.end()) read_hits(*hits, t.sample.limit_hits);
    return out;
  } catch (const Refused& refused) {
    return unreadable(refused.what, refused.detail);
  } catch (const Json::exception& e) {
    return unreadable("telemetry_shape", plain_words(e));
  }
}

Result<void> TelemetryReader::in_order(const Telemetry& t) {
  const std::string found = "seq " + std::to_string(t.sequence) + " after " + std::to_string(sequence_);
  if (t.sequence == sequence_) return unreadable("telemetry_repeated", found);
  if (t.sequence < sequence_) return unreadable("telemetry_out_of_order", found);
  if (t.sequence > sequence_ + 1) return unreadable("telemetry_gap", found);
  if (t.sample.time.ns <= t_ns_ || (sequence_ < 0 && t.sample.time.ns != 0) ||
      (sequence_ >= 0 && t.robot_ns < robot_ns_))
    return unreadable("clock_backwards",
                      found + ", t_ns " + std::to_string(t.sample.time.ns) + " after " + std::to_string(t_ns_));
  sequence_ = t.sequence;
  t_ns_ = t.sample.time.ns;
  robot_ns_ = t.robot_ns;
  return {};
}

}  // namespace assay::http
