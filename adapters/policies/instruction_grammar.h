// A shallow grammar of instructions: words → descriptions → clauses of "these things to that container".
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "adapters/policies/instruction_words.h"

namespace assay::policies {

/// "the small red can left of the tall box", as far as it is said.
struct Phrase {
  std::string colour, shape, side, relation;
  std::vector<std::string> sizes;
  int reference = -1;  ///< of the relation: index of another phrase
  bool named = false;  ///< has a noun
  bool container = false, plural = false, all = false, others = false, negated = false, each_colour = false;
  bool is_reference = false, joined = false;  ///< another phrase points here; "and" stands before it
};

struct Clause {
  std::vector<Phrase> objects;
  std::optional<Phrase> target;
  bool target_first = false;
};

struct Sentence {
  std::vector<Phrase> phrases;  ///< all of them, as Phrase::reference counts
  std::vector<Clause> clauses;
};

Sentence parse(const std::vector<Word>& words, Lang lang);

}  // namespace assay::policies
