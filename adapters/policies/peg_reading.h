// Which peg goes into which socket, and in which order: from the labels of the slots, or from the words alone.
#pragma once

#include <string>
#include <vector>

#include "core/model/sample.h"
#include "core/model/setup.h"

namespace assay::policies {

struct PegStep {
  std::string peg, hole;  ///< detector's labels
};

/// Slots object, target, object_2, target_2, … in order. Without labels: the pegs and holes that the English text
/// names, in the order of mention ("only after" turns it round); or, where it names none, the rule that it states:
/// every peg into the hole of its own colour, by length. Empty as long as `seen` does not have what the text is about.
std::vector<PegStep> read_peg_steps(const Instruction& instruction, const std::vector<Detection>& seen);

}  // namespace assay::policies
