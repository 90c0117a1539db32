// Slots of an instruction, filled into texts, conditions and limits.
#pragma once

#include <map>
#include <string>

#include "core/model/setup.h"
#include "core/model/task.h"
#include "core/result.h"

namespace assay::harness {

using Slots = std::map<std::string, std::string>;

/// Every "{slot}" of `text` replaced by words.at(slot). Fails with ASSAY-0502 for a slot nobody drew.
Result<std::string> fill(const std::string& text, const Slots& words);
Result<Condition> fill(const Condition& condition, const Slots& slots);
Result<Limit> fill(const Limit& limit, const Slots& slots);

/// `said` with the suite's words for the slots' values, in both languages. Fails with ASSAY-0502.
Result<Text> in_words(const Task& task, const Slots& slots, const Text& said);

/// Instruction in both languages (0: the task's own; k: its k-th other wording), with labels of the detectables that
/// the slots name.
Result<Instruction> make_instruction(const Task& task, const Slots& slots, int wording);

}  // namespace assay::harness
