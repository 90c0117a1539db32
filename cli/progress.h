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

/// Appends one JSON line per event. Fails with ASSAY-0903 if the file cannot be opened.
Result<std::unique_ptr<RunListener>> make_event_file(const std::string& path);

}  // namespace assay::cli
