// What a plan is designed from, and its bounds; shared by the fixed and the sequential plan.
#pragma once

#include "core/result.h"

namespace assay::metrics {

struct PlanInput {
  double p0 = 0, p1 = 0, alpha = 0, beta = 0, cap_ratio = 1;
};

/// A fixed plan beyond this is refused: no examination runs it, and the design would take long.
constexpr int kMaxFixedTrials = 6'000;

/// Fails with ASSAY-1010.
Result<void> check_plan_input(const PlanInput& input);

}  // namespace assay::metrics
