// Picks the named thing and places it in the named bin, step after step, with any bound arm and gripper: sees by
// detections, grasps from above, feels by the gripper's width and by what stops the hand, looks whether it worked,
// tries again if not, and learns from its touch what the detector is off by. One that converses listens and speaks,
// too.
#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "adapters/listener.h"
#include "adapters/policies/conversation.h"
#include "adapters/policies/grasp_plan.h"
#include "adapters/policies/hand_body.h"
#include "adapters/policies/params.h"
#include "adapters/policies/policies.h"
#include "adapters/policies/pose_track.h"
#include "adapters/policies/sightings.h"
#include "adapters/policies/told_steps.h"
#include "adapters/policies/touch_belief.h"

namespace assay {
namespace {

using policies::MotionLimits;
using policies::PoseTarget;

constexpr policies::Skill kWorst{0.04, 0.2, 0.6};
constexpr MotionLimits kFree{0.50, 1.6, 1.6, 6};      // nothing in the hand
constexpr MotionLimits kHolding{0.40, 1.2, 1.4, 5};   // something in it
constexpr MotionLimits kWeakHold{0.28, 0.6, 0.9, 3};  // in a hand of little force
constexpr MotionLimits kTouching{0.16, 0.8, 1.0, 4};  // the last way down to a thing or a bin
constexpr double kNear_m = 0.004;                     // measured pose is there
constexpr double kOverFloor_m = 0.022;                // tool above what the object stands on, at least
constexpr double kBlocked_m = 0.010;                  // the tool lags that much: a finger stands on something
constexpr double kBlocked_n = 8;                      // or the wrist feels that much
constexpr double kStill_m = 0.0003;                   // a tool that sinks less in a tick stands
constexpr int kStillTicks = 15;  // for so long: whoever acts on old observations sees a lag that is none
constexpr double kSlowFrom_m = 0.03, kSlow_m_s = 0.12;  // above the object's top, go down gently
constexpr double kAboveWalls_m = 0.045;  // more than it takes to lower something between the walls of a bin
constexpr double kTrusted_m = 0.0075;    // an error of the detector smaller than that is not corrected
constexpr double kClearance_m = 0.035;   // of what is carried above what stands about
constexpr double kHandReserve_m = 0.05;  // from an object's top to the tool when hovering
constexpr double kPersonGap_m = 0.30, kPersonTooNear_m = 0.22;
constexpr int kLooks = 4;                         // reports to average over
constexpr std::int64_t kClosed_ns = 260'000'000;  // by then what is held has come to the middle: look at it again
constexpr std::int64_t kGrip_ns = 560'000'000, kOpen_ns = 240'000'000, kWatch_ns = 350'000'000;
constexpr std::int64_t kSettle_ns = 700'000'000;     // longest wait for the measured pose
constexpr std::int64_t kStuck_ns = 12'000'000'000;   // a phase that lasts longer has failed
constexpr std::int64_t kUnseen_ns = 20'000'000'000;  // after which a thing that is not there is given up

enum class Phase { look, rise, over, descend, grip, lift, carry, lower, release, retreat, verify, finished };

class ScriptedManipulator final : public Policy, public Listener {
 public:
  ScriptedManipulator(const policies::Skill& skill, bool converses) : skill_(skill), converses_(converses) {}

  [[nodiscard]] PolicyDescription describe() const override {
    return {converses_ ? "attentive_manipulator" : "scripted_manipulator", "1.0", true, false, 0};
  }
  void hear(const Text& words) override { talk_.hear(words); }

  Result<void> begin(const Instruction& instruction, const RobotDescription& robot, StreamKey key) override {
    *this = ScriptedManipulator(skill_, converses_);
    rng_ = Rng(key);
    const std::string id = describe().id;
    ASSAY_RETURN_IF_ERROR(body_.bind(id, robot));
    if (!converses_) ASSAY_RETURN_IF_ERROR(told_.begin(id, instruction));
    if (converses_) ASSAY_RETURN_IF_ERROR(talk_.begin(id, instruction, rng_.uniform() < skill_.miss_rate));
    delay_.reset(skill_.delay_s);
    return {};
  }

  Result<Action> act(const Observation& now) override {
    const Observation& seen = delay_.pass(now);
    if (!body_.feel(seen)) return Action{};  // hold until the senses are back
    sightings_.add(seen.detections, seen.time);
    const PoseTarget& measured = body_.tool;
    if (!started_) {
      started_ = true;
      home_ = measured;
      track_.reset(measured);
      enter(Phase::look, now.time, measured);
    }
    Action action;
    if (converses_) converse(now.time, measured, action);
    const double gap = policies::person_gap_m(sightings_.all(), measured.position_m.x(), measured.position_m.y());
    std::vector<double> delta;
    if (gap < kPersonTooNear_m) {
      PoseTarget away{{home_.position_m.x(), home_.position_m.y(), measured.position_m.z()}, goal_.rotation};
      delta = track_.step(measured, away, kWeakHold, body_.period_s);
    } else if (gap < kPersonGap_m) {
      delta = track_.halt(limits_, body_.period_s);
    } else {
      advance(now.time, measured, body_.width_m);
      delta = track_.step(measured, goal_, limits_, body_.period_s);
    }
    body_.command(action, std::move(delta), open_);
    action.done = phase_ == Phase::finished;
    action.refuse = !refusal_.empty();
    action.reason = refusal_;
    return action;
  }

 private:
  [[nodiscard]] const std::vector<policies::Step>& steps() const { return converses_ ? talk_.steps() : told_.steps(); }

  /// What it is told changes what it is at: on with what it holds to the new place, or back with it.
  void converse(SimTime now, const PoseTarget& measured, Action& action) {
    talk_.look(sightings_, now);
    refusal_ = talk_.refusal();
    action.utterance = talk_.take_question();
    if (!doing_ || returning_ || steps().empty() || steps()[step_] == *doing_) return;
    const bool same = steps()[step_].object == doing_->object, holds = phase_ >= Phase::lift && phase_ <= Phase::lower;
    if (phase_ == Phase::finished || (phase_ == Phase::grip && !same) || (same && phase_ >= Phase::grip && !holds))
      return;
    doing_ = steps()[step_];
    if (!holds) return enter(Phase::look, now, measured);
    const auto bin = sightings_.find(doing_->target);
    returning_ = !same || !bin;
    if (returning_)
      place_ = grasp_;
    else
      place_ = policies::plan_place(*bin, object_, sightings_.all(), grasp_.position_m.z() - object_.position_m[2],
                                    policies::tool_yaw(home_.rotation));
    enter(Phase::lift, now, measured);
  }

  /// Tool height at which what hangs from the tool passes over everything that stands about.
  [[nodiscard]] double travel_height_m() const {
    double top = 0;
    for (const auto& d : sightings_.all()) {
      if (d.kind == "person") continue;
      // A bin's origin is the floor of it, other things' their centre: so this is the top, or a little more.
      if (open_ || d.label != object_.label)
        top = std::max(top, d.position_m[2] + (d.kind == "bin" ? 1.0 : 0.5) * d.size_m[2]);
    }
    const double hanging = 0.5 * object_.size_m[2];
    return top + hanging + kClearance_m + kHandReserve_m * 0.5;
  }

  void enter(Phase phase, SimTime now, const PoseTarget& measured) {
    phase_ = phase;
    since_ = now;
    arrived_at_.reset();
    const bool weak = body_.weak();
    limits_ = kFree;
    switch (phase) {
      case Phase::look:
        goal_ = measured;
        open_ = true;
        break;
      case Phase::grip:
        open_ = false;
        looked_again_ = false;
        break;
      case Phase::verify:
        sightings_.forget(object_.label);
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
        still_ = 0;
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
      case Phase::finished:
        break;
    }
  }

  /// Errors of a less skilled policy enter here: once per attempt in what it believes, once per step in a mistake.
  bool plan() {
    const policies::Step& step = steps()[step_];
    doing_ = step;
    auto object = sightings_.find(step.object), bin = sightings_.find(step.target);
    if (!object || !bin) return false;
    if (!erred_) erred_ = rng_.uniform() < skill_.miss_rate;
    for (const auto& wrong : {&*object, &*bin})
      for (std::size_t i = 0; i < 2; ++i) wrong->position_m[i] += skill_.noise_m * rng_.normal();
    const auto about = sightings_.all();
    const auto grasp = policies::plan_grasp(*object, about, body_.opening_m(), policies::tool_yaw(home_.rotation));
    if (!grasp) {
      refusal_ = "'" + step.object + "' does not fit between the fingers";
      return false;
    }
    object_ = *object;
    grasp_ = *grasp;
    const double half_m = object->size_m[2] / 2, over_centre_m = std::max(0.0, kOverFloor_m - half_m);
    grasp_.position_m.z() += over_centre_m;
    place_ = policies::plan_place(*bin, *object, about, over_centre_m, policies::tool_yaw(home_.rotation));
    // What the detector is off by is known but roughly: stay above the walls and let it fall.
    if (sightings_.error_m() != std::array<double, 2>{}) place_.position_m.z() += kAboveWalls_m;
    if (*erred_) {  // beside the bin, on the robot's side, and never looks back
      const double x = place_.position_m.x(), y = place_.position_m.y(), r = std::hypot(x, y);
      const double back = std::max(bin->size_m[0], bin->size_m[1]) + 0.05;
      if (r > back) place_.position_m.head<2>() *= (r - back) / r;
    }
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
        if (arrived && plan()) enter(Phase::descend, now, measured);
        break;
      case Phase::descend:
        descend(now, measured, arrived);
        break;
      case Phase::grip:
        grip(now, measured, holding);
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

  void descend(SimTime now, const PoseTarget& measured, bool arrived) {
    const double top_m = object_.position_m[2] + object_.size_m[2] / 2;
    if (measured.position_m.z() < top_m + kSlowFrom_m) limits_.speed_m_s = kSlow_m_s;
    still_ = sunk_to_m_ - measured.position_m.z() < kStill_m ? still_ + 1 : 0;
    sunk_to_m_ = measured.position_m.z();
    if ((still_ >= kStillTicks && track_.lag_m(measured).z() > kBlocked_m) || body_.wrist_n > kBlocked_n) {
      touch_.blocked(attempt(measured, object_));
      return again(now, measured);
    }
    if (arrived) enter(Phase::grip, now, measured);
  }

  void grip(SimTime now, const PoseTarget& measured, bool holding) {
    if (waited(now, kClosed_ns) && !looked_again_) {
      sightings_.forget(object_.label);
      looked_again_ = true;
    }
    if (!waited(now, kGrip_ns)) return;
    if (!holding) {
      touch_.missed(attempt(measured, object_));
      return again(now, measured);
    }
    if (const auto seen = sightings_.find(object_.label); seen && sightings_.reports(object_.label) > 1)
      touch_.held(attempt(measured, *seen));
    believe();
    enter(Phase::lift, now, measured);
  }

  /// What touch has to be told of this try. `seen` is as corrected as sightings are.
  [[nodiscard]] policies::TouchAttempt attempt(const PoseTarget& measured, const Detection& seen) const {
    policies::TouchAttempt a;
    a.tool_m = measured.position_m.head<2>();
    a.seen_m = {seen.position_m[0] + sightings_.error_m()[0], seen.position_m[1] + sightings_.error_m()[1]};
    a.across = {std::cos(grasp_.yaw_rad), std::sin(grasp_.yaw_rad)};
    a.closing = {a.across.y(), -a.across.x()};
    a.half_width_m = grasp_.width_m / 2;
    a.half_length_m = (object_.size_m[0] + object_.size_m[1] - grasp_.width_m) / 2;
    a.half_opening_m = body_.opening_m() / 2;
    return a;
  }

  void believe() {
    const auto error = touch_.best_m();
    if (error.norm() < kTrusted_m)
      sightings_.correct_by(0, 0);
    else
      sightings_.correct_by(error.x(), error.y());
  }

  void look(SimTime now, const PoseTarget& measured) {
    if (!converses_) {
      told_.look(sightings_, now);
      refusal_ = told_.doubt();
    }
    if (steps().empty()) return;
    const policies::Step& step = steps()[step_];
    if (converses_ && !offer_.stands(sightings_.find(step.target), now)) return;
    if (sightings_.reports(step.object) >= kLooks && sightings_.reports(step.target) >= kLooks) {
      if (plan()) enter(Phase::rise, now, measured);
    } else if (waited(now, kUnseen_ns)) {
      refusal_ = "'" + step.object + "' or '" + step.target + "' is not to be seen";
    }
  }

  /// Is it in the bin? Next step, or once more.
  void judge(SimTime now, const PoseTarget& measured) {
    if (std::exchange(returning_, false)) return again(now, measured);
    const auto object = sightings_.find(steps()[step_].object), bin = sightings_.find(steps()[step_].target);
    const bool blind = erred_.value_or(false);
    if (!blind && !(object && bin && policies::lies_in(*object, *bin))) return again(now, measured);
    erred_.reset();
    if (step_ + 1 == steps().size()) return enter(Phase::finished, now, measured);
    ++step_;
    doing_.reset();
    enter(Phase::look, now, measured);
  }

  void again(SimTime now, const PoseTarget& measured) {
    believe();
    sightings_.forget(object_.label);
    enter(Phase::look, now, measured);
  }

  policies::Skill skill_;
  bool converses_ = false, returning_ = false;  ///< back to where it was taken from
  policies::Conversation talk_;
  std::optional<policies::Step> doing_;
  policies::Offer offer_;
  policies::HandBody body_;
  policies::ToldSteps told_;
  std::size_t step_ = 0;
  Rng rng_{StreamKey{}};
  policies::DelayLine delay_;
  policies::Sightings sightings_;
  policies::PoseTrack track_;
  Phase phase_ = Phase::look;
  SimTime since_;
  std::optional<SimTime> arrived_at_;
  PoseTarget home_, goal_;
  MotionLimits limits_ = kFree;
  bool open_ = true, started_ = false, looked_again_ = false;
  std::optional<bool> erred_;  ///< this step's mistake, drawn once
  std::string refusal_;
  policies::ToolPlace grasp_, place_;
  Detection object_;  ///< of this attempt, as believed
  double sunk_to_m_ = 0;
  int still_ = 0;  ///< ticks that the tool has stood, on its way down
  policies::TouchBelief touch_;
};

}  // namespace

Result<std::unique_ptr<Policy>> make_scripted_manipulator(const PolicyParams& params) {
  ASSAY_TRY(const auto skill, policies::read_skill("scripted_manipulator", params, kWorst));
  return std::unique_ptr<Policy>(std::make_unique<ScriptedManipulator>(skill, false));
}

Result<std::unique_ptr<Policy>> make_attentive_manipulator(const PolicyParams& params) {
  ASSAY_TRY(const auto skill, policies::read_skill("attentive_manipulator", params, kWorst));
  return std::unique_ptr<Policy>(std::make_unique<ScriptedManipulator>(skill, true));
}

}  // namespace assay
