// Brings goods to the named stations, in order: drives by what it senses (base_driver.h), finds the stations by its
// detector, and reads the text where it is given no more than that.
#include <algorithm>
#include <cmath>
#include <optional>

#include "adapters/policies/base_driver.h"
#include "adapters/policies/params.h"
#include "adapters/policies/place_reader.h"
#include "adapters/policies/policies.h"

namespace assay {
namespace {

using policies::FloorPoint;
using policies::Landmark;
using policies::Twist;

constexpr policies::Skill kWorst{0.3, 0.3, 0.6};
constexpr double kDock_m = 0.07, kPassBy_m = 0.15, kMistake_m = 0.8;
constexpr double kOnStation_m = 0.5;  // nearer to a station's middle than this, a box stands on it
constexpr double kBefore_m = 1.0;     // from the middle of a station that is taken, clear of what stands there

class WaypointNavigator final : public Policy {
 public:
  explicit WaypointNavigator(const policies::Skill& skill) : skill_(skill) {}

  [[nodiscard]] PolicyDescription describe() const override { return {"waypoint_navigator", "1.2", true, false, 0}; }

  Result<void> begin(const Instruction& instruction, const RobotDescription& robot, StreamKey key) override {
    *this = WaypointNavigator(skill_);
    ASSAY_RETURN_IF_ERROR(driver_.begin("waypoint_navigator", robot, true));
    if (instruction.text_only) {
      read(instruction.text);
    } else {
      for (const auto& slot : policies::numbered_slots(instruction.labels, "target"))
        goals_.push_back(instruction.labels.at(slot));
    }
    if (goals_.empty())
      return policies::cannot_take_part("waypoint_navigator", "an instruction without target",
                                        {"a label for the slot target", "指令中 target 的标签"});
    rng_ = Rng(key);
    delay_.reset(skill_.delay_s);
    draw_errors();
    return {};
  }

  Result<Action> act(const Observation& now) override {
    Action action;
    const bool sensed = driver_.sense(delay_.pass(now));
    driver_.act(sensed ? decide(action.done) : Twist{}, action);
    return action;
  }

 private:
  /// Stations by the colours that the text names; where it only rules stations out, the one that is left ("").
  void read(const Text& text) {
    auto mentions = policies::read_places(text, policies::colour_lexicon());
    excluded_ = std::move(mentions.excluded);
    goals_ = std::move(mentions.named);
    if (goals_.empty() && !excluded_.empty()) goals_.emplace_back();
  }

  /// Errors of a less skilled policy, once per station: where it believes the station is, and stopping short of it.
  void draw_errors() {
    error_ = {skill_.noise_m * rng_.normal(), 0};
    error_[1] = skill_.noise_m * rng_.normal();
    short_m_ = rng_.uniform() < skill_.miss_rate ? kMistake_m : 0;
    stop_at_.reset();
  }

  [[nodiscard]] std::optional<Landmark> station(const std::string& goal) const {
    if (auto exact = driver_.landmarks().find(goal)) return exact;
    for (const auto& mark : driver_.landmarks().all()) {
      if (mark.kind != "station" || mark.label.find(goal) == std::string::npos) continue;
      const bool out = goal.empty() && std::any_of(excluded_.begin(), excluded_.end(), [&](const auto& word) {
                         return mark.label.find(word) != std::string::npos;
                       });
      if (!out) return mark;
    }
    return std::nullopt;
  }

  [[nodiscard]] bool taken(const FloorPoint& at) const {
    for (const auto& mark : driver_.landmarks().all())
      if (mark.kind == "parcel" && std::hypot(mark.at_m[0] - at[0], mark.at_m[1] - at[1]) < kOnStation_m) return true;
    return false;
  }

  [[nodiscard]] std::optional<FloorPoint> goal() {
    const auto mark = station(goals_[at_goal_]);
    if (!mark) return std::nullopt;
    const FloorPoint at = {mark->at_m[0] + error_[0], mark->at_m[1] + error_[1]};
    if (short_m_ == 0) return at;
    const double left = driver_.distance_to(at);
    if (left > 1.5 * short_m_) return at;
    const auto& pose = driver_.pose();
    if (!stop_at_)
      stop_at_ = {at[0] + (pose[0] - at[0]) * short_m_ / left, at[1] + (pose[1] - at[1]) * short_m_ / left};
    return stop_at_;
  }

  Twist decide(bool& done) {
    const auto aim = goal();
    const bool last = at_goal_ + 1 == goals_.size();
    // On a station that is taken there is no place; before it there is.
    const double arrived = aim && taken(*aim) ? kBefore_m : last ? kDock_m : kPassBy_m;
    const double near = docking_ ? arrived + kDock_m : arrived;
    docking_ = aim && driver_.distance_to(*aim) < near;
    if (!docking_) return driver_.drive_to(aim);
    if (!driver_.at_rest()) return {};
    done = last;
    if (last) return {};
    ++at_goal_;
    docking_ = false;
    driver_.new_aim();
    draw_errors();
    return {};
  }

  policies::Skill skill_;
  policies::BaseDriver driver_;
  policies::DelayLine delay_;
  Rng rng_{StreamKey{}};
  std::vector<std::string> goals_, excluded_;
  std::size_t at_goal_ = 0;
  std::optional<FloorPoint> stop_at_;
  FloorPoint error_{};
  double short_m_ = 0;
  bool docking_ = false;
};

}  // namespace

Result<std::unique_ptr<Policy>> make_waypoint_navigator(const PolicyParams& params) {
  ASSAY_TRY(const auto skill, policies::read_skill("waypoint_navigator", params, kWorst));
  return std::unique_ptr<Policy>(std::make_unique<WaypointNavigator>(skill));
}

}  // namespace assay
