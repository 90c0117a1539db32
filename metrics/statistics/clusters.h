// Trials that come in clusters (same scene, session, charge of the battery): how alike their outcomes are and what
// that does to a number of trials and to a plan's risks. Plans assume independent trials. Pure.
#pragma once

#include <array>
#include <optional>
#include <span>

#include "core/model/plan.h"
#include "core/result.h"
#include "metrics/sequential.h"

namespace assay::metrics {

/// Outcomes of one cluster.
struct ClusterCount {
  int successes = 0, n = 0;
};

/// Intraclass correlation ρ of success within clusters, one-way analysis of variance (Ridout, Demétrio & Firth 1999,
/// Biometrics 55:137): ρ = (MSB − MSW)/(MSB + (n0 − 1) MSW), n0 = (N − Σn²/N)/(k − 1).
struct ClusterCorrelation {
  int clusters = 0, trials = 0;
  double success_share = 0;
  double n0 = 0;              ///< effective cluster size of the estimate
  double mean_size = 0;       ///< Σn²/N: the size that a randomly chosen trial's cluster has
  std::optional<double> icc;  ///< may be negative; undefined if every trial has the same outcome
  /// Two-sided limits by F on (k − 1, N − k) degrees of freedom (Searle 1971; n0 as Donner 1986). Derived for normal
  /// data: approximate for outcomes, more so near 0 or 1. Undefined with icc or if MSW = 0.
  std::optional<std::array<double, 2>> limits;
  /// 1 + (mean_size − 1) · max(icc, 0); undefined with icc.
  std::optional<double> design_effect;
};
/// k ≥ 2 clusters, N > k trials. Errors: 1033 (fewer than 2 clusters, or one trial per cluster throughout),
/// 1032 (counts), 1031 (confidence).
Result<ClusterCorrelation> cluster_correlation(std::span<const ClusterCount> clusters, double confidence);

/// Variance inflation 1 + (m − 1) ρ of a share from clusters of m trials (Kish 1965).
/// Errors: 1032 (m < 1), 1030, 1036 (ρ outside [−1/(m − 1), 1]).
Result<double> design_effect(double cluster_size, double icc);

/// Trials that clusters of m need in place of n independent ones: ⌈n · max(1, 1 + (m − 1) ρ)⌉, then up to whole
/// clusters. Errors: as above, 1032 (n < 1), 1039 (result over 1e9).
Result<int> inflated_n(int n, int cluster_size, double icc);

/// What a stop table designed for independent trials does on clusters of m: exact by recursion over (n, failures,
/// failures within the cluster), outcomes of a cluster beta-binomial with mean p and correlation ρ (Pólya's urn).
/// ρ = 0 or m = 1 gives the plan's own characteristics; `accept` at p = p0 is the real α. p, ρ in [0, 1], m ≥ 1.
/// Errors: 1031 (p, ρ), 1032 (m, n_max < 1), 1034 (table entries), 1039 (n_max² · m > 4e9).
Result<Characteristics> clustered_characteristics(const StopTable& table, double p, int cluster_size, double icc);

/// The same for a fixed plan: P(at most c failures in n trials), clusters of m, the last one cut off at n.
/// Errors: 1032 (n < 1, c < 0, c ≥ n), others as above.
Result<double> clustered_acceptance(int n, int c, double p, int cluster_size, double icc);

}  // namespace assay::metrics
