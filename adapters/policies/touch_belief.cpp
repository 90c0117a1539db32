#include "adapters/policies/touch_belief.h"

#include <array>
#include <cmath>
#include <cstdlib>

namespace assay::policies {
namespace {

constexpr int kSide = 19;                                 // hypotheses along each axis, −kSide … kSide
constexpr double kCell_m = 0.0025;                        // grid spacing
constexpr double kReach_m = 0.045;                        // no detector is off by more
constexpr double kSharp_m = 0.004;                        // repeatability of a good detector
constexpr double kGood = 0.9;                             // prior probability of one
constexpr double kFinger_m = 0.010;                       // half of a finger's width
constexpr double kEdge_m = 0.003;                         // over which an outcome turns into another
constexpr double kSeen_m = 0.004;                         // error of a report of a held thing, averaged
constexpr double kWindow_m = 0.009;                       // a grasp succeeds within about that
constexpr double kOtherCause = 0.02, kOtherHeld = 0.002;  // an outcome may have another cause

Eigen::Vector2d hypothesis(int i, int j) { return {i * kCell_m, j * kCell_m}; }

/// 1 well inside |x| < limit, 0 well outside.
double within(double x, double limit) { return 1 / (1 + std::exp((std::abs(x) - limit) / kEdge_m)); }

}  // namespace

TouchBelief::TouchBelief() {
  double good = 0, other = 0;
  std::vector<double> near, far;
  for (int i = -kSide; i <= kSide; ++i)
    for (int j = -kSide; j <= kSide; ++j) {
      const double r = hypothesis(i, j).norm();
      near.push_back(std::exp(-0.5 * r * r / (kSharp_m * kSharp_m)));
      far.push_back(r <= kReach_m ? 1 : 0);
      good += near.back();
      other += far.back();
    }
  for (std::size_t k = 0; k < near.size(); ++k)
    weight_.push_back(kGood * near[k] / good + (1 - kGood) * far[k] / other);
}

void TouchBelief::missed(const TouchAttempt& attempt) { weigh(attempt, Outcome::missed); }
void TouchBelief::blocked(const TouchAttempt& attempt) { weigh(attempt, Outcome::blocked); }
void TouchBelief::held(const TouchAttempt& attempt) { weigh(attempt, Outcome::held); }

void TouchBelief::weigh(const TouchAttempt& attempt, Outcome outcome) {
  double sum = 0;
  std::size_t k = 0;
  for (int i = -kSide; i <= kSide; ++i)
    for (int j = -kSide; j <= kSide; ++j, ++k) {
      // Where the thing stood, seen from the tool, if this hypothesis is true.
      const Eigen::Vector2d thing = attempt.seen_m - hypothesis(i, j) - attempt.tool_m;
      const double u = attempt.across.dot(thing), v = attempt.closing.dot(thing);
      const double reached = within(u, attempt.half_length_m + kFinger_m);
      const double between = within(v, attempt.half_opening_m - attempt.half_width_m);
      double likely = 1 - reached;  // missed
      if (outcome == Outcome::blocked) likely = reached * (1 - between);
      if (outcome == Outcome::held) {
        // It was pulled to the middle: along the closing direction what is left is the detector's error.
        likely = within(u, attempt.half_length_m) * std::exp(-0.5 * v * v / (kSeen_m * kSeen_m));
      }
      weight_[k] *= likely + (outcome == Outcome::held ? kOtherHeld : kOtherCause);
      sum += weight_[k];
    }
  for (auto& w : weight_) w /= sum;
  choose();
}

/// Where most of the weight lies within a grasp's window. The window is round, for the direction of the next grasp is
/// not chosen yet; a bell is a product of two, so that each axis is swept alone.
void TouchBelief::choose() {
  constexpr int kWide = 2 * kSide + 1;
  std::array<double, kWide> bell{};
  for (int k = 0; k < kWide; ++k) bell[k] = std::exp(-0.5 * std::pow(k * kCell_m / kWindow_m, 2));
  std::vector<double> swept(weight_.size(), 0);
  for (int i = 0; i < kWide; ++i)
    for (int j = 0; j < kWide; ++j)
      for (int n = 0; n < kWide; ++n) swept[i * kWide + j] += bell[std::abs(n - j)] * weight_[i * kWide + n];
  double best = -1;
  for (int i = 0; i < kWide; ++i)
    for (int j = 0; j < kWide; ++j) {
      double hit = 0;
      for (int m = 0; m < kWide; ++m) hit += bell[std::abs(m - i)] * swept[m * kWide + j];
      if (hit <= best + 1e-12) continue;
      best = hit;
      best_m_ = hypothesis(i - kSide, j - kSide);
    }
}

}  // namespace assay::policies
