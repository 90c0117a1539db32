// Picks the named thing and places it in the named bin, step after step, with any bound arm and gripper: sees by
// detections, grasps from above, feels by the gripper's width, looks whether it worked, tries again if not.
#include <algorithm>
#include <cmath>
#include <optional>

#include "adapters/policies/params.h"
#include "adapters/policies/policies.h"
#include "adapters/policies/pose_track.h"
#include "adapters/policies/sightings.h"

namespace assay {
namespace {

constexpr policies::Skill kWorst{0.04, 0.2, 0.6};

using policies::PoseTarget;

constexpr double kFast_m_s = 0.45, kSlow_m_s = 0.12;
constexpr double kNear_m = 0.004;  // measured pose is there
constexpr std::int64_t kLook_ns = 600'000'000, kGrip_ns = 500'000'000, kOpen_ns = 300'000'000;
constexpr std::int64_t kSettle_ns = 1'500'000'000;  // longest wait for the measured pose
constexpr double kClearance_m = 0.14;               // of the tool above what stands about
constexpr double kPersonGap_m = 0.35;               // to a person's outline
constexpr int kMostTries = 4;

enum class Phase { look, rise, over, descend, grip, lift, carry, lower, release, retreat, verify, finished };

struct Step {
  std::string object, target;  // detector's labels
};

class ScriptedManipulator final : public Policy {
 public:
  explicit ScriptedManipulator(const policies::Skill& skill) : skill_(skill) {}

  [[nodiscard]] PolicyDescription describe() const override { return {"scripted_manipulator", "1", true, false, 0}; }

  Result<void> begin(const Instruction& instruction, const RobotDescription& robot, StreamKey key) override {
    arm_ = gripper_ = nullptr;
    groups_ = robot.groups;
    for (const auto& g : groups_) {
      if (g.kind == Group::Kind::arm && arm_ == nullptr) arm_ = &g;
      if (g.kind == Group::Kind::gripper && gripper_ == nullptr) gripper_ = &g;
    }
    steps_ = steps_of(instruction);
    period_s_ = static_cast<double>(robot.control_period_ns) * 1e-9;
    rng_ = Rng(key);
    delay_.reset(skill_.delay_s);
    sightings_.reset();
    step_ = 0;
    tries_ = 0;
    started_ = false;
    return {};
  }

  Result<Action> act(const Observation& now) override {
    if (arm_ == nullptr || gripper_ == nullptr || steps_.empty())
      return refusal("needs an arm, a gripper and an instruction with object and target");
    if (!policies::sound(now)) return refusal("the observation is not finite");
    const Observation& seen = delay_.pass(now);
    sightings_.add(seen.detections);
    const GroupState* arm = seen.group(arm_->name);
    if (arm == nullptr) return refusal("no state of the arm");
    const PoseTarget measured{{arm->tcp_m[0], arm->tcp_m[1], arm->tcp_m[2]},
                              {arm->tcp_wxyz[0], arm->tcp_wxyz[1], arm->tcp_wxyz[2], arm->tcp_wxyz[3]}};
    if (!started_) {
      started_ = true;
      track_.reset(measured);
      enter(Phase::look, now.time, measured);
    }
    advance(now.time, measured, width(seen));
    Action action;
    action.done = phase_ == Phase::finished;
    const bool wait = person_near(measured);
    action.groups.push_back({arm_->name, Mode::ee_delta_pose,
                             wait ? std::vector<double>(6, 0.0) : track_.step(measured, goal_, speed_m_s_, period_s_)});
    action.groups.push_back({gripper_->name, Mode::gripper, {open_ ? 1.0 : 0.0}});
    return action;
  }

 private:
  static Action refusal(const char* reason) {
    Action action;
    action.refuse = true;
    action.reason = reason;
    return action;
  }

  static std::vector<Step> steps_of(const Instruction& instruction) {
    std::vector<Step> steps;
    for (int i = 1;; ++i) {
      const std::string tail = i == 1 ? "" : "_" + std::to_string(i);
      const auto object = instruction.labels.find("object" + tail), target = instruction.labels.find("target" + tail);
      if (object == instruction.labels.end() || target == instruction.labels.end()) return steps;
      steps.push_back({object->second, target->second});
    }
  }

  double width(const Observation& seen) const {
    const GroupState* gripper = seen.group(gripper_->name);
    return gripper == nullptr || gripper->position_rad.empty() ? 0 : gripper->position_rad[0];
  }

  bool person_near(const PoseTarget& measured) const {
    for (const auto& d : sightings_.all()) {
      if (d.kind != "person") continue;
      const double dx = d.position_m[0] - measured.position_m.x(), dy = d.position_m[1] - measured.position_m.y();
      if (std::hypot(dx, dy) < kPersonGap_m + 0.5 * std::max(d.size_m[0], d.size_m[1])) return true;
    }
    return false;
  }

  /// Above everything that stands on the table and everything carried over it.
  double travel_height_m() const {
    double top = 0;
    for (const auto& d : sightings_.all())
      if (d.kind != "person") top = std::max(top, d.position_m[2] + d.size_m[2]);
    return top + kClearance_m;
  }

  void enter(Phase phase, SimTime now, const PoseTarget& measured) {
    phase_ = phase;
    since_ = now;
    speed_m_s_ = kFast_m_s;
    arrived_at_.reset();
    switch (phase) {
      case Phase::look:
      case Phase::grip:
      case Phase::verify:
      case Phase::finished:
        if (phase == Phase::look) goal_ = measured;
        open_ = phase != Phase::grip;
        break;
      case Phase::rise:
        goal_.position_m = measured.position_m;
        goal_.position_m.z() = std::max(measured.position_m.z(), travel_height_m());
        goal_.rotation = policies::tool_down(policies::tool_yaw(measured.rotation));
        open_ = true;
        break;
      case Phase::over:
        plan_grasp(measured);
        goal_ = {{grasp_.x(), grasp_.y(), travel_height_m()}, policies::tool_down(grasp_yaw_)};
        break;
      case Phase::descend:
        goal_.position_m.z() = grasp_.z();
        speed_m_s_ = kSlow_m_s * 2;
        break;
      case Phase::lift:
      case Phase::retreat:
        goal_.position_m.z() = travel_height_m();
        speed_m_s_ = phase == Phase::lift ? kSlow_m_s * 2 : kFast_m_s;
        break;
      case Phase::carry:
        goal_.position_m = {bin_.x(), bin_.y(), travel_height_m()};
        break;
      case Phase::lower:
        goal_.position_m.z() = bin_.z();
        speed_m_s_ = kSlow_m_s * 2;
        break;
      case Phase::release:
        open_ = true;
        break;
    }
  }

  /// Where to grasp and where to put, from what was seen; errors of a less skilled policy enter here, once per try.
  void plan_grasp(const PoseTarget& measured) {
    const Step& step = steps_[step_];
    const auto object = sightings_.find(step.object), target = sightings_.find(step.target);
    const bool miss = rng_.uniform() < skill_.miss_rate;
    const double ex = skill_.noise_m * rng_.normal() + (miss ? 0.06 : 0), ey = skill_.noise_m * rng_.normal();
    grasp_ = {object->position_m[0] + ex, object->position_m[1] + ey, object->position_m[2]};
    bin_ = {target->position_m[0] + ex, target->position_m[1] + ey,
            target->position_m[2] + 0.5 * object->size_m[2] + 0.035};
    // Fingers close along the tool's y axis: align with the nearest of the object's four faces.
    const double now = policies::tool_yaw(measured.rotation);
    grasp_yaw_ = now + std::remainder(object->yaw_rad - now, 1.5707963267948966);
    size_m_ = std::min(object->size_m[0], object->size_m[1]);
  }

  [[nodiscard]] bool there(SimTime now, const PoseTarget& measured) {
    if (!track_.arrived(goal_)) return false;
    if (!arrived_at_) arrived_at_ = now;
    return (measured.position_m - goal_.position_m).norm() < kNear_m || now.ns - arrived_at_->ns > kSettle_ns;
  }

  [[nodiscard]] bool waited(SimTime now, std::int64_t ns) const { return now.ns - since_.ns >= ns; }

  void advance(SimTime now, const PoseTarget& measured, double width_m) {
    const Step& step = steps_[std::min(step_, steps_.size() - 1)];
    const bool holding = width_m > 0.5 * size_m_;
    switch (phase_) {
      case Phase::look:
        if (waited(now, kLook_ns) && sightings_.reports(step.object) > 2 && sightings_.reports(step.target) > 2)
          enter(Phase::rise, now, measured);
        break;
      case Phase::rise:
        if (there(now, measured)) enter(Phase::over, now, measured);
        break;
      case Phase::over:
        if (there(now, measured)) enter(Phase::descend, now, measured);
        break;
      case Phase::descend:
        if (there(now, measured)) enter(Phase::grip, now, measured);
        break;
      case Phase::grip:
        if (!waited(now, kGrip_ns)) break;
        if (holding)
          enter(Phase::lift, now, measured);
        else
          again(now, measured);
        break;
      case Phase::lift:
      case Phase::carry:
        if (!holding)
          again(now, measured);
        else if (there(now, measured))
          enter(phase_ == Phase::lift ? Phase::carry : Phase::lower, now, measured);
        break;
      case Phase::lower:
        if (there(now, measured)) enter(Phase::release, now, measured);
        break;
      case Phase::release:
        if (waited(now, kOpen_ns)) enter(Phase::retreat, now, measured);
        break;
      case Phase::retreat:
        if (!there(now, measured)) break;
        sightings_.forget(step.object);
        enter(Phase::verify, now, measured);
        break;
      case Phase::verify:
        if (waited(now, kLook_ns)) judge(step, now, measured);
        break;
      case Phase::finished:
        break;
    }
  }

  /// Is it in the bin? Next step, or once more.
  void judge(const Step& step, SimTime now, const PoseTarget& measured) {
    const auto object = sightings_.find(step.object), bin = sightings_.find(step.target);
    const bool in = object && bin && std::abs(object->position_m[0] - bin->position_m[0]) < 0.5 * bin->size_m[0] &&
                    std::abs(object->position_m[1] - bin->position_m[1]) < 0.5 * bin->size_m[1];
    if (!in) return again(now, measured);
    tries_ = 0;
    ++step_;
    enter(step_ < steps_.size() ? Phase::look : Phase::finished, now, measured);
  }

  void again(SimTime now, const PoseTarget& measured) {
    sightings_.forget(steps_[step_].object);
    enter(++tries_ < kMostTries ? Phase::look : Phase::finished, now, measured);
  }

  policies::Skill skill_;
  std::vector<Group> groups_;
  const Group* arm_ = nullptr;
  const Group* gripper_ = nullptr;
  std::vector<Step> steps_;
  std::size_t step_ = 0;
  int tries_ = 0;
  double period_s_ = 0.02;
  Rng rng_{StreamKey{}};
  policies::DelayLine delay_;
  policies::Sightings sightings_;
  policies::PoseTrack track_;
  Phase phase_ = Phase::look;
  SimTime since_;
  std::optional<SimTime> arrived_at_;
  PoseTarget goal_;
  double speed_m_s_ = kFast_m_s;
  bool open_ = true, started_ = false;
  Eigen::Vector3d grasp_ = Eigen::Vector3d::Zero(), bin_ = Eigen::Vector3d::Zero();
  double grasp_yaw_ = 0, size_m_ = 0.05;
};

}  // namespace

Result<std::unique_ptr<Policy>> make_scripted_manipulator(const PolicyParams& params) {
  ASSAY_TRY(const auto skill, policies::read_skill("scripted_manipulator", params, kWorst));
  return std::unique_ptr<Policy>(std::make_unique<ScriptedManipulator>(skill));
}

}  // namespace assay
