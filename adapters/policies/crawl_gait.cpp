#include "adapters/policies/crawl_gait.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace assay::policies {
namespace {

using Eigen::Vector2d;
using Eigen::Vector3d;

constexpr double kStand_s = 0.6, kUnload_s = 0.1, kSwing_s = 0.4, kLoad_s = 0.1, kArrive_s = 1.2;
constexpr double kShortShift_s = 0.3, kShift_m_s = 0.16;  // mean speed of the centre of mass
constexpr double kStride_m = 0.20, kTurn_rad = 0.35;      // of the whole posture in one round
constexpr double kNear_m = 0.02, kNear_rad = 0.03;
constexpr double kLift_m = 0.07, kReach_down_m = 0.08, kFeel_m_s = 0.15;
constexpr double kMargin_m = 0.055, kLeastMargin_m = 0.025, kPatience_s = 1.5;
constexpr double kTouch_n = 15;
constexpr double kForget_s = 0.4;      // in which a foot that stands is believed to be where the joints say
constexpr double kSink_m_s = 0.1;      // of the height that the trunk is kept over
constexpr double kPendulum_1_s = 4.7;  // of a body as high as a table: speed over this is how far it will tip

double smooth(double t) {
  t = std::clamp(t, 0.0, 1.0);
  return t * t * t * (10 - 15 * t + 6 * t * t);
}

Vector2d turned(const Vector3d& v, double yaw_rad) {
  const double c = std::cos(yaw_rad), s = std::sin(yaw_rad);
  return {c * v.x() - s * v.y(), s * v.x() + c * v.y()};
}

double wrapped(double angle) { return std::remainder(angle, 6.283185307179586); }

}  // namespace

void CrawlGait::start(const Feet& home, const Vector3d& home_com, const Feet& feet) {
  *this = CrawlGait();
  home_com_ = home_com;
  home_ = home;
  feet_ = feet;
  landed_s_.fill(-1);
  for (const auto& foot : feet_) ground_m_ += foot.z() / kFeet;
}

std::optional<std::size_t> CrawlGait::lifted() const {
  if (phase_ != Phase::unload && phase_ != Phase::swing) return std::nullopt;
  return order_[turn_];
}

double CrawlGait::most_n(std::size_t foot, double now_s) const {
  constexpr double kAny_n = 1e4, kLight_n = 40;
  if (phase_ == Phase::unload && foot == order_[turn_])
    return 400 * (1 - std::clamp((now_s - since_s_) / kUnload_s, 0.0, 1.0));
  if (phase_ == Phase::swing && foot == order_[turn_]) return 0;
  const double t = (now_s - landed_s_[foot]) / kLoad_s;
  return landed_s_[foot] < 0 || t >= 1 ? kAny_n : kLight_n + 400 * t;
}

Place CrawlGait::place() const {
  Vector2d middle = Vector2d::Zero(), home_middle = Vector2d::Zero();
  for (std::size_t i = 0; i < kFeet; ++i) {
    middle += feet_[i].head<2>() / kFeet;
    home_middle += home_[i].head<2>() / kFeet;
  }
  double along = 0, across = 0;
  for (std::size_t i = 0; i < kFeet; ++i) {
    const Vector2d a = home_[i].head<2>() - home_middle, b = feet_[i].head<2>() - middle;
    along += a.dot(b);
    across += a.x() * b.y() - a.y() * b.x();
  }
  const double yaw = std::atan2(across, along);
  return {middle - turned({home_middle.x(), home_middle.y(), 0}, yaw), yaw};
}

void CrawlGait::enter(Phase phase, double now_s) {
  phase_ = phase;
  since_s_ = now_s;
}

/// A foot that stands may have slipped or rolled: its place is that of the joints, slowly.
void CrawlGait::follow_feet(const CrawlSeen& seen) {
  const double dt = seen.now_s - last_s_;
  last_s_ = seen.now_s;
  const double share = std::clamp(dt / kForget_s, 0.0, 1.0);
  double mean = 0, count = 0;
  for (std::size_t i = 0; i < kFeet; ++i) {
    if (phase_ == Phase::swing && i == order_[turn_]) continue;
    feet_[i] += share * (seen.feet_m[i] - feet_[i]);
    mean += feet_[i].z();
    ++count;
  }
  ground_m_ += std::clamp(mean / count - ground_m_, -kSink_m_s * dt, kSink_m_s * dt);
}

void CrawlGait::advance(const CrawlSeen& seen) {
  follow_feet(seen);
  const double t = seen.now_s - since_s_;
  switch (phase_) {
    case Phase::stand:
      from_ = to_ = seen.com_m.head<2>();
      if (t < kStand_s || !goal_) break;
      plan_round();
      plan_shift(seen);
      break;
    case Phase::shift: {
      if (t < shift_s_) break;
      const Vector2d tips = seen.com_m.head<2>() + seen.com_speed_m_s.head<2>() / kPendulum_1_s;
      if (margin_m(tips) >= kLeastMargin_m) return enter(Phase::unload, seen.now_s);
      if (t > shift_s_ + kPatience_s) plan_shift(seen);
      break;
    }
    case Phase::unload:
      if (t >= kUnload_s) plan_swing(seen);
      break;
    case Phase::swing:
      touch_down(seen);
      break;
    case Phase::arrive:
      if (t >= shift_s_ + kArrive_s) enter(Phase::done, seen.now_s);
      break;
    case Phase::done:
      break;
  }
}

/// The posture of the whole, one stride nearer to the goal; the feet that trail go first.
void CrawlGait::plan_round() {
  const Place now = place();
  began_ = now;
  const Vector2d missing = goal_->at_m - now.at_m;
  const double turn = wrapped(goal_->yaw_rad - now.yaw_rad), length = missing.norm();
  aim_.at_m = now.at_m + missing * std::min(1.0, kStride_m / std::max(1e-9, length));
  aim_.yaw_rad = now.yaw_rad + std::clamp(turn, -kTurn_rad, kTurn_rad);
  const Vector2d ahead = length > kNear_m ? turned({missing.x(), missing.y(), 0}, -now.yaw_rad) : Vector2d(1, 0);
  Vector2d middle = Vector2d::Zero();
  for (const auto& foot : home_) middle += foot.head<2>() / kFeet;
  std::array<std::size_t, kFeet> by{0, 1, 2, 3};
  const auto along = [&](std::size_t i) { return (home_[i].head<2>() - middle).dot(ahead); };
  const auto across = [&](std::size_t i) {
    const Vector2d at = home_[i].head<2>() - middle;
    return ahead.x() * at.y() - ahead.y() * at.x();
  };
  std::sort(by.begin(), by.end(), [&](std::size_t a, std::size_t b) { return along(a) < along(b); });
  if (across(by[0]) < across(by[1])) std::swap(by[0], by[1]);
  if (across(by[2]) < across(by[3])) std::swap(by[2], by[3]);
  order_ = {by[0], by[2], by[1], by[3]};
  turn_ = 0;
}

bool CrawlGait::arrived() const {
  const Place now = place();
  return (goal_->at_m - now.at_m).norm() < kNear_m && std::abs(wrapped(goal_->yaw_rad - now.yaw_rad)) < kNear_rad;
}

void CrawlGait::plan_shift(const CrawlSeen& seen) {
  from_ = to_;
  yaw_from_ = yaw_to_;
  const double share = static_cast<double>(turn_) / kFeet;
  yaw_to_ = yaw_from_ + wrapped(began_.yaw_rad + share * wrapped(aim_.yaw_rad - began_.yaw_rad) - yaw_from_);
  const Place now = place();
  Vector2d middle = Vector2d::Zero();
  for (const auto& foot : feet_) middle += foot.head<2>() / kFeet;
  if (turn_ == 0 && arrived()) {
    to_ = now.at_m + turned(home_com_, now.yaw_rad);
    enter(Phase::arrive, seen.now_s);
  } else {
    to_ = inside_triangle(middle);
    enter(Phase::shift, seen.now_s);
  }
  shift_s_ = std::max(kShortShift_s, (to_ - from_).norm() / kShift_m_s);
}

void CrawlGait::plan_swing(const CrawlSeen& seen) {
  const std::size_t foot = order_[turn_];
  lift_off_ = seen.feet_m[foot];
  landing_.head<2>() = aim_.at_m + turned(home_[foot], aim_.yaw_rad);
  double ground = 0;
  for (std::size_t i = 0; i < kFeet; ++i)
    if (i != foot) ground += feet_[i].z() / (kFeet - 1);
  landing_.z() = ground;
  touching_ = 0;
  hasty_ = false;
  enter(Phase::swing, seen.now_s);
}

void CrawlGait::touch_down(const CrawlSeen& seen) {
  const std::size_t foot = order_[turn_];
  const double t = (seen.now_s - since_s_) / kSwing_s;
  touching_ = seen.load_n[foot] > kTouch_n && (t > 0.5 || hasty_) ? touching_ + 1 : 0;
  const bool nowhere = swing_m(seen.now_s).z() <= landing_.z() - kReach_down_m;
  if (!hasty_ && touching_ < 2 && t < 0.85) {
    const Vector2d tips = seen.com_m.head<2>() + seen.com_speed_m_s.head<2>() / kPendulum_1_s;
    if (margin_m(tips) < 0) {
      // It tips: a foot on the ground is worth more than one where it was meant to be.
      hasty_ = true;
      lift_off_ = seen.feet_m[foot];
      landing_.head<2>() = lift_off_.head<2>() + seen.com_speed_m_s.head<2>() * 0.15;
      since_s_ = seen.now_s;
    }
  }
  if (touching_ < 2 && !nowhere) return;
  feet_[foot] = seen.feet_m[foot];
  landed_s_[foot] = seen.now_s;
  if (hasty_ || ++turn_ == kFeet) plan_round();
  plan_shift(seen);
}

Vector3d CrawlGait::swing_m(double now_s) const {
  const double t = (now_s - since_s_) / kSwing_s;
  Vector3d at;
  if (hasty_) {
    at = lift_off_ + smooth(3 * t) * (landing_ - lift_off_);
    at.z() = lift_off_.z() + std::min(1.0, 3 * t) * (landing_.z() - lift_off_.z());
    if (3 * t > 1) at.z() -= kFeel_m_s * (t - 1.0 / 3) * kSwing_s;
    return at;
  }
  at.head<2>() = lift_off_.head<2>() + smooth((t - 0.15) / 0.7) * (landing_.head<2>() - lift_off_.head<2>());
  const double top = std::max(lift_off_.z(), landing_.z()) + kLift_m;
  at.z() = lift_off_.z() + smooth(t / 0.4) * (top - lift_off_.z()) + smooth((t - 0.55) / 0.45) * (landing_.z() - top);
  if (t > 1) at.z() -= kFeel_m_s * (t - 1) * kSwing_s;
  return at;
}

Vector2d CrawlGait::com_m(double now_s) const {
  if (phase_ != Phase::shift && phase_ != Phase::arrive) return to_;
  return from_ + smooth((now_s - since_s_) / shift_s_) * (to_ - from_);
}

double CrawlGait::yaw_rad(double now_s) const {
  if (phase_ != Phase::shift && phase_ != Phase::arrive) return yaw_to_;
  return yaw_from_ + smooth((now_s - since_s_) / shift_s_) * (yaw_to_ - yaw_from_);
}

namespace {

/// Lines of a triangle, by a point and the normal that points inwards.
struct Edge {
  Vector2d point, inward;
};

std::array<Edge, 3> edges(const std::array<Vector2d, 3>& corners) {
  std::array<Edge, 3> out;
  for (std::size_t i = 0; i < 3; ++i) {
    const Vector2d& a = corners[i];
    const Vector2d& b = corners[(i + 1) % 3];
    Vector2d normal(a.y() - b.y(), b.x() - a.x());
    normal /= std::max(1e-9, normal.norm());
    if (normal.dot(corners[(i + 2) % 3] - a) < 0) normal = -normal;
    out[i] = {a, normal};
  }
  return out;
}

std::array<Vector2d, 3> others(const CrawlGait::Feet& feet, std::size_t without) {
  std::array<Vector2d, 3> out;
  std::size_t n = 0;
  for (std::size_t i = 0; i < feet.size(); ++i)
    if (i != without) out[n++] = feet[i].head<2>();
  return out;
}

}  // namespace

double CrawlGait::margin_m(const Vector2d& at) const {
  double least = std::numeric_limits<double>::infinity();
  for (const auto& edge : edges(others(feet_, order_[turn_])))
    least = std::min(least, edge.inward.dot(at - edge.point));
  return least;
}

/// The nearest point whose distance to every side is the margin, by projections in turn.
Vector2d CrawlGait::inside_triangle(Vector2d at) const {
  constexpr int kRounds = 30;
  const auto sides = edges(others(feet_, order_[turn_]));
  for (int round = 0; round < kRounds; ++round)
    for (const auto& side : sides) at += std::max(0.0, kMargin_m - side.inward.dot(at - side.point)) * side.inward;
  return at;
}

}  // namespace assay::policies
