// Size of a comparison table over its whole null hypothesis: exact values, and a bound that covers all points between.
#pragma once

#include <vector>

#include "metrics/statistics/comparison.h"

namespace assay::metrics {

/// What a table declares where neither robot is better. Such a comparison is a row of coins: unpaired, 2 n_max trials
/// that succeed with p_A = p_B = u; paired, n_max pairs that speak (one robot alone passes) with u = 2 P(A alone) =
/// 2 P(B alone), for A or B at even chances. Given s heads among all coins every order is equally likely, so
///   P_u(declare B) = Σ_s share(s) · C(coins, s) u^s (1 − u)^(coins − s).
/// The recursion over states is run once; each further u costs a polynomial.
class NullCurve {
 public:
  /// Fails as check_table.
  static Result<NullCurve> make(const ComparisonTable& table);
  [[nodiscard]] int coins() const { return coins_; }
  /// P_u(declare B), 0 ≤ u ≤ 1. A sum of terms of one sign: relative error below 1e-12.
  [[nodiscard]] double operator()(double u) const;

 private:
  int coins_ = 0;
  std::vector<double> weight_;  ///< share(s) · C(coins, s)
};

/// Proof of size: exact enumeration on a grid of equal steps in θ = asin √u, 0 … π/2, and a bound for what lies
/// between. The information that the coins carry about θ is 4 per coin, so |dP/dθ| ≤ 2 √coins · √(P (1 − P))
/// (Cauchy–Schwarz on the score), that is |d asin √P / dθ| ≤ √coins: from two neighbours of the grid P cannot climb
/// above sin²((asin √P₁ + asin √P₂ + √coins · step) / 2).
struct SizeProof {
  int intervals_n = 0;      ///< grid of intervals_n + 1 points
  double largest = 0;       ///< largest P(declare B) on the grid
  double largest_at_u = 0;  ///< where
  double bound = 0;         ///< no point of the whole null has more (rounding included)
};

/// The grid at which the bound lies within about 6e-5 (at α = .05) of the largest value; grows with √coins.
int proof_intervals_n(const ComparisonTable& table);

/// By check_monotone the null "B is not better" is at its worst where both are equal, so the proof covers all of it.
/// The mirror image has the same size. Fails as check_monotone; ASSAY-1032: fewer than 1 interval.
Result<SizeProof> prove_size(const ComparisonTable& table, int intervals_n);

}  // namespace assay::metrics
