// Design of comparison tables by backward induction (statistics.md §5): Bayes cost under a flat prior with a Lagrange
// price on wrong declarations at many points of the null. Not randomised, monotone, with its proof of size.
#pragma once

#include <functional>

#include "metrics/statistics/comparison_size.h"

namespace assay::metrics {

struct ComparisonDesignInput {
  Pairing pairing = Pairing::paired;
  int n_max = 200;      ///< 4 … 500 pairs
  double alpha = 0.05;  ///< one-sided, for each of "A better" and "B better"; 0.001 … 0.25
  double kappa = 200;   ///< what ending undecided costs, in pairs: more buys power with longer comparisons; 1 … 1e6
};

struct ComparisonDesign {
  ComparisonDesignInput input;
  ComparisonTable table;  ///< passes check_monotone
  SizeProof proof;        ///< proof.bound ≤ alpha
  double risk_n = 0;      ///< expected pairs + kappa · P(undecided) under the prior: what was minimised
};

/// Called between rounds with the share done, 0 … 1; false ends the design with ASSAY-1050.
using DesignProgress = std::function<bool(double done)>;

/// ASSAY-1036: n_max, ASSAY-1031: alpha, ASSAY-1032: kappa out of range.
Result<void> check_design_input(const ComparisonDesignInput& input);

/// V(t, a, b) = min{Σ_k ν_k L_null(u_k) / L_prior, 1 + E V(t + 1)}, κ at t = n_max where nothing is declared; prior
/// uniform on (p_A, p_B), paired Dirichlet(1, 1, 1) on (A alone, B alone, alike); E under the predictive distribution
/// (Wald–Wolfowitz; Kiefer–Weiss; Lai 1988). The prices ν are raised where the size exceeds α and lowered where it does
/// not, in proportion; of all tables met whose size is proved to be at most α the one of least risk is kept. Only
/// + − × ÷ √ reach the table's numbers, so it is the same on every machine.
/// Fails as check_design_input; ASSAY-1050: cancelled; ASSAY-1037: no table met
/// whose size could be proved.
Result<ComparisonDesign> design_comparison(const ComparisonDesignInput& input, const DesignProgress& progress = {});

/// Roughly how long that takes on one core of 2020 [s]; cost grows with n_max³, and by a further search up to 60 pairs.
double design_time_s(const ComparisonDesignInput& input);

}  // namespace assay::metrics
