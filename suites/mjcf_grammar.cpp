// Checks an element tree against the grammar of MuJoCo 2.2.2.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <sstream>

#include "suites/mjcf.h"
#include "suites/mjcf_table.h"

namespace assay {
namespace {

using tinyxml2::XMLElement;

using Attributes = std::set<std::string, std::less<>>;

struct Grammar {
  std::map<std::string, std::map<std::string, Attributes, std::less<>>, std::less<>> children;  ///< by parent, tag
  Attributes text;
};

Grammar build_grammar() {
  Grammar grammar;
  for (const auto row : mjcf_rows()) {
    std::istringstream words{std::string(row)};
    std::string parent, tags, word;
    words >> parent >> tags;
    Attributes attributes;
    while (words >> word) attributes.insert(word);
    std::istringstream list(tags);
    while (std::getline(list, word, ',')) grammar.children[parent][word] = attributes;
  }
  for (const auto word : mjcf_text_attributes()) grammar.text.emplace(word);
  return grammar;
}

const Grammar& grammar() {
  static const Grammar built = build_grammar();
  return built;
}

std::string_view newer_version(std::string_view parent, std::string_view tag, std::string_view attribute) {
  for (const auto& newer : mjcf_newer())
    if ((newer.parent == "*" || newer.parent == parent) && newer.tag == tag && newer.attribute == attribute)
      return newer.version;
  return {};
}

Text version_help(std::string_view version) {
  if (version.empty())
    return {fmt::format("MuJoCo {} does not know it: correct or remove it", kMujocoVersion),
            fmt::format("MuJoCo {} 不认识它：请改正或删除", kMujocoVersion)};
  return {fmt::format("this came with MuJoCo {}; Assay simulates with {}: use the model's version for {}, or rewrite "
                      "this line",
                      version, kMujocoVersion, kMujocoVersion),
          fmt::format("它自 MuJoCo {} 起才有，Assay 用 {} 仿真：请改用适配 {} 的模型版本，或改写这一行", version,
                      kMujocoVersion, kMujocoVersion)};
}

Text joined(Text a, const Text& b) { return {a.en + b.en, a.zh + b.zh}; }

Error unknown_element(const Mjcf& mjcf, const XMLElement* element, std::string_view parent) {
  const auto tag = tag_of(element);
  const auto version = newer_version(parent, tag, "");
  std::vector<std::string> known;
  if (const auto at = grammar().children.find(parent); at != grammar().children.end())
    for (const auto& [name, attributes] : at->second) known.push_back(name);
  return mjcf_error(456,
                    {fmt::format("element <{}> is not known in <{}>", tag, parent),
                     fmt::format("<{}> 中不认识元素 <{}>", parent, tag)},
                    mjcf.place(element), fmt::format("<{}>", tag),
                    joined(version_help(version), version.empty() ? did_you_mean(tag, known) : Text{}));
}

Error unknown_attribute(const Mjcf& mjcf, const XMLElement* element, std::string_view parent, const char* name,
                        const Attributes& known) {
  const auto tag = tag_of(element);
  const auto version = newer_version(parent, tag, name);
  return mjcf_error(
      457,
      {fmt::format("attribute '{}' of <{}> is not known", name, tag), fmt::format("不认识 <{}> 的属性“{}”", tag, name)},
      mjcf.place(element), fmt::format("{}=\"{}\"", name, element->Attribute(name)),
      joined(version_help(version),
             version.empty() ? did_you_mean(name, std::vector<std::string>(known.begin(), known.end())) : Text{}));
}

Result<void> check_value(const Mjcf& mjcf, const XMLElement* element, std::string_view parent,
                         const tinyxml2::XMLAttribute* attribute) {
  const auto tag = tag_of(element);
  const std::string_view name = attribute->Name(), value = attribute->Value();
  if (is_text_attribute(parent, tag, name)) {
    if (const auto version = newer_version(tag, name, value); !version.empty())
      return mjcf_error(458,
                        {fmt::format("value '{}' of attribute '{}' of <{}> is not known", value, name, tag),
                         fmt::format("不认识 <{}> 的属性“{}”的取值“{}”", tag, name, value)},
                        mjcf.place(element), std::string(value), version_help(version));
    return {};
  }
  if (parse_numbers(value)) return {};
  auto error = mjcf_error(459,
                          {fmt::format("attribute '{}' of <{}> must hold finite numbers", name, tag),
                           fmt::format("<{}> 的属性“{}”必须是有限的数", tag, name)},
                          mjcf.place(element), std::string(value.substr(0, 80)));
  error.expected = {"numbers separated by blanks", "以空格分隔的数"};
  return error;
}

Result<void> check_element(const Mjcf& mjcf, const XMLElement* element, std::string_view parent) {
  const auto siblings = grammar().children.find(parent);
  if (siblings == grammar().children.end()) return unknown_element(mjcf, element, parent);
  const auto rule = siblings->second.find(tag_of(element));
  if (rule == siblings->second.end()) return unknown_element(mjcf, element, parent);
  for (const auto* a = element->FirstAttribute(); a; a = a->Next()) {
    if (!rule->second.count(a->Name())) return unknown_attribute(mjcf, element, parent, a->Name(), rule->second);
    ASSAY_RETURN_IF_ERROR(check_value(mjcf, element, parent, a));
  }
  return {};
}

}  // namespace

bool grammar_knows(std::string_view parent, std::string_view tag, std::string_view attribute) {
  const auto siblings = grammar().children.find(parent);
  if (siblings == grammar().children.end()) return false;
  const auto rule = siblings->second.find(tag);
  return rule != siblings->second.end() && rule->second.count(attribute);
}

bool is_text_attribute(std::string_view parent, std::string_view tag, std::string_view attribute) {
  // A few names are words in one place and numbers in another.
  if (attribute == "data") return tag == "text";
  if (attribute == "active") return tag != "headlight";
  if (parent == "option" && tag == "flag") return true;
  if (parent == "visual") return false;
  return grammar().text.count(attribute) > 0;
}

Result<void> check_grammar(const Mjcf& mjcf) {
  for (const auto* element : all_elements(mjcf.root())) {
    if (element == mjcf.root()) continue;
    ASSAY_RETURN_IF_ERROR(check_element(mjcf, element, context_of(element->Parent()->ToElement())));
  }
  return {};
}

}  // namespace assay
