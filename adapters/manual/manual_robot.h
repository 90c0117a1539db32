// A robot without any connection: a person sets the scene up, lets it act, and enters what was seen
// (docs/wire-manual.md).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "adapters/policy.h"
#include "adapters/robot.h"
#include "core/model/link.h"

namespace assay {

/// What a person saw of one trial. What was not seen is left out: nobody guesses it.
struct OperatorEntry {
  bool success = false;
  std::int64_t took_ns = 0;  ///< from letting it act to its end, by the person's two acts; at most the time limit
  std::vector<std::pair<std::string, bool>> subgoals, checks;  ///< by name: held or not
  std::vector<std::pair<std::string, bool>> limits;            ///< by id: true if it was broken
};

/// A robot whose trials are told of afterwards. Found by dynamic_cast from Robot.
class OperatedRobot {
 public:
  virtual ~OperatedRobot() = default;
  /// Of the trial that the next reset() begins.
  virtual void enter(OperatorEntry entry) = 0;
};

/// Truth is the entry: channels operator.success, operator.subgoal.<id>, operator.check.<id>, operator.limit.<id>, all
/// of vantage `operator`; one row at the beginning, one at the end. No signal is given. Fails with 1270 (section
/// `manual`); reset() with 1271 (no entry; what a hand cannot set).
Result<std::unique_ptr<Robot>> make_manual_robot(const RobotLink& link);
std::string manual_engine();

/// How long a prompt waits for its answer. Fails with 1270.
Result<double> manual_deadline_s(const RobotLink& link);

/// Says done after the one period that a told trial has.
Result<std::unique_ptr<Policy>> make_operator_policy(const PolicyParams& params);

}  // namespace assay
