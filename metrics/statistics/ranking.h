// Ranking subjects from pairwise outcomes (which of two did better on the same start): Bradley–Terry. Pure.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "core/result.h"

namespace assay::metrics {

/// Outcomes between players a and b (0-based, a ≠ b). A tie counts as half a win of each. Counts are ≥ 0 and may be
/// fractions; a pair may be listed more than once (the deviance then treats the lists as separate observations).
struct PairOutcomes {
  std::size_t a = 0, b = 0;
  double a_wins = 0, b_wins = 0, ties = 0;
};

/// P(i beats j) = 1/(1 + exp(θ_j − θ_i)), maximum likelihood (Bradley & Terry 1952; Hunter 2004), by Newton's method.
struct BradleyTerry {
  std::size_t reference = 0;
  std::vector<double> ability;                  ///< [k] θ_i − θ_reference, log odds
  std::vector<double> se;                       ///< [k] from the inverse Fisher information; 0 for the reference
  std::vector<std::vector<double>> covariance;  ///< [k][k] of `ability`; row and column of the reference are 0
  double log_likelihood = 0;
  double deviance = 0;  ///< 2 Σ [y ln(y/ŷ) + (n − y) ln((n − y)/(n − ŷ))] over the listed pairs
};
/// players ≥ 2, at most 200 (1039).
/// Errors: 1033 (no pair), 1030, 1032 (a count < 0), 1036 (a player out of range or against itself; players that no
/// chain of comparisons joins: their abilities cannot be compared), 1037 (separation: some players never lost to the
/// rest, so the estimate is infinite (Ford 1957)), 1039. `found` names the players concerned.
Result<BradleyTerry> bradley_terry(std::size_t players, std::span<const PairOutcomes> pairs, std::size_t reference);

/// Limits for ability[i] where the profile log-likelihood lies χ²₁(confidence)/2 below its maximum; {0, 0} for the
/// reference. Always finite where the fit exists.
struct AbilityLimits {
  double lower = 0, upper = 0;
};
/// As bradley_terry, players ≤ 100; 1031 (confidence).
Result<std::vector<AbilityLimits>> bradley_terry_profile(std::size_t players, std::span<const PairOutcomes> pairs,
                                                         std::size_t reference, double confidence);

/// Two-sided Wald p of θ_i = θ_j, [k][k] symmetric, 1 on the diagonal: for Holm and letters (multiplicity.h).
std::vector<std::vector<double>> pairwise_p(const BradleyTerry& fit);

}  // namespace assay::metrics
