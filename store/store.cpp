#include "store/store.h"

#include <filesystem>
#include <set>

#include "store/chain.h"
#include "store/sqlite_store.h"

namespace assay {

Result<std::unique_ptr<Store>> Store::open(const std::string& folder, bool read_only) {
  auto opened = std::make_unique<store::SqliteStore>(folder, read_only);
  ASSAY_RETURN_IF_ERROR(opened->open());
  return std::unique_ptr<Store>(std::move(opened));
}

}  // namespace assay

namespace assay::store {

namespace fs = std::filesystem;

SqliteStore::SqliteStore(std::string folder, bool read_only)
    : folder_(std::move(folder)), file_((fs::path(folder_) / kDatabaseName).string()), read_only_(read_only) {}

Result<void> SqliteStore::open() {
  std::error_code code;
  if (read_only_ && !fs::exists(file_, code)) return not_possible(file_, "open", code ? code.value() : ENOENT);
  if (fs::exists(file_, code) && !fs::is_regular_file(file_, code)) return broken_database(file_, "not a regular file");
  if (!read_only_) {
    ASSAY_RETURN_IF_ERROR(create_layout(folder_));
    ASSAY_RETURN_IF_ERROR(lock_.take(folder_));
  }
  ASSAY_TRY(db_, open_database(file_, read_only_));
  if (read_only_) return {};
  return write([&]() -> Result<void> {
    std::set<std::string> named;
    SQLite::Statement query(*db_, "SELECT trace_sha256 FROM trials_finished");
    while (query.executeStep()) named.insert(query.getColumn(0).getString());
    sweep_orphans(folder_, named);
    return {};
  });
}

std::string SqliteStore::staging_folder() const { return (fs::path(folder_) / kStagingName).string(); }

Result<void> SqliteStore::save_grade(std::int64_t session, const std::string& scheme_sha256, const std::string& json,
                                     UtcTime now) {
  return write([&]() -> Result<void> {
    ASSAY_TRY(const auto row, find_session("number = ?1", session, std::to_string(session)));
    SQLite::Transaction transaction(*db_, SQLite::TransactionBehavior::IMMEDIATE);
    SQLite::Statement insert(*db_, "INSERT INTO grades (session, scheme_sha256, json, time_ns) VALUES (?, ?, ?, ?)");
    insert.bind(1, row.number);
    insert.bind(2, scheme_sha256);
    insert.bind(3, json);
    insert.bind(4, now.ns);
    insert.exec();
    append(*db_, {"graded", "assay", "{\"session\":\"" + row.id + "\"}", "grades", db_->getLastInsertRowid()}, now);
    transaction.commit();
    return {};
  });
}

Result<std::vector<std::string>> SqliteStore::grades(std::int64_t session) const {
  return read([&]() -> Result<std::vector<std::string>> {
    SQLite::Statement query(*db_, "SELECT json FROM grades WHERE session = ? ORDER BY number");
    query.bind(1, session);
    std::vector<std::string> out;
    while (query.executeStep()) out.push_back(query.getColumn(0).getString());
    return out;
  });
}

Result<void> SqliteStore::audit(const std::string& kind, const std::string& person, const std::string& detail_json,
                                UtcTime now) {
  return write([&]() -> Result<void> {
    if (kind.empty()) return incomplete({"an audit entry needs a kind", "审计条目必须有类别"});
    SQLite::Transaction transaction(*db_, SQLite::TransactionBehavior::IMMEDIATE);
    append(*db_, {kind, person, detail_json, "", 0}, now);
    transaction.commit();
    return {};
  });
}

Result<std::vector<AuditRow>> SqliteStore::audit_log() const {
  return read([&]() -> Result<std::vector<AuditRow>> {
    SQLite::Statement query(
        *db_,
        "SELECT number, time_ns, kind, person, detail_json, previous, hash, of_table, row_sha256, of_row FROM audit "
        "ORDER BY number");
    std::vector<AuditRow> out;
    while (query.executeStep())
      out.push_back({query.getColumn(0).getInt64(), UtcTime{query.getColumn(1).getInt64()},
                     query.getColumn(2).getString(), query.getColumn(3).getString(), query.getColumn(4).getString(),
                     query.getColumn(5).getString(), query.getColumn(6).getString(), query.getColumn(7).getString(),
                     query.getColumn(8).getString(), query.getColumn(9).getInt64()});
    return out;
  });
}

Result<std::string> SqliteStore::chained_row(const std::string& table, std::int64_t row) const {
  return read([&]() -> Result<std::string> {
    auto text = row_text(*db_, table, row);
    if (!text.empty()) return text;
    return store_error(720, {"the record was altered: a chained row is gone", "记录被改动：链中记录的行已不存在"},
                       file_, table + " row " + std::to_string(row),
                       {"restore the workspace from a backup", "请从备份恢复工作区"});
  });
}

std::string SqliteStore::chain_head() const {
  auto head = read([&]() -> Result<std::string> { return store::chain_head(*db_); });
  return head ? *head : std::string{};
}

Result<void> SqliteStore::verify_chain() const {
  return read([&]() -> Result<void> {
    // One snapshot, so that a writer at work does not look like a broken chain.
    SQLite::Transaction snapshot(*db_, SQLite::TransactionBehavior::DEFERRED);
    return verify(*db_, file_);
  });
}

Error SqliteStore::reading_only() const {
  return store_error(708, {"the workspace is open for reading only", "工作区为只读"}, file_, "an attempt to write",
                     {"open it for writing, or make the folder writable", "请以可写方式打开，或将文件夹设为可写"});
}

Error SqliteStore::no_such(int id, const char* en, const char* zh, const std::string& name) const {
  return store_error(id, {en, zh}, file_, name,
                     id == 710 ? Text{"list them with `assay trial list`", "请用 `assay trial list` 查看已有试验"}
                               : Text{"list what there is with `assay status`", "请用 `assay status` 查看已有内容"});
}

Error SqliteStore::refused(Text what, std::string found) const {
  return store_error(711, std::move(what), file_, std::move(found),
                     {"nothing was changed: stored rows are never altered", "未作任何改动：已存记录不可更改"});
}

Error SqliteStore::incomplete(Text what) const {
  return store_error(714, std::move(what), file_, "an empty or unknown value",
                     {"give the missing value", "请补全该值"});
}

Error SqliteStore::revealed(std::string trial) const {
  return store_error(
      715,
      {"the trial has finished: its outcome is on record and cannot count as not yet revealed",
       "该试验已结束，结果已记录在案，不能再按“结果揭示之前”作废"},
      file_, "finished trial " + std::move(trial),
      {"invalidate it without the flag; it then counts as a failure", "请去掉该选项后再作废；该试验将计为失败"});
}

}  // namespace assay::store
