// "What if": the grade that would follow from supposed results or rules. Nothing is stored.
#pragma once

#include <string>
#include <vector>

#include "core/model/grade.h"
#include "core/model/plan.h"
#include "core/model/scheme.h"
#include "core/model/trial.h"
#include "core/result.h"

namespace assay::grading {

struct Supposition {
  enum class Kind {
    counts,   ///< "ID=s/n": the indicator's counted trials are n, of which s succeeded
    further,  ///< "ID=+s/n": n further trials, of which s succeed
    limit,    ///< "limit:ID=0.85"
    more,     ///< "more=N": N further planned trials of each open series, all successes
  } kind = Kind::counts;
  std::string id;
  int successes = 0, n = 0;
  double limit = 0;
};

/// Fails with ASSAY-0612 (not one of the four forms, or figures that cannot be).
Result<Supposition> read_supposition(const std::string& text);

struct WhatIf {
  Grade before, after;
};
/// Suppositions hold together. Fails with ASSAY-0613 (the session has no such indicator).
Result<WhatIf> what_if(const Scheme& scheme, const Plan& plan, const std::vector<TrialRecord>& trials,
                       const std::vector<Supposition>& suppositions);

}  // namespace assay::grading
