// Studentised range and Tukey's comparison of all pairs of means. For near-normal scores of equal variance. Pure.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "core/result.h"

namespace assay::metrics {

/// P(Q > q), Q = range of k independent N(0, 1) divided by √(χ²_df/df). Gauss–Legendre quadrature of
/// ∫ f(s) ∫ k φ(z) {Φ(z)^(k−1) − [Φ(z) − Φ(z − qs)]^(k−1)} dz ds, whose terms are all positive: agrees with
/// SciPy to 1e-11 absolute. q ≥ 0, 2 ≤ k ≤ 1000, df ≥ 1.
/// Errors: 1030, 1032 (q < 0, k < 2, df < 1), 1039 (k > 1000).
Result<double> studentized_range_upper(double q, int k, double df);

/// q with P(Q > q) = upper. Errors: as above, 1031 (upper outside (0, 1)), 1037 (no bracket: upper < 1e-12 at df < 3).
Result<double> studentized_range_quantile(double upper, int k, double df);

/// Comparison of groups first and second: difference = mean(second) − mean(first) [data's unit].
struct TukeyPair {
  std::size_t first = 0, second = 0;
  double difference = 0;
  std::optional<double> lower, upper, p_adjusted;  ///< undefined if all values within groups are equal
};
struct TukeyHsd {
  std::vector<TukeyPair> pairs;            ///< (0,1), (0,2), …, (1,2), …
  std::optional<double> anova_f, anova_p;  ///< undefined if all values within groups are equal
  double df_between = 0, df_within = 0;
  double mean_square_within = 0;  ///< [data's unit²]
};
/// One-way analysis of variance and Tukey–Kramer intervals (Tukey 1953, Kramer 1956: exact for equal group sizes,
/// conservative otherwise (Hayter 1984)). groups[k], 2 ≤ k ≤ 50, each ≥ 1 value, more values than groups.
/// Errors: 1033, 1030, 1031 (confidence), 1036 (squares overflow), 1039.
Result<TukeyHsd> tukey_hsd(std::span<const std::vector<double>> groups, double confidence);

}  // namespace assay::metrics
