// Reference kinds of metrics/measures/{latency,delay}.h, and of temporal logic (logic_kinds.cpp).
#include "metrics/input.h"
#include "metrics/measures/delay.h"
#include "metrics/measures/latency.h"
#include "metrics/reference/kinds.h"
#include "metrics/reference/read.h"

namespace assay::metrics {

namespace {

Json list_or_null(const std::vector<std::optional<double>>& values) {
  Json out = Json::array();
  for (const auto& value : values) out.push_back(or_null(value));
  return out;
}

Result<Json> quantiles(const Json& input) {
  ASSAY_TRY(const auto summary, latency_summary(numbers(input, "latency_s"), numbers(input, "probability")));
  return Json{{"quantile_type7_s", list_or_null(summary.quantile_type7_s)},
              {"quantile_order_s", list_or_null(summary.quantile_order_s)},
              {"mean_s", or_null(summary.mean_s)},
              {"std_s", or_null(summary.std_s)},
              {"min_s", or_null(summary.min_s)},
              {"max_s", or_null(summary.max_s)}};
}

Result<Json> jitter(const Json& input) {
  ASSAY_TRY(const auto summary, latency_jitter(numbers(input, "time_s"), number(input, "nominal_period_s")));
  return Json{
      {"period_count", summary.period_count},          {"period_mean_s", or_null(summary.period_mean_s)},
      {"period_std_s", or_null(summary.period_std_s)}, {"period_min_s", or_null(summary.period_min_s)},
      {"period_max_s", or_null(summary.period_max_s)}, {"max_abs_deviation_s", or_null(summary.max_abs_deviation_s)}};
}

Result<Json> deadline(const Json& input) {
  ASSAY_TRY(const auto summary,
            latency_deadline(numbers(input, "latency_s"), number(input, "deadline_s"), integer(input, "sent_count")));
  return Json{{"late_count", summary.late_count},
              {"lost_count", summary.lost_count},
              {"miss_ratio", or_null(summary.miss_ratio)},
              {"longest_late_run", summary.longest_late_run}};
}

Result<Json> delay_threshold(const Json& input) {
  const auto direction = text(input, "direction");
  if (direction != "rising" && direction != "falling")
    return bad_input(1038, {"the directions are rising and falling", "方向只有 rising 与 falling"}, direction);
  const auto command_time = numbers(input, "command_time_s"), command = numbers(input, "command_rad"),
             response_time = numbers(input, "response_time_s"), response = numbers(input, "response_rad");
  ASSAY_TRY(const auto delay, threshold_delay({command_time, command, number(input, "command_threshold_rad")},
                                              {response_time, response, number(input, "response_threshold_rad")},
                                              direction == "rising" ? Crossing::rising : Crossing::falling));
  return Json{{"command_crossing_s", or_null(delay.command_crossing_s)},
              {"response_crossing_s", or_null(delay.response_crossing_s)},
              {"delay_s", or_null(delay.delay_s)}};
}

Result<Json> delay_xcorr(const Json& input) {
  ASSAY_TRY(const auto delay, correlation_delay(numbers(input, "command_rad"), numbers(input, "response_rad"),
                                                number(input, "period_s"), number(input, "max_lag_s")));
  return Json{{"lag_samples", or_null(delay.lag_samples)},
              {"peak_correlation", or_null(delay.peak_correlation)},
              {"delay_s", or_null(delay.delay_s)}};
}

}  // namespace

void register_timing_kinds(ReferenceRegistry& registry) {
  registry.add({"latency_quantiles", "latency_summary (metrics/measures/latency.h)", quantiles});
  registry.add({"latency_jitter", "latency_jitter (metrics/measures/latency.h)", jitter});
  registry.add({"latency_deadline", "latency_deadline (metrics/measures/latency.h)", deadline});
  registry.add({"delay_threshold", "threshold_delay (metrics/measures/delay.h)", delay_threshold});
  registry.add({"delay_xcorr", "correlation_delay (metrics/measures/delay.h)", delay_xcorr});
  register_logic_kinds(registry);
}

}  // namespace assay::metrics
