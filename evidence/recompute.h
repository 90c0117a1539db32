// From raw traces to the level once more, with the code that judged live; and what differs from what is stored.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/model/plan.h"
#include "core/model/scheme.h"
#include "core/model/trial.h"
#include "evidence/encoding.h"
#include "grading/grading.h"
#include "harness/campaign.h"
#include "metrics/metrics.h"

namespace assay::evidence {

struct Difference {
  std::int64_t trial = 0;  ///< 0: of the session
  std::string what;        ///< "outcome", "metric completion_time v1", "grade /overall_level" …
  std::string stored, recomputed;
};
/// A metric that has a newer version than the stored value: both stand side by side.
struct NewerMetric {
  std::int64_t trial = 0;
  MetricValue stored, newer;
};

struct Recomputed {
  int trials = 0;            ///< recomputed from their traces
  int without_trace = 0;     ///< taken from the record: a lost worker, a trial that never began
  int rules_checked = 0;     ///< traces whose rules were derived again from suite, seed and index
  std::string why_no_rules;  ///< why not all were
  std::vector<Difference> differences;
  std::vector<NewerMetric> newer;
  std::vector<TrialRecord> records;  ///< as stored, with what was recomputed in place of what was stored
  Grade grade;
};

struct RecomputeInput {
  Scheme scheme;
  Plan plan;
  std::vector<TrialRecord> trials;
  /// May be null: then the rules are those in the traces. Else they are derived again where `seed` is known.
  const harness::SessionInputs* inputs = nullptr;
  std::string seed;
  /// The report as stored (results.json); null: none to compare with.
  Json results;
  const metrics::MetricRegistry* metrics = nullptr;
  /// The trace of a trial, or why there is none. Called in trial order, one at a time.
  std::function<Result<Trace>(const TrialRecord&)> trace;
  std::function<void(int done, int all)> progress{};  ///< may be empty
};

/// Verdicts, metrics (in the versions that were stored), digests, grade. Fails only where a trace cannot be read.
Result<Recomputed> recompute(const RecomputeInput& input);

/// What decides in a grade, against "grade" of a report: every conformity, count, limit, level and stop point.
std::vector<Difference> compare_grade(const Grade& grade, const Json& results);

}  // namespace assay::evidence
