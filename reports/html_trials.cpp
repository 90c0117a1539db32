// Metrics in summary, every trial, deciding files.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "metrics/metrics.h"
#include "reports/html_page.h"

namespace assay::reports {
namespace {

/// Only values of one definition, unit and vantage are put together.
using MetricKey = std::tuple<std::string, int, std::string, int, std::string, Vantage>;

struct Summary {
  std::vector<double> values;
  int undefined = 0;
};

std::map<MetricKey, Summary> summarise(const std::vector<TrialRecord>& trials) {
  std::map<MetricKey, Summary> out;
  for (const auto& trial : trials) {
    if (!trial.finished || trial.validity != Validity::valid) continue;
    for (const auto& metric : trial.metrics) {
      Summary& summary = out[{trial.task, trial.level, metric.id, metric.version, metric.unit, metric.vantage}];
      if (metric.value) {
        summary.values.push_back(*metric.value);
      } else {
        ++summary.undefined;
      }
    }
  }
  for (auto& [key, summary] : out) std::sort(summary.values.begin(), summary.values.end());
  return out;
}

double median(const std::vector<double>& sorted) {
  const std::size_t middle = sorted.size() / 2;
  return sorted.size() % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

void write_summary(Page& page, const metrics::MetricRegistry& registry, const MetricKey& key, const Summary& summary) {
  const auto& [task, level, id, version, unit, vantage] = key;
  const metrics::Metric* metric = registry.find(id, version);
  page.raw("<tr><td>").code(task).raw(fmt::format(" L{}</td><td>", level));
  page.both(metric == nullptr ? filled({}, id) : filled(metric->spec.title, id));
  page.raw(" <span class=\"small\">").text(fmt::format("{} v{}", id, version)).raw("</span></td>");
  page.cell(unit.empty() ? "–" : unit).raw("<td>").both(word_of(vantage)).raw("</td>");
  page.number(std::to_string(summary.values.size())).number(std::to_string(summary.undefined));
  if (summary.values.empty()) {
    page.number("–").number("–").number("–");
  } else {
    page.number(significant(median(summary.values)));
    page.number(significant(summary.values.front())).number(significant(summary.values.back()));
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
      .number(std::to_string(trial.index))
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
  const auto summaries = summarise(model.trials);
  if (summaries.empty()) {
    page.paragraph({"No values.", "无测量值。"}, "muted");
    page.end_section();
    return;
  }
  metrics::MetricRegistry registry;
  metrics::register_builtin_metrics(registry);
  page.head({{{"Task, level", "任务与等级"}},
             {{"Metric", "度量"}},
             {{"Unit", "单位"}},
             {{"Observed by", "观测来源"}},
             {{"n", "n"}, true},
             {{"Undefined", "未定义"}, true},
             {{"Median", "中位数"}, true},
             {{"Smallest", "最小值"}, true},
             {{"Largest", "最大值"}, true}},
            {"Over the valid, finished trials. A value that is not defined for a trial is counted, not made up.",
             "统计有效且已完成的试验。某次试验无定义的值只计数，不作填补。"});
  for (const auto& [key, summary] : summaries) write_summary(page, registry, key, summary);
  page.end_table();
  page.end_section();
}

void write_trials(Page& page, const ReportModel& model) {
  page.section("trials", {"All trials", "全部试验"});
  const auto invalid = std::count_if(model.trials.begin(), model.trials.end(),
                                     [](const TrialRecord& t) { return t.validity == Validity::invalid; });
  page.head({{{"No.", "编号"}, true},
             {{"Task", "任务"}},
             {{"Level", "等级"}, true},
             {{"Index", "序号"}, true},
             {{"Attempt", "尝试"}, true},
             {{"Outcome", "结果"}},
             {{"Reason", "原因"}},
             {{"Validity", "有效性"}},
             {{"Content digest, first 12 digits", "内容摘要（前 12 位）"}}},
            {fmt::format("{} trials on record, {} of them invalid. Full digests are in the CSV and JSON exports.",
                         model.trials.size(), invalid),
             fmt::format("共记录 {} 次试验，其中 {} 次无效。完整摘要见 CSV 与 JSON 导出文件。", model.trials.size(),
                         invalid)});
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
