// One indicator, one gate, one ladder: the steps of grade().
#pragma once

#include "core/model/grade.h"
#include "core/model/scheme.h"
#include "core/model/trial.h"

namespace assay::grading {

IndicatorResult decide_indicator(const Scheme& scheme, const Plan& plan, const PlannedIndicator& planned,
                                 const std::vector<TrialRecord>& trials, bool voids_as_failures);
/// A required indicator that the plan does not hold.
IndicatorResult unplanned_indicator(const Plan& plan, const SchemeIndicator& indicator);

/// Trials of one task and level from one known initial state are one attempt; every event is one of its own.
GateResult decide_gate(const SchemeGate& gate, const std::vector<TrialRecord>& trials);
/// The event the gate counts happened in this trial.
bool is_event(const SchemeGate& gate, const TrialRecord& trial);
/// Whether the gate's event could have been seen in it: it ran to an end that proves something.
bool is_attempt(const SchemeGate& gate, const TrialRecord& trial);

/// Fills dimensions, overall, their levels and at_declared from indicators and gates.
void climb(const Scheme& scheme, const Plan& plan, Grade& grade);

}  // namespace assay::grading
