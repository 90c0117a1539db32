// What the sanity trials of a task say about it: findings, each with a reason. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/model/task.h"
#include "core/result.h"
#include "harness/sanity.h"

namespace assay::harness {

/// The reference passes a level (L1–L3) with at least this share of its trials. Of 10 trials that is 9, which shows a
/// success probability of 0.61 or more at 95 % (one-sided Clopper–Pearson); of one trial it is that one.
constexpr double kOracleShare = 0.9;
constexpr int kOracleLevels = 3;
constexpr int kUnsolved = 5;  ///< without success in so many trials nobody is known to solve it, at any level
/// Success of the oracle must not rise with the level: Fisher's exact test, one-sided, each pair of levels of a task,
/// Holm's correction over the pairs of that task.
constexpr double kRiseAlpha = 0.01;
constexpr double kIdleShare = 0.2;  ///< of trials in which a slot may make no difference, by coincidence

/// All that is known of a task at one level.
struct SanityCase {
  const Task* task = nullptr;
  std::vector<std::pair<SanityRequest, SanityResult>> trials;
  std::vector<std::size_t> idle_variation;
};

struct SanityFinding {
  std::string rule;  ///< no_reference, not_run, null_succeeds, random_succeeds, oracle_fails, rises_with_level,
                     ///< starts_alike, idle_variation, goal_at_start, idle_slot
  std::string task;
  int level = 1;
  Text message;
};

struct SanityCount {
  int n = 0, successes = 0;
};
struct SlotEffect {
  std::string slot;
  int trials = 0, idle = 0;  ///< the oracle's successes; those of them that meet the goal whatever the slot's value
};
struct SanityRow {
  std::string task;
  int level = 1;
  SanityCount null_, random, oracle;
  std::optional<double> oracle_lower;   ///< one-sided Clopper–Pearson, 95 %
  int starts = 0, distinct_starts = 0;  ///< initial states of the oracle's and random's trials by index
  int goals_at_start = 0;
  std::vector<SlotEffect> slots;
  bool ok = true;
};

struct SanityVerdict {
  std::vector<SanityRow> rows;  ///< order of the cases
  std::vector<SanityFinding> findings;
};
/// Fails with 1032, 1031 as the statistics do (a bug of the caller).
Result<SanityVerdict> judge_sanity(const std::vector<SanityCase>& cases);

/// "noise detections", "shuffle parcel_red, parcel_green": how a message names an entry of `variation`.
std::string name_of(const Variation& variation);

}  // namespace assay::harness
