// One trial in the making: what lock-step and real time share, and the loop of each. Not for other rooms.
#pragma once

#include <string>
#include <vector>

#include "adapters/live/live_robot.h"
#include "harness/dialogue.h"
#include "harness/limit_net.h"
#include "harness/recorder.h"
#include "harness/trial.h"
#include "metrics/judge.h"

namespace assay::harness {

/// `what` is a code without spaces: it becomes part of a verdict's reason.
struct Fault {
  std::string whose, what, message;
};
Fault policy_fault(const Error& error);
/// A robot says whose its error is in Error::found ("subject:…", "lab:…", "unknown:…").
Fault robot_fault(const Error& error);
Error robot_threw(const std::string& message);

/// A robot's adapter may throw what it likes.
template <class F>
auto guarded(F&& function) -> decltype(function()) {
  try {
    return function();
  } catch (const std::exception& e) {
    return robot_threw(e.what());
  } catch (...) {
    return robot_threw("not a std::exception");
  }
}

/// Words of others need not be UTF-8; a record's text must be.
std::string utf8(const std::string& words);

/// run() makes safe on every way out.
class TrialRun {
 public:
  TrialRun(Robot& robot, PolicyRunner& policy, const Setup& setup, const TrialOptions& options);
  void run();
  Trace& trace() { return recorder_.trace(); }
  void phase(const char* name) const {
    if (options_.heartbeat) options_.heartbeat(name, tick_);
  }

 private:
  struct MakeSafe;
  struct Live;  ///< harness/live_loop.cpp

  bool prepare();
  bool tick();
  void run_live(LiveRobot& robot);
  bool live_tick(LiveRobot& robot, Live& live);
  bool live_hear(LiveRobot& robot, Live& live, SteadyTime deadline);
  bool live_policy(LiveRobot& robot, Live& live, SteadyTime deadline);
  void describe_live(LiveRobot& robot, const Live& live);
  void describe_motion(LiveRobot& robot, const Live& live, const ClockFit& clock);

  bool show_pictures();
  bool hear(const Action& action);
  void speak();
  bool record_reports(const std::vector<Report>& reports);
  bool limit_broken();
  void watch_limits(const RobotDescription& description);
  void record_hit(const LimitHit& hit, const char* by, bool deterministic = true);
  bool end(const char* code, std::string detail, StopCategory category, bool deterministic = true);
  bool fault(const Fault& fault);
  void stop() noexcept;
  void describe_setup();
  void describe_robot(const RobotDescription& robot);

  Robot& robot_;
  PolicyRunner& policy_;
  const Setup& setup_;
  const TrialOptions& options_;
  Recorder recorder_;
  LimitNet net_;
  Dialogue dialogue_;
  Sample sample_;
  std::int64_t tick_ = 0;
  std::size_t reports_ = 0;
  bool lockstep_ = true, stopped_ = false;
  SteadyTime decided_at_;  ///< when the trial's end was decided: make-safe counts from here
  StopCategory category_ = StopCategory::cat1;
};

}  // namespace assay::harness
