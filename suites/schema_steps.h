// The way from a file's root to a value: keys of maps and indexes of lists.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "suites/yaml.h"

namespace assay {

using Steps = std::vector<std::string>;

std::string pointer_of(const Steps& steps);
/// nullptr: there is none.
const nlohmann::json* value_at(const nlohmann::json& root, const Steps& steps);
/// The scalar as it is written at its place: 017 rather than 17.
std::string written_at(const YamlFile& file, const Place& place);
/// The innermost key; indexes of lists are none.
std::string last_key(const Steps& steps);
/// Keys that the schema's node names; none for nullptr.
std::vector<std::string> known_keys(const nlohmann::json* node);

}  // namespace assay
