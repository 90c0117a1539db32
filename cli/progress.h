// What a run tells on stderr, and the event file.
#pragma once

#include <cstdio>
#include <memory>
#include <string>

#include "cli/app.h"
#include "core/events.h"
#include "core/result.h"

namespace assay::cli {

/// A live line with ETA on a terminal, one line per trial elsewhere, nothing with --quiet.
std::unique_ptr<RunListener> make_console_listener(const App& app);

/// "12 s", "3:05 min", "1:20 h"; "?" for a negative one.
std::string duration_text(double seconds);

/// One line that is overwritten on a terminal, a line each time elsewhere, nothing with --quiet.
class ProgressLine {
 public:
  explicit ProgressLine(const App& app);
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;
  void show(const std::string& line);

 private:
  bool quiet_, live_, shown_ = false;
};

/// Appends one JSON line per event. Fails with ASSAY-0903 if the file cannot be opened.
Result<std::unique_ptr<RunListener>> make_event_file(const std::string& path);

}  // namespace assay::cli
