// Scheme and subject → plan.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "grading/grading.h"
#include "grading/measured.h"
#include "grading/rules.h"
#include "metrics/sequential.h"

namespace assay::grading {

namespace {

using Indicators = std::vector<const SchemeIndicator*>;

Error grading_error(int id, Text what, const std::string& file, Text expected, std::string found, Text help) {
  return {id, std::move(what), {file}, std::move(expected), std::move(found), std::move(help)};
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

Error rule_error(const Scheme& scheme, const std::string& expected, std::string found) {
  return grading_error(
      606, {"the scheme has a rule that this program cannot apply", "认证方案含有本程序无法执行的规则"}, scheme.path,
      {expected, expected}, std::move(found), {"use one of the rules named", "请改用上述规则之一"});
}

Result<void> check_rules(const Scheme& scheme) {
  if (!known_aggregation(scheme.aggregation))
    return rule_error(scheme, "aggregation: all_of | min_over_dimensions | weighted_score",
                      "aggregation: " + scheme.aggregation);
  if (!cap_ratio(scheme.cap)) return rule_error(scheme, "cap: <number>n, e.g. 1.5n", "cap: " + scheme.cap);
  if (!(scheme.void_cap >= 0 && scheme.void_cap <= 0.5))
    return rule_error(scheme, "0 <= void_cap <= 0.5", fmt::format("void_cap: {}", scheme.void_cap));
  for (const auto& gate : scheme.gates)
    if (!(gate.limit > 0 && gate.limit < 1 && gate.confidence > 0 && gate.confidence < 1))
      return rule_error(scheme, "0 < limit, confidence < 1",
                        fmt::format("gate {}: limit {}, confidence {}", gate.id, gate.limit, gate.confidence));
  std::set<std::string> ids;
  for (const auto& indicator : scheme.indicators) {
    if (indicator.statistic != "success_probability" && !is_attached(indicator) && !is_measured(indicator))
      return rule_error(scheme,
                        "statistic: success_probability | metric_mean | metric_quantile | "
                        "time_between_failures | attached_evidence",
                        fmt::format("indicator {}: statistic: {}", indicator.id, indicator.statistic));
    if (!ids.insert(indicator.id).second)
      return rule_error(scheme, "each indicator id once", "indicator " + indicator.id + " twice");
  }
  return {};
}

Result<void> check_subject(const Scheme& scheme, const Subject& subject) {
  const auto* scope = find_scope(scheme, subject.scope);
  if (!scope) {
    std::vector<std::string> ids;
    for (const auto& s : scheme.scopes) ids.push_back(s.id);
    return grading_error(601, {"the scheme has no such scope", "认证方案中没有该适用范围"}, subject.path,
                         {"one of: " + joined(ids), "以下之一：" + joined(ids)}, subject.scope,
                         {"declare a scope of the scheme", "请申报认证方案所列的适用范围"});
  }
  std::vector<std::string> known_classes;
  for (const auto& [id, unused] : scheme.classes) known_classes.push_back(id);
  if (!known_classes.empty() &&
      std::find(known_classes.begin(), known_classes.end(), subject.robot_class) == known_classes.end())
    return grading_error(602, {"the scheme has no such class", "认证方案中没有这一机器人类别"}, subject.path,
                         {"one of: " + joined(known_classes), "以下之一：" + joined(known_classes)},
                         subject.robot_class, {"correct `class`", "请修正 `class`"});
  const auto& classes = scope->classes;
  if (!classes.empty() && std::find(classes.begin(), classes.end(), subject.robot_class) == classes.end())
    return grading_error(602, {"the scope is not for this class of robot", "该适用范围不包含此类机器人"}, subject.path,
                         {"one of: " + joined(classes), "以下之一：" + joined(classes)}, subject.robot_class,
                         {"declare another scope, or correct the class", "请改报其他适用范围，或修正机器人类别"});
  const auto level = subject.declared_level;
  std::string levels;
  for (const auto& known : scheme.levels) levels += fmt::format("{}L{}", levels.empty() ? "" : ", ", known.first);
  if (std::none_of(scheme.levels.begin(), scheme.levels.end(), [&](const auto& l) { return l.first == level; }))
    return grading_error(603, {"the scheme has no such level", "认证方案中没有该等级"}, subject.path,
                         {"one of: " + levels, "以下之一：" + levels}, fmt::format("L{}", level),
                         {"choose one with --level, or declare one of them", "用 --level 选择，或申报其中一级"});
  return {};
}

Result<void> check_selection(const Scheme& scheme, const Subject& subject, const Indicators& selected,
                             const std::vector<Task>& tasks) {
  const auto level = subject.declared_level;
  if (std::none_of(selected.begin(), selected.end(), [&](const auto* i) { return i->level == level; }))
    return grading_error(604, {"nothing to examine at the declared level", "在所申报等级上没有可检测的指标"},
                         scheme.path,
                         {fmt::format("an indicator at L{} in scope {}", level, subject.scope),
                          fmt::format("适用范围 {} 内的 L{} 指标", subject.scope, level)},
                         fmt::format("{} indicators below it", selected.size()),
                         {"declare a lower level or another scope", "请申报较低等级或其他适用范围"});
  for (const auto* indicator : selected) {
    if (is_attached(*indicator)) continue;
    const auto task = std::find_if(tasks.begin(), tasks.end(), [&](const Task& t) {
      return t.key() == indicator->task && t.level == indicator->level;
    });
    const auto name = fmt::format("indicator {}: {} at L{}", indicator->id, indicator->task, indicator->level);
    if (task == tasks.end())
      return grading_error(605, {"the scheme names a task that no suite holds", "认证方案引用了任务集中不存在的任务"},
                           scheme.path, {"a task of the loaded suites", "已加载任务集中的任务"}, name,
                           {"correct the task or its level, or load its suite", "请修正任务或等级，或加载对应任务集"});
    const auto& checks = task->checks;
    if (!indicator->check.empty() &&
        std::none_of(checks.begin(), checks.end(), [&](const auto& c) { return c.first == indicator->check; }))
      return grading_error(
          607, {"the scheme names a check that the task does not have", "认证方案引用了任务中不存在的检查项"},
          scheme.path, {"a named check of the task", "任务所列的检查项"}, name + ", check " + indicator->check,
          {"correct the check's name", "请修正检查项名称"});
    if (is_measured(*indicator) &&
        std::find(task->metrics.begin(), task->metrics.end(), indicator->metric) == task->metrics.end())
      return grading_error(
          615, {"the scheme names a metric that the task does not measure", "认证方案引用了任务未测量的度量"},
          scheme.path, {"one of: " + joined(task->metrics), "以下之一：" + joined(task->metrics)},
          name + ", metric " + indicator->metric,
          {"name the metric in the task, or correct it here", "请在任务中列出该度量，或更正此处"});
  }
  return {};
}

/// Longest time of a trial of the indicator's task, in seconds.
double time_limit_s(const SchemeIndicator& indicator, const std::vector<Task>& tasks) {
  for (const auto& task : tasks)
    if (task.key() == indicator.task && task.level == indicator.level)
      return static_cast<double>(task.time_limit_ns) * 1e-9;
  return 0;
}

Result<PlannedIndicator> plan_one(const Scheme& scheme, const std::string& scope, const SchemeIndicator& indicator,
                                  double beta, const std::vector<Task>& tasks) {
  const double alpha = indicator_alpha(scheme, scope, indicator.level);
  const bool measured = is_measured(indicator);
  auto designed =
      measured ? design_measured(indicator, alpha, scheme.path, time_limit_s(indicator, tasks))
               : metrics::design_sequential(indicator.limit, indicator.design, alpha, beta, *cap_ratio(scheme.cap));
  if (!designed && measured) return designed.error();
  if (!designed) {
    const auto& why = designed.error();
    return grading_error(
        608, {"no plan fits the indicator's limits: " + why.what.en, "无法为该指标设计方案：" + why.what.zh},
        scheme.path, why.expected, fmt::format("indicator {}: {}", indicator.id, why.found), why.help);
  }
  PlannedIndicator planned;
  planned.id = indicator.id;
  planned.dimension = indicator.dimension;
  planned.level = indicator.level;
  planned.task = indicator.task;
  planned.check = indicator.check;
  planned.vantage = indicator.vantage;
  planned.statistic = indicator.statistic;
  if (measured) {
    planned.metric = indicator.metric;
    planned.bound = indicator.bound;
    planned.limit = indicator.limit;
    planned.quantile = indicator.quantile;
  }
  planned.design = std::move(*designed);
  return planned;
}

void add_series(Plan& plan) {
  for (const auto& indicator : plan.indicators) {
    const int n_max = indicator.design.table.n_max;
    const auto same = [&](const Series& s) { return s.task == indicator.task && s.level == indicator.level; };
    const auto place = std::find_if(plan.series.begin(), plan.series.end(), same);
    if (place == plan.series.end())
      plan.series.push_back({indicator.task, indicator.level, n_max, 0, 0, {}});
    else
      place->cap = std::max(place->cap, n_max);
  }
}

/// The lowest level's series get as many trials as its gates need when nothing unsafe happens: otherwise a robot that
/// shows that level, and is refused above it, could never be given it.
void add_gate_trials(const Scheme& scheme, Plan& plan) {
  if (plan.indicators.empty()) return;               // documents alone
  const int lowest = plan.indicators.front().level;  // sorted by level
  int need = 0;
  for (const auto& gate : scheme.gates)
    while (event_upper_limit(0, std::max(need, 1), gate.confidence) > gate.limit && need < 100'000) ++need;
  const auto at_lowest = [&](const Series& s) { return s.level == lowest; };
  const auto count = static_cast<int>(std::count_if(plan.series.begin(), plan.series.end(), at_lowest));
  for (auto& series : plan.series) {
    if (at_lowest(series)) series.least = std::min((need + count - 1) / count, series.cap);
    series.reserved = void_allowance(plan.void_cap, series.cap);
  }
}

/// Documents that answer what the scheme asks of this scope; any other is a mistake of the declarer.
Result<void> take_evidence(const Scheme& scheme, const Subject& subject, const Indicators& selected, Plan& plan) {
  for (const auto& document : subject.evidence) {
    const auto* indicator = find_indicator(scheme, document.indicator);
    if (indicator == nullptr || !is_attached(*indicator))
      return grading_error(
          611, {"the scheme has no such indicator for attached evidence", "方案中没有可附证据的该指标"}, subject.path,
          {"an indicator with statistic: attached_evidence for this class",
           "适用于此类别且 statistic 为 attached_evidence 的指标"},
          document.indicator, {"correct the indicator's id", "请更正指标 id"});
    if (std::find(selected.begin(), selected.end(), indicator) != selected.end()) plan.evidence.push_back(document);
  }
  return {};
}

/// A gate that even a perfect robot cannot pass within the plan would make every level unreachable.
Result<void> check_gates(const Scheme& scheme, const Plan& plan) {
  int most = 0;
  for (const auto& series : plan.series) most += series.cap;
  for (const auto& gate : scheme.gates) {
    if (event_upper_limit(0, most, gate.confidence) <= gate.limit) continue;
    return grading_error(609, {"the plan has too few trials for a safety gate", "试验方案的次数不足以判定安全门槛"},
                         scheme.path,
                         {fmt::format("an upper limit of {} with no event", gate.limit),
                          fmt::format("零事件时上限不超过 {}", gate.limit)},
                         fmt::format("gate {}: {} planned trials", gate.id, most),
                         {"raise the gate's limit or examine more tasks", "请放宽门槛限值或增加任务"});
  }
  return {};
}

}  // namespace

Result<Plan> design(const Scheme& all_classes, const Subject& subject, const std::vector<Task>& tasks) {
  const Scheme scheme = for_class(all_classes, subject.robot_class);
  ASSAY_RETURN_IF_ERROR(check_rules(scheme));
  ASSAY_RETURN_IF_ERROR(check_subject(scheme, subject));
  auto selected = required(scheme, subject.scope, subject.declared_level);
  ASSAY_RETURN_IF_ERROR(check_selection(scheme, subject, selected, tasks));
  std::stable_sort(selected.begin(), selected.end(), [](const auto* a, const auto* b) { return a->level < b->level; });
  Plan plan;
  plan.scheme = scheme.id + "@" + scheme.version;
  plan.scope = subject.scope;
  plan.declared_level = subject.declared_level;
  plan.subject = subject.serial.empty() ? subject.id : subject.id + " " + subject.serial;
  plan.robot_class = subject.robot_class;
  plan.alpha = claim_alpha(scheme);
  plan.audit_alpha = scheme.audit_alpha;
  plan.beta = scheme.beta;
  plan.void_cap = scheme.void_cap;
  ASSAY_RETURN_IF_ERROR(take_evidence(scheme, subject, selected, plan));
  std::erase_if(selected, [](const auto* indicator) { return is_attached(*indicator); });
  // A level by intersection: each indicator keeps the whole α, all of them share β.
  const double beta = split_beta(scheme.beta, std::max(1, static_cast<int>(selected.size())));
  for (const auto* indicator : selected) {
    ASSAY_TRY(auto planned, plan_one(scheme, plan.scope, *indicator, beta, tasks));
    plan.indicators.push_back(std::move(planned));
  }
  add_series(plan);
  add_gate_trials(scheme, plan);
  ASSAY_RETURN_IF_ERROR(check_gates(scheme, plan));
  return plan;
}

}  // namespace assay::grading
