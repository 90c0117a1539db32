// A robot behind a wire, as far as the wires are alike: order of calls, the first sample, one stop.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "adapters/live/live_link.h"

namespace assay {

class WiredRobot : public LiveRobot {
 public:
  [[nodiscard]] const RobotDescription& describe() const override { return description_; }
  Result<Sample> begin(const Instruction& instruction) final;
  StopReport stop(StopCategory category) noexcept final;
  Result<void> command(const Action& action) final;
  Result<std::vector<LiveSample>> receive(SteadyTime until) final;
  [[nodiscard]] ClockFit clock() const override { return link() ? link()->clock() : ClockFit{}; }
  [[nodiscard]] LinkCounters counters() const final { return link() ? link()->counters() : LinkCounters{}; }
  [[nodiscard]] std::vector<CommandWay> ways() const final {
    return link() ? link()->ways() : std::vector<CommandWay>{};
  }
  [[nodiscard]] std::string scheduling() const final { return link() ? link()->scheduling() : ""; }

 protected:
  enum class Phase { empty, ready, running, stopped };
  WiredRobot(const char* adapter, bool simulated_world);
  /// The first part of every reset: stops what runs, forgets it, and refuses what no wire can do (0421).
  Result<void> start_over(const Setup& setup);
  /// For destructors: what still runs is stopped.
  void leave_safe() noexcept;

  [[nodiscard]] virtual LiveLink* link() const = 0;
  virtual Result<void> begin_trial() = 0;  ///< samples come from now on
  virtual Result<void> send(const Action& action) = 0;
  /// Until it is confirmed, or patience is at an end.
  virtual StopReport ask_to_stop(StopCategory category) = 0;
  virtual void trial_over() = 0;
  /// What is known of a first sample that did not come.
  [[nodiscard]] virtual std::string silence() const { return ""; }

  const bool simulated_world_;
  RobotDescription description_;
  Phase phase_ = Phase::empty;
  std::int64_t trial_ = 0;

 private:
  std::vector<LiveSample> early_;  ///< came together with the first sample
  StopReport last_stop_;
};

}  // namespace assay
