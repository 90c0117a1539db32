#include "grading/compare.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "metrics/statistics/multiplicity.h"
#include "metrics/walk.h"

namespace assay::grading {

namespace {

using SeriesKey = std::pair<int, std::string>;  // level first: easier tasks are walked first

std::set<SeriesKey> series_of(const Plan& plan) {
  std::set<SeriesKey> out;
  for (const auto& series : plan.series) out.insert({series.level, series.task});
  return out;
}

std::vector<SeriesKey> common_series(const Plan& a, const Plan& b) {
  const auto of_a = series_of(a), of_b = series_of(b);
  std::vector<SeriesKey> out;
  std::set_intersection(of_a.begin(), of_a.end(), of_b.begin(), of_b.end(), std::back_inserter(out));
  return out;
}

Error not_comparable(Text why, std::string found) {
  return {.id = 610,
          .what = {"the sessions cannot be compared: " + why.en, "两次检测不可比：" + why.zh},
          .expected = {"sessions of one suite version, on one kind of robot link, with tasks in common",
                       "同一套件版本、同类机器人接口且有共同任务的检测"},
          .found = std::move(found),
          .help = {"examine both under the same suite and engine; for pairs, with one seed or campaign",
                   "请用同一套件与引擎检测双方；如需配对，请使用同一种子或批次"}};
}

void tally(ComparedSeries& row) {
  for (const auto& pair : row.pairs) {
    if (pair.a && pair.b)
      ++row.both;
    else if (pair.a)
      ++row.a_only;
    else if (pair.b)
      ++row.b_only;
    else
      ++row.neither;
  }
}

ComparedSeries pair_up(const ComparedSession& a, const ComparedSession& b, const SeriesKey& key) {
  ComparedSeries row;
  row.level = key.first;
  row.task = key.second;
  const auto of_a = metrics::deciding_trials(*a.trials, row.task, row.level);
  const auto of_b = metrics::deciding_trials(*b.trials, row.task, row.level);
  std::set<int> indices;
  for (const auto* side : {&of_a, &of_b})
    for (const auto& [index, trial] : *side) indices.insert(index);
  for (const int index : indices) {
    const auto in_a = of_a.find(index), in_b = of_b.find(index);
    if (in_a == of_a.end() || in_b == of_b.end() || metrics::is_void(*in_a->second) ||
        metrics::is_void(*in_b->second)) {
      ++row.dropped;
      continue;
    }
    row.pairs.push_back({index, in_a->second->number, in_b->second->number,
                         metrics::counts_as_success(*in_a->second, ""), metrics::counts_as_success(*in_b->second, "")});
  }
  tally(row);
  return row;
}

Result<void> decide(ComparedSeries& row, const metrics::ComparisonTable& table, double alpha) {
  std::vector<bool> a, b;
  for (const auto& pair : row.pairs) {
    a.push_back(pair.a);
    b.push_back(pair.b);
  }
  ASSAY_TRY(row.state, metrics::compare(table, a, b));
  if (row.state.verdict == metrics::ComparisonVerdict::undecided && row.state.pairs_n < table.n_max) return {};
  ASSAY_TRY(row.limits, metrics::comparison_limits(table, row.state, 1 - alpha));
  return {};
}

/// Several tasks, several claims: Holm keeps the chance of any wrong one at α.
Result<void> adjust(std::vector<ComparedSeries>& rows) {
  std::vector<double> p_a, p_b;  // a row without limits takes part with p = 1: nothing is shown
  for (const auto& row : rows) {
    p_a.push_back(row.limits ? row.limits->p_a_better : 1);
    p_b.push_back(row.limits ? row.limits->p_b_better : 1);
  }
  if (rows.empty()) return {};
  ASSAY_TRY(const auto a, metrics::adjust_p(p_a));
  ASSAY_TRY(const auto b, metrics::adjust_p(p_b));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!rows[i].limits) continue;
    rows[i].p_a_adjusted = a.holm[i];
    rows[i].p_b_adjusted = b.holm[i];
  }
  return {};
}

std::vector<Text> notes_on(const Plan& a, const Plan& b, metrics::Pairing pairing) {
  std::vector<Text> out;
  if (pairing == metrics::Pairing::unpaired)
    out.push_back(
        {"The sessions drew their starts from different seeds: trials are not matched, and more of them are "
         "needed to tell the robots apart.",
         "两次检测的初始条件来自不同种子：试验未配对，需要更多试验才能分辨优劣。"});
  if (a.build != b.build)
    out.push_back({"The sessions were run by different builds of this program.", "两次检测由本程序的不同构建执行。"});
  if (a.division != b.division)
    out.push_back({fmt::format("The divisions differ: {} and {}.", a.division, b.division),
                   fmt::format("分区不同：{} 与 {}。", a.division, b.division)});
  if (a.scheme_sha256 != b.scheme_sha256)
    out.push_back({"The schemes differ; task success alone is compared.", "认证方案不同；仅比较任务成功与否。"});
  if (a.model_sha256 != b.model_sha256)
    out.push_back({"The robots' models differ: the comparison is of robots, not of policies alone.",
                   "机器人模型不同：比较的是整机，而不仅是策略。"});
  return out;
}

}  // namespace

Result<metrics::Pairing> comparable(const ComparedSession& a, const ComparedSession& b) {
  if (a.id == b.id) return not_comparable({"they are one and the same", "二者是同一次检测"}, a.id);
  if (a.plan->suite_sha256 != b.plan->suite_sha256)
    return not_comparable({"the suites are not the same", "套件不同"},
                          a.plan->suite_sha256.substr(0, 12) + " and " + b.plan->suite_sha256.substr(0, 12));
  if (a.plan->engine != b.plan->engine)
    return not_comparable({"simulator or robot link is not the same", "仿真器或机器人接口不同"},
                          a.plan->engine + " and " + b.plan->engine);
  if (common_series(*a.plan, *b.plan).empty())
    return not_comparable({"they have no task and level in common", "没有共同的任务与等级"}, a.id + " and " + b.id);
  const bool one_seed = !a.plan->session_seed.empty() && a.plan->session_seed == b.plan->session_seed;
  return one_seed ? metrics::Pairing::paired : metrics::Pairing::unpaired;
}

Result<Comparison> compare(const ComparedSession& a, const ComparedSession& b, const metrics::ComparisonTable& table,
                           double alpha) {
  Comparison out;
  ASSAY_TRY(out.pairing, comparable(a, b));
  out.alpha = alpha;
  out.n_max = table.n_max;
  for (const auto& key : common_series(*a.plan, *b.plan)) {
    auto row = pair_up(a, b, key);
    ASSAY_RETURN_IF_ERROR(decide(row, table, alpha));
    out.pooled.pairs.insert(out.pooled.pairs.end(), row.pairs.begin(), row.pairs.end());
    out.pooled.dropped += row.dropped;
    out.series.push_back(std::move(row));
  }
  tally(out.pooled);
  ASSAY_RETURN_IF_ERROR(decide(out.pooled, table, alpha));
  if (out.pooled.limits) {
    out.pooled.p_a_adjusted = out.pooled.limits->p_a_better;
    out.pooled.p_b_adjusted = out.pooled.limits->p_b_better;
  }
  ASSAY_RETURN_IF_ERROR(adjust(out.series));
  out.notes = notes_on(*a.plan, *b.plan, out.pairing);
  return out;
}

}  // namespace assay::grading
