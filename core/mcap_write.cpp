#include <zstd.h>

#include <algorithm>
#include <bit>
#include <boost/crc.hpp>
#include <cstring>
#include <limits>
#include <optional>
#include <set>

#include "core/mcap_format.h"

namespace assay::mcap {

static_assert(std::endian::native == std::endian::little, "MCAP and CDR integers are copied from memory");

std::uint32_t crc32(std::string_view bytes) {
  boost::crc_32_type crc;
  crc.process_bytes(bytes.data(), bytes.size());
  return crc.checksum();
}

namespace {

constexpr std::size_t kChunkBytes = std::size_t{1} << 20;
constexpr int kZstdLevel = 3;

/// Bytes of MCAP and CDR values, appended.
class Bytes {
 public:
  template <class T>
  Bytes& put(T value) {
    static_assert(std::is_arithmetic_v<T>);
    const std::size_t at = out_.size();
    out_.resize(at + sizeof value);
    std::memcpy(out_.data() + at, &value, sizeof value);
    return *this;
  }
  Bytes& raw(std::string_view bytes) {
    out_ += bytes;
    return *this;
  }
  Bytes& string(std::string_view text) {
    ASSAY_CHECK(text.size() <= std::numeric_limits<std::uint32_t>::max());
    return put(static_cast<std::uint32_t>(text.size())).raw(text);
  }
  /// u32 byte length, then the entries.
  Bytes& block(const Bytes& entries) { return string(entries.out_); }
  /// Opcode, u64 length, content.
  void record(Opcode opcode, const Bytes& content) {
    put(static_cast<std::uint8_t>(opcode)).put(std::uint64_t{content.size()}).raw(content.out_);
  }
  [[nodiscard]] std::size_t size() const { return out_.size(); }
  [[nodiscard]] const std::string& str() const { return out_; }
  std::string take() { return std::move(out_); }
  void clear() { out_.clear(); }
  void pad(std::size_t from, std::size_t alignment) {
    while ((out_.size() - from) % alignment != 0) out_ += '\0';
  }

 private:
  std::string out_;
};

std::uint64_t log_time(std::int64_t t_ns) { return t_ns < 0 ? 0 : static_cast<std::uint64_t>(t_ns); }

void put_cdr_string(Bytes& out, std::string_view text) {
  out.pad(kCdrHeader.size(), 4);
  ASSAY_CHECK(text.size() < std::numeric_limits<std::uint32_t>::max());
  out.put(static_cast<std::uint32_t>(text.size() + 1)).raw(text).put(char{0});
}

std::string cdr_of(const TraceEvent& event) {
  Bytes out;
  out.raw(kCdrHeader).put(event.t_ns);
  put_cdr_string(out, event.code);
  put_cdr_string(out, event.detail);
  return out.take();
}

std::string cdr_of(const Stream& stream, std::size_t row) {
  Bytes out;
  out.raw(kCdrHeader).put(stream.t_ns[row]);
  for (const double value : stream.row(row)) out.put(value);
  return out.take();
}

/// "/peaks" → "assay/msg/Peaks", unique.
std::string schema_name(std::string_view topic, std::set<std::string>& taken) {
  std::string base = "assay/msg/";
  const std::size_t head = base.size();
  bool upper = true;
  for (const char c : topic) {
    const bool lower_letter = c >= 'a' && c <= 'z', other = (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!lower_letter && !other) {
      upper = true;
      continue;
    }
    base += upper && lower_letter ? static_cast<char>(c - 'a' + 'A') : c;
    upper = false;
  }
  if (base.size() == head || (base[head] >= '0' && base[head] <= '9')) base.insert(head, "T");
  std::string unique = base;
  for (int i = 2; !taken.insert(unique).second; ++i) unique = base + std::to_string(i);
  return unique;
}

class Writer {
 public:
  explicit Writer(const Trace& trace) : trace_(trace), counts_(trace.streams.size() + 2, 0) {
    ASSAY_CHECK(trace.streams.size() < 65000);
    for (const Stream& stream : trace.streams) {
      ASSAY_CHECK(stream.values.size() == stream.rows() * stream.channels.size());
    }
  }

  std::string run() {
    file_.raw(kMagic);
    file_.record(Opcode::header, Bytes().string("ros2").string("assay"));
    declare();
    chunk_.raw(declarations_.str());
    merge();
    close_chunk();
    write_metadata();
    const std::uint32_t crc = crc32(file_.str());
    file_.record(Opcode::data_end, Bytes().put(crc));
    write_summary();
    return file_.take();
  }

 private:
  struct ChunkIndex {
    std::uint64_t first = 0, last = 0, offset = 0, length = 0, index_length = 0, compressed = 0, uncompressed = 0;
    std::vector<std::pair<std::uint16_t, std::uint64_t>> indexes;
  };
  struct Group {
    Opcode opcode;
    std::uint64_t start, length;
  };

  static std::uint16_t channel_of(std::size_t stream) { return static_cast<std::uint16_t>(stream + 3); }
  static constexpr std::uint16_t kEvents = 1, kEventsWall = 2;

  /// Schema 1 and channels 1 and 2 are the events'; stream i has schema i + 2 and channel i + 3.
  void declare() {
    std::set<std::string> taken{std::string(kEventSchema)};
    Bytes channels;
    const auto add_schema = [&](std::size_t id, std::string_view name, std::string_view text) {
      declarations_.record(Opcode::schema,
                           Bytes().put(static_cast<std::uint16_t>(id)).string(name).string("ros2msg").string(text));
    };
    const auto add_channel = [&](std::size_t id, std::size_t schema, std::string_view topic, bool deterministic) {
      const Bytes metadata = std::move(Bytes().string("deterministic").string(deterministic ? "true" : "false"));
      Bytes content;
      content.put(static_cast<std::uint16_t>(id)).put(static_cast<std::uint16_t>(schema));
      channels.record(Opcode::channel, content.string(topic).string("cdr").block(metadata));
    };
    add_schema(1, kEventSchema, "int64 t_ns  # unit \"ns\", since the trial's reset\nstring code\nstring detail\n");
    add_channel(kEvents, 1, kEventTopic, true);
    add_channel(kEventsWall, 1, kEventWallTopic, false);
    for (std::size_t i = 0; i < trace_.streams.size(); ++i) {
      const Stream& stream = trace_.streams[i];
      add_schema(i + 2, schema_name(stream.topic, taken), message_definition(stream));
      add_channel(channel_of(i), i + 2, stream.topic, stream.deterministic);
    }
    schema_bytes_ = declarations_.size();
    declarations_.raw(channels.str());
  }

  /// Interleaves by time what is ordered within itself; on equal times events come first.
  void merge() {
    std::vector<std::size_t> next(trace_.streams.size(), 0);
    std::size_t event = 0;
    while (true) {
      std::optional<std::int64_t> earliest;
      std::size_t from = 0;
      for (std::size_t i = 0; i < trace_.streams.size(); ++i) {
        const Stream& stream = trace_.streams[i];
        if (next[i] == stream.rows() || (earliest && stream.t_ns[next[i]] >= *earliest)) continue;
        earliest = stream.t_ns[next[i]];
        from = i;
      }
      if (event < trace_.events.size() && (!earliest || trace_.events[event].t_ns <= *earliest)) {
        const TraceEvent& e = trace_.events[event];
        add_message(e.deterministic ? kEvents : kEventsWall, event, e.t_ns, cdr_of(e));
        ++event;
      } else if (earliest) {
        const std::size_t row = next[from]++;
        add_message(channel_of(from), row, *earliest, cdr_of(trace_.streams[from], row));
      } else {
        return;
      }
    }
  }

  /// `sequence` is the row in its stream or the place among all events: the reader restores the order by it.
  void add_message(std::uint16_t channel, std::size_t sequence, std::int64_t t_ns, const std::string& data) {
    if (chunk_.size() >= kChunkBytes) close_chunk();
    ASSAY_CHECK(sequence <= std::numeric_limits<std::uint32_t>::max());
    const std::uint64_t time = log_time(t_ns);
    if (in_chunk_ == 0) current_.first = current_.last = time;
    current_.first = std::min(current_.first, time);
    current_.last = std::max(current_.last, time);
    if (total_ == 0) first_ = last_ = time;
    first_ = std::min(first_, time);
    last_ = std::max(last_, time);
    ++in_chunk_;
    ++total_;
    ++counts_[channel - 1U];
    entries_.resize(counts_.size());
    entries_[channel - 1U].put(time).put(std::uint64_t{chunk_.size()});
    Bytes content;
    content.put(channel).put(static_cast<std::uint32_t>(sequence)).put(time).put(time).raw(data);
    chunk_.record(Opcode::message, content);
  }

  void close_chunk() {
    if (chunk_.size() == 0) return;
    std::string packed(ZSTD_compressBound(chunk_.size()), '\0');
    const std::size_t size =
        ZSTD_compress(packed.data(), packed.size(), chunk_.str().data(), chunk_.size(), kZstdLevel);
    ASSAY_CHECK(ZSTD_isError(size) == 0);
    packed.resize(size);
    current_.offset = file_.size();
    current_.compressed = size;
    current_.uncompressed = chunk_.size();
    Bytes content;
    content.put(current_.first).put(current_.last).put(current_.uncompressed).put(crc32(chunk_.str()));
    file_.record(Opcode::chunk, content.string("zstd").put(std::uint64_t{size}).raw(packed));
    current_.length = file_.size() - current_.offset;
    const std::uint64_t indexes = file_.size();
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      if (entries_[i].size() == 0) continue;
      const auto channel = static_cast<std::uint16_t>(i + 1);
      current_.indexes.emplace_back(channel, file_.size());
      file_.record(Opcode::message_index, Bytes().put(channel).block(entries_[i]));
    }
    current_.index_length = file_.size() - indexes;
    chunks_.push_back(std::move(current_));
    current_ = {};
    entries_.clear();
    chunk_.clear();
    in_chunk_ = 0;
  }

  void write_metadata() {
    Bytes map;
    for (const auto& [key, value] : trace_.metadata) map.string(key).string(value);
    metadata_offset_ = file_.size();
    file_.record(Opcode::metadata, Bytes().string(kMetadataName).block(map));
    metadata_length_ = file_.size() - metadata_offset_;
  }

  void write_chunk_indexes() {
    for (const ChunkIndex& chunk : chunks_) {
      Bytes offsets;
      for (const auto& [channel, offset] : chunk.indexes) offsets.put(channel).put(offset);
      Bytes content;
      content.put(chunk.first).put(chunk.last).put(chunk.offset).put(chunk.length).block(offsets);
      content.put(chunk.index_length).string("zstd").put(chunk.compressed).put(chunk.uncompressed);
      file_.record(Opcode::chunk_index, content);
    }
  }

  void write_statistics() {
    Bytes counts;
    for (std::size_t i = 0; i < counts_.size(); ++i) counts.put(static_cast<std::uint16_t>(i + 1)).put(counts_[i]);
    Bytes content;
    content.put(total_).put(static_cast<std::uint16_t>(trace_.streams.size() + 1));
    content.put(static_cast<std::uint32_t>(counts_.size())).put(std::uint32_t{0}).put(std::uint32_t{1});
    content.put(static_cast<std::uint32_t>(chunks_.size())).put(first_).put(last_).block(counts);
    file_.record(Opcode::statistics, content);
  }

  void write_summary() {
    const std::uint64_t start = file_.size();
    std::vector<Group> groups;
    std::uint64_t from = start;
    const auto close_group = [&](Opcode opcode) {
      if (file_.size() > from) groups.push_back({opcode, from, file_.size() - from});
      from = file_.size();
    };
    file_.raw(std::string_view(declarations_.str()).substr(0, schema_bytes_));
    close_group(Opcode::schema);
    file_.raw(std::string_view(declarations_.str()).substr(schema_bytes_));
    close_group(Opcode::channel);
    write_statistics();
    close_group(Opcode::statistics);
    write_chunk_indexes();
    close_group(Opcode::chunk_index);
    Bytes index;
    file_.record(Opcode::metadata_index, index.put(metadata_offset_).put(metadata_length_).string(kMetadataName));
    close_group(Opcode::metadata_index);
    const std::uint64_t offsets = file_.size();
    for (const Group& group : groups) {
      Bytes content;
      content.put(static_cast<std::uint8_t>(group.opcode)).put(group.start).put(group.length);
      file_.record(Opcode::summary_offset, content);
    }
    // The checksum covers the summary and the footer up to the checksum itself.
    constexpr std::uint64_t kFooterLength = 20;
    file_.put(static_cast<std::uint8_t>(Opcode::footer)).put(kFooterLength).put(start).put(offsets);
    file_.put(crc32(std::string_view(file_.str()).substr(start))).raw(kMagic);
  }

  const Trace& trace_;
  Bytes file_, chunk_, declarations_;
  std::size_t schema_bytes_ = 0;
  std::vector<std::uint64_t> counts_;  ///< per channel, by id − 1
  std::vector<Bytes> entries_;         ///< message index of the open chunk, likewise
  ChunkIndex current_;
  std::vector<ChunkIndex> chunks_;
  std::uint64_t in_chunk_ = 0, total_ = 0, first_ = 0, last_ = 0, metadata_offset_ = 0, metadata_length_ = 0;
};

}  // namespace

std::string encode(const Trace& trace) { return Writer(trace).run(); }

}  // namespace assay::mcap
