// What decides: observation and instruction in, action out.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "adapters/robot.h"
#include "core/model/sample.h"
#include "core/random.h"
#include "core/result.h"

namespace assay {

struct PolicyDescription {
  std::string id, version;
  bool deterministic = true;  ///< same observations and key → same actions, so that resume may run again
  bool privileged = false;    ///< asks for state no sensor gives; perception indicators become not_tested
  double rate_hz = 0;         ///< 0: every control period
};

class Policy {
 public:
  virtual ~Policy() = default;
  [[nodiscard]] virtual PolicyDescription describe() const = 0;
  /// Start of a trial. All state of earlier trials is gone. Randomness only from `key`.
  virtual Result<void> begin(const Instruction& instruction, const RobotDescription& robot, StreamKey key) = 0;
  /// One decision. May throw or stall: the harness has a deadline and calls this on a thread of its own.
  virtual Result<Action> act(const Observation& observation) = 0;
};

using PolicyParams = std::vector<std::pair<std::string, double>>;

}  // namespace assay
