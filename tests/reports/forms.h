// Kinds of sessions that a report has to be right for.
#pragma once

#include <string>

#include "tests/reports/sample_model.h"

namespace assay::reports {

inline Particulars sample_particulars() {
  Particulars out;
  out.sha256 = std::string(64, 'f');
  out.number = "EB-2026-0001";
  out.issued = "2026-11-24";
  out.prevailing = "zh";
  out.laboratory = {{"Example Centre <b>", "示例检测中心"}, {"1 Example Road", "示例路 1 号"}, "+86 21 0000 0000"};
  out.customer = {{"Example Robotics", "示例机器人公司"}, {"2 Sample Street", "样品街 2 号"}, "q@example.com"};
  out.place = {"Hall 2", "2 号厅"};
  out.received = "2026-11-20";
  out.condition = {"sealed, seal intact", "密封，封条完好"};
  out.verified = {"model"};
  out.sampling = {"submitted by the customer", "委托方送样"};
  out.no_deviations = out.no_external = true;
  out.equipment = {{{"Force plate", "测力平台"}, "FP-1", "C-77", "2026-01-01"}};
  out.environment = {{{"Temperature", "温度"}, {"22 °C", "22 °C"}}};
  out.tested_by = {"Li Na", "李娜"};
  out.reviewed_by = {"Wang Fang", "王芳"};
  out.approved_by = {"Zhao Lei", "赵磊"};
  return out;
}

/// A session that the laboratory has closed, with a subject of plain words.
inline ReportModel closed_model(const std::string& division) {
  ReportModel out = sample_model(division);
  out.closed.ns = out.locked.ns + 600'000'000'000;
  out.scheme.sha256 = std::string(64, '5');
  out.subject.title = {"Arm seven", "七轴机械臂"};
  out.subject.vendor = "Example";
  out.subject.model = "A7";
  return out;
}

/// All met: a lab's report that may be issued.
inline ReportModel conforming_model() {
  ReportModel out = closed_model("lab");
  auto& indicators = out.grade.indicators;
  indicators.resize(1);
  out.plan.indicators.resize(1);
  out.grade.overall = {{1, Conformity::conform, {}, {}, {}}};
  out.grade.dimensions = {{"manipulation", out.grade.overall}};
  out.grade.at_declared = Conformity::conform;
  out.grade.declared_level = out.subject.declared_level = 1;
  out.grade.gates[0].events = 0;
  out.why_not = {};
  out.particulars = sample_particulars();
  out.issued = true;
  return out;
}

inline ReportModel not_conforming_model() {
  ReportModel out = closed_model("lab");
  auto& x = out.grade.indicators[1];
  x.conformity = Conformity::not_conform;
  x.reason = {"the upper limit lies below the requirement", "置信上限低于要求值"};
  out.grade.at_declared = Conformity::not_conform;
  out.particulars = sample_particulars();
  return out;
}

inline ReportModel unsafe_model() {
  ReportModel out = closed_model("lab");
  auto& gate = out.grade.gates[0];
  gate.events = 9;
  gate.upper = 0.31;
  gate.conformity = Conformity::not_conform;
  gate.reason = {"9 events", "9 次事件"};
  out.grade.overall_level = 0;
  out.grade.at_declared = Conformity::not_conform;
  out.timelines = {{7,
                    {"worst trial: unsafe", "最差试验：不安全"},
                    Outcome::unsafe,
                    6.5,
                    {{"grasped", {{1.0, 3.5}}}, {"success", {}}},
                    {{0, "begin"}, {3.5, "limit"}, {3.6, "stop"}}}};
  return out;
}

/// Values in metres against limits in metres.
inline ReportModel measured_model() {
  ReportModel out = closed_model("self");
  out.plan.indicators.resize(1);
  auto& x = out.grade.indicators[0];
  x.metric = "pose_repeatability";
  x.statistic = kMetricMean;
  x.unit = "m";
  x.bound = "at_most";
  x.vantage = "instrument";
  x.limit = 0.0005;
  x.estimate = 1.436e-5;
  x.lower = 1.293e-5;
  x.upper = 1.58e-5;
  out.grade.indicators.resize(1);
  return out;
}

/// Trials that ended by a fault of the robot.
inline ReportModel faulty_model() {
  ReportModel out = not_conforming_model();
  for (auto& trial : out.trials)
    if (trial.level == 2 && trial.verdict.outcome == Outcome::failure) trial.verdict.reason = "subject_fault:policy";
  return out;
}

}  // namespace assay::reports
