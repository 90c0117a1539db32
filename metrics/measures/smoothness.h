// Smoothness of a movement from its speed profile: spectral arc length and dimensionless jerk. Balasubramanian,
// Melendez-Calderon, Roby-Brami and Burdet, "On the analysis of movement smoothness" (J. NeuroEng. Rehabil. 12:112,
// 2015). Pure.
#pragma once

#include <optional>
#include <span>

#include "core/result.h"

namespace assay::metrics {

struct SmoothnessOptions {
  int pad_level = 4;                  ///< the record is padded to 2^(⌈log2 N⌉ + pad_level); 0 … 16
  double cutoff_hz = 10;              ///< bins with k·fs/nfft ≤ cutoff are kept (closed), mirror bins above fs/2 too
  double amplitude_threshold = 0.05;  ///< of the largest magnitude, closed
};

/// All without dimension; fewer than 3 samples, or none but zeros: all empty.
struct Smoothness {
  /// −Σ_{k=a}^{b−1} sqrt((1/(b − a))² + (M[k+1] − M[k])²), M the magnitude spectrum over its maximum, a and b the first
  /// and last kept bin with M ≥ threshold. Empty where there is no such bin, or only one.
  std::optional<double> sparc;
  /// −(T³/v_pk²)·Σ j²·dt, j[i] = (v[i+2] − 2v[i+1] + v[i])/dt², T = N·dt, v_pk = max|v|.
  std::optional<double> dimensionless_jerk;
  std::optional<double> log_dimensionless_jerk;  ///< −ln|dimensionless jerk|; empty where that is 0
};

/// Uniform samples of speed [m/s] (any one unit: the results have none) at `sample_rate_hz`. Mirror bins enter where
/// cutoff > rate/2: such sampling is too slow, and the caller should say so. Fails with ASSAY-1030 (not finite), 1032
/// (rate ≤ 0, cut-off or threshold < 0, pad level), 1036 (result out of range), 1039 (padded record over 2^26 samples).
Result<Smoothness> smoothness(std::span<const double> speed_m_s, double sample_rate_hz,
                              const SmoothnessOptions& options = {});

}  // namespace assay::metrics
