#include "store/migrations.h"

#include <iterator>
#include <string>

namespace assay::store {

namespace {

// Doubles are kept twice: readable as REAL, exact as the integer of their bits. Times are UTC nanoseconds.
constexpr const char* kMigrations[] = {
    R"sql(
CREATE TABLE sessions (
  number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, plan_json TEXT NOT NULL, plan_sha256 TEXT NOT NULL,
  lock_json TEXT NOT NULL, locked_ns INTEGER NOT NULL) STRICT;
CREATE TABLE session_states (
  number INTEGER PRIMARY KEY, session INTEGER NOT NULL REFERENCES sessions(number), state TEXT NOT NULL,
  time_ns INTEGER NOT NULL) STRICT;
CREATE TABLE trials_started (
  number INTEGER PRIMARY KEY, session INTEGER NOT NULL REFERENCES sessions(number), task TEXT NOT NULL,
  level INTEGER NOT NULL, idx INTEGER NOT NULL, attempt INTEGER NOT NULL, started_ns INTEGER NOT NULL,
  UNIQUE (session, task, level, idx, attempt)) STRICT;
CREATE TABLE trials_finished (
  trial INTEGER PRIMARY KEY REFERENCES trials_started(number), outcome TEXT NOT NULL, reason TEXT NOT NULL,
  robustness REAL, robustness_bits INTEGER NOT NULL, checks_json TEXT NOT NULL, content_digest TEXT NOT NULL,
  trace_sha256 TEXT NOT NULL, trace_path TEXT NOT NULL, initial_state_digest TEXT NOT NULL,
  ended_ns INTEGER NOT NULL) STRICT;
CREATE TABLE trial_metrics (
  trial INTEGER NOT NULL REFERENCES trials_finished(trial), ordinal INTEGER NOT NULL, id TEXT NOT NULL,
  version INTEGER NOT NULL, value REAL, value_bits INTEGER, why_undefined TEXT NOT NULL, unit TEXT NOT NULL,
  vantage TEXT NOT NULL, PRIMARY KEY (trial, ordinal)) STRICT;
CREATE TABLE invalidations (
  number INTEGER PRIMARY KEY, trial INTEGER NOT NULL REFERENCES trials_started(number), reason TEXT NOT NULL,
  person TEXT NOT NULL, before_reveal INTEGER NOT NULL, time_ns INTEGER NOT NULL) STRICT;
CREATE INDEX invalidations_by_trial ON invalidations(trial);
CREATE TABLE grades (
  number INTEGER PRIMARY KEY, session INTEGER NOT NULL REFERENCES sessions(number), scheme_sha256 TEXT NOT NULL,
  json TEXT NOT NULL, time_ns INTEGER NOT NULL) STRICT;
CREATE TABLE audit (
  number INTEGER PRIMARY KEY, time_ns INTEGER NOT NULL, kind TEXT NOT NULL, person TEXT NOT NULL,
  detail_json TEXT NOT NULL, of_table TEXT NOT NULL, of_row INTEGER NOT NULL, row_sha256 TEXT NOT NULL,
  previous TEXT NOT NULL, hash TEXT NOT NULL) STRICT;
CREATE INDEX audit_by_row ON audit(of_table, of_row);
)sql",
    // What a trial itself says of a metric's value. A table of its own: the chain vouches for whole rows of the others.
    R"sql(
CREATE TABLE metric_limits (
  trial INTEGER NOT NULL REFERENCES trials_finished(trial), ordinal INTEGER NOT NULL, lower REAL, lower_bits INTEGER,
  upper REAL, upper_bits INTEGER, n INTEGER NOT NULL, PRIMARY KEY (trial, ordinal)) STRICT;
)sql"};

/// The step after which a table is there.
int step_of(const std::string& table) { return table == "metric_limits" ? 1 : 0; }

/// Nothing that a verdict rests on is ever changed, by whatever program opens the file.
std::string guard_of(const std::string& table, const std::string& verb) {
  return "CREATE TRIGGER " + table + "_no_" + verb + " BEFORE " + verb + " ON " + table +
         " BEGIN SELECT RAISE(ABORT, '" + table + " is append-only'); END;";
}

}  // namespace

int newest_schema() { return static_cast<int>(std::size(kMigrations)); }

void migrate(SQLite::Database& db, int version) {
  for (int step = version; step < newest_schema(); ++step) {
    SQLite::Transaction transaction(db, SQLite::TransactionBehavior::IMMEDIATE);
    db.exec(kMigrations[step]);
    if (step == 0) db.exec("PRAGMA application_id = " + std::to_string(kApplicationId));
    for (const char* table : kTables)
      if (step_of(table) == step)
        for (const char* verb : {"UPDATE", "DELETE"}) db.exec(guard_of(table, verb));
    db.exec("PRAGMA user_version = " + std::to_string(step + 1));
    transaction.commit();
  }
}

}  // namespace assay::store
