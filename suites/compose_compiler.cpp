// Compiler settings act on a whole file. Each one a robot brings is applied to its own elements, carried where it
// cannot touch the scene, or refused by name.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "suites/compose_parts.h"

namespace assay {

using tinyxml2::XMLElement;

std::map<std::string, std::string> compiler_settings(const Mjcf& mjcf) {
  std::map<std::string, std::string> settings;
  for (const auto* c = mjcf.root()->FirstChildElement("compiler"); c; c = c->NextSiblingElement("compiler"))
    for (const auto* a = c->FirstAttribute(); a; a = a->Next()) settings[a->Name()] = a->Value();
  return settings;
}

namespace {

struct Settings {
  Mjcf& mjcf;
  std::map<std::string, std::string> values;

  [[nodiscard]] std::string text(const char* name, const char* fallback) const {
    const auto at = values.find(name);
    return at == values.end() ? fallback : at->second;
  }
  [[nodiscard]] double number(const char* name, double fallback) const {
    const auto numbers = parse_numbers(text(name, ""));
    return numbers && !numbers->empty() ? numbers->front() : fallback;
  }
  /// The <compiler> that sets it.
  [[nodiscard]] Place place(const char* name) const {
    Place found{mjcf.path, 0, 0};
    for (const auto* c = mjcf.root()->FirstChildElement("compiler"); c; c = c->NextSiblingElement("compiler"))
      if (c->Attribute(name)) found = mjcf.place(c);
    return found;
  }
};

Error would_change_scene(const Settings& settings, const char* name, Text help) {
  return mjcf_error(
      463,
      {fmt::format("compiler {} would also act on the scene", name), fmt::format("compiler {} 会同时作用于场景", name)},
      settings.place(name), fmt::format("{}=\"{}\"", name, settings.text(name, "")), std::move(help));
}

std::vector<XMLElement*> bodies_of(const Mjcf& mjcf) {
  std::vector<XMLElement*> bodies;
  for (auto* section = mjcf.root()->FirstChildElement("worldbody"); section;
       section = section->NextSiblingElement("worldbody"))
    for (auto* element : all_elements(section))
      if (tag_of(element) == "body") bodies.push_back(element);
  return bodies;
}

void exclude_from_inertia(XMLElement* body, const Defaults& defaults, double low, double high) {
  for (auto* geom = body->FirstChildElement("geom"); geom; geom = geom->NextSiblingElement("geom")) {
    const char* text = defaults.find(geom, "group").text;
    const auto group = text ? parse_numbers(text) : std::nullopt;
    const double value = group && !group->empty() ? group->front() : 0;
    if (value < low || value > high) geom->SetAttribute("mass", "0");
  }
}

/// inertiafromgeom and inertiagrouprange, so that "auto" and "all groups" give the same inertia.
void settle_inertia_source(const Settings& settings) {
  const auto mode = settings.text("inertiafromgeom", "auto");
  const auto range = parse_numbers(settings.text("inertiagrouprange", "0 5")).value_or(std::vector<double>{0, 5});
  const double low = range.size() == 2 ? range[0] : 0, high = range.size() == 2 ? range[1] : 5;
  const Defaults defaults(settings.mjcf);
  for (auto* body : bodies_of(settings.mjcf)) {
    auto* inertial = body->FirstChildElement("inertial");
    if (mode == "true" && inertial) {
      body->DeleteChild(inertial);
      inertial = nullptr;
    }
    if (inertial) continue;
    if (mode == "false")
      exclude_from_inertia(body, defaults, 1, 0);
    else
      exclude_from_inertia(body, defaults, low, high);
  }
}

std::optional<std::vector<double>> numbers_of(const XMLElement* element, const char* name) {
  const char* text = element->Attribute(name);
  return text ? parse_numbers(text) : std::nullopt;
}

/// Applies the lower bounds to a written <inertial>; false if its principal moments are not plain to see.
bool bound_inertial(XMLElement* inertial, double mass_bound, double inertia_bound) {
  if (const auto mass = numbers_of(inertial, "mass"); mass && mass->size() == 1 && mass->front() < mass_bound)
    inertial->SetAttribute("mass", format_numbers({mass_bound}).c_str());
  if (auto diagonal = numbers_of(inertial, "diaginertia"); diagonal && inertia_bound > 0) {
    for (auto& value : *diagonal) value = std::max(value, inertia_bound);
    inertial->SetAttribute("diaginertia", format_numbers(*diagonal).c_str());
  }
  const auto full = numbers_of(inertial, "fullinertia");
  if (!full || full->size() != 6 || inertia_bound <= 0) return true;
  const auto& f = *full;  // Gershgorin: no eigenvalue is below diagonal minus the row's other entries
  const double least = std::min({f[0] - std::abs(f[3]) - std::abs(f[4]), f[1] - std::abs(f[3]) - std::abs(f[5]),
                                 f[2] - std::abs(f[4]) - std::abs(f[5])});
  return least >= inertia_bound;
}

bool has_geom_mass(const XMLElement* body, const Defaults& defaults) {
  for (const auto* geom = body->FirstChildElement("geom"); geom; geom = geom->NextSiblingElement("geom")) {
    const char* mass = defaults.find(geom, "mass").text;
    const auto value = mass ? parse_numbers(mass) : std::nullopt;
    if (!value || value->empty() || value->front() > 0) return true;
  }
  return false;
}

Result<void> settle_bounds(const Settings& settings) {
  const double mass = settings.number("boundmass", 0), inertia = settings.number("boundinertia", 0);
  if (mass <= 0 && inertia <= 0) return {};
  const char* name = mass > 0 ? "boundmass" : "boundinertia";
  const Text help{"write an <inertial> for every body whose mass comes from geoms, or remove the bound",
                  "请为靠 geom 求质量的 body 写出 <inertial>，或删除该下限"};
  const Defaults defaults(settings.mjcf);
  for (auto* body : bodies_of(settings.mjcf)) {
    if (body->FirstChildElement("composite")) return would_change_scene(settings, name, help);
    auto* inertial = body->FirstChildElement("inertial");
    if (!inertial) {
      auto error = would_change_scene(settings, name, help);
      if (has_geom_mass(body, defaults)) {
        error.place = settings.mjcf.place(body);
        return error;
      }
      inertial = settings.mjcf.document->NewElement("inertial");
      inertial->SetAttribute("pos", "0 0 0");
      inertial->SetAttribute("mass", format_numbers({std::max(mass, 0.0)}).c_str());
      const double moment = std::max(inertia, 0.0);
      inertial->SetAttribute("diaginertia", format_numbers({moment, moment, moment}).c_str());
      body->InsertFirstChild(inertial);
      settings.mjcf.places[inertial] = settings.mjcf.place(body);
    } else if (!bound_inertial(inertial, mass, inertia)) {
      auto error = would_change_scene(settings, name, help);
      error.place = settings.mjcf.place(inertial);
      return error;
    }
  }
  return {};
}

bool has_mesh(const Mjcf& mjcf) {
  for (const auto* asset = mjcf.root()->FirstChildElement("asset"); asset; asset = asset->NextSiblingElement("asset"))
    if (asset->FirstChildElement("mesh")) return true;
  return false;
}

constexpr const char* kMeshFlags[] = {"fitaabb", "convexhull", "exactmeshinertia"};

}  // namespace

Result<CarriedFlags> settle_compiler(Mjcf& mjcf) {
  const Settings settings{mjcf, compiler_settings(mjcf)};
  if (settings.number("settotalmass", -1) > 0)
    return would_change_scene(settings, "settotalmass",
                              {"load and save the model once with MuJoCo, which writes the scaled masses",
                               "请用 MuJoCo 载入并另存一次，它会写出换算后的质量"});
  settle_inertia_source(settings);
  ASSAY_RETURN_IF_ERROR(settle_bounds(settings));
  CarriedFlags carried;
  // balanceinertia acts only on bodies that MuJoCo would else refuse: a scene that loads has none.
  if (settings.text("balanceinertia", "false") == "true") carried["balanceinertia"] = "true";
  for (const char* name : kMeshFlags) {
    const auto value = settings.text(name, std::string_view(name) == "convexhull" ? "true" : "false");
    if (has_mesh(mjcf)) carried[name] = value;
  }
  return carried;
}

Result<CarriedFlags> merge_flags(const Prepared& a, const Prepared& b) {
  CarriedFlags flags = a.carried;
  for (const auto& [name, value] : b.carried) {
    const auto [at, added] = flags.emplace(name, value);
    if (added || at->second == value) continue;
    return mjcf_error(463,
                      {fmt::format("compiler {} differs between the models to be merged, and both have meshes", name),
                       fmt::format("待合并的模型 compiler {} 不同，且都含网格", name)},
                      {b.mjcf.path, 0, 0}, fmt::format("{} ≠ {}", value, at->second),
                      {"give both models the same setting", "请让两个模型采用相同设置"});
  }
  return flags;
}

}  // namespace assay
