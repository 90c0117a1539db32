// Sessions: locked once, their states in rows of their own.
#include <algorithm>
#include <cstdio>

#include "store/chain.h"
#include "store/sqlite_store.h"

namespace assay::store {

namespace {

constexpr const char* kSelect =
    "SELECT s.number, s.id, s.plan_json, s.plan_sha256, s.lock_json, s.locked_ns, c.number, c.state, c.time_ns "
    "FROM sessions s LEFT JOIN session_states c ON c.session = s.number AND c.number = "
    "(SELECT max(number) FROM session_states WHERE session = s.number) ";

SessionRow session_from(const SQLite::Database& db, SQLite::Statement& query) {
  SessionRow row;
  row.number = query.getColumn(0).getInt64();
  row.id = query.getColumn(1).getString();
  row.plan_json = query.getColumn(2).getString();
  row.plan_sha256 = query.getColumn(3).getString();
  row.lock_json = query.getColumn(4).getString();
  row.locked = UtcTime{query.getColumn(5).getInt64()};
  row.state = "locked";
  row.chain_head_at_lock = head_after(db, "sessions", row.number);
  if (query.getColumn(6).isNull()) return row;
  row.state = query.getColumn(7).getString();
  row.closed = UtcTime{query.getColumn(8).getInt64()};
  row.chain_head_at_close = head_after(db, "session_states", query.getColumn(6).getInt64());
  return row;
}

/// "S-20261122-0001"
std::string session_id(std::int64_t number, UtcTime now) {
  std::string day = to_rfc3339(now).substr(0, 10);
  std::erase(day, '-');
  char tail[32];
  std::snprintf(tail, sizeof tail, "-%04lld", static_cast<long long>(number));
  return "S-" + day + tail;
}

}  // namespace

Result<SessionRow> SqliteStore::find_session(const std::string& where, std::int64_t number,
                                             const std::string& id) const {
  SQLite::Statement query(*db_, kSelect + ("WHERE s." + where) + " ORDER BY s.number DESC LIMIT 1");
  if (where.find("?1") != std::string::npos) query.bind(1, number);
  if (where.find("?2") != std::string::npos) query.bind(2, id);
  if (!query.executeStep()) return no_such(713, "no such session", "没有这个会话", id);
  return session_from(*db_, query);
}

Result<void> SqliteStore::check_open(std::int64_t session) const {
  ASSAY_TRY(const auto row, find_session("number = ?1", session, std::to_string(session)));
  if (row.state == "closed") return refused({"the session is closed", "会话已关闭"}, row.id);
  return {};
}

Result<SessionRow> SqliteStore::lock_session(const std::string& plan_json, const std::string& plan_sha256,
                                             const std::string& lock_json, UtcTime now) {
  return write([&]() -> Result<SessionRow> {
    if (plan_json.empty() || plan_sha256.empty())
      return incomplete({"a session needs its plan and the plan's hash", "会话必须有计划及其哈希值"});
    SQLite::Transaction transaction(*db_, SQLite::TransactionBehavior::IMMEDIATE);
    const std::int64_t number = db_->execAndGet("SELECT coalesce(max(number), 0) + 1 FROM sessions").getInt64();
    const std::string id = session_id(number, now);
    write_point("session_insert");
    SQLite::Statement insert(*db_, "INSERT INTO sessions VALUES (?, ?, ?, ?, ?, ?)");
    insert.bind(1, number);
    insert.bind(2, id);
    insert.bind(3, plan_json);
    insert.bind(4, plan_sha256);
    insert.bind(5, lock_json);
    insert.bind(6, now.ns);
    insert.exec();
    append(
        *db_,
        {"locked", "assay", "{\"plan_sha256\":\"" + plan_sha256 + "\",\"session\":\"" + id + "\"}", "sessions", number},
        now);
    transaction.commit();
    return find_session("number = ?1", number, id);
  });
}

Result<void> SqliteStore::close_session(std::int64_t session, const std::string& state, UtcTime now) {
  return write([&]() -> Result<void> {
    if (state != "closed" && state != "interrupted")
      return incomplete({"a session is closed or interrupted", "会话状态只能是 closed 或 interrupted"});
    ASSAY_RETURN_IF_ERROR(check_open(session));
    SQLite::Transaction transaction(*db_, SQLite::TransactionBehavior::IMMEDIATE);
    write_point("session_close");
    SQLite::Statement insert(*db_, "INSERT INTO session_states (session, state, time_ns) VALUES (?, ?, ?)");
    insert.bind(1, session);
    insert.bind(2, state);
    insert.bind(3, now.ns);
    insert.exec();
    append(
        *db_,
        {state, "assay", "{\"session\":" + std::to_string(session) + "}", "session_states", db_->getLastInsertRowid()},
        now);
    transaction.commit();
    return {};
  });
}

Result<std::vector<SessionRow>> SqliteStore::sessions() const {
  return read([&]() -> Result<std::vector<SessionRow>> {
    SQLite::Statement query(*db_, kSelect + std::string("ORDER BY s.number"));
    std::vector<SessionRow> out;
    while (query.executeStep()) out.push_back(session_from(*db_, query));
    return out;
  });
}

Result<SessionRow> SqliteStore::session(const std::string& name) const {
  return read([&]() -> Result<SessionRow> {
    if (name == "last") return find_session("number > 0", 0, name);
    const bool digits = !name.empty() && name.size() <= 18 &&
                        std::all_of(name.begin(), name.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (digits) return find_session("number = ?1", std::stoll(name), name);
    return find_session("id = ?2", 0, name);
  });
}

}  // namespace assay::store
