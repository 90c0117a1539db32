// Picks the named thing and places it in the named bin, step after step, with any bound arm and gripper: sees by
// detections, grasps from above, feels by the gripper's width, looks whether it worked, tries again if not.
#include <algorithm>
#include <cmath>
#include <optional>

#include "adapters/policies/grasp_plan.h"
#include "adapters/policies/params.h"
#include "adapters/policies/policies.h"
#include "adapters/policies/pose_track.h"
#include "adapters/policies/sightings.h"

namespace assay {
namespace {

using policies::MotionLimits;
using policies::PoseTarget;

constexpr policies::Skill kWorst{0.04, 0.2, 0.6};
constexpr MotionLimits kFree{0.50, 1.6, 1.6, 6};      // nothing in the hand
constexpr MotionLimits kHolding{0.40, 1.2, 1.4, 5};   // something in it
constexpr MotionLimits kWeakHold{0.28, 0.6, 0.9, 3};  // in a hand of little force
constexpr MotionLimits kTouching{0.16, 0.8, 1.0, 4};  // the last way down to a thing or a bin
constexpr double kWeakGrip_n = 10;
constexpr double kNear_m = 0.004;        // measured pose is there
constexpr double kHold_m = 0.0;          // tool above the object's centre when it grasps
constexpr double kClearance_m = 0.035;   // of what is carried above what stands about
constexpr double kHandReserve_m = 0.05;  // from an object's top to the tool when hovering
constexpr double kPersonGap_m = 0.30, kPersonTooNear_m = 0.22;
constexpr int kLooks = 4;  // reports to average over
constexpr std::int64_t kGrip_ns = 400'000'000, kOpen_ns = 240'000'000, kWatch_ns = 350'000'000;
constexpr std::int64_t kSettle_ns = 700'000'000;     // longest wait for the measured pose
constexpr std::int64_t kStuck_ns = 12'000'000'000;   // a phase that lasts longer has failed
constexpr std::int64_t kUnseen_ns = 20'000'000'000;  // after which a thing that is not there is given up

enum class Phase { look, rise, over, descend, grip, lift, carry, lower, release, retreat, verify, finished };

struct Step {
  std::string object, target;  // detector's labels
};

class ScriptedManipulator final : public Policy {
 public:
  explicit ScriptedManipulator(const policies::Skill& skill) : skill_(skill) {}

  [[nodiscard]] PolicyDescription describe() const override { return {"scripted_manipulator", "1.0", true, false, 0}; }

  Result<void> begin(const Instruction& instruction, const RobotDescription& robot, StreamKey key) override {
    *this = ScriptedManipulator(skill_);
    for (const auto& g : robot.groups) {
      if (g.kind == Group::Kind::arm && arm_.name.empty()) arm_ = g;
      if (g.kind == Group::Kind::gripper && gripper_.name.empty()) gripper_ = g;
    }
    if (arm_.name.empty() || gripper_.name.empty())
      return policies::cannot_take_part("scripted_manipulator", "a robot without arm or gripper",
                                        {"an arm and a gripper", "具有机械臂和夹爪"});
    ASSAY_RETURN_IF_ERROR(read_steps(instruction));
    period_s_ = static_cast<double>(robot.control_period_ns) * 1e-9;
    if (!(period_s_ > 0)) period_s_ = 0.02;
    rng_ = Rng(key);
    delay_.reset(skill_.delay_s);
    return {};
  }

  Result<Action> act(const Observation& now) override {
    const Observation& seen = delay_.pass(now);
    const GroupState* arm = seen.group(arm_.name);
    if (arm == nullptr || !policies::sound(seen)) return Action{};  // hold until the senses are back
    sightings_.add(seen.detections, seen.time);
    const PoseTarget measured = pose_of(*arm);
    if (!started_) {
      started_ = true;
      home_ = measured;
      track_.reset(measured);
      enter(Phase::look, now.time, measured);
    }
    Action action;
    const double gap = person_gap_m(measured);
    std::vector<double> delta;
    if (gap < kPersonTooNear_m) {
      PoseTarget away{{home_.position_m.x(), home_.position_m.y(), measured.position_m.z()}, goal_.rotation};
      delta = track_.step(measured, away, kWeakHold, period_s_);
    } else if (gap < kPersonGap_m) {
      delta = track_.halt(limits_, period_s_);
    } else {
      advance(now.time, measured, width_of(seen));
      delta = track_.step(measured, goal_, limits_, period_s_);
    }
    action.groups.push_back({arm_.name, Mode::ee_delta_pose, std::move(delta)});
    action.groups.push_back({gripper_.name, Mode::gripper, {open_ ? 1.0 : 0.0}});
    action.done = phase_ == Phase::finished;
    action.refuse = !refusal_.empty();
    action.reason = refusal_;
    return action;
  }

 private:
  Result<void> read_steps(const Instruction& instruction) {
    for (int i = 1;; ++i) {
      const std::string tail = i == 1 ? "" : "_" + std::to_string(i);
      const auto object = instruction.labels.find("object" + tail), target = instruction.labels.find("target" + tail);
      if (object == instruction.labels.end() || target == instruction.labels.end()) break;
      steps_.push_back({object->second, target->second});
    }
    if (!steps_.empty()) return {};
    return policies::cannot_take_part("scripted_manipulator", "an instruction without object and target",
                                      {"labels for the slots object and target", "指令中 object 与 target 的标签"});
  }

  static PoseTarget pose_of(const GroupState& arm) {
    const Eigen::Quaterniond q(arm.tcp_wxyz[0], arm.tcp_wxyz[1], arm.tcp_wxyz[2], arm.tcp_wxyz[3]);
    return {{arm.tcp_m[0], arm.tcp_m[1], arm.tcp_m[2]},
            q.norm() > 0.5 ? q.normalized() : Eigen::Quaterniond::Identity()};
  }

  [[nodiscard]] double width_of(const Observation& seen) const {
    const GroupState* gripper = seen.group(gripper_.name);
    return gripper == nullptr || gripper->position_rad.empty() ? 0 : gripper->position_rad[0];
  }

  /// From the tool, and from where it is going next, to the outline of the nearest person.
  [[nodiscard]] double person_gap_m(const PoseTarget& measured) const {
    double gap = 10;
    for (const auto& d : sightings_.all())
      if (d.kind == "person")
        gap = std::min(gap, policies::outline_gap_m(d, measured.position_m.x(), measured.position_m.y()));
    return gap;
  }

  /// Tool height at which what hangs from the tool passes over everything that stands about.
  [[nodiscard]] double travel_height_m() const {
    double top = 0, hanging = 0;
    for (const auto& d : sightings_.all()) {
      if (d.kind == "person") continue;
      // A bin's origin is the floor of it, other things' their centre: so this is the top, or a little more.
      if (open_ || d.label != steps_[step_].object)
        top = std::max(top, d.position_m[2] + (d.kind == "bin" ? 1.0 : 0.5) * d.size_m[2]);
      if (d.label == steps_[step_].object) hanging = 0.5 * d.size_m[2];
    }
    return top + hanging + kClearance_m + kHandReserve_m * 0.5;
  }

  void enter(Phase phase, SimTime now, const PoseTarget& measured) {
    phase_ = phase;
    since_ = now;
    arrived_at_.reset();
    const bool weak = gripper_.grip_force_n > 0 && gripper_.grip_force_n < kWeakGrip_n;
    limits_ = kFree;
    switch (phase) {
      case Phase::look:
        goal_ = measured;
        open_ = true;
        break;
      case Phase::grip:
        open_ = false;
        break;
      case Phase::verify:
        sightings_.forget(steps_[step_].object);
        break;
      case Phase::finished:
        break;
      case Phase::rise:
        goal_.position_m = measured.position_m;
        goal_.position_m.z() = std::max(measured.position_m.z(), travel_height_m());
        goal_.rotation = policies::tool_down(policies::tool_yaw(measured.rotation));
        open_ = true;
        break;
      case Phase::over:
        goal_ = {{grasp_.position_m.x(), grasp_.position_m.y(), travel_height_m()},
                 policies::tool_down(grasp_.yaw_rad)};
        break;
      case Phase::descend:
        goal_ = {grasp_.position_m, policies::tool_down(grasp_.yaw_rad)};
        limits_.speed_m_s = 0.25;
        break;
      case Phase::lift:
        goal_.position_m.z() = travel_height_m();
        limits_ = weak ? kWeakHold : kHolding;
        break;
      case Phase::carry:
        goal_ = {{place_.position_m.x(), place_.position_m.y(), travel_height_m()},
                 policies::tool_down(place_.yaw_rad)};
        limits_ = weak ? kWeakHold : kHolding;
        break;
      case Phase::lower:
        goal_.position_m.z() = place_.position_m.z();
        limits_ = weak ? kWeakHold : kTouching;
        break;
      case Phase::release:
        open_ = true;
        break;
      case Phase::retreat:
        goal_.position_m.z() = travel_height_m();
        break;
    }
  }

  /// Errors of a less skilled policy enter here: once per attempt in what it believes, once per step in a mistake.
  bool plan(const PoseTarget& measured) {
    const Step& step = steps_[step_];
    auto object = sightings_.find(step.object), bin = sightings_.find(step.target);
    if (!object || !bin) return false;
    if (!erred_) erred_ = rng_.uniform() < skill_.miss_rate;
    for (const auto& wrong : {&*object, &*bin})
      for (std::size_t i = 0; i < 2; ++i) wrong->position_m[i] += skill_.noise_m * rng_.normal();
    const auto about = sightings_.all();
    const double max_width = gripper_.max_width_m > 0 ? gripper_.max_width_m : 0.08;
    const auto grasp = policies::plan_grasp(*object, about, max_width, policies::tool_yaw(home_.rotation));
    if (!grasp) {
      refusal_ = "'" + step.object + "' does not fit between the fingers";
      return false;
    }
    grasp_ = *grasp;
    grasp_.position_m.z() += kHold_m;
    place_ = policies::plan_place(*bin, *object, about, kHold_m, policies::tool_yaw(home_.rotation));
    if (*erred_) {  // beside the bin, on the robot's side, and never looks back
      const double x = place_.position_m.x(), y = place_.position_m.y(), r = std::hypot(x, y);
      const double back = std::max(bin->size_m[0], bin->size_m[1]) + 0.05;
      if (r > back) place_.position_m.head<2>() *= (r - back) / r;
    }
    static_cast<void>(measured);
    return true;
  }

  [[nodiscard]] bool there(SimTime now, const PoseTarget& measured) {
    if (!track_.arrived(goal_)) return false;
    if (!arrived_at_) arrived_at_ = now;
    return (measured.position_m - goal_.position_m).norm() < kNear_m || now.ns - arrived_at_->ns > kSettle_ns;
  }

  [[nodiscard]] bool waited(SimTime now, std::int64_t ns) const { return now.ns - since_.ns >= ns; }

  void advance(SimTime now, const PoseTarget& measured, double width_m) {
    const bool holding = width_m > 0.6 * grasp_.width_m && width_m < grasp_.width_m + 0.015;
    const bool arrived = there(now, measured);
    if (phase_ != Phase::look && phase_ != Phase::finished && waited(now, kStuck_ns)) return again(now, measured);
    switch (phase_) {
      case Phase::look:
        look(now, measured);
        break;
      case Phase::rise:
        if (arrived) enter(Phase::over, now, measured);
        break;
      case Phase::over:
        if (arrived && plan(measured)) enter(Phase::descend, now, measured);
        break;
      case Phase::descend:
        if (arrived) enter(Phase::grip, now, measured);
        break;
      case Phase::grip:
        if (waited(now, kGrip_ns)) holding ? enter(Phase::lift, now, measured) : again(now, measured);
        break;
      case Phase::lift:
      case Phase::carry:
      case Phase::lower:
        if (!holding)
          again(now, measured);
        else if (arrived)
          enter(static_cast<Phase>(static_cast<int>(phase_) + 1), now, measured);
        break;
      case Phase::release:
        if (waited(now, kOpen_ns)) enter(Phase::retreat, now, measured);
        break;
      case Phase::retreat:
        if (arrived) enter(Phase::verify, now, measured);
        break;
      case Phase::verify:
        if (waited(now, kWatch_ns)) judge(now, measured);
        break;
      case Phase::finished:
        break;
    }
  }

  void look(SimTime now, const PoseTarget& measured) {
    const Step& step = steps_[step_];
    if (sightings_.reports(step.object) >= kLooks && sightings_.reports(step.target) >= kLooks) {
      if (plan(measured)) enter(Phase::rise, now, measured);
    } else if (waited(now, kUnseen_ns)) {
      refusal_ = "'" + step.object + "' or '" + step.target + "' is not to be seen";
    }
  }

  /// Is it in the bin? Next step, or once more.
  void judge(SimTime now, const PoseTarget& measured) {
    const auto object = sightings_.find(steps_[step_].object), bin = sightings_.find(steps_[step_].target);
    const bool blind = erred_.value_or(false);
    if (!blind && !(object && bin && policies::lies_in(*object, *bin))) return again(now, measured);
    erred_.reset();
    if (step_ + 1 == steps_.size()) return enter(Phase::finished, now, measured);
    ++step_;
    enter(Phase::look, now, measured);
  }

  void again(SimTime now, const PoseTarget& measured) {
    sightings_.forget(steps_[step_].object);
    enter(Phase::look, now, measured);
  }

  policies::Skill skill_;
  Group arm_, gripper_;
  std::vector<Step> steps_;
  std::size_t step_ = 0;
  double period_s_ = 0.02;
  Rng rng_{StreamKey{}};
  policies::DelayLine delay_;
  policies::Sightings sightings_;
  policies::PoseTrack track_;
  Phase phase_ = Phase::look;
  SimTime since_;
  std::optional<SimTime> arrived_at_;
  PoseTarget home_, goal_;
  MotionLimits limits_ = kFree;
  bool open_ = true, started_ = false;
  std::optional<bool> erred_;  ///< this step's mistake, drawn once
  std::string refusal_;
  policies::ToolPlace grasp_, place_;
};

}  // namespace

Result<std::unique_ptr<Policy>> make_scripted_manipulator(const PolicyParams& params) {
  ASSAY_TRY(const auto skill, policies::read_skill("scripted_manipulator", params, kWorst));
  return std::unique_ptr<Policy>(std::make_unique<ScriptedManipulator>(skill));
}

}  // namespace assay
