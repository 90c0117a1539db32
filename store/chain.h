// The hash chain over every row that a verdict rests on. Not for other rooms.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <string>

#include "core/result.h"
#include "core/time.h"

namespace assay::store {

/// What enters the chain. `table` and `row` name the stored row that the entry vouches for; empty and 0: none.
struct ChainEntry {
  std::string kind, person, detail_json, table;
  std::int64_t row = 0;
};

/// Head of an empty chain.
std::string no_head();
std::string chain_head(const SQLite::Database& db);
/// Head just after the entry for that row; empty if there is none.
std::string head_after(const SQLite::Database& db, const std::string& table, std::int64_t row);

/// The stored row's canonical JSON (a finished trial's metrics included); empty if there is no such row.
std::string row_text(const SQLite::Database& db, const std::string& table, std::int64_t row);

/// Appends within the caller's transaction: hash = SHA-256(previous ‖ canonical JSON of the entry, with the
/// SHA-256 of the stored row's own canonical JSON). Throws SQLite::Exception.
void append(SQLite::Database& db, const ChainEntry& entry, UtcTime now);

/// Walks the chain, compares each stored row with what was chained, and looks for rows outside the chain and for
/// missing guards. ASSAY-0720 names the first broken row. Throws SQLite::Exception.
Result<void> verify(const SQLite::Database& db, const std::string& file);

}  // namespace assay::store
