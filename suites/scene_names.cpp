// A cheap look at a scene: which names it has. Composition (compose.cpp) reads it in earnest.
#include <fmt/format.h>
#include <tinyxml2.h>

#include <filesystem>

#include "core/sha256.h"
#include "suites/task_reader.h"

namespace assay {

namespace {

constexpr std::size_t kMaxSceneBytes = 4u << 20;
constexpr int kMaxIncludes = 20;

Error scene_error(const Place& place, Text what, std::string found) {
  return Error{308,
               std::move(what),
               place,
               {"a MuJoCo scene (MJCF)", "MuJoCo 场景（MJCF）"},
               std::move(found),
               {"check the path and the file", "请检查路径与文件"}};
}

JointType joint_type(const tinyxml2::XMLElement* joint) {
  const char* type = joint->Attribute("type");
  if (type == nullptr) return JointType::unknown;
  const std::string_view text = type;
  return text == "slide" ? JointType::slide : text == "hinge" ? JointType::hinge : JointType::other;
}

void collect(const tinyxml2::XMLElement* element, SceneNames& out, std::vector<std::string>& includes) {
  for (; element != nullptr; element = element->NextSiblingElement()) {
    const std::string tag = element->Name();
    const char* name = element->Attribute("name");
    if ((tag == "body" || tag == "site") && name != nullptr) out.names.insert(name);
    const auto* parent = element->Parent()->ToElement();
    const bool in_body = parent != nullptr && std::string_view(parent->Name()) == "body";  // equality has <joint> too
    if (tag == "joint" && in_body && name != nullptr) out.joints[name] = joint_type(element);
    const char* file = element->Attribute("file");
    if (tag == "include" && file != nullptr) includes.emplace_back(file);
    collect(element->FirstChildElement(), out, includes);  // tinyxml2 itself stops at a depth of 100
  }
}

}  // namespace

Result<SceneNames> read_scene_names(const std::string& path, const Place& named_at) {
  SceneNames out;
  std::vector<std::string> todo = {path};
  for (std::size_t i = 0; i < todo.size(); ++i) {
    if (i == kMaxIncludes)
      return scene_error(named_at, {"the scene includes too many files", "场景包含的文件过多"}, path);
    auto text = read_small_file(todo[i], kMaxSceneBytes);
    if (!text.ok())
      return scene_error(named_at,
                         {"the scene cannot be read: " + text.error().what.en, "无法读取场景：" + text.error().what.zh},
                         fmt::format("{} ({})", todo[i], text.error().found));
    tinyxml2::XMLDocument document;
    if (document.Parse(text->data(), text->size()) != tinyxml2::XML_SUCCESS)
      return scene_error(Place{todo[i], document.ErrorLineNum(), 0},
                         {"the scene is not well-formed XML", "场景不是合法的 XML"}, document.ErrorName());
    out.files.emplace_back(todo[i], sha256_hex(*text));
    std::vector<std::string> includes;
    collect(document.RootElement(), out, includes);
    for (const auto& include : includes)
      todo.push_back((std::filesystem::path(todo[i]).parent_path() / include).lexically_normal().string());
  }
  return out;
}

}  // namespace assay
