// Wald's sequential probability ratio test between two parallel straight lines, cut off at n_max: the shape of the
// truncated sequential plans of IEC 61123. The twin of design_sequential that can be drawn with a ruler. Pure.
#pragma once

#include "core/model/plan.h"
#include "core/result.h"

namespace assay::metrics {

/// With LLR = (n−f)·ln(p1/p0) + f·ln((1−p1)/(1−p0)) after n trials with f failures: accept if LLR ≥ log_a, refuse if
/// LLR ≤ −log_b; at n_max accept if f ≤ accept_at_n_max, else refuse. Curtailed: stops as soon as that end is certain.
struct TruncatedSprt {
  double p0 = 0, p1 = 0;        ///< 0 < p0 < p1 < 1
  double log_a = 0, log_b = 0;  ///< > 0
  int n_max = 0;                ///< 1 … 60 000
  int accept_at_n_max = 0;      ///< failures, −1 … n_max − 1
};

/// The lines: accept if f ≤ slope·n − accept_intercept, refuse if f ≥ slope·n + refuse_intercept.
struct SprtLines {
  double slope = 0, accept_intercept = 0, refuse_intercept = 0;  ///< failures per trial; failures
};

/// Fails with ASSAY-1031 (p0, p1), 1032 (log_a, log_b), 1036 (p0 ≥ p1, accept_at_n_max), 1039 (n_max).
Result<StopTable> truncated_sprt_table(const TruncatedSprt& rule);
/// Fails alike.
Result<SprtLines> truncated_sprt_lines(const TruncatedSprt& rule);

struct TunedSprt {
  TruncatedSprt rule;
  SprtLines lines;
  SequentialDesign design;
};
/// The truncated SPRT with exact α ≤ alpha, β ≤ beta and n_max = ⌊cap_ratio·fixed n⌋ (the next smaller that any lines
/// fit) whose intercepts and last
/// acceptance number cost the fewest trials on average over p0, midway and p1 (Wald's thresholds do not hold α when cut
/// off). Fails as design_sequential (ASSAY-1010, 1011), for p1 = 1 with 1036, and with 1037 if no lines reach the
/// risks.
Result<TunedSprt> design_truncated_sprt(double p0, double p1, double alpha, double beta, double cap_ratio = 1.25);

}  // namespace assay::metrics
