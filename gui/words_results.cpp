#include "gui/words.h"

namespace assay::gui {

std::vector<Word> results_words() {
  return {
      {"results.title", "Results", "结果"},
      {"results.lead", "The level that the evidence carries, indicator by indicator", "依据证据得出的等级及逐项指标结果"},
      {"results.ladder", "Level by dimension", "各维度等级"},
      {"results.ladder_name", "Ladder of levels by dimension", "各维度等级阶梯"},
      {"results.overall", "Overall", "综合结论"},
      {"results.overall_none", "No level", "无等级"},
      {"results.declared", "declared L%1", "申报 L%1"},
      {"results.voids", "with voids as failures: %1", "作废按失败计：%1"},
      {"results.examination", "examination no. %1", "第 %1 次检测"},
      {"results.indicators", "Indicators and gates", "指标与门槛"},
      {"results.indicators_name", "Indicators and gates with value, interval, limit, margin and verdict", "指标与门槛：测量值、区间、限值、裕量与判定"},
      {"results.col.id", "Indicator", "指标"},
      {"results.col.level", "Level", "等级"},
      {"results.col.n", "Successes / n", "成功数 / n"},
      {"results.col.value", "Value", "测量值"},
      {"results.col.interval", "Limits 95 %", "置信限 95 %"},
      {"results.col.limit", "Limit", "限值"},
      {"results.col.margin", "Margin", "裕量"},
      {"results.col.verdict", "Verdict", "判定"},
      {"results.gate", "Gate: %1", "门槛：%1"},
      {"results.chart_name", "Chosen indicator: walk to its decision, or value and interval", "所选指标：序贯判定过程或测量值与区间"},
      {"results.why", "Why not the next level?", "为何未达到下一等级？"},
      {"results.why_level", "Why not L%1?", "为何不是 L%1？"},
      {"results.why_reached", "Every indicator and gate up to L%1 conforms; nothing stands in the way within this examination.",
       "L%1 及以下的指标与门槛全部符合，本次检测内没有阻碍项。"},
      {"results.why_asking", "Asking …", "正在查询……"},
      {"results.why_trials", "%1 failed trials: open in Trace", "%1 次失败试验：在轨迹页打开"},
      {"results.what_if", "What if", "假设分析"},
      {"results.what_indicator", "Indicator", "指标"},
      {"results.what_successes", "Successes", "成功数"},
      {"results.what_n", "of n trials", "试验数 n"},
      {"results.what_ask", "Show the level", "显示等级"},
      {"results.what_hint", "Supposed, not measured, not stored.", "仅为假设：非测量结果，不予存档。"},
      {"results.what_after", "Overall %1 → %2. %3: %4 → %5. Supposed, not measured, not stored.",
       "综合等级 %1 → %2；%3：%4 → %5。仅为假设：非测量结果，不予存档。"},
      {"results.none", "No result yet", "尚无结果"},
      {"results.none_text", "Choose a session on Home, or run one; the result appears when its trials are graded.",
       "请在首页选择一次检测，或先运行检测；试验评级后在此显示结果。"},
      {"results.partial", "Partial: the session is not closed. What stands here may still change.", "部分结果：检测尚未关闭，以下内容仍可能变化。"},
      {"results.grading", "Grading what is on record …", "正在对在案试验评级……"},
  };
}

}  // namespace assay::gui
