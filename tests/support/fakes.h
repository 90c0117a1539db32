// A robot of one joint that pushes a puck along x, and policies that behave and misbehave on command.
#pragma once

#include <string>
#include <vector>

#include "adapters/policy.h"
#include "adapters/registry.h"
#include "adapters/robot.h"

namespace assay::testing {

/// What goes wrong, and when.
struct RobotScript {
  std::string reset_error{};    ///< "subject:…", "lab:…", "unknown:…" or anything; empty: none
  int error_tick = -1;          ///< advance() fails at this tick …
  std::string advance_error{};  ///< … with this in Error::found; "throw" throws
  int limit_tick = -1;          ///< first limit of the setup is hit
  int silent_limit_tick = -1;   ///< it is broken at this tick, but the robot does not say so
  bool clock_stands = false;
  bool limit_at_stop = false;  ///< first limit of the setup is hit on the way to rest
  double silent_value = 1e6;   ///< what the peak shows at silent_limit_tick
};

/// Entities: "puck", "robot.tcp" at (x, 0, 0); "goal" at (1, 0, 0); anything else at the origin. Starts at x = the sum
/// of the setup's offsets along x. Counts what was asked of it.
class FakeRobot final : public Robot {
 public:
  explicit FakeRobot(RobotScript script = {}) : script_(std::move(script)) {}
  [[nodiscard]] const RobotDescription& describe() const override { return description_; }
  Result<void> reset(const Setup& setup) override;
  Result<Sample> begin(const Instruction& instruction) override;
  Result<Sample> advance(const Action& action) override;
  StopReport stop(StopCategory category) noexcept override;

  int resets = 0, stops = 0, ticks = 0;
  StopCategory last_stop = StopCategory::cat0;

 private:
  Sample sample();

  RobotScript script_;
  RobotDescription description_;
  Setup setup_;
  double x_ = 0, v_ = 0;
  std::int64_t t_ns_ = 0;
};

enum class Behaviour {
  good,   ///< moves to x = 1, then done
  early,  ///< done at once
  idle,   ///< never moves, never done
  refuses,
  throws,
  throws_odd,  ///< throws an int
  stalls,      ///< sleeps for stall_s
  nan,
  wrong_shape,
  error,  ///< returns an Error
  begin_fails,
  talks,     ///< good, with an utterance that is not UTF-8
  crashes,   ///< kills its own process (worker tests)
  computes,  ///< for stall_s of its thread's processor time
  unmade,    ///< its factory throws, but for the first call in a process (worker tests)
};

struct PolicyScript {
  Behaviour behaviour = Behaviour::good;
  int at_tick = 3;  ///< when it misbehaves
  double stall_s = 0.3;
  double miss_rate = 0;  ///< chance, drawn from the policy's key, that a good policy is done too early
  bool deterministic = true;
  double slow_s = 0;  ///< wall time of each act()
};

double processor_time_s();  ///< of the calling thread

class FakePolicy final : public Policy {
 public:
  explicit FakePolicy(PolicyScript script = {}) : script_(script) {}
  [[nodiscard]] PolicyDescription describe() const override { return {"fake", "1", script_.deterministic, false, 0}; }
  Result<void> begin(const Instruction& instruction, const RobotDescription& robot, StreamKey key) override;
  Result<Action> act(const Observation& observation) override;

 private:
  PolicyScript script_;
  int tick_ = 0;
  bool misses_ = false;
};

/// Robot "fake"; policy "fake" with parameters behaviour, miss_rate, at_tick, stall_s, slow_s, deterministic.
void register_fakes(AdapterRegistry& registry);

/// A group "arm" with one joint, and a setup that the fakes can run: goal reached = puck within 5 cm of x = 1.
Group fake_arm();
Setup fake_setup(std::int64_t time_limit_ns = 4'000'000'000);

}  // namespace assay::testing
