// MCAP as anybody writes it (https://mcap.dev/spec): its schemas, channels and messages in the order of the file. A
// trial's own trace is read by core/mcap.h, which is stricter.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "core/result.h"

namespace assay::recorded {

struct McapChannel {
  std::uint16_t id = 0;
  std::string topic, encoding;  ///< of messages: "cdr", "json"
  std::string schema_name, schema_encoding, schema_text;
};
struct McapMessage {
  std::uint16_t channel = 0;
  std::uint64_t log_ns = 0, publish_ns = 0;
  std::string_view data;
};

struct McapReader {
  std::function<Result<void>(McapChannel)> channel;  ///< once for each id
  std::function<Result<void>(const McapMessage&)> message;
};

/// Chunks plain or zstd, checksums held where there are any. A file that was cut off is refused: what is missing cannot
/// be judged. `file` stands in errors. Fails with 1265, or as `reader` does. Survives any bytes.
Result<void> read_mcap_records(std::string_view bytes, const std::string& file, const McapReader& reader);

/// 1265 with file and what was found.
Error bad_mcap(const std::string& file, Text expected, const std::string& found);

}  // namespace assay::recorded
