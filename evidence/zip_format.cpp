#include "evidence/zip_format.h"

#include <algorithm>

namespace assay::evidence::zip {
namespace {

constexpr unsigned kVersion = 20, kVersion64 = 45, kUtf8Flag = 0x0800, kUnix = 3;
constexpr unsigned kNoTime = 0, kNoDate = 0x21;  // 1980-01-01, the earliest that zip knows
constexpr std::uint64_t kBeyond32 = 0xFFFFFFFFU, kBeyond16 = 0xFFFFU;
constexpr std::uint64_t kRegularFile = 0100644ULL << 16;

class Bytes {
 public:
  Bytes& put(std::uint64_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) out_ += static_cast<char>(value >> (8 * i) & 255U);
    return *this;
  }
  Bytes& text(std::string_view text) {
    out_ += text;
    return *this;
  }
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

unsigned version_of(const ZipEntry& entry) { return entry.offset >= kBeyond32 ? kVersion64 : kVersion; }

}  // namespace

std::string local_header(const ZipEntry& entry) {
  return Bytes()
      .put(kLocalMark, 4)
      .put(kVersion, 2)
      .put(kUtf8Flag, 2)
      .put(0, 2)  // stored
      .put(kNoTime, 2)
      .put(kNoDate, 2)
      .put(entry.crc32, 4)
      .put(entry.size, 4)
      .put(entry.size, 4)
      .put(entry.path.size(), 2)
      .put(0, 2)
      .text(entry.path)
      .take();
}

std::string central_header(const ZipEntry& entry) {
  const bool far = entry.offset >= kBeyond32;
  Bytes out;
  out.put(kCentralMark, 4)
      .put(kUnix << 8 | version_of(entry), 2)
      .put(version_of(entry), 2)
      .put(kUtf8Flag, 2)
      .put(0, 2)
      .put(kNoTime, 2)
      .put(kNoDate, 2)
      .put(entry.crc32, 4)
      .put(entry.size, 4)
      .put(entry.size, 4)
      .put(entry.path.size(), 2)
      .put(far ? 12 : 0, 2)  // zip64 extra: the offset
      .put(0, 2)             // comment
      .put(0, 2)             // disk
      .put(0, 2)             // internal attributes
      .put(kRegularFile, 4)
      .put(far ? kBeyond32 : entry.offset, 4)
      .text(entry.path);
  if (far) out.put(1, 2).put(8, 2).put(entry.offset, 8);
  return out.take();
}

std::string end_records(std::uint64_t count, std::uint64_t directory_offset, std::uint64_t directory_bytes) {
  Bytes out;
  const bool far = count >= kBeyond16 || directory_offset >= kBeyond32 || directory_bytes >= kBeyond32;
  if (far) {
    out.put(0x06064b50, 4)
        .put(kEnd64Bytes - 12, 8)
        .put(kUnix << 8 | kVersion64, 2)
        .put(kVersion64, 2)
        .put(0, 4)
        .put(0, 4)
        .put(count, 8)
        .put(count, 8)
        .put(directory_bytes, 8)
        .put(directory_offset, 8);
    out.put(0x07064b50, 4).put(0, 4).put(directory_offset + directory_bytes, 8).put(1, 4);
  }
  out.put(kEndMark, 4)
      .put(0, 2)
      .put(0, 2)
      .put(std::min(count, kBeyond16), 2)
      .put(std::min(count, kBeyond16), 2)
      .put(std::min(directory_bytes, kBeyond32), 4)
      .put(std::min(directory_offset, kBeyond32), 4)
      .put(0, 2);
  return out.take();
}

std::uint64_t number(std::string_view text, std::size_t at, int bytes) {
  std::uint64_t value = 0;
  for (int i = bytes; i-- > 0;) value = value << 8 | static_cast<unsigned char>(text[at + static_cast<std::size_t>(i)]);
  return value;
}

}  // namespace assay::evidence::zip
