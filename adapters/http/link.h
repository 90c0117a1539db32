// The threads of one trial over the robot API: telemetry in, commands out, clocks compared.
#pragma once

#include <condition_variable>
#include <optional>
#include <thread>

#include "adapters/http/client.h"
#include "adapters/http/wire.h"
#include "adapters/live/live_link.h"
#include "adapters/live/pace.h"

namespace assay::http {

/// What came is checked on arrival; the first thing that is wrong ends the link.
class Link final : public LiveLink {
 public:
  Link(Endpoint endpoint, std::int64_t trial, const RobotDescription& robot, ClockFitter clock);
  ~Link();
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  void command(const Action& action);
  /// Ends both threads. What was received stays.
  void close();

 private:
  void listen();
  bool take(std::string_view line, SteadyTime received);
  void talk();
  Result<void> compare_clocks(Caller& caller);
  void ended(Error error);

  const Endpoint endpoint_;
  const std::int64_t trial_;
  TelemetryReader reader_;  ///< of the listening thread, as pace_ is
  PaceWatch pace_;
  LineStream stream_;

  std::condition_variable wanted_;
  std::optional<Action> next_;  ///< mutex_ is held
  std::int64_t commanded_ = 0;  ///< calls of command(); next_ is the last

  std::thread listener_, talker_;
};

/// One request and reply. Fails with 045x.
Result<ClockExchange> exchange_clocks(Caller& caller, int timeout_ms);

}  // namespace assay::http
