// What a JSON Schema expects and what a value is, in words of both languages.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "core/text.h"

namespace assay {

/// The schema node that governs `pointer_steps` below `root`, $refs followed; null where the schema says nothing.
const nlohmann::json* schema_node(const nlohmann::json& root, const std::vector<std::string>& pointer_steps);

/// "a number above 0", "one of arm, gripper", "a list of 3 items" …
Text expected_words(const nlohmann::json& node);
/// "a number", "text" …
Text kind_words(const nlohmann::json& value);
/// The value as JSON, cut to a line.
std::string found_words(const nlohmann::json& value);

/// The entry of `names` that `name` most likely meant; empty if none is near.
std::string nearest_name(const std::string& name, const std::vector<std::string>& names);
/// "a, b, c" (at most 24, then "…").
std::string list_names(const std::vector<std::string>& names);
/// "one of a, b, c", or just "a".
Text one_of_words(const std::vector<std::string>& names);
/// "time_limit_ms" → "time_limit": without a trailing unit. The name itself if it has none.
std::string unit_stem(const std::string& key);

/// "500 ms" under `deadline_s` -> "write 0.5: the key is in s".
Text number_advice(const std::string& text, const std::string& key);

}  // namespace assay
