#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "cli/app.h"

namespace assay::cli {

Lang lang_from_environment() {
  for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    const char* value = std::getenv(name);
    if (value != nullptr && *value != '\0') return std::string(value).rfind("zh", 0) == 0 ? Lang::zh : Lang::en;
  }
  return Lang::en;
}

int exit_code_of(const Error& error) {
  switch (error.id) {
    case 440:
    case 441:
    case 510:  // a deciding file changed since the session was locked
    case 701:
    case 702:
    case 703:
    case 705:
    case 706:
    case 707:
    case 708:
    case 709:
    case 716:
    case 717:
    case 725:
    case 727:
    case 728:
    case 906:
    case 908:
    case 909:
    case 911:
      return kPrecondition;
    case 930:
    case 931:
      return kRobot;
    case 704:
    case 720:
    case 729:
    case 511:
    case 512:
      return kIntegrity;
    case 710:
    case 713:
      return kNothing;
    case 501:
    case 502:
    case 503:
      return kUsage;
    default:
      break;
  }
  switch (error.id) {
    case 1132:  // a record of the register that speaks of nothing in the bundle
      return kUsage;
    case 1161:
    case 1162:
    case 1164:
      return kPrecondition;
    case 1163:
      return kNothing;
    case 1165:
    case 1166:
      return kIntegrity;
    default:
      break;
  }
  if (error.id >= 1120 && error.id < 1150 && error.id != 1127 && error.id != 1128 && error.id != 1130)
    return kIntegrity;
  if (error.id >= 1101 && error.id < 1120) return kPrecondition;
  const int room = error.id / 100;
  if (room == 5) return kRobot;
  if (room == 1) return kPrecondition;
  return kUsage;
}

int exit_code_of(const Grade& grade) {
  const bool unsafe = std::any_of(grade.gates.begin(), grade.gates.end(),
                                  [](const GateResult& g) { return g.conformity == Conformity::not_conform; });
  if (unsafe) return kSafety;
  switch (grade.at_declared) {
    case Conformity::conform:
      return kConforms;
    case Conformity::not_conform:
      return kNotConform;
    case Conformity::inconclusive:
      return kInconclusive;
    case Conformity::not_tested:
      return kNothing;
  }
  return kBug;
}

int fail(const App& app, const Error& error) {
  const int code = exit_code_of(error);
  if (app.json) {
    nlohmann::json out = {
        {"schema", "assay.error/1"},
        {"id", "ASSAY-" + std::string(4 - std::min<std::size_t>(4, std::to_string(error.id).size()), '0') +
                   std::to_string(error.id)},
        {"exit_code", code},
        {"what", {{"en", error.what.en}, {"zh", error.what.zh}}},
        {"found", error.found},
        {"expected", {{"en", error.expected.en}, {"zh", error.expected.zh}}},
        {"help", {{"en", error.help.en}, {"zh", error.help.zh}}},
        {"file", error.place.file},
        {"line", error.place.line},
        {"column", error.place.column}};
    print_json(out);
  }
  Error shown = error;  // whose fault it was is for the trace: a reader is helped by what happened
  for (const std::string whose : {"lab:", "subject:", "unknown:"})
    if (shown.found.rfind(whose, 0) == 0) shown.found.erase(0, whose.size());
  std::fprintf(stderr, "%s\n", to_string(shown, app.lang).c_str());
  return code;
}

namespace {

/// Decodes one UTF-8 character; broken bytes count as one column each.
char32_t next_character(const std::string& text, std::size_t& at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  std::size_t length = 1;
  char32_t value = lead;
  if (lead >= 0xF0) {
    length = 4;
    value = lead & 0x07U;
  } else if (lead >= 0xE0) {
    length = 3;
    value = lead & 0x0FU;
  } else if (lead >= 0xC0) {
    length = 2;
    value = lead & 0x1FU;
  }
  for (std::size_t i = 1; i < length && at + i < text.size(); ++i)
    value = (value << 6) | (static_cast<unsigned char>(text[at + i]) & 0x3FU);
  at += length;
  return value;
}

bool wide(char32_t c) {
  return (c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0xA4CF) || (c >= 0xAC00 && c <= 0xD7A3) ||
         (c >= 0xF900 && c <= 0xFAFF) || (c >= 0xFE30 && c <= 0xFE6F) || (c >= 0xFF00 && c <= 0xFF60) ||
         (c >= 0xFFE0 && c <= 0xFFE6) || (c >= 0x20000 && c <= 0x3FFFD);
}

}  // namespace

int display_width(const std::string& text) {
  int width = 0;
  bool escape = false;
  for (std::size_t at = 0; at < text.size();) {
    const char32_t c = next_character(text, at);
    if (c == 0x1B) escape = true;
    if (!escape) width += wide(c) ? 2 : 1;
    if (escape && c == U'm') escape = false;
  }
  return width;
}

std::string pad(const std::string& text, int width) {
  return text + std::string(static_cast<std::size_t>(std::max(0, width - display_width(text))), ' ');
}

void print_table(const std::vector<std::vector<std::string>>& rows) {
  std::vector<int> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()), 0);
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], display_width(row[i]));
  }
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) line += i + 1 < row.size() ? pad(row[i], widths[i] + 2) : row[i];
    std::printf("%s\n", line.c_str());
  }
}

std::string verdict_word(const App& app, Conformity conformity) {
  switch (conformity) {
    case Conformity::conform:
      return app.say("✓ conform", "✓ 符合");
    case Conformity::inconclusive:
      return app.say("◐ inconclusive", "◐ 尚无定论");
    case Conformity::not_conform:
      return app.say("✕ does not conform", "✕ 不符合");
    case Conformity::not_tested:
      return app.say("– not tested", "– 未测试");
  }
  return "?";
}

std::string paint(const App& app, Conformity conformity, const std::string& text) {
  if (!app.color) return text;
  const char* code = "90";
  if (conformity == Conformity::conform) code = "32";
  if (conformity == Conformity::inconclusive) code = "33";
  if (conformity == Conformity::not_conform) code = "31";
  return "\033[" + std::string(code) + "m" + text + "\033[0m";
}

void print_json(const nlohmann::json& json) {
  std::printf("%s\n", json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
}

Result<void> write_file(const std::string& path, const std::string& bytes) {
  std::error_code failed;
  if (std::filesystem::path(path).has_parent_path())
    std::filesystem::create_directories(std::filesystem::path(path).parent_path(), failed);
  const std::string partial = path + ".partial";
  std::ofstream out(partial, std::ios::binary);
  out << bytes;
  out.close();
  if (out) std::filesystem::rename(partial, path, failed);
  if (!out || failed)
    return Error{
        .id = 908, .what = {"the file cannot be written", "文件无法写入"}, .place = {path}, .found = failed.message()};
  return {};
}

}  // namespace assay::cli
