// Several tests at once: adjusted p values, and letters that show which subjects differ. Pure.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/result.h"

namespace assay::metrics {

/// Adjusted p values in the order given, each at most 1. Compare with α as if each were alone.
struct AdjustedP {
  std::vector<double> bonferroni;  ///< familywise error, any dependence
  std::vector<double> holm;  ///< step down (Holm 1979); familywise error, any dependence, never worse than the first
  std::vector<double> hochberg;  ///< step up (Hochberg 1988); familywise error under independence
  std::vector<double> bh;        ///< Benjamini & Hochberg 1995: false discovery rate, independence
  std::vector<double> by;        ///< Benjamini & Yekutieli 2001: false discovery rate, any dependence
};
/// p[n], n ≥ 1, each within [0, 1]. Errors: 1033 (empty), 1031.
Result<AdjustedP> adjust_p(std::span<const double> p);

/// Compact letter display (Piepho 2004): letters[i] of subject i; two subjects share a letter if and only if their p
/// is at least `threshold`. p[i][j] symmetric, the diagonal is not looked at. Cliques of the "not different" graph,
/// at most one per pair; letters a–z, then A–Z, in the order of the subjects.
/// Errors: 1033 (no subject), 1034 (p is not square), 1031 (p or threshold outside [0, 1]), 1036 (p not symmetric),
/// 1039 (more than 200 subjects, or more than 52 letters needed).
Result<std::vector<std::string>> compact_letters(std::span<const std::vector<double>> p, double threshold);

}  // namespace assay::metrics
