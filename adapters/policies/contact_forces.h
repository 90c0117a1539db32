// How feet that stand share what the body needs: forces of the ground on each, within friction.
#pragma once

#include <Eigen/Core>
#include <vector>

namespace assay::policies {

/// A foot that stands: where it is as seen from the centre of mass, and the largest normal force it may be given.
struct Stance {
  Eigen::Vector3d arm_m = Eigen::Vector3d::Zero();
  double most_n = 0;
};

/// Forces (N, z up) whose sum comes closest to `force_n` and whose moment about the centre of mass closest to
/// `moment_nm`, among those that push, do not slip at friction `mu` and keep within `most_n`. `forces_n` is where the
/// search begins: the answer of the period before. Accelerated projected gradient, a fixed number of rounds.
void share_forces(const std::vector<Stance>& feet, const Eigen::Vector3d& force_n, const Eigen::Vector3d& moment_nm,
                  double mu, std::vector<Eigen::Vector3d>& forces_n);

}  // namespace assay::policies
