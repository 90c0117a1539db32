#include "adapters/policies/moving_things.h"

#include <algorithm>
#include <cmath>

namespace assay::policies {
namespace {

using Point = std::array<double, 2>;

constexpr double kSameThing_m = 0.45;   // two legs of one person
constexpr double kFollow_m = 0.6;       // from where it was expected
constexpr double kStandingGap_m = 0.2;  // to what has long stood there: its outline wavers with noise
constexpr double kFastest_m_s = 1.5, kSmoothing = 0.35;
constexpr double kWalking_m_s = 0.15;
constexpr int kSure = 4;  // reports before a speed is believed
constexpr std::int64_t kForget_ns = 1'200'000'000;
constexpr double kTurn = 6.283185307179586, kTick_s = 0.1;

double distance(const Point& a, const Point& b) { return std::hypot(a[0] - b[0], a[1] - b[1]); }

bool stands_near(const OccupancyGrid& grid, Cell c) {
  const int reach = static_cast<int>(kStandingGap_m / grid.cell_m() + 0.5);
  for (int y = c.y - reach; y <= c.y + reach; ++y)
    for (int x = c.x - reach; x <= c.x + reach; ++x)
      if (grid.contains({x, y}) && grid.long_occupied({x, y})) return true;
  return false;
}

std::vector<Point> returns_from_free_floor(const OccupancyGrid& grid, const std::array<double, 3>& pose,
                                           const RangeScan& scan) {
  std::vector<Point> points;
  const std::size_t n = scan.range_m.size();
  for (std::size_t i = 0; i < n; ++i) {
    if (!(scan.range_m[i] < scan.max_m * 0.999F)) continue;
    const double range = static_cast<double>(scan.range_m[i]);
    const double angle = pose[2] + kTurn * static_cast<double>(i) / static_cast<double>(n);
    const Point at = {pose[0] + range * std::cos(angle), pose[1] + range * std::sin(angle)};
    const Cell c = grid.cell(at[0], at[1]);
    if (grid.contains(c) && grid.long_free(c) && !stands_near(grid, c)) points.push_back(at);
  }
  return points;
}

std::vector<Point> middles(const std::vector<Point>& points) {
  struct Cluster {
    Point middle{};
    int count = 0;
  };
  std::vector<Cluster> clusters;
  for (const auto& p : points) {
    auto it = std::find_if(clusters.begin(), clusters.end(),
                           [&](const Cluster& c) { return distance(c.middle, p) < kSameThing_m; });
    if (it == clusters.end()) it = clusters.insert(clusters.end(), Cluster{});
    ++it->count;
    for (std::size_t i = 0; i < 2; ++i) it->middle[i] += (p[i] - it->middle[i]) / it->count;
  }
  std::vector<Point> out;
  for (const auto& c : clusters) out.push_back(c.middle);
  return out;
}

/// The poses on the way when the base takes up `wanted` from `now`.
template <class Visit>
void drive_ahead(std::array<double, 3> pose, Twist now, Twist wanted, const DriveLimits& limits, double horizon_s,
                 Visit&& visit) {
  for (double t = 0; t <= horizon_s; t += kTick_s) {
    visit(t, pose);
    now = eased(now, wanted, limits, kTick_s);
    pose[2] += now.yaw_rad_s * kTick_s;
    pose[0] += now.speed_m_s * kTick_s * std::cos(pose[2]);
    pose[1] += now.speed_m_s * kTick_s * std::sin(pose[2]);
  }
}

}  // namespace

void MovingThings::update(std::int64_t now_ns, const OccupancyGrid& grid, const std::array<double, 3>& pose,
                          const RangeScan& scan) {
  for (auto& thing : things_) {
    const double dt = static_cast<double>(now_ns - thing.updated_ns) * 1e-9;
    for (std::size_t i = 0; i < 2; ++i) thing.at_m[i] += thing.velocity_m_s[i] * dt;
    thing.updated_ns = now_ns;
  }
  for (const auto& middle : middles(returns_from_free_floor(grid, pose, scan))) {
    MovingThing* same = nullptr;
    for (auto& thing : things_)
      if (distance(thing.at_m, middle) < kFollow_m &&
          (same == nullptr || distance(thing.at_m, middle) < distance(same->at_m, middle)))
        same = &thing;
    if (same == nullptr) {
      things_.push_back({middle, {0, 0}, now_ns, now_ns, 1});
      continue;
    }
    const double dt = std::max(0.02, static_cast<double>(now_ns - same->seen_ns) * 1e-9);
    for (std::size_t i = 0; i < 2; ++i) {
      // at_m stands where it was expected: what is left over corrects the speed.
      const double off = middle[i] - same->at_m[i];
      same->velocity_m_s[i] =
          std::clamp(same->velocity_m_s[i] + kSmoothing * off / std::max(dt, 0.1), -kFastest_m_s, kFastest_m_s);
      same->at_m[i] += 0.7 * off;
    }
    same->seen_ns = now_ns;
    ++same->reports;
    if (same->reports > kSure && std::hypot(same->velocity_m_s[0], same->velocity_m_s[1]) > kWalking_m_s)
      same->walked_ns = now_ns;
  }
  std::erase_if(things_, [&](const MovingThing& t) { return now_ns - t.seen_ns > kForget_ns; });
}

std::vector<MovingThing> MovingThings::things() const {
  std::vector<MovingThing> out;
  for (const auto& t : things_)
    if (t.reports > 1) out.push_back(t);
  return out;
}

Twist eased(const Twist& now, const Twist& wanted, const DriveLimits& limits, double period_s) {
  const bool braking = std::abs(wanted.speed_m_s) < std::abs(now.speed_m_s) || wanted.speed_m_s * now.speed_m_s < 0;
  const double dv = (braking ? limits.braking_m_s2 : limits.acceleration_m_s2) * period_s;
  const double dw = limits.yaw_acceleration_rad_s2 * period_s;
  Twist next;
  next.speed_m_s = std::clamp(wanted.speed_m_s, now.speed_m_s - dv, now.speed_m_s + dv);
  next.yaw_rad_s = std::clamp(wanted.yaw_rad_s, now.yaw_rad_s - dw, now.yaw_rad_s + dw);
  next.speed_m_s = std::clamp(next.speed_m_s, -limits.speed_m_s, limits.speed_m_s);
  next.yaw_rad_s = std::clamp(next.yaw_rad_s, -limits.yaw_rad_s, limits.yaw_rad_s);
  return next;
}

double nearest_approach_m(const std::vector<MovingThing>& things, std::array<double, 3> pose, Twist now, Twist wanted,
                          const DriveLimits& limits, double horizon_s) {
  double nearest = 1e3;
  if (things.empty()) return nearest;
  drive_ahead(pose, now, wanted, limits, horizon_s, [&](double t, const std::array<double, 3>& at) {
    for (const auto& thing : things) {
      const Point here = {at[0], at[1]};
      const Point then = {thing.at_m[0] + t * thing.velocity_m_s[0], thing.at_m[1] + t * thing.velocity_m_s[1]};
      nearest = std::min({nearest, distance(here, then), distance(here, thing.at_m)});
    }
  });
  return nearest;
}

double clearance_on_way_m(const OccupancyGrid& grid, std::array<double, 3> pose, Twist now, Twist wanted,
                          const DriveLimits& limits, double horizon_s) {
  double nearest = 1e3;
  drive_ahead(pose, now, wanted, limits, horizon_s, [&](double, const std::array<double, 3>& at) {
    const Cell c = grid.cell(at[0], at[1]);
    nearest = std::min(nearest, grid.contains(c) ? grid.clearance_m(c) : 0);
  });
  return nearest;
}

}  // namespace assay::policies
