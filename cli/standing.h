// What a register says of a session's bundle, for its report.
#pragma once

#include <string>
#include <vector>

#include "cli/app.h"
#include "core/result.h"

namespace assay::cli {

struct StandingRequest {
  std::string bundle, state_register, trust;  ///< files
};
/// Certificate, state, amendment, waivers and trials struck out, in both languages, one line each. Fails with 112x,
/// 1131 where a file does not hold, 1153 if the bundle is of another session or its register cannot be believed.
Result<std::vector<std::string>> standing_remarks(const std::string& session, const StandingRequest& request);

}  // namespace assay::cli
