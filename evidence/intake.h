// What a laboratory's intake looks at, and a vendor before submission: the same checker for both.
#pragma once

#include <string>
#include <vector>

#include "evidence/verify.h"

namespace assay::evidence {

struct Finding {
  bool error = false;  ///< else a remark
  std::string rule;    ///< stable: "broken", "traces_withheld", "another_scheme" …
  Text text;
};
struct Intake {
  Verification verification;
  std::vector<Finding> findings;
  /// 8 broken, 1 an error among the findings, 0 none. Trust is not asked: a vendor's key need not be known.
  [[nodiscard]] int exit_code() const;
};

/// Verifies with recomputing, then holds scheme and suites against this program's catalogue, and looks for what would
/// keep a laboratory from using it: withheld traces, trials that never ended, rules that could not be derived again.
Intake check_bundle(const std::string& path, const metrics::MetricRegistry& metrics);

}  // namespace assay::evidence
