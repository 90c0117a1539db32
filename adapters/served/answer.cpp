// What a served policy answers: rows of numbers, and what it says besides.
#include <cmath>
#include <nlohmann/json.hpp>

#include "adapters/served/spaces.h"

namespace assay::served {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kLongestWords = 4096, kMostRows = 10'000;

Error bad_words(const std::string& what) { return bad_answer("policy_words", what); }

Result<std::string> text_of(const Json& answer, const char* key) {
  if (!answer.contains(key) || answer[key].is_null()) return std::string();
  if (!answer[key].is_string()) return bad_words(std::string(key) + " is no text");
  auto text = answer[key].get<std::string>();
  if (text.size() > kLongestWords) return bad_words(std::string(key) + ": more than 4096 bytes");
  return text;
}

}  // namespace

Result<Words> words_from(const Json& answer) {
  Words out;
  ASSAY_TRY(out.say, text_of(answer, "say"));
  ASSAY_TRY(out.reason, text_of(answer, "refuse"));
  out.refuse = !out.reason.empty();
  if (answer.contains("done")) {
    if (!answer["done"].is_boolean()) return bad_words("done is neither true nor false");
    out.done = answer["done"].get<bool>();
  }
  if (!answer.contains("reports")) return out;
  const Json& reports = answer["reports"];
  if (!reports.is_array() || reports.size() > kMaxReports) return bad_words("reports: no list, or more than 100");
  for (const auto& one : reports) {
    const bool sound = one.is_object() && one.contains("label") && one["label"].is_string() &&
                       one.contains("position_m") && one["position_m"].is_array() && one["position_m"].size() == 3;
    if (!sound) return bad_words("a report is {label, position_m: [x, y, z]}");
    Report report{one["label"].get<std::string>(), {}};
    for (std::size_t i = 0; i < 3; ++i) {
      if (!one["position_m"][i].is_number()) return bad_words("position_m of '" + report.label.substr(0, 100) + "'");
      report.position_m[i] = one["position_m"][i].get<double>();
    }
    out.reports.push_back(std::move(report));
  }
  return out;
}

Result<void> check_answer(const Spaces& spaces, const Answer& answer) {
  const Chunk& chunk = answer.chunk;
  if (chunk.rows == 0 && answer.words.any()) return {};
  const std::size_t wanted = width(spaces);
  if (chunk.rows == 0 || chunk.rows > kMostRows || chunk.columns != wanted ||
      chunk.values.size() != chunk.rows * chunk.columns)
    return bad_answer("policy_shape", std::to_string(chunk.rows) + " rows of " + std::to_string(chunk.columns) +
                                          " numbers; `spaces` has " + std::to_string(wanted) + " columns");
  for (std::size_t i = 0; i < chunk.values.size(); ++i)
    if (!std::isfinite(chunk.values[i]))
      return bad_answer("policy_not_finite",
                        "row " + std::to_string(i / chunk.columns) + ", column " + std::to_string(i % chunk.columns));
  return {};
}

}  // namespace assay::served
