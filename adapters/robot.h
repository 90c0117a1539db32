// The harness's view of body and world. One world is one Robot; several bodies are groups in it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/model/body.h"
#include "core/model/sample.h"
#include "core/model/setup.h"
#include "core/result.h"
#include "core/trace.h"

namespace assay {

class LiveRobot;

enum class ClockMode { lockstep, realtime };

/// IEC 60204-1: 0 power removed at once, 1 controlled stop then power removed, 2 controlled stop, power kept.
enum class StopCategory { cat0 = 0, cat1 = 1, cat2 = 2 };

struct StopReport {
  bool requested = false, confirmed = false;
  SimTime requested_at, confirmed_at;
  std::string detail;
  std::vector<LimitHit> limit_hits;  ///< limits first broken since the last sample, on the way to rest included
};

struct RobotDescription {
  std::string adapter, identity, engine;  ///< "mujoco", model hash, "MuJoCo 2.2.2"
  ClockMode clock = ClockMode::lockstep;
  std::int64_t control_period_ns = 0;
  std::vector<Group> groups;
  std::string robot_mjcf;  ///< World::robot_mjcf: the robot as its maker describes it. Nothing of the scene
  std::vector<std::string> capabilities;
  std::vector<Channel> truth_channels, peak_channels, observation_channels;
  std::vector<SignalSpec> missing_signals;  ///< asked for in Setup, not available: indicator not_tested
};

/// Whose fault an adapter's error is (DESIGN §4.1). Stands in Error::found of advance() and reset() as
/// "subject:…", "lab:…" or "unknown:…".
///
/// Threads: one thread at a time. Order: reset, begin, advance…, stop; reset may follow at any time.
class Robot {
 public:
  virtual ~Robot() = default;

  /// Valid after the first successful reset(); channel lists may change with each Setup.
  [[nodiscard]] virtual const RobotDescription& describe() const = 0;

  /// Loads the world if it changed, applies the realised values, settles nothing. Draws nothing.
  /// Fails with 04xx (model does not load, unknown body or sensor, MuJoCo warning).
  virtual Result<void> reset(const Setup& setup) = 0;

  /// First sample, at t = 0.
  virtual Result<Sample> begin(const Instruction& instruction) = 0;

  /// Applies the action for one control period and returns the sample at its end. The action was
  /// validated by check_action(). Fails with 04xx when the simulation or the link broke; a limit that was broken
  /// before that in the same period comes back as a sample all the same, and the next call fails.
  virtual Result<Sample> advance(const Action& action) = 0;

  /// Makes safe. Idempotent, never throws, called on every exit path.
  virtual StopReport stop(StopCategory category) noexcept = 0;

  /// Not null: time runs by itself (adapters/live/live_robot.h), and the trial is run in real time.
  virtual LiveRobot* live() { return nullptr; }
};

/// Shape, finiteness and mode of an action against the robot's groups. Fails with ASSAY-0410; `found`
/// begins with "subject:".
Result<void> check_action(const RobotDescription& robot, const Action& action);

/// Values of an Observation and of an Action in the order of their channels (for the trace).
std::vector<Channel> observation_channels(const std::vector<Group>& groups);
void flatten(const std::vector<Group>& groups, const Observation& observation, std::vector<double>& out);
std::vector<Channel> action_channels(const std::vector<Group>& groups);
void flatten(const std::vector<Group>& groups, const Action& action, std::vector<double>& out);

}  // namespace assay
