// Agreement of judges: whether two people (or a person and a program) score the same trials alike. Pure.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <vector>

#include "core/random.h"
#include "core/result.h"

namespace assay::metrics {

/// Cohen's κ of two raters over n items, categories 1…k in their order.
struct CohenKappa {
  std::optional<double> kappa;              ///< (Po − Pe)/(1 − Pe) (Cohen 1960); undefined if Pe = 1
  std::optional<double> linear, quadratic;  ///< weights |i − j|, (i − j)² (Cohen 1968); undefined likewise
  std::optional<double> se;                 ///< of κ, large sample (Fleiss, Cohen & Everitt 1969); undefined likewise
};
/// rater1[n], rater2[n], n ≥ 1, 2 ≤ categories ≤ 1000.
/// Errors: 1033 (empty), 1034 (lengths), 1032 (categories < 2), 1036 (a rating outside 1…categories), 1039.
Result<CohenKappa> cohen_kappa(std::span<const int> rater1, std::span<const int> rater2, int categories);

/// What belongs beside κ: with a rare category κ is low although raters agree (Feinstein & Cicchetti 1990).
struct Prevalence {
  int items_n = 0;
  double observed = 0, expected = 0;             ///< Po, Pe
  std::vector<double> share1, share2;            ///< [k] share of items that each rater puts in category i
  std::vector<std::optional<double>> agreement;  ///< [k] specific agreement 2 n_ii/(n_i. + n_.i); undefined if unused
  std::optional<double> prevalence_index, bias_index;  ///< k = 2: |n11 − n22|/n, |n12 − n21|/n (Byrt et al. 1993)
  double prevalence_adjusted = 0;                      ///< (k Po − 1)/(k − 1); for k = 2 PABAK = 2 Po − 1
  double gwet_ac1 = 0;  ///< (Po − Pγ)/(1 − Pγ), Pγ = Σ π(1 − π)/(k − 1) (Gwet 2008)
};
/// Shapes and errors as cohen_kappa.
Result<Prevalence> prevalence(std::span<const int> rater1, std::span<const int> rater2, int categories);

/// κ of m ≥ 2 ratings per item. counts[n][k]: how many of the m ratings of item i fall in category j.
struct FleissKappa {
  std::optional<double> kappa;  ///< Fleiss 1971; undefined if all ratings are of one category
  double randolph = 0;          ///< free-marginal: chance agreement 1/k (Randolph 2005)
};
/// n ≥ 1, k ≥ 2. Errors: 1033, 1034 (rows of different length), 1032 (a count < 0), 1036 (rows of different sum, or
/// fewer than 2 ratings per item).
Result<FleissKappa> fleiss_kappa(std::span<const std::vector<int>> counts);

/// One item's ratings by each judge; nullopt = did not judge it.
using Unit = std::vector<std::optional<double>>;

/// Krippendorff's α = 1 − Do/De (Krippendorff 2011, "Computing Krippendorff's alpha-reliability") for four scales of
/// measurement. Units with fewer than two ratings do not count. Undefined if fewer than two ratings are pairable or
/// all pairable ratings are equal; ratio also if a rating is < 0.
struct KrippendorffAlpha {
  std::optional<double> nominal, ordinal, interval, ratio;
  int units = 0, ratings = 0;  ///< pairable
};
/// units[n], n ≥ 1; the number of judges may differ by unit. At most 2000 distinct values (1039).
/// Errors: 1033 (no unit), 1030 (a rating not finite), 1039.
Result<KrippendorffAlpha> krippendorff_alpha(std::span<const Unit> units);

enum class Scale { nominal, ordinal, interval, ratio };

/// α of one scale with a percentile interval: units (not single ratings) are drawn with replacement from `stream`.
struct AlphaInterval {
  std::optional<double> alpha;
  std::optional<std::array<double, 2>> interval;  ///< undefined if more than half of the draws are undefined
  int resamples = 0, undefined = 0;               ///< draws in which α does not exist are left out and counted
};
/// n ≥ 2 units; 200 ≤ resamples ≤ 1 000 000. Errors: as above, 1031 (confidence), 1032 and 1039 (resamples).
Result<AlphaInterval> krippendorff_interval(std::span<const Unit> units, Scale scale, double confidence, int resamples,
                                            const StreamKey& stream);

}  // namespace assay::metrics
