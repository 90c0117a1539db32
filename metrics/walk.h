// Which trials of a series count for an indicator, and where its stop table then stands (DESIGN §4.6). The one
// truth: harness stops by it, grading decides by it. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/model/plan.h"
#include "core/model/trial.h"

namespace assay::metrics {

/// Counted trials up to the stop (or all so far), in index order.
struct Walk {
  std::vector<bool> successes;
  std::vector<std::int64_t> trials;  ///< store rows behind `successes`, same order
  int voids = 0;                     ///< voids at or before the last counted index
  StopState state = StopState::running;
  int counted = 0;  ///< == successes.size()
};

/// Index → the attempt that decides it, for one task and level: the first attempt, in attempt order, that finished
/// with an outcome other than `aborted`. Later attempts of a decided index never replace it. An index with no such
/// attempt is absent.
std::map<int, const TrialRecord*> deciding_trials(const std::vector<TrialRecord>& trials, const std::string& task,
                                                  int level);

/// Neither success nor failure: invalidated before its outcome was revealed, or `error`.
bool is_void(const TrialRecord& trial);

/// The channel without which the success condition could not be judged (reason signal_missing:<channel>); else "".
std::string missing_signal(const TrialRecord& trial);

/// Its end was the robot's own: success, failure without subject fault, or undetermined only for a missing signal. What
/// such a trial shows of its checks, or does not, is evidence.
bool ran_to_own_end(const TrialRecord& trial);

/// Whether the trial is a success for `check` ("" = the trial itself): a named check counts only in a valid trial that
/// ran to its own end. Not for voids.
bool counts_as_success(const TrialRecord& trial, const std::string& check);

/// Walks the indicator's own series (other series' trials in `trials` are ignored) in index order from 0 and stops at
/// the first index that is not decided: what lies behind a gap never counts. Voids are skipped (or counted as
/// failures); of trials with equal, known initial states the first counts; invalid after reveal is a failure.
Walk walk(const PlannedIndicator& indicator, const std::vector<TrialRecord>& trials, bool voids_as_failures = false);

}  // namespace assay::metrics
