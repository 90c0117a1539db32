// What is known of one trial after it ran.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.h"
#include "core/trace.h"

namespace assay {

enum class Outcome { success, failure, unsafe, error, undetermined, aborted };
enum class Validity { valid, invalid };
std::string_view to_string(Outcome outcome);
std::optional<Outcome> outcome_from(std::string_view name);

/// Reason codes of outcomes, stable: goal_reached, goal_missed, time_limit, limit_broken:<id>, refused,
/// subject_fault:<what>, sim_capacity, interrupted, harness_fault:<what>, signal_missing:<channel>.
struct Verdict {
  Outcome outcome = Outcome::undetermined;
  std::string reason;
  std::vector<std::pair<std::string, bool>> checks;  ///< Task::checks by name; fed to indicators
  double robustness = 0;                             ///< of the success condition, dimensionless
};

struct MetricValue {
  std::string id;
  int version = 1;
  std::optional<double> value;  ///< empty: undefined, because `why_undefined`
  std::string why_undefined;
  std::string unit;
  Vantage vantage = Vantage::simulator;
  /// What one trial itself says of its value: two-sided 95 % limits in the same unit from n observations within it
  /// (cycles, stops, contacts). Empty where the trial is one observation.
  std::optional<double> lower{}, upper{};
  int n = 0;  ///< 0: not said
};

/// An audit trial of index i is stored as index kAuditIndex + i: it shares the original's goal and differs in nuisance.
inline constexpr int kAuditIndex = 1'000'000;
inline constexpr bool is_audit_index(int index) { return index >= kAuditIndex; }

struct TrialRecord {
  std::int64_t number = 0;  ///< row in the store, unique in the workspace
  std::string task;         ///< Task::key()
  int level = 1, index = 0, attempt = 0;
  bool finished = false;  ///< false: started only
  Verdict verdict;
  Validity validity = Validity::valid;
  std::string invalid_reason, invalid_by;
  bool invalid_before_reveal = false;  ///< invalidated before the outcome was revealed: index replaced
  std::vector<MetricValue> metrics;
  std::string content_digest, trace_sha256, trace_path, initial_state_digest;
  UtcTime started, ended;
};

}  // namespace assay
