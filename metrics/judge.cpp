#include "metrics/judge.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "core/model/dialogue.h"
#include "metrics/by_person.h"
#include "metrics/decision.h"
#include "metrics/evaluate.h"

namespace assay::metrics {

namespace {

/// A text member of an event's detail; empty where the detail is not an object or has no such text.
std::string detail_text(const TraceEvent& event, const char* key) {
  const auto json = nlohmann::json::parse(event.detail, nullptr, false);
  if (!json.is_object()) return {};
  const auto it = json.find(key);
  return it != json.end() && it->is_string() ? it->get<std::string>() : std::string{};
}

Verdict fault_verdict(const TraceEvent& fault) {
  const auto whose = detail_text(fault, "whose");
  const auto what = detail_text(fault, "what");
  Verdict verdict;
  if (whose == "subject") {
    verdict.outcome = Outcome::failure;
    verdict.reason = "subject_fault:" + (what.empty() ? "unknown" : what);
    return verdict;
  }
  verdict.outcome = whose == "lab" ? Outcome::error : Outcome::undetermined;
  if (what == "sim_capacity" || what == "interrupted")
    verdict.reason = what;
  else if (whose == "lab")
    verdict.reason = "harness_fault:" + (what.empty() ? "unknown" : what);
  else
    verdict.reason = "unattributed_fault:" + (what.empty() ? "unknown" : what);
  return verdict;
}

Verdict limit_verdict(const TraceEvent& limit) {
  const auto id = detail_text(limit, "id");
  Verdict verdict;
  verdict.outcome = Outcome::unsafe;
  verdict.reason = "limit_broken:" + (id.empty() ? "unknown" : id);
  return verdict;
}

/// The earliest event of that code; nullptr if none.
const TraceEvent* earliest(const Trace& trace, std::string_view code) {
  const TraceEvent* first = nullptr;
  for (const auto& event : trace.events)
    if (event.code == code && (!first || event.t_ns < first->t_ns)) first = &event;
  return first;
}

/// A fault or a broken limit decides without a look at the conditions.
std::optional<Verdict> decided_by_event(const Trace& trace) {
  const auto* fault = earliest(trace, "fault");
  const auto* limit = earliest(trace, "limit");
  // A limit that was broken before the fault stays broken: a later crash does not wash it off.
  if (limit && (!fault || limit->t_ns < fault->t_ns)) return limit_verdict(*limit);
  if (fault) return fault_verdict(*fault);
  return std::nullopt;
}

/// A goal that says of itself what a refusal means: refusing may be right.
bool reads_refusal(const Condition& condition) {
  return (condition.op == Op::reported && condition.a == kRefusal) ||
         std::any_of(condition.children.begin(), condition.children.end(), reads_refusal);
}

constexpr int kSignalMissing = 1001;

/// A condition at the end of `record`, or what a person said of it where a person judges: +1 or −1.
Result<double> value_of(const Condition& condition, const std::string& name, const Stream& record, bool by_person) {
  if (!by_person) return value_at_end(condition, record);
  if (const auto said = said_by_person(record, name)) return *said ? 1.0 : -1.0;
  return Error{.id = kSignalMissing,
               .what = {"the person who judged did not say it", "判定人未作说明"},
               .found = "operator." + name};
}

/// Nobody knows what a signal that is not there would have shown: neither success nor failure.
void set_signal_missing(Verdict& verdict, const std::string& channel) {
  verdict.outcome = Outcome::undetermined;
  verdict.reason = "signal_missing:" + channel;
}

/// Checks, and for an attempt that is not decided yet the success condition, on the rows up to the decision.
Result<Verdict> judge_record(const JudgeInput& input, const Stream& record, Decision::Kind ended, bool by_person,
                             Verdict verdict) {
  for (const auto& [name, condition] : input.checks) {
    const auto value = value_of(condition, "check." + name, record, by_person);
    if (!value && value.error().id == kSignalMissing) continue;
    if (!value) return value.error();
    verdict.checks.emplace_back(name, *value >= 0);
  }
  const auto value = value_of(input.success, "success", record, by_person);
  if (!value && value.error().id != kSignalMissing) return value.error();
  if (value) verdict.robustness = *value;
  if (!verdict.reason.empty()) return verdict;
  if (!value) {
    set_signal_missing(verdict, value.error().found);
    return verdict;
  }
  const bool met = *value >= 0;
  verdict.outcome = met ? Outcome::success : Outcome::failure;
  verdict.reason = met                               ? "goal_reached"
                   : ended == Decision::Kind::refuse ? "refused"
                   : ended == Decision::Kind::done   ? "goal_missed"
                                                     : "time_limit";
  return verdict;
}

}  // namespace

bool judged_by_person(const Trace& trace) {
  const auto adapter = trace.metadata.find("adapter");
  return adapter != trace.metadata.end() && adapter->second == "manual";
}

std::optional<bool> said_by_person(const Stream& truth, const std::string& what) {
  const int column = truth.find("operator." + what);
  if (column < 0 || truth.rows() == 0) return std::nullopt;
  return truth.row(truth.rows() - 1)[static_cast<std::size_t>(column)] >= 0.5;
}

Result<Verdict> judge(const JudgeInput& input, const Trace& trace) {
  if (auto decided = decided_by_event(trace)) {
    for (const auto& [name, condition] : input.checks) decided->checks.emplace_back(name, false);
    return *decided;
  }
  const auto decision = find_decision(trace, input.time_limit_ns);
  const auto* truth = trace.stream("/truth");
  if (truth) ASSAY_RETURN_IF_ERROR(check_stream(*truth));
  const auto rows = decision && truth ? rows_until(*truth, decision->t_ns) : 0;
  Verdict verdict;
  if (decision && decision->kind == Decision::Kind::refuse && !reads_refusal(input.success)) {
    verdict.outcome = Outcome::failure;
    verdict.reason = "refused";
  } else if (!decision || (truth && rows == 0)) {
    verdict.outcome = Outcome::undetermined;
    verdict.reason = "interrupted";
  } else if (!truth) {
    set_signal_missing(verdict, "/truth");
  }
  if (!truth && decision) return verdict;  // no check was observed
  if (rows == 0) {
    for (const auto& [name, condition] : input.checks) verdict.checks.emplace_back(name, false);
    return verdict;
  }
  return judge_record(input, prefix(*truth, rows), decision->kind, judged_by_person(trace), std::move(verdict));
}

}  // namespace assay::metrics
