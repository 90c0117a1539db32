// What every command shares: options, exit codes, the console.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "core/model/grade.h"
#include "core/result.h"
#include "core/text.h"

namespace assay::cli {

/// DESIGN §4.7. Relative to --level or the subject's declared level.
enum ExitCode : int {
  kConforms = 0,
  kNotConform = 1,
  kUsage = 2,
  kBug = 3,
  kNothing = 4,
  kInconclusive = 5,
  kRobot = 6,
  kSafety = 7,
  kIntegrity = 8,
  kUntrusted = 9,
  kPrecondition = 10,
  kInterrupted = 75,
  kInterruptedEarly = 130,
};

struct App {
  Lang lang = Lang::en;
  bool json = false, quiet = false, color = false;
  std::string workspace = "assay-workspace";
  std::string program;  ///< path of this program

  [[nodiscard]] const std::string& say(const Text& text) const { return text.in(lang); }
  [[nodiscard]] std::string say(const char* en, const char* zh) const { return lang == Lang::zh ? zh : en; }
};

/// zh if LC_ALL, LC_MESSAGES or LANG (first that is set) begins with "zh".
Lang lang_from_environment();

/// Prints the error on stderr (or as {"schema":"assay.error/1",…} on stdout with --json) and returns the exit
/// code that its id maps to.
int fail(const App& app, const Error& error);
int exit_code_of(const Error& error);
int exit_code_of(const Grade& grade);

/// Columns a text takes on a terminal: CJK and full-width characters take two.
int display_width(const std::string& text);
std::string pad(const std::string& text, int width);

/// A table on stdout with columns as wide as their widest cell.
void print_table(const std::vector<std::vector<std::string>>& rows);
std::string paint(const App& app, Conformity conformity, const std::string& text);
/// "✓ conform", "◐ inconclusive", "✕ does not conform", "– not tested".
std::string verdict_word(const App& app, Conformity conformity);

/// `{"schema": …}` on stdout; bytes that are not UTF-8 are replaced.
void print_json(const nlohmann::json& json);

/// Whole or absent: written beside and renamed; folders are made. Fails with ASSAY-0908.
Result<void> write_file(const std::string& path, const std::string& bytes);

}  // namespace assay::cli
