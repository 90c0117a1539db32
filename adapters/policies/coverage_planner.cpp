// Goes over the floor of a room in lanes, around what stands and what walks, on a map that it makes as it goes; over
// those parts alone, and in that order, that the instruction names. Then, if told, back to where it began.
#include <algorithm>
#include <cmath>
#include <optional>

#include "adapters/policies/base_driver.h"
#include "adapters/policies/coverage_map.h"
#include "adapters/policies/params.h"
#include "adapters/policies/place_reader.h"
#include "adapters/policies/policies.h"

namespace assay {
namespace {

using policies::FloorArea;
using policies::FloorPoint;
using policies::Lane;
using policies::Twist;

constexpr policies::Skill kWorst{0.25, 0.3, 0.7};
constexpr double kBrush_m = 0.27, kAtLane_m = 0.15, kHome_m = 0.1, kInside_m = 0.8;
constexpr double kLaneRoom_m = 0.06;      // a base that runs up to a wall stops before it touches
constexpr double kKeepOff_m = 0.45;       // from the edge of a place that it must not enter, to the middle of the base
constexpr double kThingKeepOff_m = 0.35;  // from the outline of a thing that must not be pushed
constexpr std::int64_t kPatience_ns = 12'000'000'000, kCheck_ns = 300'000'000, kIdle_ns = 2'000'000'000,
                       kWait_ns = 5'000'000'000;

/// Parts of a home; keys are words of the detector's labels.
const std::vector<policies::Lexeme>& area_lexicon() {
  static const std::vector<policies::Lexeme> lexicon = {
      {"bed", {"bed", "床"}},        {"dining", {"dining", "table", "餐桌"}}, {"sofa", {"sofa", "couch", "沙发"}},
      {"desk", {"desk", "书桌"}},    {"kitchen", {"kitchen", "厨房"}},        {"bedroom", {"bedroom", "卧室"}},
      {"living", {"living", "客厅"}}};
  return lexicon;
}

class CoveragePlanner final : public Policy {
 public:
  explicit CoveragePlanner(const policies::Skill& skill) : skill_(skill), map_(driver_.grid(), kBrush_m) {}

  [[nodiscard]] PolicyDescription describe() const override { return {"coverage_planner", "1.0", true, false, 0}; }

  Result<void> begin(const Instruction& instruction, const RobotDescription& robot, StreamKey key) override {
    *this = CoveragePlanner(skill_);
    ASSAY_RETURN_IF_ERROR(driver_.begin("coverage_planner", robot, false));
    const auto& text = instruction.text.en.empty() ? instruction.text.zh : instruction.text.en;
    auto mentions = policies::read_places(text, area_lexicon());
    areas_ = std::move(mentions.named);
    keep_out_ = std::move(mentions.excluded);
    if (areas_.empty()) areas_.emplace_back();  // the whole floor
    return_home_ = policies::says(text, {"dock", "return", "come back", "充电座", "返回", "回到"});
    rng_ = Rng(key);
    delay_.reset(skill_.delay_s);
    draw_error();
    return {};
  }

  Result<Action> act(const Observation& now) override {
    Action action;
    const bool sensed = driver_.sense(delay_.pass(now));
    if (sensed) {
      const auto& pose = driver_.pose();
      map_.sweep(driver_.grid(), {pose[0] + error_[0], pose[1] + error_[1], pose[2]});
    }
    driver_.act(sensed ? decide(action.done) : Twist{}, action);
    return action;
  }

 private:
  /// A less skilled policy takes itself to be elsewhere, lane by lane, and leaves lanes out without noticing.
  void draw_error() {
    error_ = {skill_.noise_m * rng_.normal(), 0};
    error_[1] = skill_.noise_m * rng_.normal();
  }

  Twist decide(bool& done) {
    keep_off();
    if (!looked_round_) return look_round();
    if (at_area_ >= areas_.size()) return go_home(done);
    const auto inside = area();
    if (!inside) return driver_.drive_to(std::nullopt);
    if (on_lane_) return follow_lane();
    if (lane_) return go_to_lane();
    if (!entered_) return enter();
    driver_.measure_clearance();
    const auto next = map_.next(driver_.grid(), driver_.pose(), driver_.radius_m() + kLaneRoom_m, *inside);
    if (!next) return next_area();
    idle_since_ns_ = -1;
    if (rng_.uniform() < skill_.miss_rate) {
      leave_out(*next);
      return {};
    }
    draw_error();
    lane_ = next;
    set_out_ns_ = driver_.now_ns();
    driver_.new_aim();
    return go_to_lane();
  }

  /// One turn on the spot: shows the room, and what the detector's error is.
  Twist look_round() {
    const double yaw = driver_.pose()[2];
    turned_rad_ += std::abs(yaw - last_yaw_);
    last_yaw_ = yaw;
    looked_round_ = turned_rad_ > 6.4 || driver_.now_ns() > kPatience_ns;
    return {0, 0.9 * driver_.limits().yaw_rad_s};
  }

  [[nodiscard]] std::optional<policies::Landmark> mark_of(const std::string& key) const {
    for (const auto& mark : driver_.landmarks().all())
      if (mark.kind == "surface" && mark.label.find(key) != std::string::npos) return mark;
    return std::nullopt;
  }

  /// To the middle of the part that is named: how much of it there is shows from there.
  Twist enter() {
    const auto mark = areas_[at_area_].empty() ? std::nullopt : mark_of(areas_[at_area_]);
    if (entering_since_ns_ < 0) entering_since_ns_ = driver_.now_ns();
    entered_ = !mark || driver_.distance_to(mark->at_m) < kInside_m ||
               driver_.now_ns() - entering_since_ns_ > 5 * kPatience_ns;
    return entered_ ? Twist{} : driver_.drive_to(mark->at_m);
  }

  static FloorArea area_of(const policies::Landmark& mark, double margin_m) {
    return {mark.at_m, {mark.size_m[0] / 2 + margin_m, mark.size_m[1] / 2 + margin_m}, mark.yaw_rad};
  }

  /// The part of the floor that is to be covered now, as soon as it is known where that is.
  [[nodiscard]] std::optional<policies::CoverageMap::Inside> area() const {
    if (areas_[at_area_].empty()) return [](const FloorPoint&) { return true; };
    const auto mark = mark_of(areas_[at_area_]);
    if (!mark) return std::nullopt;
    return [area = area_of(*mark, 0.1)](const FloorPoint& p) { return area.contains(p); };
  }

  /// Places that the instruction rules out, and things that a push would move.
  void keep_off() {
    std::vector<FloorArea> closed;
    for (const auto& key : keep_out_)
      if (const auto mark = mark_of(key)) closed.push_back(area_of(*mark, kKeepOff_m));
    for (const auto& mark : driver_.landmarks().all())
      if (mark.kind == "obstacle") closed.push_back(area_of(mark, kThingKeepOff_m));
    driver_.close(std::move(closed));
  }

  Twist go_to_lane() {
    if (driver_.distance_to(lane_->from_m) < kAtLane_m) {
      on_lane_ = true;
      checked_ns_ = lane_since_ns_ = driver_.now_ns();
      return follow_lane();
    }
    if (driver_.now_ns() - set_out_ns_ > kPatience_ns) {
      map_.give_up(driver_.grid(), lane_->from_m, 2 * kBrush_m);
      lane_.reset();
      return {};
    }
    return driver_.drive_to(lane_->from_m);
  }

  Twist follow_lane() {
    const auto& pose = driver_.pose();
    const double dx = lane_->to_m[0] - pose[0], dy = lane_->to_m[1] - pose[1], left = std::hypot(dx, dy);
    const bool stuck = driver_.now_ns() - lane_since_ns_ > kWait_ns && driver_.rested_s() > 1e-9 * kWait_ns;
    if (left < 0.1 || stuck || blocked()) {
      // Done as far as may be: what is left of it must not be sought again for ever. Who stands in the way may go.
      if (left < 2 * kBrush_m)
        leave_out(*lane_);
      else if (stuck)
        map_.give_up(driver_.grid(), {pose[0] + dx * 0.5 / left, pose[1] + dy * 0.5 / left}, 2 * kBrush_m);
      lane_.reset();
      on_lane_ = false;
      return {};
    }
    std::vector<FloorPoint> way;
    const double lx = lane_->to_m[0] - lane_->from_m[0], ly = lane_->to_m[1] - lane_->from_m[1];
    const double length = std::max(1e-6, std::hypot(lx, ly));
    // From the foot of the perpendicular on, so that a base that is off the lane comes back to it.
    const double foot =
        std::clamp(((pose[0] - lane_->from_m[0]) * lx + (pose[1] - lane_->from_m[1]) * ly) / length, 0.0, length);
    for (double along = foot; along < length; along += 0.1)
      way.push_back({lane_->from_m[0] + lx * along / length, lane_->from_m[1] + ly * along / length});
    way.push_back(lane_->to_m);
    return driver_.drive_along(std::move(way));
  }

  /// Something stands on the next metre of the lane.
  bool blocked() {
    if (driver_.now_ns() - checked_ns_ < kCheck_ns) return false;
    checked_ns_ = driver_.now_ns();
    driver_.measure_clearance();
    const auto& pose = driver_.pose();
    const double dx = lane_->to_m[0] - pose[0], dy = lane_->to_m[1] - pose[1], left = std::hypot(dx, dy);
    for (double along = 0.1; along < std::min(1.0, left); along += 0.1) {
      const auto c = driver_.grid().cell(pose[0] + dx * along / left, pose[1] + dy * along / left);
      if (!driver_.grid().contains(c) || driver_.grid().clearance_m(c) < 0.8 * driver_.radius_m()) return true;
    }
    return false;
  }

  void leave_out(const Lane& lane) {
    const double dx = lane.to_m[0] - lane.from_m[0], dy = lane.to_m[1] - lane.from_m[1];
    const double length = std::hypot(dx, dy);
    for (double along = 0; along <= length; along += 0.1) {
      const double share = length > 0 ? along / length : 0;
      map_.give_up(driver_.grid(), {lane.from_m[0] + share * dx, lane.from_m[1] + share * dy}, kBrush_m);
    }
  }

  /// Nothing is left of this part: it may only be hidden for a moment by somebody who stands there.
  Twist next_area() {
    if (idle_since_ns_ < 0) idle_since_ns_ = driver_.now_ns();
    if (driver_.now_ns() - idle_since_ns_ < kIdle_ns) return {0, 0.3};
    idle_since_ns_ = -1;
    ++at_area_;
    entered_ = false;
    entering_since_ns_ = -1;
    driver_.new_aim();
    return {};
  }

  Twist go_home(bool& done) {
    const FloorPoint home = {0, 0};
    homing_ = return_home_ && driver_.distance_to(home) > (homing_ ? kHome_m : 2 * kHome_m);
    if (homing_) return driver_.drive_to(home);
    done = driver_.at_rest();
    return {};
  }

  policies::Skill skill_;
  policies::BaseDriver driver_;
  policies::CoverageMap map_;
  policies::DelayLine delay_;
  Rng rng_{StreamKey{}};
  std::vector<std::string> areas_, keep_out_;
  std::size_t at_area_ = 0;
  std::optional<Lane> lane_;
  FloorPoint error_{};
  double turned_rad_ = 0, last_yaw_ = 0;
  std::int64_t set_out_ns_ = 0, checked_ns_ = 0, lane_since_ns_ = 0, idle_since_ns_ = -1, entering_since_ns_ = -1;
  bool looked_round_ = false, entered_ = false, on_lane_ = false, return_home_ = false, homing_ = false;
};

}  // namespace

Result<std::unique_ptr<Policy>> make_coverage_planner(const PolicyParams& params) {
  ASSAY_TRY(const auto skill, policies::read_skill("coverage_planner", params, kWorst));
  return std::unique_ptr<Policy>(std::make_unique<CoveragePlanner>(skill));
}

}  // namespace assay
