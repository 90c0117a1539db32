// A constant horizontal error of the detections, learned from where pegs went in. Frame: the arm's base.
//
// Both peg and socket are seen displaced by b. Closing the fingers centres the peg across them, so that of the error at
// the grasp only the part along the tool's x axis (x_g) stays in the hand; it counts along the tool's x axis at the
// socket (x_i). A tool that aimed at the peg with the estimate b_g and found the socket at `inserted` therefore saw
//   seen_hole − inserted − x_i (x_g · b_g) = (I − x_i x_gᵀ) b.
// Each insertion adds two such equations; least squares with a prior of b = 0 solves them.
#pragma once

#include <Eigen/Core>

namespace assay::policies {

class HiddenOffset {
 public:
  /// [m]. Zero until something was learned.
  [[nodiscard]] Eigen::Vector2d estimate() const;
  void learn(const Eigen::Vector2d& seen_hole_m, const Eigen::Vector2d& inserted_m, double grasp_yaw_rad,
             double insert_yaw_rad, const Eigen::Vector2d& estimate_at_grasp_m);

 private:
  Eigen::Matrix2d information_ = Eigen::Matrix2d::Zero();
  Eigen::Vector2d weighted_ = Eigen::Vector2d::Zero();
};

}  // namespace assay::policies
