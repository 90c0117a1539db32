// Binding files → Embodiment.
#include <fmt/format.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "suites/catalog.h"
#include "suites/embodiment_cameras.h"
#include "suites/embodiment_check.h"

namespace assay {

namespace fs = std::filesystem;
using Json = nlohmann::json;

namespace {

/// The folder of shared models where the environment does not name it: beside the source tree.
std::string shared_beside_source() {
  std::error_code code;
  for (const auto& root : {fs::path(ASSAY_SOURCE_CATALOG), fs::path(catalog_root())}) {
    const auto folder = (root / "../../../shared").lexically_normal();
    if (!root.empty() && fs::is_directory(folder / "models", code)) return folder.string();
  }
  return {};
}

Result<std::string> variable(const std::string& name, const Place& place) {
  if (const char* value = std::getenv(name.c_str()); value && *value) return std::string(value);
  if (name == "ASSAY_SHARED")
    if (auto folder = shared_beside_source(); !folder.empty()) return folder;
  return mjcf_error(490,
                    {fmt::format("the path of the model needs the variable {}, which is not set", name),
                     fmt::format("模型路径需要环境变量 {}，但它没有设置", name)},
                    place, "${" + name + "}",
                    {fmt::format("export {}=<folder that holds the models>, or write the path itself", name),
                     fmt::format("请执行 export {}=<模型所在目录>，或直接写出路径", name)});
}

Result<std::string> expand(const std::string& text, const Place& place) {
  std::string expanded;
  for (std::size_t at = 0; at < text.size();) {
    const auto open = text.find("${", at);
    const auto close = open == std::string::npos ? open : text.find('}', open);
    expanded += text.substr(at, close == std::string::npos ? std::string::npos : open - at);
    if (close == std::string::npos) break;
    ASSAY_TRY(const auto value, variable(text.substr(open + 2, close - open - 2), place));
    expanded += value;
    at = close + 1;
  }
  return expanded;
}

/// Absolute path of a model that a binding names. Fails with 0490 if it is not there.
Result<std::string> model_path(const YamlFile& file, const std::string& pointer, const std::string& text) {
  const auto place = file.place(pointer);
  ASSAY_TRY(const auto expanded, expand(text, place));
  std::error_code code;
  const auto path = fs::weakly_canonical(fs::absolute(fs::path(file.path).parent_path(), code) / expanded, code);
  if (!fs::is_regular_file(path, code)) {
    const bool shared = text.find("${ASSAY_SHARED}") != std::string::npos;
    return mjcf_error(
        490, {"the model file of this binding is not there", "找不到该绑定所指的模型文件"}, place, path.string(),
        shared ? Text{"this robot's model is not part of Assay: set ASSAY_SHARED to the folder that "
                      "holds models/",
                      "该机器人的模型不随 Assay 提供：请把 ASSAY_SHARED 设为含有 models/ 的目录"}
               : Text{"correct the path, which is relative to the binding file", "请改正路径（相对于绑定文件）"});
  }
  return path.string();
}

template <class T>
void take(const Json& from, const char* key, T& into) {
  if (const auto at = from.find(key); at != from.end()) into = at->get<T>();
}

Group read_group(const Json& json) {
  Group group;
  const auto kind = json.at("kind").get<std::string>();
  group.kind = kind == "arm"       ? Group::Kind::arm
               : kind == "gripper" ? Group::Kind::gripper
               : kind == "legs"    ? Group::Kind::legs
                                   : Group::Kind::base;
  take(json, "name", group.name);
  take(json, "joints", group.joints);
  take(json, "actuators", group.actuators);
  take(json, "tcp_site", group.tcp_site);
  take(json, "home_rad", group.home_rad);
  take(json, "kp", group.kp);
  take(json, "kd", group.kd);
  take(json, "speed_limit_rad_s", group.speed_limit_rad_s);
  take(json, "open_ctrl", group.open_ctrl);
  take(json, "closed_ctrl", group.closed_ctrl);
  take(json, "max_width_m", group.max_width_m);
  take(json, "grip_force_n", group.grip_force_n);
  take(json, "side_a_bodies", group.side_a_bodies);
  take(json, "side_b_bodies", group.side_b_bodies);
  take(json, "on_group", group.on_group);
  take(json, "base_body", group.base_body);
  take(json, "wheel_radius_m", group.wheel_radius_m);
  take(json, "track_m", group.track_m);
  take(json, "max_speed_m_s", group.max_speed_m_s);
  take(json, "max_yaw_rad_s", group.max_yaw_rad_s);
  take(json, "range_site", group.range_site);
  take(json, "beams", group.beams);
  take(json, "range_max_m", group.range_max_m);
  take(json, "trunk_body", group.trunk_body);
  take(json, "feet_bodies", group.feet_bodies);
  take(json, "imu_site", group.imu_site);
  return group;
}

void read_plain(const Json& json, Embodiment& embodiment) {
  take(json, "id", embodiment.id);
  embodiment.title = {json.at("title").at("en").get<std::string>(), json.at("title").at("zh").get<std::string>()};
  take(json, "mount", embodiment.mount);
  take(json, "reference", embodiment.reference);
  take(json, "capabilities", embodiment.capabilities);
  take(json, "payload_kg", embodiment.payload_kg);
  take(json, "reach_m", embodiment.reach_m);
  for (const auto& item : json.value("sites", Json::array())) {
    AddedSite site{item.at("name").get<std::string>(), item.at("body").get<std::string>()};
    take(item, "pos_m", site.pos_m);
    take(item, "quat_wxyz", site.quat);
    embodiment.added_sites.push_back(site);
  }
  for (const auto& item : json.value("actuator_overrides", Json::array()))
    embodiment.actuator_overrides.push_back({item.at("actuator").get<std::string>(),
                                             item.at("attribute").get<std::string>(),
                                             item.at("value").get<std::string>()});
  for (const auto& item : json.at("groups")) embodiment.groups.push_back(read_group(item));
}

/// The place in the binding for a failure that concerns the binding's own lists.
Error at_place(Error error, const Place& place) {
  if (error.id == 468 || error.id == 469) error.place = place;
  return error;
}

/// The file lies in the catalogue that this program reads, links followed.
bool in_catalog(const std::string& canonical_path) {
  std::error_code code;
  const auto root = fs::weakly_canonical(fs::absolute(catalog_root(), code), code);
  const auto inside = fs::path(canonical_path).lexically_relative(root);
  return !root.empty() && !inside.empty() && *inside.begin() != "..";
}

Result<void> read_homes(const YamlFile& file, Embodiment& embodiment) {
  const auto& groups = file.value->at("groups");
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (!groups[i].contains("home_key")) continue;
    const auto place = file.place(fmt::format("/groups/{}/home_key", i));
    if (groups[i].contains("home_rad"))
      return mjcf_error(492, {"give home_rad or home_key, not both", "home_rad 与 home_key 只能写一个"}, place);
    ASSAY_TRY(const auto model, prepare(embodiment.model_path, ""));
    ASSAY_TRY(embodiment.groups[i].home_rad,
              positions_in_key(model, groups[i].at("home_key").get<std::string>(), embodiment.groups[i].joints, place));
  }
  return {};
}

Result<Embodiment> build(const YamlFile& file) {
  const auto& json = *file.value;
  Embodiment embodiment;
  std::error_code code;
  embodiment.path = fs::weakly_canonical(fs::absolute(file.path, code), code).string();
  embodiment.sha256 = file.sha256;
  read_plain(json, embodiment);
  ASSAY_TRY(embodiment.model_path, model_path(file, "/model", json.at("model").get<std::string>()));
  const auto attach = json.value("attach", Json::array());
  for (std::size_t i = 0; i < attach.size(); ++i) {
    ASSAY_TRY(const auto path,
              model_path(file, fmt::format("/attach/{}/model", i), attach[i].at("model").get<std::string>()));
    embodiment.attachments.push_back(
        {attach[i].at("name").get<std::string>(), path, attach[i].at("to").get<std::string>()});
  }
  ASSAY_RETURN_IF_ERROR(read_homes(file, embodiment));
  return embodiment;
}

}  // namespace

Result<std::vector<std::string>> cameras_of(const Embodiment& embodiment) {
  ASSAY_TRY(const auto file, read_yaml(embodiment.path));
  return file.value->value("cameras", std::vector<std::string>{});
}

Result<Embodiment> load_embodiment(const std::string& path) {
  ASSAY_TRY(const auto file, read_yaml(path));
  ASSAY_RETURN_IF_ERROR(validate_schema(file, "embodiment"));
  ASSAY_TRY(auto embodiment, build(file));
  auto robot = prepare_robot(embodiment);
  if (!robot)
    return at_place(std::move(robot).error(), file.place(embodiment.attachments.empty() ? "/sites" : "/attach"));
  ASSAY_RETURN_IF_ERROR(check_binding(embodiment, *robot, file));
  ASSAY_TRY(embodiment.model_sha256, hash_files(robot->mjcf.files, robot->assets));
  // With a reference, a model that breaks is the lab's affair: not a vendor's word to give.
  if (embodiment.reference && !in_catalog(embodiment.path)) {
    embodiment.reference = false;
    embodiment.remarks.push_back(fmt::format(
        "reference: true is ignored: the file is not in the catalogue / 已忽略 reference: true：文件不在目录库中 ({})",
        fs::path(embodiment.path).filename().string()));
  }
  for (const auto& finding : lint_embodiment(embodiment))
    embodiment.remarks.push_back(fmt::format("{} / {} ({}:{})", finding.message.en, finding.message.zh,
                                             fs::path(finding.place.file).filename().string(), finding.place.line));
  return embodiment;
}

}  // namespace assay
