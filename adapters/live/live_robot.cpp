#include "adapters/live/live_robot.h"

#include <utility>

namespace assay {

Result<Sample> LiveRobot::advance(const Action& action) {
  constexpr std::int64_t kPatience = 5;
  ASSAY_RETURN_IF_ERROR(command(action));
  if (backlog_.empty()) {
    const std::int64_t wait_ns = kPatience * describe().control_period_ns;
    ASSAY_TRY(auto news, receive(SteadyTime{steady_now().ns + wait_ns}));
    for (auto& one : news) backlog_.push_back(std::move(one.sample));
  }
  if (backlog_.empty())
    return Error{.id = 454,
                 .what = {"the robot sent no sample", "机器人没有发来样本"},
                 .expected = {"a sample within five control periods", "五个控制周期内收到一个样本"},
                 .found = "subject:stale_data",
                 .help = {"look at the link and at the robot's load", "请检查链路与机器人的负载"}};
  Sample next = std::move(backlog_.front());
  backlog_.pop_front();
  return next;
}

Action rest_action(const RobotDescription& robot) {
  Action rest;
  for (const auto& group : robot.groups) {
    if (group.kind == Group::Kind::base) rest.groups.push_back({group.name, Mode::base_twist, {0, 0}});
    if (group.kind == Group::Kind::arm)
      rest.groups.push_back({group.name, Mode::joint_velocity, std::vector<double>(group.joints.size(), 0.0)});
  }
  return rest;
}

}  // namespace assay
