// An operator at a terminal: prompts of a run, answered line by line.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "cli/app.h"

namespace assay::cli {

/// Shows the prompt and reads answers from standard input until the run has taken one. `shown`: the trial whose card
/// stands on the terminal, 0: none. False: no more input.
bool answer_prompt(const App& app, const std::string& session, const nlohmann::json& prompt, const std::string& by,
                   std::int64_t& shown);

}  // namespace assay::cli
