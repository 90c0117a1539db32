// What charts draw and no record of core holds.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/model/trial.h"
#include "core/text.h"

namespace assay::reports {

/// When each condition of one trial held, and what happened.
struct Timeline {
  std::int64_t trial = 0;
  Text what;  ///< why this one is shown
  Outcome outcome = Outcome::undetermined;
  double end_s = 0;
  struct Row {
    std::string name;
    std::vector<std::pair<double, double>> held_s;  ///< from, to
  };
  std::vector<Row> rows;
  std::vector<std::pair<double, std::string>> marks;  ///< time, event code
};
/// A difference of two robots at one task, positive where the first is better.
struct Contrast {
  Text name;
  int pairs = 0;
  std::optional<double> estimate, lower, upper;
  enum class Verdict { first, second, undecided } verdict = Verdict::undecided;
};
}  // namespace assay::reports
