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
    return Error{.id = 1254,
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

Result<void> check_behind_wire(const Setup& setup) {
  if (!setup.defects.empty())
    return Error{.id = 421,
                 .what = {"the set-up does not fit the scene", "设置与场景不符"},
                 .expected = {"a subject without `defects:`", "不含 `defects:` 的受测对象"},
                 .found = "lab:setup known errors cannot be put into a robot behind a wire",
                 .help = {"put them into the robot itself, or examine it on the embedded simulator",
                          "请在机器人自身加入误差，或在内嵌仿真器上检测"}};
  if (!setup.stimuli.empty())
    return Error{.id = 421,
                 .what = {"the set-up does not fit the scene", "设置与场景不符"},
                 .expected = {"a task without `stimuli:`", "不含 `stimuli:` 的任务"},
                 .found = "lab:setup stops and losses cannot be given to a robot behind a wire",
                 .help = {"give them at the robot itself, or examine it on the embedded simulator",
                          "请直接对机器人本体施加，或在内嵌仿真器上检测"}};
  return {};
}

}  // namespace assay
