// Events per time: Poisson rates, mean time between failures (MTBF), plans that demonstrate it. Time and exposure in
// any one unit (hours as a rule); limits come in the same unit. Events are taken to come at a constant rate. Pure.
#pragma once

#include <optional>

#include "core/result.h"
#include "metrics/statistics/interval.h"

namespace assay::metrics {

/// Exact limits of an event rate from `events` in `exposure`: χ²(α/2; 2x)/(2T) and χ²(1 − α/2; 2x + 2)/(2T) two-sided,
/// α on one side alone for the one-sided ones; the lower limits are 0 for no event.
/// Errors: ASSAY-1032 events < 0 or exposure ≤ 0, ASSAY-1031 confidence. Source: Garwood, Biometrika 28 (1936) 437.
struct RateLimits {
  Interval two_sided;
  double one_sided_lower = 0, one_sided_upper = 0;
};
Result<RateLimits> poisson_rate_limits(int events, double exposure, double confidence);

/// Limits of the MTBF from `failures` in `total_time` (summed over the units), α = 1 − confidence.
/// Time terminated (the time was fixed): lower 2T/χ²(1−α; 2r+2); two-sided 2T/χ²(1−α/2; 2r+2) and 2T/χ²(α/2; 2r).
/// Failure terminated (stopped at the r-th failure): the same with 2r throughout. Undefined: upper limits and
/// everything failure terminated for r = 0. Errors: ASSAY-1032 failures < 0 or time ≤ 0, ASSAY-1031 confidence. Source:
/// IEC 60605-4; MIL-HDBK-781.
struct MtbfLimits {
  double time_terminated_lower = 0;
  double time_terminated_two_sided_lower = 0;
  std::optional<double> time_terminated_two_sided_upper;
  std::optional<double> failure_terminated_lower;
  std::optional<Interval> failure_terminated_two_sided;
};
Result<MtbfLimits> mtbf_limits(double total_time, int failures, double confidence);

/// Time that shows an MTBF of at least `mtbf` with `failures` failures at `confidence`: mtbf χ²(confidence; 2r+2)/2.
/// Errors as above.
Result<double> mtbf_required_time(double mtbf, int failures, double confidence);

/// Time-terminated plan: the fewest max_failures c such that a test of theta_lower χ²(1−β; 2c+2)/2, passed with at most
/// c failures, passes MTBF theta_lower with probability β = consumer_risk and discrimination × theta_lower with at
/// least 1 − producer_risk. Errors: ASSAY-1032 theta_lower ≤ 0 or discrimination ≤ 1, ASSAY-1031 risks, ASSAY-1039 more
/// than 10⁶ failures. Source: IEC 61124, time terminated tests.
struct MtbfPlan {
  int max_failures = 0;
  double test_time = 0;                         ///< in the unit of theta_lower, summed over the units under test
  double producer_risk = 0, consumer_risk = 0;  ///< as they really are
};
Result<MtbfPlan> mtbf_fixed_plan(double theta_lower, double discrimination, double producer_risk, double consumer_risk);

}  // namespace assay::metrics
