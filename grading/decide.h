// One indicator, one gate, one ladder: the steps of grade().
#pragma once

#include <optional>
#include <vector>

#include "core/model/grade.h"
#include "core/model/scheme.h"
#include "core/model/trial.h"

namespace assay::grading {

IndicatorResult decide_indicator(const Scheme& scheme, const Plan& plan, const PlannedIndicator& planned,
                                 const std::vector<TrialRecord>& trials, bool voids_as_failures);
/// The same for supposed counts, whatever the trials say; counts that the plan could not have ended or stood at are
/// decided by Clopper–Pearson limits, as of a fixed number of trials.
void suppose_counts(IndicatorResult& result, const PlannedIndicator& planned, int n, int successes);
/// A required indicator that the plan does not hold.
IndicatorResult unplanned_indicator(const Scheme& scheme, const Plan& plan, const SchemeIndicator& indicator);
/// One that a document from outside answers; without it, not_tested.
IndicatorResult attached_indicator(const Scheme& scheme, const Plan& plan, const SchemeIndicator& indicator);

/// Exact one-sided sign test on the pairs that differ; empty where the plan has no audit.
std::optional<AuditResult> decide_audit(const Plan& plan, const std::vector<TrialRecord>& trials);
/// What the confidence of the levels covers, for each shape of aggregation and for repeated examinations.
Text claim_text(const Scheme& scheme, const Grade& grade);

/// Trials of one task and level from one known initial state are one attempt; every event is one of its own.
GateResult decide_gate(const SchemeGate& gate, const std::vector<TrialRecord>& trials);
/// The event the gate counts happened in this trial.
bool is_event(const SchemeGate& gate, const TrialRecord& trial);
/// Whether the gate's event could have been seen in it: it ran to an end that proves something.
bool is_attempt(const SchemeGate& gate, const TrialRecord& trial);

/// The same again after indicators changed.
void regrade_levels(const Scheme& scheme, const Plan& plan, Grade& grade);
/// Fills dimensions, overall, their levels and at_declared from indicators and gates.
void climb(const Scheme& scheme, const Plan& plan, Grade& grade);

}  // namespace assay::grading
