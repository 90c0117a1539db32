// A user-facing text in both languages of the house, and the choice between them.
#pragma once

#include <string>

namespace assay {

enum class Lang { en, zh };

/// Chinese and English are equal: every user-facing text exists in both.
struct Text {
  std::string en;
  std::string zh;

  [[nodiscard]] const std::string& in(Lang lang) const { return lang == Lang::zh ? zh : en; }
  friend bool operator==(const Text&, const Text&) = default;
};

}  // namespace assay
