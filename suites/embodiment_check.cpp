// Does a binding fit its model?
#include "suites/embodiment_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

namespace assay {

using tinyxml2::XMLElement;

namespace {

struct Check {
  const Embodiment& embodiment;
  const Prepared& robot;
  const YamlFile& file;
  Names names{};

  [[nodiscard]] Place place(std::size_t group, const std::string& key) const {
    return file.place(fmt::format("/groups/{}/{}", group, key));
  }
};

Result<void> exists(const Check& check, NameSpace space, const std::string& name, const Place& place) {
  if (check.names.count({space, name})) return {};
  const auto known = names_of(check.names, space);
  const auto hint = did_you_mean(name, known);
  auto error =
      mjcf_error(491,
                 {fmt::format("the model has no {} '{}'", to_string(space), name),
                  fmt::format("模型中没有 {}“{}”", to_string(space), name)},
                 place, name, {"write the name as the model has it" + hint.en, "请按模型中的写法填写" + hint.zh});
  if (known.size() <= 12) {
    std::string list;
    for (const auto& entry : known) list += (list.empty() ? "" : ", ") + entry;
    error.expected = {"one of " + list, "下列之一：" + list};
  }
  return error;
}

Result<void> check_names(const Check& check, std::size_t i) {
  const auto& group = check.embodiment.groups[i];
  const auto each = [&](NameSpace space, const std::vector<std::string>& list, const char* key) -> Result<void> {
    for (std::size_t j = 0; j < list.size(); ++j)
      ASSAY_RETURN_IF_ERROR(exists(check, space, list[j], check.place(i, fmt::format("{}/{}", key, j))));
    return {};
  };
  const auto one = [&](NameSpace space, const std::string& name, const char* key) -> Result<void> {
    return name.empty() ? Result<void>{} : exists(check, space, name, check.place(i, key));
  };
  ASSAY_RETURN_IF_ERROR(each(NameSpace::joint, group.joints, "joints"));
  ASSAY_RETURN_IF_ERROR(each(NameSpace::actuator, group.actuators, "actuators"));
  ASSAY_RETURN_IF_ERROR(each(NameSpace::body, group.side_a_bodies, "side_a_bodies"));
  ASSAY_RETURN_IF_ERROR(each(NameSpace::body, group.side_b_bodies, "side_b_bodies"));
  ASSAY_RETURN_IF_ERROR(one(NameSpace::site, group.tcp_site, "tcp_site"));
  ASSAY_RETURN_IF_ERROR(one(NameSpace::site, group.range_site, "range_site"));
  ASSAY_RETURN_IF_ERROR(one(NameSpace::site, group.imu_site, "imu_site"));
  ASSAY_RETURN_IF_ERROR(one(NameSpace::body, group.trunk_body, "trunk_body"));
  ASSAY_RETURN_IF_ERROR(each(NameSpace::body, group.feet_bodies, "feet_bodies"));
  return one(NameSpace::body, group.base_body, "base_body");
}

/// Keys that a group's kind cannot do without; the second list belongs to other kinds only.
struct KindKeys {
  const char* word;
  std::vector<const char*> needed, foreign;
};

KindKeys keys_of(Group::Kind kind) {
  switch (kind) {
    case Group::Kind::arm:
      return {"arm",
              {"tcp_site", "speed_limit_rad_s"},
              {"open_ctrl", "closed_ctrl", "max_width_m", "grip_force_n", "side_a_bodies", "side_b_bodies", "base_body",
               "wheel_radius_m", "track_m", "max_speed_m_s", "max_yaw_rad_s", "range_site", "beams", "range_max_m",
               "trunk_body", "feet_bodies", "imu_site"}};
    case Group::Kind::gripper:
      return {"gripper",
              {"open_ctrl", "closed_ctrl", "max_width_m", "grip_force_n", "side_a_bodies", "side_b_bodies", "on_group"},
              {"tcp_site", "home_rad", "home_key", "kp", "kd", "speed_limit_rad_s", "base_body", "wheel_radius_m",
               "track_m", "max_speed_m_s", "max_yaw_rad_s", "range_site", "beams", "range_max_m", "trunk_body",
               "feet_bodies", "imu_site"}};
    case Group::Kind::base:
      return {"base",
              {"base_body", "wheel_radius_m", "track_m", "max_speed_m_s", "max_yaw_rad_s"},
              {"tcp_site", "home_rad", "home_key", "kp", "kd", "speed_limit_rad_s", "open_ctrl", "closed_ctrl",
               "max_width_m", "grip_force_n", "side_a_bodies", "side_b_bodies", "on_group", "trunk_body", "feet_bodies",
               "imu_site"}};
    case Group::Kind::legs:
      return {"legs",
              {"trunk_body", "feet_bodies", "speed_limit_rad_s"},
              {"tcp_site", "open_ctrl", "closed_ctrl", "max_width_m", "grip_force_n", "side_a_bodies", "side_b_bodies",
               "on_group", "base_body", "wheel_radius_m", "track_m", "max_speed_m_s", "max_yaw_rad_s", "range_site",
               "beams", "range_max_m"}};
  }
  ASSAY_CHECK(!"unknown kind of group");
}

Result<void> check_keys(const Check& check, std::size_t i) {
  const auto& json = check.file.value->at("groups").at(i);
  const auto keys = keys_of(check.embodiment.groups[i].kind);
  const auto refuse = [&](Text what, const Place& place) {
    return mjcf_error(492, std::move(what), place, "",
                      {fmt::format("see docs/bring-your-robot.md, group of kind {}", keys.word),
                       fmt::format("见 docs/zh/bring-your-robot.md 中 {} 类的组", keys.word)});
  };
  auto needed = keys.needed;
  const auto kind = check.embodiment.groups[i].kind;
  if ((kind == Group::Kind::arm || kind == Group::Kind::legs) && !json.contains("home_key"))
    needed.push_back("home_rad");
  if (json.contains("range_site")) needed.insert(needed.end(), {"beams", "range_max_m"});
  for (const char* key : needed)
    if (!json.contains(key))
      return refuse(
          {fmt::format("a group of kind {} needs {}", keys.word, key), fmt::format("{} 类的组需要 {}", keys.word, key)},
          check.file.place(fmt::format("/groups/{}", i)));
  for (const char* key : keys.foreign)
    if (json.contains(key))
      return refuse({fmt::format("a group of kind {} has no {}", keys.word, key),
                     fmt::format("{} 类的组没有 {}", keys.word, key)},
                    check.place(i, key));
  return {};
}

Result<void> same_count(const Check& check, std::size_t i, const char* key, std::size_t count, std::size_t expected) {
  if (count == expected) return {};
  auto error = mjcf_error(
      493, {fmt::format("{} has another count than joints", key), fmt::format("{} 的个数与 joints 不一致", key)},
      check.place(i, key), std::to_string(count));
  error.expected = {std::to_string(expected), std::to_string(expected)};
  return error;
}

Result<void> check_counts(const Check& check, std::size_t i) {
  const auto& g = check.embodiment.groups[i];
  const auto n = g.joints.size();
  if (g.kind == Group::Kind::base) ASSAY_RETURN_IF_ERROR(same_count(check, i, "joints", n, 2));
  if (g.kind == Group::Kind::gripper) return {};
  ASSAY_RETURN_IF_ERROR(same_count(check, i, "actuators", g.actuators.size(), n));
  if (g.kind == Group::Kind::base) return {};
  ASSAY_RETURN_IF_ERROR(same_count(check, i, "home_rad", g.home_rad.size(), n));
  ASSAY_RETURN_IF_ERROR(same_count(check, i, "speed_limit_rad_s", g.speed_limit_rad_s.size(), n));
  if (!g.kp.empty()) ASSAY_RETURN_IF_ERROR(same_count(check, i, "kp", g.kp.size(), n));
  if (!g.kd.empty()) ASSAY_RETURN_IF_ERROR(same_count(check, i, "kd", g.kd.size(), n));
  return {};
}

const XMLElement* element_of(const Check& check, NameSpace space, const std::string& name) {
  return check.names.at({space, name});
}

/// The n-th actuator of an arm or base must drive the n-th joint; torque actuators need gains.
Result<void> check_actuators(const Check& check, std::size_t i) {
  const auto& g = check.embodiment.groups[i];
  if (g.kind == Group::Kind::gripper) return {};
  for (std::size_t j = 0; j < g.actuators.size(); ++j) {
    const auto* actuator = element_of(check, NameSpace::actuator, g.actuators[j]);
    const char* joint = actuator->Attribute("joint");
    if (joint && joint != g.joints[j]) {
      auto error =
          mjcf_error(494,
                     {fmt::format("actuator '{}' drives another joint than the one in its place", g.actuators[j]),
                      fmt::format("执行器“{}”驱动的不是对应位置的关节", g.actuators[j])},
                     check.place(i, fmt::format("actuators/{}", j)), joint,
                     {"list joints and actuators in the same order", "请按相同顺序列出关节和执行器"});
      error.expected = {g.joints[j], g.joints[j]};
      return error;
    }
    const bool poses = g.kind == Group::Kind::arm || g.kind == Group::Kind::legs;
    if (tag_of(actuator) == "motor" && poses && (g.kp.empty() || g.kd.empty()))
      return mjcf_error(
          492, {"an arm or legs of torque actuators need kp and kd", "使用力矩执行器的机械臂或腿部需要 kp 和 kd"},
          check.place(i, "actuators"), g.actuators[j],
          {"the adapter makes position control from them: torque = kp·error − kd·speed",
           "适配器用它们实现位置控制：力矩 = kp·误差 − kd·速度"});
  }
  return {};
}

Result<void> check_home(const Check& check, std::size_t i) {
  const auto& g = check.embodiment.groups[i];
  if (g.kind != Group::Kind::arm && g.kind != Group::Kind::legs) return {};
  const Defaults defaults(check.robot.mjcf);
  const bool from_key = check.file.value->at("groups").at(i).contains("home_key");
  for (std::size_t j = 0; j < g.joints.size(); ++j) {
    const auto* joint = element_of(check, NameSpace::joint, g.joints[j]);
    const char* text = defaults.find(joint, "range").text;
    const char* limited = defaults.find(joint, "limited").text;
    const auto range = text ? parse_numbers(text) : std::nullopt;
    if (!range || range->size() != 2 || (limited && std::string_view(limited) == "false")) continue;
    const double q = g.home_rad[j];
    if ((*range)[0] >= (*range)[1] || (q >= (*range)[0] - 1e-9 && q <= (*range)[1] + 1e-9)) continue;
    auto error =
        mjcf_error(495,
                   {fmt::format("the home position of '{}' is outside of the joint's range", g.joints[j]),
                    fmt::format("“{}”的初始位置超出关节范围", g.joints[j])},
                   check.place(i, from_key ? "home_key" : fmt::format("home_rad/{}", j)), fmt::format("{}", q));
    error.expected = {fmt::format("{} … {} rad", (*range)[0], (*range)[1]),
                      fmt::format("{} … {} rad", (*range)[0], (*range)[1])};
    return error;
  }
  return {};
}

/// A capability that a group stands for cannot be claimed without it.
Result<void> check_claims(const Check& check) {
  const auto& groups = check.embodiment.groups;
  const auto any = [&](auto&& condition) { return std::any_of(groups.begin(), groups.end(), condition); };
  const auto of_kind = [&](Group::Kind kind) { return any([&](const Group& g) { return g.kind == kind; }); };
  const std::pair<const char*, bool> claims[] = {
      {"arm", of_kind(Group::Kind::arm)},
      {"gripper", of_kind(Group::Kind::gripper)},
      {"mobile_base", of_kind(Group::Kind::base)},
      {"legs", of_kind(Group::Kind::legs)},
      {"biped", any([](const Group& g) { return g.feet_bodies.size() == 2; })},
      {"quadruped", any([](const Group& g) { return g.feet_bodies.size() == 4; })},
      {"range_scan", any([](const Group& g) { return !g.range_site.empty(); })}};
  for (std::size_t i = 0; i < check.embodiment.capabilities.size(); ++i)
    for (const auto& [name, there] : claims)
      if (check.embodiment.capabilities[i] == name && !there)
        return mjcf_error(496,
                          {fmt::format("the capability {} is claimed, but no group has it", name),
                           fmt::format("声明了能力 {}，但没有任何组提供它", name)},
                          check.file.place(fmt::format("/capabilities/{}", i)), name,
                          {"describe the group (for range_scan: a base with range_site; for biped and quadruped: legs "
                           "with two or four feet), or drop the capability",
                           "请补充相应的组（range_scan 需要带 range_site 的底盘组；biped、quadruped "
                           "需要两足或四足的腿部组），或删去该能力"});
  return {};
}

Result<void> check_relations(const Check& check) {
  const auto& groups = check.embodiment.groups;
  std::map<std::string, Group::Kind> seen;
  for (std::size_t i = 0; i < groups.size(); ++i)
    if (!seen.emplace(groups[i].name, groups[i].kind).second)
      return mjcf_error(494, {"two groups have the same name", "两个组同名"}, check.place(i, "name"), groups[i].name,
                        {"give each group a name of its own", "请给每个组不同的名称"});
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const auto& g = groups[i];
    if (g.on_group.empty()) continue;
    const auto carrier = seen.find(g.on_group);
    const bool fits = carrier != seen.end() &&
                      carrier->second == (g.kind == Group::Kind::gripper ? Group::Kind::arm : Group::Kind::base);
    if (!fits)
      return mjcf_error(494,
                        {"on_group must name the arm that carries a gripper, or the base that carries an arm",
                         "on_group 须写出安装夹爪的 arm 组，或承载机械臂的 base 组"},
                        check.place(i, "on_group"), g.on_group);
  }
  return {};
}

}  // namespace

Result<void> check_binding(const Embodiment& embodiment, const Prepared& robot, const YamlFile& file) {
  Check check{embodiment, robot, file};
  ASSAY_TRY(check.names, collect_names(robot.mjcf));
  ASSAY_RETURN_IF_ERROR(check_relations(check));
  ASSAY_RETURN_IF_ERROR(check_claims(check));
  for (std::size_t i = 0; i < embodiment.groups.size(); ++i) {
    ASSAY_RETURN_IF_ERROR(check_keys(check, i));
    ASSAY_RETURN_IF_ERROR(check_names(check, i));
    ASSAY_RETURN_IF_ERROR(check_counts(check, i));
    ASSAY_RETURN_IF_ERROR(check_actuators(check, i));
    ASSAY_RETURN_IF_ERROR(check_home(check, i));
  }
  const auto cameras = file.value->value("cameras", nlohmann::json::array());
  for (std::size_t i = 0; i < cameras.size(); ++i)
    ASSAY_RETURN_IF_ERROR(
        exists(check, NameSpace::camera, cameras[i].get<std::string>(), file.place(fmt::format("/cameras/{}", i))));
  for (std::size_t i = 0; i < embodiment.actuator_overrides.size(); ++i)
    ASSAY_RETURN_IF_ERROR(exists(check, NameSpace::actuator, embodiment.actuator_overrides[i].actuator,
                                 file.place(fmt::format("/actuator_overrides/{}/actuator", i))));
  return {};
}

Result<std::vector<double>> positions_in_key(const Prepared& model, const std::string& key,
                                             const std::vector<std::string>& joints, const Place& place) {
  ASSAY_TRY(const auto names, collect_names(model.mjcf));
  const auto at = names.find({NameSpace::key, key});
  const auto refuse = [&](Text what) {
    return mjcf_error(495, std::move(what), place, key, {"write home_rad instead", "请改写 home_rad"});
  };
  if (at == names.end() || !at->second->Attribute("qpos"))
    return refuse({"the model has no such keyframe with qpos", "模型中没有这样带 qpos 的关键帧"});
  const auto qpos = parse_numbers(at->second->Attribute("qpos")).value_or(std::vector<double>{});
  const Defaults defaults(model.mjcf);
  std::map<std::string, std::size_t> address;
  std::size_t next = 0;
  for (const auto* element : all_elements(model.mjcf.root())) {
    const bool free = tag_of(element) == "freejoint";
    if (element == model.mjcf.root() || (!free && tag_of(element) != "joint") ||
        context_of(element->Parent()->ToElement()) != "body")
      continue;
    const char* type_text = free ? "free" : defaults.find(element, "type").text;
    const std::string_view type = type_text ? type_text : "hinge";
    if (const char* name = element->Attribute("name")) address[name] = next;
    next += type == "free" ? 7 : type == "ball" ? 4 : 1;
  }
  if (next != qpos.size())
    return refuse({fmt::format("the keyframe has {} positions, the model {}", qpos.size(), next),
                   fmt::format("关键帧有 {} 个位置，模型有 {} 个", qpos.size(), next)});
  std::vector<double> home;
  for (const auto& joint : joints) {
    if (!address.count(joint))
      return refuse({fmt::format("joint '{}' is not in the model's keyframe", joint),
                     fmt::format("关节“{}”不在模型的关键帧中", joint)});
    home.push_back(qpos[address[joint]]);
  }
  return home;
}

}  // namespace assay
