#include "suites/schema_steps.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "suites/schema_words.h"

namespace assay {

using Json = nlohmann::json;

std::string pointer_of(const Steps& steps) {
  std::string pointer;
  for (const auto& step : steps) pointer += "/" + pointer_step(step);
  return pointer;
}

const Json* value_at(const Json& root, const Steps& steps) {
  const Json* value = &root;
  for (const auto& step : steps) {
    if (value->is_object() && value->contains(step)) {
      value = &(*value)[step];
    } else if (value->is_array() && !step.empty() && step.size() < 9 &&
               step.find_first_not_of("0123456789") == std::string::npos && std::stoul(step) < value->size()) {
      value = &(*value)[std::stoul(step)];
    } else {
      return nullptr;
    }
  }
  return value;
}

std::string written_at(const YamlFile& file, const Place& place) {
  std::size_t at = 0;
  for (int line = 1; line < place.line; ++line) {
    at = file.text.find('\n', at);
    if (at == std::string::npos) return {};
    ++at;
  }
  for (int column = 1; column < place.column && at < file.text.size(); ++column) {
    ++at;
    while (at < file.text.size() && (static_cast<unsigned char>(file.text[at]) & 0xC0u) == 0x80u) ++at;
  }
  const auto end = file.text.find_first_of(" \t\n,]}#", at);
  return file.text.substr(at, std::min<std::size_t>(end == std::string::npos ? end : end - at, 60));
}

std::string last_key(const Steps& steps) {
  for (auto it = steps.rbegin(); it != steps.rend(); ++it)
    if (it->find_first_not_of("0123456789") != std::string::npos) return *it;
  return {};
}

std::vector<std::string> known_keys(const Json* node) {
  std::vector<std::string> names;
  if (node != nullptr)
    if (const auto it = node->find("properties"); it != node->end() && it->is_object())
      for (const auto& [name, unused] : it->items()) names.push_back(name);
  return names;
}

}  // namespace assay
