// Gap, trials, uncertainty, amendments, completeness, verification.
#include <fmt/format.h>

#include <algorithm>

#include "metrics/metrics.h"
#include "reports/budget.h"
#include "reports/checklist.h"
#include "reports/html_page.h"
#include "reports/pdf_parts.h"
#include "reports/values.h"

namespace assay::reports {
namespace {

Cell validity_of(const TrialRecord& trial) {
  if (trial.validity == Validity::valid) return Text{"valid", "有效"};
  const Text seen = trial.invalid_before_reveal ? Text{"before the outcome was seen", "在结果揭示之前"}
                                                : Text{"after the outcome was seen", "在结果揭示之后"};
  std::string who = trial.invalid_reason.empty() ? "–" : trial.invalid_reason;
  if (!trial.invalid_by.empty()) who += " · " + trial.invalid_by;
  return std::vector<Piece>{{{"invalid", "无效"}, 8, true, ink::kFail},
                            {{who + " · " + seen.en, who + " · " + seen.zh}, 6.8, false, ink::kMuted}};
}

Cell outcome_of(const TrialRecord& trial) {
  if (!trial.finished) return std::vector<Piece>{{{"started only", "仅有开始记录"}, 8, false, ink::kMuted}};
  const Look& look = look_of(trial.verdict.outcome);
  // The shape says it too, where a printer has no colour.
  Cell out(std::vector<Piece>{{look.word, 8, true, look.color}});
  out.sign = trial.verdict.outcome == Outcome::success        ? Conformity::conform
             : trial.verdict.outcome == Outcome::undetermined ? Conformity::inconclusive
             : trial.verdict.outcome == Outcome::failure || trial.verdict.outcome == Outcome::unsafe
                 ? Conformity::not_conform
                 : Conformity::not_tested;
  return out;
}

Text row_title(const metrics::BudgetRow& row) {
  return row.quantity == kResolutionRow ? Text{"resolution: ± half a control period", "分辨力：± 半个控制周期"}
                                        : Text{"repeatability: s/√n", "重复性：s/√n"};
}

}  // namespace

void gap_to_next_level(Sheet& sheet, const ReportModel& model) {
  sheet.heading({"Gap to the next level", "与下一等级的差距"});
  if (model.why_not.items.empty()) {
    sheet.paragraph({"None within what was declared and examined: a higher level was not asked for.",
                     "在申报并检测的范围内没有差距；未申请更高等级。"});
    return;
  }
  const std::string level = fmt::format("L{}", model.why_not.next_level);
  sheet.note({"Opinion and interpretation, not a result: what keeps the item from " + level +
                  ", the binding constraint first, and what further planned trials could show.",
              "以下为意见和解释，并非检测结果：阻碍样品达到 " + level +
                  " 的因素（约束最强者在前），以及后续计划内试验可能证明的内容。"});
  std::vector<std::vector<Cell>> rows;
  for (const auto& item : model.why_not.items) {
    std::string numbers;
    for (const auto number : item.failed_trials) numbers += (numbers.empty() ? "" : ", ") + std::to_string(number);
    std::vector<Piece> words{{filled(item.why, "–"), 8.5}};
    if (!item.could.en.empty() || !item.could.zh.empty()) words.push_back({item.could, 8, false, ink::kMuted});
    rows.push_back({item.id, words, numbers.empty() ? "–" : numbers});
  }
  sheet.table({{{"Indicator", "指标"}, 2},
               {{"Why, and what could show it", "原因与可能的证明"}, 6},
               {{"Trials behind it", "相关试验"}, 2}},
              rows);
}

void trials(Sheet& sheet, const ReportModel& model) {
  sheet.heading({"All trials", "全部试验"});
  const auto invalid = std::count_if(model.trials.begin(), model.trials.end(),
                                     [](const TrialRecord& t) { return t.validity == Validity::invalid; });
  if (model.trials.empty()) {
    sheet.paragraph({"No trial on record.", "没有试验记录。"}, 9, false, ink::kMuted);
    return;
  }
  std::vector<std::vector<Cell>> rows;
  const auto small = [](const std::string& text) { return Cell(std::vector<Piece>{{{text, text}, 7.5}}); };
  for (const auto& trial : model.trials) {
    const bool audit = is_audit_index(trial.index);
    const Text reason = trial.verdict.reason.empty() ? Text{"–", "–"} : words_of_reason(trial.verdict.reason);
    rows.push_back({small(std::to_string(trial.number)), small(fmt::format("{} L{}", trial.task, trial.level)),
                    small(audit ? std::to_string(trial.index - kAuditIndex) + " A" : std::to_string(trial.index)),
                    small(std::to_string(trial.attempt)), outcome_of(trial), std::vector<Piece>{{reason, 7.5}},
                    validity_of(trial),
                    small(trial.content_digest.empty() ? "–" : trial.content_digest.substr(0, 12))});
  }
  sheet.table({{{"No.", "编号"}, 0.8, true},
               {{"Task, level", "任务与等级"}, 3.4},
               {{"Index", "序号"}, 0.9, true},
               {{"Attempt", "尝试"}, 1.05, true},
               {{"Outcome", "结果"}, 1.7},
               {{"Reason", "原因"}, 2.2},
               {{"Validity", "有效性"}, 1.9},
               {{"Digest, first 12", "摘要前 12 位"}, 1.8}},
              rows,
              {fmt::format("{} trials on record, {} of them invalid; none is left out.", model.trials.size(), invalid),
               fmt::format("共记录 {} 次试验，其中 {} 次无效；无一遗漏。", model.trials.size(), invalid)});
}

void uncertainty(Sheet& sheet, const ReportModel& model) {
  sheet.heading({"Uncertainty", "不确定度"});
  metrics::MetricRegistry registry;
  metrics::register_builtin_metrics(registry);
  std::vector<std::vector<Cell>> rows;
  bool simulated = false;
  for (const auto& [key, values] : values_by_series(model.trials)) {
    if (!has_budget(key)) continue;
    const auto budget = budget_of(model, key, values);
    if (!budget) continue;
    simulated = simulated || key.vantage == Vantage::simulator;
    const auto* metric = registry.find(key.id, key.version);
    const auto& x = budget->expanded;
    const std::string mean =
        x.U ? with_uncertainty(budget->value, *x.U, budget->unit) : significant(budget->value) + " " + budget->unit;
    std::vector<Piece> sources;
    for (const auto& row : budget->rows) {
      const Text title = row_title(row);
      const std::string figures =
          fmt::format(": u = {}, ν = {}, {:.0f} %", significant(row.u), dof_text(row.dof), row.share * 100);
      sources.push_back({{title.en + figures, title.zh + figures}, 7.5});
    }
    rows.push_back(
        {std::vector<Piece>{{metric == nullptr ? filled({}, key.id) : filled(metric->spec.title, key.id), 8.5, true},
                            {{fmt::format("{} L{}", key.task, key.level), fmt::format("{} L{}", key.task, key.level)},
                             7,
                             false,
                             ink::kMuted}},
         std::to_string(values.sorted.size()), mean, x.k ? fmt::format("{:.2f}", *x.k) : "–", sources});
  }
  sheet.paragraph(
      {"Limits of success probabilities and measured indicators stand with the results. Below: means over the "
       "valid, finished trials, mean ± U with a coverage probability of 95 % (JCGM 100:2008).",
       "成功概率与测量指标的置信限见检测结果。下表为有效且已完成试验的均值 ± U，包含概率 95 %（JCGM 100:2008）。"},
      8.5);
  if (rows.empty()) {
    sheet.paragraph({"No mean completion time or path length to evaluate.", "没有可评定的平均完成时间或平均路径长度。"},
                    9, false, ink::kMuted);
    return;
  }
  sheet.table({{{"Quantity", "量"}, 3},
               {{"n", "n"}, 0.8, true},
               {{"Mean ± U", "均值 ± U"}, 2.4, true},
               {{"k", "k"}, 0.8, true},
               {{"Sources: standard uncertainty, degrees of freedom, share", "来源：标准不确定度、自由度、份额"}, 4.5}},
              rows);
  if (simulated)
    sheet.note(
        {"Simulated values: the error of the model against a real robot is not part of U, nor is the bias that "
         "sequential stopping gives to means.",
         "仿真值：U 不包含仿真模型相对真实机器人的误差，也不包含序贯停止给均值带来的偏倚。"});
}

void amendments(Sheet& sheet, const ReportModel& model) {
  sheet.heading({"Amendments, deviations, remarks", "修订、偏离与备注"});
  std::vector<Text> lines;
  const auto& p = model.particulars;
  if (p && !p->replaces.empty()) {
    const Text why = filled(p->reason, "–");
    lines.push_back({"This report replaces No. " + p->replaces + ". Reason: " + why.en,
                     "本报告代替 " + p->replaces + " 号报告。原因：" + why.zh});
  } else {
    lines.push_back({"This report replaces no other.", "本报告未代替其他报告。"});
  }
  if (p && p->no_deviations)
    lines.push_back({"No additions to, deviations or exclusions from the method.", "对方法没有补充、偏离或删减。"});
  if (p)
    for (const auto& text : p->deviations) lines.push_back(text);
  for (const auto& remark : model.remarks) lines.push_back({remark, remark});
  for (const auto& other : model.regrades) {
    const Text title = filled(other.title, other.scheme);
    const std::string level = other.grade.overall_level > 0 ? fmt::format("L{}", other.grade.overall_level) : "–";
    lines.push_back({fmt::format("The same trials under {} ({}): overall level {}.", title.en, other.scheme, level),
                     fmt::format("同一批试验在《{}》（{}）下的综合等级：{}。", title.zh, other.scheme, level)});
  }
  sheet.items(lines);
}

void completeness(Sheet& sheet, const ReportModel& model) {
  sheet.heading({"Completeness", "完整性核对"});
  std::vector<std::vector<Cell>> rows;
  for (const auto& item : checklist(model)) {
    const bool open = item.state == ChecklistItem::State::not_met;
    rows.push_back({std::string(1, item.letter) + ")", item.title,
                    std::vector<Piece>{{word_of(item.state), 8.5, true, open ? ink::kFail : ink::kText}},
                    std::vector<Piece>{{item.reason, 8}}});
  }
  sheet.table(
      {{{"", ""}, 0.5}, {{"Item", "条目"}, 4}, {{"State", "状态"}, 1.6}, {{"Where, or why not", "位置或原因"}, 4}},
      rows,
      {"The items of ISO/IEC 17025:2017, 7.8.2.1. A report is issued only when none is open.",
       "ISO/IEC 17025:2017 7.8.2.1 各项。各项均无缺漏，方可签发报告。"});
}

void verification(Sheet& sheet, const ReportModel& model) {
  sheet.heading({"How to verify", "如何验证"});
  const std::string digest = digest_of(model);
  sheet.items(
      {{"Read the QR code on the cover: it holds the report's number and the digest below.",
        "扫描封面二维码：其中为报告编号与下列摘要。"},
       {"Compute the SHA-256 of the report's data file (JSON, written beside an issued report): it must be that "
        "digest. With the workspace: "
        "assay report " +
            model.session + " --format json -o - | sha256sum (with the same --particulars).",
        "计算报告数据文件（JSON，签发时与报告一并写出）的 SHA-256，应与该摘要一致。持有工作区者：assay report " +
            model.session + " --format json -o - | sha256sum（使用同一 --particulars）。"},
       {"Derive the results anew from the recorded trials: assay recompute " + model.session +
            ", or verify the signed bundle offline: assay bundle verify FILE.",
        "由试验记录重新推导结果：assay recompute " + model.session +
            "；或离线验证签名证据包：assay bundle verify 文件。"}});
  const auto hash = [](const std::string& text) {
    return Cell(std::vector<Piece>{{filled({}, text.empty() ? "–" : text), 7.5}});
  };
  sheet.facts({{{"Report data, SHA-256", "报告数据 SHA-256"}, hash(digest)},
               {{"Head of the record chain", "记录链头"}, hash(model.chain_head)},
               {{"Plan, SHA-256", "计划 SHA-256"}, hash(model.plan_sha256)}});
  if (model.validation) {
    int cases = 0, passed = 0;
    for (const auto& file : model.validation->files) {
      cases += file.cases;
      passed += file.passed;
    }
    const std::string who = time_text(model.validation->time) + " · " + model.validation->by;
    sheet.facts(
        {{{"Arithmetic validated", "运算验证"},
          std::vector<Piece>{{{fmt::format("{} of {} reference cases passed{}", passed, cases,
                                           model.validation->same_build ? ", with this build" : ", another build"),
                               fmt::format("{} / {} 个参考用例通过{}", passed, cases,
                                           model.validation->same_build ? "（同一构建）" : "（非同一构建）")},
                              8.5},
                             {{who, who}, 7.5, false, ink::kMuted}}}});
  }
  std::vector<std::vector<Cell>> rows;
  for (const auto& [path, sha256] : model.files) rows.push_back({hash(path), hash(sha256)});
  if (!rows.empty()) sheet.table({{{"Deciding file", "判定所依据的文件"}, 4}, {{"SHA-256", "SHA-256"}, 6}}, rows);
}

}  // namespace assay::reports
