// An operator at a terminal: prompts of a run, answered line by line.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "cli/app.h"

namespace assay::cli {

/// Shows the prompt and reads answers from standard input until the run has taken one. False: no more input.
bool answer_prompt(const App& app, const std::string& session, const nlohmann::json& prompt, const std::string& by);

}  // namespace assay::cli
