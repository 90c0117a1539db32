// YAML as people write it → JSON with a mark for every value. Event-level (yaml-cpp's event handler), YAML
// 1.2 core schema scalars (`yes` and `017` are strings and integers 'yes', 17… see docs), duplicate keys an
// error, caps on bytes, depth, nodes and aliases.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "core/result.h"

namespace assay {

struct YamlCaps {
  std::size_t bytes = 4u << 20;
  int depth = 64, nodes = 200'000, aliases = 1'000;
};

/// A parsed file: the value, and where each JSON pointer ("/levels/L2/time_limit_s") stands.
struct YamlFile {
  std::string path, text, sha256;
  std::shared_ptr<const nlohmann::json> value;
  std::map<std::string, Place> marks;         ///< JSON pointer → place of the value
  [[nodiscard]] Place place(const std::string& pointer) const;  ///< nearest known ancestor
};

/// Fails with 02xx: file missing (0201), too large (0202), not UTF-8 (0203), syntax (0204), duplicate key
/// (0205), too deep (0206), too many nodes (0207) or aliases (0208), NaN or infinity (0209).
Result<YamlFile> read_yaml(const std::string& path, const YamlCaps& caps = {});
Result<YamlFile> parse_yaml(std::string_view text, const std::string& name, const YamlCaps& caps = {});

/// Checks `schema: assay.<kind>/<major>` and validates against suites/schema/<kind>.schema.json. Fails with
/// 0301 (wrong schema line), 0302 (violates the schema: expected, found, place), 0303 (unknown key, nearest
/// known named).
Result<void> validate_schema(const YamlFile& file, std::string_view kind);

}  // namespace assay
