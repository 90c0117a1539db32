// What is examined, and how it is reached.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/model/evidence.h"
#include "core/text.h"

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

struct Subject {
  std::string id, path, sha256;
  Text title;
  std::string vendor, model, serial, software;
  std::string robot_class;  ///< industrial, service, general
  std::string kind;         ///< robot | policy (policy alone on a reference embodiment)
  std::string scope;        ///< scheme scope id
  int declared_level = 1;
  std::string embodiment_path;     ///< absolute
  std::string adapter = "mujoco";  ///< = robot.adapter
  RobotLink robot;
  std::string policy;  ///< registered id
  std::vector<std::pair<std::string, double>> policy_params;
  PolicyLink policy_link;
  double policy_deadline_s = 2;
  /// Known errors put into a simulated robot, to prove that an examination finds them (core/model/setup.h).
  std::vector<std::pair<std::string, double>> defects;
  double policy_stale_s = 0.2;  ///< real time: an answer to an older observation moves nothing
  std::vector<Evidence> evidence;
};

}  // namespace assay
