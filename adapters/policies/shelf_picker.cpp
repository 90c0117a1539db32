// Takes goods from a shelf by their sides, tool forward, and stands them upright on a tray. Sees by detections, feels
// by the gripper's width and by what stops the hand, looks whether it worked, and learns what its detector is off by.
#include <algorithm>
#include <cmath>
#include <optional>

#include "adapters/policies/grasp_plan.h"
#include "adapters/policies/hand_body.h"
#include "adapters/policies/params.h"
#include "adapters/policies/policies.h"
#include "adapters/policies/shelf_plan.h"
#include "adapters/policies/sightings.h"
#include "adapters/policies/told_steps.h"
#include "adapters/policies/touch_belief.h"

namespace assay {
namespace {

using policies::MotionLimits;
using policies::PoseTarget;

constexpr policies::Skill kWorst{0.03, 0.2, 0.6};
constexpr MotionLimits kFree{0.50, 1.6, 1.6, 6};
constexpr MotionLimits kHolding{0.35, 1.0, 1.2, 4};
constexpr MotionLimits kWeakHold{0.25, 0.6, 0.8, 3};
constexpr MotionLimits kTouching{0.12, 0.8, 1.0, 4};
constexpr double kFront_m = 0.20;     // before the thing, where reaching begins
constexpr double kSlowFrom_m = 0.07;  // before the thing, from where on the hand may meet it
constexpr double kRaise_m = 0.03;     // over the board when pulling out
constexpr double kClear_m = 0.05;     // under what is carried
constexpr double kLeastHeight_m = 0.30, kSwingRadius_m = 0.47;
constexpr double kPress_m = 0.008, kSeat_m_s = 0.05, kSeated_n = 1.0;  // until the tray carries what is set down
constexpr double kBackOff_m = 0.07;                                    // along the tool, after letting go
constexpr double kFingertip_m = 0.014;                                 // from the tool's centre on
constexpr double kNear_m = 0.005, kLag_m = 0.020, kPushed_m = 0.016, kBlocked_n = 8;
constexpr double kStill_m = 0.002;     // a hand that gets no farther for kStill_ns stands: old observations lag, too
constexpr double kFallen_m = 0.3;      // under the tray
constexpr double kYield_m_n = 0.0008;  // per control period
constexpr double kTrusted_m = 0.0075;  // an error of the detector smaller than that is not corrected
constexpr double kPersonGap_m = 0.30, kPersonTooNear_m = 0.22;
constexpr int kLooks = 4;
constexpr std::int64_t kClosed_ns = 260'000'000, kGrip_ns = 560'000'000, kOpen_ns = 500'000'000;
constexpr std::int64_t kWatch_ns = 700'000'000, kSettle_ns = 700'000'000, kStuck_ns = 12'000'000'000;
constexpr std::int64_t kUnseen_ns = 20'000'000'000, kStill_ns = 300'000'000, kFollow_ns = 200'000'000;

enum class Phase {
  look,
  approach,
  front,
  reach,
  grip,
  raise,
  withdraw,
  swing,
  lower,
  release,
  back,
  verify,
  escape,
  finished
};

class ShelfPicker final : public Policy {
 public:
  explicit ShelfPicker(const policies::Skill& skill) : skill_(skill) {}

  [[nodiscard]] PolicyDescription describe() const override { return {"shelf_picker", "1.0", true, false, 0}; }

  Result<void> begin(const Instruction& instruction, const RobotDescription& robot, StreamKey key) override {
    *this = ShelfPicker(skill_);
    ASSAY_RETURN_IF_ERROR(body_.bind("shelf_picker", robot));
    ASSAY_RETURN_IF_ERROR(told_.begin("shelf_picker", instruction));
    rng_ = Rng(key);
    delay_.reset(skill_.delay_s);
    return {};
  }

  Result<Action> act(const Observation& now) override {
    const Observation& seen = delay_.pass(now);
    if (!body_.feel(seen)) return Action{};  // hold until the senses are back
    sightings_.add(seen.detections, seen.time);
    if (!started_) {
      started_ = true;
      track_.reset(body_.tool);
      enter(Phase::look, now.time);
      goal_ = policies::raise_tool(body_.tool, kSwingRadius_m);
      rolled_ = (goal_.rotation * Eigen::Vector3d::UnitX()).z() < 0;
    }
    Action action;
    const auto& at = body_.tool.position_m;
    const double gap = policies::person_gap_m(sightings_.all(), at.x(), at.y());
    std::vector<double> delta;
    if (gap < kPersonTooNear_m) {
      const double angle = std::atan2(at.y(), at.x());
      const PoseTarget away{{0.38 * std::cos(angle), 0.38 * std::sin(angle), at.z()}, goal_.rotation};
      delta = track_.step(body_.tool, away, kWeakHold, body_.period_s);
    } else if (gap < kPersonGap_m) {
      delta = track_.halt(limits_, body_.period_s);
    } else {
      advance(now.time);
      delta = track_.step(body_.tool, goal_, limits_, body_.period_s);
    }
    body_.command(action, std::move(delta), open_);
    action.done = phase_ == Phase::finished;
    action.refuse = !refusal_.empty();
    action.reason = refusal_;
    return action;
  }

 private:
  [[nodiscard]] const policies::Step& step() const { return told_.steps()[step_]; }
  [[nodiscard]] bool waited(SimTime now, std::int64_t ns) const { return now.ns - since_.ns >= ns; }
  [[nodiscard]] PoseTarget forward(const Eigen::Vector3d& position_m, double yaw_rad) const {
    const auto upright = policies::tool_forward(yaw_rad, policies::shelf_tilt_rad(position_m.z()));
    return {position_m, rolled_ ? upright * Eigen::Quaterniond(0, 0, 0, 1) : upright};
  }

  [[nodiscard]] bool there(SimTime now) {
    if (!track_.arrived(goal_)) return false;
    if (!arrived_at_) arrived_at_ = now;
    // Nothing is in the way of a hand in the open: whatever is left is what the arm could not follow on its way.
    const bool open = phase_ == Phase::approach || phase_ == Phase::front || phase_ == Phase::swing;
    if (open && now.ns - arrived_at_->ns > kFollow_ns && track_.lag_m(body_.tool).norm() > kNear_m) {
      track_.reset(body_.tool);
      arrived_at_.reset();
      return false;
    }
    return (body_.tool.position_m - goal_.position_m).norm() < kNear_m || now.ns - arrived_at_->ns > kSettle_ns;
  }

  void enter(Phase phase, SimTime now) {
    phase_ = phase;
    since_ = now;
    arrived_at_.reset();
    const bool weak = body_.weak();
    const Eigen::Vector3d approach = grasp_.approach();
    limits_ = kFree;
    switch (phase) {
      case Phase::look:
        open_ = true;
        if (!track_.arrived(goal_)) goal_ = body_.tool;
        break;
      case Phase::approach:
      case Phase::finished:
        break;
      case Phase::front:
        goal_ = forward(grasp_.position_m - kFront_m * approach, grasp_.yaw_rad);
        break;
      case Phase::reach:
        goal_ = forward(grasp_.position_m, grasp_.yaw_rad);
        limits_.speed_m_s = 0.3;
        sightings_.forget(object_.label);  // what is reported from now on tells whether it is pushed
        furthest_m_ = -1e9;
        break;
      case Phase::grip:
        open_ = false;
        looked_again_ = false;
        break;
      case Phase::raise:
        goal_.position_m.z() += kRaise_m;
        limits_ = kTouching;
        break;
      case Phase::withdraw:
        goal_.position_m -= kFront_m * approach;
        limits_ = weak ? kWeakHold : kHolding;
        break;
      case Phase::swing:
        limits_ = weak ? kWeakHold : kHolding;
        break;
      case Phase::lower:
        goal_.position_m.z() = place_.z() - kPress_m;
        limits_ = kTouching;
        limits_.speed_m_s = 0.2;
        break;
      case Phase::release:
        open_ = true;
        break;
      case Phase::back:
        goal_.position_m = body_.tool.position_m - kBackOff_m * (goal_.rotation * Eigen::Vector3d::UnitZ());
        limits_ = kTouching;
        limits_.speed_m_s = 0.25;
        break;
      case Phase::verify:
        sightings_.forget(object_.label);
        break;
      case Phase::escape:
        open_ = true;
        goal_ = forward(grasp_.position_m - kFront_m * approach, grasp_.yaw_rad);
        limits_.speed_m_s = 0.25;
        break;
    }
  }

  /// Errors of a less skilled policy enter here: once per attempt in what it believes, once per step in a mistake.
  bool plan() {
    auto object = sightings_.find(step().object), tray = sightings_.find(step().target);
    if (!object || !tray) return false;
    seen_before_m_ = {object->position_m[0], object->position_m[1]};
    if (!erred_) erred_ = rng_.uniform() < skill_.miss_rate;
    for (const auto& wrong : {&*object, &*tray})
      for (std::size_t i = 0; i < 2; ++i) wrong->position_m[i] += skill_.noise_m * rng_.normal();
    const auto grasp = policies::plan_shelf_grasp(*object, body_.opening_m());
    if (!grasp) {
      refusal_ = "'" + step().object + "' does not fit between the fingers";
      return false;
    }
    if (object->position_m[2] < tray->position_m[2] - kFallen_m)
      refusal_ = "'" + step().object + "' fell to where the arm does not reach";
    object_ = *object;
    grasp_ = *grasp;
    const auto about = sightings_.all();
    place_ = policies::plan_standing_place(*tray, *object, about);
    height_m_ = std::max(kLeastHeight_m, policies::top_on_tray_m(*tray, about) + object->size_m[2] / 2 + kClear_m);
    place_.z() += object->size_m[2] / 2;
    if (*erred_) place_.head<2>() *= 1 - (tray->size_m[1] + 0.03) / place_.head<2>().norm();  // short of the tray
    return true;
  }

  /// Around the arm's own axis at travelling height, never across the middle.
  bool swung_to(const Eigen::Vector3d& to, double yaw_rad, SimTime now) {
    const auto stop = policies::next_stop(body_.tool.position_m, {to.x(), to.y(), height_m_}, yaw_rad, kSwingRadius_m);
    goal_ = forward(stop.position_m, stop.yaw_rad);
    if (stop.last) return there(now);
    arrived_at_.reset();
    return false;
  }

  void advance(SimTime now) {
    const bool holding = body_.width_m > 0.6 * grasp_.width_m && body_.width_m < grasp_.width_m + 0.015;
    const bool carries = phase_ >= Phase::raise && phase_ <= Phase::lower;
    if (carries && !holding) return again(now);
    if (phase_ != Phase::look && phase_ != Phase::finished && waited(now, kStuck_ns)) return again(now);
    const Eigen::Vector3d front = grasp_.position_m - kFront_m * grasp_.approach();
    switch (phase_) {
      case Phase::look:
        look(now);
        break;
      case Phase::approach:
        if (swung_to(front, grasp_.yaw_rad, now)) enter(Phase::front, now);
        break;
      case Phase::front:
        if (there(now) && plan()) enter(Phase::reach, now);
        break;
      case Phase::reach:
        reach(now);
        break;
      case Phase::grip:
        grip(now, holding);
        break;
      case Phase::raise:
      case Phase::withdraw:
        if (there(now)) enter(static_cast<Phase>(static_cast<int>(phase_) + 1), now);
        break;
      case Phase::swing:
        if (swung_to(place_, std::atan2(place_.y(), place_.x()), now)) enter(Phase::lower, now);
        break;
      case Phase::lower:
        if (there(now) || stands_already()) enter(Phase::release, now);
        break;
      case Phase::release:
        give_way();
        if (waited(now, kOpen_ns)) enter(Phase::back, now);
        break;
      case Phase::back:
        if (there(now)) enter(Phase::verify, now);
        break;
      case Phase::verify:
        if (waited(now, kWatch_ns)) judge(now);
        break;
      case Phase::escape:
        if (there(now)) enter(Phase::look, now);
        break;
      case Phase::finished:
        break;
    }
  }

  /// A finger that still leans on what was set down would drag it along: move as it is pushed.
  void give_way() {
    const Eigen::Vector3d closing = goal_.rotation * Eigen::Vector3d::UnitY();
    goal_.position_m += kYield_m_n * std::clamp(body_.push_n.dot(closing), -2.0, 2.0) * closing;
  }

  /// The tray carries it: what is let go then neither falls nor tips.
  [[nodiscard]] bool stands_already() {
    if (body_.tool.position_m.z() > place_.z() + 0.02) return false;
    limits_.speed_m_s = kSeat_m_s;
    return body_.push_n.z() > kSeated_n;
  }

  void look(SimTime now) {
    told_.look(sightings_, now);
    refusal_ = told_.doubt();
    if (!told_.known() || !track_.arrived(goal_)) return;
    if (sightings_.reports(step().object) >= kLooks && sightings_.reports(step().target) >= kLooks) {
      if (plan()) enter(Phase::approach, now);
    } else if (waited(now, kUnseen_ns)) {
      refusal_ = "'" + step().object + "' or '" + step().target + "' is not to be seen";
    }
  }

  void reach(SimTime now) {
    const Eigen::Vector3d left = grasp_.position_m - body_.tool.position_m;
    if (left.dot(grasp_.approach()) < kSlowFrom_m) limits_.speed_m_s = kTouching.speed_m_s;
    const auto seen = sightings_.find(object_.label);
    const bool pushed =
        seen && sightings_.reports(object_.label) > 1 &&
        std::hypot(seen->position_m[0] - seen_before_m_.x(), seen->position_m[1] - seen_before_m_.y()) > kPushed_m;
    const double gone_m = -left.dot(grasp_.approach());
    if (gone_m > furthest_m_ + kStill_m) furthest_m_ = gone_m, moved_at_ = now;
    const bool stands = now.ns - moved_at_.ns > kStill_ns;
    const bool stopped = stands && -track_.lag_m(body_.tool).dot(grasp_.approach()) > kLag_m;
    if (pushed || stopped || body_.wrist_n > kBlocked_n) {
      touch_.blocked(attempt(object_, kFingertip_m));
      return again(now);
    }
    if (there(now)) enter(Phase::grip, now);
  }

  void grip(SimTime now, bool holding) {
    if (waited(now, kClosed_ns) && !looked_again_) {
      sightings_.forget(object_.label);
      looked_again_ = true;
    }
    if (!waited(now, kGrip_ns)) return;
    if (!holding) {
      touch_.missed(attempt(object_, 0));
      return again(now);
    }
    if (const auto seen = sightings_.find(object_.label); seen && sightings_.reports(object_.label) > 1)
      touch_.held(attempt(*seen, 0));
    believe();
    enter(Phase::raise, now);
  }

  [[nodiscard]] policies::TouchAttempt attempt(const Detection& seen, double ahead_m) const {
    return policies::shelf_attempt(grasp_, body_.tool.position_m, ahead_m, seen, sightings_.error_m(),
                                   body_.opening_m());
  }

  void believe() {
    const auto error = touch_.best_m();
    const bool sure = error.norm() >= kTrusted_m;
    sightings_.correct_by(sure ? error.x() : 0, sure ? error.y() : 0);
  }

  /// Does it stand on the tray? Next step, or once more.
  void judge(SimTime now) {
    const auto object = sightings_.find(step().object), tray = sightings_.find(step().target);
    if (!erred_.value_or(false) && !(object && tray && policies::stands_on(*object, *tray))) return again(now);
    erred_.reset();
    if (step_ + 1 == told_.steps().size()) return enter(Phase::finished, now);
    ++step_;
    enter(Phase::look, now);
  }

  /// Back out of the shelf if the hand is in it, then look anew.
  void again(SimTime now) {
    believe();
    sightings_.forget(object_.label);
    const bool inside =
        phase_ == Phase::reach || phase_ == Phase::grip || phase_ == Phase::raise || phase_ == Phase::withdraw;
    enter(inside ? Phase::escape : Phase::look, now);
  }

  policies::Skill skill_;
  policies::HandBody body_;
  policies::ToldSteps told_;
  std::size_t step_ = 0;
  Rng rng_{StreamKey{}};
  policies::DelayLine delay_;
  policies::Sightings sightings_;
  policies::TouchBelief touch_;
  policies::PoseTrack track_;
  Phase phase_ = Phase::look;
  SimTime since_;
  std::optional<SimTime> arrived_at_;
  double furthest_m_ = 0;  ///< that the hand came along its way into the shelf
  SimTime moved_at_;       ///< when it last got farther
  PoseTarget goal_;
  MotionLimits limits_ = kFree;
  bool rolled_ = false;  ///< the hand works with its other side up: half a turn of the wrist less
  bool open_ = true, started_ = false, looked_again_ = false;
  std::optional<bool> erred_;  ///< this step's mistake, drawn once
  std::string refusal_;
  Detection object_;  ///< of this attempt, as believed
  policies::ShelfGrasp grasp_;
  Eigen::Vector3d place_ = Eigen::Vector3d::Zero();
  Eigen::Vector2d seen_before_m_ = Eigen::Vector2d::Zero();
  double height_m_ = kLeastHeight_m;  ///< at which things are carried
};

}  // namespace

Result<std::unique_ptr<Policy>> make_shelf_picker(const PolicyParams& params) {
  ASSAY_TRY(const auto skill, policies::read_skill("shelf_picker", params, kWorst));
  return std::unique_ptr<Policy>(std::make_unique<ShelfPicker>(skill));
}

}  // namespace assay
