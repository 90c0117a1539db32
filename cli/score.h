// Commands about second opinions.
#pragma once

#include "cli/commands.h"

namespace assay::cli {

/// score, agreement, below `trial`
void add_score_commands(CLI::App& trial, const App& app, Action& run);

}  // namespace assay::cli
