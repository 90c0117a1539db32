// Conditions, limits and variation in words, in both languages, from the data alone.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/model/task.h"
#include "core/text.h"

namespace assay::reports {

/// A sentence, and what stands below it as a list.
struct Words {
  Text text;
  std::vector<Words> children;
  friend bool operator==(const Words&, const Words&) = default;
};

/// What a task's names are called. Slots stay in braces, as in the instruction.
class Names {
 public:
  explicit Names(const Task& task);
  [[nodiscard]] Text of(const std::string& entity) const;
  /// "the red parcel, the blue parcel and the orange bin"
  [[nodiscard]] Text list(const std::vector<std::string>& entities, const Text& last = {" and ", "和"}) const;

 private:
  std::map<std::string, Text> names_;
};

Words words_of(const Condition& condition, const Names& names);
Text words_of(const Limit& limit, const Names& names);
/// One for each kind of change; neighbours that change alike stand together.
std::vector<Words> words_of(const std::vector<Variation>& variation, const Names& names);
Text words_of(const Actor& actor, const Names& names);

}  // namespace assay::reports
