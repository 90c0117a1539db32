// Gains of a linear-quadratic regulator in discrete time.
#pragma once

#include <Eigen/Core>
#include <optional>

namespace assay::policies {

/// Gain K of u = −K·x that minimises Σ xᵀQx + uᵀRu along x' = Ax + Bu over 2^kDoublings steps and, where the sum
/// converges, for ever. Structure-preserving doubling (Chu, Fan, Lin & Wang, Int. J. Control 77 (2004) 767). A state
/// that neither decays nor can be steered is allowed as long as Q does not see it. Q symmetric and not negative, R
/// positive. Nothing where the arithmetic leaves the finite numbers.
constexpr int kDoublings = 14;
std::optional<Eigen::MatrixXd> lqr_gain(const Eigen::MatrixXd& a, const Eigen::MatrixXd& b, const Eigen::MatrixXd& q,
                                        const Eigen::VectorXd& r_diagonal);

}  // namespace assay::policies
