// Results as people read them on a terminal.
#pragma once

#include "cli/app.h"
#include "core/model/task.h"
#include "grading/grading.h"
#include "metrics/diagnosis.h"
#include "metrics/statistics/operating.h"
#include "reports/report.h"

namespace assay::cli {

void print_grade(const App& app, const reports::ReportModel& model);
void print_explanation(const App& app, const grading::Explanation& explanation);
/// Trials of the robot's time: expected and most, if every trial ran to its time limit and `between_s` passed after it.
struct RobotTime {
  double expected_s = 0, most_s = 0, between_s = 0;
};
void print_plan(const App& app, const Plan& plan, const grading::Outlook& outlook, const RobotTime& time,
                const std::vector<metrics::OperatingCharacteristics>& oc);
void print_characteristics(const App& app, const std::vector<metrics::OperatingCharacteristics>& oc);
void print_trials(const App& app, const std::vector<TrialRecord>& trials);
void print_trial(const App& app, const TrialRecord& trial);
/// What was asked, what came of each part of success, the cause. `task` gives bodies their words.
void print_diagnosis(const App& app, const metrics::Diagnosis& diagnosis, const Task& task);

/// The division's notice: what a session of it may be used for.
Text division_notice(const std::string& division);

/// "L2"; "–" for none.
std::string level_mark(int level);
/// What differs between two grades of the same trials, indicator by indicator, then the levels.
void print_change(const App& app, const Grade& before, const Grade& after);

}  // namespace assay::cli
