// Zip in one spelling: stored, no extras, no comments, fixed times, entries without gaps in the order of the list.
// Every byte of the file follows from names, sizes, checksums and contents, so nothing can hide between them
// (docs/decisions/0060). Any unzip opens it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace assay::evidence {

struct ZipEntry {
  std::string path;
  std::uint64_t size = 0, offset = 0;  ///< offset: of the local header
  std::uint32_t crc32 = 0;
};

/// Relative, `/` between parts, no part empty, "." or "..", no control or device characters, valid UTF-8, at most 400
/// bytes. What unpacking anywhere can do no harm with.
bool is_safe_path(std::string_view path);

inline constexpr std::size_t kMaxEntries = 200'000;
inline constexpr std::uint64_t kMaxFileBytes = 0xFFFFFFFEU;  ///< of one file; the bundle may be larger (zip64)
inline constexpr std::size_t kBlock = 1u << 20;

/// Receives a file's bytes in blocks.
using Sink = std::function<Result<void>(std::string_view)>;

class ZipWriter {
 public:
  /// Writes to `path`.partial; finish() makes it durable and renames. ASSAY-1112.
  static Result<std::unique_ptr<ZipWriter>> create(const std::string& path);
  ~ZipWriter();  ///< without finish(): the partial file goes
  ZipWriter(const ZipWriter&) = delete;
  ZipWriter& operator=(const ZipWriter&) = delete;

  Result<void> begin(const std::string& path, std::uint64_t size, std::uint32_t crc32);
  Result<void> write(std::string_view block);
  Result<void> add(const std::string& path, std::string_view bytes);
  Result<void> finish();

 private:
  ZipWriter() = default;
  Result<void> put(std::string_view bytes);

  std::string path_;
  int fd_ = -1;
  std::uint64_t at_ = 0;
  std::vector<ZipEntry> entries_;
};

class ZipReader {
 public:
  /// Reads and checks the structure: every header is what the writer would have put there, every byte belongs to one
  /// entry. Contents and their checksums are not looked at. ASSAY-1120, 1121, 1129.
  static Result<std::unique_ptr<ZipReader>> open(const std::string& path);
  ~ZipReader();
  ZipReader(const ZipReader&) = delete;
  ZipReader& operator=(const ZipReader&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] const std::vector<ZipEntry>& entries() const { return entries_; }
  [[nodiscard]] const ZipEntry* find(std::string_view path) const;  ///< nullptr if there is none
  /// In blocks of at most kBlock.
  Result<void> read(const ZipEntry& entry, const Sink& sink) const;
  /// The whole of a file of at most `most` bytes; ASSAY-1129 beyond.
  [[nodiscard]] Result<std::string> text(const ZipEntry& entry, std::uint64_t most) const;

 private:
  ZipReader() = default;
  Result<void> read_structure();
  Result<void> read_directory(std::uint64_t count, std::uint64_t from, std::uint64_t bytes);
  Result<void> check_entry(const ZipEntry& entry, std::uint64_t limit) const;
  [[nodiscard]] Result<std::string> bytes_at(std::uint64_t offset, std::size_t size) const;
  [[nodiscard]] Error broken(std::string found) const;

  std::string path_;
  int fd_ = -1;
  std::uint64_t size_ = 0;
  std::vector<ZipEntry> entries_;
  std::vector<std::size_t> by_path_;
};

}  // namespace assay::evidence
