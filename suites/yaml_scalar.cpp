// Plain scalars by the YAML 1.2 core schema (yaml.org/spec/1.2.2, 10.3.2).
#include <charconv>
#include <cmath>
#include <cstdint>
#include <string_view>

#include "suites/yaml_events.h"

namespace assay {

namespace {

bool one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  for (const auto& word : words)
    if (text == word) return true;
  return false;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::size_t skip_digits(std::string_view text, std::size_t at) {
  while (at < text.size() && is_digit(text[at])) ++at;
  return at;
}

/// [-+]?[0-9]+
bool is_integer(std::string_view text) {
  const std::size_t start = !text.empty() && (text[0] == '-' || text[0] == '+') ? 1 : 0;
  return start < text.size() && skip_digits(text, start) == text.size();
}

/// [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?
bool is_float(std::string_view text) {
  std::size_t at = !text.empty() && (text[0] == '-' || text[0] == '+') ? 1 : 0;
  const std::size_t whole = skip_digits(text, at);
  std::size_t digits = whole - at;
  at = whole;
  if (at < text.size() && text[at] == '.') {
    const std::size_t end = skip_digits(text, at + 1);
    digits += end - at - 1;
    at = end;
  }
  if (digits == 0) return false;
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
    const std::size_t end = skip_digits(text, at);
    if (end == at) return false;
    at = end;
  }
  return at == text.size();
}

std::optional<nlohmann::json> integer(std::string_view digits, int base) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return nlohmann::json(value);
}

bool all_in(std::string_view text, std::string_view set) {
  return !text.empty() && text.find_first_not_of(set) == std::string_view::npos;
}

}  // namespace

bool is_ambiguous(std::string_view plain) {
  std::string lower(plain.substr(0, 8));
  for (auto& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  if (one_of(lower, {"yes", "no", "on", "off"}) && lower.size() == plain.size()) return true;
  const std::size_t at = !plain.empty() && (plain[0] == '-' || plain[0] == '+') ? 1 : 0;
  return is_integer(plain) && plain.size() > at + 1 && plain[at] == '0';
}

std::optional<nlohmann::json> plain_scalar(const std::string& text) {
  const std::string_view view = text;
  if (one_of(view, {"", "~", "null", "Null", "NULL"})) return nlohmann::json(nullptr);
  if (one_of(view, {"true", "True", "TRUE"})) return nlohmann::json(true);
  if (one_of(view, {"false", "False", "FALSE"})) return nlohmann::json(false);
  if (one_of(view, {".nan", ".NaN", ".NAN"})) return std::nullopt;
  const std::string_view unsigned_part = !view.empty() && (view[0] == '-' || view[0] == '+') ? view.substr(1) : view;
  if (one_of(unsigned_part, {".inf", ".Inf", ".INF"})) return std::nullopt;
  if (view.starts_with("0o") && all_in(view.substr(2), "01234567")) return integer(view.substr(2), 8);
  if (view.starts_with("0x") && all_in(view.substr(2), "0123456789abcdefABCDEF")) return integer(view.substr(2), 16);
  if (is_integer(view)) return integer(view[0] == '+' ? view.substr(1) : view, 10);
  if (!is_float(view)) return nlohmann::json(text);
  const std::string_view digits = view[0] == '+' ? view.substr(1) : view;
  double value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  // Out of range means too large or too small: neither is what was written.
  if (error != std::errc() || end != digits.data() + digits.size() || !std::isfinite(value)) return std::nullopt;
  return nlohmann::json(value);
}

}  // namespace assay
