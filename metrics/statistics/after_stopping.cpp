#include "metrics/statistics/after_stopping.h"

#include <string>
#include <vector>

#include "metrics/input.h"
#include "metrics/sequential.h"
#include "metrics/statistics/operating.h"

namespace assay::metrics {

namespace {

/// Whether a walk can stand at (n, failures) without having met a boundary before.
bool reachable(const StopTable& table, int n, int failures) {
  std::vector<bool> going(static_cast<std::size_t>(failures) + 1);
  going[0] = true;
  for (int k = 1; k <= n; ++k)
    for (int f = failures; f >= 0; --f) {
      const auto i = static_cast<std::size_t>(f);
      going[i] = going[i] || (f > 0 && going[i - 1]);
      if (k < n && going[i]) going[i] = f <= k && state_at(table, k, f) == StopState::running;
    }
  return going.back();
}

}  // namespace

Result<StoppedEstimate> estimate_after_stopping(const StopTable& table, int n, int failures, double confidence) {
  ASSAY_RETURN_IF_ERROR(check_table(table));
  ASSAY_RETURN_IF_ERROR(check_open_probability("confidence", confidence));
  const auto found = std::to_string(failures) + " failures in " + std::to_string(n) + " trials, at most " +
                     std::to_string(table.n_max);
  if (n < 1 || n > table.n_max || failures < 0 || failures > n)
    return bad_input(1032, {"failures or trials lie outside the plan", "失败次数或试验次数超出方案范围"}, found);
  if (!reachable(table, n, failures))
    return bad_input(1036, {"the plan would have stopped before this point", "方案在到达该点之前即已停止"}, found);
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
