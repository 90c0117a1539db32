#include "core/result.h"

#include <fmt/format.h>

namespace assay {
namespace {

struct Words {
  const char* error;
  const char* expected;
  const char* found;
  const char* help;
};
constexpr Words kEnglish{"error[ASSAY-{:04}]: {}", "\n  expected {}", "\n  found {}", "\n  help: {}"};
constexpr Words kChinese{"错误[ASSAY-{:04}]：{}", "\n  应为 {}", "\n  实际为 {}", "\n  建议：{}"};

std::string to_string(const Place& place) {
  if (place.line <= 0) return place.file;
  if (place.column <= 0) return fmt::format("{}:{}", place.file, place.line);
  return fmt::format("{}:{}:{}", place.file, place.line, place.column);
}

}  // namespace

std::string to_string(const Error& error, Lang lang) {
  const Words& words = lang == Lang::zh ? kChinese : kEnglish;
  std::string out = fmt::format(fmt::runtime(words.error), error.id, error.what.in(lang));
  if (!error.place.file.empty()) out += "\n  --> " + to_string(error.place);
  if (!error.expected.in(lang).empty()) out += fmt::format(fmt::runtime(words.expected), error.expected.in(lang));
  if (!error.found.empty()) out += fmt::format(fmt::runtime(words.found), error.found);
  if (!error.help.in(lang).empty()) out += fmt::format(fmt::runtime(words.help), error.help.in(lang));
  return out;
}

}  // namespace assay
