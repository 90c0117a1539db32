// Text forms that verification rests on: base64 and JSON with one spelling each, both bounded.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.h"

namespace assay::evidence {

using Json = nlohmann::json;

std::string base64(std::string_view bytes);
/// Only what base64() writes: padding whole, unused bits zero. So that no two texts mean the same bytes.
std::optional<std::string> unbase64(std::string_view text);
bool is_hex_digest(std::string_view text);  ///< 64 lower-case hexadecimal digits

struct JsonCaps {
  std::size_t bytes = 64u << 20;
  int depth = 32;
  std::size_t nodes = 4'000'000;
};
/// Parses foreign JSON without recursion beyond `depth`; repeated keys are refused. ASSAY-1125.
Result<Json> parse_json(std::string_view text, const std::string& name, const JsonCaps& caps = {});
/// Keys sorted, no blanks; bytes that are not UTF-8 replaced.
std::string canonical(const Json& json);
/// The same over lines of one space each, for files that people open.
std::string readable(const Json& json);

/// Members that must be there with that type; ASSAY-1125 in the name of `file`.
Result<std::string> text_of(const Json& json, const char* key, const std::string& file);
Result<std::int64_t> integer_of(const Json& json, const char* key, const std::string& file);

}  // namespace assay::evidence
