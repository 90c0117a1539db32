// Does a robot's time run as fast as ours?
#pragma once

#include <optional>
#include <string>

#include "adapters/live/live_robot.h"

namespace assay {

/// Time may run neither faster nor slower than the host's by more than 2 % and 0.5 s.
class PaceWatch {
 public:
  /// 1254 (subject:clock_runs_fast, clock_runs_slow), or nothing.
  std::optional<Error> look(const LiveSample& sample);

 private:
  std::optional<std::pair<SimTime, SteadyTime>> first_;
};

/// 1254 with `found` = "subject:" + what + " " + detail.
Error link_error(const std::string& what, const std::string& detail);

}  // namespace assay
