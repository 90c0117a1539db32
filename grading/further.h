// What further trials could show, as words; used by explain.
#pragma once

#include "core/model/grade.h"
#include "core/model/scheme.h"
#include "core/model/trial.h"

namespace assay::grading {

/// Of a planned indicator, from where its walk stands.
Text further(const PlannedIndicator& planned, const IndicatorResult& result, const Plan& plan);
/// Of an indicator that only another session could test.
Text further_unplanned(const Scheme& scheme, const Plan& plan, const SchemeIndicator& indicator, int level);
/// Of a gate: attempts without an event that would carry it, against the trials still planned.
Text further(const GateResult& gate, const Plan& plan, const Grade& grade);

}  // namespace assay::grading
