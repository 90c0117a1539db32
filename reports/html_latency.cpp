// How long the policy took to answer: quantiles over the trials with their limits, and the clock behind them.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "metrics/statistics/quantiles.h"
#include "reports/html_page.h"
#include "reports/latency_curve.h"
#include "reports/values.h"

namespace assay::reports {
namespace {

Text needs(double q) {
  // The limit is the largest value at best: it takes as many as a tolerance limit with half the error on this side.
  const auto n = metrics::wilks_n(1, q, 1 - (1 - kConfidence) / 2);
  if (!n) return {"–", "–"};
  return {fmt::format("needs n ≥ {}", *n), fmt::format("需 n ≥ {}", *n)};
}

/// As many decimals in the whole table as give the median three digits.
std::string in_steps(double value, double median) {
  if (!(median > 0) || std::abs(value) >= 1e7) return significant(value);
  const int decimals = std::clamp(2 - static_cast<int>(std::floor(std::log10(median))), 0, 6);
  return fmt::format("{:.{}f}", value, decimals);
}

void limit_cell(Page& page, const std::optional<double>& limit, double scale, double median, double q) {
  if (limit) {
    page.number(in_steps(*limit * scale, median));
  } else {
    page.raw("<td class=\"num small\">").both(needs(q)).raw("</td>");
  }
}

void write_quantiles(Page& page, const Values& values, const std::vector<metrics::QuantileLimits>& quantiles,
                     const TimeUnit& unit) {
  const auto n = values.sorted.size();
  Text caption{fmt::format("Over {} trials, in {}.", n, unit.name), fmt::format("{} 次试验，单位 {}。", n, unit.name)};
  if (values.undefined > 0) {
    caption.en += fmt::format(" {} more have no value.", values.undefined);
    caption.zh += fmt::format("另有 {} 次无值。", values.undefined);
  }
  page.head({{{"Quantile", "分位数"}},
             {{"Value", "值"}, true},
             {{"Lower limit", "置信下限"}, true},
             {{"Upper limit", "置信上限"}, true}},
            caption);
  const double median = quantiles.front().estimate * unit.per_second;
  for (std::size_t i = 0; i < quantiles.size(); ++i) {
    const double q = kQuantiles[i];
    page.raw("<tr><td><b>").text(quantile_name(q)).raw("</b></td>");
    page.raw("<td class=\"num\"><b>").text(in_steps(quantiles[i].estimate * unit.per_second, median)).raw("</b></td>");
    limit_cell(page, quantiles[i].lower, unit.per_second, median, 1 - q);
    limit_cell(page, quantiles[i].upper, unit.per_second, median, q);
    page.raw("</tr>\n");
  }
  page.end_table();
}

void write_group(Page& page, const ValueKey& key, const Values& values) {
  const auto quantiles = quantiles_of(values.sorted);
  page.raw("<p class=\"small\">").text(fmt::format("{} v{} · ", key.id, key.version)).both(word_of(key.vantage));
  page.raw("</p>\n");
  if (quantiles.empty()) {
    page.paragraph({"No trial has a value.", "没有任何试验有该值。"}, "muted");
    return;
  }
  const bool seconds = key.unit == "s";
  const TimeUnit unit = seconds ? time_unit(quantiles.front().estimate) : TimeUnit{1, key.unit};
  page.raw("<div class=\"beside\">\n");
  const std::string chart = seconds ? latency_svg(values.sorted, Lang::en) : "";
  if (!chart.empty()) {
    page.raw("<figure>").chart(chart, latency_svg(values.sorted, Lang::zh)).raw("</figure>\n");
  }
  page.raw("<div>");
  write_quantiles(page, values, quantiles, unit);
  page.paragraph({"Quantiles by nearest rank. Limits: two-sided 95 %, by order statistics, whatever the distribution; "
                  "a limit whose rank does not exist yet is left open.",
                  "分位数按最近秩取值。置信限为双侧 95 %，由次序统计量给出，与分布形式无关；"
                  "所需的秩尚不存在时，该侧不封闭。"},
                 "small");
  page.raw("</div>\n</div>\n");
}

/// Where the world waits for the policy, only a declared latency acts.
void write_curves(Page& page, const std::vector<LatencyCurve>& curves) {
  if (curves.empty()) return;
  page.raw("<h3>").both({"Success against declared latency", "成功率与声明的时延"}).raw("</h3>\n");
  page.paragraph(
      {"In lock-step the action that answers the observation of time t acts at t + latency. Limits: two-sided "
       "95 %, exact (Clopper–Pearson), for each point by itself.",
       "锁步模式下，依据 t 时刻观测的动作在 t + 时延 时生效。置信限为双侧 95 % 精确限（Clopper–Pearson），逐点计算。"});
  for (const auto& curve : curves) {
    page.paragraph(words_of(curve));
    page.raw("<div class=\"beside\">\n<figure>")
        .chart(svg_of(latency_curve_chart(curve, Lang::en)), svg_of(latency_curve_chart(curve, Lang::zh)))
        .raw("</figure>\n<div>");
    page.head({{{"Declared latency, s", "声明的时延，s"}, true},
               {{"Successes", "成功次数"}, true},
               {{"Probability", "概率"}, true},
               {{"95 % limits", "95 % 置信限"}, true}},
              {});
    for (const auto& point : curve.points) {
      page.raw("<tr>").number(latency_text(point)).number(fmt::format("{} / {}", point.successes, point.n));
      page.number(proportion(static_cast<double>(point.successes) / point.n));
      page.number(fmt::format("[{:.3f}, {:.3f}]", point.lower, point.upper)).raw("</tr>\n");
    }
    page.end_table();
    page.raw("</div>\n</div>\n");
  }
}

}  // namespace

void write_latency(Page& page, const ReportModel& model) {
  page.section("latency", {"Latency", "时延"});
  const auto groups = values_of_session(model.trials, "policy_inference_time");
  if (groups.empty()) {
    page.paragraph({"No policy times on record.", "没有策略用时的记录。"}, "muted");
    write_curves(page, latency_curves(model.trials));
    page.end_section();
    return;
  }
  page.paragraph(
      {"Time that the policy took to answer. One value per trial: the median over its control periods, or its "
       "questions to a server. A "
       "quantile therefore speaks of trials, not of single control periods.",
       "策略作答所用时间。每次试验取一个值：其各控制周期（或对服务端各次提问）用时的中位数。因此，"
       "分位数说明的是各次试验，而不是单个控制周期。"});
  page.paragraph(
      {"Clock: the harness reads the wall clock (monotonic) of the computer that runs it, before it hands "
       "over an observation and once the action is back; the way to the policy and back is included. Of a policy "
       "on a server (version 2) the wire's own stamps count instead: the question's going out, the answer's arrival. "
       "Such "
       "times cannot be reproduced and are not part of any verdict.",
       "计时方法：测试框架在交出观测之前和收到动作之后，各读取一次所在计算机的实际时间（单调时钟），"
       "含与策略之间的往返传递。策略位于服务端时（版本 2）以接口自身的时间戳为准：问题发出与应答到达。"
       "此类时间不可复现，不参与任何判定。"});
  for (const auto& [key, values] : groups) write_group(page, key, values);
  write_curves(page, latency_curves(model.trials));
  page.end_section();
}

}  // namespace assay::reports
