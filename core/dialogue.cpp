#include "core/model/dialogue.h"

#include <charconv>

namespace assay {
namespace {

constexpr char kBetween = '\x1f';  // unit separator: no text that people write has it
constexpr const char* kTurn = "turn";

bool read(const std::string& text, std::int64_t& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc{} && end == text.data() + text.size();
}

}  // namespace

std::string tag_of(const Turn& turn) {
  std::string out = kTurn;
  for (const auto& part : {std::string(turn.answer ? "answer" : "word"), std::to_string(turn.from_low_ns),
                           std::to_string(turn.from_high_ns), turn.words.en, turn.words.zh, turn.slot, turn.value})
    out += kBetween + part;
  return out;
}

std::optional<Turn> turn_of(const std::string& tag) {
  std::vector<std::string> parts(1);
  for (const char c : tag) {
    if (c == kBetween)
      parts.emplace_back();
    else
      parts.back() += c;
  }
  if (parts.size() != 8 || parts[0] != kTurn) return std::nullopt;
  Turn turn;
  turn.answer = parts[1] == "answer";
  if (!read(parts[2], turn.from_low_ns) || !read(parts[3], turn.from_high_ns)) return std::nullopt;
  turn.words = {parts[4], parts[5]};
  turn.slot = parts[6];
  turn.value = parts[7];
  return turn;
}

std::vector<Turn> turns_of(const std::vector<std::string>& tags) {
  std::vector<Turn> out;
  for (const auto& tag : tags)
    if (auto turn = turn_of(tag)) out.push_back(std::move(*turn));
  return out;
}

}  // namespace assay
