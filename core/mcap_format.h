// What MCAP's writer and reader share: opcodes, magic, values, checksum, and the codec between a trace and the
// bytes of a file. For core's own sources, the reader of recordings and tests; a trace is read by core/mcap.h.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "core/result.h"
#include "core/trace.h"

namespace assay::mcap {

constexpr std::string_view kMagic{"\x89MCAP0\r\n", 8};

enum class Opcode : std::uint8_t {
  header = 0x01,
  footer = 0x02,
  schema = 0x03,
  channel = 0x04,
  message = 0x05,
  chunk = 0x06,
  message_index = 0x07,
  chunk_index = 0x08,
  statistics = 0x0B,
  metadata = 0x0C,
  metadata_index = 0x0D,
  summary_offset = 0x0E,
  data_end = 0x0F,
};

constexpr std::string_view kMetadataName = "assay";
constexpr std::string_view kEventTopic = "/events", kEventWallTopic = "/events_wall";
constexpr std::string_view kEventSchema = "assay/msg/Event";
constexpr std::string_view kCdrHeader{"\0\1\0\0", 4};  ///< XCDR1, little-endian

/// Little-endian values at the front of some bytes. After the first that does not fit, ok() stays false and every value
/// is 0.
class Cursor {
 public:
  explicit Cursor(std::string_view bytes) : rest_(bytes) {}
  template <class T>
  T get() {
    T value{};
    const std::string_view from = bytes(sizeof value);
    if (ok_) std::memcpy(&value, from.data(), sizeof value);
    return value;
  }
  std::string_view bytes(std::uint64_t size) {
    ok_ = ok_ && size <= rest_.size();
    if (!ok_) rest_ = {};
    const std::string_view out = rest_.substr(0, ok_ ? size : 0);
    rest_.remove_prefix(out.size());
    return out;
  }
  /// After its length in four bytes.
  std::string_view string() { return bytes(get<std::uint32_t>()); }
  [[nodiscard]] std::string_view rest() const { return rest_; }
  [[nodiscard]] bool ok() const { return ok_; }
  /// Everything fitted, and nothing is left.
  [[nodiscard]] bool done() const { return ok_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

/// CRC-32 as in IEEE 802.3 and zlib.
std::uint32_t crc32(std::string_view bytes);

/// The whole file. Deterministic.
std::string encode(const Trace& trace);

/// The trace in the bytes of a file; `name` stands in errors. Survives any bytes (ASSAY-0104, 0105).
Result<Trace> decode(std::string_view bytes, const std::string& name, std::size_t max_bytes);

Error too_large(const std::string& name, std::uint64_t size, std::size_t max_bytes);

/// A stream's message definition (ros2msg): "int64 t_ns", then one "float64" line per channel, whose
/// comment holds the exact record: name "…" unit "…" frame "…" vantage …
/// In quotes, control characters, '"', '\', and bytes that are not UTF-8 are written \xHH.
std::string message_definition(const Stream& stream);

/// Reads the channels back; false if the text is not of that form.
bool read_definition(std::string_view text, std::vector<Channel>& channels);

}  // namespace assay::mcap
