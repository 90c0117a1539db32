#include "adapters/policies/base_driver.h"

#include <algorithm>
#include <cmath>

#include "adapters/policies/params.h"
#include "adapters/policies/path_planner.h"

namespace assay::policies {
namespace {

constexpr double kGrid_m = 24, kCell_m = 0.1, kTurn = 6.283185307179586;
constexpr DriveLimits kGentle{0.8, 1.1, 0.5, 0.7, 1.8}, kBrisk{0.8, 1.1, 0.6, 0.8, 1.8};
constexpr double kLookahead_m = 0.6, kStopShort_m = 0.035;
constexpr double kTight = 0.85;          // of the radius, where there is no other way
constexpr double kStopGap_m = 0.12;      // ahead, beyond the robot's outline
constexpr double kRoom_m = 0.25;         // between robot and what moves
constexpr double kNear_m = 0.15;         // nearer than this the robot makes way
constexpr double kThingRadius_m = 0.25;  // a person's, about its middle
constexpr double kHorizon_s = 2.2, kWalking_m_s = 0.12;
constexpr double kNewView_m = 0.15, kNewView_rad = 0.15;  // since the last scan that went into the matcher's map
constexpr int kFirstScans = 8;
constexpr double kBlind = 0.3;  // share of its usual returns below which a scanner is as good as silent
constexpr std::int64_t kWalksOn_ns = 3'000'000'000;
constexpr std::int64_t kReplan_ns = 300'000'000, kRest_ns = 500'000'000, kLook_ns = 95'000'000;
/// What to do when going on is not safe, in order of preference: wait, back off, turn off, get away.
constexpr Twist kEvasions[] = {{0, 0},     {-0.4, 0},   {0.5, 0},  {-0.5, 0.7}, {-0.5, -0.7},
                               {0.5, 0.7}, {0.5, -0.7}, {-0.8, 0}, {0.8, 0}};

double wrapped(double angle) { return std::remainder(angle, kTurn); }

}  // namespace

bool FloorArea::contains(const FloorPoint& p, double margin_m) const {
  const double c = std::cos(yaw_rad), s = std::sin(yaw_rad);
  const double dx = p[0] - at_m[0], dy = p[1] - at_m[1];
  return std::abs(c * dx + s * dy) <= half_m[0] + margin_m && std::abs(-s * dx + c * dy) <= half_m[1] + margin_m;
}

BaseDriver::BaseDriver() : grid_(kGrid_m, kCell_m) {}

Result<void> BaseDriver::begin(const std::string& policy, const RobotDescription& robot, bool loaded) {
  *this = BaseDriver();
  limits_ = loaded ? kGentle : kBrisk;
  for (const auto& g : robot.groups)
    if (g.kind == Group::Kind::base && base_.name.empty()) base_ = g;
  if (base_.name.empty())
    return cannot_take_part(policy, "a robot without a mobile base", {"a mobile base", "具有移动底盘"});
  radius_m_ = base_.track_m > 0 ? std::max(0.2, base_.track_m) : 0.4;  // half the width and something over
  if (base_.max_speed_m_s > 0) limits_.speed_m_s = std::min(limits_.speed_m_s, base_.max_speed_m_s);
  if (base_.max_yaw_rad_s > 0) limits_.yaw_rad_s = std::min(limits_.yaw_rad_s, base_.max_yaw_rad_s);
  if (robot.control_period_ns > 0) period_s_ = static_cast<double>(robot.control_period_ns) * 1e-9;
  return {};
}

bool BaseDriver::sense(const Observation& seen) {
  const GroupState* base = seen.group(base_.name);
  if (base == nullptr || !sound(seen)) return false;
  now_ns_ = seen.time.ns;
  localise(*base);
  for (const auto& scan : seen.scans)
    if (!scan.range_m.empty() && scan.group == base_.name) take_scan(scan);
  if (looked_ns_ < 0 || now_ns_ - looked_ns_ >= kLook_ns) {
    looked_ns_ = now_ns_;
    std::vector<Detection> standing;
    for (const auto& d : seen.detections)
      if (d.kind != "goods" && d.kind != "person") standing.push_back(d);  // goods ride along, people walk
    landmarks_.add(pose_, standing);
  }
  return true;
}

/// Carries the pose on by what odometry says since the last period.
void BaseDriver::localise(const GroupState& base) {
  const double dx = base.odometry[0] - odometry_[0], dy = base.odometry[1] - odometry_[1];
  const double turn = pose_[2] - odometry_[2], c = std::cos(turn), s = std::sin(turn);
  pose_ = {pose_[0] + c * dx - s * dy, pose_[1] + s * dx + c * dy, base.odometry[2] + turn};
  odometry_ = base.odometry;
  if (std::abs(base.twist[0]) > 0.02 || std::abs(base.twist[1]) > 0.03)
    rest_since_ns_ = -1;
  else if (rest_since_ns_ < 0)
    rest_since_ns_ = now_ns_;
}

void BaseDriver::take_scan(const RangeScan& scan) {
  if (!scan.fresh) return;
  std::vector<FloorPoint> standing;
  const auto walkers = this->walkers();
  std::size_t returns = 0;
  const std::size_t n = scan.range_m.size();
  for (std::size_t i = 0; i < n; ++i) {
    if (!(scan.range_m[i] < scan.max_m * 0.999F)) continue;
    ++returns;
    const double range = static_cast<double>(scan.range_m[i]);
    const double angle = kTurn * static_cast<double>(i) / static_cast<double>(n);
    const FloorPoint p = {range * std::cos(angle), range * std::sin(angle)};
    const double c = std::cos(pose_[2]), s = std::sin(pose_[2]);
    const FloorPoint at = {pose_[0] + c * p[0] - s * p[1], pose_[1] + s * p[0] + c * p[1]};
    const bool walks = std::any_of(walkers.begin(), walkers.end(), [&](const MovingThing& w) {
      return std::hypot(w.at_m[0] - at[0], w.at_m[1] - at[1]) < 2 * kThingRadius_m;
    });
    if (!walks) standing.push_back(p);
  }
  // A scanner that suddenly meets nothing has not found an empty world.
  const auto met = static_cast<double>(returns);
  blind_ = met < kBlind * usual_returns_;
  if (blind_) return;
  usual_returns_ += (usual_returns_ == 0 ? 1 : 0.1) * (met - usual_returns_);
  if (scans_ >= kFirstScans) pose_ = matcher_.fit(pose_, standing);
  // What lies on a known wall does not move, wherever a coarse grid puts it.
  RangeScan unexplained = scan;
  for (std::size_t i = 0; i < n; ++i) {
    const double range = static_cast<double>(scan.range_m[i]);
    const double angle = kTurn * static_cast<double>(i) / static_cast<double>(n);
    if (matcher_.explains(pose_, {range * std::cos(angle), range * std::sin(angle)}))
      unexplained.range_m[i] = scan.max_m;
  }
  moving_.update(now_ns_, grid_, pose_, unexplained);
  grid_.add(pose_, scan);
  const bool new_view = std::hypot(pose_[0] - mapped_at_[0], pose_[1] - mapped_at_[1]) > kNewView_m ||
                        std::abs(wrapped(pose_[2] - mapped_at_[2])) > kNewView_rad;
  if (++scans_ <= kFirstScans || new_view) {
    matcher_.add(pose_, standing);
    mapped_at_ = pose_;
  }
  scan_ = scan;
}

/// What moves, and not only seems to because the base is not quite where it believes. Who stands is an obstacle.
std::vector<MovingThing> BaseDriver::walkers() const {
  auto things = moving_.things();
  // Who turns round stands for a moment, and walks on.
  std::erase_if(things, [this](const MovingThing& t) {
    return std::hypot(t.velocity_m_s[0], t.velocity_m_s[1]) < kWalking_m_s &&
           (t.walked_ns < 0 || now_ns_ - t.walked_ns > kWalksOn_ns);
  });
  return things;
}

void BaseDriver::act(const Twist& wanted, Action& action) {
  command_ = eased(command_, blind_ ? Twist{} : safe(wanted), limits_, period_s_);
  action.groups.push_back({base_.name, Mode::base_twist, {command_.speed_m_s, command_.yaw_rad_s}});
}

bool BaseDriver::at_rest() const { return rest_since_ns_ >= 0 && now_ns_ - rest_since_ns_ >= kRest_ns; }

double BaseDriver::distance_to(const FloorPoint& p) const { return std::hypot(p[0] - pose_[0], p[1] - pose_[1]); }

void BaseDriver::measure_clearance() {
  grid_.measure_clearance(radius_m_ + 0.6);
  for (int y = 0; y < grid_.side() && !closed_.empty(); ++y)
    for (int x = 0; x < grid_.side(); ++x)
      for (const auto& area : closed_)
        if (area.contains(grid_.centre({x, y}))) grid_.close({x, y});
}

Twist BaseDriver::drive_to(const std::optional<FloorPoint>& aim) {
  if (!planned_ || now_ns_ - planned_ns_ >= kReplan_ns) {
    planned_ = true;
    planned_ns_ = now_ns_;
    plan(aim);
  }
  to_aim_ = aim.has_value();
  return follow();
}

Twist BaseDriver::drive_along(std::vector<FloorPoint> way) {
  path_ = std::move(way);
  to_aim_ = true;
  planned_ = false;
  return follow();
}

void BaseDriver::plan(const std::optional<FloorPoint>& aim) {
  measure_clearance();
  std::vector<Discomfort> keep_off;
  for (const auto& thing : walkers())
    for (const double t : {0.0, 0.7, 1.4, 2.1})
      keep_off.push_back({thing.at_m[0] + t * thing.velocity_m_s[0], thing.at_m[1] + t * thing.velocity_m_s[1],
                          radius_m_ + kThingRadius_m + kRoom_m, 12});
  const Cell from = grid_.cell(pose_[0], pose_[1]);
  path_.clear();
  for (const double radius : {radius_m_, kTight * radius_m_}) {
    const bool tight = radius < radius_m_;
    const auto cells =
        aim ? plan_path(grid_, from, grid_.cell((*aim)[0], (*aim)[1]), radius, keep_off, tight) : explore(from, radius);
    if (cells.empty()) continue;
    for (const Cell c : cells) path_.push_back(grid_.centre(c));
    if (aim && cells.back() == grid_.cell((*aim)[0], (*aim)[1])) path_.back() = *aim;
    return;
  }
}

/// Towards the farthest free place that was not looked at from near: what is sought lies where one has not been.
std::vector<Cell> BaseDriver::explore(Cell from, double radius_m) {
  const auto give_up_place = [this] {
    visited_.push_back(*sought_);
    sought_.reset();
  };
  if (sought_ && distance_to(*sought_) < 1.0) give_up_place();
  if (!sought_) sought_ = farthest_unvisited(radius_m);
  if (!sought_) return {};
  auto cells = plan_path(grid_, from, grid_.cell((*sought_)[0], (*sought_)[1]), radius_m);
  if (cells.empty()) give_up_place();
  return cells;
}

std::optional<FloorPoint> BaseDriver::farthest_unvisited(double radius_m) const {
  double best = 0.5;
  std::optional<FloorPoint> chosen;
  for (int y = 0; y < grid_.side(); y += 3)
    for (int x = 0; x < grid_.side(); x += 3) {
      const Cell c{x, y};
      if (!grid_.known_free(c) || grid_.clearance_m(c) < radius_m + 0.1) continue;
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
Twist BaseDriver::follow() const {
  if (path_.empty()) return {0, 0.4 * limits_.yaw_rad_s};  // look around
  std::size_t nearest = 0;
  for (std::size_t i = 0; i < path_.size(); ++i)
    if (distance_to(path_[i]) < distance_to(path_[nearest])) nearest = i;
  std::size_t ahead = nearest;
  while (ahead + 1 < path_.size() && distance_to(path_[ahead]) < kLookahead_m) ++ahead;
  const FloorPoint& towards = path_[ahead];
  const double heading = wrapped(std::atan2(towards[1] - pose_[1], towards[0] - pose_[0]) - pose_[2]);
  const double left = to_aim_ && ahead + 1 == path_.size() ? distance_to(path_.back()) : 10;
  double speed =
      std::min(limits_.speed_m_s, std::sqrt(2 * 0.6 * limits_.braking_m_s2 * std::max(0.0, left - kStopShort_m)));
  const double gap = std::max(0.0, gap_ahead_m(heading) - kStopGap_m);
  speed = std::min(speed, std::sqrt(2 * 0.6 * limits_.braking_m_s2 * gap));
  speed = std::max(speed, gap > 0 ? 0.05 : 0.0) * std::clamp(1 - std::abs(heading) / 0.8, 0.0, 1.0);
  return {speed, std::clamp(2.2 * heading, -limits_.yaw_rad_s, limits_.yaw_rad_s)};
}

/// Free length of the lane that the robot sweeps when it drives straight on.
double BaseDriver::gap_ahead_m(double heading_rad) const {
  double gap = 10;
  const std::size_t n = scan_.range_m.size();
  for (std::size_t i = 0; i < n; ++i) {
    const double angle = wrapped(kTurn * static_cast<double>(i) / static_cast<double>(n) - 0.5 * heading_rad);
    const double range = static_cast<double>(scan_.range_m[i]);
    const double along = range * std::cos(angle), across = range * std::sin(angle);
    if (along > 0 && std::abs(across) < 0.75 * radius_m_) gap = std::min(gap, along - 0.85 * radius_m_);
  }
  return gap;
}

/// `wanted`, unless something that moves would come too near: then what keeps the most room.
Twist BaseDriver::safe(const Twist& wanted) const {
  const auto things = walkers();
  if (things.empty()) return wanted;
  const double keep = radius_m_ + kThingRadius_m + kRoom_m;
  const auto room = [&](const Twist& twist) {
    return std::min(keep, nearest_approach_m(things, pose_, command_, twist, limits_, kHorizon_s));
  };
  double most = room(wanted);
  if (most >= keep) return wanted;
  // Where standing still gives no more room, going on (or turning away) is as good. Only who comes near is evaded.
  Twist best = wanted;
  const double near = keep - kRoom_m + kNear_m;
  if (most < room({}) - 0.02) {
    best = {};
    most = room(best);
  }
  if (most >= near) return best;
  // Who stands close is an obstacle, too: away from there is always allowed.
  const double clear = std::min(radius_m_, clearance_on_way_m(grid_, pose_, {}, {}, limits_, 0));
  for (const auto& twist : kEvasions) {
    const bool moves = twist.speed_m_s != 0;
    if (moves && clearance_on_way_m(grid_, pose_, command_, twist, limits_, 1.5) < clear) continue;
    const double here = room(twist);
    if (here <= most + 0.03) continue;
    most = here;
    best = twist;
  }
  return best;
}

}  // namespace assay::policies
