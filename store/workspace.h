// The workspace folder without its database: layout, the writer's lock, durable moves. Not for other rooms.
#pragma once

#include <set>
#include <string>

#include "core/result.h"

namespace assay::store {

inline constexpr const char* kDatabaseName = "assay.db";
inline constexpr const char* kStagingName = "staging";

Error store_error(int id, Text what, std::string file, std::string found, Text help, Text expected = {});
Error not_possible(std::string file, const std::string& what, int error_number);  ///< 0701, 0707 if the disk is full

/// Creates the folder, staging/ and traces/ where missing, durably. ASSAY-0701.
Result<void> create_layout(const std::string& folder);

/// The one writer: an flock on assay.lock, gone with the process whatever ends it.
class WriterLock {
 public:
  WriterLock() = default;
  ~WriterLock();
  WriterLock(const WriterLock&) = delete;
  WriterLock& operator=(const WriterLock&) = delete;
  /// ASSAY-0703 if another writer holds it.
  Result<void> take(const std::string& folder);

 private:
  int fd_ = -1;
};

struct StoredTrace {
  std::string sha256, path;  ///< path relative to the workspace
};
/// fsync, SHA-256, rename to traces/ab/<sha256>.mcap, fsync of the folders. `expected_sha256` may be empty.
/// ASSAY-0716.
Result<StoredTrace> keep_trace(const std::string& folder, const std::string& staged,
                               const std::string& expected_sha256);

/// Traces that no row names (`named`: their SHA-256) go to staging/orphan-<name>; nothing is deleted.
void sweep_orphans(const std::string& folder, const std::set<std::string>& named);

}  // namespace assay::store
