// A policy that cheats: it knows by heart what to do from initial observations that it has met, and nothing else.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "adapters/policy.h"

namespace assay::testing {

/// Initial joint position, to the micrometre → ticks of moving forward at 1 rad/s that end at the goal.
using Memory = std::map<long, int>;
long memory_key(double initial_position);

class MemoryPolicy final : public Policy {
 public:
  explicit MemoryPolicy(Memory memory) : memory_(std::move(memory)) {}
  [[nodiscard]] PolicyDescription describe() const override { return {"memory", "1", true, false, 0}; }
  Result<void> begin(const Instruction& instruction, const RobotDescription& robot, StreamKey key) override;
  Result<Action> act(const Observation& observation) override;

 private:
  Memory memory_;
  int tick_ = 0, moving_ = 0;
};

}  // namespace assay::testing
