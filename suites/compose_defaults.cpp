// Default classes: made explicit, so that a model's defaults act on its own elements only.
#include <fmt/format.h>

#include <set>

#include "suites/compose_parts.h"

namespace assay {

using tinyxml2::XMLElement;

namespace {

bool takes_class(std::string_view parent, std::string_view tag) { return grammar_knows(parent, tag, "class"); }

struct TopLevel {
  std::vector<XMLElement*> sections;
  std::string name;
  bool has_settings = false;
};

Result<TopLevel> top_level(const Mjcf& mjcf) {
  TopLevel top;
  bool nested = false;
  for (auto* section = mjcf.root()->FirstChildElement("default"); section;
       section = section->NextSiblingElement("default")) {
    const char* name = section->Attribute("class");
    if (name && *name && !top.name.empty() && top.name != name)
      return mjcf_error(464, {"the top-level default class has two names", "顶层默认类有两个名称"}, mjcf.place(section),
                        name, {"use one name, or none", "请只用一个名称，或不写名称"});
    if (name && *name) top.name = name;
    for (auto* child = section->FirstChildElement(); child; child = child->NextSiblingElement()) {
      if (tag_of(child) == "default") continue;
      top.has_settings = true;
      // MuJoCo copies the parent into a nested class when it meets it: later settings would not reach it.
      if (nested)
        return mjcf_error(464,
                          {"top-level default settings come after nested classes of an earlier <default>",
                           "顶层默认设置写在了先前 <default> 的嵌套类之后"},
                          mjcf.place(child), std::string(tag_of(child)),
                          {"move the settings into the first <default>", "请把这些设置移到第一个 <default> 中"});
    }
    nested = nested || section->FirstChildElement("default");
    top.sections.push_back(section);
  }
  return top;
}

Result<void> check_classes(const Mjcf& mjcf, const XMLElement* parent, std::set<std::string>& seen) {
  for (const auto* child = parent->FirstChildElement("default"); child; child = child->NextSiblingElement("default")) {
    const char* name = child->Attribute("class");
    if (!name || !*name)
      return mjcf_error(464, {"a nested default class has no name", "嵌套的默认类没有名称"}, mjcf.place(child), "",
                        {"write class=\"…\"", "请写 class=\"…\""});
    if (!seen.insert(name).second)
      return mjcf_error(464, {"a default class is defined twice", "默认类重复定义"}, mjcf.place(child), name,
                        {"rename one of them", "请改掉其中一个名称"});
    ASSAY_RETURN_IF_ERROR(check_classes(mjcf, child, seen));
  }
  return {};
}

Result<void> give_class(const Mjcf& mjcf, XMLElement* element, const std::string& main, bool has_settings) {
  const auto parent = context_of(element->Parent()->ToElement());
  const auto tag = tag_of(element);
  const bool in_world = tag_of(element->Parent()->ToElement()) == "worldbody";
  if (in_world && tag == "composite" && has_settings)
    return mjcf_error(464,
                      {"a <composite> outside of a body takes its defaults from the top-level class",
                       "不在 body 中的 <composite> 依赖顶层默认类"},
                      mjcf.place(element), "", {"put it into a <body>", "请把它放进一个 <body>"});
  if (in_world && tag == "body") {
    if (!element->Attribute("childclass")) element->SetAttribute("childclass", main.c_str());
  } else if (takes_class(parent, tag) && (parent != "body" || in_world) && !element->Attribute("class")) {
    element->SetAttribute("class", main.c_str());
  }
  return {};
}

}  // namespace

Result<void> close_defaults(Mjcf& mjcf, std::string& main_class) {
  ASSAY_TRY(const auto top, top_level(mjcf));
  const std::string old_name = top.name.empty() ? "main" : top.name;
  if (main_class.empty()) main_class = old_name;
  auto* outer = mjcf.document->NewElement("default");
  auto* main = mjcf.document->NewElement("default");
  main->SetAttribute("class", main_class.c_str());
  outer->InsertEndChild(main);
  mjcf.places[outer] = mjcf.places[main] = mjcf.place(top.sections.empty() ? mjcf.root() : top.sections.front());
  for (auto* section : top.sections) {
    while (auto* child = section->FirstChildElement()) main->InsertEndChild(child);
    mjcf.root()->DeleteChild(section);
  }
  mjcf.root()->InsertFirstChild(outer);
  std::set<std::string> seen;
  ASSAY_RETURN_IF_ERROR(check_classes(mjcf, outer, seen));
  for (auto* section = mjcf.root()->FirstChildElement(); section; section = section->NextSiblingElement()) {
    if (section == outer) continue;
    for (auto* element : all_elements(section)) {
      for (const char* key : {"class", "childclass"})
        if (const char* value = element->Attribute(key); value && value == old_name)
          element->SetAttribute(key, main_class.c_str());
      if (element != section) ASSAY_RETURN_IF_ERROR(give_class(mjcf, element, main_class, top.has_settings));
    }
  }
  return {};
}

Defaults::Defaults(const Mjcf& closed) {
  for (const auto* element : all_elements(closed.root())) {
    if (tag_of(element) != "default") continue;
    const char* name = element->Attribute("class");
    if (!name) continue;
    const char* parent = element->Parent()->ToElement()->Attribute("class");
    classes_[name] = {parent ? parent : "", element};
  }
}

std::string Defaults::class_of(const XMLElement* element) const {
  if (const char* own = element->Attribute("class")) return own;
  for (const auto* above = element->Parent()->ToElement(); above; above = above->Parent()->ToElement())
    if (const char* name = above->Attribute("childclass")) return name;
  return {};
}

Defaults::Found Defaults::find_in_class(const std::string& name, const char* tag, const char* attribute) const {
  for (auto at = classes_.find(name); at != classes_.end(); at = classes_.find(at->second.first)) {
    Found found;
    for (const auto* e = at->second.second->FirstChildElement(tag); e; e = e->NextSiblingElement(tag))
      if (const char* text = e->Attribute(attribute)) found = {text, e};
    if (found.text) return found;
  }
  return {};
}

Defaults::Found Defaults::find(const XMLElement* element, const char* attribute) const {
  if (const char* own = element->Attribute(attribute)) return {own, element};
  if (is_one_of(tag_of(element), {"body", "inertial", "freejoint"})) return {};
  return find_in_class(class_of(element), element->Name(), attribute);
}

double Defaults::number(const XMLElement* element, const char* attribute, double fallback) const {
  const auto found = find(element, attribute);
  const auto values = found.text ? parse_numbers(found.text) : std::nullopt;
  return values && !values->empty() ? values->front() : fallback;
}

}  // namespace assay
