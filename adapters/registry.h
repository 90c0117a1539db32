// What there is to reach a robot or a policy by. One explicit function registers all; no static macros.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "adapters/policy.h"
#include "adapters/robot.h"
#include "core/model/scheme.h"

namespace assay {

struct AdapterInfo {
  std::string id;
  Text title;
  std::vector<std::pair<std::string, Text>> params;  ///< name → meaning, unit, default
  std::string engine;                                ///< what computes or moves, with version: "MuJoCo 2.2.2"
  bool wired = false;                                ///< reached over a wire
  std::string section{};  ///< the section of the subject file that says how; empty and wired: an address does
};

class AdapterRegistry {
 public:
  using RobotFactory = std::function<Result<std::unique_ptr<Robot>>(const RobotLink&)>;
  using PolicyFactory = std::function<Result<std::unique_ptr<Policy>>(const PolicyParams&)>;
  using ServedPolicyFactory = std::function<Result<std::unique_ptr<Policy>>(const PolicyLink&)>;

  void add_robot(AdapterInfo info, RobotFactory factory);
  void add_policy(AdapterInfo info, PolicyFactory factory);
  /// One that a server elsewhere decides for: takes an address and spaces, and no parameters.
  void add_served_policy(AdapterInfo info, ServedPolicyFactory factory);
  /// Fails with ASSAY-0401 (unknown adapter) / 0402 (unknown policy) / 0403 (unknown or bad parameter) / 1250 (address
  /// or secret). Connects nothing: reset() does.
  [[nodiscard]] Result<std::unique_ptr<Robot>> robot(const RobotLink& link) const;
  /// One in this process, by id.
  [[nodiscard]] Result<std::unique_ptr<Robot>> robot(const std::string& id) const;
  [[nodiscard]] Result<std::unique_ptr<Policy>> policy(const std::string& id, const PolicyParams& params,
                                                       const PolicyLink& link = {}) const;
  [[nodiscard]] std::vector<AdapterInfo> robots() const;
  [[nodiscard]] std::vector<AdapterInfo> policies() const;

 private:
  std::map<std::string, std::pair<AdapterInfo, RobotFactory>> robots_;
  std::map<std::string, std::pair<AdapterInfo, PolicyFactory>> policies_;
  std::map<std::string, ServedPolicyFactory> served_;
};

/// mujoco, http, ros2, recorded; openpi, http; scripted_manipulator, shelf_picker, waypoint_navigator, peg_inserter,
/// surface_follower, null, random, faulty.
void register_builtin_adapters(AdapterRegistry& registry);

}  // namespace assay
