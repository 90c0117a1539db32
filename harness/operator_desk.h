// What a run asks its operator, and what it was answered. One trial at a time, as a machine of few states.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "adapters/manual/manual_robot.h"
#include "core/model/trial.h"
#include "core/result.h"
#include "core/time.h"

namespace assay::harness {

/// Prompts, by `kind`, and the acts that answer them:
///   set_up   ready · cannot (reason) · invalid (reason)     the scene is as the card says
///   arm      zone_clear · cannot · invalid                  first of the two acts that let the robot act
///   armed    go · back · invalid                            the second, within kArmed_s; else `arm` again
///   acting   ended · invalid                                the robot acts, the time runs
///   entry    enter (success, subgoals, checks, limits, time_s, remark) · invalid
///   undo     undo                                           for kUndo_s; then the entry stands
/// An act names the prompt's id, which is new each time: an answer to a prompt that is gone does nothing. `cannot` and
/// `invalid` up to `acting` come before the outcome is told: the trial is void and its index replaced. At `entry` the
/// outcome was seen: an invalid trial counts as a failure.
class OperatorDesk {
 public:
  static constexpr double kArmed_s = 30, kUndo_s = 5;
  /// Writes an act down before it counts.
  using Audit = std::function<Result<void>(const std::string& person, const nlohmann::json& detail)>;

  struct End {
    TrialRecord trial;
    std::optional<OperatorEntry> entry;  ///< empty: void
    std::string reason, by;              ///< of a void or invalid trial: code and person
    bool cannot = false;                 ///< it could not be run; else it was called invalid
    bool before_reveal = true;
  };

  void set_audit(Audit audit) { audit_ = std::move(audit); }
  /// Acts of an earlier run that was killed at a prompt come first, oldest first, and are not written down again.
  void open(TrialRecord trial, nlohmann::json card, const std::vector<nlohmann::json>& earlier, double deadline_s,
            SteadyTime now);
  [[nodiscard]] bool waiting() const { return state_ != State::nothing; }
  /// The prompt, or null. Changes its id when it changes.
  [[nodiscard]] nlohmann::json prompt(SteadyTime now) const;
  /// {"prompt": id, "act": …, "by": person, …}. Fails with 0561 (not that prompt, not that act, no name, an entry that
  /// does not say what it must).
  Result<void> act(const nlohmann::json& message, SteadyTime now);
  /// Second opinions: {"trial", "by", "outcome": success | failure | unsafe}; written down beside the trial.
  Result<void> score(const nlohmann::json& message);
  /// Steps what time steps; the end of the trial, once. Fails with 0562 when a prompt waited beyond its deadline.
  Result<std::optional<End>> poll(SteadyTime now);
  /// Codes that `cannot` and `invalid` take.
  static const std::vector<std::string>& reasons();

 private:
  enum class State { nothing, set_up, arm, armed, acting, entry, undo };

  void enter(State state, SteadyTime now);
  Result<void> apply(const nlohmann::json& message, SteadyTime now, bool again);
  Result<void> take_entry(const nlohmann::json& message, nlohmann::json& noted);
  [[nodiscard]] std::string id() const;

  State state_ = State::nothing;
  TrialRecord trial_;
  nlohmann::json card_;
  OperatorEntry entry_;
  std::optional<End> end_;
  std::optional<std::int64_t> took_ns_;  ///< empty after a run that was killed while the robot acted
  bool over_time_ = false;
  SteadyTime since_, acting_since_;
  double deadline_s_ = 0;
  int turn_ = 0;
  Audit audit_;
};

}  // namespace assay::harness
