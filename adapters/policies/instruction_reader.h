// Reads an instruction in English or Chinese against what the detector reports: colours, shapes, sizes, places and
// rules become steps. A small lexicon and a shallow grammar; what it cannot resolve to one meaning it does not guess.
#pragma once

#include <string>
#include <vector>

#include "core/model/sample.h"
#include "core/text.h"

namespace assay::policies {

/// Carry the thing that the detector calls `object` to the one that it calls `target`.
struct Step {
  std::string object, target;
  friend bool operator==(const Step&, const Step&) = default;
};

struct Reading {
  std::vector<Step> steps;
  std::string doubt;                    ///< why there are no steps; English, for the record
  std::vector<std::string> candidates;  ///< labels of those that one description fits, where that is the doubt

  [[nodiscard]] bool clear() const { return doubt.empty() && !steps.empty(); }
};

/// Things to carry are told from containers (kind bin) and people by the detector's kind. Frame of the
/// positions: x away from the reader, y to its left, z up.
///   descriptions  colour, shape, size (small large tall flat …), place (on the left, on the upper shelf), and one
///                 relation (left of, right of, above, below another description)
///   sets          all, the others, everything but / that is not …, one of each colour
/// A description in the singular must fit one thing alone; a target that is not named is the only container.
Reading read_instruction(const std::string& text, Lang lang, const std::vector<Detection>& seen);

/// Both languages say the same: where both can be read they must agree, where one can be read it counts.
Reading read_instruction(const Text& text, const std::vector<Detection>& seen);

/// What words say of things and containers without saying what to do: labels of those among `seen` that the first
/// description of either fits. Empty where there is none, or both languages do not say the same.
struct Described {
  std::vector<std::string> things, containers;
};
Described read_description(const Text& text, const std::vector<Detection>& seen);

}  // namespace assay::policies
