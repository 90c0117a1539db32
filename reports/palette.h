// Colours, words and shapes that charts and pages share, so that a state looks the same everywhere. A colour
// is never the only sign: each state has its word and its shape too.
#pragma once

#include <string>
#include <string_view>

#include "core/model/grade.h"
#include "core/model/trial.h"
#include "core/text.h"

namespace assay::reports {

/// What charts are painted with: light theme, colour-blind safe. On a dark page the style sheet maps each by
/// its value to a variable of the theme, so every chart colour stands here.
namespace ink {
constexpr std::string_view kText = "#1b2733";
constexpr std::string_view kMuted = "#57606a";
constexpr std::string_view kLine = "#c5ccd3";
constexpr std::string_view kFaint = "#eef1f4";
constexpr std::string_view kPaper = "#ffffff";
constexpr std::string_view kPass = "#00704f";
constexpr std::string_view kPassTint = "#e0f2ec";
constexpr std::string_view kUnsure = "#9a6700";
constexpr std::string_view kUnsureTint = "#fbf0d9";
constexpr std::string_view kFail = "#b34700";
constexpr std::string_view kFailTint = "#fbe7da";
constexpr std::string_view kAccent = "#0072b2";
}  // namespace ink

struct Look {
  Text word;
  std::string_view icon;   ///< symbol of icon_symbols()
  std::string_view css;    ///< class: pass, unsure, fail, none
  std::string_view color;  ///< of ink::
  std::string_view tint;
};
const Look& look_of(Conformity conformity);
const Look& look_of(Outcome outcome);

/// The shapes of all looks as SVG symbols, drawn in currentColor on the variable --paper.
std::string_view icon_symbols();

Text word_of(Vantage vantage);
/// A reason code in words; the code itself where it is unknown to us.
Text words_of_reason(const std::string& code);
/// Both languages from one value: `text` where it has that language, else the other.
Text filled(const Text& text, std::string_view otherwise);

}  // namespace assay::reports
