// The search that tunes plans: the weight at which a falling, step-like risk first meets its limit. Internal to
// metrics.
#pragma once

#include <algorithm>
#include <cmath>

namespace assay::metrics {

/// The smallest x (within `tolerance`) at which a falling, step-like function is ≤ 0; the last x tried if there is
/// none within reach. Bracket by doubling steps, then secants (Illinois) with a bisection now and then.
template <class Function>
double first_at_most_zero(Function&& function, double start, double step, double tolerance) {
  constexpr double kReach = 64;  // of log-weights: beyond it no plan changes any more
  double low = start, high = start;
  double at_low = function(start), at_high = at_low;
  const bool down = at_low <= 0;
  while (step < kReach) {
    const double x = down ? low - step : high + step;
    const double y = function(x);
    if (down) {
      if (y <= 0) high = x, at_high = y;
      low = x;
      at_low = y;
    } else {
      if (y > 0) low = x, at_low = y;
      high = x;
      at_high = y;
    }
    if ((y <= 0) != down) break;
    step *= 2;
  }
  if (at_low <= 0 || at_high > 0) return high;
  for (int i = 0; high - low > tolerance; ++i) {
    double x = low + (high - low) * at_low / (at_low - at_high);
    if (i % 4 == 3 || !std::isfinite(x)) x = (low + high) / 2;
    x = std::clamp(x, low + tolerance / 3, high - tolerance / 3);
    const double y = function(x);
    if (y <= 0) {
      high = x;
      at_high = y;
      at_low /= 2;
    } else {
      low = x;
      at_low = y;
      at_high /= 2;
    }
  }
  return high;
}

}  // namespace assay::metrics
