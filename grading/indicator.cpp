// Conformity of one indicator from its walk.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "grading/decide.h"
#include "grading/grading.h"
#include "grading/measured.h"
#include "grading/rules.h"
#include "grading/words.h"
#include "metrics/sequential.h"
#include "metrics/statistics/proportion.h"

namespace assay::grading {

namespace {

/// Trials that stand in the plan: an index behind cap and reserve was never planned and decides nothing.
std::vector<TrialRecord> planned_trials(const Plan& plan, const PlannedIndicator& planned,
                                        const std::vector<TrialRecord>& trials) {
  int end = planned.design.table.n_max + void_allowance(plan.void_cap, planned.design.table.n_max);
  for (const auto& series : plan.series)
    if (series.task == planned.task && series.level == planned.level) end = series.cap + series.reserved;
  std::vector<TrialRecord> kept;
  for (const auto& trial : trials)
    if (trial.task == planned.task && trial.level == planned.level && trial.index < end) kept.push_back(trial);
  return kept;
}

/// The counted trials whose own end is evidence for or against the robot.
std::vector<const TrialRecord*> evidence(const std::vector<TrialRecord>& trials, const Walk& walk) {
  const std::set<std::int64_t> counted(walk.trials.begin(), walk.trials.end());
  std::vector<const TrialRecord*> list;
  for (const auto& trial : trials)
    if (counted.count(trial.number) > 0 && trial.validity == Validity::valid && metrics::ran_to_own_end(trial))
      list.push_back(&trial);
  // So that the reason does not depend on the order of the rows.
  std::sort(list.begin(), list.end(), [](const auto* x, const auto* y) { return x->number < y->number; });
  return list;
}

/// Why a signal that the robot does not give leaves the question open; empty if it does not.
std::optional<Text> unseen(const std::vector<const TrialRecord*>& trials, const std::string& check) {
  for (const auto* trial : trials) {
    const auto signal = metrics::missing_signal(*trial);
    if (check.empty() && !signal.empty())
      return Text{"the robot does not give the signal '" + signal + "', without which success cannot be judged",
                  "机器人未提供信号“" + signal + "”，无法判定任务是否成功"};
    const auto& checks = trial->verdict.checks;
    if (!check.empty() && std::none_of(checks.begin(), checks.end(), [&](const auto& c) { return c.first == check; }))
      return Text{"check '" + check + "' was not observed: the robot does not give its signals",
                  "检查项“" + check + "”未被观测：机器人未提供所需信号"};
  }
  return std::nullopt;
}

/// Vantages, weakest first: each also serves where a weaker one is asked. Unknown words ask for more than there is.
constexpr std::array<std::pair<std::string_view, const char*>, 4> kVantages{
    {{"self_report", "被测方自报"}, {"operator", "操作员"}, {"simulator", "仿真器"}, {"instrument", "仪器"}}};

auto find_vantage(std::string_view name) {
  return std::find_if(kVantages.begin(), kVantages.end(), [&](const auto& v) { return v.first == name; });
}

std::string zh_of(std::string_view name) {
  const auto found = find_vantage(name);
  return found != kVantages.end() ? found->second : std::string(name);
}

/// Where the trial's verdict was observed: the vantage of the metric (`success`, by default the simulator).
std::string_view vantage_of(const TrialRecord& trial, const std::string& id) {
  for (const auto& metric : trial.metrics)
    if (metric.id == id) return to_string(metric.vantage);
  return to_string(Vantage::simulator);
}

/// Why the place of observation does not answer what the scheme asks; empty if it does.
std::optional<Text> too_weakly_observed(const std::vector<const TrialRecord*>& trials, const std::string& asked,
                                        const std::string& metric) {
  for (const auto* trial : trials) {
    const auto seen = vantage_of(*trial, metric);
    if (find_vantage(seen) < find_vantage(asked))
      return Text{
          fmt::format("the scheme asks for truth observed by '{}', the trials were observed by '{}'", asked, seen),
          fmt::format("认证方案要求真值来源为“{}”，而试验的真值来源为“{}”", zh_of(asked), zh_of(seen))};
  }
  return std::nullopt;
}

/// Several trials on record, all from one initial state: no variation, hence no probability.
bool without_variation(const std::vector<TrialRecord>& trials) {
  std::set<int> indices;
  std::set<std::string> states;
  for (const auto& trial : trials) {
    if (!trial.finished || metrics::is_void(trial) || trial.initial_state_digest.empty()) continue;
    indices.insert(trial.index);
    states.insert(trial.initial_state_digest);
  }
  return indices.size() > 1 && states.size() == 1;
}

void set(IndicatorResult& result, Conformity conformity, Text reason) {
  result.conformity = conformity;
  result.reason = std::move(reason);
}

void fill_numbers(IndicatorResult& result, const PlannedIndicator& planned, const Walk& walk) {
  result.n = walk.counted;
  result.voids = walk.voids;
  result.stop = walk.state;
  result.trials = walk.trials;
  int failures = 0;
  for (const bool success : walk.successes) result.path.push_back(failures += success ? 0 : 1);
  result.successes = result.n - failures;
  if (result.n == 0 || is_measured(planned)) return;
  const auto& table = planned.design.table;
  const auto limits = metrics::stagewise_limits(table, result.n, failures, result.confidence);
  result.lower = limits.lower;
  result.upper = limits.upper;
  // Median-unbiased: the plain ratio leans towards the boundary that stopped the walk.
  const auto median = metrics::stagewise_limits(table, result.n, failures, 0.5);
  result.estimate = (median.lower + median.upper) / 2;
}

Text counted(const IndicatorResult& r) {
  return {fmt::format("{} of {} counted trials succeeded; ", r.successes, r.n),
          fmt::format("计入的 {} 次试验中成功 {} 次；", r.n, r.successes)};
}

/// The scheme asks for another limit than the plan was designed for.
void decide_by_limits(IndicatorResult& r) {
  const Text range{fmt::format("one-sided {} limits {:.3f} and {:.3f}, asked {:.3f} (not the plan's own limit)",
                               short_percent(r.confidence), *r.lower, *r.upper, r.limit),
                   fmt::format("单侧 {} 置信限为 {:.3f} 与 {:.3f}，要求 {:.3f}（与试验方案原定限值不同）",
                               short_percent(r.confidence), *r.lower, *r.upper, r.limit)};
  const auto conformity = *r.lower >= r.limit  ? Conformity::conform
                          : *r.upper < r.limit ? Conformity::not_conform
                                               : Conformity::inconclusive;
  set(r, conformity, counted(r) + range);
}

void decide_by_plan(IndicatorResult& r) {
  const auto p0 = short_percent(r.limit), confidence = short_percent(r.confidence);
  if (r.stop == StopState::accepted) {
    set(r, Conformity::conform,
        counted(r) + Text{fmt::format("success probability of at least {} shown at {} confidence", p0, confidence),
                          fmt::format("以 {} 的置信度证明成功概率不低于 {}", confidence, p0)});
  } else if (r.stop == StopState::running) {
    set(r, Conformity::inconclusive,
        counted(r) + Text{fmt::format("not decided yet, the plan allows up to {}", r.n_max),
                          fmt::format("尚无定论，方案最多允许 {} 次", r.n_max)});
  } else if (*r.upper < r.limit) {
    set(r, Conformity::not_conform,
        counted(r) + Text{fmt::format("the success probability lies below {}: upper limit {:.3f} at {} confidence", p0,
                                      *r.upper, confidence),
                          fmt::format("成功概率低于 {}：{} 置信上限为 {:.3f}", p0, confidence, *r.upper)});
  } else {
    set(r, Conformity::inconclusive,
        counted(r) + Text{fmt::format("{} not shown, and the plan has ended; upper limit {:.3f}", p0, *r.upper),
                          fmt::format("未能证明达到 {}，方案已终止；置信上限为 {:.3f}", p0, *r.upper)});
  }
}

IndicatorResult blank(const Scheme& scheme, const Plan& plan, const SchemeIndicator& indicator) {
  IndicatorResult r;
  r.id = indicator.id;
  r.dimension = indicator.dimension;
  r.task = indicator.task;
  r.check = indicator.check;
  r.clause = indicator.clause;
  r.level = indicator.level;
  r.title = indicator.title;
  r.limit = indicator.limit;
  r.statistic = indicator.statistic;
  r.metric = indicator.metric;
  if (is_measured(indicator)) r.bound = indicator.bound;
  r.quantile = indicator.quantile;
  r.confidence = 1 - indicator_alpha(scheme, plan.scope, indicator.level);
  return r;
}

/// What the plan itself knows of an indicator that the scheme at hand no longer has.
SchemeIndicator from_plan(const PlannedIndicator& planned) {
  SchemeIndicator indicator;
  indicator.id = planned.id;
  indicator.dimension = planned.dimension;
  indicator.task = planned.task;
  indicator.check = planned.check;
  indicator.level = planned.level;
  indicator.statistic = planned.statistic;
  indicator.metric = planned.metric;
  indicator.bound = planned.bound;
  indicator.quantile = planned.quantile;
  indicator.limit = is_measured(planned) ? planned.limit : planned.design.p0;
  indicator.vantage = planned.vantage;
  indicator.title = {planned.id, planned.id};
  return indicator;
}

/// The scheme's indicator asks what the plan tested; otherwise the trials are evidence for something else.
bool same_question(const SchemeIndicator& indicator, const PlannedIndicator& planned) {
  return indicator.task == planned.task && indicator.level == planned.level && indicator.check == planned.check &&
         indicator.statistic == planned.statistic && indicator.metric == planned.metric &&
         (!is_measured(planned) || indicator.trials == planned.design.table.n_max || indicator.trials == 0);
}

/// Whether some order of n trials with that many failures is not stopped before the last of them.
bool can_stand_at(const StopTable& table, int n, int failures) {
  if (n < 1 || n > table.n_max || failures < 0) return false;
  std::set<int> running{0};
  for (int i = 1; i <= n; ++i) {
    std::set<int> next;
    for (const int f : running)
      for (const int failed : {f, f + 1})
        if (i == n || metrics::state_at(table, i, failed) == StopState::running) next.insert(failed);
    running = std::move(next);
  }
  return running.count(failures) > 0;
}

/// Reasons for which no boundary is asked.
bool decide_outside_plan(IndicatorResult& r, const Plan& plan, const Walk& w, const std::string& vantage,
                         const std::vector<TrialRecord>& relevant) {
  const auto shown = evidence(relevant, w);
  if (w.voids > void_allowance(plan.void_cap, r.n_max)) {
    set(r, Conformity::inconclusive,
        {fmt::format("{} void trials, more than the {} of {} planned trials that the scheme allows", w.voids,
                     short_percent(plan.void_cap), r.n_max),
         fmt::format("作废试验 {} 次，超过方案所允许的比例（计划 {} 次的 {}）", w.voids, r.n_max,
                     short_percent(plan.void_cap))});
  } else if (r.n == 0) {
    set(r, Conformity::not_tested, {"no trial counts yet", "尚无计入的试验"});
  } else if (const auto why = unseen(shown, r.check)) {
    set(r, Conformity::not_tested, *why);
  } else if (const auto where = too_weakly_observed(shown, vantage, r.metric.empty() ? "success" : r.metric)) {
    set(r, Conformity::not_tested, *where);
  } else if (without_variation(relevant)) {
    r.estimate = r.lower = r.upper = std::nullopt;
    set(r, Conformity::inconclusive,
        r.successes > 0 ? Text{"demonstrated once: every trial started alike, so no probability follows",
                               "仅演示一次：所有试验初始状态相同，无法给出概率"}
                        : Text{"failed once: every trial started alike, so no probability follows",
                               "一次失败：所有试验初始状态相同，无法给出概率"});
  } else {
    return false;
  }
  return true;
}

}  // namespace

IndicatorResult decide_indicator(const Scheme& scheme, const Plan& plan, const PlannedIndicator& planned,
                                 const std::vector<TrialRecord>& trials, bool voids_as_failures) {
  const auto* found = find_indicator(scheme, planned.id);
  const auto indicator = found ? *found : from_plan(planned);
  auto r = blank(scheme, plan, indicator);
  if (!same_question(indicator, planned)) return unplanned_indicator(scheme, plan, indicator);
  r.n_max = planned.design.table.n_max;
  const auto relevant = planned_trials(plan, planned, trials);
  auto w = walk(planned, relevant, voids_as_failures);
  fill_numbers(r, planned, w);
  if (voids_as_failures) w.voids = 0;  // they are failures here, and there is no cap on failures
  if (decide_outside_plan(r, plan, w, indicator.vantage, relevant)) return r;
  if (is_measured(planned)) {
    decide_measured(r, planned, relevant);
    return r;
  }
  // The boundaries answer exactly one question: the planned limit at the planned α.
  if (r.limit != planned.design.p0 || 1 - planned.design.alpha != r.confidence)
    decide_by_limits(r);
  else
    decide_by_plan(r);
  return r;
}

IndicatorResult unplanned_indicator(const Scheme& scheme, const Plan& plan, const SchemeIndicator& indicator) {
  auto r = blank(scheme, plan, indicator);
  set(r, Conformity::not_tested, {"not in this session's plan", "不在本次检测的试验方案中"});
  return r;
}

void suppose_counts(IndicatorResult& r, const PlannedIndicator& planned, int n, int successes) {
  const auto& table = planned.design.table;
  const int failures = n - successes;
  r.n = n;
  r.successes = successes;
  r.n_max = table.n_max;
  r.voids = 0;
  r.path.clear();
  r.trials.clear();
  const bool stands = can_stand_at(table, n, failures);
  r.stop = stands ? metrics::state_at(table, n, failures) : StopState::running;
  if (stands) {
    const auto limits = metrics::stagewise_limits(table, n, failures, r.confidence);
    r.lower = limits.lower;
    r.upper = limits.upper;
  } else {
    const auto lower = metrics::clopper_pearson_lower(successes, n, r.confidence);
    const auto upper = metrics::clopper_pearson_upper(successes, n, r.confidence);
    r.lower = lower ? *lower : 0;
    r.upper = upper ? *upper : 1;
  }
  r.estimate = static_cast<double>(successes) / n;
  const bool own_question = r.limit == planned.design.p0 && 1 - planned.design.alpha == r.confidence;
  if (stands && own_question)
    decide_by_plan(r);
  else
    decide_by_limits(r);
}

IndicatorResult attached_indicator(const Scheme& scheme, const Plan& plan, const SchemeIndicator& indicator) {
  auto r = blank(scheme, plan, indicator);
  r.attached = true;
  r.limit = 0;
  const auto document = std::find_if(plan.evidence.begin(), plan.evidence.end(),
                                     [&](const Evidence& e) { return e.indicator == indicator.id; });
  if (document == plan.evidence.end()) {
    set(r, Conformity::not_tested, {"evidence from outside was not attached to this session", "本次检测未附外部证据"});
    return r;
  }
  const Text says = document->conforms ? Text{"says that it conforms", "结论为符合"}
                                       : Text{"says that it does not conform", "结论为不符合"};
  set(r, document->conforms ? Conformity::conform : Conformity::not_conform,
      {fmt::format("document {} of {}, {}, SHA-256 {}, {}; not examined by Assay", document->document, document->issuer,
                   document->date, document->sha256.substr(0, 16), says.en),
       fmt::format("文件 {}（{}，{}，SHA-256 {}）{}；Assay 未对其内容进行检测", document->document, document->issuer,
                   document->date, document->sha256.substr(0, 16), says.zh)});
  return r;
}

}  // namespace assay::grading
