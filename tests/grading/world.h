// A small scheme, its tasks and a robot's trials, made by hand.
#pragma once

#include <string>
#include <vector>

#include "core/model/scheme.h"
#include "core/model/task.h"
#include "core/random.h"
#include "grading/grading.h"

namespace assay::grading::testing {

inline constexpr const char* kSort = "logistics/sorting";
inline constexpr const char* kMove = "logistics/transport";

/// Two dimensions (manipulation: sorting; mobility: transport), levels 1–3, one indicator of .80 → .95 per dimension
/// and level 1–2, a third at L2 on sorting's check "clean"; scopes "arm" (sorting) and "all"; no gate.
Scheme small_scheme();
std::vector<Task> small_tasks();
Subject small_subject(const std::string& scope = "arm", int declared_level = 1);
SchemeGate unsafe_gate(double limit = 0.1);
/// Design that must succeed.
Plan plan_of(const Scheme& scheme, const Subject& subject);

/// Builds up the trials of one session; store rows from 1 upwards, initial states all different.
class Session {
 public:
  /// The next index of that series.
  TrialRecord& add(const std::string& task, int level, Outcome outcome, bool check_held = true);
  void add_many(const std::string& task, int level, int count, Outcome outcome);
  /// Words of 's' and 'f' (and 'u' unsafe, 'e' error).
  void add_word(const std::string& task, int level, const std::string& word);
  [[nodiscard]] const std::vector<TrialRecord>& trials() const { return trials_; }
  std::vector<TrialRecord>& trials() { return trials_; }

 private:
  std::vector<TrialRecord> trials_;
};

/// n trials at success probability p.
Session random_session(const std::string& task, int level, int n, double p, Rng& rng);
/// Every field that grading decides, as text: equal texts, equal grades.
std::string dump(const Grade& grade);
const IndicatorResult& indicator(const Grade& grade, const std::string& id);

}  // namespace assay::grading::testing
