#include "suites/schema_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <locale>
#include <nlohmann/json.hpp>
#include <numeric>
#include <sstream>
#include <string_view>

namespace assay {

namespace {

using Json = nlohmann::json;

const Json* follow(const Json& root, const Json* node) {
  for (int hops = 0; node != nullptr && node->is_object() && node->contains("$ref") && hops < 16; ++hops) {
    const auto& ref = (*node)["$ref"];
    if (!ref.is_string()) return nullptr;
    const auto text = ref.get<std::string>();
    if (!text.starts_with("#")) return nullptr;
    const Json::json_pointer pointer(text.substr(1));
    node = root.contains(pointer) ? &root[pointer] : nullptr;
  }
  return node;
}

const Json* step_into(const Json& node, const std::string& step) {
  if (!node.is_object()) return nullptr;
  if (const auto it = node.find("properties"); it != node.end() && it->contains(step)) return &(*it)[step];
  if (const auto it = node.find("additionalProperties"); it != node.end() && it->is_object()) return &*it;
  if (const auto it = node.find("items"); it != node.end() && it->is_object()) return &*it;
  return nullptr;
}

std::string number_text(const Json& value) {
  return value.is_number_float() ? fmt::format("{}", value.get<double>()) : value.dump();
}

/// " above 0", " from 1 to 5" …
Text bounds(const Json& node) {
  Text text;
  const auto add = [&](const char* key, const char* en, const char* zh) {
    const auto it = node.find(key);
    if (it == node.end() || !it->is_number()) return;
    text.en += fmt::format("{} {} {}", text.en.empty() ? "" : ",", en, number_text(*it));
    text.zh += fmt::format("{}{} {}", text.zh.empty() ? "" : " 且", zh, number_text(*it));
  };
  const auto low = node.find("minimum"), high = node.find("maximum");
  if (low != node.end() && high != node.end() && low->is_number() && high->is_number())
    return {fmt::format(" from {} to {}", number_text(*low), number_text(*high)),
            fmt::format("{} 至 {}", number_text(*low), number_text(*high))};
  add("exclusiveMinimum", "above", "大于");
  add("minimum", "of at least", "不小于");
  add("exclusiveMaximum", "below", "小于");
  add("maximum", text.en.empty() ? "of at most" : "at most", "不大于");
  return text;
}

Text list_words(const Json& node) {
  const int low = node.value("minItems", 0), high = node.value("maxItems", -1);
  if (low == high) return {fmt::format("a list of {} items", low), fmt::format("含 {} 项的列表", low)};
  if (high >= 0)
    return {fmt::format("a list of {} to {} items", low, high), fmt::format("含 {} 到 {} 项的列表", low, high)};
  if (low > 0) return {fmt::format("a list of at least {} item(s)", low), fmt::format("至少含 {} 项的列表", low)};
  return {"a list", "列表"};
}

Text map_words(const Json& node) {
  const auto it = node.find("properties");
  if (it == node.end() || !it->is_object()) return {"a map (key: value)", "映射（键: 值）"};
  std::vector<std::string> names;
  for (const auto& [name, unused] : it->items()) names.push_back(name);
  const bool one = node.value("maxProperties", 0) == 1;
  return {fmt::format("a map with {}{}", one ? "exactly one of " : "the keys ", list_names(names)),
          fmt::format("{}{}的映射", one ? "恰含以下一个键的：" : "含下列键：", list_names(names))};
}

Text type_words(const std::string& type, const Json& node) {
  const Text range = bounds(node);
  if (type == "number") return {"a number" + range.en, range.zh + (range.zh.empty() ? "数" : " 的数")};
  if (type == "integer") return {"a whole number" + range.en, range.zh + (range.zh.empty() ? "整数" : " 的整数")};
  if (type == "string")
    return node.value("minLength", 0) > 0 ? Text{"text, not empty", "非空文本"} : Text{"text", "文本"};
  if (type == "boolean") return {"true or false", "true 或 false"};
  if (type == "array") return list_words(node);
  if (type == "object") return map_words(node);
  return {type, type};
}

std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substitute = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substitute});
    }
  }
  return row.back();
}

}  // namespace

const Json* schema_node(const Json& root, const std::vector<std::string>& steps) {
  const Json* node = follow(root, &root);
  for (const auto& step : steps) {
    if (node == nullptr) return nullptr;
    node = follow(root, step_into(*node, step));
  }
  return node;
}

Text expected_words(const Json& node) {
  if (const auto it = node.find("x-expect"); it != node.end() && it->is_object())
    return {it->value("en", std::string()), it->value("zh", std::string())};
  if (const auto it = node.find("const"); it != node.end()) return {it->dump(), it->dump()};
  if (const auto it = node.find("enum"); it != node.end() && it->is_array()) {
    std::vector<std::string> names;
    for (const auto& value : *it) names.push_back(value.is_string() ? value.get<std::string>() : value.dump());
    return one_of_words(names);
  }
  const auto it = node.find("type");
  if (it == node.end()) return {};
  if (it->is_string()) return type_words(it->get<std::string>(), node);
  Text text;
  for (const auto& type : *it) {
    const Text one = type_words(type.get<std::string>(), node);
    text.en += (text.en.empty() ? "" : " or ") + one.en;
    text.zh += (text.zh.empty() ? "" : "或") + one.zh;
  }
  return text;
}

Text kind_words(const Json& value) {
  if (value.is_null()) return {"nothing", "空值"};
  if (value.is_boolean()) return {"true/false", "真假值"};
  if (value.is_number_integer()) return {"a whole number", "整数"};
  if (value.is_number()) return {"a number", "数"};
  if (value.is_string()) return {"text", "文本"};
  if (value.is_array()) return {"a list", "列表"};
  return {"a map", "映射"};
}

namespace {
/// "http://me:word@host" → "http://…@host": an address that is refused for its password is not said back with it.
std::string without_secrets(std::string text) {
  for (auto from = text.find("://"); from != std::string::npos; from = text.find("://", from)) {
    from += 3;
    auto end = from;
    while (end < text.size() && text[end] != '"') end += text[end] == '\\' ? 2U : 1U;
    const auto at = text.rfind('@', std::min(end, text.size()) - 1);
    if (at != std::string::npos && at > from) text.replace(from, at - from, "…");
  }
  return text;
}
}  // namespace

std::string found_words(const Json& value) {
  if (value.is_array() && value.size() > 20) return fmt::format("[… {} items]", value.size());
  if (value.is_object() && value.size() > 8) return fmt::format("{{… {} keys}}", value.size());
  std::string text = without_secrets(value.dump(-1, ' ', false, Json::error_handler_t::replace));
  if (text.size() <= 70) return text;
  std::size_t cut = 67;
  while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0u) == 0x80u) --cut;
  return text.substr(0, cut) + "...";
}

std::string nearest_name(const std::string& name, const std::vector<std::string>& names) {
  std::string best;
  std::size_t best_distance = 0;
  if (name.size() > 200) return best;
  for (const auto& candidate : names) {
    const std::size_t d = distance(name, candidate);
    if (d > std::max<std::size_t>(2, std::max(name.size(), candidate.size()) / 3)) continue;
    if (best.empty() || d < best_distance) best = candidate, best_distance = d;
  }
  return best;
}

std::string list_names(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i == 24) return text + ", …";
    text += (i == 0 ? "" : ", ") + names[i];
  }
  return text;
}

Text one_of_words(const std::vector<std::string>& names) {
  if (names.size() == 1) return {names[0], names[0]};
  return {"one of " + list_names(names), "下列之一：" + list_names(names)};
}

std::string unit_stem(const std::string& key) {
  // Longest first: "_rad_s" before "_s".
  static constexpr std::string_view kUnits[] = {
      "_seconds", "_minutes", "_degrees", "_newtons", "_meters", "_metres", "_rad_s", "_deg_s",
      "_mm_s",    "_cm_s",    "_ratio",   "_n_s",     "_m_s",    "_nm",     "_mm",    "_cm",
      "_km",      "_ms",      "_us",      "_ns",      "_min",    "_rad",    "_deg",   "_kg",
      "_khz",     "_hz",      "_kn",      "_m",       "_s",      "_n",      "_g",     "_h"};
  std::string lower = key;
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  for (const auto unit : kUnits)
    if (lower.size() > unit.size() && lower.ends_with(unit)) return lower.substr(0, lower.size() - unit.size());
  return lower;
}

namespace {

struct Unit {
  std::string_view key, text;  ///< as it ends a key, as it is written behind a number (lower case)
  char dimension;
  double factor;
};

constexpr double kDegree_rad = 0.017453292519943295;
// Longest first: "_rad_s" before "_s".
constexpr Unit kUnits[] = {{"_rad_s", "rad/s", 'w', 1},
                           {"_deg_s", "deg/s", 'w', kDegree_rad},
                           {"_mm_s", "mm/s", 'v', 1e-3},
                           {"_cm_s", "cm/s", 'v', 1e-2},
                           {"_m_s", "m/s", 'v', 1},
                           {"_rad", "rad", 'a', 1},
                           {"_deg", "deg", 'a', kDegree_rad},
                           {"_khz", "khz", 'f', 1e3},
                           {"_hz", "hz", 'f', 1},
                           {"_min", "min", 't', 60},
                           {"_ms", "ms", 't', 1e-3},
                           {"_us", "us", 't', 1e-6},
                           {"_ns", "ns", 't', 1e-9},
                           {"_mm", "mm", 'l', 1e-3},
                           {"_cm", "cm", 'l', 1e-2},
                           {"_km", "km", 'l', 1e3},
                           {"_kg", "kg", 'm', 1},
                           {"_kn", "kn", 'n', 1e3},
                           {"_m", "m", 'l', 1},
                           {"_s", "s", 't', 1},
                           {"_n", "n", 'n', 1},
                           {"_g", "g", 'm', 1e-3},
                           {"_h", "h", 't', 3600}};

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return text;
}

}  // namespace

Text number_advice(const std::string& text, const std::string& key) {
  std::istringstream words(text);
  words.imbue(std::locale::classic());
  double value = 0;
  std::string behind;
  if (!(words >> value)) return {"write a number", "请写数字"};
  std::getline(words >> std::ws, behind);
  behind = lower(behind);
  while (!behind.empty() && behind.back() == ' ') behind.pop_back();
  if (behind.empty()) return {"write the number without quotes", "请写不带引号的数字"};
  if (behind == "°" || behind == "degrees") behind = "deg";
  if (behind == "µs" || behind == "μs") behind = "us";
  const std::string small = lower(key);
  const Unit *of_key = nullptr, *of_text = nullptr;
  for (const auto& unit : kUnits) {
    if (of_key == nullptr && small.ends_with(unit.key)) of_key = &unit;
    if (of_text == nullptr && behind == unit.text) of_text = &unit;
  }
  if (of_key == nullptr)
    return {fmt::format("write only the number, {:.12g}", value), fmt::format("只写数字 {:.12g}", value)};
  if (of_text == nullptr || of_text->dimension != of_key->dimension)
    return {fmt::format("write only a number: the key is in {}", of_key->text),
            fmt::format("只写数字；该键的单位为 {}", of_key->text)};
  const double number = value * of_text->factor / of_key->factor;
  return {fmt::format("write {:.6g}: the key is in {}", number, of_key->text),
          fmt::format("写 {:.6g}：该键的单位为 {}", number, of_key->text)};
}

}  // namespace assay
