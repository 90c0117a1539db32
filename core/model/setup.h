// What one trial starts from: realised values only. The harness draws, adapters apply.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/model/body.h"
#include "core/model/condition.h"
#include "core/model/programme.h"
#include "core/model/task.h"
#include "core/random.h"

namespace assay {

struct BodyPose {
  std::string body;
  std::array<double, 4> pose{0, 0, 0, 0};  ///< x_m, y_m, z_m, yaw_rad, world frame
};
/// A change relative to the scene (pose_jitter).
struct BodyOffset {
  std::string body;
  std::array<double, 4> offset{0, 0, 0, 0};
};
struct BodyFactor {
  std::string body;  ///< "*" = every movable body of the scene (not the robot)
  double factor = 1;
};
struct Push {
  std::string body;
  std::int64_t at_ns = 0;
  std::array<double, 3> impulse_n_s{0, 0, 0};  ///< world frame, at the body's centre of mass
};
struct ActorRun {
  Actor actor;
  std::int64_t start_ns = 0;
};
struct SensorNoise {
  std::string sensor;  ///< detections (m), range (m), joints (rad), odometry (ratio of travelled distance), force (N)
  double sigma = 0;
  StreamKey key;  ///< the adapter reads noise from this stream, in tick order
};

/// A constant error of a sensor through the whole trial, hidden from the policy.
struct SensorBias {
  std::string sensor;  ///< detections (m, x y z in the frame of the detections)
  std::array<double, 3> offset_m{0, 0, 0};
};
/// A sensor that loses a share of what it reports (each detection of each look, each beam of each turn), from from_ns
/// to before to_ns. A lost beam reads max.
struct SensorFault {
  std::string sensor;  ///< detections, range
  double share = 1;    ///< 1: silent
  std::int64_t from_ns = 0, to_ns = 0;
  StreamKey key;
};
/// A group that keeps only a part of its strength from a time on: gripper → grip force, base → top speed,
/// arm → joint speed.
struct ActuatorFault {
  std::string group;  ///< name or kind of the group
  double factor = 1;
  std::int64_t from_ns = 0;
};

struct Instruction {
  Text text;                                  ///< slots filled in
  std::map<std::string, std::string> slots;   ///< slot → value (an entity name)
  std::map<std::string, std::string> labels;  ///< slot → the detector's label of that entity
  std::vector<std::string> tags;
  std::optional<Programme> programme;  ///< commanded in numbers, in the robot's own base frame
  int wording = 0;                     ///< 0: the task's instruction; k: the k-th of its wordings
  bool text_only = false;              ///< the policy gets neither slots nor labels: it has to read the text
};

/// Names one trial for ever: equal keys start alike.
struct TrialKey {
  std::string task;  ///< Task::key()
  int level = 1;
  int index = 0;
  std::string session_seed;
};

struct Setup {
  TrialKey key;
  World world;
  Instruction instruction;
  std::vector<BodyPose> poses;
  std::vector<BodyOffset> offsets;
  std::vector<BodyFactor> mass, friction;
  std::vector<Push> pushes;
  std::vector<ActorRun> actors;
  std::vector<SensorNoise> noise;
  std::vector<SensorBias> biases;
  std::vector<SensorFault> sensor_faults;
  std::vector<ActuatorFault> actuator_faults;
  std::vector<StimulusRun> stimuli;
  std::optional<SeparationProfile> separation;
  std::vector<Detectable> detectables;
  DetectorView detector;
  std::vector<SignalSpec> signals;  ///< what success, subgoals, checks, limits and metrics need
  std::vector<Limit> limits;
  Condition success;  ///< slots filled in
  std::vector<std::pair<std::string, Condition>> subgoals, checks;
  std::int64_t time_limit_ns = 0, control_period_ns = 0, latency_ns = 0;
  double range_rate_hz = 10;
  Physics physics;
  StreamKey policy_key;
  /// Known errors of the (simulated) robot, by name; their randomness from `defect_key`. An adapter refuses what it
  /// cannot put in.
  std::vector<std::pair<std::string, double>> defects;
  StreamKey defect_key;
  std::string initial_state_digest;  ///< over everything above that varies; equal digests count once
};

}  // namespace assay
