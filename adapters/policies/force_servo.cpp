#include "adapters/policies/force_servo.h"

#include <algorithm>

namespace assay::policies {
namespace {

constexpr double kTouch_n = 1.2, kLost_n = 0.3;
constexpr double kSettle_s = 0.30;
constexpr double kFirstGuess_n_m = 2500, kSoftest_n_m = 600, kHardest_n_m = 12000;
constexpr double kLearn_n = 3.0;        // rise of force that tells the stiffness
constexpr double kLeastDepth_m = 1e-4;  // less is noise of the joints
constexpr double kAway_m_s = 0.06;      // fastest retreat from too much force
constexpr double kFilter = 0.5;

}  // namespace

void ForceServo::release() {
  force_n_ = 0;
  touching_ = false;
}

void ForceServo::forget() {
  release();
  stiffness_n_m_ = 0;
  learnt_ = false;
}

double ForceServo::step(double force_n, double depth_m, double aim_n, double fastest_m_s) {
  force_n_ += kFilter * (force_n - force_n_);
  if (!touching_ && force_n_ > kTouch_n) {
    touching_ = true;
    touch_depth_m_ = depth_m;
    touch_force_n_ = force_n_;
  } else if (touching_ && force_n_ < kLost_n) {
    touching_ = false;
  }
  const double sunk = depth_m - touch_depth_m_, risen = force_n_ - touch_force_n_;
  if (touching_ && !learnt_ && risen > kLearn_n && sunk > kLeastDepth_m) {
    stiffness_n_m_ = std::clamp(risen / sunk, kSoftest_n_m, kHardest_n_m);
    learnt_ = true;
  }
  const double damping = (learnt_ ? stiffness_n_m_ : kFirstGuess_n_m) * kSettle_s;
  return std::clamp((aim_n - force_n_) / damping, -kAway_m_s, fastest_m_s);
}

}  // namespace assay::policies
