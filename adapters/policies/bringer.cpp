// Takes a thing in its hand, drives with it to the station before the named bin, and puts it down there: the arm
// moves while the base stands, and the base while the arm is folded. Sees by detections, feels by the gripper's width,
// tries a grasp again that failed, and looks for the bin anew where it has arrived.
#include <algorithm>
#include <cmath>
#include <optional>

#include "adapters/policies/base_driver.h"
#include "adapters/policies/grasp_plan.h"
#include "adapters/policies/hand_body.h"
#include "adapters/policies/params.h"
#include "adapters/policies/policies.h"
#include "adapters/policies/sightings.h"

namespace assay {
namespace {

using policies::FloorPoint;
using policies::MotionLimits;
using policies::PoseTarget;

constexpr policies::Skill kWorst{0.05, 0.3, 0.5};
constexpr MotionLimits kFree{0.40, 1.2, 1.4, 5}, kGentle{0.15, 0.8, 1.0, 4};
constexpr int kLooks = 4;
constexpr double kOverFloor_m = 0.022, kAbove_m = 0.14, kNear_m = 0.006;
constexpr double kBack_m = 0.45, kBack_m_s = 0.15;  // off the bench, before it turns
constexpr double kDock_m = 0.06, kFacing_rad = 0.05, kTurn_rad_s = 0.5, kMistake_m = 0.25;
constexpr std::int64_t kGrip_ns = 560'000'000, kOpen_ns = 400'000'000, kSettle_ns = 1'200'000'000,
                       kStuck_ns = 15'000'000'000;

enum class Phase { look, over, down, grip, lift, fold, back, drive, face, find, above, lower, release, rise, finished };

class Bringer final : public Policy {
 public:
  explicit Bringer(const policies::Skill& skill) : skill_(skill) {}

  [[nodiscard]] PolicyDescription describe() const override { return {"bringer", "1.0", true, false, 0}; }

  Result<void> begin(const Instruction& instruction, const RobotDescription& robot, StreamKey key) override {
    *this = Bringer(skill_);
    ASSAY_RETURN_IF_ERROR(body_.bind("bringer", robot));
    ASSAY_RETURN_IF_ERROR(driver_.begin("bringer", robot, true));
    for (const auto& [slot, into] : {std::pair{"object", &object_}, {"target", &bin_}}) {
      const auto label = instruction.labels.find(slot);
      if (label == instruction.labels.end())
        return policies::cannot_take_part("bringer", std::string("an instruction without ") + slot,
                                          {"labels for the slots object and target", "指令中 object 与 target 的标签"});
      *into = label->second;
    }
    rng_ = Rng(key);
    delay_.reset(skill_.delay_s);
    mistaken_ = rng_.uniform() < skill_.miss_rate;
    error_ = {skill_.noise_m * rng_.normal(), 0};
    error_[1] = skill_.noise_m * rng_.normal();
    return {};
  }

  Result<Action> act(const Observation& now) override {
    Action action;
    const Observation& seen = delay_.pass(now);
    const bool sensed = driver_.sense(seen);
    if (!body_.feel(seen)) return action;
    sightings_.add(seen.detections, seen.time);
    if (!started_) {
      started_ = true;
      home_ = goal_ = body_.tool;
      track_.reset(body_.tool);
      enter(Phase::look, now.time);
    }
    const policies::Twist wanted = sensed ? advance(now.time) : policies::Twist{};
    body_.command(action, track_.step(body_.tool, goal_, limits_, body_.period_s), open_);
    driver_.act(wanted, action);
    action.done = phase_ == Phase::finished;
    return action;
  }

 private:
  void enter(Phase phase, SimTime now) {
    phase_ = phase;
    since_ = now;
    arrived_at_.reset();
    limits_ = phase == Phase::down || phase == Phase::lower ? kGentle : kFree;
    const auto aim = [&](const policies::ToolPlace& at, double above_m) {
      goal_ = {at.position_m, policies::tool_down(at.yaw_rad)};
      goal_.position_m.z() += above_m;
    };
    switch (phase) {
      case Phase::look:
        open_ = true;
        sightings_.forget(object_);
        goal_ = home_;
        break;
      case Phase::over:
        aim(grasp_, kAbove_m);
        break;
      case Phase::down:
        aim(grasp_, 0);
        break;
      case Phase::grip:
        open_ = false;
        break;
      case Phase::lift:
        aim(grasp_, kAbove_m);
        break;
      case Phase::fold:
        goal_ = home_;
        goal_.position_m.z() = std::max(home_.position_m.z(), grasp_.position_m.z() + kAbove_m);
        break;
      case Phase::find:
        sightings_.forget(bin_);
        break;
      case Phase::above:
      case Phase::rise:
        aim(place_, kAbove_m);
        break;
      case Phase::lower:
        aim(place_, 0);
        break;
      case Phase::release:
        open_ = true;
        break;
      default:
        break;
    }
  }

  [[nodiscard]] bool waited(SimTime now, std::int64_t ns) const { return now.ns - since_.ns >= ns; }

  [[nodiscard]] bool there(SimTime now) {
    if (!track_.arrived(goal_)) return false;
    if (!arrived_at_) arrived_at_ = now;
    return (body_.tool.position_m - goal_.position_m).norm() < kNear_m || now.ns - arrived_at_->ns > kSettle_ns;
  }

  [[nodiscard]] bool holding() const {
    return body_.width_m > 0.6 * grasp_.width_m && body_.width_m < grasp_.width_m + 0.015;
  }

  bool plan_take() {
    auto object = sightings_.find(object_);
    if (!object || sightings_.reports(object_) < kLooks) return false;
    object->position_m[0] += error_[0];
    object->position_m[1] += error_[1];
    const auto grasp =
        policies::plan_grasp(*object, sightings_.all(), body_.opening_m(), policies::tool_yaw(home_.rotation));
    if (!grasp) return false;
    thing_ = *object;
    grasp_ = *grasp;
    over_centre_m_ = std::max(0.0, kOverFloor_m - object->size_m[2] / 2);
    grasp_.position_m.z() += over_centre_m_;
    return true;
  }

  bool plan_put() {
    auto bin = sightings_.find(bin_);
    if (!bin || sightings_.reports(bin_) < kLooks) return false;
    auto about = sightings_.all();
    std::erase_if(about, [&](const Detection& d) { return d.label == object_; });
    place_ = policies::plan_place(*bin, thing_, about, over_centre_m_, policies::tool_yaw(home_.rotation));
    place_.position_m.x() += error_[0] - (mistaken_ ? kMistake_m : 0);
    place_.position_m.y() += error_[1];
    return true;
  }

  policies::Twist advance(SimTime now) {
    const bool arm_moves = phase_ < Phase::back || phase_ > Phase::face;
    if (arm_moves && phase_ != Phase::finished && phase_ != Phase::find && waited(now, kStuck_ns) && open_)
      enter(Phase::look, now);
    switch (phase_) {
      case Phase::look:
        if (plan_take()) enter(Phase::over, now);
        break;
      case Phase::grip:
        if (waited(now, kGrip_ns)) enter(holding() ? Phase::lift : Phase::look, now);
        break;
      case Phase::lift:
        if (there(now)) enter(holding() ? Phase::fold : Phase::look, now);
        break;
      case Phase::fold:
        if (there(now)) {
          left_from_ = driver_.pose();
          enter(Phase::back, now);
        }
        break;
      case Phase::over:
      case Phase::down:
      case Phase::above:
      case Phase::lower:
        if (there(now)) enter(static_cast<Phase>(static_cast<int>(phase_) + 1), now);
        break;
      case Phase::release:
        if (waited(now, kOpen_ns)) enter(Phase::rise, now);
        break;
      case Phase::rise:
        if (there(now)) enter(Phase::finished, now);
        break;
      case Phase::find:
        if (plan_put()) enter(Phase::above, now);
        break;
      case Phase::back:
      case Phase::drive:
      case Phase::face:
        return ride(now);
      case Phase::finished:
        break;
    }
    return {};
  }

  /// Where one stands to reach the bin: the station that is nearest to it.
  [[nodiscard]] std::optional<policies::Landmark> station_before(const std::optional<policies::Landmark>& bin) const {
    std::optional<policies::Landmark> best;
    double least_m = 0;
    for (const auto& mark : driver_.landmarks().all()) {
      if (!bin || mark.kind != "station") continue;
      const double away_m = std::hypot(mark.at_m[0] - bin->at_m[0], mark.at_m[1] - bin->at_m[1]);
      if (best && away_m >= least_m) continue;
      best = mark;
      least_m = away_m;
    }
    return best;
  }

  policies::Twist ride(SimTime now) {
    const auto bin = driver_.landmarks().find(bin_);
    const auto mark = station_before(bin);
    if (phase_ == Phase::back) {
      if (driver_.distance_to({left_from_[0], left_from_[1]}) < kBack_m) return {-kBack_m_s, 0};
      driver_.new_aim();
      enter(Phase::drive, now);
    }
    if (phase_ == Phase::drive) {
      const auto aim = mark ? std::optional<FloorPoint>{{mark->at_m[0], mark->at_m[1]}} : std::nullopt;
      if (!aim || driver_.distance_to(*aim) > kDock_m) return driver_.drive_to(aim);
      enter(Phase::face, now);
    }
    if (!bin) return {0, kTurn_rad_s};
    const auto& pose = driver_.pose();
    const double off = std::remainder(std::atan2(bin->at_m[1] - pose[1], bin->at_m[0] - pose[0]) - pose[2], 2 * M_PI);
    if (std::abs(off) > kFacing_rad) return {0, std::clamp(1.5 * off, -kTurn_rad_s, kTurn_rad_s)};
    if (driver_.at_rest()) enter(Phase::find, now);
    return {};
  }

  policies::Skill skill_;
  policies::HandBody body_;
  policies::BaseDriver driver_;
  policies::Sightings sightings_;
  policies::PoseTrack track_;
  policies::DelayLine delay_;
  Rng rng_{StreamKey{}};
  std::string object_, bin_;
  Phase phase_ = Phase::look;
  SimTime since_;
  std::optional<SimTime> arrived_at_;
  PoseTarget home_, goal_;
  MotionLimits limits_ = kFree;
  Detection thing_;
  policies::ToolPlace grasp_, place_;
  std::array<double, 3> left_from_{};
  FloorPoint error_{};
  double over_centre_m_ = 0;
  bool open_ = true, started_ = false, mistaken_ = false;
};

}  // namespace

Result<std::unique_ptr<Policy>> make_bringer(const PolicyParams& params) {
  ASSAY_TRY(const auto skill, policies::read_skill("bringer", params, kWorst));
  return std::unique_ptr<Policy>(std::make_unique<Bringer>(skill));
}

}  // namespace assay
