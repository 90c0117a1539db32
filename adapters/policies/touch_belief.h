// What attempts to grasp say of a constant error of the detector: every outcome makes some errors likelier than others.
// A grid of hypotheses, weighed by Bayes' rule; plain arithmetic, no sampling.
#pragma once

#include <Eigen/Core>
#include <vector>

namespace assay::policies {

/// One attempt, as it was believed. The fingers close along `closing`; `across` is at right angles to it, both unit
/// vectors in the horizontal plane of the detections.
struct TouchAttempt {
  Eigen::Vector2d tool_m = Eigen::Vector2d::Zero();  ///< where the middle between the fingers was
  Eigen::Vector2d seen_m = Eigen::Vector2d::Zero();  ///< where the detector had the thing, uncorrected
  Eigen::Vector2d closing{0, 1}, across{1, 0};
  double half_width_m = 0.025;   ///< of the thing, along `closing`
  double half_length_m = 0.025;  ///< of the thing, along `across`
  double half_opening_m = 0.04;
};

class TouchBelief {
 public:
  TouchBelief();
  /// The fingers met nothing between them.
  void missed(const TouchAttempt& attempt);
  /// A finger ran into the thing before it was where it should have been.
  void blocked(const TouchAttempt& attempt);
  /// The fingers closed on it: it stands in their middle now, and the detector has it at `seen_m`.
  void held(const TouchAttempt& attempt);
  /// The error (reported minus true) under which the next attempt is likeliest to succeed.
  [[nodiscard]] Eigen::Vector2d best_m() const { return best_m_; }

 private:
  enum class Outcome { missed, blocked, held };
  void weigh(const TouchAttempt& attempt, Outcome outcome);
  void choose();

  std::vector<double> weight_;
  Eigen::Vector2d best_m_ = Eigen::Vector2d::Zero();
};

}  // namespace assay::policies
