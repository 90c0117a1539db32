#include "cli/timeline.h"

#include <algorithm>
#include <map>
#include <optional>

#include "core/mcap.h"
#include "metrics/condition.h"
#include "metrics/judge.h"

namespace assay::cli {
namespace {

constexpr std::size_t kMostBytes = std::size_t{256} << 20;
constexpr std::size_t kMostRows = 12, kMostMarks = 30;

bool counts(const TrialRecord& trial) {
  return trial.finished && trial.validity == Validity::valid && !trial.trace_path.empty();
}

const TrialRecord* typical(const std::vector<TrialRecord>& trials) {
  std::vector<std::pair<double, const TrialRecord*>> times;
  for (const auto& trial : trials) {
    if (!counts(trial) || trial.verdict.outcome != Outcome::success) continue;
    double time = 0;
    for (const auto& metric : trial.metrics)
      if (metric.id == "completion_time") time = metric.value.value_or(0);
    times.emplace_back(time, &trial);
  }
  if (times.empty()) return nullptr;
  std::stable_sort(times.begin(), times.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  return times[(times.size() - 1) / 2].second;
}

const TrialRecord* worst(const std::vector<TrialRecord>& trials) {
  const auto badness = [](const TrialRecord& t) {
    return t.verdict.outcome == Outcome::unsafe ? 2 : t.verdict.outcome == Outcome::failure ? 1 : 0;
  };
  const TrialRecord* out = nullptr;
  for (const auto& trial : trials) {
    if (!counts(trial) || badness(trial) == 0) continue;
    if (out == nullptr || badness(trial) > badness(*out) ||
        (badness(trial) == badness(*out) && trial.verdict.robustness < out->verdict.robustness))
      out = &trial;
  }
  return out;
}

std::optional<reports::Timeline::Row> row_of(const std::string& name, const Condition& condition, const Stream& truth,
                                             double end_s) {
  const auto values = metrics::robustness(condition, truth);
  if (!values) return std::nullopt;
  reports::Timeline::Row out{name, {}};
  for (std::size_t i = 0; i < values->size(); ++i) {
    if ((*values)[i] < 0) continue;
    const double from = static_cast<double>(truth.t_ns[i]) * 1e-9;
    const double to = i + 1 < truth.rows() ? static_cast<double>(truth.t_ns[i + 1]) * 1e-9 : end_s;
    if (!out.held_s.empty() && out.held_s.back().second >= from - 1e-9)
      out.held_s.back().second = to;
    else
      out.held_s.emplace_back(from, to);
  }
  return out;
}

std::optional<reports::Timeline> timeline_of(const TrialRecord& trial, const Text& what) {
  const auto trace = read_mcap(trial.trace_path, kMostBytes);
  if (!trace || !trace->metadata.contains("judge")) return std::nullopt;
  const auto judge = metrics::judge_input_from_json(trace->metadata.at("judge"));
  const Stream* truth = trace->stream("/truth");
  if (!judge || truth == nullptr || truth->rows() == 0) return std::nullopt;
  reports::Timeline out;
  out.trial = trial.number;
  out.what = what;
  out.outcome = trial.verdict.outcome;
  out.end_s = static_cast<double>(truth->t_ns.back()) * 1e-9;
  const auto add = [&](const std::string& name, const Condition& condition) {
    if (out.rows.size() >= kMostRows) return;
    if (auto row = row_of(name, condition, *truth, out.end_s)) out.rows.push_back(std::move(*row));
  };
  for (const auto& [name, condition] : judge->subgoals) add(name, condition);
  for (const auto& [name, condition] : judge->checks) add(name, condition);
  add("success", judge->success);
  for (const auto& event : trace->events)
    if (event.deterministic && out.marks.size() < kMostMarks)
      out.marks.emplace_back(static_cast<double>(event.t_ns) * 1e-9, event.code);
  if (out.rows.empty()) return std::nullopt;
  return out;
}

}  // namespace

std::vector<reports::Timeline> timelines_of(const std::vector<TrialRecord>& trials) {
  std::vector<reports::Timeline> out;
  if (const auto* trial = typical(trials))
    if (auto found = timeline_of(*trial, {"typical success: median completion time", "典型成功：完成时间居中"}))
      out.push_back(std::move(*found));
  if (const auto* trial = worst(trials))
    if (auto found =
            timeline_of(*trial, {"worst trial: " + std::string(to_string(trial->verdict.outcome)),
                                 trial->verdict.outcome == Outcome::unsafe ? "最差试验：不安全" : "最差试验：失败"}))
      out.push_back(std::move(*found));
  return out;
}

}  // namespace assay::cli
