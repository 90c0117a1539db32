// The headers of the one spelling, as bytes. Not for other rooms.
#pragma once

#include <string>

#include "evidence/zip.h"

namespace assay::evidence::zip {

inline constexpr std::uint32_t kLocalMark = 0x04034b50, kCentralMark = 0x02014b50, kEndMark = 0x06054b50;
inline constexpr std::size_t kLocalBytes = 30, kCentralBytes = 46, kEndBytes = 22, kEnd64Bytes = 56, kLocatorBytes = 20;

std::string local_header(const ZipEntry& entry);
std::string central_header(const ZipEntry& entry);
/// End record; before it, where counts or offsets need them, the records of zip64.
std::string end_records(std::uint64_t count, std::uint64_t directory_offset, std::uint64_t directory_bytes);

/// Little-endian number of `bytes` bytes at `at`.
std::uint64_t number(std::string_view text, std::size_t at, int bytes);

}  // namespace assay::evidence::zip
