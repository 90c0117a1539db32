// Evaluates conditions over a trace. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/model/condition.h"
#include "core/result.h"
#include "core/trace.h"

namespace assay::metrics {

/// Signals that `condition` needs in truth, without repeats, sorted.
std::vector<SignalSpec> required_signals(const Condition& condition);
/// Channel names that a signal yields (core/model/condition.h), in order.
std::vector<Channel> signal_channels(const SignalSpec& signal);

/// Robustness of `condition` at every row of the truth stream, quantitative semantics, discrete time, closed
/// windows, time compared as integer nanoseconds, over existing rows only: not = −; all = min; any = max;
/// always/eventually = min/max over j ≥ i; within[a,b] = max over j with a ≤ t_j − t_i ≤ b, −∞ if there is
/// none; holds_for h = min over j with 0 ≤ t_j − t_i ≤ h, −∞ if t_last − t_i < h. Linear in rows.
/// sequence = max over i ≤ j_1 ≤ … ≤ j_k of the smallest child at its j. Fails with ASSAY-1001 (missing signal,
/// named in Error::found), 1002 (not finite, channel in Error::found), 1003 (condition not well formed: no child,
/// tolerance ≤ 0 …) or 1004 (broken stream).
Result<std::vector<double>> robustness(const Condition& condition, const Stream& truth);

}  // namespace assay::metrics
