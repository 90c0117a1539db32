// What a scene sets to the advantage of whoever is examined in it: every task of a suite is solved under the
// gravity, the air and the contacts of a workshop.
#include <fmt/format.h>

#include <cmath>
#include <functional>
#include <set>

#include "suites/compose_parts.h"
#include "suites/lint_scene.h"

namespace assay {

using tinyxml2::XMLElement;

namespace {

constexpr double kGravity_m_s2 = 9.81, kGravityTolerance_m_s2 = 0.05;  // 9.78 to 9.83 over the Earth
constexpr double kLowFriction = 0.03;                                  // steel on ice

using Add = std::function<void(bool error, const char* rule, const XMLElement* at, Text message)>;

void lint_option(const XMLElement* option, const Add& add) {
  if (const char* text = option->Attribute("gravity")) {
    const auto g = parse_numbers(text);
    const bool earth = g && g->size() == 3 && std::abs((*g)[0]) < kGravityTolerance_m_s2 &&
                       std::abs((*g)[1]) < kGravityTolerance_m_s2 &&
                       std::abs((*g)[2] + kGravity_m_s2) < kGravityTolerance_m_s2;
    if (!earth)
      add(true, "gravity", option,
          {fmt::format("gravity {} m/s² is not the Earth's 0 0 -9.81", text),
           fmt::format("重力 {} m/s² 不是地球重力 0 0 -9.81", text)});
  }
  for (const char* name : {"wind", "density", "viscosity"})
    if (const char* text = option->Attribute(name)) {
      const auto values = parse_numbers(text);
      bool any = false;
      if (values)
        for (const double v : *values) any = any || v != 0;
      if (any)
        add(true, "medium", option,
            {fmt::format("{} {}: bodies are slowed or carried by a medium", name, text),
             fmt::format("{} {}：介质会减慢或带动物体", name, text)});
    }
  for (const auto* flag = option->FirstChildElement("flag"); flag; flag = flag->NextSiblingElement("flag"))
    for (const auto* a = flag->FirstAttribute(); a; a = a->Next()) {
      const std::string_view name = a->Name(), value = a->Value();
      const bool numerics = name == "warmstart" || name == "filterparent" || name == "sensor" || name == "energy";
      if (!numerics && ((value == "disable" && name != "override") || (value == "enable" && name == "override")))
        add(true, "flag", flag,
            {fmt::format("the flag {}=\"{}\" switches off a part of physics", name, value),
             fmt::format("开关 {}=\"{}\" 关闭了一部分物理", name, value)});
    }
}

void lint_geom(const XMLElement* geom, const Defaults& defaults, const Add& add) {
  if (defaults.number(geom, "contype", 1) == 0 && defaults.number(geom, "conaffinity", 1) == 0) return;
  const double mu = defaults.number(geom, "friction", 1);
  if (mu <= kHighFriction && mu >= kLowFriction) return;
  const auto f = defaults.find(geom, "friction");
  add(false, "friction", f.at ? f.at : geom,
      {fmt::format("sliding friction {} is outside {} to {}", mu, kLowFriction, kHighFriction),
       fmt::format("滑动摩擦系数 {} 不在 {} 至 {} 之间", mu, kLowFriction, kHighFriction)});
}

void lint_element(const XMLElement* element, const Defaults& defaults, const Add& add) {
  const auto tag = tag_of(element);
  const auto text = [&](const char* name) {
    const char* value = element->Attribute(name);
    return std::string(value ? value : "world");
  };
  if (tag == "option") lint_option(element, add);
  const auto* parent = element->Parent()->ToElement();
  const bool in_body = parent && (tag_of(parent) == "body" || tag_of(parent) == "worldbody");
  if (tag == "geom" && in_body) lint_geom(element, defaults, add);
  if (tag == "joint" && in_body)
    for (const char* name : {"armature", "damping", "stiffness", "frictionloss"})
      if (defaults.number(element, name, 0) < 0)
        add(true, name, defaults.find(element, name).at,
            {fmt::format("{} is negative: it adds energy", name), fmt::format("{} 为负，会凭空增加能量", name)});
  if (parent && tag_of(parent) == "equality" && (tag == "weld" || tag == "connect"))
    add(false, "weld", element,
        {fmt::format("{} ties {} to {}", tag, text("body1"), text("body2")),
         fmt::format("{} 把 {} 固定在 {} 上", tag, text("body1"), text("body2"))});
}

}  // namespace

std::vector<LintFinding> lint_scene(const Prepared& scene) {
  std::vector<LintFinding> findings;
  std::set<std::pair<std::string, const XMLElement*>> seen;
  const Add add = [&](bool error, const char* rule, const XMLElement* at, Text message) {
    if (seen.emplace(rule, at).second) findings.push_back({error, rule, std::move(message), scene.mjcf.place(at)});
  };
  const Defaults defaults(scene.mjcf);
  for (const auto* element : all_elements(scene.mjcf.root()))
    if (element != scene.mjcf.root()) lint_element(element, defaults, add);
  return findings;
}

}  // namespace assay
