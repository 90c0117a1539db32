// Drives any differential base to the named station, past what stands in the way: builds a grid from range scans and
// odometry, plans on it, follows with bounded accelerations (goods may stand on the deck), stops for what comes near.
#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

#include "adapters/policies/occupancy_grid.h"
#include "adapters/policies/params.h"
#include "adapters/policies/policies.h"

namespace assay {
namespace {

constexpr policies::Skill kWorst{0.3, 0.3, 0.6};

using policies::Cell;

constexpr double kGrid_m = 24, kCell_m = 0.1;
constexpr double kCruise_m_s = 0.8, kTurn_rad_s = 1.0, kAcceleration_m_s2 = 0.5, kTurnAcceleration_rad_s2 = 1.5;
constexpr double kLookahead_m = 0.6, kDock_m = 0.06;
constexpr double kStopGap_m = 0.18, kSlowGap_m = 0.9;  // ahead, beyond the robot's outline
constexpr std::int64_t kReplan_ns = 500'000'000, kRest_ns = 600'000'000;

double wrapped(double angle) { return std::remainder(angle, 6.283185307179586); }

class WaypointNavigator final : public Policy {
 public:
  explicit WaypointNavigator(const policies::Skill& skill) : skill_(skill), grid_(kGrid_m, kCell_m) {}

  [[nodiscard]] PolicyDescription describe() const override { return {"waypoint_navigator", "1", true, false, 0}; }

  Result<void> begin(const Instruction& instruction, const RobotDescription& robot, StreamKey key) override {
    groups_ = robot.groups;
    base_ = nullptr;
    for (const auto& g : groups_)
      if (g.kind == Group::Kind::base && base_ == nullptr) base_ = &g;
    radius_m_ = base_ == nullptr ? 0.4 : base_->track_m;  // half the width and something over
    goals_.clear();
    for (int i = 1;; ++i) {
      const auto it = instruction.labels.find(i == 1 ? "target" : "target_" + std::to_string(i));
      if (it == instruction.labels.end()) break;
      goals_.push_back(it->second);
    }
    period_s_ = static_cast<double>(robot.control_period_ns) * 1e-9;
    Rng rng(key);
    error_ = {skill_.noise_m * 3 * rng.normal(), skill_.noise_m * 3 * rng.normal()};
    if (rng.uniform() < skill_.miss_rate) error_[0] -= 0.7;
    grid_.clear();
    delay_.reset(skill_.delay_s);
    stations_.clear();
    explored_.clear();
    visited_.clear();
    scan_ = {};
    path_.clear();
    at_goal_ = 0;
    planned_ns_ = -kReplan_ns;
    rest_since_ns_ = -1;
    speed_ = turn_ = 0;
    return {};
  }

  Result<Action> act(const Observation& now) override {
    if (base_ == nullptr || goals_.empty()) return refusal("needs a mobile base and an instruction with a target");
    if (!policies::sound(now)) return refusal("the observation is not finite");
    const Observation& seen = delay_.pass(now);
    const GroupState* base = seen.group(base_->name);
    if (base == nullptr) return refusal("no state of the base");
    pose_ = base->odometry;
    for (const auto& scan : seen.scans) {
      if (scan.fresh) grid_.add(pose_, scan);
      if (!scan.range_m.empty()) scan_ = scan;
    }
    remember(seen.detections);
    Action action;
    const auto [speed, turn] = decide(now.time.ns, *base, action.done);
    action.groups.push_back({base_->name, Mode::base_twist, {speed, turn}});
    return action;
  }

 private:
  static Action refusal(const char* reason) {
    Action action;
    action.refuse = true;
    action.reason = reason;
    return action;
  }

  /// Stations in the odometry frame; a later sighting corrects what odometry has lost since.
  void remember(const std::vector<Detection>& detections) {
    for (const auto& d : detections) {
      const double c = std::cos(pose_[2]), s = std::sin(pose_[2]);
      const std::array<double, 2> at = {pose_[0] + c * d.position_m[0] - s * d.position_m[1],
                                        pose_[1] + s * d.position_m[0] + c * d.position_m[1]};
      const auto [it, first] = stations_.try_emplace(d.label, at);
      if (first) continue;
      for (std::size_t i = 0; i < 2; ++i) it->second[i] += 0.05 * (at[i] - it->second[i]);
    }
  }

  [[nodiscard]] double distance_to(const std::array<double, 2>& p) const {
    return std::hypot(p[0] - pose_[0], p[1] - pose_[1]);
  }

  std::pair<double, double> decide(std::int64_t now_ns, const GroupState& base, bool& done) {
    const auto known = stations_.find(goals_[at_goal_]);
    std::optional<std::array<double, 2>> goal;
    if (known != stations_.end()) goal = {known->second[0] + error_[0], known->second[1] + error_[1]};
    if (goal && distance_to(*goal) < kDock_m) return dock(now_ns, base, done);
    rest_since_ns_ = -1;
    if (now_ns - planned_ns_ >= kReplan_ns) {
      planned_ns_ = now_ns;
      plan(goal);
    }
    return follow(goal);
  }

  /// Stand still; then the next station, or done.
  std::pair<double, double> dock(std::int64_t now_ns, const GroupState& base, bool& done) {
    const auto command = ease(0, 0);
    if (std::abs(base.twist[0]) > 0.02 || std::abs(base.twist[1]) > 0.03) return command;
    if (rest_since_ns_ < 0) rest_since_ns_ = now_ns;
    if (now_ns - rest_since_ns_ < kRest_ns) return command;
    if (at_goal_ + 1 < goals_.size()) {
      ++at_goal_;
      rest_since_ns_ = -1;
      planned_ns_ = now_ns - kReplan_ns;
    } else {
      done = true;
    }
    return command;
  }

  void plan(const std::optional<std::array<double, 2>>& goal) {
    grid_.measure_clearance(radius_m_ + 0.6);
    const Cell from = grid_.cell(pose_[0], pose_[1]);
    path_.clear();
    for (const double radius : {radius_m_, 0.85 * radius_m_}) {
      std::vector<Cell> cells =
          goal ? plan_path(grid_, from, grid_.cell((*goal)[0], (*goal)[1]), radius) : explore(from, radius);
      if (cells.empty()) continue;
      for (const Cell c : cells) path_.push_back(grid_.centre(c));
      if (goal) path_.back() = *goal;
      return;
    }
  }

  /// Towards the farthest free place that was not looked at from near: what is sought lies where one has not been.
  std::vector<Cell> explore(Cell from, double radius) {
    for (auto& place : explored_)
      if (distance_to(place) < 1.0) visited_.push_back(place);
    std::erase_if(explored_, [this](const auto& place) { return distance_to(place) < 1.0; });
    if (explored_.empty()) {
      double best = 0;
      std::array<double, 2> chosen{};
      for (int y = 0; y < grid_.side(); y += 3)
        for (int x = 0; x < grid_.side(); x += 3) {
          const Cell c{x, y};
          if (!grid_.known_free(c) || grid_.clearance_m(c) < radius + 0.1) continue;
          const auto at = grid_.centre(c);
          double value = distance_to(at);
          for (const auto& v : visited_) value = std::min(value, 1.5 * std::hypot(at[0] - v[0], at[1] - v[1]));
          if (value > best) {
            best = value;
            chosen = at;
          }
        }
      if (best == 0) return {};
      explored_.push_back(chosen);
    }
    auto cells = plan_path(grid_, from, grid_.cell(explored_[0][0], explored_[0][1]), radius);
    if (cells.empty()) {
      visited_.push_back(explored_[0]);
      explored_.clear();
    }
    return cells;
  }

  /// Pure pursuit of the farthest point within the look-ahead distance that the path offers.
  std::pair<double, double> follow(const std::optional<std::array<double, 2>>& goal) {
    if (path_.empty()) return ease(0, 0.4 * kTurn_rad_s);  // look around
    std::size_t nearest = 0;
    for (std::size_t i = 0; i < path_.size(); ++i)
      if (distance_to(path_[i]) < distance_to(path_[nearest])) nearest = i;
    std::size_t ahead = nearest;
    while (ahead + 1 < path_.size() && distance_to(path_[ahead]) < kLookahead_m) ++ahead;
    const auto& aim = path_[ahead];
    const double heading = wrapped(std::atan2(aim[1] - pose_[1], aim[0] - pose_[0]) - pose_[2]);
    const double left = goal && ahead + 1 == path_.size() ? distance_to(*goal) : 10;
    double speed = std::min(kCruise_m_s, std::sqrt(2 * 0.6 * kAcceleration_m_s2 * std::max(0.0, left - 0.5 * kDock_m)));
    speed = std::max(speed, 0.04) * std::clamp(1 - std::abs(heading) / 0.8, 0.0, 1.0);
    const double gap = gap_ahead_m(heading);
    speed *= std::clamp((gap - kStopGap_m) / (kSlowGap_m - kStopGap_m), 0.0, 1.0);
    return ease(speed, std::clamp(2.0 * heading, -kTurn_rad_s, kTurn_rad_s));
  }

  /// Free length of the lane that the robot sweeps when it drives straight on.
  [[nodiscard]] double gap_ahead_m(double heading) const {
    double gap = 10;
    const std::size_t n = scan_.range_m.size();
    for (std::size_t i = 0; i < n; ++i) {
      const double angle = wrapped(6.283185307179586 * static_cast<double>(i) / static_cast<double>(n) - 0.5 * heading);
      const double range = static_cast<double>(scan_.range_m[i]);
      const double along = range * std::cos(angle), across = range * std::sin(angle);
      if (along > 0 && std::abs(across) < 0.75 * radius_m_) gap = std::min(gap, along - 0.85 * radius_m_);
    }
    return gap;
  }

  std::pair<double, double> ease(double speed, double turn) {
    const double dv = kAcceleration_m_s2 * period_s_, dw = kTurnAcceleration_rad_s2 * period_s_;
    speed_ = std::clamp(speed, speed_ - 2 * dv, speed_ + dv);
    turn_ = std::clamp(turn, turn_ - dw, turn_ + dw);
    speed_ = std::clamp(speed_, -base_->max_speed_m_s, base_->max_speed_m_s);
    turn_ = std::clamp(turn_, -base_->max_yaw_rad_s, base_->max_yaw_rad_s);
    return {speed_, turn_};
  }

  policies::Skill skill_;
  policies::OccupancyGrid grid_;
  policies::DelayLine delay_;
  std::vector<Group> groups_;
  const Group* base_ = nullptr;
  std::vector<std::string> goals_;
  std::size_t at_goal_ = 0;
  std::map<std::string, std::array<double, 2>> stations_;
  std::vector<std::array<double, 2>> path_, explored_, visited_;
  std::array<double, 3> pose_{};
  std::array<double, 2> error_{};
  RangeScan scan_;
  double radius_m_ = 0.4, period_s_ = 0.02, speed_ = 0, turn_ = 0;
  std::int64_t planned_ns_ = 0, rest_since_ns_ = -1;
};

}  // namespace

Result<std::unique_ptr<Policy>> make_waypoint_navigator(const PolicyParams& params) {
  ASSAY_TRY(const auto skill, policies::read_skill("waypoint_navigator", params, kWorst));
  return std::unique_ptr<Policy>(std::make_unique<WaypointNavigator>(skill));
}

}  // namespace assay
