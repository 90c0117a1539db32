// Two proportions from fixed numbers of trials: exact tests, paired tests, intervals for the difference. Robots
// compared while trials go on need the sequential rules instead. Pure.
#pragma once

#include <optional>
#include <string_view>

#include "core/result.h"
#include "metrics/statistics/interval.h"

namespace assay::metrics {

/// Successes x1 of n1 trials of A, x2 of n2 trials of B.
struct TwoCounts {
  int x1 = 0, n1 = 0, x2 = 0, n2 = 0;
};

enum class Alternative { two_sided, less, greater };  ///< of pA against pB: `less` is pA < pB
/// "two-sided", "less", "greater"; else ASSAY-1038.
Result<Alternative> alternative_named(std::string_view name);

/// Largest n1 or n2 that the unconditional tests take; beyond it ASSAY-1039.
constexpr int kMaxExactArm = 1'000;

/// Fisher's exact test, conditional on the number of successes (hypergeometric law). `less`: P(X1 ≤ x1); `greater`:
/// P(X1 ≥ x1); two-sided: sum over all tables no more probable than the observed one (equal within 1e-7, as R does).
/// Errors: ASSAY-1032 counts or an empty arm; ASSAY-1039 n1 + n2 > 10⁷. Source: Fisher, J. R. Stat. Soc. 98 (1935) 39.
struct FisherP {
  double two_sided = 1, less = 1, greater = 1;
};
Result<FisherP> fisher_exact(const TwoCounts& counts);

/// McNemar's tests on pairs: b pairs only A succeeded, c pairs only B (equal pairs carry no information).
/// X ~ Bin(b + c, ½): exact two-sided min(1, 2 P(X ≤ min)), one-sided P(X ≤ b) for "A is worse"; mid-p
/// 2 P(X ≤ min) − P(X = min), for b = c 1 − P(X = b)/2; χ² = (b − c)²/(b + c), with continuity correction
/// (|b − c| − 1)²/(b + c), 0 for b = c; p from χ² with one degree of freedom.
/// For b + c = 0 the exact p are 1 and the other members are undefined.
/// Errors: ASSAY-1032 b or c < 0. Source: McNemar, Psychometrika 12 (1947) 153; Fagerland et al., BMC Med. Res.
/// Methodol. 13 (2013) 91 (mid-p).
struct McNemar {
  double exact_two_sided = 1, exact_less = 1;
  std::optional<double> mid_p, chi2, p_chi2, chi2_corrected, p_corrected;
};
Result<McNemar> mcnemar(int b, int c);

/// Unconditional exact tests: p = max over the common π of P(table at least as extreme | π). The maximum is sought on a
/// grid in asin √π of a tenth of the counts' standard deviation, then refined at every local maximum within 1 % of the
/// best; its place is unique only up to ties (equal arms: π and 1 − π).
struct UnconditionalP {
  double p = 1;
  double nuisance = 0;              ///< π at the maximum
  std::optional<double> statistic;  ///< pooled z; undefined where no trial or every trial succeeded
};
/// Extreme by the pooled z = (p̂1 − p̂2)/√(p̂(1−p̂)(1/n1 + 1/n2)); z = 0 where the pooled variance is 0. Squared
/// statistics are compared as integers, so tied tables always count together.
/// Errors: ASSAY-1032 counts, ASSAY-1039 an arm above kMaxExactArm. Source: Barnard, Biometrika 34 (1947) 123; Suissa &
/// Shuster, J. R. Stat. Soc. A 148 (1985) 317.
Result<UnconditionalP> barnard_exact(const TwoCounts& counts, Alternative alternative);
/// The same at a given π in [0, 1]: P(table at least as extreme | π). Also ASSAY-1031.
Result<double> barnard_p_at(const TwoCounts& counts, Alternative alternative, double nuisance);

/// Extreme by Fisher's one-sided p (equal within 1e-12); two-sided is twice the smaller one-sided p, at most 1. `less`
/// and `greater` as above; `observed` is the one for the sign of p̂1 − p̂2 (`less` for none).
/// Errors: ASSAY-1032, ASSAY-1039. Source: Boschloo, Stat. Neerl. 24 (1970) 1.
struct BoschlooP {
  double two_sided = 1, less = 1, greater = 1, observed = 1;
};
Result<BoschlooP> boschloo_exact(const TwoCounts& counts);

/// Two-sided intervals for pA − pB.
///  newcombe: d ∓ √((p̂1 − l1)² + (u2 − p̂2)²) from the two Wilson intervals (Newcombe, Stat. Med. 17 (1998) 873, no.
///  10); wald: d ∓ z √(p̂1q̂1/n1 + p̂2q̂2/n2), for comparison only; agresti_caffo: Wald after one success and one failure
///  more in each arm (Am. Stat. 54 (2000) 280); miettinen_nurminen: δ with (d − δ)² ≤ z² v(δ) N/(N − 1), v at the
///  restricted maximum likelihood (Stat. Med. 4 (1985) 213), within [−1, 1].
/// Errors: ASSAY-1032, ASSAY-1031 confidence.
struct DifferenceIntervals {
  Interval newcombe, wald, agresti_caffo, miettinen_nurminen;
};
Result<DifferenceIntervals> two_proportion_difference(const TwoCounts& counts, double confidence);

}  // namespace assay::metrics
