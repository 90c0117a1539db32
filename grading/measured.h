// Indicators that a metric's values answer over a fixed number of trials. Steps of grade() and design(); not for
// others.
#pragma once

#include "core/model/grade.h"
#include "core/model/plan.h"
#include "core/model/scheme.h"
#include "core/model/trial.h"
#include "core/result.h"

namespace assay::grading {

bool is_measured(const PlannedIndicator& indicator);

/// A fixed plan: the stop table goes on to its last trial whatever comes out, and then holds "accepted": complete.
/// Fails with ASSAY-0614 where so few trials could never show the quantile (one-sided limit by order statistics), with
/// 0616 where even without a failure and with every trial running to `longest_s` they could not show the time between
/// failures.
Result<SequentialDesign> design_measured(const SchemeIndicator& indicator, double alpha, const std::string& path,
                                         double longest_s);

/// Conformity of the values of the counted trials, one-sided at result.confidence each:
///   metric_mean: mean ± t(1 − α, n − 1)·s/√n (GUM 4.2; Student); of one trial the limits that it states itself;
///   metric_quantile: order statistics (metrics::quantile_ranks), whatever the law;
///   time_between_failures: T/r over all counted trials, failed ones too, T the sum of the metric and r the failures;
///   limits of a time-terminated test, 2T/χ²(1 − α; 2r + 2) and 2T/χ²(α; 2r) (IEC 60605-4), failures at a constant
///   rate.
/// at_most: conform if the upper limit ≤ limit, not_conform if the lower limit > limit, else inconclusive; at_least
/// mirrored. A trial that is no success gives no value: for a quantile it stands at the worse end, with a mean nothing
/// is shown. `trials`: those of the plan's indices, of this task and level; result.n, voids, stop, trials are set.
void decide_measured(IndicatorResult& result, const PlannedIndicator& planned, const std::vector<TrialRecord>& trials);

/// What trials to come could show.
Text further_measured(const IndicatorResult& result);

}  // namespace assay::grading
