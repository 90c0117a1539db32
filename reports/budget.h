// The uncertainty of the mean of a measured value, and where it comes from (JCGM 100:2008).
#pragma once

#include <optional>
#include <string>

#include "metrics/statistics/uncertainty.h"
#include "reports/report.h"
#include "reports/values.h"

namespace assay::reports {

constexpr std::string_view kResolutionRow = "resolution";

/// Whether a mean of this value is asked for.
bool has_budget(const ValueKey& key);
/// Of at least two values; none where they are fewer or out of range.
std::optional<metrics::UncertaintyBudget> budget_of(const ReportModel& model, const ValueKey& key,
                                                    const Values& values);
/// U with two significant digits and the value with as many decimals (JCGM 100:2008, 7.2.6).
std::string with_uncertainty(double value, double U, const std::string& unit);
std::string dof_text(const std::optional<double>& dof);

}  // namespace assay::reports
