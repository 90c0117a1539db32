// Why a trial ended as it did, as its record tells: for people; it decides nothing. Pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/model/condition.h"
#include "core/result.h"
#include "core/text.h"
#include "core/trace.h"
#include "metrics/judge.h"

namespace assay::metrics {

/// One of the conditions that success asks for together.
struct Part {
  Condition condition;
  std::optional<double> robustness;  ///< at the decision, in tolerances, ≥ 0: held; empty: a signal is missing
};

struct Diagnosis {
  Text instruction;                          ///< as drawn; empty if the record has none
  std::map<std::string, std::string> slots;  ///< as drawn
  std::string cause;        ///< words of the fault, of the refusal, or the limit with value and bound; empty if none
  std::vector<Part> parts;  ///< success by its parts; empty where a fault or a limit decided, or nothing was recorded
};

/// Fails with ASSAY-1002…1004 as robustness() does.
Result<Diagnosis> diagnose(const JudgeInput& input, const Trace& trace);
/// As diagnose(), with what the trace's metadata says it was judged by. Fails also with 1005, 1006 (no such metadata).
Result<Diagnosis> diagnose(const Trace& trace);

/// "not touching(robot, mug)": for lists where a sentence is too long.
std::string brief(const Condition& condition);

}  // namespace assay::metrics
