// Drives any differential base to the named stations, past what stands in the way: builds a grid from range scans and
// odometry, plans on it, follows with bounded accelerations (goods may stand on the deck), gives way to what moves.
#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

#include "adapters/policies/moving_things.h"
#include "adapters/policies/occupancy_grid.h"
#include "adapters/policies/params.h"
#include "adapters/policies/path_planner.h"
#include "adapters/policies/policies.h"

namespace assay {
namespace {

using policies::Cell;
using policies::Twist;
using Point = std::array<double, 2>;

constexpr policies::Skill kWorst{0.3, 0.3, 0.6};
constexpr double kGrid_m = 24, kCell_m = 0.1;
constexpr policies::DriveLimits kDrive{0.8, 1.1, 0.5, 0.7, 1.8};
constexpr double kLookahead_m = 0.6, kDock_m = 0.07, kPassBy_m = 0.15;
constexpr double kStopGap_m = 0.12;      // ahead, beyond the robot's outline
constexpr double kRoom_m = 0.25;         // between robot and what moves
constexpr double kThingRadius_m = 0.25;  // a person's, about its middle
constexpr double kHorizon_s = 2.2;
constexpr double kMistake_m = 0.8;
constexpr std::int64_t kReplan_ns = 300'000'000, kRest_ns = 500'000'000;
/// What to do when going on is not safe, in order of preference: wait, back off, turn off, get away.
constexpr Twist kEvasions[] = {{0, 0},     {-0.4, 0},   {0.5, 0},  {-0.5, 0.7}, {-0.5, -0.7},
                               {0.5, 0.7}, {0.5, -0.7}, {-0.8, 0}, {0.8, 0}};

double wrapped(double angle) { return std::remainder(angle, 6.283185307179586); }

class WaypointNavigator final : public Policy {
 public:
  explicit WaypointNavigator(const policies::Skill& skill) : skill_(skill), grid_(kGrid_m, kCell_m) {}

  [[nodiscard]] PolicyDescription describe() const override { return {"waypoint_navigator", "1.0", true, false, 0}; }

  Result<void> begin(const Instruction& instruction, const RobotDescription& robot, StreamKey key) override {
    *this = WaypointNavigator(skill_);
    for (const auto& g : robot.groups)
      if (g.kind == Group::Kind::base && base_.name.empty()) base_ = g;
    if (base_.name.empty())
      return policies::cannot_take_part("waypoint_navigator", "a robot without a mobile base",
                                        {"a mobile base", "具有移动底盘"});
    for (int i = 1;; ++i) {
      const auto it = instruction.labels.find(i == 1 ? "target" : "target_" + std::to_string(i));
      if (it == instruction.labels.end()) break;
      goals_.push_back(it->second);
    }
    if (goals_.empty())
      return policies::cannot_take_part("waypoint_navigator", "an instruction without target",
                                        {"a label for the slot target", "指令中 target 的标签"});
    radius_m_ = base_.track_m > 0 ? std::max(0.2, base_.track_m) : 0.4;  // half the width and something over
    limits_ = kDrive;
    if (base_.max_speed_m_s > 0) limits_.speed_m_s = std::min(limits_.speed_m_s, base_.max_speed_m_s);
    if (base_.max_yaw_rad_s > 0) limits_.yaw_rad_s = std::min(limits_.yaw_rad_s, base_.max_yaw_rad_s);
    if (robot.control_period_ns > 0) period_s_ = static_cast<double>(robot.control_period_ns) * 1e-9;
    rng_ = Rng(key);
    delay_.reset(skill_.delay_s);
    draw_errors();
    return {};
  }

  Result<Action> act(const Observation& now) override {
    const Observation& seen = delay_.pass(now);
    const GroupState* base = seen.group(base_.name);
    Action action;
    if (base == nullptr || !policies::sound(seen)) {  // blind: stand until the senses are back
      command_ = policies::eased(command_, {}, limits_, period_s_);
      action.groups.push_back({base_.name, Mode::base_twist, {command_.speed_m_s, command_.yaw_rad_s}});
      return action;
    }
    pose_ = base->odometry;
    sense(seen);
    const Twist wanted = safe(decide(now.time.ns, *base, action.done));
    command_ = policies::eased(command_, wanted, limits_, period_s_);
    action.groups.push_back({base_.name, Mode::base_twist, {command_.speed_m_s, command_.yaw_rad_s}});
    return action;
  }

 private:
  /// Errors of a less skilled policy, once per station: where it believes the station is, and stopping short of it.
  void draw_errors() {
    error_ = {skill_.noise_m * rng_.normal(), 0};
    error_[1] = skill_.noise_m * rng_.normal();
    short_m_ = rng_.uniform() < skill_.miss_rate ? kMistake_m : 0;
    stop_at_.reset();
  }

  void sense(const Observation& seen) {
    for (const auto& scan : seen.scans) {
      if (scan.range_m.empty() || (!base_.name.empty() && scan.group != base_.name)) continue;
      if (scan.fresh) {
        moving_.update(seen.time.ns, grid_, pose_, scan);
        grid_.add(pose_, scan);
      }
      scan_ = scan;
    }
    for (const auto& d : seen.detections) remember(d);
  }

  /// Stations in the odometry frame; later sightings correct what odometry has lost since.
  void remember(const Detection& d) {
    const double c = std::cos(pose_[2]), s = std::sin(pose_[2]);
    const Point at = {pose_[0] + c * d.position_m[0] - s * d.position_m[1],
                      pose_[1] + s * d.position_m[0] + c * d.position_m[1]};
    const auto [it, first] = stations_.try_emplace(d.label, at);
    if (first) return;
    for (std::size_t i = 0; i < 2; ++i) it->second[i] += 0.05 * (at[i] - it->second[i]);
  }

  [[nodiscard]] double distance_to(const Point& p) const { return std::hypot(p[0] - pose_[0], p[1] - pose_[1]); }

  [[nodiscard]] std::optional<Point> goal() {
    const auto known = stations_.find(goals_[at_goal_]);
    if (known == stations_.end()) return std::nullopt;
    const Point at = {known->second[0] + error_[0], known->second[1] + error_[1]};
    if (short_m_ == 0) return at;
    const double left = distance_to(at);
    if (left > 1.5 * short_m_) return at;
    if (!stop_at_)
      stop_at_ = {at[0] + (pose_[0] - at[0]) * short_m_ / left, at[1] + (pose_[1] - at[1]) * short_m_ / left};
    return stop_at_;
  }

  Twist decide(std::int64_t now_ns, const GroupState& base, bool& done) {
    const auto aim = goal();
    const bool last = at_goal_ + 1 == goals_.size();
    const double near = docking_ ? 2 * kDock_m : last ? kDock_m : kPassBy_m;
    docking_ = aim && distance_to(*aim) < near;
    if (docking_) return dock(now_ns, base, last, done);
    rest_since_ns_ = -1;
    if (!planned_ || now_ns - planned_ns_ >= kReplan_ns) {
      planned_ = true;
      planned_ns_ = now_ns;
      plan(aim);
    }
    return follow(aim);
  }

  /// Stand still; then the next station, or done.
  Twist dock(std::int64_t now_ns, const GroupState& base, bool last, bool& done) {
    if (std::abs(base.twist[0]) > 0.02 || std::abs(base.twist[1]) > 0.03)
      rest_since_ns_ = -1;
    else if (rest_since_ns_ < 0)
      rest_since_ns_ = now_ns;
    if (rest_since_ns_ < 0 || now_ns - rest_since_ns_ < kRest_ns) return {};
    done = last;
    if (last) return {};
    ++at_goal_;
    rest_since_ns_ = -1;
    docking_ = planned_ = false;
    draw_errors();
    return {};
  }

  void plan(const std::optional<Point>& aim) {
    grid_.measure_clearance(radius_m_ + 0.6);
    std::vector<policies::Discomfort> keep_off;
    for (const auto& thing : moving_.things())
      for (const double t : {0.0, 0.7, 1.4, 2.1})
        keep_off.push_back({thing.at_m[0] + t * thing.velocity_m_s[0], thing.at_m[1] + t * thing.velocity_m_s[1],
                            radius_m_ + kThingRadius_m + kRoom_m, 12});
    const Cell from = grid_.cell(pose_[0], pose_[1]);
    path_.clear();
    for (const double radius : {radius_m_, 0.85 * radius_m_}) {
      const bool tight = radius < radius_m_;
      const auto cells = aim ? plan_path(grid_, from, grid_.cell((*aim)[0], (*aim)[1]), radius, keep_off, tight)
                             : explore(from, radius);
      if (cells.empty()) continue;
      for (const Cell c : cells) path_.push_back(grid_.centre(c));
      if (aim && cells.back() == grid_.cell((*aim)[0], (*aim)[1])) path_.back() = *aim;
      return;
    }
  }

  /// Towards the farthest free place that was not looked at from near: what is sought lies where one has not been.
  std::vector<Cell> explore(Cell from, double radius) {
    if (sought_ && distance_to(*sought_) < 1.0) give_up_place();
    if (!sought_) sought_ = farthest_unvisited(radius);
    if (!sought_) return {};
    auto cells = plan_path(grid_, from, grid_.cell((*sought_)[0], (*sought_)[1]), radius);
    if (cells.empty()) give_up_place();
    return cells;
  }

  void give_up_place() {
    visited_.push_back(*sought_);
    sought_.reset();
  }

  [[nodiscard]] std::optional<Point> farthest_unvisited(double radius) const {
    double best = 0.5;
    std::optional<Point> chosen;
    for (int y = 0; y < grid_.side(); y += 3)
      for (int x = 0; x < grid_.side(); x += 3) {
        const Cell c{x, y};
        if (!grid_.known_free(c) || grid_.clearance_m(c) < radius + 0.1) continue;
        const auto at = grid_.centre(c);
        double value = distance_to(at);
        for (const auto& v : visited_) value = std::min(value, 1.5 * std::hypot(at[0] - v[0], at[1] - v[1]));
        if (value <= best) continue;
        best = value;
        chosen = at;
      }
    return chosen;
  }

  /// Pure pursuit of the farthest point within the look-ahead distance that the path offers.
  [[nodiscard]] Twist follow(const std::optional<Point>& aim) const {
    if (path_.empty()) return {0, 0.4 * limits_.yaw_rad_s};  // look around
    std::size_t nearest = 0;
    for (std::size_t i = 0; i < path_.size(); ++i)
      if (distance_to(path_[i]) < distance_to(path_[nearest])) nearest = i;
    std::size_t ahead = nearest;
    while (ahead + 1 < path_.size() && distance_to(path_[ahead]) < kLookahead_m) ++ahead;
    const Point& towards = path_[ahead];
    const double heading = wrapped(std::atan2(towards[1] - pose_[1], towards[0] - pose_[0]) - pose_[2]);
    const double left = aim && ahead + 1 == path_.size() ? distance_to(path_.back()) : 10;
    double speed =
        std::min(limits_.speed_m_s, std::sqrt(2 * 0.6 * limits_.braking_m_s2 * std::max(0.0, left - 0.5 * kDock_m)));
    const double gap = std::max(0.0, gap_ahead_m(heading) - kStopGap_m);
    speed = std::min(speed, std::sqrt(2 * 0.6 * limits_.braking_m_s2 * gap));
    speed = std::max(speed, gap > 0 ? 0.05 : 0.0) * std::clamp(1 - std::abs(heading) / 0.8, 0.0, 1.0);
    return {speed, std::clamp(2.2 * heading, -limits_.yaw_rad_s, limits_.yaw_rad_s)};
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

  /// `wanted`, unless something that moves would come too near: then what keeps the most room.
  [[nodiscard]] Twist safe(const Twist& wanted) const {
    const auto things = moving_.things();
    if (things.empty()) return wanted;
    const double keep = radius_m_ + kThingRadius_m + kRoom_m;
    const auto room = [&](const Twist& twist) {
      return std::min(keep, policies::nearest_approach_m(things, pose_, command_, twist, limits_, kHorizon_s));
    };
    if (room(wanted) >= keep) return wanted;
    Twist best{};
    double most = -1;
    for (const auto& twist : kEvasions) {
      const bool moves = twist.speed_m_s != 0;
      if (moves && policies::clearance_on_way_m(grid_, pose_, command_, twist, limits_, 1.5) < radius_m_) continue;
      const double here = room(twist);
      if (here <= most + 0.03) continue;
      most = here;
      best = twist;
    }
    return best;
  }

  policies::Skill skill_;
  policies::OccupancyGrid grid_;
  policies::MovingThings moving_;
  policies::DelayLine delay_;
  policies::DriveLimits limits_ = kDrive;
  Group base_;
  Rng rng_{StreamKey{}};
  std::vector<std::string> goals_;
  std::size_t at_goal_ = 0;
  std::map<std::string, Point> stations_;
  std::vector<Point> path_, visited_;
  std::optional<Point> sought_, stop_at_;
  std::array<double, 3> pose_{};
  Point error_{};
  RangeScan scan_;
  Twist command_;
  double radius_m_ = 0.4, period_s_ = 0.02, short_m_ = 0;
  std::int64_t planned_ns_ = 0, rest_since_ns_ = -1;
  bool planned_ = false, docking_ = false;
};

}  // namespace

Result<std::unique_ptr<Policy>> make_waypoint_navigator(const PolicyParams& params) {
  ASSAY_TRY(const auto skill, policies::read_skill("waypoint_navigator", params, kWorst));
  return std::unique_ptr<Policy>(std::make_unique<WaypointNavigator>(skill));
}

}  // namespace assay
