// Angles in radians and orientations without Euler angles, so that models with different compiler settings can
// stand in one file. The rules are those of MuJoCo's compiler; tests compare with it.
#include <fmt/format.h>

#include <Eigen/Geometry>
#include <cmath>
#include <numbers>

#include "suites/compose_parts.h"

namespace assay {

using Eigen::Quaterniond;
using Eigen::Vector3d;
using tinyxml2::XMLElement;

namespace {

constexpr double kDegree = std::numbers::pi / 180.0;

Vector3d unit_axis(char axis) {
  const auto lower = static_cast<char>(axis | 0x20);
  return lower == 'x' ? Vector3d::UnitX() : lower == 'y' ? Vector3d::UnitY() : Vector3d::UnitZ();
}

/// Lower-case letters turn about the moving axes, capitals about the fixed ones.
Quaterniond from_euler(const std::vector<double>& angles, const std::string& sequence) {
  Quaterniond q = Quaterniond::Identity();
  for (std::size_t i = 0; i < 3; ++i) {
    const Quaterniond turn(Eigen::AngleAxisd(angles[i], unit_axis(sequence[i])));
    q = std::islower(static_cast<unsigned char>(sequence[i])) ? q * turn : turn * q;
  }
  return q;
}

Quaterniond from_zaxis(const Vector3d& direction) {
  const Vector3d z = direction.normalized();
  Vector3d axis = Vector3d::UnitZ().cross(z);
  const double sine = axis.norm();
  axis = sine < 1e-10 ? Vector3d::UnitX() : Vector3d(axis / sine);
  return Quaterniond(Eigen::AngleAxisd(std::atan2(sine, z.z()), axis));
}

Quaterniond from_xyaxes(const std::vector<double>& v) {
  const Vector3d x = Vector3d(v[0], v[1], v[2]).normalized();
  Vector3d y(v[3], v[4], v[5]);
  y = (y - x * x.dot(y)).normalized();
  Eigen::Matrix3d m;
  m << x, y, x.cross(y);
  return Quaterniond(m);
}

struct Specifiers {
  std::optional<std::vector<double>> quat, axisangle, xyaxes, zaxis, euler;
  [[nodiscard]] bool needs_rewriting(bool degree) const { return euler || (axisangle && degree); }
};

std::optional<std::vector<double>> numbers(const char* text, std::size_t count) {
  if (!text) return std::nullopt;
  auto values = parse_numbers(text);
  if (!values || values->size() != count) return std::vector<double>{};  // wrong count: reported by the caller
  return values;
}

bool is_sound(const Specifiers& s) {
  const auto sound = [](const std::optional<std::vector<double>>& v, std::size_t from, std::size_t to) {
    if (!v) return true;
    if (v->empty()) return false;
    double sum = 0;
    for (auto i = from; i < to; ++i) sum += (*v)[i] * (*v)[i];
    return sum > 1e-20;
  };
  return sound(s.quat, 0, 4) && sound(s.axisangle, 0, 3) && sound(s.zaxis, 0, 3) && sound(s.xyaxes, 0, 3) &&
         sound(s.xyaxes, 3, 6) && (!s.euler || !s.euler->empty());
}

/// MuJoCo applies the specifiers in this order: the last one present wins.
Quaterniond resolve(const Specifiers& s, bool degree, const std::string& sequence) {
  Quaterniond q = Quaterniond::Identity();
  const double unit = degree ? kDegree : 1.0;
  if (s.quat) q = Quaterniond((*s.quat)[0], (*s.quat)[1], (*s.quat)[2], (*s.quat)[3]).normalized();
  if (s.axisangle) {
    const auto& a = *s.axisangle;
    q = Quaterniond(Eigen::AngleAxisd(a[3] * unit, Vector3d(a[0], a[1], a[2]).normalized()));
  }
  if (s.xyaxes) q = from_xyaxes(*s.xyaxes);
  if (s.zaxis) q = from_zaxis({(*s.zaxis)[0], (*s.zaxis)[1], (*s.zaxis)[2]});
  if (s.euler) q = from_euler({(*s.euler)[0] * unit, (*s.euler)[1] * unit, (*s.euler)[2] * unit}, sequence);
  return q;
}

template <class Find>
Specifiers read_specifiers(const Find& find) {
  return {numbers(find("quat"), 4), numbers(find("axisangle"), 4), numbers(find("xyaxes"), 6),
          numbers(find("zaxis"), 3), numbers(find("euler"), 3)};
}

void write_quat(XMLElement* element, const Quaterniond& q) {
  for (const char* name : {"axisangle", "xyaxes", "zaxis", "euler"}) element->DeleteAttribute(name);
  element->SetAttribute("quat", format_numbers({q.w(), q.x(), q.y(), q.z()}).c_str());
}

Result<void> rewrite_orientation(Mjcf& mjcf, const Defaults& defaults, XMLElement* element, bool degree,
                                 const std::string& sequence) {
  const auto s = read_specifiers([&](const char* name) { return defaults.find(element, name).text; });
  if (!s.needs_rewriting(degree)) return {};
  if (!is_sound(s))
    return mjcf_error(
        471, {"an orientation has the wrong count of numbers, or zero length", "朝向的数字个数不对，或长度为零"},
        mjcf.place(element), fmt::format("<{}>", tag_of(element)),
        {"give quat 4, axisangle 4, xyaxes 6, zaxis 3, euler 3 numbers",
         "quat 4 个、axisangle 4 个、xyaxes 6 个、zaxis 3 个、euler 3 个数"});
  if (defaults.find(element, "fromto").text) {  // fromto wins over every orientation
    for (const char* name : {"axisangle", "euler"}) element->DeleteAttribute(name);
    return {};
  }
  write_quat(element, resolve(s, degree, sequence));
  return {};
}

Result<void> rewrite_orientations(Mjcf& mjcf, bool degree, const std::string& sequence) {
  const Defaults defaults(mjcf);
  std::vector<XMLElement*> of_classes;
  for (auto* element : all_elements(mjcf.root())) {
    if (element == mjcf.root() || !is_one_of(tag_of(element), {"body", "inertial", "geom", "site", "camera"})) continue;
    const auto parent = context_of(element->Parent()->ToElement());
    if (parent == "default") of_classes.push_back(element);
    if (parent == "body") ASSAY_RETURN_IF_ERROR(rewrite_orientation(mjcf, defaults, element, degree, sequence));
  }
  for (auto* element : of_classes) {  // every user now has a quaternion of its own
    element->DeleteAttribute("euler");
    if (degree) element->DeleteAttribute("axisangle");
  }
  return {};
}

constexpr const char* kJointAngles[] = {"range", "ref", "springref"};

std::string in_radians(const char* text) {
  auto values = parse_numbers(text).value_or(std::vector<double>{});
  for (auto& value : values) value *= kDegree;
  return format_numbers(values);
}

/// Which of a joint's values are angles depends on its type, and both may come from classes: so every joint gets
/// its own values, and the classes lose theirs.
Result<void> rewrite_joints(Mjcf& mjcf) {
  const Defaults defaults(mjcf);
  std::vector<XMLElement*> of_classes, of_bodies;
  const XMLElement* composite = nullptr;
  bool class_angles = false;
  for (auto* element : all_elements(mjcf.root())) {
    if (tag_of(element) == "composite") composite = element;
    if (element == mjcf.root() || tag_of(element) != "joint") continue;
    const auto parent = context_of(element->Parent()->ToElement());
    if (parent == "body") of_bodies.push_back(element);
    if (parent == "default") of_classes.push_back(element);
    if (parent == "default" || parent == "composite")
      for (const char* name : kJointAngles) class_angles = class_angles || element->Attribute(name);
  }
  if (composite && class_angles)
    return mjcf_error(470,
                      {"joint limits of a <composite> in a model in degrees cannot be converted",
                       "以度为单位的模型中，<composite> 的关节范围无法换算"},
                      mjcf.place(composite), "",
                      {"write the model with angle=\"radian\"", "请把模型改为 angle=\"radian\""});
  for (auto* joint : of_bodies) {
    const char* type_text = defaults.find(joint, "type").text;
    const std::string_view type = type_text ? type_text : "hinge";
    for (const char* name : kJointAngles) {
      const char* value = defaults.find(joint, name).text;
      if (!value) continue;
      const bool angle = type == "hinge" || (type == "ball" && std::string_view(name) == "range");
      joint->SetAttribute(name, angle ? in_radians(value).c_str() : std::string(value).c_str());
    }
  }
  for (auto* joint : of_classes)
    for (const char* name : kJointAngles) joint->DeleteAttribute(name);
  return {};
}

}  // namespace

Result<void> normalise_angles(Mjcf& mjcf) {
  const auto settings = compiler_settings(mjcf);
  const auto setting = [&](const char* name, const char* fallback) {
    const auto at = settings.find(name);
    return at == settings.end() ? std::string(fallback) : at->second;
  };
  const auto* compiler = mjcf.root()->FirstChildElement("compiler");
  const auto place = compiler ? mjcf.place(compiler) : Place{mjcf.path, 0, 0};
  if (setting("coordinate", "local") == "global")
    return mjcf_error(462, {"compiler coordinate=\"global\" is not supported", "不支持 compiler coordinate=\"global\""},
                      place, "global",
                      {"load and save the model once with MuJoCo, which writes local coordinates",
                       "请用 MuJoCo 载入并另存一次，它会写成局部坐标"});
  const auto angle = setting("angle", "degree");
  if (angle != "degree" && angle != "radian")
    return mjcf_error(471, {"compiler angle must be degree or radian", "compiler angle 只能是 degree 或 radian"}, place,
                      angle);
  const auto sequence = setting("eulerseq", "xyz");
  if (sequence.size() != 3 || sequence.find_first_not_of("xyzXYZ") != std::string::npos)
    return mjcf_error(471,
                      {"compiler eulerseq must be three letters of x, y, z", "compiler eulerseq 须为三个 x、y、z 字母"},
                      place, sequence);
  ASSAY_RETURN_IF_ERROR(rewrite_orientations(mjcf, angle == "degree", sequence));
  if (angle == "degree") ASSAY_RETURN_IF_ERROR(rewrite_joints(mjcf));
  return {};
}

Pose operator*(const Pose& parent, const Pose& child) {
  const Quaterniond p(parent.quat[0], parent.quat[1], parent.quat[2], parent.quat[3]);
  const Quaterniond c(child.quat[0], child.quat[1], child.quat[2], child.quat[3]);
  const Vector3d pos = Vector3d(parent.pos.data()) + p * Vector3d(child.pos.data());
  const Quaterniond q = p * c;
  return {{pos.x(), pos.y(), pos.z()}, {q.w(), q.x(), q.y(), q.z()}};
}

Pose local_pose(const XMLElement* element) {
  Pose pose;
  if (const auto pos = numbers(element->Attribute("pos"), 3); pos && !pos->empty())
    pose.pos = {(*pos)[0], (*pos)[1], (*pos)[2]};
  const auto s = read_specifiers([&](const char* name) { return element->Attribute(name); });
  if (!is_sound(s)) return pose;  // MuJoCo refuses it with its own words
  const auto q = resolve(s, false, "xyz");
  pose.quat = {q.w(), q.x(), q.y(), q.z()};
  return pose;
}

void set_pose(XMLElement* element, const Pose& pose) {
  element->SetAttribute("pos", format_numbers({pose.pos.begin(), pose.pos.end()}).c_str());
  write_quat(element, Quaterniond(pose.quat[0], pose.quat[1], pose.quat[2], pose.quat[3]));
}

Pose world_pose(const XMLElement* body) {
  Pose pose;
  for (const auto* at = body; at && tag_of(at) == "body"; at = at->Parent()->ToElement()) pose = local_pose(at) * pose;
  return pose;
}

}  // namespace assay
