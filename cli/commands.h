// Every command adds itself to the parser; the parsed one leaves its action in `run`.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>

#include "cli/app.h"

namespace assay::cli {

using Action = std::function<int()>;

void add_run_commands(CLI::App& parser, App& app, Action& run);      ///< demo run resume
void add_control_commands(CLI::App& parser, App& app, Action& run);  ///< status attach pause continue stop
void add_plan_command(CLI::App& parser, App& app, Action& run);
void add_trial_commands(CLI::App& parser, App& app, Action& run);    ///< trial list show invalidate
void add_inspect_commands(CLI::App& parser, App& app, Action& run);  ///< grade explain reveal report export
void add_catalog_commands(CLI::App& parser, App& app, Action& run);  ///< suite adapter
/// check, below `suite`
void add_suite_check_command(CLI::App& suite, App& app, Action& run);
/// check, below `adapter`
void add_adapter_check_command(CLI::App& adapter, App& app, Action& run);
/// lint, below `suite`
void add_suite_lint_command(CLI::App& suite, App& app, Action& run);
/// There is a catalogue, or ASSAY-0310: an empty list of suites would look like one without mistakes.
Result<void> check_catalog();
/// page, below `suite`
void add_suite_page_command(CLI::App& suite, App& app, Action& run);
void add_validate_commands(CLI::App& parser, App& app, Action& run);  ///< validate metric
void add_compare_command(CLI::App& parser, App& app, Action& run);
void add_bundle_commands(CLI::App& parser, App& app, Action& run);    ///< bundle
void add_evidence_commands(CLI::App& parser, App& app, Action& run);  ///< key state preregister recompute
void add_robot_commands(CLI::App& parser, App& app, Action& run);     ///< robot serve
void add_doctor_command(CLI::App& parser, App& app, Action& run);

}  // namespace assay::cli
