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

}  // namespace assay
