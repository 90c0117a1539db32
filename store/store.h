// The workspace: assay.db (SQLite, WAL, synchronous FULL) and traces/ab/<sha256>.mcap. The only room that
// knows SQL. Append-only: nothing that a verdict rests on is changed; rows are chained by SHA-256.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/model/plan.h"
#include "core/model/trial.h"
#include "core/result.h"

namespace assay {

struct SessionRow {
  std::int64_t number = 0;
  std::string id;                                 ///< "S-20261122-0001"
  std::string state;                              ///< locked, closed, interrupted
  std::string plan_json, plan_sha256, lock_json;  ///< lock_json: every deciding file with path and hash
  std::string chain_head_at_lock, chain_head_at_close;
  UtcTime locked, closed;
};

struct AuditRow {
  std::int64_t number = 0;
  UtcTime time;
  std::string kind, person, detail_json, previous, hash;
  std::string of_table, row_sha256;  ///< the stored row that the entry vouches for; empty: none
  std::int64_t of_row = 0;
};

struct TrialCounts {
  int started = 0, finished = 0, invalid = 0;  ///< started holds all of them
};

/// Named write points; tests kill the process at each. See set_write_point_hook().
inline constexpr const char* kWritePoints[] = {"session_insert", "trial_started", "trace_written", "trace_renamed",
                                               "trial_finished", "audit_append",  "session_close"};

class Store {
 public:
  /// Opens or creates the workspace folder. Fails with 07xx: cannot open (0701), newer schema (0702), locked by
  /// another writer (0703), broken (0704).
  static Result<std::unique_ptr<Store>> open(const std::string& folder, bool read_only = false);
  virtual ~Store() = default;

  virtual const std::string& folder() const = 0;
  virtual Result<SessionRow> lock_session(const std::string& plan_json, const std::string& plan_sha256,
                                          const std::string& lock_json, UtcTime now) = 0;
  /// `state`: closed (for good) or interrupted; a new row. SessionRow::closed is the time of the last such row.
  virtual Result<void> close_session(std::int64_t session, const std::string& state, UtcTime now) = 0;
  virtual Result<std::vector<SessionRow>> sessions() const = 0;
  /// By number, id, or "last".
  virtual Result<SessionRow> session(const std::string& name) const = 0;

  /// Row "started" for (task, level, index, attempt); attempt is counted by the store, from 0. Durable on return.
  /// 0711 on a closed session.
  virtual Result<TrialRecord> start_trial(std::int64_t session, const std::string& task, int level, int index,
                                          UtcTime now) = 0;
  /// Moves the durable trace file into traces/ab/, then row "finished". `staged_trace` may be empty. The record is
  /// that of start_trial(), filled in; its trace_sha256, where given, must be the file's (0716). 0711 if finished.
  virtual Result<void> finish_trial(std::int64_t session, const TrialRecord& record, const std::string& staged_trace,
                                    UtcTime now) = 0;
  /// A new row, never an update; `by` and `reason` required. `before_reveal` only for a trial that has no finished row:
  /// an outcome on record is revealed. Fails with 0710 (unknown trial), 0714, 0715 (revealed already).
  virtual Result<void> invalidate(std::int64_t trial, const std::string& reason, const std::string& by,
                                  bool before_reveal, UtcTime now) = 0;
  /// By number, ascending. trace_path is ready to open: the workspace's folder stands before it. The first
  /// invalidation of a trial is the one that counts.
  virtual Result<std::vector<TrialRecord>> trials(std::int64_t session) const = 0;
  virtual Result<TrialRecord> trial(std::int64_t number) const = 0;
  /// The same rows without checks, metrics, robustness and digests, for lists of very many.
  virtual Result<std::vector<TrialRecord>> trial_rows(std::int64_t session) const = 0;
  virtual Result<TrialCounts> trial_counts(std::int64_t session) const = 0;
  virtual Result<void> save_grade(std::int64_t session, const std::string& scheme_sha256, const std::string& json,
                                  UtcTime now) = 0;
  virtual Result<std::vector<std::string>> grades(std::int64_t session) const = 0;  ///< JSON, oldest first

  virtual Result<void> audit(const std::string& kind, const std::string& person, const std::string& detail_json,
                             UtcTime now) = 0;
  virtual Result<std::vector<AuditRow>> audit_log() const = 0;
  /// A chained row's canonical JSON, whose SHA-256 stands in its audit entry. ASSAY-0720 if there is no such row.
  virtual Result<std::string> chained_row(const std::string& table, std::int64_t row) const = 0;
  virtual std::string chain_head() const = 0;
  /// Recomputes the chain; fails with ASSAY-0720 naming the first broken row.
  virtual Result<void> verify_chain() const = 0;
  /// A folder on the same file system for traces in the making.
  virtual std::string staging_folder() const = 0;
};

/// Called with the write point's name just before it; tests abort there. Also set by ASSAY_KILL_AT=<point>[:n].
void set_write_point_hook(std::function<void(const char*)> hook);
void write_point(const char* name);

}  // namespace assay
