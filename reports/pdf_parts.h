// Sections of the report on paper, in the order of the document.
#pragma once

#include "reports/report.h"
#include "reports/sheet.h"

namespace assay::reports {

void cover(Sheet& sheet, const ReportModel& model);
void notices(Sheet& sheet, const ReportModel& model);
void conclusion(Sheet& sheet, const ReportModel& model);
void item(Sheet& sheet, const ReportModel& model);
void basis(Sheet& sheet, const ReportModel& model);
void equipment(Sheet& sheet, const ReportModel& model);
void results(Sheet& sheet, const ReportModel& model);
void safety(Sheet& sheet, const ReportModel& model);
void latency(Sheet& sheet, const ReportModel& model);
void gap_to_next_level(Sheet& sheet, const ReportModel& model);
void trials(Sheet& sheet, const ReportModel& model);
void uncertainty(Sheet& sheet, const ReportModel& model);
void amendments(Sheet& sheet, const ReportModel& model);
void completeness(Sheet& sheet, const ReportModel& model);
void verification(Sheet& sheet, const ReportModel& model);

}  // namespace assay::reports
