#include "gui/score_data.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <set>

#include "store/store.h"

namespace assay::gui {

Result<ScoreQueue> read_score_queue(const std::string& folder, const std::string& session, const std::string& person) {
  ASSAY_TRY(const auto store, Store::open(folder, true));
  ASSAY_TRY(const auto row, store->session(session));
  ASSAY_TRY(const auto trials, store->trial_rows(row.number));
  ASSAY_TRY(const auto audit, store->audit_log());
  std::set<std::int64_t> entered, given;
  for (const auto& one : audit) {
    if (one.person != person || (one.kind != "operator" && one.kind != "score")) continue;
    const auto detail = QJsonDocument::fromJson(QByteArray::fromStdString(one.detail_json)).object();
    const auto trial = detail[QLatin1String("trial")].toInteger();
    if (one.kind == "score") given.insert(trial);
    if (one.kind == "operator" && detail[QLatin1String("act")] == QLatin1String("enter")) entered.insert(trial);
  }
  ScoreQueue out;
  for (const auto& trial : trials) {
    const auto outcome = trial.verdict.outcome;
    const bool judged = trial.finished && trial.validity == Validity::valid &&
                        (outcome == Outcome::success || outcome == Outcome::failure || outcome == Outcome::unsafe);
    if (!judged) continue;
    if (entered.count(trial.number) != 0)
      ++out.own;
    else if (given.count(trial.number) != 0)
      ++out.given;
    else
      out.left.push_back({trial.number, QString::fromStdString(trial.task), trial.level, trial.index});
  }
  return out;
}

Result<TrialRecord> read_record(const std::string& folder, std::int64_t trial) {
  ASSAY_TRY(const auto store, Store::open(folder, true));
  return store->trial(trial);
}

}  // namespace assay::gui
