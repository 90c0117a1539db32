#include "adapters/policies/peg_feel.h"

#include <algorithm>
#include <cmath>

namespace assay::policies {
namespace {

constexpr double kDownSpeed_m_s = 0.035;  // in the air, to be stopped by a touch
constexpr double kSlowBelow_m = 0.008;    // this near to the mouth as seen, more slowly
constexpr double kSlowSpeed_m_s = 0.015;
constexpr double kYield_m_s_n = 0.0010;      // of height, per newton off the wanted pressure
constexpr double kSideYield_m_s_n = 0.0008;  // sideways, per newton
constexpr double kMostSpeed_m_s = 0.02;
constexpr double kPitch_m = 0.0025;  // of the spiral: less than a chamfer is wide
constexpr double kSearchSpeed_m_s = 0.014;
constexpr double kDropped_m = 0.0013;  // below the rim: the peg is in the chamfer
constexpr double kChamfer_m = 0.0025;  // a first touch lower than that is a wall's
constexpr double kAllIn = 0.80;        // share of the depth at which a firm stop is the bottom
constexpr double kFlat_s = 0.4;        // pressed that long without sinking: it stands on the rim
constexpr double kStuck_s = 1.6;
constexpr double kShake_m_s = 0.008, kShake_hz = 3;  // a small circle against friction
constexpr double kSmooth = 0.5;                      // of the force, share of the newest
constexpr double kTurn = 6.283185307179586;

}  // namespace

void PegFeel::start(double mouth_z_m, double depth_m, double press_n, double widest_search_m) {
  *this = PegFeel();
  mouth_z_m_ = rim_z_m_ = mouth_z_m;
  depth_m_ = depth_m;
  press_n_ = press_n;
  widest_m_ = widest_search_m;
}

void PegFeel::touch(const Eigen::Vector3d& tool_m) {
  // Perhaps on the rim, perhaps in the chamfer already: pressing on tells.
  rim_z_m_ = std::max(tool_m.z(), mouth_z_m_ - kChamfer_m);
  state_ = State::push;
  deepest_m_ = still_s_ = 0;
}

/// Archimedes' spiral at a constant speed on the path: r = pitch · angle / turn.
Eigen::Vector2d PegFeel::spiral_speed(double period_s) {
  const double r = kPitch_m * angle_rad_ / kTurn, dr = kPitch_m / kTurn;
  const double by = kSearchSpeed_m_s * period_s / std::hypot(std::max(r, 0.0005), dr);
  const double next = angle_rad_ + by, r_next = kPitch_m * next / kTurn;
  const Eigen::Vector2d from(r * std::cos(angle_rad_), r * std::sin(angle_rad_));
  const Eigen::Vector2d to(r_next * std::cos(next), r_next * std::sin(next));
  angle_rad_ = next;
  return (to - from) / period_s;
}

std::vector<double> PegFeel::step(const Eigen::Vector3d& tool_m, const Eigen::Vector3d& force_n, double period_s) {
  felt_n_ += kSmooth * (force_n - felt_n_);
  const double pressed_n = felt_n_.z(), depth = rim_z_m_ - tool_m.z();
  Eigen::Vector3d speed = Eigen::Vector3d::Zero();
  const double yield = std::clamp(kYield_m_s_n * (pressed_n - press_n_), -kMostSpeed_m_s, kMostSpeed_m_s);
  switch (state_) {
    case State::down:
      speed.z() = tool_m.z() > mouth_z_m_ + kSlowBelow_m ? -kDownSpeed_m_s : -kSlowSpeed_m_s;
      touching_s_ = pressed_n > 0.5 * press_n_ ? touching_s_ + period_s : 0;
      if (touching_s_ > 0.05) touch(tool_m);
      if (tool_m.z() < mouth_z_m_ - 0.4 * depth_m_) touch(Eigen::Vector3d(0, 0, mouth_z_m_));
      break;
    case State::search: {
      speed.z() = yield;
      if (pressed_n < 1.8 * press_n_ && pressed_n > 0.3 * press_n_) speed.head<2>() = spiral_speed(period_s);
      if (depth > kDropped_m) {
        state_ = State::push;
        deepest_m_ = depth;
        still_s_ = 0;
      } else if (kPitch_m * angle_rad_ / kTurn > widest_m_) {
        state_ = State::lost;
      }
      break;
    }
    case State::push: {
      speed.z() = yield;
      Eigen::Vector2d aside = kSideYield_m_s_n * felt_n_.head<2>();
      if (aside.norm() > kMostSpeed_m_s) aside *= kMostSpeed_m_s / aside.norm();
      if (depth > kDropped_m && still_s_ > kFlat_s) {
        const double phase = kTurn * kShake_hz * still_s_;
        aside += kShake_m_s * Eigen::Vector2d(std::cos(phase), std::sin(phase));
      }
      speed.head<2>() = aside;
      if (depth > deepest_m_ + 0.0003) {
        deepest_m_ = depth;
        still_s_ = 0;
      } else {
        still_s_ += period_s;
      }
      const bool bottom = deepest_m_ > kAllIn * depth_m_;
      if (bottom && (pressed_n > 0.7 * press_n_ || still_s_ > kFlat_s)) {
        state_ = State::in;
      } else if (depth < kDropped_m && still_s_ > kFlat_s) {
        state_ = State::search;
      } else if (still_s_ > kStuck_s) {
        state_ = State::lost;
      }
      break;
    }
    case State::in:
    case State::lost:
      break;
  }
  return {speed.x() * period_s, speed.y() * period_s, speed.z() * period_s, 0, 0, 0};
}

}  // namespace assay::policies
