// One worker process as the coordinator holds it.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "core/result.h"
#include "harness/heartbeat.h"

namespace assay::harness {

/// How a process ended.
struct ExitState {
  bool by_signal = false;
  int code = 0;  ///< exit code or signal number
};

class WorkerProcess {
 public:
  /// Starts `<program> worker 3 4 5`: requests, replies, heartbeat. stdin and stdout are /dev/null, stderr goes to
  /// `stderr_path`. Fails with ASSAY-0530.
  static Result<WorkerProcess> spawn(const std::string& program, const std::string& stderr_path);
  WorkerProcess(WorkerProcess&& other) noexcept;
  WorkerProcess& operator=(WorkerProcess&& other) noexcept;
  WorkerProcess(const WorkerProcess&) = delete;
  WorkerProcess& operator=(const WorkerProcess&) = delete;
  ~WorkerProcess();  ///< kills and reaps

  [[nodiscard]] pid_t pid() const { return pid_; }
  [[nodiscard]] int fd() const { return socket_; }
  [[nodiscard]] HeartbeatPage& page() const { return *page_; }

  /// False if the worker is gone.
  bool send(const std::string& line);
  /// Whole lines that have arrived; never waits. `closed` is set at end of file.
  std::vector<std::string> lines(bool& closed);
  void kill();
  /// Set once the process has ended; never waits.
  std::optional<ExitState> ended();
  /// Waits for the end of a process that is known to be ending or was killed.
  ExitState reap();

 private:
  WorkerProcess() = default;
  void release();

  pid_t pid_ = -1;
  int socket_ = -1;
  HeartbeatPage* page_ = nullptr;
  std::string buffer_;
  std::optional<ExitState> ended_;
};

}  // namespace assay::harness
