// What the mean of a measured value is uncertain by, and where that comes from (JCGM 100:2008).
#include <fmt/format.h>

#include "metrics/metrics.h"
#include "reports/budget.h"
#include "reports/html_page.h"
#include "reports/values.h"

namespace assay::reports {
namespace {

constexpr int kColumns = 6;

void write_row(Page& page, const metrics::BudgetRow& row) {
  const bool resolution = row.quantity == kResolutionRow;
  page.raw("<tr><td>")
      .both(resolution ? Text{"resolution: ± half a control period", "分辨力：± 半个控制周期"}
                       : Text{"repeatability: s/√n", "重复性：s/√n"});
  page.raw("</td><td>").raw(resolution ? "B" : "A").raw("</td><td>");
  page.both(resolution ? Text{"rectangular", "矩形"} : Text{"normal", "正态"}).raw("</td>");
  page.number(significant(row.u)).number(dof_text(row.dof)).number(fmt::format("{:.1f} %", row.share * 100));
  page.raw("</tr>\n");
}

void write_title(Page& page, const ValueKey& key, const Values& values, const metrics::Metric* metric) {
  page.group(kColumns)
      .raw("<b>")
      .both(metric == nullptr ? filled({}, key.id) : filled(metric->spec.title, key.id))
      .raw("</b> ");
  page.code(key.task).raw(fmt::format(" L{} · ", key.level));
  page.text(fmt::format("{} v{}, {}", key.id, key.version, key.unit)).raw(" · ").both(word_of(key.vantage));
  page.raw(fmt::format(" · n = {}", values.sorted.size()));
}

void write_budget(Page& page, const metrics::UncertaintyBudget& budget) {
  const metrics::Expanded& x = budget.expanded;
  page.raw("<br><span class=\"result\">");
  if (x.U) {
    const std::string value = with_uncertainty(budget.value, *x.U, budget.unit);
    const std::string factor = fmt::format("k = {:.2f}", *x.k);
    page.both({"mean " + value + ", " + factor, "均值 " + value + "，" + factor});
  } else {
    const std::string value = significant(budget.value) + (budget.unit == "1" ? "" : " " + budget.unit);
    page.both({"mean " + value + "; all values are equal: no scatter to evaluate",
               "均值 " + value + "；各值完全相同，无分散性可评定"});
  }
  page.raw("</span>").end_group();
  for (const auto& row : budget.rows) write_row(page, row);
  if (budget.rows.size() < 2) return;
  page.raw("<tr class=\"sum\"><td>").both({"combined: u", "合成：u"}).raw("</td><td>–</td><td>t</td>");
  page.number(significant(x.u_c)).number(dof_text(x.nu_eff)).number("100.0 %").raw("</tr>\n");
}

/// True where the series had something to say.
bool write_series(Page& page, const ReportModel& model, const metrics::MetricRegistry& registry, const ValueKey& key,
                  const Values& values) {
  if (!has_budget(key) || values.sorted.empty()) return false;
  write_title(page, key, values, registry.find(key.id, key.version));
  const auto missing = [&](const Text& why) {
    page.raw("<br><span class=\"result\">").both(why).raw("</span>").end_group();
  };
  if (values.sorted.size() < 2) {
    missing({"needs n ≥ 2: one value has no scatter", "需 n ≥ 2：单个值没有分散性"});
    return true;
  }
  const auto budget = budget_of(model, key, values);
  if (budget) {
    write_budget(page, *budget);
  } else {
    missing({"not computed: the values are out of range", "未计算：数值超出范围"});
  }
  return true;
}

void write_limits_of_it(Page& page, bool simulated) {
  page.paragraph(
      {"Repeatability (type A) is the scatter over the trials, whose starts differ, with n − 1 degrees of freedom. "
       "Resolution (type B) is not divided by √n: it may be the same in every trial. All sensitivity coefficients are "
       "1. The result is the mean ± U; U = k·u has a coverage probability of 95 %, k from the effective degrees of "
       "freedom (JCGM 100:2008, G.4).",
       "重复性（A 类评定）反映初始条件各不相同的各次试验之间的分散，自由度为 n − 1。"
       "分辨力（B 类评定）在各次试验中可能相同，故不除以 √n。各灵敏系数均为 1。结果为均值 ± U；U = k·u 的包含概率为 95 "
       "%，"
       "k 由有效自由度确定（JCGM 100:2008，G.4）。"},
      "small");
  page.raw("<p class=\"notice\"><b>").both({"Not included.", "未包含"}).raw("</b> ");
  if (simulated) {
    page.both({"Simulated values: the error of the model against a real robot is not part of U.",
               "仿真值：U 不包含仿真模型相对真实机器人的误差。"});
    page.raw("<br>");
  }
  page.both(
      {"The number of trials depended on their outcomes (sequential stopping), which biases means; U does not "
       "cover that bias.",
       "试验次数取决于试验结果本身（序贯停止），由此会使均值产生偏倚；U 不涵盖该偏倚。"});
  page.raw("</p>\n");
}

}  // namespace

void write_uncertainty(Page& page, const ReportModel& model) {
  page.section("uncertainty", {"Uncertainty budget", "不确定度概算"});
  metrics::MetricRegistry registry;
  metrics::register_builtin_metrics(registry);
  Page rows(page.first());
  bool any = false, simulated = false;
  for (const auto& [key, values] : values_by_series(model.trials)) {
    if (!write_series(rows, model, registry, key, values)) continue;
    any = true;
    simulated = simulated || key.vantage == Vantage::simulator;
  }
  if (!any) {
    page.paragraph({"No mean completion time or path length to evaluate.", "没有可评定的平均完成时间或平均路径长度。"},
                   "muted");
    page.end_section();
    return;
  }
  page.head({{{"Source", "来源"}},
             {{"Type", "类别"}},
             {{"Distribution", "分布"}},
             {{"Standard uncertainty", "标准不确定度"}, true},
             {{"Degrees of freedom", "自由度"}, true},
             {{"Share of u²", "占 u² 的份额"}, true}},
            {"Means over the valid, finished trials, per task and level. Uncertainties in the unit of the result.",
             "按任务与等级，对有效且已完成的试验取均值；不确定度的单位与结果相同。"});
  page.raw(rows.take());
  page.end_table();
  write_limits_of_it(page, simulated);
  page.end_section();
}

}  // namespace assay::reports
