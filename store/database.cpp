#include "store/database.h"

#include <sqlite3.h>

#include <bit>
#include <filesystem>

#include "store/migrations.h"
#include "store/workspace.h"

namespace assay::store {

namespace fs = std::filesystem;

namespace {

constexpr int kBusyTimeoutMs = 5000;

Error older_schema(const std::string& file, int version) {
  return store_error(
      705,
      {"the workspace has an older layout, which only a writer can bring up to date",
       "工作区的数据格式较旧，须以可写方式打开后才能升级"},
      file, "schema " + std::to_string(version),
      {"open it once for writing, for example with `assay resume`", "请以可写方式打开一次，例如运行 `assay resume`"},
      {"schema " + std::to_string(newest_schema()), "格式版本 " + std::to_string(newest_schema())});
}

Error newer_schema(const std::string& file, int version) {
  return store_error(702,
                     {"the workspace was written by a newer version of this program", "该工作区由更新版本的程序写入"},
                     file, "schema " + std::to_string(version),
                     {"use the newer program; nothing was changed", "请使用更新版本的程序；未作任何改动"},
                     {"schema " + std::to_string(newest_schema()) + " or older",
                      "格式版本 " + std::to_string(newest_schema()) + " 或更早"});
}

int pragma_int(SQLite::Database& db, const char* name) { return db.execAndGet(std::string("PRAGMA ") + name).getInt(); }

/// Is it ours, and of a version that we can read? Touches nothing.
Result<int> check_identity(SQLite::Database& db, const std::string& file) {
  const int version = pragma_int(db, "user_version");
  const int application = pragma_int(db, "application_id");
  const int objects = db.execAndGet("SELECT count(*) FROM sqlite_master").getInt();
  if (version == 0 && application == 0 && objects == 0) return 0;
  if (application != kApplicationId) return broken_database(file, "a database of another program");
  if (version > newest_schema()) return newer_schema(file, version);
  if (version < 1) return broken_database(file, "schema " + std::to_string(version));
  return version;
}

Result<void> check_soundness(SQLite::Database& db, const std::string& file) {
  const std::string said = db.execAndGet("PRAGMA quick_check(1)").getString();
  if (said != "ok") return broken_database(file, said);
  for (const char* table : kTables) {
    SQLite::Statement query(db, "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?");
    query.bind(1, std::string(table));
    query.executeStep();
    if (query.getColumn(0).getInt() != 1) return broken_database(file, std::string("no table ") + table);
  }
  return {};
}

Result<void> prepare(SQLite::Database& db, const std::string& file, bool read_only) {
  db.exec("PRAGMA trusted_schema = OFF");
  db.exec("PRAGMA cell_size_check = ON");
  ASSAY_TRY(const int version, check_identity(db, file));
  if (read_only) {
    if (version < newest_schema()) return older_schema(file, version);
    db.exec("PRAGMA query_only = ON");
    return check_soundness(db, file);
  }
  const std::string mode = db.execAndGet("PRAGMA journal_mode = WAL").getString();
  if (mode != "wal")
    return store_error(
        701, {"the workspace's file system cannot hold the database safely", "工作区所在文件系统无法安全存放数据库"},
        file, "journal mode " + mode, {"use a local disk", "请使用本地磁盘"}, {"journal mode wal", "日志模式 wal"});
  db.exec("PRAGMA synchronous = FULL");
  db.exec("PRAGMA foreign_keys = ON");
  migrate(db, version);
  return check_soundness(db, file);
}

/// A read-only folder holds no shared-memory file, which WAL needs; without a log the file itself is whole.
std::unique_ptr<SQLite::Database> open_immutable(const std::string& file) {
  std::string escaped;
  for (const char c : fs::absolute(file).string()) {
    if (c == '%' || c == '?' || c == '#')
      escaped += c == '%' ? "%25" : c == '?' ? "%3f" : "%23";
    else
      escaped += c;
  }
  return std::make_unique<SQLite::Database>("file:" + escaped + "?immutable=1",
                                            SQLite::OPEN_READONLY | SQLite::OPEN_URI);
}

bool has_log(const std::string& file) {
  std::error_code code;
  const auto size = fs::file_size(file + "-wal", code);
  return !code && size > 0;
}

}  // namespace

Result<std::unique_ptr<SQLite::Database>> open_database(const std::string& file, bool read_only) {
  using Pointer = std::unique_ptr<SQLite::Database>;
  const int flags = read_only ? SQLite::OPEN_READONLY : SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE;
  const auto attempt = [&](bool immutable) {
    return guarded(file, [&]() -> Result<Pointer> {
      auto db = immutable ? open_immutable(file) : std::make_unique<SQLite::Database>(file, flags, kBusyTimeoutMs);
      ASSAY_RETURN_IF_ERROR(prepare(*db, file, read_only));
      return db;
    });
  };
  auto opened = attempt(false);
  const bool retry = !opened && read_only && !has_log(file) && (opened.error().id == 701 || opened.error().id == 708);
  return retry ? attempt(true) : std::move(opened);
}

Error broken_database(const std::string& file, std::string found) {
  return store_error(
      704, {"the workspace's database is broken or not one of ours", "工作区数据库已损坏，或不是本程序的数据库"}, file,
      std::move(found),
      {"keep the file for inspection and restore the workspace from a copy", "请保留该文件备查，并从副本恢复工作区"});
}

Error sqlite_error(const SQLite::Exception& exception, const std::string& file) {
  const std::string found = exception.what();
  switch (exception.getErrorCode() & 0xff) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_MISMATCH:
      return broken_database(file, found);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return store_error(706, {"the database is busy", "数据库正忙"}, file, found,
                         {"try again; if it lasts, look for a process that holds the file",
                          "请重试；若持续出现，请检查占用该文件的进程"});
    case SQLITE_FULL:
      return store_error(
          707, {"the disk is full", "磁盘已满"}, file, found,
          {"free some space, then resume: what was committed is safe", "请腾出空间后继续运行；已提交的内容不受影响"});
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return store_error(708, {"the workspace is open for reading only", "工作区为只读"}, file, found,
                         {"open it for writing, or make the folder writable", "请以可写方式打开，或将文件夹设为可写"});
    case SQLITE_CANTOPEN:
      return store_error(701, {"the workspace cannot be opened or written", "无法打开或写入工作区"}, file, found,
                         {"`assay run` makes a workspace; where there should be one, check -w, and that the folder is "
                          "yours and writable",
                          "`assay run` 会建立工作区；若应已存在，请检查 -w，并确认文件夹归您所有且可写"});
    case SQLITE_CONSTRAINT:
      return store_error(711, {"the record contradicts what is already stored", "该记录与已存内容相矛盾"}, file, found,
                         {"nothing was changed: stored rows are never altered", "未作任何改动：已存记录不可更改"});
    default:
      return store_error(709, {"the database could not be read or written", "数据库读写失败"}, file, found,
                         {"check the disk; what was committed is safe", "请检查磁盘；已提交的内容不受影响"});
  }
}

std::int64_t bits_of(double value) { return std::bit_cast<std::int64_t>(value); }
double from_bits(std::int64_t bits) { return std::bit_cast<double>(bits); }

}  // namespace assay::store
