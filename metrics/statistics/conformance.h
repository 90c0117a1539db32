// Conformity of one measured value with a limit when the measurement is uncertain: probability of conformity, guard
// bands, and the risks of a decision rule over a production or fleet. Normal laws throughout. Pure.
#pragma once

#include "core/result.h"

namespace assay::metrics {

/// Chance that the true value lies within [lower, upper] when y was measured with standard uncertainty u and nothing
/// was known before: Φ((upper − y)/u) − Φ((lower − y)/u). One limit alone: the other infinite. Unit of y throughout.
/// Errors: ASSAY-1030 y not finite or a limit NaN, ASSAY-1032 u ≤ 0 or upper ≤ lower. Source: JCGM 106:2012, 7.3–7.4.
Result<double> conformance_probability(double y, double u, double lower, double upper);

/// One-sided decision for an upper limit.
struct GuardedUpper {
  double p_conform = 0;       ///< Φ((upper_tolerance − y)/u)
  double pfa = 0;             ///< chance that y is beyond, 1 − p_conform, with its own precision
  double accept_limit = 0;    ///< upper_tolerance − k·u, guard band w = U = k·u
  bool pass_guarded = false;  ///< y ≤ accept_limit
  bool pass_simple = false;   ///< y ≤ upper_tolerance (simple acceptance: up to 50 % chance of being wrong)
};
/// Errors: ASSAY-1030, ASSAY-1032 u or k ≤ 0. Source: JCGM 106:2012, 7.3, 8.3; ILAC-G8:09/2019.
Result<GuardedUpper> guard_upper(double y, double u, double upper_tolerance, double k = 2);

/// Acceptance limit that leaves the chance `pfa` of a wrong acceptance at the limit: upper_tolerance + u·Φ⁻¹(pfa).
/// Errors: ASSAY-1030, ASSAY-1032, ASSAY-1031. Source: as above.
Result<double> accept_limit_for(double upper_tolerance, double u, double pfa);

/// Items Y ~ N(process_mean, process_sd²), measured with N(0, u_meas²), accepted within [lower + guard_w,
/// upper − guard_w] (guard_w < 0: relaxed acceptance).
struct Conformance {
  double process_mean = 0, process_sd = 0, u_meas = 0, lower = 0, upper = 0, guard_w = 0;
};
struct GlobalRisk {
  double consumer = 0;  ///< P(outside the tolerance and accepted)
  double producer = 0;  ///< P(within the tolerance and rejected)
};
/// One limit alone: the other infinite. Absolute accuracy 1e-12. Errors: ASSAY-1030 not finite, ASSAY-1032 process_sd
/// or u_meas ≤ 0, upper ≤ lower. Source: JCGM 106:2012, 9.5, eq. 17–20.
Result<GlobalRisk> global_risk(const Conformance& input);

}  // namespace assay::metrics
