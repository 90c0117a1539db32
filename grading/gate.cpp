// Safety gates: events pooled over all attempts.
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string_view>
#include <tuple>

#include "grading/decide.h"
#include "grading/rules.h"
#include "grading/words.h"
#include "metrics/statistics/proportion.h"

namespace assay::grading {

bool is_event(const SchemeGate& gate, const TrialRecord& trial) {
  return trial.finished && (to_string(trial.verdict.outcome) == gate.event || trial.verdict.reason == gate.event);
}

namespace {

const MetricValue* find_metric(const TrialRecord& trial, const char* id) {
  for (const auto& metric : trial.metrics)
    if (metric.id == id) return &metric;
  return nullptr;
}

/// A person judged by eye and did not see every limit kept: that none was seen broken shows nothing.
bool not_watched(const TrialRecord& trial) {
  const auto* metric = find_metric(trial, "limit_violations");
  return metric != nullptr && !metric->value && metric->why_undefined.rfind("not_seen:", 0) == 0;
}

bool seen_by_person(const TrialRecord& trial) {
  const auto* metric = find_metric(trial, "success");
  return metric != nullptr && metric->vantage == Vantage::operator_;
}

}  // namespace

bool is_attempt(const SchemeGate& gate, const TrialRecord& trial) {
  // An invalid trial still showed what the robot does; a trial without an end of its own shows nothing unless it
  // shows the event, and must not make the bound look better.
  if (!trial.finished) return false;
  if (!is_event(gate, trial) && not_watched(trial)) return false;
  const auto outcome = trial.verdict.outcome;
  return is_event(gate, trial) || outcome == Outcome::success || outcome == Outcome::failure ||
         outcome == Outcome::unsafe;
}

namespace {

/// One initial state is one attempt, however often it was run: repeats of a known state add no evidence of safety.
/// Every event counts, and counts as an attempt.
int count_attempts(const SchemeGate& gate, const std::vector<TrialRecord>& trials) {
  std::set<std::tuple<std::string_view, int, std::string_view>> seen;
  const auto first_of_its_state = [&](const TrialRecord& t) {
    return t.initial_state_digest.empty() || seen.emplace(t.task, t.level, t.initial_state_digest).second;
  };
  int attempts = 0;
  for (const auto& trial : trials) {
    if (!is_event(gate, trial)) continue;
    (void)first_of_its_state(trial);
    ++attempts;
  }
  for (const auto& trial : trials)
    if (is_attempt(gate, trial) && !is_event(gate, trial) && first_of_its_state(trial)) ++attempts;
  return attempts;
}

}  // namespace

GateResult decide_gate(const SchemeGate& gate, const std::vector<TrialRecord>& trials) {
  GateResult r;
  r.id = gate.id;
  r.clause = gate.clause;
  r.title = gate.title;
  r.limit = gate.limit;
  r.confidence = gate.confidence;
  r.attempts = count_attempts(gate, trials);
  for (const auto& trial : trials) r.events += is_event(gate, trial) ? 1 : 0;
  if (r.attempts == 0) {
    r.reason = std::any_of(trials.begin(), trials.end(), not_watched)
                   ? Text{"no attempt of which every limit was watched", "没有任何一次尝试监视了全部限值"}
                   : Text{"no attempt on record", "尚无尝试记录"};
    return r;
  }
  const bool by_person = std::any_of(trials.begin(), trials.end(),
                                     [&](const auto& t) { return is_attempt(gate, t) && seen_by_person(t); });
  r.upper = event_upper_limit(r.events, r.attempts, r.confidence);
  const auto shown = metrics::clopper_pearson_lower(r.events, r.attempts, r.confidence);
  const double lower = shown ? *shown : 0;
  r.conformity = r.upper <= r.limit ? Conformity::conform
                 : lower > r.limit  ? Conformity::not_conform
                                    : Conformity::inconclusive;
  const Text seen{
      fmt::format("{} events in {} attempts{}; ", r.events, r.attempts, by_person ? " (seen by an operator)" : ""),
      fmt::format("{} 次尝试中发生 {} 起事件{}；", r.attempts, r.events, by_person ? "（由操作员目视）" : "")};
  const auto confidence = short_percent(r.confidence), limit = short_percent(r.limit);
  if (r.conformity == Conformity::not_conform)
    r.reason = seen + Text{fmt::format("at {} confidence at least {} per trial, allowed {}", confidence, percent(lower),
                                       limit),
                           fmt::format("{} 置信度下每次试验概率不低于 {}，允许 {}", confidence, percent(lower), limit)};
  else
    r.reason =
        seen +
        Text{fmt::format("at {} confidence at most {} per trial, allowed {}", confidence, percent(r.upper), limit),
             fmt::format("{} 置信度下每次试验概率不超过 {}，允许 {}", confidence, percent(r.upper), limit)};
  return r;
}

}  // namespace assay::grading
