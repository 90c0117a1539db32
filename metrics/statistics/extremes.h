// Extreme values: quantiles of the generalised extreme-value (GEV) and generalised Pareto (GPD) laws, and their fits to
// block maxima and peaks over a threshold. A fit extrapolates beyond what was seen: it is an *estimate with
// diagnostics, never a bound*, and no certificate rests on it (quantiles.h has limits that hold). Pure.
#pragma once

#include <span>

#include "core/result.h"

namespace assay::metrics {

/// shape > 0: heavy tail; 0: exponential tail (Gumbel, exponential); < 0: a finite end.
struct ExtremeLaw {
  double location = 0;  ///< GEV: location; GPD: threshold [unit of the data]
  double scale = 1;     ///< > 0 [unit of the data]
  double shape = 0;
};
/// GEV: location + scale ((−ln p)^−shape − 1)/shape, for shape 0 location − scale ln(−ln p). GPD: location + scale
/// ((1 − p)^−shape − 1)/shape, for shape 0 location − scale ln(1 − p). Errors: ASSAY-1030, ASSAY-1032 scale ≤ 0,
/// ASSAY-1031 p not in (0, 1). Source: Coles, An Introduction to Statistical Modeling of Extreme Values
/// (2001), 3.1, 4.2.
Result<double> gev_quantile(const ExtremeLaw& law, double p);
Result<double> gpd_quantile(const ExtremeLaw& law, double p);

/// How far the fit can be believed.
struct FitDiagnostics {
  int n = 0;                        ///< maxima or excesses that the fit rests on
  double kolmogorov = 0;            ///< largest distance between fitted and empirical distribution function
  double quantile_correlation = 0;  ///< of fitted and observed quantiles (probability plot), near 1 if the law fits
  double lag1_correlation = 0;      ///< between neighbours in order of time; |r| > 2/√n speaks against independence
  double trend = 0;                 ///< Spearman's ρ with the index; |ρ| > 2/√n speaks against a steady state
  bool few = false;                 ///< n < 30
  bool dependent = false;           ///< |lag1_correlation| > 2/√n
  bool drifting = false;            ///< |trend| > 2/√n
  bool poor_fit = false;            ///< kolmogorov > 1.36/√n (5 % for a known law; for a fitted one a mild warning)
  bool no_finite_mean = false;      ///< shape ≥ 1
  /// No warning applies. Still an estimate.
  [[nodiscard]] bool clean() const { return !few && !dependent && !drifting && !poor_fit && !no_finite_mean; }
};
struct ExtremeFit {
  ExtremeLaw law;
  FitDiagnostics diagnostics;
  double exceed_rate = 1;  ///< GPD: share of the values above the threshold
};

/// GEV to the maxima of consecutive blocks of `block` values (the rest is left out), by probability-weighted moments
/// (L-moments). `data` in order of time. Errors: ASSAY-1033 fewer than 10 blocks, ASSAY-1030, ASSAY-1032 block < 1,
/// ASSAY-1037 no spread or no solution. Source: Hosking, Wallis & Wood, Technometrics 27 (1985) 251.
Result<ExtremeFit> fit_gev(std::span<const double> data, int block);
/// GPD to the excesses above `threshold`, by L-moments: shape = 2 − l1/l2, scale = l1(1 − shape). Errors: ASSAY-1033
/// fewer than 10 excesses, ASSAY-1030, ASSAY-1037. Source: Hosking & Wallis, Technometrics 29 (1987) 339.
Result<ExtremeFit> fit_gpd(std::span<const double> data, double threshold);

/// Estimate of the data's p-quantile from a GPD fit: the GPD quantile at 1 − (1 − p)/exceed_rate.
/// Errors: ASSAY-1031, ASSAY-1036 p not beyond the threshold.
Result<double> quantile_from_excesses(const ExtremeFit& fit, double p);

}  // namespace assay::metrics
