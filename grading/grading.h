// Plan design, conformity, levels, "why not". Pure.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/model/grade.h"
#include "core/model/plan.h"
#include "core/model/scheme.h"
#include "core/model/task.h"
#include "core/model/trial.h"
#include "core/result.h"
#include "metrics/walk.h"

namespace assay::grading {

/// Indicators in the subject's scope up to the declared level, β split so that the declared level's claim as
/// a whole has the scheme's β (β_i = 1−(1−β)^(1/m)), each with its stop table; series with reserve for voids.
/// Hash, build, engine, seed and division fields are filled by the caller.
/// Fails with 06xx (scope unknown, nothing selected, limits impossible).
Result<Plan> design(const Scheme& scheme, const Subject& subject, const std::vector<Task>& tasks);

/// Which trials count, and where the stop table stands: said once, in metrics (docs/decisions/0005).
using metrics::Walk;
using metrics::walk;

/// All of it. `trials`: every trial of the session on record, in any order. Deterministic in its arguments.
/// Rules are those of the plan's class of subject. Documents of the plan answer indicators of attached evidence.
/// The scheme may be another than the plan's: an indicator whose limit or α differs from the plan's is decided by the
/// limits after stopping, one that the plan lacks is not_tested. So is one whose counted trials lack a signal that it
/// needs, or were observed at a weaker vantage than it asks: instrument > simulator > operator > self_report. A trial's
/// vantage is that of its metric `success`; without that metric, the simulator's.
Grade grade(const Scheme& scheme, const Plan& plan, const std::vector<TrialRecord>& trials);

/// For `level` (0: the next one): each blocking indicator or gate, binding one first, the trials behind it, and
/// what further planned trials could show. Lines in both languages.
struct Explanation {
  int next_level = 0;
  struct Item {
    std::string id;
    Text why, could;
    std::vector<std::int64_t> failed_trials;
  };
  std::vector<Item> items;
};
Explanation explain(const Scheme& scheme, const Plan& plan, const Grade& grade, const std::vector<TrialRecord>& trials,
                    int level);

/// Chance of conforming per indicator and of the level, and expected trials, at assumed success
/// probabilities (task key or task@Lk → p; default: the design alternative). `p_level` is the chance that every
/// indicator of the declared level conforms: series are independent; indicators on one series share its trials,
/// whose joint law is not known, so their part lies between max(0, 1 − Σ(1 − p)) and the smallest p: `p_level` is the
/// lower, `p_level_most` the upper bound, equal where each series has one indicator. Gates are not in it.
struct Outlook {
  struct Row {
    std::string id;
    int level = 1;
    double assumed = 0, p_conform = 0, expected_n = 0;
    int least_n = 0, most_n = 0;
    bool measured = false;  ///< a fixed number of trials; no chance is known, and p_level leaves it out
  };
  std::vector<Row> rows;
  double p_level = 0, p_level_most = 0;
};
Outlook outlook(const Plan& plan, const std::map<std::string, double>& assume);

}  // namespace assay::grading
