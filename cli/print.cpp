#include "cli/print.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "reports/condition_words.h"
#include "reports/values.h"

namespace assay::cli {
namespace {

std::string number(const std::optional<double>& value) { return value ? fmt::format("{:.3f}", *value) : "–"; }

std::string level_word(const Scheme& scheme, int level, Lang lang) {
  if (level == 0) return lang == Lang::zh ? "未达到任何等级" : "no level shown";
  for (const auto& [id, title] : scheme.levels)
    if (id == level) return fmt::format("L{} {}", level, title.in(lang));
  return fmt::format("L{}", level);
}

std::string title_of(const std::vector<std::pair<std::string, Text>>& list, const std::string& id, Lang lang) {
  for (const auto& [key, title] : list)
    if (key == id) return title.in(lang);
  return id;
}

std::string index_word(const App& app, int index) {
  if (!is_audit_index(index)) return fmt::format("{}", index);
  return fmt::format("{} {}", index - kAuditIndex, app.say("audit", "审查"));
}

void print_indicators(const App& app, const Grade& grade) {
  std::vector<std::vector<std::string>> rows = {{app.say("indicator", "指标"), app.say("limit", "限值"), "n",
                                                 app.say("successes", "成功"), app.say("voids", "作废"),
                                                 app.say("estimate", "估计"), app.say("[lower, upper]", "[下限, 上限]"),
                                                 app.say("verdict", "结论")}};
  for (const auto& r : grade.indicators) {
    const auto verdict = paint(app, r.conformity, verdict_word(app, r.conformity));
    if (r.attached) {
      rows.push_back({r.id, app.say("document", "文件"), "–", "–", "–", "–", "–", verdict});
      continue;
    }
    if (!r.metric.empty()) {
      const auto value = [&](const std::optional<double>& v) {
        return v ? fmt::format("{:.4g}", reports::readable(*v, r.limit)) : "–";
      };
      rows.push_back(
          {r.id,
           fmt::format("{} {:.4g}{}", r.bound == "at_most" ? "≤" : "≥", r.limit, r.unit == "1" ? "" : " " + r.unit),
           fmt::format("{}", r.n), fmt::format("{}", r.successes), fmt::format("{}", r.voids), value(r.estimate),
           fmt::format("[{}, {}]", value(r.lower), value(r.upper)), verdict});
      continue;
    }
    rows.push_back({r.id, fmt::format("≥ {:.2f}", r.limit), fmt::format("{}", r.n), fmt::format("{}", r.successes),
                    fmt::format("{}", r.voids), number(r.estimate),
                    fmt::format("[{}, {}]", number(r.lower), number(r.upper)), verdict});
  }
  print_table(rows);
  for (const auto& g : grade.gates)
    std::printf("%s\n", fmt::format("{} {}: {} {} {} {}, {} {:.3f} (≤ {:.2f})  {}", app.say("gate", "门槛"), g.id,
                                    g.events, app.say("unsafe in", "次不安全 /"), g.attempts,
                                    app.say("attempts", "次尝试"), app.say("95 % upper bound", "95 % 上限"), g.upper,
                                    g.limit, paint(app, g.conformity, verdict_word(app, g.conformity)))
                            .c_str());
  for (const auto& r : grade.indicators)
    if (r.attached) std::printf("%s: %s\n", r.id.c_str(), app.say(r.reason).c_str());
  if (grade.audit)
    std::printf("%s: %s\n", app.say("memory audit", "记忆审查").c_str(), app.say(grade.audit->text).c_str());
}

/// "L1: 0.83 of the weight conforms, 0.75 asked" for each level that is scored.
void print_scores(const App& app, const Grade& grade) {
  for (const auto& step : grade.overall)
    if (step.score)
      std::printf("%s\n", fmt::format(fmt::runtime(app.say("  L{}: {:.3f} of the weight conforms, {:.3f} asked",
                                                           "  L{}：符合项占权重 {:.3f}，要求 {:.3f}")),
                                      step.level, *step.score, step.pass.value_or(1))
                              .c_str());
}

}  // namespace

std::string level_mark(int level) { return level > 0 ? fmt::format("L{}", level) : "–"; }

Text division_notice(const std::string& division) {
  if (division == "lab") return {"lab division", "检测（lab）"};
  if (division == "self") return {"SELF-ASSESSMENT: certifies nothing", "自评：不构成认证"};
  return {"DEV, seeds of its own choice: certifies nothing", "开发（自选种子）：不构成认证"};
}

void print_grade(const App& app, const reports::ReportModel& model) {
  const Grade& grade = model.grade;
  std::printf("%s\n", fmt::format("{}  {} {}  {}  {} {}  [{}]", model.session, model.scheme.id, model.scheme.version,
                                  app.say(model.subject.title), app.say("scope", "范围"), grade.scope,
                                  app.say(division_notice(model.division)))
                          .c_str());
  print_indicators(app, grade);
  std::printf("\n");
  print_scores(app, grade);
  for (const auto& [dimension, level] : grade.dimension_level)
    std::printf("%s\n", fmt::format("  {} {}: {}", dimension, title_of(model.scheme.dimensions, dimension, app.lang),
                                    level_word(model.scheme, level, app.lang))
                            .c_str());
  std::printf("%s\n", fmt::format("{}: {}  ({} {}, {} {:.4g} %)", app.say("Overall level", "综合等级"),
                                  level_word(model.scheme, grade.overall_level, app.lang), app.say("scope", "范围"),
                                  grade.scope, app.say("confidence of the level claim", "等级结论的置信度"),
                                  100 * (1 - grade.alpha))
                          .c_str());
  if (grade.overall_level_voids_as_failures != grade.overall_level)
    std::printf("%s\n", fmt::format("{}: {}", app.say("with every void counted as a failure", "若作废均按失败计"),
                                    level_word(model.scheme, grade.overall_level_voids_as_failures, app.lang))
                            .c_str());
  std::printf("%s\n",
              grade.examination < 2
                  ? app.say("First examination of this subject under this scheme in this workspace.",
                            "本工作区内该对象依本方案的首次检测。")
                        .c_str()
                  : fmt::format("{}: {} ({})",
                                app.say("Examination of this subject under this scheme", "该对象依本方案的检测次数"),
                                grade.examination, fmt::join(model.plan.earlier_sessions, ", "))
                        .c_str());
  if (!app.say(grade.claim).empty()) std::printf("%s\n", app.say(grade.claim).c_str());
  std::printf("%s: %s\n", app.say("Limiting indicators", "限制性指标").c_str(),
              grade.limiting.empty() ? app.say("none up to the level examined for", "在受检等级内无").c_str()
                                     : fmt::format("{}", fmt::join(grade.limiting, ", ")).c_str());
}

void print_explanation(const App& app, const grading::Explanation& explanation) {
  if (explanation.items.empty()) {
    std::printf("%s\n", app.say("Nothing blocks a further level of this scheme in this scope.",
                                "在此范围内，没有指标阻碍更高等级。")
                            .c_str());
    return;
  }
  std::printf("%s L%d\n", app.say("What keeps the robot from", "阻碍达到").c_str(), explanation.next_level);
  for (const auto& item : explanation.items) {
    std::printf("- %s: %s\n  %s\n", item.id.c_str(), app.say(item.why).c_str(), app.say(item.could).c_str());
    if (!item.failed_trials.empty())
      std::printf("  %s: %s\n", app.say("trials behind it", "相关试验").c_str(),
                  fmt::format("{}", fmt::join(item.failed_trials, ", ")).c_str());
  }
}

/// What the lock will fix beside the trials: class, order, audit, documents.
void print_conditions(const App& app, const Plan& plan) {
  std::size_t audited = 0;
  for (const auto& series : plan.series) audited += series.audit.size();
  std::printf("%s: %s\n", app.say("class", "类别").c_str(), plan.robot_class.c_str());
  std::printf("%s: %s\n", app.say("order of trials", "试验顺序").c_str(),
              plan.order.empty()
                  ? app.say("series after series", "逐序列进行").c_str()
                  : app.say("all series interleaved, drawn from the seed", "各序列交错，由种子抽定").c_str());
  if (audited > 0)
    std::printf("%s\n", fmt::format(fmt::runtime(app.say("memory audit: up to {} trials run again with other nuisance",
                                                         "记忆审查：至多 {} 次试验更换无关条件后重做")),
                                    audited)
                            .c_str());
  for (const auto& e : plan.evidence)
    std::printf("%s\n", fmt::format("{}: {}, {}, {}, SHA-256 {}", e.indicator, e.document, e.issuer, e.date,
                                    e.sha256.substr(0, 16))
                            .c_str());
}

void print_plan(const App& app, const Plan& plan, const grading::Outlook& outlook, const RobotTime& time,
                const std::vector<metrics::OperatingCharacteristics>& oc) {
  std::vector<std::vector<std::string>> rows = {{app.say("indicator", "指标"), app.say("task", "任务"), "p0", "p1",
                                                 app.say("least", "最少"), app.say("expected", "期望"),
                                                 app.say("most", "最多"), app.say("assumed p", "假定 p"),
                                                 app.say("P(conform)", "P(符合)")}};
  for (std::size_t i = 0; i < plan.indicators.size() && i < outlook.rows.size(); ++i) {
    const auto& ind = plan.indicators[i];
    const auto& row = outlook.rows[i];
    if (row.measured) {
      rows.push_back({ind.id, fmt::format("{} L{}", ind.task, ind.level),
                      fmt::format("{} {:.4g}", ind.bound == "at_most" ? "≤" : "≥", ind.limit), "–",
                      fmt::format("{}", row.least_n), fmt::format("{}", row.most_n), fmt::format("{}", row.most_n), "–",
                      "–"});
      continue;
    }
    rows.push_back({ind.id, fmt::format("{} L{}", ind.task, ind.level), fmt::format("{:.3f}", ind.design.p0),
                    fmt::format("{:.3f}", ind.design.p1), fmt::format("{}", row.least_n),
                    fmt::format("{:.1f}", row.expected_n), fmt::format("{}", row.most_n),
                    fmt::format("{:.3f}", row.assumed), fmt::format("{:.3f}", row.p_conform)});
  }
  print_table(rows);
  for (const auto& series : plan.series)
    if (series.least > 0)
      std::printf(
          "%s\n",
          fmt::format(fmt::runtime(app.say("{} L{} runs at least {} trials unless it is refused: a "
                                           "safety gate without an event needs them",
                                           "{} L{} 除非被拒绝，至少进行 {} 次试验：无事件的安全门槛需要这么多")),
                      series.task, series.level, series.least)
              .c_str());
  if (outlook.p_level_most - outlook.p_level < 5e-4)
    std::printf("P(L%d) = %.3f\n", plan.declared_level, outlook.p_level);
  else
    std::printf(
        "%s\n",
        fmt::format(fmt::runtime(app.say("P(L{}) between {:.3f} and {:.3f}: indicators on one series "
                                         "share its trials, and how they go together is not known",
                                         "P(L{}) 介于 {:.3f} 与 {:.3f} 之间：同一序列上的指标共用试验，其相关性未知")),
                    plan.declared_level, outlook.p_level, outlook.p_level_most)
            .c_str());
  std::printf("%s\n",
              fmt::format(fmt::runtime(app.say(
                              "robot time, if every trial runs to its time limit ({:.0f} s between "
                              "trials): expected {:.2f} h, at most {:.2f} h",
                              "机器人时间（每次试验均达时限，间隔 {:.0f} 秒）：期望 {:.2f} 小时，至多 {:.2f} 小时")),
                          time.between_s, time.expected_s / 3600, time.most_s / 3600)
                  .c_str());
  print_conditions(app, plan);
  if (oc.empty()) return;
  std::printf("\n");
  print_characteristics(app, oc);
}

void print_characteristics(const App& app, const std::vector<metrics::OperatingCharacteristics>& oc) {
  std::vector<std::vector<std::string>> table = {{"p0 → p1", app.say("fixed n", "固定 n"), app.say("most", "最多"),
                                                  app.say("exact α", "精确 α"), app.say("α at most", "α 上界"),
                                                  app.say("exact β", "精确 β"), "E[n]/n p0", app.say("midway", "中点"),
                                                  "p1", "1"}};
  for (const auto& x : oc)
    table.push_back({fmt::format("{:.4g} → {:.4g}", x.p0, x.p1), fmt::format("{}", x.fixed_n),
                     fmt::format("{}", x.n_max), fmt::format("{:.5f}", x.exact_alpha),
                     fmt::format("{:.5f}", x.size.bound), fmt::format("{:.5f}", x.exact_beta),
                     fmt::format("{:.3f}", x.at_p0.share), fmt::format("{:.3f}", x.midway.share),
                     fmt::format("{:.3f}", x.at_p1.share), fmt::format("{:.3f}", x.at_one.share)});
  print_table(table);
  std::printf("%s\n", app.say("E[n]/n: expected trials as a share of the fixed plan's. “α at most” holds for every p "
                              "at or below p0, grid or not.",
                              "E[n]/n：期望试验数与固定方案之比。“α 上界”对不大于 p0 的任意 p 成立，不限于网格点。")
                          .c_str());
}

void print_trials(const App& app, const std::vector<TrialRecord>& trials) {
  std::vector<std::vector<std::string>> rows = {{"#", app.say("task", "任务"), "L", app.say("index", "序号"),
                                                 app.say("attempt", "次"), app.say("outcome", "结果"),
                                                 app.say("reason", "原因"), app.say("validity", "有效性"),
                                                 app.say("digest", "摘要")}};
  for (const auto& t : trials)
    rows.push_back({fmt::format("{}", t.number), t.task, fmt::format("{}", t.level), index_word(app, t.index),
                    fmt::format("{}", t.attempt),
                    t.finished ? std::string(to_string(t.verdict.outcome)) : app.say("started only", "仅开始"),
                    t.verdict.reason,
                    t.validity == Validity::valid ? app.say("valid", "有效")
                                                  : app.say("invalid", "无效") + ": " + t.invalid_reason,
                    t.content_digest.substr(0, 12)});
  print_table(rows);
}

void print_trial(const App& app, const TrialRecord& t) {
  print_trials(app, {t});
  std::printf("\n%s  %s\n%s  %s\n", app.say("trace", "记录").c_str(), t.trace_path.c_str(),
              app.say("sha256", "sha256").c_str(), t.trace_sha256.c_str());
  std::vector<std::vector<std::string>> rows;
  for (const auto& [name, held] : t.verdict.checks)
    rows.push_back({name, held ? app.say("held", "成立") : app.say("did not hold", "不成立"), ""});
  for (const auto& m : t.metrics)
    rows.push_back({fmt::format("{} v{}", m.id, m.version), m.value ? fmt::format("{:.6g}", *m.value) : "–",
                    !m.value ? m.why_undefined
                    : m.lower && m.upper && m.n > 0
                        ? fmt::format("{} [{:.6g}, {:.6g}], n {}", m.unit, *m.lower, *m.upper, m.n)
                        : m.unit});
  print_table(rows);
}

void print_diagnosis(const App& app, const metrics::Diagnosis& d, const Task& task) {
  std::vector<std::vector<std::string>> rows;
  if (!app.say(d.instruction).empty()) rows.push_back({app.say("instruction", "指令"), app.say(d.instruction)});
  for (const auto& [slot, value] : d.slots) rows.push_back({"{" + slot + "}", value});
  if (!d.cause.empty()) rows.push_back({app.say("cause", "原因"), d.cause});
  const reports::Names names(task);
  for (const auto& part : d.parts) {
    const bool held = part.robustness && *part.robustness >= 0;
    rows.push_back({rows.empty() || rows.back().size() < 3 ? app.say("success asks", "成功要求") : "",
                    fmt::format("{} {}",
                                !part.robustness ? "–"
                                : held           ? "✓"
                                                 : "✕",
                                app.say(reports::words_of(part.condition, names).text)),
                    !part.robustness ? app.say("not observed", "未观测")
                                     : fmt::format(fmt::runtime(app.say("{:+.3g} tolerances", "{:+.3g} 倍容差")),
                                                   *part.robustness)});
  }
  std::printf("\n");
  print_table(rows);
}

void print_change(const App& app, const Grade& before, const Grade& after) {
  std::vector<std::vector<std::string>> rows = {{app.say("indicator", "指标"), app.say("limit", "限值"), "→",
                                                 app.say("counts", "计数"), "→", app.say("verdict", "结论"), "→"}};
  const auto limit = [](const IndicatorResult& r) { return r.attached ? "–" : fmt::format("{:.3g}", r.limit); };
  const auto counts = [](const IndicatorResult& r) { return fmt::format("{}/{}", r.successes, r.n); };
  const auto verdict = [&](const IndicatorResult& r) {
    return paint(app, r.conformity, verdict_word(app, r.conformity));
  };
  for (const auto& b : before.indicators) {
    const auto a = std::find_if(after.indicators.begin(), after.indicators.end(),
                                [&](const IndicatorResult& r) { return r.id == b.id; });
    if (a == after.indicators.end())
      rows.push_back({b.id, limit(b), app.say("removed", "删除"), counts(b), "", verdict(b), ""});
    else if (a->limit != b.limit || a->n != b.n || a->successes != b.successes || a->conformity != b.conformity ||
             a->confidence != b.confidence)
      rows.push_back({b.id, limit(b), limit(*a), counts(b), counts(*a), verdict(b), verdict(*a)});
  }
  for (const auto& a : after.indicators)
    if (std::none_of(before.indicators.begin(), before.indicators.end(),
                     [&](const IndicatorResult& r) { return r.id == a.id; }))
      rows.push_back({a.id, app.say("added", "新增"), limit(a), "", counts(a), "", verdict(a)});
  if (rows.size() > 1)
    print_table(rows);
  else
    std::printf("%s\n", app.say("No indicator changes.", "各指标均无变化。").c_str());
  const auto levels = [&](const std::string& name, int b, int a) {
    std::printf("%s\n", fmt::format("{}: {} → {}", name, level_mark(b), level_mark(a)).c_str());
  };
  for (const auto& [id, level] : before.dimension_level) {
    const auto a = after.dimension_level.find(id);
    levels("  " + id, level, a == after.dimension_level.end() ? 0 : a->second);
  }
  levels(app.say("Overall level", "综合等级"), before.overall_level, after.overall_level);
}

}  // namespace assay::cli
