#include "adapters/policies/riccati.h"

#include <Eigen/Cholesky>
#include <Eigen/LU>

namespace assay::policies {

using Eigen::MatrixXd;

std::optional<MatrixXd> lqr_gain(const MatrixXd& a, const MatrixXd& b, const MatrixXd& q,
                                 const Eigen::VectorXd& r_diagonal) {
  constexpr double kSettled = 1e-10;  // relative change of the cost
  const Eigen::Index n = a.rows();
  MatrixXd step = a, reach = b * r_diagonal.cwiseInverse().asDiagonal() * b.transpose(), cost = q;
  for (int i = 0; i < kDoublings; ++i) {
    const Eigen::PartialPivLU<MatrixXd> solver(MatrixXd::Identity(n, n) + reach * cost);
    const MatrixXd moved = solver.solve(step), reached = solver.solve(reach);
    const MatrixXd more = step.transpose() * cost * moved;
    reach += step * reached * step.transpose();
    step = step * moved;
    cost += 0.5 * (more + more.transpose());
    if (!cost.allFinite() || !step.allFinite()) return std::nullopt;
    if (more.norm() <= kSettled * cost.norm()) break;
  }
  MatrixXd weight = b.transpose() * cost * b;
  weight.diagonal() += r_diagonal;
  MatrixXd gain = weight.ldlt().solve(b.transpose() * cost * a);
  if (!gain.allFinite()) return std::nullopt;
  return gain;
}

}  // namespace assay::policies
