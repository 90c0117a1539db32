// Latency of a link or a policy: quantiles, jitter, deadlines. Pure.
//
// Coordinated omission. Where the next message is sent only after the answer to the last one (every lock-step loop), a
// long answer hides the messages that should have been sent meanwhile, and quantiles of the answers that were measured
// are too good. Either count against the schedule (latency = answer − time at which the message was due), or refill the
// record with fill_omitted(), or state that the quantile is per answer and not per period. latency_deadline() is safe:
// what was due and not sent belongs into sent_count.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "core/result.h"

namespace assay::metrics {

struct LatencySummary {
  std::vector<std::optional<double>> quantile_type7_s;  ///< per probability
  std::vector<std::optional<double>> quantile_order_s;  ///< per probability
  std::optional<double> mean_s, std_s, min_s, max_s;    ///< std: divisor n − 1, undefined for n < 2
};
/// latency_s [n], any order; probability [k] in [0, 1]. With x_(1) ≤ … ≤ x_(n): type 7 (Hyndman and Fan 1996): h =
/// (n−1)p, k = ⌊h⌋, x_(k+1) + (h−k)(x_(k+2) − x_(k+1)). Order: x_(r), r = ⌈n·p⌉ for the decimal p (⌈n·p − 1e−9⌉),
/// within 1…n: a value that was measured, the one to quote against a limit. n = 0: all undefined. Fails with
/// ASSAY-1030, 1031.
Result<LatencySummary> latency_summary(std::span<const double> latency_s, std::span<const double> probability);

struct JitterSummary {
  int period_count = 0;
  std::optional<double> period_mean_s, period_std_s, period_min_s, period_max_s;
  std::optional<double> max_abs_deviation_s;  ///< max |P_i − nominal|
};
/// Periods P_i = t_{i+1} − t_i of arrivals, time_s [n] strictly ascending. No period: undefined; one: std undefined.
/// Fails with ASSAY-1030, 1032 (nominal ≤ 0), 1035, 1036.
Result<JitterSummary> latency_jitter(std::span<const double> time_s, double nominal_period_s);

struct DeadlineSummary {
  int late_count = 0;                ///< latency > deadline (on the deadline is met)
  int lost_count = 0;                ///< sent − received
  std::optional<double> miss_ratio;  ///< (late + lost)/sent; undefined if nothing was sent
  int longest_late_run = 0;          ///< consecutive late ones among the received
};
/// latency_s [n]: the received, in order. Fails with ASSAY-1030, 1032 (deadline < 0, sent_count < n).
Result<DeadlineSummary> latency_deadline(std::span<const double> latency_s, double deadline_s, int sent_count);

/// Most values that fill_omitted() makes.
inline constexpr std::size_t kMostLatencies = 10'000'000;

/// The record with what coordinated omission hid: for every latency x > interval also x − interval, x − 2·interval, …
/// as long as they reach the interval (each is what a message due meanwhile would have waited). In the order of the
/// input. Fails with ASSAY-1030, 1032 (interval ≤ 0), 1039 (more than kMostLatencies values).
/// Source: Tene, HdrHistogram, "recordValueWithExpectedInterval".
Result<std::vector<double>> fill_omitted(std::span<const double> latency_s, double expected_interval_s);

}  // namespace assay::metrics
