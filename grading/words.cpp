#include "grading/words.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace assay::grading {

std::string percent(double p) {
  if (p > 0 && p < 0.0005) return "< 0.1 %";
  if (p < 1 && p >= 0.9995) return "> 99.9 %";
  return fmt::format("{:.1f} %", 100 * p);
}

std::string short_percent(double p) { return fmt::format("{:.6g} %", 100 * p); }

Text trial_list(const std::vector<std::int64_t>& trials) {
  constexpr std::size_t kShown = 10;
  const std::vector<std::int64_t> shown(trials.begin(),
                                        trials.begin() + static_cast<std::ptrdiff_t>(std::min(kShown, trials.size())));
  Text text{fmt::format("{}", fmt::join(shown, ", ")), fmt::format("{}", fmt::join(shown, "、"))};
  if (trials.size() > kShown) {
    text.en += fmt::format(" and {} more", trials.size() - kShown);
    text.zh += fmt::format(" 等共 {} 次", trials.size());
  }
  return text;
}

Text operator+(const Text& a, const Text& b) { return {a.en + b.en, a.zh + b.zh}; }

}  // namespace assay::grading
