#include "evidence/encoding.h"

#include <set>
#include <vector>

#include "evidence/errors.h"

namespace assay::evidence {
namespace {

constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

Error malformed(const std::string& name, std::string found, Text expected = {"JSON", "JSON"}) {
  return evidence_error(kContradiction, {"a file of the bundle is malformed", "证据包中的文件格式不正确"}, name,
                        std::move(found), std::move(expected));
}

struct Refused {
  const char* why;
};

/// Counts nodes and depth and watches for repeated keys while nlohmann builds the value.
class Watch {
 public:
  explicit Watch(const JsonCaps& caps) : caps_(caps) {}

  bool operator()(int depth, Json::parse_event_t event, Json& parsed) {
    if (depth > caps_.depth) throw Refused{"nested too deep"};
    if (++nodes_ > caps_.nodes) throw Refused{"too many values"};
    if (event == Json::parse_event_t::object_start) keys_.emplace_back();
    if (event == Json::parse_event_t::object_end) keys_.pop_back();
    if (event == Json::parse_event_t::key && !keys_.back().insert(parsed.get<std::string>()).second)
      throw Refused{"a key stands twice"};
    return true;
  }

 private:
  JsonCaps caps_;
  std::size_t nodes_ = 0;
  std::vector<std::set<std::string>> keys_;
};

}  // namespace

std::string base64(std::string_view bytes) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    unsigned group = 0;
    for (std::size_t i = 0; i < 3; ++i)
      group = group << 8 | (at + i < bytes.size() ? static_cast<unsigned char>(bytes[at + i]) : 0U);
    for (std::size_t i = 0; i < 4; ++i) out += at + i <= bytes.size() ? kDigits[group >> (18 - 6 * i) & 63U] : '=';
  }
  return out;
}

std::optional<std::string> unbase64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::string out;
  out.reserve(text.size() / 4 * 3);
  for (std::size_t at = 0; at < text.size(); at += 4) {
    unsigned group = 0;
    std::size_t digits = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      const auto digit = kDigits.find(text[at + i]);
      group = group << 6 | (digit == std::string_view::npos ? 0U : static_cast<unsigned>(digit));
      if (digit != std::string_view::npos && digits == i) ++digits;
    }
    if (digits < 2) return std::nullopt;
    for (std::size_t i = 0; i + 1 < digits; ++i) out += static_cast<char>(group >> (16 - 8 * i) & 255U);
  }
  if (base64(out) != text) return std::nullopt;
  return out;
}

bool is_hex_digest(std::string_view text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

Result<Json> parse_json(std::string_view text, const std::string& name, const JsonCaps& caps) {
  if (text.size() > caps.bytes)
    return evidence_error(kTooLarge, {"a file of the bundle is too large", "证据包中的文件过大"}, name,
                          std::to_string(text.size()) + " bytes",
                          {"at most " + std::to_string(caps.bytes), "不超过 " + std::to_string(caps.bytes) + " 字节"});
  try {
    Watch watch(caps);
    return Json::parse(text,
                       [&](int depth, Json::parse_event_t event, Json& parsed) { return watch(depth, event, parsed); });
  } catch (const Refused& refused) {
    return malformed(name, refused.why);
  } catch (const Json::exception& exception) {
    return malformed(name, exception.what());
  }
}

std::string canonical(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }
std::string readable(const Json& json) { return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n"; }

Result<std::string> text_of(const Json& json, const char* key, const std::string& file) {
  const auto found = json.is_object() ? json.find(key) : json.end();
  if (!json.is_object() || found == json.end() || !found->is_string())
    return malformed(file, "no such text",
                     {std::string("a text \"") + key + "\"", std::string("文本字段 \"") + key + "\""});
  return found->get<std::string>();
}

Result<std::int64_t> integer_of(const Json& json, const char* key, const std::string& file) {
  const auto found = json.is_object() ? json.find(key) : json.end();
  if (!json.is_object() || found == json.end() || !found->is_number_integer() ||
      (found->is_number_unsigned() && found->get<std::uint64_t>() > INT64_MAX))
    return malformed(file, "no such number",
                     {std::string("an integer \"") + key + "\"", std::string("整数字段 \"") + key + "\""});
  return found->get<std::int64_t>();
}

}  // namespace assay::evidence
