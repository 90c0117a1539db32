// Trace → outcome. The live run, recompute and verify all use this. Pure.
#pragma once

#include "core/model/setup.h"
#include "core/model/trial.h"
#include "core/result.h"
#include "core/trace.h"

namespace assay::metrics {

/// What the judge needs beside the trace; all of it is in the trace's metadata too.
struct JudgeInput {
  Condition success;
  std::vector<std::pair<std::string, Condition>> subgoals, checks;
  std::vector<Limit> limits;
  std::int64_t time_limit_ns = 0;
};

/// Success must hold at the row at which the policy said `done`, or at the time limit (DESIGN §4.1). Order:
/// a `fault` event decides (its detail says whose: subject → failure/subject_fault, lab → error,
/// unknown → undetermined); a `limit` event → unsafe; `refuse` → failure/refused; else the success condition.
/// Temporal operators look at the rows up to that moment from row 0; plain predicates at that row.
/// A limit broken strictly before the fault stays `unsafe`. A record that ends before any decision (or has no row
/// up to it) is undetermined/interrupted. Reasons of faults: subject_fault:<what>, harness_fault:<what> (lab),
/// unattributed_fault:<what> (unknown); sim_capacity and interrupted of lab and unknown stand alone. Checks are
/// false where a fault or a limit decided. What a missing signal would have shown is not guessed: a check without its
/// channels is left out of the verdict; without those of the success condition it is undetermined/
/// signal_missing:<channel> ("/truth" if there is no record at all). Fails with ASSAY-1002…1004 as robustness() does.
Result<Verdict> judge(const JudgeInput& input, const Trace& trace);

/// JudgeInput ⇄ JSON text, kept in the trace's metadata under "judge" so that the trace judges itself.
std::string to_json(const JudgeInput& input);
Result<JudgeInput> judge_input_from_json(const std::string& text);

}  // namespace assay::metrics
