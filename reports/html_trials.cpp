// Metrics in summary, every trial, deciding files.
#include <fmt/format.h>

#include <algorithm>

#include "metrics/metrics.h"
#include "metrics/statistics/quantiles.h"
#include "reports/html_page.h"
#include "reports/values.h"

namespace assay::reports {
namespace {

double median(const std::vector<double>& sorted) {
  const std::size_t middle = sorted.size() / 2;
  return sorted.size() % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

std::string median_limits(const std::vector<double>& sorted, double scale) {
  const auto limits = metrics::quantile_limits(sorted, 0.5, kConfidence);
  if (!limits || !limits->lower || !limits->upper) return "–";
  return fmt::format("{} … {}", significant(*limits->lower * scale), significant(*limits->upper * scale));
}

void write_summary(Page& page, const metrics::MetricRegistry& registry, const ValueKey& key, const Values& values) {
  const metrics::Metric* metric = registry.find(key.id, key.version);
  TimeUnit unit{1, key.unit.empty() ? "–" : key.unit};
  if (key.unit == "s" && !values.sorted.empty()) unit = time_unit(median(values.sorted));
  page.raw("<tr><td>").both(metric == nullptr ? filled({}, key.id) : filled(metric->spec.title, key.id));
  page.raw(" <span class=\"small\">").text(fmt::format("{} v{}", key.id, key.version)).raw("</span></td>");
  page.cell(unit.name).raw("<td>").both(word_of(key.vantage)).raw("</td>");
  page.number(std::to_string(values.sorted.size())).number(std::to_string(values.undefined));
  if (values.sorted.empty()) {
    page.number("–").number("–").number("–").number("–");
  } else {
    const double scale = unit.per_second;
    page.number(significant(median(values.sorted) * scale)).number(median_limits(values.sorted, scale));
    page.number(significant(values.sorted.front() * scale)).number(significant(values.sorted.back() * scale));
  }
  page.raw("</tr>\n");
}

void write_outcome(Page& page, const TrialRecord& trial) {
  if (!trial.finished) {
    page.raw("<td><span class=\"plain none\">").icon("open").raw(" ");
    page.both({"started only", "仅有开始记录"}).raw("</span></td>");
    return;
  }
  const Look& look = look_of(trial.verdict.outcome);
  page.raw("<td><span class=\"plain ").raw(look.css).raw("\">").icon(look.icon);
  page.raw(" ").both(look.word).raw("</span></td>");
}

void write_trial(Page& page, const TrialRecord& trial) {
  const bool valid = trial.validity == Validity::valid;
  page.raw(fmt::format("<tr id=\"trial-{}\"{}>", trial.number, valid ? "" : " class=\"invalid\""));
  page.number(std::to_string(trial.number)).raw("<td>").code(trial.task).raw("</td>");
  page.number(fmt::format("L{}", trial.level))
      .number(is_audit_index(trial.index) ? std::to_string(trial.index - kAuditIndex) + " A"
                                          : std::to_string(trial.index))
      .number(std::to_string(trial.attempt));
  write_outcome(page, trial);
  page.raw("<td>");
  if (trial.verdict.reason.empty()) {
    page.raw("–");
  } else {
    page.both(words_of_reason(trial.verdict.reason));
  }
  page.raw("</td><td>").both(valid ? Text{"valid", "有效"} : Text{"invalid", "无效"});
  if (!valid) {
    page.raw("<br><span class=\"small\">").text(trial.invalid_reason.empty() ? "–" : trial.invalid_reason);
    if (!trial.invalid_by.empty()) page.raw(" · ").text(trial.invalid_by);
    page.raw(" · ").both(trial.invalid_before_reveal ? Text{"before the outcome was seen", "在结果揭示之前"}
                                                     : Text{"after the outcome was seen", "在结果揭示之后"});
    page.raw("</span>");
  }
  page.raw("</td><td>")
      .code(trial.content_digest.empty() ? "–" : trial.content_digest.substr(0, 12))
      .raw("</td></tr>\n");
}

}  // namespace

void write_metrics(Page& page, const ReportModel& model) {
  page.section("metrics", {"Measured values", "测量值汇总"});
  const auto series = values_by_series(model.trials);
  if (series.empty()) {
    page.paragraph({"No values.", "无测量值。"}, "muted");
    page.end_section();
    return;
  }
  metrics::MetricRegistry registry;
  metrics::register_builtin_metrics(registry);
  constexpr int kColumns = 9;
  page.head({{{"Metric", "度量"}},
             {{"Unit", "单位"}},
             {{"Observed by", "观测来源"}},
             {{"n", "n"}, true},
             {{"Undefined", "未定义"}, true},
             {{"Median", "中位数"}, true},
             {{"Median, 95 % limits", "中位数的 95 % 置信限"}, true},
             {{"Smallest", "最小值"}, true},
             {{"Largest", "最大值"}, true}},
            {"Over the valid, finished trials. A value that is not defined for a trial is counted, not made up. Limits "
             "of the median: two-sided, by order statistics, whatever the distribution; they need n ≥ 6.",
             "统计有效且已完成的试验。某次试验无定义的值只计数，不作填补。中位数的置信限为双侧，由次序统计量给出，"
             "与分布形式无关，需 n ≥ 6。"});
  const ValueKey* before = nullptr;
  for (const auto& [key, values] : series) {
    if (before == nullptr || before->task != key.task || before->level != key.level) {
      page.group(kColumns).code(key.task).raw(fmt::format(" L{}", key.level)).end_group();
    }
    before = &key;
    write_summary(page, registry, key, values);
  }
  page.end_table();
  page.end_section();
}

void write_trials(Page& page, const ReportModel& model) {
  page.section("trials", {"All trials", "全部试验"});
  const auto invalid = std::count_if(model.trials.begin(), model.trials.end(),
                                     [](const TrialRecord& t) { return t.validity == Validity::invalid; });
  const bool audited = std::any_of(model.trials.begin(), model.trials.end(),
                                   [](const TrialRecord& t) { return is_audit_index(t.index); });
  page.head({{{"No.", "编号"}, true},
             {{"Task", "任务"}},
             {{"Level", "等级"}, true},
             {{"Index", "序号"}, true},
             {{"Attempt", "尝试"}, true},
             {{"Outcome", "结果"}},
             {{"Reason", "原因"}},
             {{"Validity", "有效性"}},
             {{"Content digest, first 12 digits", "内容摘要（前 12 位）"}}},
            {fmt::format("{} trials on record, {} of them invalid. Full digests are in the CSV and JSON exports.{}",
                         model.trials.size(), invalid, audited ? " A: memory audit of that index." : ""),
             fmt::format("共记录 {} 次试验，其中 {} 次无效。完整摘要见 CSV 与 JSON 导出文件。{}", model.trials.size(),
                         invalid, audited ? "A：该序号的记忆审查试验。" : "")});
  for (const auto& trial : model.trials) write_trial(page, trial);
  page.end_table();
  page.end_section();
}

void write_files(Page& page, const ReportModel& model) {
  page.section("files", {"Deciding files", "判定所依据的文件"});
  if (model.files.empty()) {
    page.paragraph({"None on record.", "无登记文件。"}, "muted");
    page.end_section();
    return;
  }
  page.head({{{"File", "文件"}}, {{"SHA-256", "SHA-256"}}},
            {"Whoever has these files can check that they are the ones used (sha256sum FILE).",
             "持有这些文件者可自行核对是否一致（sha256sum 文件名）。"});
  for (const auto& [path, sha256] : model.files) {
    page.raw("<tr><td>").code(path).raw("</td><td>").code(sha256).raw("</td></tr>\n");
  }
  page.end_table();
  page.end_section();
}

}  // namespace assay::reports
