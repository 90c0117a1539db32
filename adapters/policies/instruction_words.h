// The words that an instruction reader knows, in English and Chinese, and a text cut into them.
#pragma once

#include <string>
#include <vector>

#include "core/text.h"

namespace assay::policies {

enum class WordKind {
  colour,       ///< red green blue …
  shape,        ///< box can bottle cylinder cube bag; round and square mean several of them
  size,         ///< small large tall short flat narrow wide
  side,         ///< left right upper lower: of all that fits
  relation,     ///< left right above below: of another description. Chinese says `side` after a noun instead
  thing,        ///< one, item, goods, parcel: any thing that can be carried
  container,    ///< bin, tray
  all,          ///< all, every; 都 stands after
  others,       ///< the rest, 其余
  except,       ///< but, that is not, 除了
  end_except,   ///< 以外
  each_colour,  ///< one of each colour
  article,      ///< begins a new description
  also,         ///< and, or, comma
  move,         ///< verbs and prepositions: end a description
  stop,         ///< end of a sentence
  filler,       ///< known and without meaning here
};

struct Word {
  WordKind kind;
  std::string value;
  bool plural = false;
};

/// Longest match first; what is in no lexicon is passed over.
std::vector<Word> words_of(const std::string& text, Lang lang);

/// English words of the text that are in no lexicon, as they stand. (Chinese is not cut into words where unknown.)
std::vector<std::string> unknown_words(const std::string& text);

}  // namespace assay::policies
