// Exact operating characteristics of a sequential plan for a success probability: chances of its ends and expected
// trials over p, and a proved bound on its size everywhere at or below the limit. Pure.
#pragma once

#include <span>
#include <vector>

#include "core/model/plan.h"
#include "core/result.h"

namespace assay::metrics {

struct OperatingPoint {
  double p = 0;                   ///< success probability
  double accept = 0, refuse = 0;  ///< chance of each end; they sum to 1
  double expected_n = 0;          ///< trials
  double share = 0;               ///< expected_n / fixed_n
};

/// sup P(accept | p) over 0 ≤ p ≤ p0. Every table of thresholds makes P(accept) grow with p (couple the walks), so the
/// supremum is at p0. `bound` proves it again without that argument, between grid points too: for θ = asin √p each
/// trial carries Fisher information 4, so by Cauchy–Schwarz |dP/dθ| ≤ 2√n_max·√(P(1−P)), which says that asin √P has
/// slope ≤ √n_max in θ. Branch and bound refines the grid where the bound is largest. (statistics.md §5 states the same
/// for two robots, 2N trials: 2√(2N)·√(α(1−α)).)
struct SizeBound {
  double at_limit = 0;  ///< P(accept | p0), exact
  double largest = 0;   ///< over the grid
  double bound = 0;     ///< no p ≤ p0 has a larger P(accept)
  int grid_points = 0;
};

struct OperatingCharacteristics {
  double p0 = 0, p1 = 0, alpha = 0, beta = 0;  ///< as asked
  int fixed_n = 0, n_max = 0, least_n = 0;
  double exact_alpha = 0, exact_beta = 0;
  SizeBound size;
  OperatingPoint at_p0, midway, at_p1, at_one;  ///< midway: (p0 + p1)/2
  std::vector<OperatingPoint> points;           ///< at the p asked
};

/// 1036 unless both boundaries have n_max + 1 ≥ 2 entries, accept[n] < refuse[n] for n ≥ 1, and one of the two always
/// holds at n_max.
Result<void> check_table(const StopTable& table);

/// `p`: success probabilities in [0, 1] (ASSAY-1031); empty: 0, 0.01 … 1. Further fails as check_table. Exact lattice
/// recursion over every outcome (Aroian 1968).
Result<OperatingCharacteristics> operating_characteristics(const SequentialDesign& design,
                                                           std::span<const double> p = {});

/// `slack` > 0 (ASSAY-1032): how far `bound` may lie above the largest value on the grid; at most `most_points` grid
/// points, after which the bound is what it is (still proved). p0 in [0, 1] (ASSAY-1031).
Result<SizeBound> size_bound(const StopTable& table, double p0, double slack = 1e-5, int most_points = 5'000);

}  // namespace assay::metrics
