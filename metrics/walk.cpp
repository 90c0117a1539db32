#include "metrics/walk.h"

#include <algorithm>
#include <set>

#include "metrics/sequential.h"

namespace assay::metrics {
namespace {

bool begins_with(const std::string& text, std::string_view start) { return text.rfind(start, 0) == 0; }

constexpr std::string_view kSignalMissing = "signal_missing:";

}  // namespace

std::map<int, const TrialRecord*> deciding_trials(const std::vector<TrialRecord>& trials, const std::string& task,
                                                  int level) {
  std::map<int, const TrialRecord*> deciding;
  for (const auto& trial : trials) {
    if (trial.task != task || trial.level != level) continue;
    if (!trial.finished || trial.verdict.outcome == Outcome::aborted) continue;
    auto [place, added] = deciding.try_emplace(trial.index, &trial);
    if (!added && trial.attempt < place->second->attempt) place->second = &trial;
  }
  return deciding;
}

bool is_void(const TrialRecord& trial) {
  if (trial.validity == Validity::invalid) return trial.invalid_before_reveal;
  return trial.verdict.outcome == Outcome::error;
}

std::string missing_signal(const TrialRecord& trial) {
  const auto& reason = trial.verdict.reason;
  if (trial.verdict.outcome != Outcome::undetermined || !begins_with(reason, kSignalMissing)) return {};
  return reason.size() > kSignalMissing.size() ? reason.substr(kSignalMissing.size()) : "?";
}

bool ran_to_own_end(const TrialRecord& trial) {
  const Outcome outcome = trial.verdict.outcome;
  if (outcome == Outcome::failure) return !begins_with(trial.verdict.reason, "subject_fault");
  return outcome == Outcome::success || !missing_signal(trial).empty();
}

bool counts_as_success(const TrialRecord& trial, const std::string& check) {
  if (trial.validity == Validity::invalid) return false;
  if (check.empty()) return trial.verdict.outcome == Outcome::success;
  if (!ran_to_own_end(trial)) return false;
  const auto& checks = trial.verdict.checks;
  return std::any_of(checks.begin(), checks.end(), [&](const auto& c) { return c.first == check && c.second; });
}

Walk walk(const PlannedIndicator& indicator, const std::vector<TrialRecord>& trials, bool voids_as_failures) {
  Walk result;
  std::vector<int> voids_before;  // voids met before each counted trial
  std::set<std::string> seen;
  int expected_index = 0, voids = 0;
  for (const auto& [index, trial] : deciding_trials(trials, indicator.task, indicator.level)) {
    if (index != expected_index++) break;
    const bool is_a_void = is_void(*trial);
    if (is_a_void) ++voids;
    if (is_a_void && !voids_as_failures) continue;
    if (!trial->initial_state_digest.empty() && !seen.insert(trial->initial_state_digest).second) continue;
    result.successes.push_back(!is_a_void && counts_as_success(*trial, indicator.check));
    result.trials.push_back(trial->number);
    voids_before.push_back(voids);
  }
  result.voids = voids;
  result.state = step(indicator.design.table, result.successes, &result.counted);
  const auto counted = static_cast<std::size_t>(result.counted);
  if (result.state != StopState::running && counted > 0 && counted <= voids_before.size())
    result.voids = voids_before[counted - 1];
  result.successes.resize(counted);
  result.trials.resize(counted);
  return result;
}

}  // namespace assay::metrics
