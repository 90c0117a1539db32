// Names and references of MJCF: which elements define names, which attributes refer to them.
#include <fmt/format.h>

#include <set>

#include "suites/compose_parts.h"

namespace assay {

using tinyxml2::XMLElement;

namespace {

struct NamedSpace {
  NameSpace space;
  std::string_view word;
};
constexpr NamedSpace kSpaces[] = {
    {NameSpace::body, "body"},         {NameSpace::joint, "joint"},       {NameSpace::geom, "geom"},
    {NameSpace::site, "site"},         {NameSpace::camera, "camera"},     {NameSpace::light, "light"},
    {NameSpace::mesh, "mesh"},         {NameSpace::skin, "skin"},         {NameSpace::hfield, "hfield"},
    {NameSpace::texture, "texture"},   {NameSpace::material, "material"}, {NameSpace::pair, "pair"},
    {NameSpace::exclude, "exclude"},   {NameSpace::equality, "equality"}, {NameSpace::tendon, "tendon"},
    {NameSpace::actuator, "actuator"}, {NameSpace::sensor, "sensor"},     {NameSpace::numeric, "numeric"},
    {NameSpace::text, "text"},         {NameSpace::tuple, "tuple"},       {NameSpace::key, "key"},
    {NameSpace::class_, "class"},
};

std::optional<NameSpace> space_of_word(std::string_view word) {
  for (const auto& entry : kSpaces)
    if (entry.word == word) return entry.space;
  return std::nullopt;
}

/// The kind of thing that an element's `name` names.
std::optional<NameSpace> defines(std::string_view parent, std::string_view tag) {
  if (parent == "body") {
    if (tag == "freejoint") return NameSpace::joint;
    if (is_one_of(tag, {"body", "joint", "geom", "site", "camera", "light"})) return space_of_word(tag);
    return std::nullopt;
  }
  if (parent == "equality") return NameSpace::equality;
  if (parent == "tendon") return NameSpace::tendon;
  if (parent == "actuator") return NameSpace::actuator;
  if (parent == "sensor") return NameSpace::sensor;
  if (is_one_of(parent, {"asset", "contact", "custom", "keyframe"})) return space_of_word(tag);
  return std::nullopt;
}

struct Reference {
  std::string_view attribute;
  NameSpace space;
};
// An attribute of this name refers to a thing of this kind wherever the grammar allows it.
constexpr Reference kReferences[] = {
    {"class", NameSpace::class_},        {"childclass", NameSpace::class_}, {"material", NameSpace::material},
    {"mesh", NameSpace::mesh},           {"hfield", NameSpace::hfield},     {"texture", NameSpace::texture},
    {"joint", NameSpace::joint},         {"joint1", NameSpace::joint},      {"joint2", NameSpace::joint},
    {"jointinparent", NameSpace::joint}, {"tendon", NameSpace::tendon},     {"tendon1", NameSpace::tendon},
    {"tendon2", NameSpace::tendon},      {"site", NameSpace::site},         {"sidesite", NameSpace::site},
    {"cranksite", NameSpace::site},      {"slidersite", NameSpace::site},   {"refsite", NameSpace::site},
    {"geom", NameSpace::geom},           {"geom1", NameSpace::geom},        {"geom2", NameSpace::geom},
    {"body", NameSpace::body},           {"body1", NameSpace::body},        {"body2", NameSpace::body},
    {"target", NameSpace::body},         {"actuator", NameSpace::actuator},
};

std::optional<NameSpace> object_space(const char* type) {
  if (!type) return std::nullopt;
  if (std::string_view(type) == "xbody") return NameSpace::body;
  if (std::string_view(type) == "dof") return NameSpace::joint;
  return space_of_word(type);
}

struct Use {
  const char* attribute;
  NameSpace space;
  std::string name;
};

/// What an element refers to. "world" always exists and keeps its name.
std::vector<Use> uses_of(const XMLElement* element, std::string_view parent) {
  std::vector<Use> uses;
  const bool defines_class = tag_of(element) == "default";
  for (const auto* a = element->FirstAttribute(); a; a = a->Next()) {
    const std::string_view name = a->Name();
    std::optional<NameSpace> space;
    for (const auto& reference : kReferences)
      if (reference.attribute == name && !(defines_class && name == "class")) space = reference.space;
    if (name == "objname") space = object_space(element->Attribute("objtype"));
    if (name == "refname") space = object_space(element->Attribute("reftype"));
    if (!space || !grammar_knows(parent, tag_of(element), name)) continue;
    if (*a->Value() == '\0' || (*space == NameSpace::body && std::string_view(a->Value()) == "world")) continue;
    uses.push_back({a->Name(), *space, a->Value()});
  }
  return uses;
}

std::string_view parent_context(const Mjcf& mjcf, const XMLElement* element) {
  return element == mjcf.root() ? "-" : context_of(element->Parent()->ToElement());
}

Result<void> add_name(const Mjcf& mjcf, Names& names, NameSpace space, const char* name, const XMLElement* element) {
  const auto [at, added] = names.emplace(std::pair{space, std::string(name)}, element);
  if (added) return {};
  return mjcf_error(460,
                    {fmt::format("{} '{}' is defined twice", to_string(space), name),
                     fmt::format("{}“{}”重复定义", to_string(space), name)},
                    mjcf.place(element), name,
                    {fmt::format("first defined in line {}: rename one of them", mjcf.place(at->second).line),
                     fmt::format("首次定义在第 {} 行：请改掉其中一个名称", mjcf.place(at->second).line)});
}

}  // namespace

std::string_view to_string(NameSpace space) {
  for (const auto& entry : kSpaces)
    if (entry.space == space) return entry.word;
  return "thing";
}

Result<Names> collect_names(const Mjcf& mjcf) {
  Names names;
  for (const auto* element : all_elements(mjcf.root())) {
    if (tag_of(element) == "default" && element->Attribute("class"))
      ASSAY_RETURN_IF_ERROR(add_name(mjcf, names, NameSpace::class_, element->Attribute("class"), element));
    const auto space = defines(parent_context(mjcf, element), tag_of(element));
    const char* name = element->Attribute("name");
    if (space && name && *name) ASSAY_RETURN_IF_ERROR(add_name(mjcf, names, *space, name, element));
  }
  return names;
}

std::vector<std::string> names_of(const Names& names, NameSpace space) {
  std::vector<std::string> found;
  for (const auto& [key, element] : names)
    if (key.first == space) found.push_back(key.second);
  return found;
}

Result<void> check_references(const Mjcf& mjcf, const Names& names) {
  const auto elements = all_elements(mjcf.root());
  bool composites = false;  // their bodies, joints, geoms, sites and tendons are made at load
  for (const auto* element : elements) composites = composites || tag_of(element) == "composite";
  for (const auto* element : elements) {
    for (const auto& use : uses_of(element, parent_context(mjcf, element))) {
      if (names.count({use.space, use.name})) continue;
      if (composites && use.space <= NameSpace::skin && use.space != NameSpace::mesh) continue;
      if (composites && (use.space == NameSpace::tendon || use.space == NameSpace::equality)) continue;
      const auto hint = did_you_mean(use.name, names_of(names, use.space));
      return mjcf_error(
          461,
          {fmt::format("<{}> refers to {} '{}', which does not exist", tag_of(element), to_string(use.space), use.name),
           fmt::format("<{}> 引用的 {}“{}”不存在", tag_of(element), to_string(use.space), use.name)},
          mjcf.place(element), fmt::format("{}=\"{}\"", use.attribute, use.name),
          {"correct the name, or define it" + hint.en, "请改正名称，或补上定义" + hint.zh});
    }
  }
  return {};
}

void prefix_names(Mjcf& mjcf, const std::string& prefix) {
  for (auto* element : all_elements(mjcf.root())) {
    const auto parent = parent_context(mjcf, element);
    for (const auto& use : uses_of(element, parent)) element->SetAttribute(use.attribute, (prefix + use.name).c_str());
    if (tag_of(element) == "default" && element->Attribute("class"))
      element->SetAttribute("class", (prefix + element->Attribute("class")).c_str());
    if (const char* name = element->Attribute("name"); name && *name && defines(parent, tag_of(element)))
      element->SetAttribute("name", (prefix + name).c_str());
    if (tag_of(element) == "composite") {
      const char* own = element->Attribute("prefix");
      element->SetAttribute("prefix", (prefix + (own ? own : "")).c_str());
    }
  }
}

XMLElement* find_named(const Mjcf& mjcf, NameSpace space, const std::string& name) {
  for (auto* element : all_elements(mjcf.root())) {
    const char* own = element->Attribute("name");
    if (own && own == name && defines(parent_context(mjcf, element), tag_of(element)) == space) return element;
  }
  return nullptr;
}

}  // namespace assay
