// push and pull, below `bundle`.
#pragma once

#include "cli/commands.h"

namespace assay::cli {

void add_bundle_registry_commands(CLI::App& bundle, App& app, Action& run);

}  // namespace assay::cli
