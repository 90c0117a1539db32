#include "metrics/measures/step_response.h"

#include <algorithm>
#include <cmath>

#include "metrics/input.h"
#include "metrics/measures/series.h"
#include "metrics/measures/stamps.h"

namespace assay::metrics {

namespace {

using series::kTimeSlack_s;

Result<void> check_record(std::span<const double> time_s, std::span<const double> value_m) {
  ASSAY_RETURN_IF_ERROR(check_same_length("times", time_s.size(), "values", value_m.size()));
  ASSAY_RETURN_IF_ERROR(stamps_ns("times", time_s));
  return check_finite("values", value_m);
}

/// Index of the first sample at or after the step.
std::size_t first_after(std::span<const double> time_s, double step_time_s) {
  const auto at = std::find_if(time_s.begin(), time_s.end(), [&](double t) { return t >= step_time_s - kTimeSlack_s; });
  return static_cast<std::size_t>(at - time_s.begin());
}

}  // namespace

Result<SettleTime> settle_time(std::span<const double> time_s, std::span<const double> value_m, double target_m,
                               double band_m, double step_time_s, double hold_s) {
  ASSAY_RETURN_IF_ERROR(check_record(time_s, value_m));
  ASSAY_RETURN_IF_ERROR(check_finite("target", target_m));
  ASSAY_RETURN_IF_ERROR(check_finite("step time", step_time_s));
  ASSAY_RETURN_IF_ERROR(check_at_least("band", band_m, 0));
  ASSAY_RETURN_IF_ERROR(check_at_least("hold", hold_s, 0));
  const std::size_t first = first_after(time_s, step_time_s), n = time_s.size();
  SettleTime out;
  if (first == n) return out;
  const auto off = [&](std::size_t i) { return value_m[i] - target_m; };
  std::size_t after = n;  // one behind the last outside sample
  while (after > first && std::abs(off(after - 1)) <= band_m) --after;
  out.settled = false;
  if (after == n) return out;
  double inside_s = step_time_s;
  if (after > first) {
    const std::size_t k = after - 1;
    const double limit = off(k) > 0 ? band_m : -band_m;
    inside_s = time_s[k] + (off(k) - limit) / (off(k) - off(after)) * (time_s[after] - time_s[k]);
  }
  if (time_s.back() - inside_s < hold_s - kTimeSlack_s) return out;
  ASSAY_RETURN_IF_ERROR(series::check_result("settling time", {inside_s}));
  out.settled = true;
  out.settle_time_s = inside_s - step_time_s;
  return out;
}

Result<Overshoot> overshoot(std::span<const double> time_s, std::span<const double> value_m, double initial_m,
                            double target_m, double step_time_s) {
  ASSAY_RETURN_IF_ERROR(check_record(time_s, value_m));
  ASSAY_RETURN_IF_ERROR(check_finite("initial value", initial_m));
  ASSAY_RETURN_IF_ERROR(check_finite("target", target_m));
  ASSAY_RETURN_IF_ERROR(check_finite("step time", step_time_s));
  const std::size_t first = first_after(time_s, step_time_s);
  Overshoot out;
  if (first == time_s.size() || target_m == initial_m) return out;
  const double sign = target_m > initial_m ? 1 : -1;
  out.overshoot_m = 0;
  for (std::size_t i = first; i < time_s.size(); ++i) {
    const double z = sign * (value_m[i] - target_m);
    if (z <= *out.overshoot_m) continue;
    out.overshoot_m = z;
    out.peak_time_s = time_s[i] - step_time_s;
  }
  out.overshoot_percent = *out.overshoot_m / std::abs(target_m - initial_m) * 100;
  ASSAY_RETURN_IF_ERROR(series::check_result("overshoot", {*out.overshoot_m, *out.overshoot_percent}));
  return out;
}

}  // namespace assay::metrics
