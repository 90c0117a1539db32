// YAML as people write it → JSON with a mark for every value. Event-level (yaml-cpp's event handler), YAML
// 1.2 core schema for plain scalars (`yes` is text, `017` is 17; validate_schema() refuses both as ambiguous),
// quoted scalars always text, duplicate keys an error, caps on bytes, depth, nodes and aliases.
#pragma once

#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "core/result.h"

namespace assay {

struct YamlCaps {
  std::size_t bytes = 1u << 20;
  int depth = 64, nodes = 200'000, aliases = 1'000;
};

/// A parsed file: the value, and where each JSON pointer ("/levels/L2/time_limit_s") stands.
struct YamlFile {
  std::string path, text, sha256;
  std::shared_ptr<const nlohmann::json> value;
  std::map<std::string, Place> marks;            ///< JSON pointer → place of the value
  std::map<std::string, Place> key_marks;        ///< JSON pointer → place of the key it stands under
  std::map<std::string, std::string> ambiguous;  ///< JSON pointer → a scalar that YAML 1.1 reads otherwise, as written
  [[nodiscard]] Place place(const std::string& pointer) const;  ///< nearest known ancestor
};

/// "a/b" → "a~1b": one step of a JSON pointer.
std::string pointer_step(std::string_view key);

/// The bytes of a regular file. Never blocks: a FIFO, a device or a folder is refused (0201), and so is a file
/// of more than `bytes` (0202), before anything is read.
Result<std::string> read_small_file(const std::string& path, std::size_t bytes);

/// Fails with 02xx: file missing or not a regular file (0201), too large (0202), not UTF-8 text (0203), syntax
/// (0204), duplicate key (0205), too deep (0206), too many nodes (0207) or aliases (0208), NaN, infinity or a
/// number out of range (0209).
Result<YamlFile> read_yaml(const std::string& path, const YamlCaps& caps = {});
Result<YamlFile> parse_yaml(std::string_view text, const std::string& name, const YamlCaps& caps = {});

/// Checks `schema: assay.<kind>/<major>` and validates against suites/schema/<kind>.schema.json. Fails with
/// 0301 (wrong schema line), 0302 (violates the schema: expected, found, place), 0303 (unknown key, nearest
/// known named), 0304 (this program's own schema file is missing or damaged). The error is the file's first; `help`
/// names the others with their places.
Result<void> validate_schema(const YamlFile& file, std::string_view kind);

}  // namespace assay
