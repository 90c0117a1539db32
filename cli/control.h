// A run's control socket: other processes of the same user ask what it does, let it pause, go on, and stop.
#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "cli/app.h"
#include "core/events.h"
#include "core/result.h"
#include "harness/operator_desk.h"

namespace assay::cli {

/// `run/<session>.sock` of the workspace speaks JSON lines: {"do": "status" | "pause" | "continue" | "stop"} is
/// answered by {"schema": "assay.control/1", "state": "running" | "paused" | "stopping", "pid", "done", "expected",
/// "most", "eta_s", "under_way": […]}, anything else by {"error": …}. `run/<session>.events.jsonl` holds every event of
/// the session's runs. A run that asks its operator (harness/operator_desk.h) shows "prompt" with its state, and takes
/// {"do": "answer", "prompt", "act", "by", …} and {"do": "score", "trial", "outcome", "by"}. Neither blocks the run or
/// ends it: what cannot be told is left out.
class RunControl final : public RunListener {
 public:
  /// Fails with 0920 (folder, socket or file cannot be made).
  static Result<std::unique_ptr<RunControl>> open(const std::string& workspace, const std::string& session);
  ~RunControl() override;
  RunControl(const RunControl&) = delete;
  RunControl& operator=(const RunControl&) = delete;

  /// Whom answers and scores are given to; not null, and outlives this.
  void serve(harness::OperatorDesk& desk);
  /// Answers what came since; called at least every 0.1 s by the run.
  void poll();
  [[nodiscard]] bool paused() const;
  [[nodiscard]] bool stop_asked() const;
  void on_event(const RunEvent& event) override;

 private:
  struct State;
  explicit RunControl(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

std::string event_log(const std::string& workspace, const std::string& session);
/// `run/<session>.live-<worker>` show the trials under way (core/live_view.h); this is the name up to the dash.
std::string live_view(const std::string& workspace, const std::string& session);
std::string run_folder(const std::string& workspace);  ///< of sockets, event logs and the output of detached runs

/// One question to a session's run. Fails with 0921 (no such run: it never was, has ended or was killed) and 0922 (no
/// answer in 5 s, or not one).
Result<nlohmann::json> ask_run(const std::string& workspace, const std::string& session, const std::string& what);
/// A message that may be refused: also fails with 0924, which holds what the run said.
Result<nlohmann::json> tell_run(const std::string& workspace, const std::string& session,
                                const nlohmann::json& message);

/// Goes on with a locked session in a process of its own that outlives this one, output in run/<session>.log; says how
/// to watch it once it answers. Returns the exit code: 0, or that of a run that ended before (within 60 s).
int detach_run(const App& app, const std::string& session, int jobs, const std::string& events_file);

}  // namespace assay::cli
