#include "adapters/policies/hand_body.h"

#include <cmath>

#include "adapters/policies/params.h"

namespace assay::policies {

Result<void> HandBody::bind(const std::string& policy, const RobotDescription& robot) {
  *this = HandBody{};
  for (const auto& g : robot.groups) {
    if (g.kind == Group::Kind::arm && arm.name.empty()) arm = g;
    if (g.kind == Group::Kind::gripper && gripper.name.empty()) gripper = g;
  }
  if (arm.name.empty() || gripper.name.empty())
    return cannot_take_part(policy, "a robot without arm or gripper", {"an arm and a gripper", "具有机械臂和夹爪"});
  if (robot.control_period_ns > 0) period_s = static_cast<double>(robot.control_period_ns) * 1e-9;
  return {};
}

bool HandBody::feel(const Observation& seen) {
  const GroupState* state = seen.group(arm.name);
  if (state == nullptr || !sound(seen)) return false;
  const Eigen::Quaterniond q(state->tcp_wxyz[0], state->tcp_wxyz[1], state->tcp_wxyz[2], state->tcp_wxyz[3]);
  tool.position_m = {state->tcp_m[0], state->tcp_m[1], state->tcp_m[2]};
  tool.rotation = q.norm() > 0.5 ? q.normalized() : Eigen::Quaterniond::Identity();
  push_n = {state->tcp_force_n[0], state->tcp_force_n[1], state->tcp_force_n[2]};
  wrist_n = push_n.norm();
  const GroupState* fingers = seen.group(gripper.name);
  width_m = fingers == nullptr || fingers->position_rad.empty() ? 0 : fingers->position_rad[0];
  return true;
}

void HandBody::command(Action& action, std::vector<double> delta, bool open) const {
  action.groups.push_back({arm.name, Mode::ee_delta_pose, std::move(delta)});
  action.groups.push_back({gripper.name, Mode::gripper, {open ? 1.0 : 0.0}});
}

}  // namespace assay::policies
