// Comparison of two sessions: which trials stand against each other, and what the exact sequential test says. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/model/plan.h"
#include "core/model/trial.h"
#include "core/result.h"
#include "core/text.h"
#include "metrics/statistics/comparison.h"
#include "metrics/statistics/comparison_limits.h"

namespace assay::grading {

/// One side: the plan as locked (its seed may be a commitment) and every trial on record.
struct ComparedSession {
  std::string id;
  const Plan* plan = nullptr;
  const std::vector<TrialRecord>* trials = nullptr;
};

/// Paired where both sessions drew their starts from one seed (or commitment), else unpaired. ASSAY-0610 with its
/// reason where a comparison would mean nothing: one session twice, suites differ, simulator or robot link differ (a
/// simulated with a real robot, another engine version), no task and level in common.
Result<metrics::Pairing> comparable(const ComparedSession& a, const ComparedSession& b);

struct PairOfTrials {
  int index = 0;
  std::int64_t trial_a = 0, trial_b = 0;  ///< store rows
  bool a = false, b = false;              ///< success
};

/// One row: a task at a level, or all of them one after the other (task empty).
struct ComparedSeries {
  std::string task;
  int level = 0;
  std::vector<PairOfTrials> pairs;  ///< in the order in which the test walks them: by index, series by level and task
  int both = 0, a_only = 0, b_only = 0, neither = 0;
  int dropped = 0;  ///< indices that one side alone has, or whose trial is void
  metrics::ComparisonState state;
  /// Only where the test ended by its own rule: at a verdict, or at its cap. Pairs that ran out because a session
  /// stopped on its outcomes carry no limits: where it stopped already says something about its success.
  std::optional<metrics::ComparisonLimits> limits;
  std::optional<double> p_a_adjusted, p_b_adjusted;  ///< Holm over the single tasks; the pooled row keeps its own
};

struct Comparison {
  metrics::Pairing pairing = metrics::Pairing::paired;
  double alpha = 0.05;
  int n_max = 0;
  std::vector<ComparedSeries> series;
  ComparedSeries pooled;    ///< of no task: all pairs; its null is "the other is not better at any of them"
  std::vector<Text> notes;  ///< what differs between the sessions without forbidding the comparison
};

/// Pairs are the counted trials of equal index (deciding attempts that are not void, from index 0 on); which of them
/// exist depends on where each session stopped, and that cannot raise the chance of a wrong claim: the walk only ends
/// undecided. Fails as comparable(), and as the table's functions (10xx).
Result<Comparison> compare(const ComparedSession& a, const ComparedSession& b, const metrics::ComparisonTable& table,
                           double alpha);

}  // namespace assay::grading
