// Lists of very many trials: a row each, without what only one trial's page needs.
#include <algorithm>

#include "store/sqlite_store.h"

namespace assay::store {

Result<std::vector<TrialRecord>> SqliteStore::trial_rows(std::int64_t session) const {
  return read([&]() -> Result<std::vector<TrialRecord>> {
    SQLite::Transaction snapshot(*db_, SQLite::TransactionBehavior::DEFERRED);
    SQLite::Statement query(
        *db_,
        "SELECT t.number, t.task, t.level, t.idx, t.attempt, t.started_ns, f.outcome, f.reason, "
        "f.trace_path, f.trace_sha256, f.ended_ns FROM trials_started t LEFT JOIN trials_finished f "
        "ON f.trial = t.number WHERE t.session = ? ORDER BY t.number");
    query.bind(1, session);
    std::vector<TrialRecord> out;
    while (query.executeStep()) {
      TrialRecord& r = out.emplace_back();
      r.number = query.getColumn(0).getInt64();
      r.task = query.getColumn(1).getString();
      r.level = query.getColumn(2).getInt();
      r.index = query.getColumn(3).getInt();
      r.attempt = query.getColumn(4).getInt();
      r.started = UtcTime{query.getColumn(5).getInt64()};
      r.finished = !query.getColumn(6).isNull();
      if (!r.finished) continue;
      const auto outcome = outcome_from(query.getColumn(6).getString());
      if (!outcome) return broken_database(file_, "trial " + std::to_string(r.number) + " holds an unknown word");
      r.verdict.outcome = *outcome;
      r.verdict.reason = query.getColumn(7).getString();
      if (query.getColumn(8).size() > 0) r.trace_path = folder_ + "/" + query.getColumn(8).getString();
      r.trace_sha256 = query.getColumn(9).getString();
      r.ended = UtcTime{query.getColumn(10).getInt64()};
    }
    // Few trials are invalidated: they are looked up apart, ordered as the rows are.
    SQLite::Statement voids(
        *db_,
        "SELECT i.trial, i.reason, i.person, i.before_reveal FROM invalidations i JOIN trials_started t "
        "ON t.number = i.trial WHERE t.session = ? ORDER BY i.number DESC");
    voids.bind(1, session);
    while (voids.executeStep()) {
      const std::int64_t number = voids.getColumn(0).getInt64();
      const auto at = std::lower_bound(out.begin(), out.end(), number,
                                       [](const TrialRecord& r, std::int64_t n) { return r.number < n; });
      if (at == out.end() || at->number != number) continue;
      at->validity = Validity::invalid;
      at->invalid_reason = voids.getColumn(1).getString();
      at->invalid_by = voids.getColumn(2).getString();
      at->invalid_before_reveal = voids.getColumn(3).getInt() != 0;
    }
    return out;
  });
}

Result<TrialCounts> SqliteStore::trial_counts(std::int64_t session) const {
  return read([&]() -> Result<TrialCounts> {
    SQLite::Statement query(
        *db_,
        "SELECT count(*), count(f.trial), (SELECT count(DISTINCT i.trial) FROM invalidations i JOIN "
        "trials_started s ON s.number = i.trial WHERE s.session = ?1) FROM trials_started t "
        "LEFT JOIN trials_finished f ON f.trial = t.number WHERE t.session = ?1");
    query.bind(1, session);
    query.executeStep();
    return TrialCounts{query.getColumn(0).getInt(), query.getColumn(1).getInt(), query.getColumn(2).getInt()};
  });
}

}  // namespace assay::store
