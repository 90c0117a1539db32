// Scene and robot merged into one MJCF.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "core/sha256.h"
#include "suites/catalog.h"
#include "suites/compose_parts.h"
#include "suites/mjcf_table.h"

namespace assay {

namespace fs = std::filesystem;
using tinyxml2::XMLElement;

namespace {

constexpr const char* kPrefix = "robot/";

void remove_sections(Mjcf& mjcf, std::initializer_list<const char*> tags) {
  for (const char* tag : tags)
    while (auto* section = mjcf.root()->FirstChildElement(tag)) mjcf.root()->DeleteChild(section);
}

Result<void> attach(Prepared& robot, const Attachment& attachment) {
  ASSAY_TRY(auto part, prepare(attachment.model_path, "main"));
  const auto prefix = attachment.name + "/";
  auto* site = find_named(robot.mjcf, NameSpace::site, attachment.to);
  auto* body = site ? site->Parent()->ToElement() : find_named(robot.mjcf, NameSpace::body, attachment.to);
  if (!body) {
    ASSAY_TRY(const auto names, collect_names(robot.mjcf));
    auto places = names_of(names, NameSpace::site);
    for (const auto& name : names_of(names, NameSpace::body)) places.push_back(name);
    const auto hint = did_you_mean(attachment.to, places);
    return mjcf_error(
        469,
        {"the place to attach to is neither a site nor a body of the model", "安装位置既不是模型的 site 也不是 body"},
        {robot.mjcf.path, 0, 0}, attachment.to,
        {"name a site or body of the model" + hint.en, "请写模型中的 site 或 body" + hint.zh});
  }
  for (const auto* element : all_elements(part.mjcf.root()))
    if (tag_of(element) == "freejoint")
      return mjcf_error(467, {"an attached model must not have a free joint", "被安装的模型不能有自由关节"},
                        part.mjcf.place(element), attachment.name);
  remove_sections(part.mjcf, {"keyframe"});
  prefix_names(part.mjcf, prefix);
  ASSAY_TRY(robot.carried, merge_flags(robot, part));
  splice(robot.mjcf, part.mjcf, body, site ? local_pose(site) : Pose{}, prefix);
  robot.assets.insert(robot.assets.end(), part.assets.begin(), part.assets.end());
  robot.mjcf.files.insert(robot.mjcf.files.end(), part.mjcf.files.begin(), part.mjcf.files.end());
  return {};
}

Result<void> add_site(Prepared& robot, const AddedSite& site) {
  auto* body = find_named(robot.mjcf, NameSpace::body, site.body);
  if (!body) {
    ASSAY_TRY(const auto names, collect_names(robot.mjcf));
    const auto hint = did_you_mean(site.body, names_of(names, NameSpace::body));
    return mjcf_error(469, {"the body for an added site does not exist", "要添加 site 的 body 不存在"},
                      {robot.mjcf.path, 0, 0}, site.body,
                      {"name a body of the model" + hint.en, "请写模型中的 body" + hint.zh});
  }
  auto* element = body->InsertNewChildElement("site");
  element->SetAttribute("name", site.name.c_str());
  element->SetAttribute("group", "4");  // not drawn by default
  element->SetAttribute("type", "sphere");
  element->SetAttribute("size", "0.005");
  set_pose(element, {site.pos_m, site.quat});
  robot.mjcf.places[element] = robot.mjcf.place(body);
  return {};
}

bool is_free(const XMLElement* body, const Defaults& defaults) {
  if (body->FirstChildElement("freejoint")) return true;
  for (const auto* joint = body->FirstChildElement("joint"); joint; joint = joint->NextSiblingElement("joint"))
    if (const char* type = defaults.find(joint, "type").text; type && std::string_view(type) == "free") return true;
  return false;
}

Result<void> check_mount(const Mjcf& robot, const std::string& mount) {
  const Defaults defaults(robot);
  bool any = false;
  for (const auto* world = robot.root()->FirstChildElement("worldbody"); world;
       world = world->NextSiblingElement("worldbody")) {
    for (const auto* body = world->FirstChildElement("body"); body; body = body->NextSiblingElement("body")) {
      any = true;
      if (mount == "table" && is_free(body, defaults))
        return mjcf_error(
            467, {"a robot with a free joint cannot be mounted on a table", "带自由关节的机器人不能固定在台面上"},
            robot.place(body), body->Attribute("name") ? body->Attribute("name") : "",
            {"write `mount: floor` in the binding", "请在绑定文件中写 mount: floor"});
    }
  }
  if (any) return {};
  return mjcf_error(467, {"the robot's model has no body", "机器人模型中没有 body"}, {robot.path, 0, 0});
}

Result<XMLElement*> mount_body(const Mjcf& scene, const char* name) {
  if (auto* body = find_named(scene, NameSpace::body, name)) return body;
  return mjcf_error(466,
                    {fmt::format("the scene has no body '{}' to put this robot", name),
                     fmt::format("场景中没有供该机器人安放的 body“{}”", name)},
                    {scene.path, 0, 0}, "",
                    {"use a robot of the other mount, or add the body to the scene",
                     "请换用另一种安装方式的机器人，或在场景中添加该 body"});
}

Result<void> place_robot(Prepared& scene, const Prepared& robot, const std::string& mount) {
  ASSAY_RETURN_IF_ERROR(check_mount(robot.mjcf, mount));
  if (mount == "table") {
    ASSAY_TRY(auto* body, mount_body(scene.mjcf, "robot_mount"));
    splice(scene.mjcf, robot.mjcf, body, Pose{}, kPrefix);
    return {};
  }
  ASSAY_TRY(auto* start, mount_body(scene.mjcf, "robot_start"));
  splice(scene.mjcf, robot.mjcf, scene.mjcf.root()->FirstChildElement("worldbody"), world_pose(start), kPrefix);
  return {};
}

Result<void> apply_override(Prepared& robot, const ActuatorOverride& change, const std::string& file) {
  auto* element = find_named(robot.mjcf, NameSpace::actuator, change.actuator);
  if (!element) {
    ASSAY_TRY(const auto names, collect_names(robot.mjcf));
    const auto hint = did_you_mean(change.actuator, names_of(names, NameSpace::actuator));
    return mjcf_error(468, {"an actuator override names no actuator of the model", "执行器覆盖项指定的执行器不存在"},
                      {file, 0, 0}, change.actuator,
                      {"name an actuator of the model" + hint.en, "请写模型中的执行器" + hint.zh});
  }
  const auto tag = tag_of(element);
  const bool known = grammar_knows("actuator", tag, change.attribute) &&
                     !is_one_of(change.attribute, {"name", "class", "joint", "jointinparent", "tendon", "site",
                                                   "refsite", "cranksite", "slidersite", "body"});
  const bool number_ok = !known || is_text_attribute("actuator", tag, change.attribute) || parse_numbers(change.value);
  if (!known || !number_ok)
    return mjcf_error(468,
                      {fmt::format("attribute '{}' of actuator '{}' cannot be overridden like this", change.attribute,
                                   change.actuator),
                       fmt::format("执行器“{}”的属性“{}”不能这样覆盖", change.actuator, change.attribute)},
                      {file, 0, 0}, change.value,
                      {fmt::format("<{}> must know the attribute; names and references stay as they are", tag),
                       fmt::format("<{}> 须认识该属性；名称与引用不可改", tag)});
  element->SetAttribute(change.attribute.c_str(), change.value.c_str());
  return {};
}

/// The suite owns physics. `implicit` keeps stiff velocity-feedback actuators stable at 2 ms (DESIGN §4.9).
void lay_down_physics(Mjcf& scene, const Physics& physics) {
  auto* option = scene.document->NewElement("option");
  for (auto* old = scene.root()->FirstChildElement("option"); old; old = old->NextSiblingElement("option")) {
    for (const auto* a = old->FirstAttribute(); a; a = a->Next()) option->SetAttribute(a->Name(), a->Value());
    for (const auto* child = old->FirstChildElement(); child; child = child->NextSiblingElement())
      copy_into(scene, scene, child, option);
  }
  remove_sections(scene, {"option", "size"});
  option->SetAttribute("timestep", format_numbers({physics.timestep_s}).c_str());
  option->SetAttribute("integrator", "implicit");
  option->SetAttribute("cone", "elliptic");
  option->SetAttribute("impratio", format_numbers({physics.impratio}).c_str());
  option->SetAttribute("noslip_iterations", "0");
  auto* size = scene.document->NewElement("size");
  size->SetAttribute("njmax", physics.njmax);
  size->SetAttribute("nconmax", physics.nconmax);
  scene.root()->InsertFirstChild(size);
  scene.root()->InsertFirstChild(option);
}

void lay_down_compiler(Mjcf& scene, const Mjcf& robot, const CarriedFlags& flags) {
  auto* compiler = scene.document->NewElement("compiler");
  compiler->SetAttribute("angle", "radian");
  compiler->SetAttribute("autolimits", "true");
  for (const auto& [name, value] : flags) compiler->SetAttribute(name.c_str(), value.c_str());
  for (const auto* from = robot.root()->FirstChildElement("compiler"); from;
       from = from->NextSiblingElement("compiler"))
    if (const auto* range = from->FirstChildElement("lengthrange")) copy_into(scene, robot, range, compiler);
  remove_sections(scene, {"compiler"});
  scene.root()->InsertFirstChild(compiler);
}

std::string print(const Mjcf& mjcf) {
  tinyxml2::XMLPrinter printer;
  mjcf.document->Print(&printer);
  return printer.CStr();
}

/// The hash stands for content, not for where files lie: each path gives way to its file's own hash.
Result<std::string> content_hash(const Mjcf& world) {
  tinyxml2::XMLDocument copy;
  world.document->DeepCopy(&copy);
  std::map<std::string, std::string> digests;
  for (auto* element : all_elements(copy.RootElement())) {
    for (const auto* a = element->FirstAttribute(); a; a = a->Next()) {
      const std::string_view name = a->Name();
      if (name.substr(0, 4) != "file" || name == "filename") continue;
      const std::string path = a->Value();
      if (!digests.count(path)) {
        ASSAY_TRY(const auto digest, sha256_file(path));
        digests[path] = to_hex(digest) + fs::path(path).extension().string();
      }
      element->SetAttribute(a->Name(), digests[path].c_str());
    }
  }
  tinyxml2::XMLPrinter printer;
  copy.Print(&printer);
  return sha256_hex(printer.CStr());
}

std::vector<Group> prefixed(std::vector<Group> groups) {
  const auto add = [](std::string& name) {
    if (!name.empty()) name = kPrefix + name;
  };
  for (auto& group : groups) {
    for (auto* list : {&group.joints, &group.actuators, &group.side_a_bodies, &group.side_b_bodies, &group.feet_bodies})
      for (auto& name : *list) add(name);
    for (auto* name : {&group.tcp_site, &group.base_body, &group.range_site, &group.trunk_body, &group.imu_site})
      add(*name);
  }
  return groups;
}

Result<void> check_scene_names(const Mjcf& scene) {
  ASSAY_TRY(const auto names, collect_names(scene));
  for (const auto& [key, element] : names)
    if (key.second.rfind(kPrefix, 0) == 0)
      return mjcf_error(472, {"names of a scene must not begin with robot/", "场景中的名称不能以 robot/ 开头"},
                        scene.place(element), key.second,
                        {"rename it: the prefix is the robot's", "请改名：该前缀属于机器人"});
  return {};
}

}  // namespace

Result<Prepared> prepare(const std::string& path, const std::string& main_class) {
  ASSAY_TRY(auto mjcf, read_mjcf(path));
  Prepared prepared{std::move(mjcf), main_class, {}, {}};
  name_assets(prepared.mjcf);
  ASSAY_RETURN_IF_ERROR(close_defaults(prepared.mjcf, prepared.main_class));
  ASSAY_TRY(const auto names, collect_names(prepared.mjcf));
  ASSAY_RETURN_IF_ERROR(check_references(prepared.mjcf, names));
  ASSAY_RETURN_IF_ERROR(normalise_angles(prepared.mjcf));
  ASSAY_TRY(prepared.carried, settle_compiler(prepared.mjcf));
  ASSAY_TRY(prepared.assets, resolve_assets(prepared.mjcf));
  return prepared;
}

Result<Prepared> prepare_robot(const Embodiment& embodiment) {
  ASSAY_TRY(auto robot, prepare(embodiment.model_path, ""));
  for (const auto& attachment : embodiment.attachments) ASSAY_RETURN_IF_ERROR(attach(robot, attachment));
  for (const auto& site : embodiment.added_sites) ASSAY_RETURN_IF_ERROR(add_site(robot, site));
  ASSAY_TRY(const auto names, collect_names(robot.mjcf));
  ASSAY_RETURN_IF_ERROR(check_references(robot.mjcf, names));
  return robot;
}

namespace {

Result<Prepared> merge(const std::string& scene_path, const Physics& physics, const Embodiment& embodiment) {
  ASSAY_TRY(auto scene, prepare(scene_path, "scene/main"));
  ASSAY_RETURN_IF_ERROR(check_scene_names(scene.mjcf));
  ASSAY_TRY(auto robot, prepare_robot(embodiment));
  for (const auto& change : embodiment.actuator_overrides)
    ASSAY_RETURN_IF_ERROR(apply_override(robot, change, embodiment.path));
  remove_sections(robot.mjcf, {"keyframe", "option", "size", "visual", "statistic"});
  remove_sections(scene.mjcf, {"keyframe"});
  prefix_names(robot.mjcf, kPrefix);
  ASSAY_RETURN_IF_ERROR(place_robot(scene, robot, embodiment.mount));
  ASSAY_TRY(const auto flags, merge_flags(scene, robot));
  lay_down_physics(scene.mjcf, physics);
  lay_down_compiler(scene.mjcf, robot.mjcf, flags);
  ASSAY_TRY(const auto names, collect_names(scene.mjcf));
  ASSAY_RETURN_IF_ERROR(check_references(scene.mjcf, names));
  return scene;
}

}  // namespace

Result<World> compose(const Task& task, const Embodiment& embodiment) {
  ASSAY_TRY(auto scene, merge(task.scene_path, task.physics, embodiment));
  scene.mjcf.root()->SetAttribute("model", (task.id + " with " + embodiment.id).c_str());
  World world;
  world.reference = embodiment.reference;
  world.mjcf = print(scene.mjcf);
  ASSAY_TRY(world.sha256, content_hash(scene.mjcf));
  world.groups = prefixed(embodiment.groups);
  const auto on_legs = [](const Group& group) { return group.kind == Group::Kind::legs; };
  if (std::any_of(world.groups.begin(), world.groups.end(), on_legs)) {
    ASSAY_TRY(auto alone, merge(catalog_root() + "/scenes/level_ground.xml", task.physics, embodiment));
    world.robot_mjcf = print(alone.mjcf);
  }
  return world;
}

}  // namespace assay
