// The Store on SQLite. Not for other rooms.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "store/database.h"
#include "store/store.h"
#include "store/workspace.h"

namespace assay::store {

class SqliteStore final : public Store {
 public:
  SqliteStore(std::string folder, bool read_only);
  Result<void> open();

  const std::string& folder() const override { return folder_; }
  Result<SessionRow> lock_session(const std::string& plan_json, const std::string& plan_sha256,
                                  const std::string& lock_json, UtcTime now) override;
  Result<void> close_session(std::int64_t session, const std::string& state, UtcTime now) override;
  Result<std::vector<SessionRow>> sessions() const override;
  Result<SessionRow> session(const std::string& name) const override;
  Result<TrialRecord> start_trial(std::int64_t session, const std::string& task, int level, int index,
                                  UtcTime now) override;
  Result<void> finish_trial(std::int64_t session, const TrialRecord& record, const std::string& staged_trace,
                            UtcTime now) override;
  Result<void> invalidate(std::int64_t trial, const std::string& reason, const std::string& by, bool before_reveal,
                          UtcTime now) override;
  Result<std::vector<TrialRecord>> trials(std::int64_t session) const override;
  Result<TrialRecord> trial(std::int64_t number) const override;
  Result<std::vector<TrialRecord>> trial_rows(std::int64_t session) const override;
  Result<TrialCounts> trial_counts(std::int64_t session) const override;
  Result<void> save_grade(std::int64_t session, const std::string& scheme_sha256, const std::string& json,
                          UtcTime now) override;
  Result<std::vector<std::string>> grades(std::int64_t session) const override;
  Result<void> audit(const std::string& kind, const std::string& person, const std::string& detail_json,
                     UtcTime now) override;
  Result<std::vector<AuditRow>> audit_log() const override;
  Result<std::string> chained_row(const std::string& table, std::int64_t row) const override;
  std::string chain_head() const override;
  Result<void> verify_chain() const override;
  std::string staging_folder() const override;

 private:
  /// One caller at a time; what SQLite throws becomes an error.
  template <class F>
  auto read(F&& function) const -> decltype(function()) {
    const std::lock_guard lock(mutex_);
    return guarded(file_, std::forward<F>(function));
  }
  /// The same for a writer, refused on a store that was opened for reading (0708).
  template <class F>
  auto write(F&& function) -> decltype(function()) {
    if (read_only_) return reading_only();
    return read(std::forward<F>(function));
  }

  [[nodiscard]] Error reading_only() const;
  [[nodiscard]] Error no_such(int id, const char* en, const char* zh, const std::string& name) const;
  [[nodiscard]] Error refused(Text what, std::string found) const;  ///< 0711
  [[nodiscard]] Error incomplete(Text what) const;                  ///< 0714
  [[nodiscard]] Error revealed(std::string trial) const;            ///< 0715

  // Callers hold the mutex; may throw SQLite::Exception.
  Result<SessionRow> find_session(const std::string& where, std::int64_t number, const std::string& id) const;
  Result<void> check_open(std::int64_t session) const;
  Result<std::vector<TrialRecord>> find_trials(const char* where, std::int64_t value) const;
  Result<void> insert_finished(const TrialRecord& record, const StoredTrace& trace, UtcTime ended);

  std::string folder_, file_;
  bool read_only_;
  mutable std::mutex mutex_;
  WriterLock lock_;
  std::unique_ptr<SQLite::Database> db_;
};

}  // namespace assay::store
