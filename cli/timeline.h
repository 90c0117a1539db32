// Two trials in time, from their traces: what a report shows of one typical and of the worst trial.
#pragma once

#include <vector>

#include "core/model/trial.h"
#include "reports/drawn.h"

namespace assay::cli {

/// The success whose completion time is the median, and the worst: unsafe before failed, then by robustness. Trials
/// whose trace cannot be read, or says nothing, are left out.
std::vector<reports::Timeline> timelines_of(const std::vector<TrialRecord>& trials);

}  // namespace assay::cli
