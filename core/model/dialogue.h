// What is said in a trial besides the instruction. A task's turns travel among its tags, and a setup's among those of
// its instruction, each as one text; the harness takes them out before anything reaches robot or policy.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/text.h"

namespace assay {

/// Whoever gave the instruction answers a question, or says a further word at a time of its own.
struct Turn {
  bool answer = false;
  std::int64_t from_low_ns = 0, from_high_ns = 0;  ///< after the question; else after the start. Equal once drawn
  Text words;                                      ///< with {slot} placeholders; filled in once drawn
  std::string slot, value;                         ///< said where this slot has this value only; empty: always
  friend bool operator==(const Turn&, const Turn&) = default;
};

std::string tag_of(const Turn& turn);
/// Empty for any other tag.
std::optional<Turn> turn_of(const std::string& tag);
/// The turns among the tags, in order.
std::vector<Turn> turns_of(const std::vector<std::string>& tags);

/// What a subject's words mean for conditions: signals of kind `report` about one of these, 0 m once it was said, heard
/// by the harness whatever the robot. The suites' conditions `asked` and `refused` read them.
inline constexpr const char* kQuestion = "robot.question";
inline constexpr const char* kRefusal = "robot.refusal";

}  // namespace assay
