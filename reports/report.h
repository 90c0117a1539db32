// One report model, several writers. Writers are deterministic: no clock, no locale.
#pragma once

#include <string>
#include <vector>

#include "core/model/grade.h"
#include "core/model/plan.h"
#include "core/model/scheme.h"
#include "core/model/trial.h"
#include "core/result.h"
#include "grading/grading.h"

namespace assay::reports {

struct ReportModel {
  std::string schema = "assay.report/1";
  std::string session, division, plan_sha256, chain_head, tool_version;
  UtcTime locked, closed;
  Scheme scheme;
  Subject subject;
  Plan plan;
  Grade grade;
  grading::Explanation why_not;
  std::vector<TrialRecord> trials;
  std::vector<std::string> remarks;                        ///< model lint, deviations, division notices
  std::vector<std::pair<std::string, std::string>> files;  ///< deciding files: path relative to catalogue, SHA-256
};

/// One static page that opens from disk: zh and en, charts as inline SVG, no script needed to read it.
Result<std::string> to_html(const ReportModel& model, Lang first);
std::string to_json(const ReportModel& model);
std::string to_csv(const ReportModel& model);  ///< every trial, RFC 4180, units in the header

/// Charts, painted once with QPainter and returned as SVG. Need a QGuiApplication (offscreen), which
/// GuiScope gives; used only by `assay report`.
class GuiScope {
 public:
  GuiScope();
  ~GuiScope();
  GuiScope(const GuiScope&) = delete;
  GuiScope& operator=(const GuiScope&) = delete;

 private:
  bool owner_ = false;  ///< false where an application existed before
};
std::string ladder_svg(const Grade& grade, const Scheme& scheme, Lang lang);
std::string interval_svg(const IndicatorResult& indicator, Lang lang);
std::string walk_svg(const IndicatorResult& indicator, const SequentialDesign& design, Lang lang);

}  // namespace assay::reports
