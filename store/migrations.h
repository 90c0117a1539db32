// The schema as numbered steps. A released step is never edited: a change is a new step. Not for other rooms.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

namespace assay::store {

inline constexpr int kApplicationId = 0x41535359;  ///< "ASSY"
inline constexpr const char* kTables[] = {"sessions",        "session_states", "trials_started",
                                          "trials_finished", "trial_metrics",  "invalidations",
                                          "grades",          "audit",          "metric_limits"};

int newest_schema();
/// From schema `version` to the newest, each step in one transaction with its number. Throws SQLite::Exception.
void migrate(SQLite::Database& db, int version);

}  // namespace assay::store
