#include "metrics/statistics/after_stopping.h"

#include <string>

#include "metrics/input.h"
#include "metrics/sequential.h"
#include "metrics/statistics/operating.h"

namespace assay::metrics {

Result<StoppedEstimate> estimate_after_stopping(const StopTable& table, int n, int failures, double confidence) {
  ASSAY_RETURN_IF_ERROR(check_table(table));
  ASSAY_RETURN_IF_ERROR(check_open_probability("confidence", confidence));
  ASSAY_RETURN_IF_ERROR(check_counts(failures, n));
  if (n > table.n_max)
    return bad_input(1032, {"more trials than the plan has", "试验次数超过方案上限"},
                     std::to_string(n) + " of " + std::to_string(table.n_max));
  StoppedEstimate estimate;
  estimate.state = state_at(table, n, failures);
  const auto one_sided = stagewise_limits(table, n, failures, confidence);
  estimate.lower = one_sided.lower;
  estimate.upper = one_sided.upper;
  const auto two_sided = stagewise_limits(table, n, failures, (1 + confidence) / 2);
  estimate.interval_lower = two_sided.lower;
  estimate.interval_upper = two_sided.upper;
  estimate.median_unbiased = stagewise_limits(table, n, failures, 0.5).lower;
  return estimate;
}

}  // namespace assay::metrics
