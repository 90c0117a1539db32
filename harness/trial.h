// One trial: setup → robot and policy → trace and verdict. Never throws; make-safe on every exit path.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "adapters/policy.h"
#include "adapters/robot.h"
#include "core/live_view.h"
#include "core/model/setup.h"
#include "core/model/task.h"
#include "core/model/trial.h"
#include "core/result.h"
#include "core/trace.h"
#include "metrics/judge.h"
#include "metrics/metrics.h"

namespace assay::harness {

/// Draws the realised values of a task's variation for (session seed, task, level, index). Pure.
/// Fails with 05xx if the task asks for what cannot be drawn.
Result<Setup> realise(const Task& task, const Embodiment& embodiment, const World& world,
                      const std::string& session_seed, int index);

struct TrialOptions {
  double policy_deadline_s = 2;  ///< per act() and begin()
  double policy_stale_s = 0.2;   ///< real time: an answer to an older observation moves nothing
  /// May be empty. Phases: "policy" (its code runs), "robot" (adapter and model), "harness" (ours).
  std::function<void(const char* phase, std::int64_t tick)> heartbeat;
  std::function<bool()> interrupted;            ///< polled each tick; may be empty
  std::map<std::string, std::string> metadata;  ///< added to the trace's own, e.g. suite_version
  LiveViewWriter* view = nullptr;               ///< shows truth and observation to who looks on; may be nullptr
  LiveTrialHead view_head{};                    ///< its channels are filled in here
};

struct TrialResult {
  Trace trace;
  Verdict verdict;
  std::vector<MetricValue> metrics;
  std::string content_digest;
  bool policy_lost = false;  ///< a call is stuck: the process must be replaced
};

/// Policies run on a thread of their own (PolicyRunner, below) so that a stall ends at the deadline.
class PolicyRunner {
 public:
  virtual ~PolicyRunner() = default;
  virtual PolicyDescription describe() = 0;
  virtual Result<void> begin(const Instruction& instruction, const RobotDescription& robot, StreamKey key,
                             double deadline_s) = 0;
  virtual Result<Action> act(const Observation& observation, double deadline_s) = 0;
  /// Reaches a policy that listens (adapters/listener.h) before its next act(); others do not hear it.
  virtual void hear(const Text& words) = 0;
  /// Real time: hands an observation over and returns. One question at a time; the deadline runs from here.
  virtual void ask(const Observation& observation, double deadline_s) = 0;
  /// The answer, if there is one by `until`. ASSAY-0520 once the deadline is over.
  virtual std::optional<Result<Action>> answer(SteadyTime until) = 0;
  /// Destroys the policy, which is a vendor's code too: within the deadline, else it is lost. Nothing may follow.
  virtual void close(double deadline_s) = 0;
  /// A call never came back: the process must be replaced.
  [[nodiscard]] virtual bool lost() const = 0;
};
std::unique_ptr<PolicyRunner> make_threaded_runner(std::unique_ptr<Policy> policy);
std::unique_ptr<PolicyRunner> make_inline_runner(std::unique_ptr<Policy> policy);  ///< bench only: no deadline

/// What the judge is given for that setup, and the verdict on a trace: the live run and `recompute` share both. A
/// record that was interrupted is aborted; one that cannot be judged is undetermined.
metrics::JudgeInput judge_input(const Setup& setup);
Verdict verdict_of(const metrics::JudgeInput& input, const Trace& trace);

TrialResult run_trial(Robot& robot, PolicyRunner& policy, const Setup& setup,
                      const std::vector<std::string>& metric_ids, const metrics::MetricRegistry& metrics,
                      const TrialOptions& options);

}  // namespace assay::harness
