// Tells listeners and the workspace's log what a campaign does.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "core/events.h"
#include "core/model/trial.h"
#include "harness/pool.h"
#include "harness/series.h"

namespace spdlog {
class logger;
}

namespace assay::harness {

class RunEvents {
 public:
  /// Logs to `folder`/logs/assay.log (rotating); a log that cannot be opened is done without.
  RunEvents(RunListener& listener, std::string session, const std::string& folder);
  ~RunEvents();
  RunEvents(const RunEvents&) = delete;
  RunEvents& operator=(const RunEvents&) = delete;

  void started_run(int jobs, int recorded);
  void held(bool paused);
  void started(const TrialRecord& trial);
  void finished(const TrialRecord& trial, double wall_s);
  void decided(const std::string& indicator, const metrics::Walk& walk);
  void stopped(const SeriesRun& series);
  void lost(pid_t pid, const Loss& loss, const std::string& reason);
  void progress(const std::vector<SeriesRun>& series, int jobs);
  void prompted(const nlohmann::json& prompt);
  void interrupted();
  void finished_run(bool complete, int trials, int workers_lost);
  void log_error(const Error& error);

 private:
  void tell(const char* type, nlohmann::json data);

  RunListener& listener_;
  std::string session_;
  std::shared_ptr<spdlog::logger> log_;
  SteadyTime start_ = steady_now();
  int trials_ = 0;
  double trial_seconds_ = 0;
};

/// logs/ of a workspace; made if missing. Empty if that fails.
std::string log_folder(const std::string& workspace);

}  // namespace assay::harness
