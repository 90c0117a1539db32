// How a robot and a served policy are reached.
#pragma once

#include <string>

namespace assay {

/// How the robot is reached. Secrets are named by their file and never held here.
struct RobotLink {
  std::string adapter = "mujoco";
  std::string url;                  ///< empty: in this process
  std::string token_file, ca_file;  ///< absolute; empty: none, the system's authorities
  /// What stands at the far end. Of a simulated world the adapter sends what was drawn for the trial (hidden errors of
  /// sensors among it); of a room of the laboratory only what a robot may know.
  bool simulated_world = false;
  std::string folder;  ///< absolute: what `details` names lies beside the subject file
  std::string
      details;  ///< JSON: the wire's own section of the subject file (`ros2:`, `recorded:`); its adapter reads it
};

/// How a served policy is reached, and what it wants and gives. Empty for one in this process.
struct PolicyLink {
  std::string url;
  std::string token_file, ca_file;  ///< as for RobotLink
  std::string details;              ///< JSON: `observation`, `action`, chunk, rate
};

}  // namespace assay
