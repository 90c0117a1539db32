// Takes the named peg and puts it into the named socket, step after step: sees by detections, grasps from above, finds
// the socket by feel (peg_feel.h), learns from each insertion how far the detections are off (hidden_offset.h), looks
// whether it worked, tries again if not.
#include <algorithm>
#include <cmath>
#include <optional>

#include "adapters/policies/grasp_plan.h"
#include "adapters/policies/hidden_offset.h"
#include "adapters/policies/params.h"
#include "adapters/policies/peg_feel.h"
#include "adapters/policies/peg_grasp.h"
#include "adapters/policies/peg_reading.h"
#include "adapters/policies/policies.h"
#include "adapters/policies/pose_track.h"
#include "adapters/policies/sightings.h"

namespace assay {
namespace {

using policies::MotionLimits;
using policies::PegFeel;
using policies::PoseTarget;

constexpr policies::Skill kWorst{0.03, 0.2, 0.6};
constexpr MotionLimits kFree{0.50, 1.6, 1.6, 6};
constexpr MotionLimits kHolding{0.40, 1.2, 1.4, 5};
constexpr MotionLimits kCareful{0.20, 0.8, 1.0, 4};
constexpr double kNear_m = 0.003;                  // measured pose is there
constexpr double kBelowTop_m = 0.012;              // tool below the peg's top when it grasps
constexpr double kClearance_m = 0.03;              // of what is carried above what stands about
constexpr double kAbove_m = 0.012;                 // peg over the mouth before it goes down by feel
constexpr double kWidest_m = 0.011;                // search no farther than this from where the socket is believed
constexpr double kPress_n = 7, kPressShare = 0.5;  // never more than a share of what the grip holds
constexpr double kPersonGap_m = 0.30, kPersonTooNear_m = 0.22;
constexpr int kLooks = 10;  // reports to average over
constexpr std::int64_t kGrip_ns = 500'000'000, kOpen_ns = 300'000'000, kWatch_ns = 600'000'000;
constexpr std::int64_t kSettle_ns = 700'000'000;     // longest wait for the measured pose
constexpr std::int64_t kStuck_ns = 35'000'000'000;   // a phase that lasts longer has failed
constexpr std::int64_t kUnseen_ns = 20'000'000'000;  // after which a thing that is not there is given up

enum class Phase { look, rise, over, descend, grip, lift, carry, approach, feel, release, retreat, verify, finished };

class PegInserter final : public Policy {
 public:
  explicit PegInserter(const policies::Skill& skill) : skill_(skill) {}

  [[nodiscard]] PolicyDescription describe() const override { return {"peg_inserter", "1.0", true, false, 0}; }

  Result<void> begin(const Instruction& instruction, const RobotDescription& robot, StreamKey key) override {
    *this = PegInserter(skill_);
    for (const auto& g : robot.groups)
      if (g.kind == Group::Kind::arm && arm_.name.empty()) arm_ = g;
    for (const auto& g : robot.groups)
      if (g.kind == Group::Kind::gripper && gripper_.name.empty() && (g.on_group.empty() || g.on_group == arm_.name))
        gripper_ = g;
    if (arm_.name.empty() || gripper_.name.empty())
      return policies::cannot_take_part("peg_inserter", "a robot without arm or gripper",
                                        {"an arm and a gripper", "具有机械臂和夹爪"});
    instruction_ = instruction;
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
    const double gap = person_gap_m(measured);
    std::vector<double> delta;
    if (gap < kPersonTooNear_m) {
      const PoseTarget away{{home_.position_m.x(), home_.position_m.y(), measured.position_m.z()}, goal_.rotation};
      delta = track_.step(measured, away, kCareful, period_s_);
    } else if (gap < kPersonGap_m) {
      delta = track_.halt(limits_, period_s_);
    } else {
      const Eigen::Vector3d force(arm->tcp_force_n[0], arm->tcp_force_n[1], arm->tcp_force_n[2]);
      advance(now.time, measured, width_of(seen));
      if (phase_ == Phase::feel) {
        delta = feel_.step(measured.position_m, force, period_s_);
        track_.reset(measured);
      } else {
        delta = track_.step(measured, goal_, limits_, period_s_);
      }
    }
    Action action;
    action.groups.push_back({arm_.name, Mode::ee_delta_pose, std::move(delta)});
    action.groups.push_back({gripper_.name, Mode::gripper, {open_ ? 1.0 : 0.0}});
    action.done = phase_ == Phase::finished;
    action.refuse = !refusal_.empty();
    action.reason = refusal_;
    return action;
  }

 private:
  static PoseTarget pose_of(const GroupState& arm) {
    const Eigen::Quaterniond q(arm.tcp_wxyz[0], arm.tcp_wxyz[1], arm.tcp_wxyz[2], arm.tcp_wxyz[3]);
    return {{arm.tcp_m[0], arm.tcp_m[1], arm.tcp_m[2]},
            q.norm() > 0.5 ? q.normalized() : Eigen::Quaterniond::Identity()};
  }

  [[nodiscard]] double width_of(const Observation& seen) const {
    const GroupState* gripper = seen.group(gripper_.name);
    return gripper == nullptr || gripper->position_rad.empty() ? 0 : gripper->position_rad[0];
  }

  [[nodiscard]] double person_gap_m(const PoseTarget& measured) const {
    double gap = 10;
    for (const auto& d : sightings_.all())
      if (d.kind == "person")
        gap = std::min(gap, policies::outline_gap_m(d, measured.position_m.x(), measured.position_m.y()));
    return gap;
  }

  [[nodiscard]] double press_n() const {
    return gripper_.grip_force_n > 0 ? std::min(kPress_n, kPressShare * gripper_.grip_force_n) : kPress_n;
  }

  /// A thing where it really is, as far as insertions have taught.
  [[nodiscard]] Detection corrected(Detection d) const {
    const Eigen::Vector2d offset = offset_.estimate();
    d.position_m[0] -= offset.x();
    d.position_m[1] -= offset.y();
    return d;
  }

  /// Tool height at which what hangs from the tool passes over everything that stands about.
  [[nodiscard]] double travel_height_m() const {
    double top = 0;
    for (const auto& d : sightings_.all())
      if (d.kind != "person" && (open_ || d.label != steps_[step_].peg))
        top = std::max(top, d.position_m[2] + 0.5 * d.size_m[2]);
    return top + kClearance_m + (open_ ? 0.01 : hang_m_);
  }

  void enter(Phase phase, SimTime now, const PoseTarget& measured) {
    phase_ = phase;
    since_ = now;
    arrived_at_.reset();
    limits_ = open_ ? kFree : kHolding;
    switch (phase) {
      case Phase::look:
        goal_ = measured;
        open_ = true;
        break;
      case Phase::rise:
        goal_.position_m = measured.position_m;
        goal_.position_m.z() = std::max(measured.position_m.z(), travel_height_m());
        goal_.rotation = policies::tool_down(policies::tool_yaw(measured.rotation));
        break;
      case Phase::over:
        goal_ = {{grasp_.position_m.x(), grasp_.position_m.y(), travel_height_m()},
                 policies::tool_down(grasp_.yaw_rad)};
        break;
      case Phase::descend:
        goal_ = {grasp_.position_m, policies::tool_down(grasp_.yaw_rad)};
        limits_.speed_m_s = 0.25;
        break;
      case Phase::grip:
        open_ = false;
        break;
      case Phase::lift:
        goal_.position_m.z() = travel_height_m();
        break;
      case Phase::carry:
        goal_ = {{socket_m_.x(), socket_m_.y(), travel_height_m()}, policies::tool_down(insert_yaw_rad_)};
        break;
      case Phase::approach:
        goal_.position_m.z() = mouth_z_m_ + kAbove_m;
        limits_ = kCareful;
        break;
      case Phase::feel:
        feel_.start(mouth_z_m_, depth_m_, press_n(), kWidest_m);
        break;
      case Phase::release:
        goal_ = {measured.position_m, goal_.rotation};
        open_ = true;
        break;
      case Phase::retreat:
        goal_.position_m.z() = travel_height_m();
        break;
      case Phase::verify:
        sightings_.forget(steps_[step_].peg);
        break;
      case Phase::finished:
        break;
    }
  }

  /// The label that a slip of a less skilled policy takes for the one that was named.
  [[nodiscard]] std::string mistaken(const std::string& hole) {
    std::vector<std::string> others;
    for (const auto& d : sightings_.all())
      if (d.kind == "hole" && d.label != hole) others.push_back(d.label);
    return others.empty() ? hole : others[rng_.below(others.size())];
  }

  /// Errors of a less skilled policy enter here: once per attempt in what it believes, once per step in a mistake.
  bool plan() {
    const auto& step = steps_[step_];
    if (!hole_) hole_ = rng_.uniform() < skill_.miss_rate ? mistaken(step.hole) : step.hole;
    auto peg = sightings_.find(step.peg), hole = sightings_.find(*hole_);
    if (!peg || !hole) return false;
    seen_hole_m_ = {hole->position_m[0], hole->position_m[1]};
    peg = corrected(*peg);
    hole = corrected(*hole);
    for (const auto& wrong : {&*peg, &*hole})
      for (std::size_t i = 0; i < 2; ++i) wrong->position_m[i] += skill_.noise_m * rng_.normal();
    const double max_width = gripper_.max_width_m > 0 ? gripper_.max_width_m : 0.08;
    const auto grasp = policies::plan_peg_grasp(*peg, sightings_.all(), max_width, policies::tool_yaw(home_.rotation));
    if (!grasp) {
      refusal_ = "'" + step.peg + "' does not fit between the fingers";
      return false;
    }
    grasp_ = *grasp;
    const double above_m = peg->size_m[2] / 2 - kBelowTop_m;
    grasp_.position_m.z() += above_m;
    hang_m_ = peg->size_m[2] / 2 + above_m;
    socket_m_ = {hole->position_m[0], hole->position_m[1]};
    depth_m_ = hole->size_m[2];
    mouth_z_m_ = hole->position_m[2] + hang_m_;
    insert_yaw_rad_ = policies::insertion_yaw(*peg, *hole, grasp_.yaw_rad);
    offset_at_grasp_ = offset_.estimate();
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
    const bool arrived = phase_ != Phase::feel && there(now, measured);
    if (phase_ != Phase::look && phase_ != Phase::finished && waited(now, kStuck_ns)) return again(now, measured);
    switch (phase_) {
      case Phase::look:
        look(now, measured);
        break;
      case Phase::rise:
        if (arrived) enter(Phase::over, now, measured);
        break;
      case Phase::over:
        if (arrived && plan()) enter(Phase::descend, now, measured);
        break;
      case Phase::descend:
        if (arrived) enter(Phase::grip, now, measured);
        break;
      case Phase::grip:
        if (waited(now, kGrip_ns)) holding ? enter(Phase::lift, now, measured) : again(now, measured);
        break;
      case Phase::lift:
      case Phase::carry:
      case Phase::approach:
        if (!holding)
          again(now, measured);
        else if (arrived)
          enter(static_cast<Phase>(static_cast<int>(phase_) + 1), now, measured);
        break;
      case Phase::feel:
        felt(now, measured, holding);
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
    if (steps_.empty()) steps_ = policies::read_peg_steps(instruction_, sightings_.all());
    const bool clear = !steps_.empty() && sightings_.reports(steps_[step_].peg) >= kLooks &&
                       sightings_.reports(steps_[step_].hole) >= kLooks;
    if (clear) {
      if (plan()) enter(Phase::rise, now, measured);
    } else if (waited(now, kUnseen_ns)) {
      refusal_ = "what the instruction names is not to be seen";
    }
  }

  void felt(SimTime now, const PoseTarget& measured, bool holding) {
    if (feel_.state() == PegFeel::State::in) {
      offset_.learn(seen_hole_m_, measured.position_m.head<2>(), grasp_.yaw_rad, insert_yaw_rad_, offset_at_grasp_);
      enter(Phase::release, now, measured);
    } else if (feel_.state() == PegFeel::State::lost) {
      track_.reset(measured);
      goal_ = measured;
      enter(Phase::lift, now, measured);  // once more over the socket, from a better look
      if (plan_again()) return;
      again(now, measured);
    } else if (!holding) {
      again(now, measured);
    }
  }

  /// The peg is in the hand: only the socket is looked at anew. A search that failed twice gives the peg back.
  bool plan_again() {
    const auto hole = sightings_.find(*hole_);
    if (!hole || ++searches_ > 2) return false;
    const Detection at = corrected(*hole);
    seen_hole_m_ = {hole->position_m[0], hole->position_m[1]};
    socket_m_ = {at.position_m[0], at.position_m[1]};
    return true;
  }

  /// Is it in the socket? Next step, or once more.
  void judge(SimTime now, const PoseTarget& measured) {
    const auto peg = sightings_.find(steps_[step_].peg), hole = sightings_.find(*hole_);
    if (!peg || !hole || sightings_.reports(steps_[step_].peg) < 4) {
      if (!waited(now, kUnseen_ns)) return;
      return again(now, measured);
    }
    if (!policies::stands_in(*peg, *hole)) return again(now, measured);
    hole_.reset();
    searches_ = 0;
    if (step_ + 1 == steps_.size()) return enter(Phase::finished, now, measured);
    ++step_;
    enter(Phase::look, now, measured);
  }

  void again(SimTime now, const PoseTarget& measured) {
    sightings_.forget(steps_[step_].peg);
    searches_ = 0;
    track_.reset(measured);
    enter(Phase::look, now, measured);
  }

  policies::Skill skill_;
  Group arm_, gripper_;
  Instruction instruction_;
  std::vector<policies::PegStep> steps_;
  std::size_t step_ = 0;
  int searches_ = 0;
  double period_s_ = 0.02;
  Rng rng_{StreamKey{}};
  policies::DelayLine delay_;
  policies::Sightings sightings_;
  policies::PoseTrack track_;
  policies::HiddenOffset offset_;
  PegFeel feel_;
  Phase phase_ = Phase::look;
  SimTime since_;
  std::optional<SimTime> arrived_at_;
  PoseTarget home_, goal_;
  MotionLimits limits_ = kFree;
  bool open_ = true, started_ = false;
  std::optional<std::string> hole_;  ///< the one that this step means, a mistake included; drawn once per step
  std::string refusal_;
  policies::ToolPlace grasp_;
  Eigen::Vector2d socket_m_ = Eigen::Vector2d::Zero(), seen_hole_m_ = Eigen::Vector2d::Zero(),
                  offset_at_grasp_ = Eigen::Vector2d::Zero();
  double insert_yaw_rad_ = 0, mouth_z_m_ = 0, depth_m_ = 0, hang_m_ = 0;
};

}  // namespace

Result<std::unique_ptr<Policy>> make_peg_inserter(const PolicyParams& params) {
  ASSAY_TRY(const auto skill, policies::read_skill("peg_inserter", params, kWorst));
  return std::unique_ptr<Policy>(std::make_unique<PegInserter>(skill));
}

}  // namespace assay
