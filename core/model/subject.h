// What is examined, and how it is reached.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/model/evidence.h"
#include "core/model/link.h"
#include "core/text.h"

namespace assay {

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
