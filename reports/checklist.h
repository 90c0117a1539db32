// Is a report complete? ISO/IEC 17025:2017, 7.8.2.1 a) to p), each met, not met or not applicable, with the reason.
#pragma once

#include <string>
#include <vector>

#include "core/text.h"
#include "reports/report.h"

namespace assay::reports {

struct ChecklistItem {
  enum class State { met, not_met, not_applicable };
  char letter = 'a';
  Text title;
  State state = State::not_met;
  Text reason;  ///< where it stands, what is missing, or why it does not apply
};

/// All sixteen, in order.
std::vector<ChecklistItem> checklist(const ReportModel& model);

/// Whether the report may be issued: ASSAY-0717 names the items that are not met, 0718 a development run.
Result<void> may_issue(const ReportModel& model);

const Text& word_of(ChecklistItem::State state);

/// What document this is: test report, self-assessment, development report.
struct Document {
  Text title, badge, notice;
  Text watermark;  ///< behind every page; empty only on an issued test report
};
Document document_of(const ReportModel& model);

/// Number printed on every page: the laboratory's own, else "R-" and the session.
std::string number_of(const ReportModel& model);
/// SHA-256 of to_json(model): what the QR code holds and a reader can check.
std::string digest_of(const ReportModel& model);
/// First and last day on which trials ran (UTC), "2026-11-22" or "2026-11-22 – 2026-11-24"; empty without trials.
std::string days_of_trials(const ReportModel& model);

/// Sentences that every form of the report shares.
Text conclusion_of(const ReportModel& model);
std::vector<Text> decision_rule_of(const ReportModel& model);
Text title_of_scope(const ReportModel& model);
Text title_of_class(const ReportModel& model);
Text title_of_dimension(const Scheme& scheme, const std::string& id);
Text examination_text(const ReportModel& model);
Text prevailing_text(const ReportModel& model, Lang first);

}  // namespace assay::reports
