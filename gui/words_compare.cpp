#include "gui/words.h"

namespace assay::gui {

std::vector<Word> compare_words() {
  return {
      {"compare.title", "Compare", "比较"},
      {"compare.lead", "Which of two robots does better at the same tasks, or that no difference is shown",
       "两台机器人在相同任务上孰优，或未显示差异"},
      {"compare.a", "Session A", "检测 A"},
      {"compare.b", "Session B", "检测 B"},
      {"compare.ask", "Compare", "开始比较"},
      {"compare.choose", "Sessions", "选择检测"},
      {"compare.refused", "Not comparable", "不可比较"},
      {"compare.forest", "Difference in success probability, A − B", "成功概率之差 A − B"},
      {"compare.table", "Counts behind it", "计数依据"},
      {"compare.table_name", "Pairs by task: both, only A, only B, neither", "各任务配对计数：均成、仅 A、仅 B、均败"},
      {"compare.col.task", "Task", "任务"},
      {"compare.col.pairs", "Pairs", "对数"},
      {"compare.col.both", "Both", "均成"},
      {"compare.col.a", "Only A", "仅 A"},
      {"compare.col.b", "Only B", "仅 B"},
      {"compare.col.neither", "Neither", "均败"},
      {"compare.col.pa", "p (A better)", "p（A 较优）"},
      {"compare.col.pb", "p (B better)", "p（B 较优）"},
      {"compare.col.verdict", "Verdict", "结论"},
      {"compare.a_better", "A better", "A 较优"},
      {"compare.b_better", "B better", "B 较优"},
      {"compare.undecided", "no difference shown", "未显示差异"},
      {"compare.pooled", "All together", "合并"},
      {"compare.paired", "matched starts", "初始条件配对"},
      {"compare.unpaired", "not matched", "未配对"},
      {"compare.small_print",
       "Exact sequential test, %1, α = %2 each way, at most %3 pairs. p values of single tasks are Holm-adjusted; "
       "limits are one-sided each.",
       "精确序贯检验，%1，每个方向 α = %2，至多 %3 对。各任务 p 值经 Holm 校正；界限均为单侧。"},
      {"compare.pick", "Choose two sessions", "请选择两次检测"},
      {"compare.few", "Comparing needs two sessions in this workspace. Run another one first.",
       "比较需要工作区内至少两次检测，请先再运行一次。"},
      {"compare.asking", "Comparing … a table for this design may have to be computed",
       "正在比较……可能需要先计算判定表"},
      {"compare.hint",
       "Choose two sessions and compare. Only the same scheme and suite versions, with their own starts, can be "
       "compared.",
       "选择两次检测后开始比较。仅当方案与任务集版本一致时可以比较。"},
  };
}

}  // namespace assay::gui
