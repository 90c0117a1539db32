// Whether and how far and how fast the task was done.
#include <algorithm>

#include "metrics/by_person.h"
#include "metrics/condition.h"
#include "metrics/decision.h"
#include "metrics/families.h"
#include "metrics/judge.h"

namespace assay::metrics {

namespace {

double seconds(std::int64_t ns) { return static_cast<double>(ns) / 1e9; }

/// How little a vantage proves: instruments prove most.
int weakness(Vantage vantage) {
  switch (vantage) {
    case Vantage::instrument:
      return 0;
    case Vantage::simulator:
      return 1;
    case Vantage::operator_:
      return 2;
    case Vantage::self_report:
      break;
  }
  return 3;
}

/// A verdict, and a time that it ends, is no better observed than the weakest channel of the truth record.
Vantage truth_vantage(const Trace& trace, Vantage otherwise) {
  const auto* truth = trace.stream("/truth");
  if (!truth || truth->channels.empty()) return otherwise;
  return std::max_element(truth->channels.begin(), truth->channels.end(),
                          [](const auto& a, const auto& b) { return weakness(a.vantage) < weakness(b.vantage); })
      ->vantage;
}

MetricValue success(const MetricSpec& spec, const Trace& trace, const Verdict& verdict) {
  const auto vantage = truth_vantage(trace, spec.vantage);
  switch (verdict.outcome) {
    case Outcome::success:
      return defined(spec, 1, vantage);
    case Outcome::failure:
    case Outcome::unsafe:
    case Outcome::undetermined:
      return defined(spec, 0, vantage);
    case Outcome::error:
    case Outcome::aborted:
      break;
  }
  return undefined(spec, "no_decision");
}

MetricValue completion_time(const MetricSpec& spec, const Trace& trace, const Verdict& verdict) {
  if (verdict.outcome != Outcome::success) return undefined(spec, "not_success");
  const auto end = end_ns(trace);
  if (!end) return undefined(spec, "no_samples");
  return defined(spec, seconds(*end - start_ns(trace)), truth_vantage(trace, spec.vantage));
}

MetricValue simulated_time(const MetricSpec& spec, const Trace& trace, const Verdict&) {
  const auto* truth = trace.stream("/truth");
  if (!truth) return undefined(spec, "no_stream:/truth");
  if (truth->rows() == 0) return undefined(spec, "no_samples");
  return defined(spec, seconds(truth->t_ns.back() - truth->t_ns.front()), truth_vantage(trace, spec.vantage));
}

/// A subgoal is reached if its condition held at any row up to the end of the attempt.
MetricValue task_progress(const MetricSpec& spec, const Trace& trace, const Verdict&) {
  const auto metadata = trace.metadata.find("judge");
  if (metadata == trace.metadata.end()) return undefined(spec, "no_judge_input");
  const auto input = judge_input_from_json(metadata->second);
  if (!input) return undefined(spec, "no_judge_input");
  if (input->subgoals.empty()) return undefined(spec, "no_subgoals");
  const auto* truth = trace.stream("/truth");
  if (!truth) return undefined(spec, "no_stream:/truth");
  const auto end = end_ns(trace);
  const auto rows = end ? rows_until(*truth, *end) : 0;
  if (rows == 0) return undefined(spec, "no_samples");
  const Stream record = prefix(*truth, rows);
  int reached = 0;
  if (judged_by_person(trace)) {
    for (const auto& [name, condition] : input->subgoals) {
      const auto said = said_by_person(record, "subgoal." + name);
      if (!said) return undefined(spec, "no_channel:" + name);
      reached += *said ? 1 : 0;
    }
    return defined(spec, static_cast<double>(reached) / static_cast<double>(input->subgoals.size()), spec.vantage);
  }
  for (const auto& [name, condition] : input->subgoals) {
    const auto values = robustness(condition, record);
    if (!values) {
      const char* code = values.error().id == 1001   ? "no_channel:"
                         : values.error().id == 1002 ? "not_finite:"
                                                     : "no_judge_input:";
      return undefined(spec, code + name);
    }
    for (const double value : *values)
      if (value >= 0) {
        ++reached;
        break;
      }
  }
  return defined(spec, static_cast<double>(reached) / static_cast<double>(input->subgoals.size()), spec.vantage);
}

MetricSpec success_spec() {
  MetricSpec spec;
  spec.id = "success";
  spec.unit = "1";
  spec.direction = Direction::higher_is_better;
  spec.title = {"Success", "任务成功"};
  spec.definition = {"1 if the outcome of the trial is success, 0 if it is failure, unsafe or undetermined.",
                     "试验结果为成功时取 1；为失败、不安全或未判定时取 0。"};
  spec.clause = "Assay";
  spec.undefined_when = {"The outcome is error or aborted: the trial says nothing about the subject.",
                         "结果为系统错误或中止：该试验不能说明被测对象的表现。"};
  return spec;
}

MetricSpec completion_time_spec() {
  MetricSpec spec;
  spec.id = "completion_time";
  spec.unit = "s";
  spec.title = {"Completion time", "完成时间"};
  spec.definition = {
      "Trial time from the event begin to the moment at which the trial was decided (done, or the time limit).",
      "从 begin 事件到判定时刻（策略报告完成或到达时限）的试验时间。"};
  spec.clause = "Assay";
  spec.undefined_when = {"The outcome is not success.", "试验结果不是成功。"};
  return spec;
}

MetricSpec task_progress_spec() {
  MetricSpec spec;
  spec.id = "task_progress";
  spec.unit = "1";
  spec.direction = Direction::higher_is_better;
  spec.title = {"Task progress", "任务进度"};
  spec.definition = {"Share of the task's subgoals whose condition held at least once up to the end of the attempt.",
                     "截至本次尝试结束，条件至少满足过一次的子目标所占比例。"};
  spec.clause = "Assay";
  spec.undefined_when = {
      "The task has no subgoals, their conditions are not in the trace, or a signal that they need is missing or not "
      "finite.",
      "任务没有子目标，轨迹中没有其条件，或所需信号缺失或不是有限数。"};
  return spec;
}

MetricSpec simulated_time_spec() {
  MetricSpec spec;
  spec.id = "simulated_time";
  spec.unit = "s";
  spec.direction = Direction::neutral;
  spec.title = {"Trial time", "试验时长"};
  spec.definition = {"Trial time from the first to the last row of the truth record.",
                     "真值记录首行到末行之间的试验时间。"};
  spec.clause = "Assay";
  spec.undefined_when = {"There is no truth record.", "没有真值记录。"};
  return spec;
}

}  // namespace

void register_task_metrics(MetricRegistry& registry) {
  add(registry, success_spec(), success);
  add(registry, completion_time_spec(), completion_time);
  add(registry, task_progress_spec(), task_progress);
  add(registry, simulated_time_spec(), simulated_time);
}

}  // namespace assay::metrics
