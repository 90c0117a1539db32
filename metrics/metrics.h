// Trace → numbers. A metric is a pure function with a MetricSpec; a hundred more can join by one line each in
// the registration function.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/model/condition.h"
#include "core/model/metric.h"
#include "core/model/trial.h"
#include "core/trace.h"

namespace assay::metrics {

inline constexpr const char* kEveryActor = "*actors";

struct Metric {
  MetricSpec spec;
  std::function<MetricValue(const Trace&, const Verdict&)> compute;
  /// Truth signals that it reads where the robot has them; the harness adds them to Setup::signals, one for each
  /// actor of the task where `b` is kEveryActor.
  std::vector<SignalSpec> signals{};
};

class MetricRegistry {
 public:
  void add(Metric metric);
  /// Newest version of `id`, or that version. nullptr if unknown.
  [[nodiscard]] const Metric* find(const std::string& id, int version = 0) const;
  [[nodiscard]] std::vector<const Metric*> all() const;

 private:
  std::map<std::pair<std::string, int>, Metric> metrics_;
};

/// success, completion_time, path_length, peak_contact_force, limit_violations, policy_inference_time,
/// harness_overhead, … MetricValue::why_undefined is a stable code, then a name: "not_success", "no_stream:/truth",
/// "no_channel:…", "no_samples", "not_finite:…", "no_decision", "no_judge_input", "no_subgoals", "zero_time",
/// "unknown_metric", "no_part:…", "no_motion", "not_uniform", "sampling_too_slow", "too_few_samples", "out_of_range",
/// "no_metadata:…", "no_actor_list", "no_actors", "no_limit:…", "no_contact", "no_lasting_contact", "not_ascending:…",
/// "no_stop", "stop_not_confirmed", "stop_not_recorded"; MetricSpec::undefined_when says it in words.
void register_builtin_metrics(MetricRegistry& registry);

/// Every id of `ids` over the trace; an unknown id yields an undefined value that says so.
std::vector<MetricValue> compute(const MetricRegistry& registry, const std::vector<std::string>& ids,
                                 const Trace& trace, const Verdict& verdict);

}  // namespace assay::metrics
