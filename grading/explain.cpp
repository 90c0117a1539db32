// "Why not": what blocks a level, the trials behind it, what further planned trials could show.
#include <fmt/format.h>

#include <algorithm>

#include "grading/decide.h"
#include "grading/further.h"
#include "grading/grading.h"
#include "grading/rules.h"
#include "grading/words.h"

namespace assay::grading {

namespace {

using Item = Explanation::Item;

template <class List>
auto find_by_id(const List& list, const std::string& id) -> decltype(list.data()) {
  const auto place = std::find_if(list.begin(), list.end(), [&](const auto& x) { return x.id == id; });
  return place == list.end() ? nullptr : &*place;
}

/// Counted trials of the walk that were failures, in counting order.
std::vector<std::int64_t> failures_of(const IndicatorResult& r) {
  std::vector<std::int64_t> failed;
  for (std::size_t i = 0; i < r.path.size() && i < r.trials.size(); ++i)
    if (r.path[i] > (i == 0 ? 0 : r.path[i - 1])) failed.push_back(r.trials[i]);
  return failed;
}

Text named(const std::vector<std::int64_t>& trials, const Text& before) {
  return trials.empty() ? Text{} : before + trial_list(trials);
}

/// Trials that failed, and apart from them those of which nobody could tell.
Text failures_named(const std::vector<std::int64_t>& counted, const std::vector<TrialRecord>& trials) {
  std::vector<std::int64_t> failed, unknown;
  for (const auto number : counted) {
    const auto trial = std::find_if(trials.begin(), trials.end(), [&](const auto& t) { return t.number == number; });
    const bool told = trial == trials.end() || trial->verdict.outcome != Outcome::undetermined;
    (told ? failed : unknown).push_back(number);
  }
  return named(failed, {"; failed in trials ", "；失败的试验为 "}) +
         named(unknown, {"; undetermined, which counts as failed, in trials ", "；未定（按失败计）的试验为 "});
}

Item of_indicator(const Scheme& scheme, const Plan& plan, const IndicatorResult& r, int level,
                  const std::vector<TrialRecord>& trials) {
  Item item;
  item.id = r.id;
  item.failed_trials = failures_of(r);
  if (r.attached) {
    item.why = r.reason;
    item.could = {"No trial can show this: attach the document (--evidence) to a new session.",
                  "任何试验都无法证明此项：请在新的检测中附上该文件（--evidence）。"};
    return item;
  }
  const Text where{fmt::format("{} at L{}: ", r.task, r.level), fmt::format("{}（L{}）：", r.task, r.level)};
  item.why = where + r.reason + failures_named(item.failed_trials, trials);
  const auto* planned = find_by_id(plan.indicators, r.id);
  const auto* indicator = find_indicator(scheme, r.id);
  const bool measured = !r.metric.empty();
  if (planned && r.n_max > 0 && (measured || r.limit == planned->design.p0))
    item.could = further(*planned, r, plan);
  else if (indicator)
    item.could = further_unplanned(scheme, plan, *indicator, std::max(level, r.level));
  return item;
}

Item of_gate(const Scheme& scheme, const Plan& plan, const Grade& grade, const GateResult& r,
             const std::vector<TrialRecord>& trials) {
  Item item;
  item.id = r.id;
  if (const auto* gate = find_by_id(scheme.gates, r.id))
    for (const auto& trial : trials)
      if (is_event(*gate, trial)) item.failed_trials.push_back(trial.number);
  std::sort(item.failed_trials.begin(), item.failed_trials.end());
  item.why = r.reason + named(item.failed_trials, {"; events in trials ", "；发生事件的试验为 "});
  item.could = further(r, plan, grade);
  return item;
}

/// A required indicator of a level above the declared one: not in the grade's list.
Item of_undeclared(const Scheme& scheme, const Plan& plan, const std::string& id, int level) {
  Item item;
  item.id = id;
  if (const auto* asked = find_indicator(scheme, id); asked && is_attached(*asked)) {
    item.why = {"evidence from outside, asked above the declared level", "外部证据，属于申报等级以上的要求"};
    item.could = {"Attach the document (--evidence) to a session that declares the level.",
                  "请在申报该等级的检测中附上该文件（--evidence）。"};
    return item;
  }
  item.why = {fmt::format("not in this session's plan, which declares L{}", plan.declared_level),
              fmt::format("不在本次检测的试验方案中（申报等级为 L{}）", plan.declared_level)};
  if (const auto* indicator = find_indicator(scheme, id))
    item.could = further_unplanned(scheme, plan, *indicator, level);
  return item;
}

/// The rung itself lacks something that no trial can give.
Item of_scheme(const Scheme& scheme, int level) {
  Item item;
  item.id = fmt::format("L{}", level);
  if (!known_aggregation(scheme.aggregation))
    item.why = {"this program cannot apply the scheme's aggregation " + scheme.aggregation,
                "本程序无法执行认证方案的汇总规则 " + scheme.aggregation};
  else
    item.why = {fmt::format("the scheme asks nothing at L{} in this scope, and levels are never interpolated", level),
                fmt::format("认证方案在此范围内没有完整的 L{} 指标，等级不作内插", level)};
  item.could = {"No trial can change this; it is a matter of the scheme.", "任何试验都无法改变，须由认证方案规定。"};
  return item;
}

}  // namespace

Explanation explain(const Scheme& all_classes, const Plan& plan, const Grade& grade,
                    const std::vector<TrialRecord>& trials, int level) {
  const Scheme scheme = for_class(all_classes, plan.robot_class);
  Explanation explanation;
  const LevelStep* step = nullptr;
  for (const auto& candidate : grade.overall)
    if (level > 0 ? candidate.level == level : candidate.level > grade.overall_level) {
      step = &candidate;
      break;
    }
  explanation.next_level = step ? step->level : level > 0 ? level : grade.overall_level;
  if (!step) {
    const bool top = level <= 0 && !grade.overall.empty();  // nothing is above the highest level
    if (!top) explanation.items.push_back(of_scheme(scheme, level));
    return explanation;
  }
  for (const auto& id : step->blocking) {
    if (id == AuditResult::kId && grade.audit)
      explanation.items.push_back({id,
                                   grade.audit->text,
                                   {"No further trial of this session can change this: a reviewer has to look at the "
                                    "trials named.",
                                    "本次检测的后续试验无法改变：须由评审员查看所列试验。"},
                                   grade.audit->trials});
    else if (const auto* gate = find_by_id(grade.gates, id))
      explanation.items.push_back(of_gate(scheme, plan, grade, *gate, trials));
    else if (const auto* result = find_by_id(grade.indicators, id))
      explanation.items.push_back(of_indicator(scheme, plan, *result, step->level, trials));
    else
      explanation.items.push_back(of_undeclared(scheme, plan, id, step->level));
  }
  if (explanation.items.empty() && step->conformity != Conformity::conform)
    explanation.items.push_back(of_scheme(scheme, step->level));
  return explanation;
}

}  // namespace assay::grading
