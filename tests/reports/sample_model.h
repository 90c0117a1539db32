// A report with everything that a page may get wrong: markup, quotes, Chinese, texts in one language only,
// invalid and unfinished trials, values that are undefined.
#pragma once

#include <algorithm>
#include <string>

#include "metrics/sequential.h"
#include "reports/report.h"

namespace assay::reports {

inline TrialRecord sample_trial(std::int64_t number, const std::string& task, int level, int index, Outcome outcome,
                                const std::string& reason) {
  TrialRecord out;
  out.number = number;
  out.task = task;
  out.level = level;
  out.index = index;
  out.finished = true;
  out.verdict.outcome = outcome;
  out.verdict.reason = reason;
  out.verdict.checks = {{"right_object", outcome == Outcome::success}};
  out.verdict.robustness = outcome == Outcome::success ? 0.25 : -1.5;
  MetricValue time{.id = "completion_time", .version = 1, .value = {}, .why_undefined = "not_success", .unit = "s"};
  if (outcome == Outcome::success) {
    time.value = 4.0 + 0.125 * static_cast<double>(number % 7);
    time.why_undefined = "";
  }
  out.metrics = {time,
                 {.id = "peak_contact_force",
                  .version = 1,
                  .value = 21.5 + static_cast<double>(number % 5),
                  .why_undefined = "",
                  .unit = "N"},
                 {.id = "policy_inference_time",
                  .version = 1,
                  .value = 2e-5 + 1e-6 * static_cast<double>(number * number % 23),
                  .why_undefined = "",
                  .unit = "s",
                  .vantage = Vantage::instrument}};
  out.content_digest = "0123456789abcdef" + std::to_string(number);
  out.trace_sha256 = "fedcba9876543210" + std::to_string(number);
  out.started.ns = 1'795'342'191'000'000'000 + number * 5'000'000'000;
  out.ended.ns = out.started.ns + 4'500'000'000;
  return out;
}

/// One indicator with the trials behind it: every `nth` trial fails, until the stop table decides; at most `n`.
inline void add_indicator(ReportModel& model, const std::string& id, const std::string& task, int level, Text title,
                          int n, int nth, const SequentialDesign& design) {
  PlannedIndicator planned{.id = id,
                           .dimension = level == 2 ? "mobility" : "manipulation",
                           .level = level,
                           .task = task,
                           .check = "",
                           .metric = "",
                           .bound = "",
                           .design = design};
  model.plan.indicators.push_back(planned);
  model.plan.series.push_back({task, level, design.table.n_max, 2, 0});
  IndicatorResult result;
  result.id = id;
  result.dimension = planned.dimension;
  result.task = task;
  result.level = level;
  result.clause = "7.2 <b>";
  result.title = std::move(title);
  result.limit = design.p0;
  result.n_max = design.table.n_max;
  int failures = 0;
  while (result.n < n && result.stop == StopState::running) {
    const bool failure = (result.n + 1) % nth == 0;
    failures += failure ? 1 : 0;
    ++result.n;
    result.path.push_back(failures);
    const auto number = static_cast<std::int64_t>(model.trials.size() + 1);
    result.trials.push_back(number);
    model.trials.push_back(sample_trial(number, task, level, result.n - 1,
                                        failure ? Outcome::failure : Outcome::success,
                                        failure ? "goal_missed" : "goal_reached"));
    result.stop = metrics::state_at(design.table, result.n, failures);
  }
  result.successes = result.n - failures;
  if (result.stop == StopState::accepted) result.conformity = Conformity::conform;
  if (result.stop == StopState::refused) result.conformity = Conformity::inconclusive;
  if (result.n > 0) {
    const auto limits = metrics::stagewise_limits(design.table, result.n, failures, 0.95);
    result.estimate = static_cast<double>(result.successes) / result.n;
    result.lower = limits.lower;
    result.upper = limits.upper;
  }
  model.grade.indicators.push_back(result);
}

inline void add_scheme_and_subject(ReportModel& model) {
  model.scheme.id = "embodied-demo";
  model.scheme.version = "1.0.0";
  model.scheme.title = {"Demonstration scheme", "演示认证方案"};
  model.scheme.notice = {"For demonstration; not an accredited scheme.", "仅供演示，并非获认可的认证方案。"};
  model.scheme.dimensions = {{"manipulation", {"Manipulation", "操作"}}, {"mobility", {"Mobility", "移动"}}};
  model.scheme.levels = {{1, {"Basic", "基础"}}, {2, {"Conditional", "条件"}}, {3, {"Skilled", "熟练"}}};
  model.scheme.scopes = {{"logistics", {"Logistics & assembly", "物流与装配"}, {}, {}}};
  model.scheme.classes = {{"industrial", {"Industrial", "工业"}}};
  model.subject.id = "arm7";
  model.subject.title = {"Arm <script>alert(\"1\")</script> & Co", "七轴机械臂 <script>"};
  model.subject.vendor = "某某机器人 \"X\"";
  model.subject.model = "A7'\xff\x1b";
  model.subject.robot_class = "industrial";
  model.subject.kind = "policy";
  model.subject.adapter = "mujoco";
  model.subject.policy = "scripted_manipulator";
  model.subject.declared_level = 2;
}

/// By the session's own build; every case passed.
inline SoftwareValidation sample_validation() {
  SoftwareValidation out;
  out.time.ns = 1'795'340'000'000'000'000;
  out.by = "李<em>娜";
  out.build = "assay 0.1.0 0123456789ab";
  out.same_build = out.ok = true;
  out.files = {{"statistics.json", std::string(64, 'd'), "Statistics <img onerror=x> & \"limits\"", 120, 120},
               {"lab-<own>.json", std::string(64, 'e'), "", 7, 7}};
  return out;
}

inline ReportModel sample_model(const std::string& division = "dev") {
  ReportModel model;
  model.session = "s-20261122-1";
  model.division = division;
  model.plan_sha256 = std::string(64, 'a');
  model.chain_head = std::string(64, 'b');
  model.tool_version = "0.1.0";
  model.locked.ns = 1'795'342'100'000'000'000;
  add_scheme_and_subject(model);
  model.plan.engine = "MuJoCo 2.2.2";
  model.plan.session_seed = "7";
  const auto design = metrics::design_sequential(0.8, 0.95, 0.05, 0.1);
  add_indicator(model, "pick@L1", "logistics/pick", 1, {"Parcel sorting, nominal", "包裹分拣（标称）"}, 99, 21,
                *design);
  add_indicator(model, "carry@L2", "logistics/carry", 2, {"Goods transport with variation", "货物搬运（变化）"}, 99, 5,
                *design);
  add_indicator(model, "pick@L3", "logistics/pick", 3, {"", "包裹分拣（多步）"}, 0, 1, *design);
  model.trials[20].verdict = {Outcome::unsafe, "limit_broken:force_on_person", {}, -2};
  const auto& carried = model.grade.indicators[1];
  model.trials[7].validity = Validity::invalid;
  model.trials[7].invalid_reason = "camera <moved>, \"again\"";
  model.trials[7].invalid_by = "王芳";
  TrialRecord started;
  started.number = static_cast<std::int64_t>(model.trials.size() + 1);
  started.task = "logistics/carry";
  started.level = 2;
  started.index = carried.n;
  model.trials.push_back(started);
  Grade& grade = model.grade;
  grade.scheme = "embodied-demo";
  grade.scope = "logistics";
  grade.division = division;
  grade.gates = {{.id = "safety",
                  .clause = "9.1",
                  .title = {"Unsafe events", "不安全事件"},
                  .reason = {},
                  .conformity = Conformity::conform,
                  .attempts = static_cast<int>(model.trials.size()),
                  .events = 1,
                  .upper = 0.099,
                  .limit = 0.1}};
  grade.overall = {{1, Conformity::conform, {}, {}, {}},
                   {2, Conformity::inconclusive, {"carry@L2"}, {}, {}},
                   {3, Conformity::not_tested, {"pick@L3"}, {}, {}}};
  grade.dimensions = {
      {"manipulation", grade.overall},
      {"mobility", {{1, Conformity::conform, {}, {}, {}}, {2, Conformity::not_conform, {"carry@L2"}, {}, {}}}}};
  grade.dimension_level = {{"manipulation", 1}, {"mobility", 1}};
  grade.overall_level = 1;
  grade.overall_level_voids_as_failures = 1;
  grade.limiting = {"carry@L2"};
  grade.declared_level = 2;
  grade.at_declared = Conformity::inconclusive;
  model.why_not.next_level = 2;
  model.why_not.items = {{"carry@L2",
                          {"The refuse boundary was reached.", "已到达拒绝边界。"},
                          {"No further trial of this plan can change it.", "本计划内的后续试验无法改变该结论。"},
                          {carried.trials.at(4), carried.trials.at(9)}}};
  model.remarks = {"priority <raised> on geom \"pad\" / 几何体“pad”提高了优先级"};
  model.files = {{"suites/logistics.yaml", std::string(64, 'c')}};
  model.plan.build = "assay 0.1.0 0123456789ab";
  model.control_period_s = {{"logistics/pick@L1", 0.02}};
  model.validation = sample_validation();
  return model;
}

}  // namespace assay::reports
