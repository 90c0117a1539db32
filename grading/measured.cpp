#include "grading/measured.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "grading/words.h"
#include "metrics/statistics/laws.h"
#include "metrics/statistics/quantiles.h"
#include "metrics/statistics/reliability.h"
#include "metrics/walk.h"

namespace assay::grading {

namespace {

struct Values {
  std::vector<double> seen;           ///< of trials that succeeded and gave one, in counting order
  int without = 0;                    ///< counted trials that did not
  int unobservable = 0;               ///< of these: the robot does not give what the metric is made from
  int failed = 0;                     ///< of these: the robot failed
  std::string why;                    ///< of the first without
  const MetricValue* only = nullptr;  ///< the one of a single trial
};

bool begins_with(const std::string& text, const char* start) { return text.rfind(start, 0) == 0; }

/// Reasons that lie in what is observed, not in what the robot did.
bool is_unobservable(const std::string& why) {
  return begins_with(why, "no_channel:") || begins_with(why, "no_stream:") || begins_with(why, "no_part:") ||
         why == "unknown_metric";
}

const MetricValue* find_metric(const TrialRecord& trial, const std::string& id) {
  const auto place = std::find_if(trial.metrics.begin(), trial.metrics.end(),
                                  [&](const MetricValue& value) { return value.id == id; });
  return place == trial.metrics.end() ? nullptr : &*place;
}

Values values_of(IndicatorResult& r, const PlannedIndicator& planned, const std::vector<TrialRecord>& trials) {
  std::map<std::int64_t, const TrialRecord*> by_number;
  for (const auto& trial : trials) by_number[trial.number] = &trial;
  Values out;
  for (const auto number : r.trials) {
    const auto found = by_number.find(number);
    if (found == by_number.end()) continue;
    const auto& trial = *found->second;
    const auto* metric = find_metric(trial, planned.metric);
    if (metric != nullptr) {
      r.unit = metric->unit;
      r.vantage = to_string(metric->vantage);
    }
    const bool counts =
        metric != nullptr && metric->value && std::isfinite(*metric->value) && metrics::counts_as_success(trial, "");
    if (counts) {
      out.seen.push_back(*metric->value);
      out.only = metric;
      continue;
    }
    ++out.without;
    if (trial.verdict.outcome == Outcome::failure || trial.verdict.outcome == Outcome::unsafe) ++out.failed;
    const std::string why = metric == nullptr ? "unknown_metric" : metric->why_undefined;
    if (metrics::ran_to_own_end(trial) && is_unobservable(why)) ++out.unobservable;
    if (out.why.empty()) out.why = why.empty() ? std::string(to_string(trial.verdict.outcome)) : why;
  }
  return out;
}

void set(IndicatorResult& r, Conformity conformity, Text reason) {
  r.conformity = conformity;
  r.reason = std::move(reason);
}

std::string amount(double value, const std::string& unit) {
  return unit == "1" || unit.empty() ? fmt::format("{:.4g}", value) : fmt::format("{:.4g} {}", value, unit);
}

void mean_limits(IndicatorResult& r, const Values& values) {
  const auto n = static_cast<double>(values.seen.size());
  double sum = 0;
  for (const double value : values.seen) sum += value;
  const double mean = sum / n;
  r.estimate = mean;
  if (values.seen.size() == 1) {
    // Two-sided at 95 %: no claim at more than 97.5 % on one side rests on them.
    if (r.confidence > 0.975) return;
    r.lower = values.only->lower;
    r.upper = values.only->upper;
    return;
  }
  double squares = 0;
  for (const double value : values.seen) squares += (value - mean) * (value - mean);
  const double half = metrics::laws::student_quantile(r.confidence, n - 1) * std::sqrt(squares / (n - 1) / n);
  r.lower = mean - half;
  r.upper = mean + half;
}

/// Trials without a value stand at the worse end, as ±infinity; a limit that falls there is none. True: so many failed
/// that the better limit falls there, too, and the whole interval lies beyond whatever was asked.
bool quantile_limits(IndicatorResult& r, const Values& values) {
  const bool at_most = r.bound == "at_most";
  std::vector<double> all;  // the larger the worse
  for (const double value : values.seen) all.push_back(at_most ? value : -value);
  for (int i = 0; i < values.without; ++i) all.push_back(std::numeric_limits<double>::infinity());
  std::sort(all.begin(), all.end());
  const auto n = static_cast<int>(all.size());
  const auto at = [&](int rank) -> std::optional<double> {
    if (rank < 1 || rank > n) return std::nullopt;
    const double value = all[static_cast<std::size_t>(rank) - 1];
    if (!std::isfinite(value)) return std::nullopt;
    return at_most ? value : -value;
  };
  r.estimate = at(static_cast<int>(std::ceil(r.quantile * n - 1e-9)));
  const auto worse = metrics::quantile_ranks(n, r.quantile, r.confidence);
  // Its mirror: the one-sided limit on the better side, from the other end of the same order.
  const auto better = metrics::quantile_ranks(n, 1 - r.quantile, r.confidence);
  std::optional<double> high, low;
  if (worse && worse->one_sided_upper) high = at(*worse->one_sided_upper);
  const int low_rank = better && better->one_sided_upper ? n + 1 - *better->one_sided_upper : 0;
  if (low_rank > 0) low = at(low_rank);
  r.upper = at_most ? high : low;
  r.lower = at_most ? low : high;
  return low_rank > n - values.failed;
}

/// Operating time and failures of the counted trials; a failed one ran, too, until it failed.
struct Operation {
  double time_s = 0;
  int failures = 0, unknown = 0;  ///< unknown: counted trials without an operating time
};

Operation operation_of(const IndicatorResult& r, const PlannedIndicator& planned,
                       const std::vector<TrialRecord>& trials) {
  Operation out;
  for (const auto& trial : trials) {
    if (std::find(r.trials.begin(), r.trials.end(), trial.number) == r.trials.end()) continue;
    out.failures += metrics::counts_as_success(trial, "") ? 0 : 1;
    const auto* metric = find_metric(trial, planned.metric);
    const bool known = metric != nullptr && metric->value && std::isfinite(*metric->value) && *metric->value >= 0;
    out.time_s += known ? *metric->value : 0;  // what is not known to have run is not credited
    out.unknown += known ? 0 : 1;
  }
  return out;
}

void failure_limits(IndicatorResult& r, const Operation& operation) {
  // Two-sided at 1 − 2α: each limit holds one-sided at 1 − α.
  const auto limits = metrics::mtbf_limits(operation.time_s, operation.failures, 2 * r.confidence - 1);
  if (!limits) return;
  r.lower = limits->time_terminated_two_sided_lower;
  r.upper = limits->time_terminated_two_sided_upper;
  if (operation.failures > 0) r.estimate = operation.time_s / operation.failures;
}

void compare(IndicatorResult& r, const Text& what, bool beyond = false) {
  const bool at_most = r.bound == "at_most";
  const auto show = [&](const std::optional<double>& value) { return value ? amount(*value, r.unit) : "–"; };
  const bool shown = at_most ? r.upper && *r.upper <= r.limit : r.lower && *r.lower >= r.limit;
  const bool refuted = beyond || (at_most ? r.lower && *r.lower > r.limit : r.upper && *r.upper < r.limit);
  const auto confidence = short_percent(r.confidence);
  set(r,
      shown     ? Conformity::conform
      : refuted ? Conformity::not_conform
                : Conformity::inconclusive,
      what +
          Text{fmt::format(" of {} trials {}, one-sided {} limits {} and {}; asked {} {}", r.n, show(r.estimate),
                           confidence, show(r.lower), show(r.upper), at_most ? "at most" : "at least",
                           amount(r.limit, r.unit)),
               fmt::format("（{} 次试验）为 {}，单侧 {} 置信限 {} 与 {}；要求{} {}", r.n, show(r.estimate), confidence,
                           show(r.lower), show(r.upper), at_most ? "不大于" : "不小于", amount(r.limit, r.unit))});
}

}  // namespace

bool is_measured(const PlannedIndicator& indicator) {
  return indicator.statistic == kMetricMean || indicator.statistic == kMetricQuantile ||
         indicator.statistic == kTimeBetweenFailures;
}

Result<SequentialDesign> design_measured(const SchemeIndicator& indicator, double alpha, const std::string& path,
                                         double longest_s) {
  const int n = indicator.trials;
  if (indicator.statistic == kMetricQuantile) {
    const auto ranks = metrics::quantile_ranks(n, indicator.quantile, 1 - alpha);
    if (!ranks || !ranks->one_sided_upper) {
      const int least = static_cast<int>(std::ceil(std::log(alpha) / std::log(indicator.quantile)));
      return Error{614,
                   {"too few trials for the quantile at this confidence", "试验次数不足以在此置信度下判定该分位数"},
                   {path},
                   {fmt::format("trials: {} or more", least), fmt::format("trials 不少于 {}", least)},
                   fmt::format("indicator {}: {} trials, quantile {}", indicator.id, n, indicator.quantile),
                   {"raise the number of trials, or ask for a lower quantile", "请增加试验次数，或降低分位数"}};
    }
  }
  if (indicator.statistic == kTimeBetweenFailures) {
    ASSAY_TRY(const double need_s, metrics::mtbf_required_time(indicator.limit, 0, 1 - alpha));
    if (indicator.bound != "at_least" || n * longest_s < need_s)
      return Error{
          616,
          {"the trials are too short to show this time between failures", "试验总时间不足以证明该平均无故障时间"},
          {path},
          {fmt::format("at_least, and {:.4g} s of operation without a failure, or more", need_s),
           fmt::format("at_least，且无故障运行不少于 {:.4g} s", need_s)},
          fmt::format("indicator {}: {} {} s; {} trials of at most {:.4g} s", indicator.id, indicator.bound,
                      indicator.limit, n, longest_s),
          {"raise the number of trials or their length, or ask for less", "请增加试验次数或时长，或降低要求"}};
  }
  SequentialDesign design;
  design.alpha = alpha;
  design.fixed_n = design.least_n = n;
  design.expected_at_p0 = design.expected_at_p1 = design.expected_at_one = n;
  auto& table = design.table;
  table.n_max = n;
  for (int i = 0; i <= n; ++i) {
    table.accept.push_back(i < n ? -1 : n);
    table.refuse.push_back(i + 1);
  }
  return design;
}

void decide_measured(IndicatorResult& r, const PlannedIndicator& planned, const std::vector<TrialRecord>& trials) {
  const auto values = values_of(r, planned, trials);
  r.successes = static_cast<int>(values.seen.size());
  r.estimate = r.lower = r.upper = std::nullopt;
  if (r.n > 0 && values.unobservable == r.n)
    return set(r, Conformity::not_tested,
               {fmt::format("{} was not observed ({})", planned.metric, values.why),
                fmt::format("{} 未被观测（{}）", planned.metric, values.why)});
  if (planned.statistic == kTimeBetweenFailures) {
    const auto operation = operation_of(r, planned, trials);
    r.successes = r.n - operation.failures;
    failure_limits(r, operation);
    if (r.stop != StopState::running)
      return compare(
          r, {fmt::format("{} failures in {:.4g} s of operation; mean time between failures", operation.failures,
                          operation.time_s),
              fmt::format("{:.4g} s 运行中失效 {} 次；平均无故障时间", operation.time_s, operation.failures)});
  }
  const bool mean = planned.statistic == kMetricMean;
  if (r.stop == StopState::running) {
    if (!values.seen.empty() && mean && values.without == 0) mean_limits(r, values);
    return set(r, Conformity::inconclusive,
               {fmt::format("{} of {} planned trials; the number is fixed", r.n, r.n_max),
                fmt::format("计划 {} 次，已计入 {} 次；次数固定", r.n_max, r.n)});
  }
  if (mean && values.without > 0)
    return set(
        r, Conformity::inconclusive,
        {fmt::format("{} of {} trials gave no value (first: {}), so no mean is shown", values.without, r.n, values.why),
         fmt::format("{} 次试验中有 {} 次无测量值（首个原因：{}），无法给出均值", r.n, values.without, values.why)});
  if (mean) {
    mean_limits(r, values);
    if (!r.lower || !r.upper)
      return set(r, Conformity::inconclusive,
                 {"one value without limits of its own at this confidence shows nothing",
                  "仅有一个在此置信度下未给出自身区间的测量值，不足以判定"});
    return compare(r, {"mean", "均值"});
  }
  Text what{fmt::format("{} quantile", short_percent(r.quantile)), fmt::format("{} 分位数", short_percent(r.quantile))};
  const bool beyond = quantile_limits(r, values);
  if (beyond)
    what = Text{fmt::format("{} trials failed, which puts the whole interval beyond any limit: ", values.failed),
                fmt::format("{} 次试验失败，整个区间超出任何限值：", values.failed)} +
           what;
  compare(r, what, beyond);
}

Text further_measured(const IndicatorResult& r) {
  if (r.stop == StopState::running)
    return {
        fmt::format("{} further trials are planned; their number is fixed and no result shortens it.", r.n_max - r.n),
        fmt::format("计划内还有 {} 次试验；次数固定，不因结果提前结束。", r.n_max - r.n)};
  return {"The series has ended: no further planned trial can change this; a new session measures anew.",
          "该系列试验已结束，计划内的后续试验无法改变结论；须重新检测。"};
}

}  // namespace assay::grading
