// Bounded random actions: what an examination must never let pass, whatever robot it drives.
#include <algorithm>

#include "adapters/policies/params.h"
#include "adapters/policies/policies.h"

namespace assay {
namespace {

constexpr int kHoldTicks = 10;             // a new draw every so many ticks: enough to get somewhere
constexpr double kShareOfLimit = 0.25;     // of each joint's speed limit
constexpr double kJointSpeed_rad_s = 1.0;  // where the binding gives none
constexpr double kLegSwing_rad = 0.4;      // about the standing posture
constexpr double kBaseSpeed_m_s = 0.5, kYawSpeed_rad_s = 1.0;

class RandomPolicy : public Policy {
 public:
  [[nodiscard]] PolicyDescription describe() const override { return {"random", "1.0", true, false, 0}; }

  Result<void> begin(const Instruction&, const RobotDescription& robot, StreamKey key) override {
    groups_ = robot.groups;
    rng_ = Rng(key);
    tick_ = 0;
    return {};
  }

  Result<Action> act(const Observation&) override {
    if (tick_++ % kHoldTicks == 0) {
      last_ = Action{};
      for (const auto& group : groups_) last_.groups.push_back(draw(group));
    }
    return last_;
  }

 private:
  GroupAction draw(const Group& group) {
    GroupAction action;
    action.group = group.name;
    switch (group.kind) {
      case Group::Kind::arm:
        action.mode = Mode::joint_velocity;
        for (std::size_t i = 0; i < group.joints.size(); ++i) {
          const double limit = i < group.speed_limit_rad_s.size() ? group.speed_limit_rad_s[i] : kJointSpeed_rad_s;
          action.values.push_back(kShareOfLimit * limit * rng_.uniform(-1, 1));
        }
        break;
      case Group::Kind::gripper:
        action.mode = Mode::gripper;
        action.values = {rng_.uniform()};
        break;
      case Group::Kind::base: {
        const double speed = group.max_speed_m_s > 0 ? std::min(group.max_speed_m_s, kBaseSpeed_m_s) : kBaseSpeed_m_s;
        const double yaw = group.max_yaw_rad_s > 0 ? std::min(group.max_yaw_rad_s, kYawSpeed_rad_s) : kYawSpeed_rad_s;
        action.mode = Mode::base_twist;
        action.values = {speed * rng_.uniform(-1, 1)};
        action.values.push_back(yaw * rng_.uniform(-1, 1));
        break;
      }
      case Group::Kind::legs:
        action.mode = Mode::joint_position;
        for (const double home : group.home_rad) action.values.push_back(home + kLegSwing_rad * rng_.uniform(-1, 1));
        break;
    }
    return action;
  }

  std::vector<Group> groups_;
  Rng rng_{StreamKey{}};
  std::int64_t tick_ = 0;
  Action last_;
};

}  // namespace

Result<std::unique_ptr<Policy>> make_random(const PolicyParams& params) {
  ASSAY_RETURN_IF_ERROR(policies::read_params("random", params, {}));
  return std::unique_ptr<Policy>(std::make_unique<RandomPolicy>());
}

}  // namespace assay
