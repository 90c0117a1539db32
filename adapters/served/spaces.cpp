#include "adapters/served/spaces.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

namespace assay::served {
namespace {

using Json = nlohmann::json;

constexpr std::array kModes{"hold",          "joint_position", "joint_velocity", "joint_torque",
                            "ee_delta_pose", "base_twist",     "gripper"};
constexpr std::array kQuantities{"position_rad", "velocity_rad_s", "tcp_m",      "tcp_wxyz",  "tcp_axis_angle_rad",
                                 "tcp_force_n",  "odometry",       "twist",      "range_m",   "opening",
                                 "closing",      "imu_wxyz",       "gyro_rad_s", "accel_m_s2"};

Error bad_spaces(const std::string& found, Text expected) {
  return Error{.id = 1260,
               .what = {"the policy's spaces do not fit", "策略的观测或动作空间不符"},
               .expected = std::move(expected),
               .found = "subject:policy_spaces " + found,
               .help = {"correct `spaces` of the policy in the subject file; docs/wire-openpi.md lists the quantities",
                        "请修改受试对象文件中策略的 `spaces`；可用的量见 docs/zh/wire-openpi.md"}};
}

/// The known name that is most like it: fewest letters changed, added or left out, at most two.
std::string nearest(const std::string& word, const std::vector<std::string>& names) {
  std::string out;
  std::size_t least = 3;
  for (const auto& name : names) {
    std::vector<std::size_t> row(name.size() + 1);
    for (std::size_t j = 0; j < row.size(); ++j) row[j] = j;
    for (std::size_t i = 0; i < word.size(); ++i) {
      std::size_t diagonal = row[0];
      row[0] = i + 1;
      for (std::size_t j = 0; j < name.size(); ++j) {
        const std::size_t swapped = diagonal + (word[i] == name[j] ? 0 : 1);
        diagonal = row[j + 1];
        row[j + 1] = std::min({row[j + 1] + 1, row[j] + 1, swapped});
      }
    }
    if (row.back() < least) {
      least = row.back();
      out = name;
    }
  }
  return out;
}

Error no_camera(const Shown& shown, const std::vector<std::string>& cameras) {
  std::string known;
  for (const auto& name : cameras) known += (known.empty() ? "" : ", ") + name;
  const std::string like = nearest(shown.view.camera, cameras);
  Text help = {"correct `camera` in the subject file, or name it under `cameras` of the embodiment",
               "请修改受试对象文件中的 `camera`，或在本体文件的 `cameras` 下写明"};
  if (!like.empty())
    help = {"did you mean '" + like + "'? Otherwise: " + help.en, "是否指“" + like + "”？否则" + help.zh};
  return Error{.id = 1261,
               .what = {"the policy wants a camera that the body does not have", "本体没有策略所需的相机"},
               .expected = cameras.empty() ? Text{"the embodiment names no camera", "该本体没有相机"}
                                           : Text{"one of " + known, "下列之一：" + known},
               .found = "subject:policy_cameras " + shown.key + ": camera " + shown.view.camera,
               .help = std::move(help)};
}

Error no_pictures(const std::string& key) {
  return Error{.id = 1261,
               .what = {"the policy wants camera images, which are drawn in lock-step simulation only",
                        "策略需要相机图像，而图像仅在锁步仿真中绘制"},
               .expected = {"a robot of the embedded simulator", "内置仿真器中的机器人"},
               .found = "subject:policy_cameras " + key,
               .help = {"let the robot's own cameras feed its policy, or examine the policy on a reference embodiment",
                        "请由机器人自带相机供给策略，或在参考本体上检测该策略"}};
}

std::vector<Part> parts_of(std::string text) {
  std::vector<Part> out;
  std::size_t from = 0;
  while (from <= text.size()) {
    const std::size_t plus = std::min(text.find('+', from), text.size());
    std::string one = text.substr(from, plus - from);
    one.erase(0, std::min(one.find_first_not_of(' '), one.size()));
    one.erase(one.find_last_not_of(' ') + 1);
    const std::size_t dot = one.find('.');
    if (dot == std::string::npos)
      out.push_back({"", one});
    else
      out.push_back({one.substr(0, dot), one.substr(dot + 1)});
    from = plus + 1;
  }
  return out;
}

bool is_words(const Part& part) {
  return part.group == "instruction" || part.quantity == "detections" || part.quantity == "told";
}

Result<Spaces> read(const Json& s) {
  Spaces out;
  out.roboarena = s.value("dialect", "openpi") == "roboarena";
  out.rate_hz = s.value("rate_hz", 0.0);
  out.rows = s.value("rows", 0);
  out.deadline_s = s.value("deadline_s", out.deadline_s);
  for (const auto& one : s.at("observation")) {
    const std::string key = one.at("key");
    const bool picture = one.contains("camera");
    Shown shown{key, parts_of(one.value("from", "")), one.value("type", "float32") == "float64"};
    if (picture == one.contains("from"))
      return bad_spaces(key, {"either `from` or `camera`", "`from` 与 `camera` 只写一个"});
    if (picture) {
      if (!one.contains("size")) return bad_spaces(key + ": no size", {"size: [width, height]", "size: [宽, 高]"});
      const Json& size = one.at("size");
      shown.parts.clear();
      shown.view = {one.at("camera").get<std::string>(), size.at(0).get<int>(), size.at(1).get<int>()};
      shown.planes = one.value("layout", "hwc") == "chw";
    }
    if (std::any_of(out.observation.begin(), out.observation.end(), [&](const Shown& s2) { return s2.key == key; }))
      return bad_spaces("key '" + key + "' twice", {"each key once", "每个键只写一次"});
    for (const auto& part : shown.parts) {
      const bool words =
          is_words(part) && shown.parts.size() == 1 &&
          (part.quantity == "detections" || part.quantity == "told" || part.quantity == "en" || part.quantity == "zh");
      const bool known = std::find(kQuantities.begin(), kQuantities.end(), part.quantity) != kQuantities.end();
      if (!words && (part.group.empty() || !known))
        return bad_spaces(key + ": from " + one.value("from", ""),
                          {"<group>.<quantity>, joined by +; instruction.en, instruction.zh, detections or told alone",
                           "<分组>.<量>，以 + 连接；或单独的 instruction.en、instruction.zh、detections、told"});
    }
    out.observation.push_back(std::move(shown));
  }
  const Json& action = s.at("action");
  out.action_key = action.value("key", out.action_key);
  out.words = action.value("words", false);
  for (const auto& one : action.at("groups")) {
    Commanded c{one.at("group"), Mode::hold, one.value("columns", 0), one.value("invert", false)};
    const std::string mode = one.at("mode");
    for (std::size_t i = 0; i < kModes.size(); ++i)
      if (mode == kModes[i]) c.mode = static_cast<Mode>(i);
    out.action.push_back(std::move(c));
  }
  return out;
}

/// Numbers that a mode takes for a group; 0: it takes none.
std::size_t columns_of(const Group& group, Mode mode) {
  using Kind = Group::Kind;
  switch (mode) {
    case Mode::joint_position:
    case Mode::joint_torque:
      return group.kind == Kind::arm || group.kind == Kind::legs ? group.joints.size() : 0;
    case Mode::joint_velocity:
      return group.kind == Kind::arm ? group.joints.size() : 0;
    case Mode::ee_delta_pose:
      return group.kind == Kind::arm ? 6 : 0;
    case Mode::base_twist:
      return group.kind == Kind::base ? 2 : 0;
    case Mode::gripper:
      return group.kind == Kind::gripper ? 1 : 0;
    case Mode::hold:
      return 0;
  }
  return 0;
}

bool has(const Group& group, const std::string& quantity) {
  using Kind = Group::Kind;
  if (quantity == "position_rad" || quantity == "velocity_rad_s") return true;
  if (quantity.rfind("tcp", 0) == 0) return group.kind == Kind::arm;
  if (quantity == "odometry" || quantity == "twist") return group.kind == Kind::base;
  if (quantity == "range_m") return group.beams > 0;
  if (quantity == "opening" || quantity == "closing") return group.kind == Kind::gripper && group.max_width_m > 0;
  return group.kind == Kind::legs;
}

const Group* find(const std::vector<Group>& groups, const std::string& name) {
  for (const auto& group : groups)
    if (group.name == name) return &group;
  return nullptr;
}

template <class Values>
void put(const Values& from, std::vector<double>& out) {
  out.insert(out.end(), from.begin(), from.end());
}

void put_axis_angle(std::array<double, 4> q, std::vector<double>& out) {
  if (q[0] < 0)
    for (double& v : q) v = -v;
  const double sine = std::sqrt(q[1] * q[1] + q[2] * q[2] + q[3] * q[3]);
  const double scale = sine < 1e-12 ? 2.0 : 2 * std::atan2(sine, q[0]) / sine;
  for (std::size_t i = 1; i < 4; ++i) out.push_back(q[i] * scale);
}

void put_part(const Part& part, const Group& group, const Observation& seen, std::vector<double>& out) {
  static const GroupState kNone;
  const GroupState* found = seen.group(part.group);
  const GroupState& state = found == nullptr ? kNone : *found;
  const auto& q = part.quantity;
  const double width_m = state.position_rad.empty() ? 0 : state.position_rad[0];
  if (q == "position_rad") put(state.position_rad, out);
  if (q == "velocity_rad_s") put(state.velocity_rad_s, out);
  if (q == "tcp_m") put(state.tcp_m, out);
  if (q == "tcp_wxyz") put(state.tcp_wxyz, out);
  if (q == "tcp_axis_angle_rad") put_axis_angle(state.tcp_wxyz, out);
  if (q == "tcp_force_n") put(state.tcp_force_n, out);
  if (q == "odometry") put(state.odometry, out);
  if (q == "twist") put(state.twist, out);
  if (q == "imu_wxyz") put(state.imu_wxyz, out);
  if (q == "gyro_rad_s") put(state.imu_gyro_rad_s, out);
  if (q == "accel_m_s2") put(state.imu_accel_m_s2, out);
  if (q == "opening") out.push_back(width_m / group.max_width_m);
  if (q == "closing") out.push_back(1 - width_m / group.max_width_m);
  if (q == "range_m") {
    std::vector<double> ranges(static_cast<std::size_t>(group.beams), group.range_max_m);
    for (const auto& scan : seen.scans)
      if (scan.group == part.group && scan.range_m.size() == ranges.size())
        std::copy(scan.range_m.begin(), scan.range_m.end(), ranges.begin());
    put(ranges, out);
  }
}

std::string detections_text(const Observation& seen) {
  Json out = Json::array();
  for (const auto& d : seen.detections)
    out.push_back({{"label", d.label},
                   {"kind", d.kind},
                   {"position_m", d.position_m},
                   {"yaw_rad", d.yaw_rad},
                   {"size_m", d.size_m}});
  return out.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string heard_text(const std::vector<Text>& heard) {
  Json out = Json::array();
  for (const auto& words : heard) out.push_back({{"en", words.en}, {"zh", words.zh}});
  return out.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string by_planes(const std::string& rgb) {
  const std::size_t pixels = rgb.size() / 3;
  std::string out(rgb.size(), '\0');
  for (std::size_t i = 0; i < pixels; ++i)
    for (std::size_t c = 0; c < 3; ++c) out[c * pixels + i] = rgb[3 * i + c];
  return out;
}

}  // namespace

Error bad_answer(const std::string& what, const std::string& detail) {
  return Error{
      .id = 1262,
      .what = {"what the policy's server answered cannot be used", "策略服务端的应答无法使用"},
      .expected = {"rows of finite numbers, as `spaces` says", "与 `spaces` 一致的有限数行"},
      .found = "subject:" + what + " " + detail,
      .help = {"look at the server's log; docs/wire-openpi.md", "请检查服务端日志；见 docs/zh/wire-openpi.md"}};
}

Result<Spaces> spaces_of(const PolicyLink& link) {
  try {
    return read(Json::parse(link.details));
  } catch (const Json::exception& e) {
    return bad_spaces(e.what(), {"what docs/wire-openpi.md describes", "docs/zh/wire-openpi.md 所述内容"});
  }
}

Result<void> fit_spaces(Spaces& spaces, const std::vector<Group>& groups) {
  std::string known;
  for (const auto& group : groups) known += (known.empty() ? "" : ", ") + group.name;
  for (const auto& shown : spaces.observation)
    for (const auto& part : shown.parts) {
      if (is_words(part)) continue;
      const Group* group = find(groups, part.group);
      if (group == nullptr)
        return bad_spaces(shown.key + ": group '" + part.group + "'",
                          {"a group of the embodiment: " + known, "本体的分组：" + known});
      if (!has(*group, part.quantity))
        return bad_spaces(shown.key + ": " + part.group + "." + part.quantity,
                          {"a quantity that this group measures", "该分组所测的量"});
    }
  for (auto& c : spaces.action) {
    const Group* group = find(groups, c.group);
    if (group == nullptr)
      return bad_spaces("action: group '" + c.group + "'",
                        {"a group of the embodiment: " + known, "本体的分组：" + known});
    const std::size_t columns = columns_of(*group, c.mode);
    const std::string mode = kModes[static_cast<std::size_t>(c.mode)];
    if (columns == 0)
      return bad_spaces("action: " + c.group + " by " + mode, {"a mode that fits the group", "与分组相符的模式"});
    if (c.columns != 0 && static_cast<std::size_t>(c.columns) != columns)
      return bad_spaces(
          "action: " + c.group + " by " + mode + ": " + std::to_string(c.columns) + " columns",
          {std::to_string(columns) + " columns for this body", "本体需要 " + std::to_string(columns) + " 列"});
    c.columns = static_cast<int>(columns);
  }
  return {};
}

Result<void> check_policy_link(const PolicyLink& link, const std::vector<Group>& groups,
                               const std::optional<std::vector<std::string>>& cameras) {
  if (link.details.empty()) return {};
  ASSAY_TRY(auto spaces, spaces_of(link));
  for (const auto& shown : spaces.observation) {
    if (shown.view.camera.empty()) continue;
    if (!cameras) return no_pictures(shown.key + ": camera " + shown.view.camera);
    if (std::find(cameras->begin(), cameras->end(), shown.view.camera) == cameras->end())
      return no_camera(shown, *cameras);
  }
  return fit_spaces(spaces, groups);
}

bool wants_pictures(const PolicyLink& link) {
  if (link.details.empty()) return false;
  const auto spaces = spaces_of(link);
  return spaces.ok() && !views(*spaces).empty();
}

std::vector<CameraView> views(const Spaces& spaces) {
  std::vector<CameraView> out;
  for (const auto& shown : spaces.observation)
    if (!shown.view.camera.empty() && std::find(out.begin(), out.end(), shown.view) == out.end())
      out.push_back(shown.view);
  return out;
}

bool hears(const Spaces& spaces) {
  return std::any_of(spaces.observation.begin(), spaces.observation.end(),
                     [](const Shown& s) { return !s.parts.empty() && s.parts.front().quantity == "told"; });
}

std::size_t width(const Spaces& spaces) {
  std::size_t out = 0;
  for (const auto& c : spaces.action) out += static_cast<std::size_t>(c.columns);
  return out;
}

Result<std::vector<Entry>> show(const Spaces& spaces, const std::vector<Group>& groups, const Instruction& told,
                                const Observation& seen, const std::vector<Image>& images,
                                const std::vector<Text>& heard) {
  std::vector<Entry> out;
  for (const auto& shown : spaces.observation) {
    if (!shown.view.camera.empty()) {
      const auto image =
          std::find_if(images.begin(), images.end(), [&](const Image& one) { return one.view == shown.view; });
      if (image == images.end()) return no_pictures(shown.key + ": camera " + shown.view.camera);
      out.push_back({shown.key, Pixels{shown.view.width, shown.view.height, shown.planes,
                                       shown.planes ? by_planes(image->rgb) : image->rgb}});
      continue;
    }
    const Part& first = shown.parts.front();
    if (first.quantity == "detections") {
      out.push_back({shown.key, detections_text(seen)});
    } else if (first.quantity == "told") {
      out.push_back({shown.key, heard_text(heard)});
    } else if (first.group == "instruction") {
      out.push_back({shown.key, first.quantity == "zh" ? told.text.zh : told.text.en});
    } else {
      Array array;
      array.wide = shown.wide;
      for (const auto& part : shown.parts) put_part(part, *find(groups, part.group), seen, array.values);
      out.push_back({shown.key, std::move(array)});
    }
  }
  return out;
}

Action command(const Spaces& spaces, const Chunk& chunk, std::size_t row, double share) {
  Action out;
  const double* at = chunk.values.data() + row * chunk.columns;
  for (const auto& c : spaces.action) {
    GroupAction one{c.group, c.mode, {at, at + c.columns}};
    at += c.columns;
    if (c.mode == Mode::ee_delta_pose)
      for (double& value : one.values) value *= share;
    // Networks overshoot their ends a little; a gripper has none beyond them.
    if (c.mode == Mode::gripper) one.values[0] = std::clamp(c.invert ? 1 - one.values[0] : one.values[0], 0.0, 1.0);
    out.groups.push_back(std::move(one));
  }
  return out;
}

}  // namespace assay::served
