// Conclusion, why not the next level, indicators with their charts, safety gates.
#include <fmt/format.h>

#include <algorithm>

#include "reports/checklist.h"
#include "reports/html_page.h"
#include "reports/values.h"

namespace assay::reports {
namespace {

void write_decision_rule(Page& page, const ReportModel& model) {
  page.raw("<h3>").both({"Confidence and decision rule", "置信度与判定规则"}).raw("</h3>\n");
  for (const auto& text : decision_rule_of(model)) page.paragraph(text);
}

void title(Page& page, const IndicatorResult& x) {
  page.both(filled(x.title, x.id)).raw(" <span class=\"small\">").text(x.id).raw("</span>");
}

/// "1.497 [1.477, 1.517]" in the unit that is shown.
std::string value_with_limits(const IndicatorResult& x) {
  return fmt::format("{} [{}, {}]", shown_value(x, x.estimate), shown_value(x, x.lower), shown_value(x, x.upper));
}

Text vantage_of(const IndicatorResult& x) {
  for (const auto vantage : {Vantage::simulator, Vantage::instrument, Vantage::self_report, Vantage::operator_})
    if (x.vantage == to_string(vantage)) return word_of(vantage);
  return {"–", "–"};
}

/// Measured: value, interval and limit in the metric's own unit.
void write_measured(Page& page, const ReportModel& model, const IndicatorResult& x) {
  const auto unit = shown_unit(x);
  page.raw("<tr><td><b>").both(filled(x.title, x.id)).raw("</b><br><span class=\"small\">");
  page.both(title_of_dimension(model.scheme, x.dimension)).raw(fmt::format(" · L{} · ", x.level)).code(x.id);
  page.raw(" · ").code(x.metric).raw("</span></td>").cell(x.clause.empty() ? "–" : x.clause).raw("<td>");
  page.both(x.statistic == kMetricMean ? Text{"mean", "均值"}
            : x.statistic == kTimeBetweenFailures
                ? Text{"mean time between failures", "平均无故障时间"}
                : Text{fmt::format("{} quantile", percent(x.quantile)), fmt::format("{} 分位数", percent(x.quantile))});
  page.raw("</td>").number(
      fmt::format("{} {} {}", x.bound == "at_most" ? "≤" : "≥", significant(x.limit * unit.factor), unit.name));
  page.number(value_with_limits(x) + " " + unit.name).number(fmt::format("{} / {}", x.n, x.n_max));
  page.raw("<td>").both(vantage_of(x)).raw("</td><td>").chip(look_of(x.conformity));
  // What was decided stands in the numbers; what was not has its reason.
  if (x.conformity == Conformity::inconclusive || x.conformity == Conformity::not_tested)
    page.raw("<br><span class=\"small\">").both(x.reason).raw("</span>");
  page.raw("</td></tr>\n");
}

bool is_measured_result(const IndicatorResult& x) { return !x.metric.empty(); }

void write_measured_table(Page& page, const ReportModel& model) {
  page.head({{{"Measured indicator", "测量指标"}},
             {{"Clause", "条款"}},
             {{"Statistic", "统计量"}},
             {{"Limit", "限值"}, true},
             {{"Value [limits]", "测量值 [置信限]"}, true},
             {{"n / planned", "n / 计划"}, true},
             {{"Observed by", "观测来源"}},
             {{"Conformity", "符合性"}}},
            {"A fixed number of trials each; limits one-sided at the confidence of the level claim. Limits of a mean: "
             "Student's; of a single trial, what it states itself. "
             "Limits of a quantile: order statistics, whatever the law. It conforms if the whole interval keeps the "
             "limit; a trial that failed gives no value and stands at the worse end.",
             "各指标的试验次数固定；置信限为单侧，置信度同等级结论。均值的置信限按 t "
             "分布；仅一次试验时取其自身给出的区间。分位数的置信限由次序统计量给出，"
             "与分布形式无关。整个区间满足限值时判为符合；失败的试验无测量值，按最差一端计。"});
  for (const auto& x : model.grade.indicators)
    if (!x.metric.empty()) write_measured(page, model, x);
  page.end_table();
  for (const auto& x : model.grade.indicators) {
    if (x.metric.empty() || !x.estimate) continue;
    page.raw("<figure class=\"interval\"><figcaption>");
    title(page, x);
    page.raw("</figcaption>").chart(measured_svg(x, Lang::en), measured_svg(x, Lang::zh));
    const Look& look = look_of(x.conformity);
    page.raw("<div><b>").text(value_with_limits(x)).raw("</b> ");
    page.text(shown_unit(x).name).raw("<br><span class=\"plain ");
    page.raw(look.css).raw("\">").icon(look.icon).raw(" ").both(look.word);
    page.raw(fmt::format("</span> <span class=\"small\">n = {}</span></div></figure>\n", x.n));
  }
}

/// A person's eye behind one of the counted trials.
bool seen_by_person(const ReportModel& model, const IndicatorResult& x) {
  return std::any_of(model.trials.begin(), model.trials.end(), [&](const TrialRecord& trial) {
    return std::find(x.trials.begin(), x.trials.end(), trial.number) != x.trials.end() &&
           std::any_of(trial.metrics.begin(), trial.metrics.end(), [](const MetricValue& metric) {
             return metric.id == "success" && metric.vantage == Vantage::operator_;
           });
  });
}

void write_indicator(Page& page, const ReportModel& model, const IndicatorResult& x) {
  page.raw("<tr><td><b>").both(filled(x.title, x.id)).raw("</b><br><span class=\"small\">");
  page.both(title_of_dimension(model.scheme, x.dimension)).raw(fmt::format(" · L{} · ", x.level)).code(x.id);
  page.raw("</span></td>")
      .cell(x.clause.empty() ? "–" : x.clause)
      .number(x.attached ? "–" : fmt::format("≥ {:.3g}", x.limit));
  page.number(proportion(x.estimate)).number(proportion(x.lower)).number(proportion(x.upper));
  page.number(x.attached ? "–" : percent(x.confidence))
      .number(fmt::format("{} / {}", x.n, x.n_max))
      .number(std::to_string(x.successes));
  page.number(std::to_string(x.voids)).raw("<td>").chip(look_of(x.conformity));
  if (!x.reason.en.empty() || !x.reason.zh.empty())
    page.raw("<br><span class=\"small\">").both(x.reason).raw("</span>");
  if (seen_by_person(model, x))
    page.raw("<br><span class=\"small\">").both({"Observed by: operator", "观测来源：操作员"}).raw("</span>");
  page.raw("</td></tr>\n");
}

/// Name, chart, numbers: rows that can be compared down the page.
void write_interval(Page& page, const IndicatorResult& x) {
  page.raw("<figure class=\"interval\"><figcaption>");
  title(page, x);
  page.raw("</figcaption>").chart(interval_svg(x, Lang::en), interval_svg(x, Lang::zh));
  const Look& look = look_of(x.conformity);
  page.raw("<div><b>").text(proportion(x.estimate)).raw("</b> ");
  page.text(fmt::format("[{}, {}]", proportion(x.lower), proportion(x.upper))).raw("<br><span class=\"plain ");
  page.raw(look.css).raw("\">").icon(look.icon).raw(" ").both(look.word);
  page.raw(fmt::format("</span> <span class=\"small\">n = {}</span></div></figure>\n", x.n));
}

std::string subscripts(const SequentialDesign& x, Lang lang) {
  const std::string p =
      fmt::format("p<sub>0</sub> = {:.3g}{}p<sub>1</sub> = {:.3g}", x.p0, lang == Lang::zh ? "，" : ", ", x.p1);
  if (lang == Lang::zh) {
    return fmt::format("{}；精确 α = {:.4f}，精确 β = {:.4f}；最少 {} 次、最多 {} 次试验；固定样本方案需 {} 次。", p,
                       x.exact_alpha, x.exact_beta, x.least_n, x.table.n_max, x.fixed_n);
  }
  return fmt::format(
      "{}; exact α = {:.4f}, exact β = {:.4f}; at least {} and at most {} trials; the fixed plan needs {}.", p,
      x.exact_alpha, x.exact_beta, x.least_n, x.table.n_max, x.fixed_n);
}

void write_walk(Page& page, const IndicatorResult& x, const SequentialDesign& design) {
  const int failures = x.n - x.successes;
  page.raw("<figure><figcaption>");
  title(page, x);
  page.raw("<br><span class=\"small\">");
  page.both(x.n == 0 ? Text{"No counted trial.", "没有已计数的试验。"}
                     : Text{fmt::format("{} counted trial{}: {} succeeded, {} failed.", x.n, x.n == 1 ? "" : "s",
                                        x.successes, failures),
                            fmt::format("已计数试验 {} 次：成功 {} 次，失败 {} 次。", x.n, x.successes, failures)});
  page.raw("</span></figcaption>").chart(walk_svg(x, design, Lang::en), walk_svg(x, design, Lang::zh));
  page.raw("<p class=\"small\">").both_raw(subscripts(design, Lang::en), subscripts(design, Lang::zh));
  page.raw("</p></figure>\n");
}

void write_rates_table(Page& page, const ReportModel& model) {
  page.head({{{"Indicator", "指标"}},
             {{"Clause", "条款"}},
             {{"Limit", "限值"}, true},
             {{"Estimate", "估计值"}, true},
             {{"Lower limit", "置信下限"}, true},
             {{"Upper limit", "置信上限"}, true},
             {{"Confidence, one-sided", "单侧置信度"}, true},
             {{"n / at most", "n / 上限"}, true},
             {{"Successes", "成功数"}, true},
             {{"Voids", "无效数"}, true},
             {{"Conformity", "符合性"}}},
            {"Success probabilities (proportions, unit 1). Limits after stopping use the plan's own ordering; the "
             "estimate is its median-unbiased one, which may differ from successes / n.",
             "成功概率（比例，单位为 1）。停止后的置信限按计划自身的排序方法计算；估计值为该排序下的中位无偏估计，"
             "可能不同于成功数 / n。"});
  for (const auto& indicator : model.grade.indicators)
    if (indicator.metric.empty()) write_indicator(page, model, indicator);
  page.end_table();
  for (const auto& indicator : model.grade.indicators) {
    if (!indicator.metric.empty() || (indicator.conformity == Conformity::not_tested && indicator.n == 0)) continue;
    write_interval(page, indicator);
  }
}

}  // namespace

void write_conclusion(Page& page, const ReportModel& model) {
  const Grade& grade = model.grade;
  page.section("conclusion", {"Conclusion", "结论"});
  page.raw("<div class=\"verdict\">\n<p class=\"level\">").both(conclusion_of(model)).raw("</p>\n<p>");
  const Text declared = level_text(model.scheme, grade.declared_level);
  page.both({"Level examined for, " + declared.en + ":", "受检等级 " + declared.zh + "："}).raw(" ");
  page.chip(look_of(grade.at_declared)).raw("</p>\n");
  const Text voids = level_text(model.scheme, grade.overall_level_voids_as_failures);
  page.paragraph({"With every void trial counted as a failure the overall level is: " + voids.en + ".",
                  "若将全部无效试验计为失败，总体等级为：" + voids.zh + "。"},
                 "small");
  page.raw("</div>\n<figure>");
  page.chart(ladder_svg(grade, model.scheme, Lang::en), ladder_svg(grade, model.scheme, Lang::zh));
  page.raw("</figure>\n");
  write_decision_rule(page, model);
  page.end_section();
}

void write_why_not(Page& page, const ReportModel& model) {
  const auto& why_not = model.why_not;
  if (why_not.items.empty()) {
    page.section("why-not", {"Gap to the next level", "与下一等级的差距"});
    page.paragraph({"None within what was declared and examined: a higher level was not asked for.",
                    "在申报并检测的范围内没有差距；未申请更高等级。"});
    page.end_section();
    return;
  }
  const std::string level = fmt::format("L{}", why_not.next_level);
  page.section("why-not", {"Why not " + level, "为何未达到 " + level});
  page.raw("<ol class=\"why\">\n");
  for (const auto& item : why_not.items) {
    page.raw("<li>").code(item.id).raw("<br>").both(item.why);
    if (!item.could.en.empty() || !item.could.zh.empty()) {
      page.raw("<br><span class=\"muted\">").both(item.could).raw("</span>");
    }
    if (!item.failed_trials.empty()) {
      page.raw("<br><span class=\"small\">").both({"Trials behind it:", "相关试验："});
      for (const auto number : item.failed_trials) page.raw(fmt::format(" <a href=\"#trial-{0}\">{0}</a>", number));
      page.raw("</span>");
    }
    page.raw("</li>\n");
  }
  page.raw("</ol>\n");
  page.end_section();
}

void write_results(Page& page, const ReportModel& model) {
  page.section("results", {"Results by indicator", "各指标结果"});
  const auto measured = std::count_if(model.grade.indicators.begin(), model.grade.indicators.end(), is_measured_result);
  if (measured < std::ssize(model.grade.indicators) || measured == 0) write_rates_table(page, model);
  if (measured > 0) write_measured_table(page, model);
  page.end_section();
}

void write_walks(Page& page, const ReportModel& model) {
  const auto& indicators = model.grade.indicators;
  if (!indicators.empty() && std::all_of(indicators.begin(), indicators.end(), is_measured_result)) return;
  page.section("walks", {"Cumulative results and sequential boundaries", "累计结果与序贯边界"});
  page.paragraph(
      {"Cumulative failures against counted trials (successes = trials − failures), trial by trial, until a "
       "boundary is reached. The plan, with its boundaries, was locked before the first trial.",
       "累计失败数随已计数试验数逐次变化（成功数 = 试验数 − 失败数），直至到达某一边界。"
       "计划及其边界在首次试验前已锁定。"});
  for (const auto& indicator : model.grade.indicators) {
    for (const auto& planned : model.plan.indicators) {
      if (planned.id == indicator.id && indicator.metric.empty()) write_walk(page, indicator, planned.design);
    }
  }
  page.end_section();
}

void write_audit(Page& page, const ReportModel& model) {
  if (!model.grade.audit) return;
  const auto& audit = *model.grade.audit;
  page.section("audit", {"Memory audit", "记忆审查"});
  page.paragraph(
      {"A share of the trials, drawn before the lock, was run again with the same goal and the same bodies "
       "that matter to it, but with other sensor noise and other positions, masses and frictions of bodies "
       "that must not matter. Who solves the task solves both alike; who replays what it remembers fails "
       "the changed one. The pairs that differ are put to an exact one-sided sign test. A subject that is "
       "flagged is given no level.",
       "按锁定前抽定的比例，部分试验以相同目标及相关物体重新进行，但更换传感器噪声以及无关物体的位置、质量与摩擦。"
       "真正完成任务者两次表现相当；重放记忆者会在变更后失败。对结果不同的配对作精确单侧符号检验；"
       "被标记的对象不予定级。"});
  page.paragraph(audit.text);
  if (!audit.trials.empty()) {
    page.raw("<p class=\"small\">").both({"Trials behind it:", "相关试验："});
    for (const auto number : audit.trials) page.raw(fmt::format(" <a href=\"#trial-{0}\">{0}</a>", number));
    page.raw("</p>\n");
  }
  page.end_section();
}

void write_gates(Page& page, const ReportModel& model) {
  page.section("safety", {"Safety gates", "安全门槛"});
  if (model.grade.gates.empty()) {
    page.paragraph({"The scheme has no safety gate.", "该方案未设安全门槛。"}, "muted");
    page.end_section();
    return;
  }
  page.head({{{"Gate", "门槛"}},
             {{"Clause", "条款"}},
             {{"Events", "事件数"}, true},
             {{"Attempts", "试验次数"}, true},
             {{"Upper limit", "置信上限"}, true},
             {{"Confidence, one-sided", "单侧置信度"}, true},
             {{"Limit", "限值"}, true},
             {{"Conformity", "符合性"}}},
            {"Probability of an event per attempt (unit 1), over all attempts, void ones too. Zero events are a bound, "
             "not a zero.",
             "每次试验发生事件的概率（单位为 1），统计全部试验，含无效试验。零事件给出的是上限，并不表示概率为零。"});
  for (const auto& x : model.grade.gates) {
    page.raw("<tr><td><b>").both(filled(x.title, x.id)).raw("</b><br><span class=\"small\">").code(x.id);
    page.raw("</span></td>").cell(x.clause.empty() ? "–" : x.clause).number(std::to_string(x.events));
    page.number(std::to_string(x.attempts)).number(proportion(x.upper)).number(percent(x.confidence));
    page.number(fmt::format("≤ {:.3g}", x.limit)).raw("<td>").chip(look_of(x.conformity));
    if (!x.reason.en.empty() || !x.reason.zh.empty())
      page.raw("<br><span class=\"small\">").both(x.reason).raw("</span>");
    page.raw("</td></tr>\n");
  }
  page.end_table();
  page.end_section();
}

}  // namespace assay::reports
