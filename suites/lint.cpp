// What a robot's model sets to its own advantage. Findings are remarks that every report prints; errors are
// settings that make the examination meaningless.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "suites/catalog.h"
#include "suites/compose_parts.h"
#include "suites/lint_scene.h"

namespace assay {

using tinyxml2::XMLElement;

namespace {

constexpr double kHighArmature = 1.0;  // kg·m²

struct Lint {
  const Prepared& robot;
  Defaults defaults;
  std::set<std::string> fingertips;  ///< bodies of grippers' sides
  std::vector<LintFinding> findings{};
  std::map<std::pair<std::string, const XMLElement*>, std::size_t> seen{};  ///< rule and setter → finding
  std::map<std::size_t, int> counts{};

  /// One finding per rule and per element that sets it, however many elements inherit it.
  void add(bool error, const std::string& rule, const XMLElement* setter, Text message) {
    const auto [at, added] = seen.emplace(std::pair{rule, setter}, findings.size());
    ++counts[at->second];
    if (added) findings.push_back({error, rule, std::move(message), robot.mjcf.place(setter)});
  }
  [[nodiscard]] Defaults::Found found(const XMLElement* element, const char* name) const {
    return defaults.find(element, name);
  }
  [[nodiscard]] double number(const XMLElement* element, const char* name, double fallback) const {
    return defaults.number(element, name, fallback);
  }
};

std::string body_of(const XMLElement* element) {
  const char* name = element->Parent()->ToElement()->Attribute("name");
  return name ? name : "";
}

std::string named(const XMLElement* element) {
  if (const char* name = element->Attribute("name")) return name;
  return "in " + body_of(element);
}

bool collides(const Lint& lint, const XMLElement* geom) {
  return lint.number(geom, "contype", 1) != 0 || lint.number(geom, "conaffinity", 1) != 0;
}

void lint_contact_parameters(Lint& lint, const XMLElement* geom) {
  for (const char* name : {"solref", "solimp"})
    if (const auto f = lint.found(geom, name); f.text)
      lint.add(false, name, f.at,
               {fmt::format("sets its own contact stiffness: {} {}", name, f.text),
                fmt::format("自行设定接触刚度：{} {}", name, f.text)});
  for (const char* name : {"margin", "gap"})
    if (const auto f = lint.found(geom, name); f.text && lint.number(geom, name, 0) != 0)
      lint.add(false, name, f.at,
               {fmt::format("contact begins away from the surface: {} {} m", name, f.text),
                fmt::format("接触在离开表面处即开始：{} {} m", name, f.text)});
}

void lint_geom(Lint& lint, const XMLElement* geom) {
  if (!collides(lint, geom)) return;
  if (const auto f = lint.found(geom, "priority"); f.text && lint.number(geom, "priority", 0) != 0)
    lint.add(
        false, "priority", f.at,
        {fmt::format("contact priority {}: its friction and stiffness override those of the object touched", f.text),
         fmt::format("接触优先级 {}：其摩擦与刚度会压过被接触物体的设定", f.text)});
  if (const double mu = lint.number(geom, "friction", 1); mu > kHighFriction) {
    const bool tip = lint.fingertips.count(body_of(geom)) > 0;
    lint.add(false, "friction", lint.found(geom, "friction").at,
             {fmt::format("sliding friction {} {}exceeds {}", mu, tip ? "on a fingertip " : "", kHighFriction),
              fmt::format("{}滑动摩擦系数 {} 超过 {}", tip ? "指尖的" : "", mu, kHighFriction)});
  }
  if (const auto f = lint.found(geom, "condim"); f.text && lint.number(geom, "condim", 3) != 3)
    lint.add(false, "condim", f.at,
             {fmt::format("contact dimension {} instead of 3", f.text), fmt::format("接触维数为 {}，而非 3", f.text)});
  lint_contact_parameters(lint, geom);
  const auto mask = [&](const char* name) { return static_cast<long>(lint.number(geom, name, 1)); };
  if (!(mask("contype") & 1) && !(mask("conaffinity") & 1)) {
    const auto f = lint.found(geom, "contype");
    lint.add(false, "mask", f.at ? f.at : geom,
             {fmt::format("collision mask {}/{} meets nothing of the scene (geom {})", mask("contype"),
                          mask("conaffinity"), named(geom)),
              fmt::format("碰撞掩码 {}/{} 与场景物体都不相碰（geom {}）", mask("contype"), mask("conaffinity"),
                          named(geom))});
  }
}

void lint_joint(Lint& lint, const XMLElement* joint) {
  const auto name = named(joint);
  if (const double a = lint.number(joint, "armature", 0); a > kHighArmature)
    lint.add(false, "armature", lint.found(joint, "armature").at,
             {fmt::format("armature {} of joint {} is unusually large", a, name),
              fmt::format("关节 {} 的 armature {} 异常大", name, a)});
  for (const char* attribute : {"armature", "damping", "stiffness", "frictionloss"})
    if (const double value = lint.number(joint, attribute, 0); value < 0)
      lint.add(true, attribute, lint.found(joint, attribute).at,
               {fmt::format("{} of joint {} is negative: it adds energy", attribute, name),
                fmt::format("关节 {} 的 {} 为负，会凭空增加能量", name, attribute)});
}

void lint_body(Lint& lint, const XMLElement* body) {
  const char* mocap = body->Attribute("mocap");
  if (mocap && std::string_view(mocap) == "true")
    lint.add(true, "mocap", body,
             {"a mocap body moves without forces: a robot must not have one", "mocap 体不受力学约束，机器人不得含有"});
}

void lint_section(Lint& lint, const XMLElement* element, std::string_view parent) {
  const auto tag = tag_of(element);
  const auto text = [&](const char* name) {
    const char* value = element->Attribute(name);
    return std::string(value ? value : "");
  };
  if (parent == "contact" && tag == "exclude")
    lint.add(false, "exclude", element,
             {fmt::format("contact between {} and {} is switched off", text("body1"), text("body2")),
              fmt::format("关闭了 {} 与 {} 之间的接触", text("body1"), text("body2"))});
  if (parent == "contact" && tag == "pair")
    lint.add(false, "pair", element,
             {fmt::format("contact of {} and {} has parameters of its own", text("geom1"), text("geom2")),
              fmt::format("{} 与 {} 的接触使用自定参数", text("geom1"), text("geom2"))});
  if (parent == "equality" && is_one_of(tag, {"weld", "connect"})) {
    const auto a = text("body1"), b = text("body2");
    if (b.empty() || a == "world" || b == "world")
      lint.add(true, "weld", element,
               {fmt::format("{} ties {} to the world", tag, a == "world" ? b : a),
                fmt::format("{} 把 {} 固定在世界上", tag, a == "world" ? b : a)});
  }
  if (parent == "actuator" && tag == "adhesion")
    lint.add(false, "adhesion", element,
             {fmt::format("adhesion actuator {} pulls without touching force", text("name")),
              fmt::format("吸附执行器 {} 产生吸力", text("name"))});
  if (tag == "option" && (element->Attribute("gravity") || element->Attribute("wind") || element->FirstChildElement()))
    lint.add(false, "option", element,
             {"gravity, wind or flags of the model's own <option> are not used: the suite owns physics",
              "模型自带 <option> 的重力、风或开关不被采用：物理设置由测试集规定"});
}

void lint_world(Lint& lint) {
  for (const auto* world = lint.robot.mjcf.root()->FirstChildElement("worldbody"); world;
       world = world->NextSiblingElement("worldbody"))
    for (const auto* geom = world->FirstChildElement("geom"); geom; geom = geom->NextSiblingElement("geom"))
      if (const char* type = lint.found(geom, "type").text; type && is_one_of(type, {"plane", "hfield"}))
        lint.add(false, "ground", geom,
                 {"the model brings its own ground, which is left out", "模型自带地面，合成时不采用"});
}

void lint_fingertips(Lint& lint, const Embodiment& embodiment) {
  for (const auto& group : embodiment.groups) {
    for (const auto* side : {&group.side_a_bodies, &group.side_b_bodies}) {
      bool touches = side->empty();
      const XMLElement* body = nullptr;
      for (const auto& name : *side) {
        body = find_named(lint.robot.mjcf, NameSpace::body, name);
        for (const auto* geom = body ? body->FirstChildElement("geom") : nullptr; geom;
             geom = geom->NextSiblingElement("geom"))
          touches = touches || collides(lint, geom);
      }
      if (!touches && body)
        lint.add(true, "fingertip", body,
                 {fmt::format("no geom of gripper side {} can touch anything", side->front()),
                  fmt::format("夹爪一侧 {} 没有可接触的 geom", side->front())});
    }
  }
}

}  // namespace

std::vector<LintFinding> lint_embodiment(const Embodiment& embodiment) {
  const auto robot = prepare_robot(embodiment);
  if (!robot) return {{true, "model", robot.error().what, robot.error().place}};
  Lint lint{*robot, Defaults(robot->mjcf), {}};
  for (const auto& group : embodiment.groups)
    for (const auto* side : {&group.side_a_bodies, &group.side_b_bodies})
      lint.fingertips.insert(side->begin(), side->end());
  for (const auto* element : all_elements(robot->mjcf.root())) {
    if (element == robot->mjcf.root()) continue;
    const auto parent = context_of(element->Parent()->ToElement());
    if (parent != "body") {
      lint_section(lint, element, parent);
    } else if (tag_of(element) == "geom") {
      lint_geom(lint, element);
    } else if (tag_of(element) == "joint") {
      lint_joint(lint, element);
    } else if (tag_of(element) == "body") {
      lint_body(lint, element);
    }
  }
  lint_world(lint);
  lint_fingertips(lint, embodiment);
  for (const auto& [index, count] : lint.counts) {
    if (count < 2) continue;
    auto& message = lint.findings[index].message;
    message = {message.en + fmt::format(" ({} times)", count), message.zh + fmt::format("（{} 处）", count)};
  }
  return std::move(lint.findings);
}

}  // namespace assay
