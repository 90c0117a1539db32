#include "adapters/recorded/mcap_records.h"

#include <zstd.h>

#include <map>
#include <optional>
#include <set>

#include "core/mcap_format.h"

namespace assay::recorded {
namespace {

using mcap::Cursor, mcap::Opcode;
constexpr std::uint64_t kLargestChunk = std::uint64_t{1} << 28;

class File {
 public:
  File(const std::string& name, const McapReader& reader) : name_(name), reader_(reader) {}

  Result<void> run(std::string_view bytes) {
    if (!bytes.starts_with(mcap::kMagic) || bytes.size() < 2 * mcap::kMagic.size() || !bytes.ends_with(mcap::kMagic))
      return wrong({"MCAP's signature at both ends", "首尾均为 MCAP 标识"}, "other bytes: no MCAP, or cut off");
    bytes.remove_suffix(mcap::kMagic.size());
    Cursor records(bytes.substr(mcap::kMagic.size()));
    while (records.ok() && !records.rest().empty()) {
      const auto opcode = static_cast<Opcode>(records.get<std::uint8_t>());
      const std::string_view content = records.bytes(records.get<std::uint64_t>());
      if (!records.ok()) return wrong({"whole records", "完整的记录"}, "one that is cut short");
      if (opcode == Opcode::data_end) {
        const auto crc = Cursor(content).get<std::uint32_t>();
        const auto size = static_cast<std::size_t>(content.data() - 9 - bytes.data());
        if (crc != 0 && crc != mcap::crc32(bytes.substr(0, size)))
          return wrong({"data that fit their checksum", "与校验和一致的数据"}, "another checksum");
        return {};
      }
      if (opcode == Opcode::chunk) {
        ASSAY_RETURN_IF_ERROR(chunk(content));
      } else {
        ASSAY_RETURN_IF_ERROR(record(opcode, content));
      }
    }
    return wrong({"the end of the data section", "数据区结束记录"}, "none");
  }

 private:
  struct Schema {
    std::string name, encoding, text;
  };

  Error wrong(Text expected, const std::string& found) const { return bad_mcap(name_, std::move(expected), found); }

  Result<void> chunk(std::string_view bytes) {
    Cursor content(bytes);
    content.bytes(16);
    const auto size = content.get<std::uint64_t>();
    const auto crc = content.get<std::uint32_t>();
    const std::string_view compression = content.string();
    const std::string_view packed = content.bytes(content.get<std::uint64_t>());
    if (!content.ok()) return wrong({"a whole chunk", "完整的数据块"}, "one that is cut short");
    if (size > kLargestChunk)
      return wrong({"chunks of at most 256 MiB", "数据块不超过 256 MiB"}, std::to_string(size) + " bytes");
    std::string unpacked;
    std::string_view plain = packed;
    if (compression == "zstd") {
      // A frame need not say its size; where it does, nothing is set aside for a lie.
      const auto said = ZSTD_getFrameContentSize(packed.data(), packed.size());
      if (said == ZSTD_CONTENTSIZE_ERROR || (said != ZSTD_CONTENTSIZE_UNKNOWN && said != size))
        return wrong({"zstd data of the stated size", "与声明大小一致的 zstd 数据"}, "another size");
      unpacked.resize(size);
      if (ZSTD_decompress(unpacked.data(), size, packed.data(), packed.size()) != size)
        return wrong({"whole zstd data", "完整的 zstd 数据"}, "damaged ones");
      plain = unpacked;
    } else if (!compression.empty()) {
      return wrong({"chunks that are plain or zstd: mcap compress --compression zstd",
                    "数据块不压缩或采用 zstd：mcap compress --compression zstd"},
                   std::string(compression.substr(0, 20)));
    }
    if (plain.size() != size || (crc != 0 && mcap::crc32(plain) != crc))
      return wrong({"a chunk that fits its checksum", "与校验和一致的数据块"}, "another");
    Cursor records(plain);
    while (records.ok() && !records.rest().empty()) {
      const auto opcode = static_cast<Opcode>(records.get<std::uint8_t>());
      const std::string_view inside = records.bytes(records.get<std::uint64_t>());
      if (!records.ok()) return wrong({"whole records", "完整的记录"}, "one that is cut short");
      ASSAY_RETURN_IF_ERROR(record(opcode, inside));
    }
    return {};
  }

  /// What else there may be (attachments, indexes, metadata) says nothing about values.
  Result<void> record(Opcode opcode, std::string_view bytes) {
    Cursor content(bytes);
    if (opcode == Opcode::schema) {
      const auto id = content.get<std::uint16_t>();
      Schema schema;
      schema.name = content.string();
      schema.encoding = content.string();
      schema.text = content.string();
      if (!content.ok()) return wrong({"a whole schema", "完整的消息结构"}, "one that is cut short");
      schemas_.try_emplace(id, std::move(schema));
    } else if (opcode == Opcode::channel) {
      const auto id = content.get<std::uint16_t>();
      const auto schema = content.get<std::uint16_t>();
      McapChannel out;
      out.id = id;
      out.topic = content.string();
      out.encoding = content.string();
      if (!content.ok()) return wrong({"a whole channel", "完整的通道"}, "one that is cut short");
      if (const auto known = schemas_.find(schema); known != schemas_.end()) {
        out.schema_name = known->second.name;
        out.schema_encoding = known->second.encoding;
        out.schema_text = known->second.text;
      }
      if (channels_.insert(id).second) return reader_.channel(std::move(out));
    } else if (opcode == Opcode::message) {
      McapMessage out;
      out.channel = content.get<std::uint16_t>();
      content.get<std::uint32_t>();
      out.log_ns = content.get<std::uint64_t>();
      out.publish_ns = content.get<std::uint64_t>();
      out.data = content.rest();
      if (!content.ok() || !channels_.contains(out.channel))
        return wrong({"messages of known channels", "属于已知通道的消息"}, "another");
      return reader_.message(out);
    }
    return {};
  }

  const std::string& name_;
  const McapReader& reader_;
  std::map<std::uint16_t, Schema> schemas_;
  std::set<std::uint16_t> channels_;
};

}  // namespace

Error bad_mcap(const std::string& file, Text expected, const std::string& found) {
  return Error{
      .id = 1265,
      .what = {"the recording cannot be read", "无法读取记录文件"},
      .place = {file},
      .expected = std::move(expected),
      .found = "lab:recording_unreadable " + found.substr(0, 300),
      .help = {"correct the file, or `recorded` in the subject file", "请修改该文件，或受试对象文件中的 `recorded`"}};
}

Result<void> read_mcap_records(std::string_view bytes, const std::string& file, const McapReader& reader) {
  return File(file, reader).run(bytes);
}

}  // namespace assay::recorded
