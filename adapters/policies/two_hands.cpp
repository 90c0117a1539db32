#include "adapters/policies/two_hands.h"

#include <Eigen/Geometry>
#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

namespace assay::policies {
namespace {

constexpr double kHomeSpeed_rad_s = 0.9;
constexpr std::int64_t kUnseen_ns = 5'000'000'000;  // after which an arm is taken although not all is to be seen

struct Hand {
  Group arm, gripper;
  bool homing = false;
  std::vector<double> target_rad;  ///< of the way home
};

/// One instruction per step, with the slots object and target of that step alone.
std::vector<Instruction> steps_of(const Instruction& whole) {
  std::vector<Instruction> steps;
  for (int i = 1;; ++i) {
    const std::string tail = i == 1 ? "" : "_" + std::to_string(i);
    Instruction step = whole;
    step.slots.clear();
    step.labels.clear();
    for (const char* stem : {"object", "target"}) {
      const auto label = whole.labels.find(stem + tail);
      if (label == whole.labels.end()) return steps;
      step.labels[stem] = label->second;
      if (const auto slot = whole.slots.find(stem + tail); slot != whole.slots.end()) step.slots[stem] = slot->second;
    }
    steps.push_back(std::move(step));
  }
}

class TwoHands final : public Policy {
 public:
  explicit TwoHands(std::unique_ptr<Policy> inner) : inner_(std::move(inner)) {}

  [[nodiscard]] PolicyDescription describe() const override { return inner_->describe(); }

  Result<void> begin(const Instruction& instruction, const RobotDescription& robot, StreamKey key) override {
    hands_.clear();
    for (const auto& arm : robot.groups) {
      if (arm.kind != Group::Kind::arm) continue;
      for (const auto& gripper : robot.groups)
        if (gripper.kind == Group::Kind::gripper && gripper.on_group == arm.name)
          hands_.push_back({arm, gripper, false, {}});
    }
    if (hands_.size() < 2) {
      hands_.clear();
      return inner_->begin(instruction, robot, key);
    }
    robot_ = robot;
    key_ = key;
    steps_ = steps_of(instruction);
    if (steps_.empty()) steps_.push_back(instruction);
    step_ = 0;
    active_.reset();
    since_.reset();
    period_s_ = robot.control_period_ns > 0 ? static_cast<double>(robot.control_period_ns) * 1e-9 : 0.02;
    return start(0);  // what cannot take part says so now
  }

  Result<Action> act(const Observation& seen) override {
    if (hands_.empty()) return inner_->act(seen);
    Action action;
    if (!active_) {
      if (const auto chosen = choose(seen)) {
        ASSAY_RETURN_IF_ERROR(start(*chosen));
        active_ = chosen;
        hands_[*chosen].homing = false;
      }
    }
    if (active_) {
      ASSAY_TRY(action, inner_->act(from_hand(seen, hands_[*active_])));
      if (action.done && step_ + 1 < steps_.size()) {
        action.done = false;
        hands_[*active_].homing = true;
        hands_[*active_].target_rad.clear();
        std::erase_if(action.groups, [&](const GroupAction& g) { return g.group == hands_[*active_].arm.name; });
        ++step_;
        active_.reset();
        since_.reset();
      }
    }
    for (auto& hand : hands_)
      if (hand.homing) go_home(seen, hand, action);
    return action;
  }

 private:
  Result<void> start(std::size_t hand) {
    RobotDescription one = robot_;
    one.groups = {hands_[hand].arm, hands_[hand].gripper};
    return inner_->begin(steps_[step_], one, child_key(key_, "step/" + std::to_string(step_)));
  }

  static Eigen::Isometry3d base_of(const GroupState& arm) {
    const Eigen::Quaterniond turn(arm.base_wxyz[0], arm.base_wxyz[1], arm.base_wxyz[2], arm.base_wxyz[3]);
    Eigen::Isometry3d base = Eigen::Isometry3d::Identity();
    base.linear() = turn.normalized().toRotationMatrix();
    base.translation() = Eigen::Vector3d(arm.base_m[0], arm.base_m[1], arm.base_m[2]);
    return base;
  }

  /// Does the step name it, or, where it names nothing, is it something that hands work on?
  [[nodiscard]] bool matters(const Detection& d) const {
    const auto& labels = steps_[step_].labels;
    if (labels.empty()) return d.kind != "person" && d.kind != "obstacle";
    return std::any_of(labels.begin(), labels.end(), [&](const auto& entry) { return entry.second == d.label; });
  }

  [[nodiscard]] std::optional<std::size_t> choose(const Observation& seen) {
    if (!since_) since_ = seen.time;
    const auto there =
        std::count_if(seen.detections.begin(), seen.detections.end(), [&](const Detection& d) { return matters(d); });
    const auto needed = static_cast<std::ptrdiff_t>(std::max<std::size_t>(1, steps_[step_].labels.size()));
    if (there < needed && seen.time.ns - since_->ns < kUnseen_ns) return std::nullopt;
    std::size_t best = 0;
    double least_m = 1e9;
    for (std::size_t i = 0; i < hands_.size(); ++i) {
      const GroupState* arm = seen.group(hands_[i].arm.name);
      if (arm == nullptr) continue;
      double farthest_m = 0;
      for (const auto& d : seen.detections)
        if (matters(d))
          farthest_m =
              std::max(farthest_m, std::hypot(d.position_m[0] - arm->base_m[0], d.position_m[1] - arm->base_m[1]));
      if (farthest_m < least_m - 1e-6) {
        least_m = farthest_m;
        best = i;
      }
    }
    return best;
  }

  /// Detections as the hand's own base sees them.
  static Observation from_hand(const Observation& seen, const Hand& hand) {
    Observation out = seen;
    std::erase_if(out.groups,
                  [&](const GroupState& g) { return g.group != hand.arm.name && g.group != hand.gripper.name; });
    const GroupState* arm = seen.group(hand.arm.name);
    if (arm == nullptr) return out;
    const Eigen::Isometry3d back = base_of(*arm).inverse();
    const Eigen::Vector3d x = back.linear() * Eigen::Vector3d::UnitX();
    const double turn = std::atan2(x.y(), x.x());
    for (auto& d : out.detections) {
      const Eigen::Vector3d at = back * Eigen::Vector3d(d.position_m[0], d.position_m[1], d.position_m[2]);
      d.position_m = {at.x(), at.y(), at.z()};
      d.yaw_rad += turn;
    }
    return out;
  }

  /// Joints on straight ways to the binding's home, together.
  void go_home(const Observation& seen, Hand& hand, Action& action) const {
    const GroupState* arm = seen.group(hand.arm.name);
    if (arm == nullptr || arm->position_rad.size() != hand.arm.home_rad.size()) return;
    if (hand.target_rad.empty()) hand.target_rad = arm->position_rad;
    double farthest = 0;
    for (std::size_t i = 0; i < hand.target_rad.size(); ++i)
      farthest = std::max(farthest, std::abs(hand.arm.home_rad[i] - hand.target_rad[i]));
    const double share = farthest > 0 ? std::min(1.0, kHomeSpeed_rad_s * period_s_ / farthest) : 1;
    for (std::size_t i = 0; i < hand.target_rad.size(); ++i)
      hand.target_rad[i] += share * (hand.arm.home_rad[i] - hand.target_rad[i]);
    action.groups.push_back({hand.arm.name, Mode::joint_position, hand.target_rad});
  }

  std::unique_ptr<Policy> inner_;
  RobotDescription robot_;
  std::vector<Hand> hands_;
  std::vector<Instruction> steps_;
  std::size_t step_ = 0;
  std::optional<std::size_t> active_;
  std::optional<SimTime> since_;
  StreamKey key_{};
  double period_s_ = 0.02;
};

}  // namespace

std::unique_ptr<Policy> with_two_hands(std::unique_ptr<Policy> one_handed) {
  return std::make_unique<TwoHands>(std::move(one_handed));
}

}  // namespace assay::policies
