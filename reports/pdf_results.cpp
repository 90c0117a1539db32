// Results, safety, latency.
#include <fmt/format.h>

#include <algorithm>

#include "reports/checklist.h"
#include "reports/html_page.h"
#include "reports/latency_curve.h"
#include "reports/pdf_parts.h"
#include "reports/values.h"

namespace assay::reports {
namespace {

/// Title over id, dimension and clause.
Cell name_of(const ReportModel& model, const IndicatorResult& x) {
  const Text dimension = title_of_dimension(model.scheme, x.dimension);
  const std::string rest = fmt::format(" · L{} · {}{}", x.level, x.id, x.clause.empty() ? "" : " · " + x.clause);
  return std::vector<Piece>{{filled(x.title, x.id), 8.5, true},
                            {{dimension.en + rest, dimension.zh + rest}, 7, false, ink::kMuted}};
}

Cell figure(const std::string& text) { return std::vector<Piece>{{{text, text}, 8}}; }

/// Measured indicators say it; of the others, the trials behind them do, by their metric `success`.
Text vantage_of(const ReportModel& model, const IndicatorResult& x) {
  if (x.attached || (x.metric.empty() && x.trials.empty())) return {"–", "–"};
  std::string name = x.vantage;
  for (const auto& trial : model.trials) {
    if (!name.empty()) break;
    if (x.trials.empty() || trial.number != x.trials.front()) continue;
    name = to_string(Vantage::simulator);
    for (const auto& metric : trial.metrics)
      if (metric.id == "success") name = to_string(metric.vantage);
  }
  for (const auto vantage : {Vantage::simulator, Vantage::instrument, Vantage::self_report, Vantage::operator_})
    if (name == to_string(vantage)) return word_of(vantage);
  return {"–", "–"};
}

/// How far the limit of the interval that decides stands from the requirement, positive where it is kept.
std::string margin_of(const IndicatorResult& x, double factor) {
  const bool at_most = x.bound == "at_most" && !x.metric.empty();
  const auto& deciding = at_most ? x.upper : x.lower;
  if (!deciding || x.attached) return "–";
  const double margin = (at_most ? x.limit - *deciding : *deciding - x.limit) * factor;
  return x.metric.empty() ? fmt::format("{:+.3f}", margin) : fmt::format("{:+.3g}", margin);
}

std::string value_of(const IndicatorResult& x, const std::optional<double>& value) {
  if (!x.metric.empty()) return shown_value(x, value);
  return value ? proportion(*value) : "–";
}

std::string interval_of(const IndicatorResult& x) {
  return fmt::format("[{}, {}]", value_of(x, x.lower), value_of(x, x.upper));
}

std::vector<Cell> row_of(const ReportModel& model, const IndicatorResult& x) {
  const bool measured = !x.metric.empty();
  const auto unit = measured ? shown_unit(x) : ShownUnit{1, "1"};
  const std::string value = value_of(x, x.estimate);
  const bool tells = x.conformity == Conformity::inconclusive || x.conformity == Conformity::not_tested;
  const std::string limit =
      x.attached ? "–" : fmt::format("{} {:.4g}", x.bound == "at_most" ? "≤" : "≥", x.limit * unit.factor);
  return {name_of(model, x),
          std::vector<Piece>{{{value, value}, 8.5, true}},
          figure(unit.name.empty() ? "1" : unit.name),
          figure(interval_of(x)),
          figure(fmt::format("{} / {}", x.n, x.n_max)),
          figure(limit),
          figure(margin_of(x, unit.factor)),
          std::vector<Piece>{{vantage_of(model, x), 8}},
          Cell::verdict(x.conformity, tells || x.attached ? x.reason : Text{})};
}

std::vector<SheetColumn> columns() {
  return {{{"Indicator", "指标"}, 4.1},       {{"Value", "值"}, 1.3, true},          {{"Unit", "单位"}, 0.95},
          {{"Limits", "置信限"}, 2.75, true}, {{"n / max", "n / 上限"}, 1.35, true}, {{"Limit", "限值"}, 1.3, true},
          {{"Margin", "裕量"}, 1.35, true},   {{"Observed by", "观测来源"}, 1.6},    {{"Verdict", "结论"}, 2.7}};
}

void figures(Sheet& sheet, const ReportModel& model) {
  std::vector<std::vector<Cell>> rows;
  for (const auto& x : model.grade.indicators) {
    if (!x.estimate || x.attached) continue;
    const bool measured = !x.metric.empty();
    const std::string value = value_of(x, x.estimate) + (measured ? " " + shown_unit(x).name : "");
    const std::string interval = interval_of(x);
    rows.push_back({std::vector<Piece>{{filled(x.title, x.id), 8.5, true}, {{x.id, x.id}, 7, false, ink::kMuted}},
                    Cell::of(measured ? measured_chart(x, sheet.first()) : interval_chart(x, sheet.first())),
                    std::vector<Piece>{{{value, value}, 9, true},
                                       {{interval, interval}, 8},
                                       {look_of(x.conformity).word, 8, true, look_of(x.conformity).color}}});
  }
  if (rows.empty()) return;
  sheet.subheading({"Value and interval against the limit", "测量值与区间同限值的比较"});
  sheet.rows({2.6, 5, 2.2}, rows);
}

void walks(Sheet& sheet, const ReportModel& model) {
  bool any = false;
  for (const auto& x : model.grade.indicators) {
    for (const auto& planned : model.plan.indicators) {
      if (planned.id != x.id || !x.metric.empty() || x.n == 0) continue;
      if (!any) {
        sheet.subheading({"Cumulative results and sequential boundaries", "累计结果与序贯边界"});
        sheet.lead(
            {"Cumulative failures against counted trials until a boundary is reached. The boundaries were "
             "locked before the first trial. Green, dashed: conforms; amber, dotted: not shown; between them "
             "the trials go on.",
             "累计失败数随已计数试验数的变化，直至到达边界。边界在首次试验前已锁定。"
             "绿色虚线内：符合；琥珀色点线内：未能证明；两者之间继续试验。"});
      }
      any = true;
      const auto& d = planned.design;
      const Text title = filled(x.title, x.id);
      const std::string figures = fmt::format("p0 = {:.3g}, p1 = {:.3g}, α = {:.4f}, β = {:.4f}, n ≤ {}", d.p0, d.p1,
                                              d.exact_alpha, d.exact_beta, d.table.n_max);
      sheet.table({{{fmt::format("{} ({}): {} succeeded, {} failed. {}", title.en, x.id, x.successes, x.n - x.successes,
                                 figures),
                     fmt::format("{}（{}）：成功 {} 次，失败 {} 次。{}", title.zh, x.id, x.successes, x.n - x.successes,
                                 figures)},
                    1}},
                  {{Cell::of(walk_chart(x, planned.design, sheet.first()))}});
    }
  }
}

void reasons(Sheet& sheet, const ReportModel& model) {
  const Chart pareto = pareto_chart(model.trials, sheet.first());
  if (pareto.paint) {
    sheet.subheading({"Why trials did not succeed", "未成功试验的原因"});
    sheet.chart([&](Lang lang) { return pareto_chart(model.trials, lang); }, 0.85);
  }
  for (const auto& timeline : model.timelines) {
    const std::string number = std::to_string(timeline.trial);
    sheet.subheading({"Trial " + number + ": " + timeline.what.en, "试验 " + number + "：" + timeline.what.zh});
    sheet.chart([&](Lang lang) { return timeline_chart(timeline, lang); }, 1, Sheet::Pair::first_only);
  }
}

}  // namespace

void results(Sheet& sheet, const ReportModel& model) {
  sheet.heading({"Results", "检测结果"});
  std::vector<std::vector<Cell>> rows;
  for (const auto& x : model.grade.indicators) rows.push_back(row_of(model, x));
  if (rows.empty()) {
    sheet.paragraph({"No indicator.", "没有指标。"}, 9, false, ink::kMuted);
    return;
  }
  sheet.table(
      columns(), rows,
      {"Success probabilities have unit 1; measured values stand in their own unit. Limits are one-sided at the "
       "confidence of the level claim; after sequential stopping they use the plan's own ordering, and the value "
       "is its median-unbiased estimate. Margin: from the deciding limit to the requirement.",
       "成功概率的单位为 1，测量值用其自身单位。置信限为单侧，置信度同等级结论；序贯停止后按计划自身的排序方法计算，"
       "所列值为该排序下的中位无偏估计。裕量为起判定作用的置信限与要求值之差。"});
  figures(sheet, model);
  walks(sheet, model);
  reasons(sheet, model);
}

void safety(Sheet& sheet, const ReportModel& model) {
  sheet.heading({"Safety", "安全"});
  if (model.grade.gates.empty()) {
    sheet.paragraph({"The scheme has no safety gate.", "该方案未设安全门槛。"}, 9, false, ink::kMuted);
  } else {
    std::vector<std::vector<Cell>> rows;
    for (const auto& x : model.grade.gates) {
      const std::string rest = x.id + (x.clause.empty() ? "" : " · " + x.clause);
      rows.push_back({std::vector<Piece>{{filled(x.title, x.id), 8.5, true}, {{rest, rest}, 7, false, ink::kMuted}},
                      std::to_string(x.events), std::to_string(x.attempts), "≤ " + proportion(x.upper),
                      percent(x.confidence), fmt::format("≤ {:.3g}", x.limit),
                      fmt::format("{:+.3f}", x.limit - x.upper),
                      Cell::verdict(x.conformity, x.conformity == Conformity::conform ? Text{} : x.reason)});
    }
    sheet.table({{{"Gate", "门槛"}, 3.6},
                 {{"Events", "事件数"}, 1.1, true},
                 {{"Attempts", "试验次数"}, 1.3, true},
                 {{"Probability", "概率"}, 1.4, true},
                 {{"Confidence", "置信度"}, 1.4, true},
                 {{"Limit", "限值"}, 1.2, true},
                 {{"Margin", "裕量"}, 1.2, true},
                 {{"Verdict", "结论"}, 2.8}},
                rows,
                {"Probability of an event per attempt (unit 1), over all attempts, void ones too: a one-sided upper "
                 "bound. No event observed is a bound, not a zero.",
                 "每次试验发生事件的概率（单位为 1）的单侧上限，统计全部试验，含无效试验。未观察到事件给出的是上限，"
                 "并不表示概率为零。"});
  }
  if (model.grade.audit) {
    sheet.subheading({"Memory audit", "记忆审查"});
    sheet.paragraph(model.grade.audit->text);
  }
}

namespace {

/// Where the world waits for the policy, only a declared latency acts.
void curves(Sheet& sheet, const std::vector<LatencyCurve>& all) {
  if (all.empty()) return;
  sheet.subheading({"Success against declared latency", "成功率与声明的时延"});
  sheet.paragraph(
      {"In lock-step the action that answers the observation of time t acts at t + latency. Limits: two-sided "
       "95 %, exact (Clopper–Pearson), for each point by itself.",
       "锁步模式下，依据 t 时刻观测的动作在 t + 时延 时生效。置信限为双侧 95 % 精确限（Clopper–Pearson），逐点计算。"},
      8.5);
  for (const auto& curve : all) {
    std::vector<std::vector<Cell>> rows;
    for (const auto& point : curve.points)
      rows.push_back({latency_text(point), fmt::format("{} / {}", point.successes, point.n),
                      proportion(static_cast<double>(point.successes) / point.n),
                      fmt::format("[{:.3f}, {:.3f}]", point.lower, point.upper)});
    sheet.lead(words_of(curve));
    sheet.table({{{"Declared latency, s", "声明的时延，s"}, 2, true},
                 {{"Successes", "成功次数"}, 1.5, true},
                 {{"Probability", "概率"}, 1.5, true},
                 {{"95 % limits", "95 % 置信限"}, 2, true}},
                rows);
    sheet.chart([&](Lang lang) { return latency_curve_chart(curve, lang); }, 0.62, Sheet::Pair::beside);
  }
}

}  // namespace

void latency(Sheet& sheet, const ReportModel& model) {
  sheet.heading({"Latency", "时延"});
  const auto groups = values_of_session(model.trials, "policy_inference_time");
  if (groups.empty()) {
    sheet.paragraph({"Not measured: no policy times on record.", "未测量：没有策略用时的记录。"}, 9, false,
                    ink::kMuted);
    curves(sheet, latency_curves(model.trials));
    return;
  }
  sheet.paragraph(
      {"Time that the policy took to answer; one value per trial, the median over its control periods. Read "
       "from the monotonic clock of the test computer, the way to the policy and back included; of a policy on "
       "a server (version 2) by the wire's own stamps, over its questions. Not part of any verdict.",
       "策略作答所用时间，每次试验取一个值：各控制周期用时的中位数。由检测计算机的单调时钟读取，"
       "含与策略之间的往返传递；策略位于服务端时（版本 2）取各次提问，以接口自身的时间戳为准。不参与任何判定。"},
      8.5);
  for (const auto& [key, values] : groups) {
    const auto& sorted = values.sorted;
    const auto quantiles = quantiles_of(sorted);
    if (quantiles.empty()) continue;
    const TimeUnit unit = key.unit == "s" ? time_unit(quantiles.front().estimate) : TimeUnit{1, key.unit};
    const auto scaled = [&](const std::optional<double>& time) {
      return time ? significant(*time * unit.per_second) : "–";
    };
    std::vector<std::vector<Cell>> rows;
    for (std::size_t i = 0; i < quantiles.size(); ++i) {
      const auto& q = quantiles[i];
      rows.push_back({quantile_name(kQuantiles[i]), significant(q.estimate * unit.per_second), unit.name,
                      fmt::format("[{}, {}]", scaled(q.lower), scaled(q.upper)), std::to_string(values.sorted.size()),
                      word_of(key.vantage)});
    }
    sheet.table({{{"Quantile", "分位数"}, 1.5},
                 {{"Value", "值"}, 1.5, true},
                 {{"Unit", "单位"}, 1},
                 {{"95 % limits, two-sided", "双侧 95 % 置信限"}, 3, true},
                 {{"n", "n"}, 1, true},
                 {{"Observed by", "观测来源"}, 2}},
                rows);
    if (key.unit == "s") sheet.chart([&](Lang lang) { return latency_chart(sorted, lang); }, 0.62, Sheet::Pair::beside);
  }
  curves(sheet, latency_curves(model.trials));
}

}  // namespace assay::reports
