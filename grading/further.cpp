#include "grading/further.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "grading/grading.h"
#include "grading/measured.h"
#include "grading/rules.h"
#include "grading/words.h"
#include "metrics/sequential.h"

namespace assay::grading {

namespace {

/// Successes in a row that lead from (n, failures) to acceptance; −1 if none do.
int straight_way(const StopTable& table, int n, int failures) {
  for (int more = 1; n + more <= table.n_max; ++more)
    if (metrics::state_at(table, n + more, failures) == StopState::accepted) return more;
  return -1;
}

/// "if the true success rate equals the observed 92.0 %, the chance of conforming is 61.2 %; at the design value …".
Text chances(const PlannedIndicator& planned, const IndicatorResult& r, int n, int failures) {
  const auto& table = planned.design.table;
  const auto at_design = metrics::characteristics(table, planned.design.p1, n, failures);
  const auto p1 = short_percent(planned.design.p1), chance = percent(at_design.accept);
  if (r.n == 0)
    return {fmt::format("at a success rate of {} (the design value) the chance of conforming is {}, with {:.1f} trials "
                        "expected.",
                        p1, chance, at_design.expected_n),
            fmt::format("若真实成功率为设计值 {}，则符合的概率为 {}，预计需 {:.1f} 次试验。", p1, chance,
                        at_design.expected_n)};
  const double observed = static_cast<double>(r.successes) / r.n;
  const auto at_observed = percent(metrics::characteristics(table, observed, n, failures).accept);
  return {fmt::format("if the true success rate equals the observed {}, the chance of conforming is {}; at the design "
                      "value {} it is {}, with {:.1f} {}trials expected.",
                      percent(observed), at_observed, p1, chance, at_design.expected_n, n > 0 ? "further " : ""),
          fmt::format("若真实成功率等于观测值 {}，则符合的概率为 {}；若为设计值 {}，则为 {}，预计{}需 {:.1f} 次试验。",
                      percent(observed), at_observed, p1, chance, n > 0 ? "还" : "", at_design.expected_n)};
}

Text running(const PlannedIndicator& planned, const IndicatorResult& r) {
  const auto& table = planned.design.table;
  const int failures = r.n - r.successes, most = table.n_max - r.n;
  Text text{fmt::format("At most {} further trials are planned; ", most),
            fmt::format("计划内最多还有 {} 次试验；", most)};
  if (const int way = straight_way(table, r.n, failures); way > 0)
    text = text + Text{fmt::format("{} successes in a row would settle it; ", way),
                       fmt::format("连续成功 {} 次即可判定符合；", way)};
  return text + chances(planned, r, r.n, failures);
}

Text stopped(const PlannedIndicator& planned, const IndicatorResult& r) {
  return Text{"The series has ended: no further planned trial can change this. In a new session of the same plan: ",
              "该系列试验已终止，计划内的后续试验无法改变结论。按相同方案重新检测时，"} +
         chances(planned, r, 0, 0);
}

/// Trials that the plan still holds: per series the longest of its running indicators.
int planned_left(const Plan& plan, const Grade& grade) {
  std::map<std::pair<std::string, int>, int> left;
  for (const auto& r : grade.indicators) {
    const bool planned = std::any_of(plan.indicators.begin(), plan.indicators.end(),
                                     [&](const PlannedIndicator& p) { return p.id == r.id; });
    if (!planned || r.stop != StopState::running) continue;
    auto& most = left[{r.task, r.level}];
    most = std::max(most, r.n_max - r.n);
  }
  int sum = 0;
  for (const auto& [series, most] : left) sum += most;
  return sum;
}

/// Fewest further attempts without an event that bring the upper limit down to the gate's.
int clean_attempts_needed(const GateResult& gate) {
  const auto enough = [&](int more) {
    return event_upper_limit(gate.events, gate.attempts + more, gate.confidence) <= gate.limit;
  };
  int high = 1;
  while (!enough(high) && high < (1 << 24)) high *= 2;
  int low = high / 2;
  while (high - low > 1) {
    const int middle = low + (high - low) / 2;
    (enough(middle) ? high : low) = middle;
  }
  return high;
}

}  // namespace

Text further(const PlannedIndicator& planned, const IndicatorResult& r, const Plan& plan) {
  if (r.voids > void_allowance(plan.void_cap, r.n_max))
    return {"Too many trials were void: only a new session can show it.", "作废试验过多：只能重新检测。"};
  if (r.conformity == Conformity::not_tested && r.n > 0)
    return Text{"Further trials show nothing as long as this holds: ", "在以下情况改变之前，继续试验没有意义："} +
           r.reason + Text{".", "。"};
  if (is_measured(planned)) return further_measured(r);
  if (r.n > 0 && !r.lower)
    return {"Further trials from the same initial state show nothing new: the task has to vary.",
            "从同一初始状态重复试验不会带来新信息：任务须有变化。"};
  return r.stop == StopState::running ? running(planned, r) : stopped(planned, r);
}

Text further_unplanned(const Scheme& scheme, const Plan& plan, const SchemeIndicator& indicator, int level) {
  if (is_measured(indicator))
    return {fmt::format("Only a new session that declares L{} can show it: {} trials, a fixed number.", level,
                        indicator.trials),
            fmt::format("只有申报 L{} 的新一次检测才能证明：固定 {} 次试验。", level, indicator.trials)};
  const auto m = static_cast<int>(required(scheme, plan.scope, level).size());
  const auto ratio = cap_ratio(scheme.cap);
  const auto design = metrics::design_sequential(indicator.limit, indicator.design,
                                                 indicator_alpha(scheme, plan.scope, indicator.level),
                                                 split_beta(scheme.beta, std::max(1, m)), ratio.value_or(0));
  if (!design)
    return {"No trial of this session's plan can show it: " + design.error().what.en + ".",
            "本次检测方案内的试验无法证明：" + design.error().what.zh + "。"};
  return {
      fmt::format("Only a new session that declares L{} can show it: at most {} trials, {:.1f} expected and {} "
                  "chance of conforming at a success rate of {}.",
                  level, design->table.n_max, design->expected_at_p1, percent(1 - design->exact_beta),
                  short_percent(design->p1)),
      fmt::format("只有申报 L{} 的新一次检测才能证明：最多 {} 次试验；成功率为 {} 时预计 {:.1f} 次，符合的概率为 {}。",
                  level, design->table.n_max, short_percent(design->p1), design->expected_at_p1,
                  percent(1 - design->exact_beta))};
}

Text further(const GateResult& gate, const Plan& plan, const Grade& grade) {
  const int needed = clean_attempts_needed(gate), left = planned_left(plan, grade);
  const Text need{fmt::format("{} further attempts without an event would carry it; ", needed),
                  fmt::format("还需 {} 次无事件的尝试；", needed)};
  if (needed <= left)
    return need + Text{fmt::format("up to {} are still planned.", left), fmt::format("计划内最多还有 {} 次。", left)};
  return need + Text{fmt::format("at most {} are still planned, so this session cannot show it.", left),
                     fmt::format("计划内最多只剩 {} 次，本次检测无法证明。", left)};
}

}  // namespace assay::grading
