#include "store/chain.h"

#include <map>
#include <memory>
#include <nlohmann/json.hpp>

#include "core/sha256.h"
#include "store/database.h"
#include "store/migrations.h"
#include "store/store.h"
#include "store/workspace.h"

namespace assay::store {

namespace {

using Json = nlohmann::json;

struct Chained {
  const char* table;
  const char* key;
};
constexpr Chained kChained[] = {{"sessions", "number"},       {"session_states", "number"},
                                {"trials_started", "number"}, {"trials_finished", "trial"},
                                {"invalidations", "number"},  {"grades", "number"}};

std::string dump(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

/// Every column of the statement's current row by name; reals by their bits.
Json row_to_json(SQLite::Statement& row) {
  Json json = Json::object();
  for (int i = 0; i < row.getColumnCount(); ++i) {
    const auto column = row.getColumn(i);
    const char* name = column.getName();
    if (column.isInteger())
      json[name] = column.getInt64();
    else if (column.isFloat())
      json[name] = {{"bits", bits_of(column.getDouble())}};
    else if (column.isNull())
      json[name] = nullptr;
    else if (column.isText())
      json[name] = column.getString();
    else
      json[name] = {{"blob_sha256", sha256_hex(column.getString())}};
  }
  return json;
}

/// Reads stored rows as canonical JSON; keeps its statements.
class RowReader {
 public:
  explicit RowReader(const SQLite::Database& db) : db_(db) {}

  /// SHA-256 of text(); empty if there is no such row.
  std::string digest(const std::string& table, std::int64_t row) {
    const std::string found = text(table, row);
    return found.empty() ? found : sha256_hex(found);
  }

  /// The row's canonical JSON, a finished trial's metrics included; empty if there is no such row.
  std::string text(const std::string& table, std::int64_t row) {
    for (const auto& [name, key] : kChained) {
      if (table != name) continue;
      auto& query = statement(table, "SELECT * FROM " + table + " WHERE " + key + " = ?");
      query.bind(1, row);
      if (!query.executeStep()) return {};
      Json json = row_to_json(query);
      if (table == "trials_finished") {
        json["metrics"] = rows_of("trial_metrics", row);
        // Left out where there is none: rows of the first schema keep their hash.
        if (auto limits = rows_of("metric_limits", row); !limits.empty()) json["metric_limits"] = std::move(limits);
      }
      return dump(json);
    }
    return {};
  }

 private:
  Json rows_of(const std::string& table, std::int64_t trial) {
    auto& query = statement(table, "SELECT * FROM " + table + " WHERE trial = ? ORDER BY ordinal");
    query.bind(1, trial);
    Json json = Json::array();
    while (query.executeStep()) json.push_back(row_to_json(query));
    return json;
  }

  SQLite::Statement& statement(const std::string& table, const std::string& sql) {
    auto& slot = statements_[table];
    if (!slot) slot = std::make_unique<SQLite::Statement>(db_, sql);
    slot->reset();
    return *slot;
  }

  const SQLite::Database& db_;
  std::map<std::string, std::unique_ptr<SQLite::Statement>> statements_;
};

std::string entry_hash(std::int64_t number, const ChainEntry& entry, const std::string& row_sha256, UtcTime time,
                       const std::string& previous) {
  const Json json{{"number", number},       {"time_ns", time.ns},          {"kind", entry.kind},
                  {"person", entry.person}, {"detail", entry.detail_json}, {"of_table", entry.table},
                  {"of_row", entry.row},    {"row_sha256", row_sha256}};
  return sha256_hex(previous + dump(json));
}

Error broken_chain(const std::string& file, std::string found, Text expected) {
  return store_error(720, {"the record was altered: the hash chain is broken", "记录被改动：哈希链断裂"}, file,
                     std::move(found),
                     {"do not grade this workspace; compare it with a copy and with the chain head stated at lock",
                      "请勿对该工作区评级；请与副本及锁定时公布的链头核对"},
                     std::move(expected));
}

Result<void> verify_entries(const SQLite::Database& db, const std::string& file) {
  RowReader rows(db);
  SQLite::Statement query(db, "SELECT * FROM audit ORDER BY number");
  std::string previous = no_head();
  for (std::int64_t expected = 1; query.executeStep(); ++expected) {
    const std::int64_t number = query.getColumn("number").getInt64();
    const std::string name = "audit row " + std::to_string(number);
    if (number != expected)
      return broken_chain(file, name,
                          {"audit row " + std::to_string(expected), "审计第 " + std::to_string(expected) + " 行"});
    const ChainEntry entry{query.getColumn("kind").getString(), query.getColumn("person").getString(),
                           query.getColumn("detail_json").getString(), query.getColumn("of_table").getString(),
                           query.getColumn("of_row").getInt64()};
    const std::string row_sha256 = query.getColumn("row_sha256").getString();
    const std::string hash = query.getColumn("hash").getString();
    const UtcTime time{query.getColumn("time_ns").getInt64()};
    if (query.getColumn("previous").getString() != previous ||
        hash != entry_hash(number, entry, row_sha256, time, previous))
      return broken_chain(file, name, {"the hash that its content gives", "与其内容相符的哈希值"});
    previous = hash;
    if (!entry.table.empty() && rows.digest(entry.table, entry.row) != row_sha256)
      return broken_chain(
          file, entry.table + " row " + std::to_string(entry.row),
          {"the row as " + name + " vouches for it", "审计第 " + std::to_string(number) + " 行所证明的内容"});
  }
  return {};
}

/// Rows that nothing in the chain vouches for.
Result<void> verify_nothing_added(const SQLite::Database& db, const std::string& file) {
  for (const auto& [table, key] : kChained) {
    SQLite::Statement query(db, std::string("SELECT ") + key + " FROM " + table +
                                    " t WHERE NOT EXISTS (SELECT 1 FROM " + "audit WHERE of_table = '" + table +
                                    "' AND of_row = t." + key + ") ORDER BY 1 LIMIT 1");
    if (query.executeStep())
      return broken_chain(file, std::string(table) + " row " + query.getColumn(0).getString(),
                          {"only rows that the chain vouches for", "只含哈希链所证明的行"});
  }
  for (const std::string table : {"trial_metrics", "metric_limits"}) {
    SQLite::Statement stray(db,
                            "SELECT trial FROM " + table + " WHERE trial NOT IN (SELECT trial FROM trials_finished)");
    if (stray.executeStep())
      return broken_chain(file, table + " of trial " + stray.getColumn(0).getString(),
                          {"metrics of finished trials only", "仅含已完成试验的指标值"});
  }
  return {};
}

Result<void> verify_guards(const SQLite::Database& db, const std::string& file) {
  SQLite::Statement query(db, "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name = ?");
  for (const std::string table : kTables)
    for (const char* verb : {"_no_UPDATE", "_no_DELETE"}) {
      query.reset();
      query.bind(1, table + verb);
      query.executeStep();
      if (query.getColumn(0).getInt() != 1)
        return broken_chain(file, "no trigger " + table + verb, {"the guards against change", "防改动的触发器"});
    }
  return {};
}

}  // namespace

std::string no_head() { return std::string(64, '0'); }

std::string chain_head(const SQLite::Database& db) {
  SQLite::Statement query(db, "SELECT hash FROM audit ORDER BY number DESC LIMIT 1");
  return query.executeStep() ? query.getColumn(0).getString() : no_head();
}

std::string head_after(const SQLite::Database& db, const std::string& table, std::int64_t row) {
  SQLite::Statement query(db, "SELECT hash FROM audit WHERE of_table = ? AND of_row = ? ORDER BY number LIMIT 1");
  query.bind(1, table);
  query.bind(2, row);
  return query.executeStep() ? query.getColumn(0).getString() : std::string{};
}

std::string row_text(const SQLite::Database& db, const std::string& table, std::int64_t row) {
  return RowReader(db).text(table, row);
}

void append(SQLite::Database& db, const ChainEntry& entry, UtcTime now) {
  write_point("audit_append");
  const std::string previous = chain_head(db);
  const std::int64_t number = db.execAndGet("SELECT coalesce(max(number), 0) + 1 FROM audit").getInt64();
  const std::string row_sha256 = entry.table.empty() ? std::string{} : RowReader(db).digest(entry.table, entry.row);
  SQLite::Statement insert(db, "INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  insert.bind(1, number);
  insert.bind(2, now.ns);
  insert.bind(3, entry.kind);
  insert.bind(4, entry.person);
  insert.bind(5, entry.detail_json);
  insert.bind(6, entry.table);
  insert.bind(7, entry.row);
  insert.bind(8, row_sha256);
  insert.bind(9, previous);
  insert.bind(10, entry_hash(number, entry, row_sha256, now, previous));
  insert.exec();
}

Result<void> verify(const SQLite::Database& db, const std::string& file) {
  ASSAY_RETURN_IF_ERROR(verify_entries(db, file));
  ASSAY_RETURN_IF_ERROR(verify_nothing_added(db, file));
  return verify_guards(db, file);
}

}  // namespace assay::store
