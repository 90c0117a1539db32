// A robot's or scene's MJCF as an element tree: read with its includes, checked against the grammar of the
// MuJoCo that is built in, every element with its place. Private to the room.
#pragma once

#include <tinyxml2.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/result.h"

namespace assay {

struct MjcfCaps {
  std::size_t bytes = 16u << 20;  ///< over all files together
  int depth = 90, files = 64, elements = 200'000;
};

struct Mjcf {
  std::unique_ptr<tinyxml2::XMLDocument> document;
  std::string path;                                               ///< absolute
  std::vector<std::string> files;                                 ///< every MJCF file read, in order
  std::unordered_map<const tinyxml2::XMLElement*, Place> places;  ///< only looked up, never walked

  [[nodiscard]] tinyxml2::XMLElement* root() const { return document->RootElement(); }
  [[nodiscard]] Place place(const tinyxml2::XMLElement* element) const;
};

/// Reads, expands <include>, checks grammar and numbers. Fails with 0450…0459.
Result<Mjcf> read_mjcf(const std::string& path, const MjcfCaps& caps = {});
/// Unknown element or attribute (0456, 0457), value of a newer MuJoCo (0458), text where a number belongs (0459).
Result<void> check_grammar(const Mjcf& mjcf);
/// Does the grammar know this attribute of an element with this tag inside a parent with that tag?
bool grammar_knows(std::string_view parent, std::string_view tag, std::string_view attribute);
/// Names of MuJoCo 2.2.2 whose value is text, not numbers.
bool is_text_attribute(std::string_view parent, std::string_view tag, std::string_view attribute);

// ---- small helpers over the tree ----------------------------------------------------------------------------
Error mjcf_error(int id, Text what, Place place, std::string found = {}, Text help = {});
std::string_view tag_of(const tinyxml2::XMLElement* element);
/// The attribute's text, or nullptr.
const char* attribute_of(const tinyxml2::XMLElement* element, const char* name);
bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words);
/// "body" for worldbody and body, else the tag: what decides which children an element may have.
std::string_view context_of(const tinyxml2::XMLElement* element);
/// Finite numbers separated by blanks; nothing if anything else stands there.
std::optional<std::vector<double>> parse_numbers(std::string_view text);
/// Shortest text that reads back as the same doubles.
std::string format_numbers(const std::vector<double>& values);
/// Every element below and including `element`, parents first, in document order.
std::vector<tinyxml2::XMLElement*> all_elements(tinyxml2::XMLElement* element);
/// Copies `source` (of `from`) with everything below it to the end of `parent` (in `to`), places too.
tinyxml2::XMLElement* copy_into(Mjcf& to, const Mjcf& from, const tinyxml2::XMLElement* source,
                                tinyxml2::XMLElement* parent);
/// The up to three names nearest to `word`, "a, b, c"; empty if none is near.
std::string nearest_names(std::string_view word, const std::vector<std::string>& names);
/// " (did you mean …?)" in both languages, or empty.
Text did_you_mean(std::string_view word, const std::vector<std::string>& names);

}  // namespace assay
