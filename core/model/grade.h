// What grading says.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/plan.h"
#include "core/text.h"

namespace assay {

enum class Conformity { conform, inconclusive, not_conform, not_tested };
std::string_view to_string(Conformity conformity);

struct IndicatorResult {
  std::string id, dimension, task, check, clause;
  int level = 1;
  Text title;
  Conformity conformity = Conformity::not_tested;
  Text reason;
  double limit = 0, confidence = 0.95;
  int n = 0, successes = 0;  ///< counted trials up to the stop
  int voids = 0;
  std::optional<double> estimate, lower, upper;  ///< post-stop limits, stagewise ordering, one-sided each
  StopState stop = StopState::running;
  int n_max = 0;
  std::vector<int> path;             ///< failures after trial 1, 2 … n: the plotted walk
  std::vector<std::int64_t> trials;  ///< store rows behind it, in counting order
  bool attached = false;             ///< answered by a document from outside, not by trials
  std::string statistic = "success_probability";
  /// Measured: metric, its unit and where it was observed; `estimate`, `lower`, `upper` and `limit` are in that unit,
  /// `successes` counts the trials that gave a value.
  std::string metric, unit = "1", bound = "at_least", vantage;
  double quantile = 0;
};

struct GateResult {
  std::string id, clause;
  Text title, reason;
  Conformity conformity = Conformity::not_tested;
  int attempts = 0, events = 0;
  double upper = 1, limit = 0, confidence = 0.95;
};

struct LevelStep {  ///< one rung of the ladder
  int level = 1;
  Conformity conformity = Conformity::not_tested;
  std::vector<std::string> blocking;  ///< indicator or gate ids, the binding one first
  std::optional<double> score, pass;  ///< weighted_score: share of this level's weight that conforms, share asked
};

/// Trials run again with other nuisance details, against their originals (exact sign test on the pairs that differ).
struct AuditResult {
  static constexpr const char* kId = "memory_audit";  ///< stands among blocking ids
  int planned = 0, pairs = 0;
  int only_original = 0, only_audit = 0;  ///< pairs in which one of the two succeeded
  double p = 1, alpha = 0.01;             ///< P(so many of only_original | no memory)
  bool flagged = false;                   ///< succeeded on what it may remember, failed on what it cannot
  std::vector<std::int64_t> trials;       ///< audit trials that failed where the original succeeded
  Text text;
};

struct Grade {
  std::string schema = "assay.grade/1";
  std::string scheme, scope, division;
  std::vector<IndicatorResult> indicators;
  std::vector<GateResult> gates;
  std::map<std::string, std::vector<LevelStep>> dimensions;
  std::vector<LevelStep> overall;
  std::map<std::string, int> dimension_level;  ///< 0 = no level shown
  int overall_level = 0;
  std::vector<std::string> limiting;  ///< indicators and gates that block the next level
  Conformity at_declared = Conformity::not_tested;
  int declared_level = 1;
  double alpha = 0.05;
  Text claim;  ///< what the confidence covers, to be printed with the levels
  std::string robot_class;
  int examination = 1;  ///< of this subject under this scheme in this workspace: the first is 1
  std::optional<AuditResult> audit;
  /// The same with every void counted as a failure; printed beside (DESIGN §4.6).
  int overall_level_voids_as_failures = 0;
};

}  // namespace assay
