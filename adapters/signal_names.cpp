#include "adapters/signal_names.h"

#include "core/model/stimulus.h"

namespace assay {

std::vector<std::string> signal_names(const SignalSpec& spec) {
  std::vector<std::string> out;
  switch (spec.kind) {
    case SignalSpec::Kind::pose:
      for (const char* part : {".x_m", ".y_m", ".z_m", ".qw", ".qx", ".qy", ".qz"}) out.push_back(spec.a + part);
      break;
    case SignalSpec::Kind::twist:
      for (const char* part : {".vx_m_s", ".vy_m_s", ".vz_m_s", ".wx_rad_s", ".wy_rad_s", ".wz_rad_s"})
        out.push_back(spec.a + part);
      break;
    case SignalSpec::Kind::contact:
      out.push_back("contact." + spec.a + "." + spec.b);
      break;
    case SignalSpec::Kind::grasp:
      out.push_back("grasp." + spec.a + (spec.b.empty() || spec.b == "robot.gripper" ? "" : "." + spec.b));
      break;
    case SignalSpec::Kind::distance:
      out.push_back("distance." + spec.a + "." + spec.b + "_m");
      break;
    case SignalSpec::Kind::joint:
      out.push_back("joint." + spec.a);
      break;
    case SignalSpec::Kind::spring:
      out.push_back("spring." + spec.a + "_n");
      break;
    case SignalSpec::Kind::report:
      out.push_back(spec.a == "*" ? "report.*" : "report." + spec.a + "_m");
      break;
    case SignalSpec::Kind::stimulus:
      if (spec.a == name_of(Stimulus::Kind::speed_limit))
        out.push_back(spec.a + ".limit_m_s");
      else
        for (const char* part : {".requested_s", ".confirmed_s", ".released_s"}) out.push_back(spec.a + part);
      if (spec.a == name_of(Stimulus::Kind::over_command)) out.push_back(spec.a + ".rated_m_s");
      break;
  }
  return out;
}

std::string unit_contradiction(const Channel& channel) {
  struct Ending {
    const char *end, *unit, *or_unit;
  };
  constexpr Ending kEndings[] = {
      {"_m_s", "m/s", ""},  {"_rad_s", "rad/s", ""}, {"_n", "N", "N·m"},  // a spring's, whichever way it moves
      {"_nm", "N·m", "Nm"}, {"_rad", "rad", ""},     {"_deg", "deg", ""}, {"_mm", "mm", ""},
      {"_ms", "ms", ""},    {"_m", "m", ""},         {"_s", "s", ""}};
  // These end in the name of a thing of the scene.
  for (const char* kind : {"contact.", "grasp.", "joint."})
    if (channel.name.rfind(kind, 0) == 0) return {};
  if (channel.unit.empty()) return {};
  for (const auto& ending : kEndings) {
    if (!channel.name.ends_with(ending.end)) continue;
    if (channel.unit == ending.unit || channel.unit == ending.or_unit) return {};
    return channel.name + ": name ends in " + ending.end + ", unit says " + channel.unit;
  }
  return {};
}

}  // namespace assay
