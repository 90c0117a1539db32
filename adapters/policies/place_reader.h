// Reads which of a few known things an instruction names, in which order, and which it rules out; English or Chinese.
// A small lexicon and a shallow grammar of clauses: negation, "first … last", "before".
#pragma once

#include <string>
#include <vector>

#include "core/text.h"

namespace assay::policies {

/// Words, in lower case, that mean `key`; in either language.
struct Lexeme {
  std::string key;
  std::vector<std::string> words;
};

struct Mentions {
  std::vector<std::string> named;     ///< keys in the order in which the text wants them
  std::vector<std::string> excluded;  ///< keys that the text rules out, in the order of the text
};

/// A key counts once, where it comes first. Of overlapping words the longest counts.
Mentions read_places(const std::string& text, const std::vector<Lexeme>& lexicon);
/// The English text where there is one, else the Chinese.
Mentions read_places(const Text& text, const std::vector<Lexeme>& lexicon);

/// Colours by which things are told apart; the keys are the English words.
const std::vector<Lexeme>& colour_lexicon();

/// `text` in lower case holds one of `words`.
bool says(const std::string& text, const std::vector<std::string>& words);
std::string lower_case(std::string text);

}  // namespace assay::policies
