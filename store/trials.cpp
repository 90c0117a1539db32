// Trials: a row when one starts, a row when it has finished, rows for what was said of it later.
#include <filesystem>
#include <nlohmann/json.hpp>

#include "store/chain.h"
#include "store/sqlite_store.h"

namespace assay::store {

namespace {

using Json = nlohmann::json;

std::string dump(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

std::string checks_to_json(const Verdict& verdict) {
  Json json = Json::array();
  for (const auto& [name, met] : verdict.checks) json.push_back({name, met});
  return dump(json);
}

/// Throws Json::exception on text that is not ours; guarded() turns it into 0704.
std::vector<std::pair<std::string, bool>> checks_from_json(const std::string& text) {
  return Json::parse(text).get<std::vector<std::pair<std::string, bool>>>();
}

std::optional<Vantage> vantage_from(const std::string& name) {
  for (const auto vantage : {Vantage::simulator, Vantage::instrument, Vantage::self_report, Vantage::operator_})
    if (name == to_string(vantage)) return vantage;
  return std::nullopt;
}

constexpr const char* kSelectTrials =
    "SELECT t.number, t.task, t.level, t.idx, t.attempt, t.started_ns, f.outcome, f.reason, f.robustness_bits, "
    "f.checks_json, f.content_digest, f.trace_sha256, f.trace_path, f.initial_state_digest, f.ended_ns, "
    "i.reason, i.person, i.before_reveal FROM trials_started t "
    "LEFT JOIN trials_finished f ON f.trial = t.number "
    "LEFT JOIN invalidations i ON i.number = (SELECT min(number) FROM invalidations WHERE trial = t.number) WHERE ";

/// Columns of kSelectTrials; false where a stored word is not one of ours.
bool trial_from(SQLite::Statement& q, const std::string& folder, TrialRecord& r) {
  r.number = q.getColumn(0).getInt64();
  r.task = q.getColumn(1).getString();
  r.level = q.getColumn(2).getInt();
  r.index = q.getColumn(3).getInt();
  r.attempt = q.getColumn(4).getInt();
  r.started = UtcTime{q.getColumn(5).getInt64()};
  if (!q.getColumn(15).isNull()) {
    r.validity = Validity::invalid;
    r.invalid_reason = q.getColumn(15).getString();
    r.invalid_by = q.getColumn(16).getString();
    r.invalid_before_reveal = q.getColumn(17).getInt() != 0;
  }
  r.finished = !q.getColumn(6).isNull();
  if (!r.finished) return true;
  const auto outcome = outcome_from(q.getColumn(6).getString());
  if (!outcome) return false;
  r.verdict.outcome = *outcome;
  r.verdict.reason = q.getColumn(7).getString();
  r.verdict.robustness = from_bits(q.getColumn(8).getInt64());
  r.verdict.checks = checks_from_json(q.getColumn(9).getString());
  r.content_digest = q.getColumn(10).getString();
  r.trace_sha256 = q.getColumn(11).getString();
  const std::string path = q.getColumn(12).getString();
  if (!path.empty()) r.trace_path = (std::filesystem::path(folder) / path).string();
  r.initial_state_digest = q.getColumn(13).getString();
  r.ended = UtcTime{q.getColumn(14).getInt64()};
  return true;
}

/// Metrics of one trial; false where a stored word is not one of ours.
bool read_metrics(SQLite::Statement& query, TrialRecord& record) {
  query.reset();
  query.bind(1, record.number);
  while (query.executeStep()) {
    MetricValue value;
    value.id = query.getColumn(0).getString();
    value.version = query.getColumn(1).getInt();
    if (!query.getColumn(2).isNull()) value.value = from_bits(query.getColumn(2).getInt64());
    value.why_undefined = query.getColumn(3).getString();
    value.unit = query.getColumn(4).getString();
    const auto vantage = vantage_from(query.getColumn(5).getString());
    if (!vantage) return false;
    value.vantage = *vantage;
    if (!query.getColumn(6).isNull()) value.lower = from_bits(query.getColumn(6).getInt64());
    if (!query.getColumn(7).isNull()) value.upper = from_bits(query.getColumn(7).getInt64());
    if (!query.getColumn(8).isNull()) value.n = query.getColumn(8).getInt();
    record.metrics.push_back(std::move(value));
  }
  return true;
}

/// Only where the trial says something of the value.
void insert_limits(SQLite::Database& db, const TrialRecord& record) {
  SQLite::Statement insert(db, "INSERT INTO metric_limits VALUES (?, ?, ?, ?, ?, ?, ?)");
  std::int64_t ordinal = -1;
  for (const auto& metric : record.metrics) {
    ++ordinal;
    if (!metric.lower && !metric.upper && metric.n == 0) continue;
    insert.reset();
    insert.clearBindings();
    insert.bind(1, record.number);
    insert.bind(2, ordinal);
    if (metric.lower) {
      insert.bind(3, *metric.lower);
      insert.bind(4, bits_of(*metric.lower));
    }
    if (metric.upper) {
      insert.bind(5, *metric.upper);
      insert.bind(6, bits_of(*metric.upper));
    }
    insert.bind(7, metric.n);
    insert.exec();
  }
}

void insert_metrics(SQLite::Database& db, const TrialRecord& record) {
  SQLite::Statement insert(db, "INSERT INTO trial_metrics VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
  std::int64_t ordinal = 0;
  for (const auto& metric : record.metrics) {
    insert.reset();
    insert.clearBindings();
    insert.bind(1, record.number);
    insert.bind(2, ordinal++);
    insert.bind(3, metric.id);
    insert.bind(4, metric.version);
    if (metric.value) {
      insert.bind(5, *metric.value);
      insert.bind(6, bits_of(*metric.value));
    }
    insert.bind(7, metric.why_undefined);
    insert.bind(8, metric.unit);
    insert.bind(9, std::string(to_string(metric.vantage)));
    insert.exec();
  }
}

}  // namespace

Result<TrialRecord> SqliteStore::start_trial(std::int64_t session, const std::string& task, int level, int index,
                                             UtcTime now) {
  return write([&]() -> Result<TrialRecord> {
    if (task.empty()) return incomplete({"a trial needs a task", "试验必须指明任务"});
    ASSAY_RETURN_IF_ERROR(check_open(session));
    SQLite::Transaction transaction(*db_, SQLite::TransactionBehavior::IMMEDIATE);
    SQLite::Statement count(*db_,
                            "SELECT coalesce(max(attempt) + 1, 0) FROM trials_started "
                            "WHERE session = ? AND task = ? AND level = ? AND idx = ?");
    count.bind(1, session);
    count.bind(2, task);
    count.bind(3, level);
    count.bind(4, index);
    count.executeStep();
    const int attempt = count.getColumn(0).getInt();
    write_point("trial_started");
    SQLite::Statement insert(*db_,
                             "INSERT INTO trials_started (session, task, level, idx, attempt, started_ns) "
                             "VALUES (?, ?, ?, ?, ?, ?)");
    insert.bind(1, session);
    insert.bind(2, task);
    insert.bind(3, level);
    insert.bind(4, index);
    insert.bind(5, attempt);
    insert.bind(6, now.ns);
    insert.exec();
    const std::int64_t number = db_->getLastInsertRowid();
    const Json detail{{"trial", number}, {"task", task}, {"level", level}, {"index", index}, {"attempt", attempt}};
    append(*db_, {"started", "assay", dump(detail), "trials_started", number}, now);
    transaction.commit();
    TrialRecord record;
    record.number = number;
    record.task = task;
    record.level = level;
    record.index = index;
    record.attempt = attempt;
    record.started = now;
    return record;
  });
}

Result<void> SqliteStore::insert_finished(const TrialRecord& record, const StoredTrace& trace, UtcTime ended) {
  SQLite::Transaction transaction(*db_, SQLite::TransactionBehavior::IMMEDIATE);
  write_point("trial_finished");
  SQLite::Statement insert(*db_, "INSERT INTO trials_finished VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  insert.bind(1, record.number);
  insert.bind(2, std::string(to_string(record.verdict.outcome)));
  insert.bind(3, record.verdict.reason);
  insert.bind(4, record.verdict.robustness);
  insert.bind(5, bits_of(record.verdict.robustness));
  insert.bind(6, checks_to_json(record.verdict));
  insert.bind(7, record.content_digest);
  insert.bind(8, trace.sha256);
  insert.bind(9, trace.path);
  insert.bind(10, record.initial_state_digest);
  insert.bind(11, ended.ns);
  insert.exec();
  insert_metrics(*db_, record);
  insert_limits(*db_, record);
  const Json detail{{"trial", record.number},
                    {"outcome", to_string(record.verdict.outcome)},
                    {"reason", record.verdict.reason},
                    {"trace_sha256", trace.sha256}};
  append(*db_, {"finished", "assay", dump(detail), "trials_finished", record.number}, ended);
  transaction.commit();
  return {};
}

Result<void> SqliteStore::finish_trial(std::int64_t session, const TrialRecord& record, const std::string& staged_trace,
                                       UtcTime now) {
  return write([&]() -> Result<void> {
    SQLite::Statement query(*db_,
                            "SELECT t.task, t.level, t.idx, t.attempt, f.trial FROM trials_started t LEFT JOIN "
                            "trials_finished f ON f.trial = t.number WHERE t.number = ? AND t.session = ?");
    query.bind(1, record.number);
    query.bind(2, session);
    const std::string name = std::to_string(record.number);
    if (!query.executeStep()) return no_such(710, "no such trial in this session", "该会话中没有这次试验", name);
    if (query.getColumn(0).getString() != record.task || query.getColumn(1).getInt() != record.level ||
        query.getColumn(2).getInt() != record.index || query.getColumn(3).getInt() != record.attempt)
      return refused({"the record is not that of the trial that was started", "该记录与已开始的试验不符"}, name);
    if (!query.getColumn(4).isNull()) return refused({"the trial has finished already", "该试验已经结束"}, name);
    query.reset();
    ASSAY_RETURN_IF_ERROR(check_open(session));
    StoredTrace trace;
    if (!staged_trace.empty()) {
      ASSAY_TRY(trace, keep_trace(folder_, staged_trace, record.trace_sha256));
    }
    return insert_finished(record, trace, record.ended.ns != 0 ? record.ended : now);
  });
}

Result<void> SqliteStore::invalidate(std::int64_t trial, const std::string& reason, const std::string& by,
                                     bool before_reveal, UtcTime now) {
  return write([&]() -> Result<void> {
    if (reason.empty() || by.empty())
      return incomplete({"an invalidation needs a reason and a person", "作废必须写明理由和责任人"});
    SQLite::Statement known(*db_, "SELECT 1 FROM trials_started WHERE number = ?");
    known.bind(1, trial);
    if (!known.executeStep()) return no_such(710, "no such trial", "没有这次试验", std::to_string(trial));
    known.reset();
    SQLite::Transaction transaction(*db_, SQLite::TransactionBehavior::IMMEDIATE);
    if (before_reveal) {
      SQLite::Statement finished(*db_, "SELECT 1 FROM trials_finished WHERE trial = ?");
      finished.bind(1, trial);
      if (finished.executeStep()) return revealed(std::to_string(trial));
    }
    SQLite::Statement insert(*db_,
                             "INSERT INTO invalidations (trial, reason, person, before_reveal, time_ns) "
                             "VALUES (?, ?, ?, ?, ?)");
    insert.bind(1, trial);
    insert.bind(2, reason);
    insert.bind(3, by);
    insert.bind(4, before_reveal ? 1 : 0);
    insert.bind(5, now.ns);
    insert.exec();
    const Json detail{{"trial", trial}, {"reason", reason}, {"before_reveal", before_reveal}};
    append(*db_, {"invalidated", by, dump(detail), "invalidations", db_->getLastInsertRowid()}, now);
    transaction.commit();
    return {};
  });
}

Result<std::vector<TrialRecord>> SqliteStore::find_trials(const char* where, std::int64_t value) const {
  SQLite::Transaction snapshot(*db_, SQLite::TransactionBehavior::DEFERRED);
  SQLite::Statement query(*db_, std::string(kSelectTrials) + where + " ORDER BY t.number");
  SQLite::Statement metrics(*db_,
                            "SELECT m.id, m.version, m.value_bits, m.why_undefined, m.unit, m.vantage, l.lower_bits, "
                            "l.upper_bits, l.n FROM trial_metrics m LEFT JOIN metric_limits l ON l.trial = m.trial "
                            "AND l.ordinal = m.ordinal WHERE m.trial = ? ORDER BY m.ordinal");
  query.bind(1, value);
  std::vector<TrialRecord> out;
  while (query.executeStep()) {
    TrialRecord record;
    if (!trial_from(query, folder_, record) || !read_metrics(metrics, record))
      return broken_database(file_, "trial " + std::to_string(record.number) + " holds an unknown word");
    out.push_back(std::move(record));
  }
  return out;
}

Result<std::vector<TrialRecord>> SqliteStore::trials(std::int64_t session) const {
  return read([&]() -> Result<std::vector<TrialRecord>> {
    auto known = find_session("number = ?1", session, std::to_string(session));
    if (!known) return std::move(known).error();
    return find_trials("t.session = ?", session);
  });
}

Result<TrialRecord> SqliteStore::trial(std::int64_t number) const {
  return read([&]() -> Result<TrialRecord> {
    ASSAY_TRY(auto found, find_trials("t.number = ?", number));
    if (found.empty()) return no_such(710, "no such trial", "没有这次试验", std::to_string(number));
    return std::move(found.front());
  });
}

}  // namespace assay::store
