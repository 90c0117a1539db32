// One SQLite connection with the house's settings, and its exceptions as errors. Not for other rooms.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <memory>
#include <string>
#include <utility>

#include "core/result.h"

namespace assay::store {

/// Opens, checks that it is ours, sound and not newer, sets the pragmas, migrates (writer only).
/// ASSAY-0701, 0702, 0704, 0705 (older schema, reading only).
Result<std::unique_ptr<SQLite::Database>> open_database(const std::string& file, bool read_only);

/// 0704 broken, 0706 busy, 0707 disk full, 0708 not writable, 0701 cannot open, 0711 contradicts the record,
/// 0709 anything else.
Error sqlite_error(const SQLite::Exception& exception, const std::string& file);
Error broken_database(const std::string& file, std::string found);

/// Runs `function`; what SQLite throws becomes an error. No exception leaves the room.
template <class F>
auto guarded(const std::string& file, F&& function) -> decltype(function()) {
  try {
    return function();
  } catch (const SQLite::Exception& exception) {
    return sqlite_error(exception, file);
  } catch (const std::exception& exception) {
    return broken_database(file, exception.what());
  }
}

/// A double as SQLite keeps it bit for bit (REAL loses −0.0 and not-a-number).
std::int64_t bits_of(double value);
double from_bits(std::int64_t bits);

}  // namespace assay::store
