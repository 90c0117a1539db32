// One report model, several writers. Writers are deterministic: no clock, no locale.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/model/grade.h"
#include "core/model/particulars.h"
#include "core/model/plan.h"
#include "core/model/scheme.h"
#include "core/model/trial.h"
#include "core/result.h"
#include "grading/grading.h"
#include "reports/drawn.h"

namespace assay::reports {

/// What `assay validate` found when it last ran in this workspace: reference cases through the shipped arithmetic.
struct SoftwareValidation {
  UtcTime time;
  std::string by, build;
  bool same_build = false;  ///< `build` is the one that ran the session
  bool ok = false;          ///< every case of every file passed
  struct File {
    std::string name, sha256, title;
    int cases = 0, passed = 0;
  };
  std::vector<File> files;
};

/// The same trials under another scheme (`assay grade --scheme`): what the page sets beside the session's own result.
struct Regrade {
  std::string scheme, sha256;  ///< "id version", SHA-256 of the file
  Text title;
  Grade grade;  ///< levels and, of each indicator, id, title, level, limit, confidence, counts and conformity
};

enum class Languages { one, both };

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
  std::optional<SoftwareValidation> validation;            ///< the newest on record; of the session's build if there is
  std::string revealed_seed;                               ///< empty: not revealed yet; fits plan.session_seed
  std::vector<Regrade> regrades;                           ///< kept results under other schemes, oldest first
  std::map<std::string, double> control_period_s;          ///< by "task@L1"; a series whose period is unknown is absent
  std::optional<Particulars> particulars;                  ///< what the laboratory adds; none: a draft of bare results
  bool issued = false;                                     ///< may_issue() said yes; else a draft, and it says so
  std::vector<Timeline> timelines;                         ///< of one typical and of the worst trial
};

/// One static page that opens from disk: zh and en, charts as inline SVG, no script needed to read it.
Result<std::string> to_html(const ReportModel& model, Lang first);
/// A4, selectable text in the language asked for or in both (`first` above the other), charts as vectors, the report's
/// number and page x / y on every page. Equal models give equal bytes but for the creation date. Fails with 0801, 0724.
Result<std::string> to_pdf(const ReportModel& model, Languages languages, Lang first);
/// One page with what a certificate would say: a draft for the certification body, never a certificate.
Result<std::string> to_certificate_draft(const ReportModel& model, Languages languages, Lang first);
std::string to_json(const ReportModel& model);
/// JUnit, as Jenkins reads it: a suite per task and level, a case per indicator or gate.
std::string to_junit(const ReportModel& model, Lang lang);
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
/// The same for a measured indicator, in its own unit; the axis holds value, interval and limit.
std::string measured_svg(const IndicatorResult& indicator, Lang lang);
std::string walk_svg(const IndicatorResult& indicator, const SequentialDesign& design, Lang lang);
/// Empirical distribution of one time per trial [s], with p50, p95, p99 and their 95 % limits. Empty where there is
/// nothing that can be drawn: no value, or one that is neither 0 nor within 1e-12 … 1e9 s.
std::string latency_svg(const std::vector<double>& times_s, Lang lang);

std::string forest_svg(const std::vector<Contrast>& rows, const std::string& first, const std::string& second,
                       Lang lang);

}  // namespace assay::reports
