// Turns samples and actions into a Trace while a trial runs: buffers reserved up front, no allocation per tick.
#pragma once

#include <string>
#include <vector>

#include "adapters/exchange.h"
#include "adapters/live/clock_fit.h"
#include "adapters/robot.h"
#include "core/live_view.h"
#include "core/model/setup.h"
#include "core/trace.h"

namespace assay::harness {

/// Of one period of the real-time loop, host clock.
struct LoopTiming {
  double policy_s = 0, robot_s = 0, harness_s = 0;
  double late_s = 0;          ///< woken after the period's deadline: our own jitter
  double command_age_s = -1;  ///< from the arrival of the observation to its command's hand-over; −1: none was given
  double samples = 0;         ///< that had come since the last period
};
/// Of one sample from a robot in real time.
struct LinkTiming {
  SimTime time;
  std::int64_t received_ns = 0, robot_ns = 0;  ///< host's and robot's clocks
};

/// Streams: /truth, /peaks, /observation (one row per sample); /scan/<group> (one channel per beam, a row per fresh
/// scan); /detections (per detectable: seen, x, y, z, yaw; zeros where not seen); /action (stamped with the
/// observation it answers); /timing (wall clock, not deterministic); /inference (of a policy on a server). In real time
/// /timing has a row per period of the loop, /command has every command with the robot's time at which it was handed
/// over, /command_way when it went out and had been taken (−1: the wire does not know), /link when samples came. After
/// the trial, /motion/<group>: how long after each command that made it move or rest the group did.
class Recorder {
 public:
  /// Lays the streams out. Before it only events may be recorded.
  void open(const Setup& setup, const RobotDescription& robot);
  [[nodiscard]] bool is_open() const { return truth_ >= 0; }

  /// From now on samples are shown there, too; after open().
  void show_in(LiveViewWriter& view, LiveTrialHead head);

  void sample(const Sample& sample);
  /// The subject has asked (kQuestion), or refused (kRefusal), in answer to the last sample: in truth from that row on,
  /// where a condition reads it.
  void said(const std::string& what);
  void action(SimTime time, const Action& action);
  void timing(SimTime time, double policy_s, double robot_s, double harness_s);
  void timing(SimTime time, const LoopTiming& timing);
  /// What a question to the policy's server cost on the wire. The first one opens /inference.
  void inference(SimTime time, const Exchange& exchange, SteadyTime had);
  void command(SimTime time, const Action& action);
  /// After the hand-over: when it went out, when the robot had it at the latest. The first one opens /command_way.
  void command_way(SimTime time, double sent_s, double taken_s);
  /// Once, after the trial: by then the clocks are known best.
  void link(const std::vector<LinkTiming>& rows, const ClockFit& clock);
  void event(SimTime time, std::string code, std::string detail = {}, bool deterministic = true);

  Trace& trace() { return trace_; }

 private:
  int add(std::string topic, std::vector<Channel> channels, std::size_t rows, bool deterministic = true);
  Stream& at(int stream) { return trace_.streams[static_cast<std::size_t>(stream)]; }
  void scans(const Sample& sample);
  void detections(const Sample& sample);

  Trace trace_;
  std::vector<Group> groups_;
  std::vector<std::string> labels_;                        ///< of the setup's detectables
  std::vector<std::pair<std::string, int>> scan_streams_;  ///< group → stream
  int truth_ = -1, peaks_ = -1, observation_ = -1, detections_ = -1, action_ = -1, timing_ = -1, command_ = -1,
      inference_ = -1, command_way_ = -1;
  struct Said {
    std::string what;
    std::size_t channel = 0;
    double value_m = 1000;  ///< as of a thing that nobody has reported
  };
  std::vector<Said> said_;
  std::vector<double> row_;
  LiveViewWriter* view_ = nullptr;
};

}  // namespace assay::harness
