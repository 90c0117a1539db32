#include "tests/support/memory_policy.h"

#include <cmath>

namespace assay::testing {

long memory_key(double initial_position) { return std::lround(initial_position * 1e6); }

Result<void> MemoryPolicy::begin(const Instruction&, const RobotDescription&, StreamKey) {
  tick_ = moving_ = 0;
  return {};
}

Result<Action> MemoryPolicy::act(const Observation& observation) {
  if (tick_ == 0) {
    const auto met = memory_.find(memory_key(observation.groups.at(0).position_rad.at(0)));
    moving_ = met == memory_.end() ? 0 : met->second;
  }
  const bool moves = tick_++ < moving_;
  Action action;
  action.groups.push_back({"arm", Mode::joint_velocity, {moves ? 1.0 : 0.0}});
  action.done = !moves;
  return action;
}

}  // namespace assay::testing
