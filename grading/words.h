// Numbers and lists as words of both languages.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/model/plan.h"
#include "core/text.h"

namespace assay::grading {

/// "97.5 %"; chances that are not certain are never rounded to 0 % or 100 %.
std::string percent(double p);
/// A limit or a confidence without needless digits: "80 %".
std::string short_percent(double p);
/// "12, 15, 31"; beyond ten the rest is counted.
Text trial_list(const std::vector<std::int64_t>& trials);
Text operator+(const Text& a, const Text& b);

}  // namespace assay::grading
