// Rank tests at fixed n: two samples, pairs, several groups. Free of the scores' distribution. Pure.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <vector>

#include "core/result.h"

namespace assay::metrics {

/// Mann–Whitney (Wilcoxon rank sum; Mann & Whitney 1947), two-sided unless said.
struct MannWhitney {
  double u = 0;  ///< of a: #{(i, j): a_i > b_j} + ½ #{a_i = b_j}
  bool tied = false;
  std::optional<double> p_exact;                ///< undefined with ties or n·m > 10 000
  std::optional<double> p_exact_as_if_untied;   ///< null distribution without ties at ⌊max(U, nm − U)⌋
  std::optional<double> p_normal_cc, p_normal;  ///< tie-corrected normal with and without continuity correction ½;
                                                ///< undefined where all values are equal
  double hodges_lehmann = 0;                    ///< median of a_i − b_j [data's unit]
  std::optional<std::array<double, 2>> shift;   ///< exact interval for the shift [data's unit]; as p_exact
};
/// a[n], b[m], n, m ≥ 1. Shift limits are order statistics of the n·m differences at the exact distribution's
/// (1 − confidence)/2 quantile (Hollander & Wolfe, 4.3). n·m ≤ 4 000 000 (1039).
/// Errors: 1033 (empty), 1030 (not finite), 1031 (confidence), 1039.
Result<MannWhitney> mann_whitney(std::span<const double> a, std::span<const double> b, double confidence);

/// P(U ≤ u) for samples of n and m without ties. 1032 for n, m < 1, 1039 for n·m > 10 000.
Result<double> mann_whitney_cdf(int u, int n, int m);

/// Wilcoxon signed rank of d = a − b (Wilcoxon 1945); zeros are dropped.
struct SignedRank {
  double v = 0;  ///< sum of ranks of the positive differences
  int n = 0;     ///< differences that are not 0
  bool tied = false, zeros = false;
  std::optional<double> p_exact;      ///< two-sided; undefined with ties or zeros, n = 0 or n > 400
  std::optional<double> p_normal_cc;  ///< tie-corrected normal, continuity correction ½; undefined for n = 0
};
/// a[n], b[n], n ≥ 1. |d| that differ by at most `tie_tolerance` [data's unit] are tied: decimal readings such as
/// 5.61 − 5.27 and 4.37 − 4.03 differ in the last bit only; 0 takes doubles as they are.
/// Errors: 1033, 1034 (lengths), 1030, 1032 (tolerance < 0).
Result<SignedRank> signed_rank(std::span<const double> a, std::span<const double> b, double tie_tolerance);

/// Two-sample Kolmogorov–Smirnov: D = sup |F_a − F_b|, two-sided.
struct KolmogorovSmirnov {
  double d = 0;
  /// P(D ≥ d) by counting lattice paths (Hodges 1958), exact without ties, conservative with ties; undefined for
  /// n·m > 25 000 000.
  std::optional<double> p_exact;
};
/// a[n], b[m], n, m ≥ 1. Errors: 1033, 1030.
Result<KolmogorovSmirnov> kolmogorov_smirnov(std::span<const double> a, std::span<const double> b);

/// Brunner–Munzel (2000, Biometrical Journal 42:17): P(a < b) + ½ P(a = b) against ½ without equal variances.
struct BrunnerMunzel {
  double relative_effect = 0.5;                      ///< estimate of P(a < b) + ½ P(a = b)
  std::optional<double> statistic, df, p_two_sided;  ///< t distribution; undefined where neither sample overlaps
};
/// a[n], b[m], n, m ≥ 2; statistic > 0 where b tends to be larger. Errors: 1033, 1030.
Result<BrunnerMunzel> brunner_munzel(std::span<const double> a, std::span<const double> b);

/// A χ² statistic of several groups.
struct RankChiSquare {
  std::optional<double> statistic, p;  ///< undefined where every value (Friedman: within every block) is tied
  int df = 0;
};
/// Kruskal–Wallis H with tie correction, χ² with k − 1 degrees of freedom. k ≥ 2 groups of ≥ 1 value.
/// Errors: 1033, 1030.
Result<RankChiSquare> kruskal_wallis(std::span<const std::vector<double>> groups);
/// Friedman χ² with tie correction; groups[k][n], the i-th values of all groups are one block; k ≥ 2, n ≥ 1.
/// Errors: 1033, 1030, 1034 (groups of different length).
Result<RankChiSquare> friedman(std::span<const std::vector<double>> groups);

}  // namespace assay::metrics
