#include "harness/trial.h"

#include <fmt/format.h>

#include "harness/trial_run.h"

namespace assay::harness {

namespace {

Verdict verdict(Outcome outcome, std::string reason) {
  Verdict out;
  out.outcome = outcome;
  out.reason = std::move(reason);
  return out;
}

}  // namespace

Verdict verdict_of(const metrics::JudgeInput& input, const Trace& trace) {
  if (trace.event("interrupted") != nullptr && trace.event("fault") == nullptr)
    return verdict(Outcome::aborted, "interrupted");
  auto judged = metrics::judge(input, trace);
  if (judged) return std::move(*judged);
  const Error& error = judged.error();
  const std::string what = error.id == 1001   ? "signal_missing:" + error.found
                           : error.id == 1002 ? "truth_not_finite:" + error.found
                                              : fmt::format("harness_fault:judge_ASSAY-{:04}", error.id);
  return verdict(Outcome::undetermined, what);
}

TrialResult run_trial(Robot& robot, PolicyRunner& policy, const Setup& setup,
                      const std::vector<std::string>& metric_ids, const metrics::MetricRegistry& metrics,
                      const TrialOptions& options) {
  TrialResult result;
  try {
    TrialRun trial(robot, policy, setup, options);
    trial.run();
    trial.phase("harness");
    result.trace = std::move(trial.trace());
    result.verdict = verdict_of(judge_input(setup), result.trace);
    result.metrics = metrics::compute(metrics, metric_ids, result.trace, result.verdict);
    result.content_digest = content_digest(result.trace);
  } catch (const std::exception& e) {
    result.verdict = verdict(Outcome::undetermined, "harness_fault:" + utf8(e.what()));
  } catch (...) {
    result.verdict = verdict(Outcome::undetermined, "harness_fault:unknown_exception");
  }
  result.policy_lost = policy.lost();
  return result;
}

}  // namespace assay::harness
