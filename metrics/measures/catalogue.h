// What each measure is, apart from its arithmetic: one entry per number that a measure gives, whether a trial's trace
// or a series of cycles feeds it (`assay metric list`). The arithmetic stands in the other headers of this folder.
#pragma once

#include <string>
#include <vector>

#include "core/model/metric.h"

namespace assay::metrics {

struct MeasureEntry {
  MetricSpec spec;     ///< id, version, unit, direction, vantage, definition, clause, when undefined
  std::string kind;    ///< the reference kind that checks it; empty: none yet, and `assay validate` says so
  std::string member;  ///< member of that kind's `expected`
};

void add_motion_measures(std::vector<MeasureEntry>& list);
void add_task_measures(std::vector<MeasureEntry>& list);
void add_safety_measures(std::vector<MeasureEntry>& list);
void add_timing_measures(std::vector<MeasureEntry>& list);

/// All of them, in the order above.
std::vector<MeasureEntry> measures();

}  // namespace assay::metrics
