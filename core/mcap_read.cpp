#include <fmt/format.h>
#include <zstd.h>

#include <cstring>
#include <map>
#include <optional>

#include "core/mcap_format.h"

namespace assay::mcap {

Error too_large(const std::string& name, std::uint64_t size, std::size_t max_bytes) {
  return {.id = 105,
          .what = {"the trace is larger than allowed", "试验记录超出允许的大小"},
          .place = {name},
          .expected = {fmt::format("at most {} bytes of decoded data", max_bytes),
                       fmt::format("解码后不超过 {} 字节", max_bytes)},
          .found = fmt::format("{} bytes", size),
          .help = {"check where the file comes from; raise the limit only for a file that you trust",
                   "请核实文件来源；仅对可信的文件才应提高上限"}};
}

namespace {

struct Record {
  Opcode opcode{};
  std::string_view content;
};

std::optional<Record> next_record(Cursor& from) {
  const auto opcode = static_cast<Opcode>(from.get<std::uint8_t>());
  const std::string_view content = from.bytes(from.get<std::uint64_t>());
  if (!from.ok()) return std::nullopt;
  return Record{opcode, content};
}

/// A CDR string: aligned to 4 within `body`, u32 length with the closing NUL.
bool read_cdr_string(std::string_view body, std::size_t& at, std::string& out) {
  at = (at + 3) / 4 * 4;
  Cursor cursor(at <= body.size() ? body.substr(at) : std::string_view{});
  const std::string_view text = cursor.string();
  if (!cursor.ok() || text.empty() || text.back() != '\0') return false;
  out = text.substr(0, text.size() - 1);
  at += sizeof(std::uint32_t) + text.size();
  return true;
}

bool read_event(std::string_view data, TraceEvent& event) {
  if (!data.starts_with(kCdrHeader)) return false;
  const std::string_view body = data.substr(kCdrHeader.size());
  Cursor cursor(body);
  event.t_ns = cursor.get<std::int64_t>();
  std::size_t at = sizeof(std::int64_t);
  return cursor.ok() && read_cdr_string(body, at, event.code) && read_cdr_string(body, at, event.detail) &&
         at == body.size();
}

/// A trace out of the bytes of a file. Every method returns false after having set `error_`.
class Reader {
 public:
  Reader(std::string_view file, const std::string& name, std::size_t max_bytes)
      : file_(file), name_(name), max_bytes_(max_bytes) {}

  Result<Trace> run() {
    if (check_ends() && read_data() && place_events()) return std::move(trace_);
    return std::move(error_);
  }

 private:
  struct Schema {
    std::string_view name, text;
    bool event = false;
    std::vector<Channel> channels;
    std::size_t cost = 0;  ///< bytes that one more stream of this schema takes
  };
  struct Target {
    bool event = false, deterministic = true;
    std::size_t stream = 0;
  };

  bool fail(std::string_view at, const Text& expected, std::string_view found) {
    const bool inside = at.data() >= file_.data() && at.data() <= file_.data() + file_.size();
    const std::size_t offset = inside ? static_cast<std::size_t>(at.data() - file_.data()) : chunk_offset_;
    error_ = {.id = 104,
              .what = {"the file is not a trace, or is damaged", "该文件不是试验记录，或已损坏"},
              .place = {name_},
              .expected = expected,
              .found = fmt::format("{} ({} byte {})", found, inside ? "at" : "in the chunk at", offset),
              .help = {"restore the file from a copy; its SHA-256 on record tells which copy is whole",
                       "请用备份恢复该文件，并以登记的 SHA-256 核对备份是否完整"}};
    return false;
  }
  bool spend(std::uint64_t bytes) {
    if (bytes <= max_bytes_ - spent_) {
      spent_ += bytes;
      return true;
    }
    error_ = too_large(name_, bytes > max_bytes_ ? bytes : spent_ + bytes, max_bytes_);
    return false;
  }

  bool check_ends() {
    constexpr std::size_t kFooterBytes = 9 + 20;
    if (!file_.starts_with(kMagic)) return fail(file_, {"the signature of MCAP", "MCAP 文件标识"}, "other bytes");
    if (file_.size() < 2 * kMagic.size() + kFooterBytes || !file_.ends_with(kMagic)) {
      return fail(file_.substr(file_.size()), {"the closing signature of MCAP", "文件末尾的 MCAP 标识"},
                  "the end of the file");
    }
    footer_ = file_.substr(file_.size() - kMagic.size() - kFooterBytes, kFooterBytes);
    Cursor cursor(footer_);
    const auto record = next_record(cursor);
    if (!record || record->opcode != Opcode::footer || !cursor.done()) {
      return fail(footer_, {"a footer record", "文件尾记录"}, "something else");
    }
    Cursor content(record->content);
    summary_start_ = content.get<std::uint64_t>();
    content.get<std::uint64_t>();
    const auto crc = content.get<std::uint32_t>();
    const std::size_t covered_end = file_.size() - kMagic.size() - sizeof crc;
    if (summary_start_ < kMagic.size() || summary_start_ > covered_end - 25) {
      return fail(footer_, {"the place of the summary", "摘要区的位置"}, fmt::format("offset {}", summary_start_));
    }
    if (crc32(file_.substr(summary_start_, covered_end - summary_start_)) != crc) {
      return fail(file_.substr(summary_start_), {"a summary that fits its checksum", "与校验和一致的摘要区"},
                  "another checksum");
    }
    return true;
  }

  bool read_data() {
    // Nothing is decoded before the checksum over all of it holds.
    constexpr std::size_t kDataEndBytes = 9 + 4;
    if (summary_start_ < kMagic.size() + kDataEndBytes) {
      return fail(file_, {"a data section", "数据区"}, "none");
    }
    const std::size_t end = summary_start_ - kDataEndBytes;
    Cursor closing(file_.substr(end, kDataEndBytes));
    const auto data_end = next_record(closing);
    if (!data_end || data_end->opcode != Opcode::data_end || !closing.done()) {
      return fail(file_.substr(end), {"the end of the data section", "数据区结束记录"}, "something else");
    }
    if (Cursor(data_end->content).get<std::uint32_t>() != crc32(file_.substr(0, end))) {
      return fail(file_.substr(end), {"data that fit their checksum", "与校验和一致的数据区"}, "another checksum");
    }
    Cursor records(file_.substr(kMagic.size(), end - kMagic.size()));
    bool first = true;
    while (!records.done()) {
      const std::string_view at = records.rest();
      const auto record = next_record(records);
      if (!record) return fail(at, {"a whole record", "完整的记录"}, "one that is cut short");
      if (first != (record->opcode == Opcode::header))
        return fail(at, {"one header, first", "位于开头的唯一文件头"}, "none");
      if (!read_record(at, *record)) return false;
      first = false;
    }
    if (!metadata_) return fail(file_.substr(end), {"a metadata record \"assay\"", "名为 assay 的元数据记录"}, "none");
    return true;
  }

  bool read_record(std::string_view at, const Record& record) {
    switch (record.opcode) {
      case Opcode::header: {
        Cursor content(record.content);
        if (content.string() == "ros2" && content.ok()) return true;
        return fail(at, {"profile \"ros2\"", "profile 为 ros2"}, "another profile");
      }
      case Opcode::chunk:
        return read_chunk(at, record.content);
      case Opcode::metadata:
        return read_metadata(at, record.content);
      case Opcode::message_index:
        return true;  // derived from the chunk; only the checksum above matters
      default:
        return fail(at, {"chunks, indexes and metadata", "数据块、索引和元数据"},
                    fmt::format("opcode {}", static_cast<int>(record.opcode)));
    }
  }

  bool read_metadata(std::string_view at, std::string_view bytes) {
    Cursor content(bytes);
    const std::string_view name = content.string();
    Cursor map(content.string());
    if (!content.done() || name != kMetadataName || metadata_) {
      return fail(at, {"one metadata record \"assay\"", "唯一的 assay 元数据记录"}, "another");
    }
    while (!map.done()) {
      const std::string_view key = map.string(), value = map.string();
      if (!map.ok()) return fail(at, {"a whole map", "完整的键值表"}, "one that is cut short");
      if (!spend(64 + key.size() + value.size())) return false;
      trace_.metadata[std::string(key)] = std::string(value);
    }
    metadata_ = true;
    return true;
  }

  bool read_chunk(std::string_view at, std::string_view bytes) {
    Cursor content(bytes);
    content.get<std::uint64_t>();
    content.get<std::uint64_t>();
    const auto size = content.get<std::uint64_t>();
    const auto crc = content.get<std::uint32_t>();
    const std::string_view compression = content.string();
    const std::string_view packed = content.bytes(content.get<std::uint64_t>());
    if (!content.done()) return fail(at, {"a whole chunk", "完整的数据块"}, "one that is cut short");
    if (compression != "zstd") return fail(at, {"compression zstd", "zstd 压缩"}, "another compression");
    if (ZSTD_getFrameContentSize(packed.data(), packed.size()) != size) {
      return fail(at, {"a zstd frame of the stated size", "与声明大小一致的 zstd 数据"}, "another size");
    }
    if (!spend(size)) return false;
    std::string plain(size, '\0');
    if (ZSTD_decompress(plain.data(), plain.size(), packed.data(), packed.size()) != size) {
      return fail(at, {"a whole zstd frame", "完整的 zstd 数据"}, "a damaged one");
    }
    if (crc32(plain) != crc)
      return fail(at, {"a chunk that fits its checksum", "与校验和一致的数据块"}, "another checksum");
    chunk_offset_ = static_cast<std::size_t>(at.data() - file_.data());
    return read_chunk_records(plain);
  }

  bool read_chunk_records(std::string_view plain) {
    // Schemas point into `plain`, and a chunk's end takes it away: later chunks may only refer to channels.
    schemas_.clear();
    Cursor records(plain);
    while (!records.done()) {
      const std::string_view at = records.rest();
      const auto record = next_record(records);
      if (!record) return fail(at, {"a whole record", "完整的记录"}, "one that is cut short");
      bool good = false;
      if (record->opcode == Opcode::schema) {
        good = read_schema(record->content);
      } else if (record->opcode == Opcode::channel) {
        good = read_channel(record->content);
      } else if (record->opcode == Opcode::message) {
        good = read_message(record->content);
      } else {
        return fail(at, {"schemas, channels and messages", "消息结构、通道和消息"}, "another record");
      }
      if (!good) return false;
    }
    return true;
  }

  bool read_schema(std::string_view bytes) {
    Cursor content(bytes);
    const auto id = content.get<std::uint16_t>();
    Schema schema;
    schema.name = content.string();
    const std::string_view encoding = content.string();
    schema.text = content.string();
    schema.event = schema.name == kEventSchema;
    if (!content.done() || id == 0 || encoding != "ros2msg" || schemas_.contains(id)) {
      return fail(bytes, {"a new schema of encoding ros2msg", "采用 ros2msg 编码的新消息结构"}, "another");
    }
    // A Channel takes more memory than its line; each stream of this schema will take a copy.
    schema.cost = sizeof(Stream) + 4 * schema.text.size();
    if (!spend(schema.cost)) return false;
    if (!schema.event && !read_definition(schema.text, schema.channels)) {
      return fail(bytes, {"a message definition as Assay writes it", "Assay 写出的消息定义"}, "another form");
    }
    schemas_.emplace(id, std::move(schema));
    return true;
  }

  bool read_channel(std::string_view bytes) {
    Cursor content(bytes);
    const auto id = content.get<std::uint16_t>();
    const auto schema = schemas_.find(content.get<std::uint16_t>());
    const std::string_view topic = content.string(), encoding = content.string();
    Cursor metadata(content.string());
    const std::string_view key = metadata.string(), value = metadata.string();
    const bool whole = content.done() && metadata.done() && encoding == "cdr" && key == "deterministic";
    if (!whole || (value != "true" && value != "false") || schema == schemas_.end() || targets_.contains(id)) {
      return fail(bytes, {"a new channel of encoding cdr with a known schema", "采用 cdr 编码、结构已知的新通道"},
                  "another");
    }
    Target target{schema->second.event, value == "true", trace_.streams.size()};
    if (!target.event) {
      if (!spend(schema->second.cost + topic.size())) return false;
      Stream stream;
      stream.topic = topic;
      stream.deterministic = target.deterministic;
      stream.channels = schema->second.channels;
      trace_.streams.push_back(std::move(stream));
    }
    targets_.emplace(id, target);
    return true;
  }

  bool read_message(std::string_view bytes) {
    Cursor content(bytes);
    const auto target = targets_.find(content.get<std::uint16_t>());
    const auto sequence = content.get<std::uint32_t>();
    content.get<std::uint64_t>();
    content.get<std::uint64_t>();
    if (!content.ok() || target == targets_.end()) {
      return fail(bytes, {"a message of a known channel", "属于已知通道的消息"}, "another");
    }
    if (!target->second.event) return read_row(bytes, trace_.streams[target->second.stream], sequence, content.rest());
    TraceEvent event;
    event.deterministic = target->second.deterministic;
    if (!read_event(content.rest(), event)) return fail(bytes, {"an event in CDR", "CDR 编码的事件"}, "something else");
    if (!events_.emplace(sequence, std::move(event)).second) {
      return fail(bytes, {"events of different numbers", "编号互不相同的事件"}, "the same number twice");
    }
    return true;
  }

  bool read_row(std::string_view at, Stream& stream, std::uint32_t sequence, std::string_view data) {
    const std::size_t width = stream.channels.size();
    const std::size_t head = kCdrHeader.size() + sizeof(std::int64_t);
    if (sequence != stream.rows() || data.size() != head + width * sizeof(double) || !data.starts_with(kCdrHeader)) {
      return fail(at, {"the stream's next row in CDR", "该数据流的下一行（CDR 编码）"}, "something else");
    }
    std::int64_t t_ns = 0;
    std::memcpy(&t_ns, data.data() + kCdrHeader.size(), sizeof t_ns);
    stream.t_ns.push_back(t_ns);
    const std::size_t from = stream.values.size();
    stream.values.resize(from + width);
    if (width > 0) std::memcpy(stream.values.data() + from, data.data() + head, width * sizeof(double));
    return true;
  }

  /// Events of both topics go back to their common order.
  bool place_events() {
    if (!events_.empty() && events_.rbegin()->first != events_.size() - 1) {
      return fail(file_, {"events numbered without a gap", "编号连续的事件"}, "a gap");
    }
    for (auto& [number, event] : events_) trace_.events.push_back(std::move(event));
    return true;
  }

  std::string_view file_, footer_;
  const std::string& name_;
  std::size_t max_bytes_, spent_ = 0, summary_start_ = 0, chunk_offset_ = 0;
  std::map<std::uint16_t, Schema> schemas_;
  std::map<std::uint16_t, Target> targets_;
  std::map<std::uint32_t, TraceEvent> events_;
  bool metadata_ = false;
  Trace trace_;
  Error error_;
};

}  // namespace

Result<Trace> decode(std::string_view bytes, const std::string& name, std::size_t max_bytes) {
  return Reader(bytes, name, max_bytes).run();
}

}  // namespace assay::mcap
