// What the dashboard knows of a workspace: read from the store on the worker's thread, then only looked at.
#pragma once

#include <QJsonObject>
#include <QString>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/model/grade.h"
#include "core/model/scheme.h"
#include "core/model/trial.h"
#include "core/result.h"
#include "store/store.h"

namespace assay::gui {

struct SessionLine {
  std::int64_t number = 0;
  QString id, state, subject, scheme, scope, division;
  int declared_level = 0;
  TrialCounts trials;
  std::optional<int> level;  ///< of the newest stored grade
  UtcTime locked, closed;
};

struct Workspace {
  std::vector<SessionLine> sessions;  ///< newest first
};

struct QualityRecords {
  std::vector<AuditRow> audit;                           ///< oldest first
  std::vector<std::pair<QString, TrialRecord>> invalid;  ///< session, trial; light records
};

struct Session {
  SessionRow row;
  SessionLine line;
  QJsonObject plan;
  std::vector<TrialRecord> trials;  ///< by number; without checks and metrics
  QJsonObject report;               ///< newest stored result (assay.report/1); empty: none
};

Result<Workspace> read_workspace(const std::string& folder);
Result<QualityRecords> read_quality(const std::string& folder);
Result<Session> read_session(const std::string& folder, const std::string& id);
/// Recomputes the hash chain: empty if it holds, else the first broken row's problem.
Result<void> verify_chain(const std::string& folder);

/// Records for the charts of reports/, out of the stored result. What is missing stays empty.
Grade grade_from(const QJsonObject& report);
std::vector<IndicatorResult> indicators_from(const QJsonObject& grade);
SequentialDesign design_from(const QJsonObject& plan, const std::string& indicator);
/// Titles of dimensions and levels: from the catalogue's scheme where it is the one named, else none.
Scheme scheme_titles(const QString& id_at_version);

QString local_time(UtcTime time);  ///< "2026-11-23 10:30", in the zone of this machine
QString division_word(const QString& division);
QString level_word(int level);
QString percent(double share, int digits = 1);
QString number(double value, int significant = 3);
QString duration(double seconds);

}  // namespace assay::gui
