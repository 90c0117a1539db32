// MCAP (https://mcap.dev/spec), profile "ros2": one trial, one file (DESIGN §4.3). Chunked, zstd, chunk
// CRC, message and chunk index, one metadata record "assay". Each stream is one topic; a message is CDR
// (XCDR1 little-endian): int64 t_ns, then one float64 per channel. Channel names, units, frames and
// vantages stand in the ros2msg schema; a name's characters outside [a-z0-9_] become '_' there and the
// exact name follows in the field's comment. Events are on "/events" (deterministic) and "/events_wall".
#pragma once

#include <string>

#include "core/result.h"
#include "core/trace.h"

namespace assay {

/// Writes to `path`.partial, fsyncs, renames, fsyncs the folder: the file is whole or absent.
/// Returns the file's SHA-256 (hexadecimal). Fails with ASSAY-0102 (cannot write).
Result<std::string> write_mcap(const std::string& path, const Trace& trace);

/// Reads what write_mcap wrote, every double bit for bit. Memory is bounded by `max_bytes` of decoded
/// data. Fails with ASSAY-0103 (not readable), 0104 (not MCAP or broken, with the offset), 0105 (too large).
Result<Trace> read_mcap(const std::string& path, std::size_t max_bytes = std::size_t{1} << 30);

}  // namespace assay
