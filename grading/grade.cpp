#include <algorithm>

#include "grading/decide.h"
#include "grading/grading.h"
#include "grading/rules.h"

namespace assay::grading {

namespace {

Grade grade_once(const Scheme& scheme, const Plan& plan, const std::vector<TrialRecord>& trials,
                 bool voids_as_failures) {
  Grade grade;
  grade.scheme = plan.scheme;
  grade.scope = plan.scope;
  grade.division = plan.division;
  grade.declared_level = plan.declared_level;
  grade.alpha = claim_alpha(scheme);
  grade.robot_class = plan.robot_class;
  grade.examination = static_cast<int>(plan.earlier_sessions.size()) + 1;
  for (const auto& planned : plan.indicators)
    grade.indicators.push_back(decide_indicator(scheme, plan, planned, trials, voids_as_failures));
  for (const auto* indicator : required(scheme, plan.scope, plan.declared_level)) {
    const bool planned = std::any_of(plan.indicators.begin(), plan.indicators.end(),
                                     [&](const auto& p) { return p.id == indicator->id; });
    if (is_attached(*indicator))
      grade.indicators.push_back(attached_indicator(scheme, plan, *indicator));
    else if (!planned)
      grade.indicators.push_back(unplanned_indicator(scheme, plan, *indicator));
  }
  for (const auto& gate : scheme.gates) grade.gates.push_back(decide_gate(gate, trials));
  grade.audit = decide_audit(plan, trials);
  climb(scheme, plan, grade);
  return grade;
}

}  // namespace

Grade grade(const Scheme& all_classes, const Plan& plan, const std::vector<TrialRecord>& trials) {
  const Scheme scheme = for_class(all_classes, plan.robot_class);
  auto result = grade_once(scheme, plan, trials, false);
  result.overall_level_voids_as_failures = std::any_of(trials.begin(), trials.end(), metrics::is_void)
                                               ? grade_once(scheme, plan, trials, true).overall_level
                                               : result.overall_level;
  result.claim = claim_text(scheme, result);
  return result;
}

}  // namespace assay::grading
