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
  grade.alpha = plan.alpha;
  for (const auto& planned : plan.indicators)
    grade.indicators.push_back(decide_indicator(scheme, plan, planned, trials, voids_as_failures));
  for (const auto* indicator : required(scheme, plan.scope, plan.declared_level)) {
    const bool planned = std::any_of(plan.indicators.begin(), plan.indicators.end(),
                                     [&](const auto& p) { return p.id == indicator->id; });
    if (!planned) grade.indicators.push_back(unplanned_indicator(plan, *indicator));
  }
  for (const auto& gate : scheme.gates) grade.gates.push_back(decide_gate(gate, trials));
  climb(scheme, plan, grade);
  return grade;
}

/// What the confidence covers. Dimension levels reuse the same α: true of each alone, not of all at once.
Text claim(const Grade& grade) {
  const int confidence = static_cast<int>(100 * (1 - grade.alpha) + 0.5);
  const auto percent = std::to_string(confidence) + " %";
  Text text{"The overall level is one claim with " + percent +
                " confidence. A dimension's level has the same confidence taken alone, not together with the others.",
            "综合等级作为一项整体结论，置信度为 " + percent +
                "。各维度等级的置信度仅指单独引用某一维度，不适用于同时引用多个维度。"};
  return text;
}

}  // namespace

Grade grade(const Scheme& scheme, const Plan& plan, const std::vector<TrialRecord>& trials) {
  auto result = grade_once(scheme, plan, trials, false);
  result.overall_level_voids_as_failures = std::any_of(trials.begin(), trials.end(), metrics::is_void)
                                               ? grade_once(scheme, plan, trials, true).overall_level
                                               : result.overall_level;
  result.claim = claim(result);
  return result;
}

}  // namespace assay::grading
