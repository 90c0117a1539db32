#include "metrics/judge.h"

#include <nlohmann/json.hpp>
#include <optional>

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

Error no_truth() {
  return metrics_error(1001, {"the trace has no truth record", "轨迹中没有真值记录"},
                       {"a stream /truth", "数据流 /truth"}, "none",
                       {"the trace was not written by this program or is damaged", "该轨迹并非由本程序写出，或已损坏"});
}

}  // namespace

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
  if (decision && decision->kind == Decision::Kind::refuse) {
    verdict.outcome = Outcome::failure;
    verdict.reason = "refused";
  } else if (!decision || (truth && rows == 0)) {
    verdict.outcome = Outcome::undetermined;
    verdict.reason = "interrupted";
  } else if (!truth) {
    return no_truth();
  }
  if (rows == 0) {
    for (const auto& [name, condition] : input.checks) verdict.checks.emplace_back(name, false);
    return verdict;
  }
  const Stream record = prefix(*truth, rows);
  for (const auto& [name, condition] : input.checks) {
    ASSAY_TRY(const double value, value_at_end(condition, record));
    verdict.checks.emplace_back(name, value >= 0);
  }
  ASSAY_TRY(verdict.robustness, value_at_end(input.success, record));
  if (!verdict.reason.empty()) return verdict;
  const bool met = verdict.robustness >= 0;
  const bool said_done = decision->kind == Decision::Kind::done;
  verdict.outcome = met ? Outcome::success : Outcome::failure;
  verdict.reason = met ? "goal_reached" : said_done ? "goal_missed" : "time_limit";
  return verdict;
}

}  // namespace assay::metrics
