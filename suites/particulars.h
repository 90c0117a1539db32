// A report's particulars, from the file that the laboratory writes (`schema: assay.particulars/1`).
#pragma once

#include <string>

#include "core/model/particulars.h"
#include "core/result.h"

namespace assay {

/// Fails with 02xx and 03xx as every file, and with ASSAY-0721 (a day that the calendar does not have).
Result<Particulars> load_particulars(const std::string& path);

}  // namespace assay
