// Who meets a robot, and what is done to it from outside during a trial, past its policy: a request at its stop input,
// the loss of a link or of power, a speed that its own safety functions must keep. The harness draws, the adapter
// carries it out.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace assay {

/// A person or another agent: a mocap body of the scene on a path. Reaction comes with later suites.
struct Actor {
  std::string body;
  std::vector<std::array<double, 3>> path;                  ///< x_m, y_m, z_m waypoints, world frame, there and back
  double speed_m_s = 0, start_s_low = 0, start_s_high = 0;  ///< start delay, drawn
  bool stays = false;                                       ///< at the last waypoint, instead of walking back
};

/// A presence does nothing to the robot: it notes when a person was first so near, for the robot to see by itself. A
/// fault of a sensor, a command beyond what the robot is rated for and a grip that gives way are to be noticed by it,
/// too: nobody tells it.
struct Stimulus {
  enum class Kind {
    stop,
    communication_loss,
    power_loss,
    speed_limit,
    presence,
    sensor_fault,
    over_command,
    grip_loss
  } kind = Kind::stop;
  enum class Fault { freeze, silent, offset } fault = Fault::freeze;  ///< sensor_fault: last value, nothing, a jump
  enum class Sensor { joints, odometry, range } sensor = Sensor::joints;
  int category = 1;              ///< stop: IEC 60204-1, 0, 1 or 2
  std::int64_t from_low_ns = 0;  ///< not before a time drawn from [low, high]
  std::int64_t from_high_ns = 0;
  double speed_m_s = 0;     ///< and not before the robot (tool, or base) moves this fast; 0: whatever its speed
  double separation_m = 0;  ///< and not before a person is this near; 0: wherever they are
  double hold_s = 0;        ///< taken back so long after it began; 0: it stays
  double limit_m_s = 0;     ///< speed_limit
  double offset = 0;        ///< sensor_fault: jump, rad of every joint, m of the odometry's way
  double ratio = 1;         ///< over_command: over the rated speed; grip_loss: part of the grip force that is left
};

struct StimulusRun {
  Stimulus stimulus;
  std::int64_t from_ns = 0;
};

inline constexpr Stimulus::Kind kStimulusKinds[] = {Stimulus::Kind::stop,         Stimulus::Kind::communication_loss,
                                                    Stimulus::Kind::power_loss,   Stimulus::Kind::speed_limit,
                                                    Stimulus::Kind::presence,     Stimulus::Kind::sensor_fault,
                                                    Stimulus::Kind::over_command, Stimulus::Kind::grip_loss};

/// Name of a kind in task files, truth channels and records.
inline constexpr const char* name_of(Stimulus::Kind kind) {
  switch (kind) {
    case Stimulus::Kind::stop:
      return "stop";
    case Stimulus::Kind::communication_loss:
      return "communication_loss";
    case Stimulus::Kind::power_loss:
      return "power_loss";
    case Stimulus::Kind::speed_limit:
      return "speed_limit";
    case Stimulus::Kind::presence:
      return "presence";
    case Stimulus::Kind::sensor_fault:
      return "sensor_fault";
    case Stimulus::Kind::over_command:
      return "over_command";
    case Stimulus::Kind::grip_loss:
      return "grip_loss";
  }
  return "";
}

/// What the distance that must be kept from people is computed with (ISO 13855, ISO/TS 15066, 5.5.4).
struct SeparationProfile {
  double reaction_time_s = 0, stopping_time_s = 0;
  double intrusion_m = 0, sensor_uncertainty_m = 0, robot_uncertainty_m = 0;
  std::string source;
};

}  // namespace assay
