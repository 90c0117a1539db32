// Results as people read them on a terminal.
#pragma once

#include "cli/app.h"
#include "grading/grading.h"
#include "reports/report.h"

namespace assay::cli {

void print_grade(const App& app, const reports::ReportModel& model);
void print_explanation(const App& app, const grading::Explanation& explanation);
void print_plan(const App& app, const Plan& plan, const grading::Outlook& outlook, bool oc);
void print_trials(const App& app, const std::vector<TrialRecord>& trials);
void print_trial(const App& app, const TrialRecord& trial);

/// The division's notice: what a session of it may be used for.
Text division_notice(const std::string& division);

}  // namespace assay::cli
