// The coordinator's workers: started, fed, watched, replaced. One thread, poll().
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "core/result.h"
#include "core/time.h"
#include "harness/process.h"
#include "harness/protocol.h"

namespace assay::harness {

/// How a worker was lost, as far as the coordinator can see.
struct Loss {
  enum class How {
    crashed,  ///< a signal of its own making, or an exit that nobody asked for
    stalled,  ///< no sign of life, or beyond the trial's wall limit: we killed it
    killed,   ///< SIGKILL, SIGTERM (or SIGALRM, which follows it) from outside; or by us, for want of a processor
  } how = How::crashed;
  Phase phase = Phase::harness;
  std::string detail;
};

struct WorkerEvent {
  enum class Kind { loaded, card, begun, done, failed, lost } kind = Kind::lost;
  int worker = 0;
  pid_t pid = -1;
  nlohmann::json message;      ///< all but lost
  std::optional<Error> error;  ///< failed
  Loss loss;                   ///< lost
  bool while_busy = false;     ///< lost: a trial was under way
};

class WorkerPool {
 public:
  struct Options {
    int size = 1;
    std::string program, stderr_path, load_line;
    double stale_s = 30, load_limit_s = 120;
  };
  explicit WorkerPool(Options options);

  /// Starts every worker that is not running. Fails with ASSAY-0530.
  Result<void> fill();
  [[nodiscard]] std::vector<int> idle() const;
  [[nodiscard]] int busy() const;
  /// False if the worker died meanwhile; its loss is reported by the next wait().
  bool assign(int worker, const nlohmann::json& request, double wall_limit_s);
  /// What happened, after at most `timeout_s`. A reply outranks the end of the process that sent it.
  std::vector<WorkerEvent> wait(double timeout_s);
  /// Wish that trials under way end after make-safe.
  void abort_trials();
  void kill_all();

 private:
  enum class State { off, loading, idle, busy, leaving };
  struct Slot {
    std::optional<WorkerProcess> process;
    State state = State::off;
    SteadyTime since, last_beat;
    double wall_limit_s = 0;  ///< of the trial under way
    std::uint64_t beats = 0;
    std::optional<double> unserved_s{};  ///< at half the patience without a sign of life
    bool stalled = false, starved = false;
  };

  Slot& slot(int worker) { return slots_[static_cast<std::size_t>(worker)]; }
  void enter(Slot& slot, State state);
  void read(int worker, std::vector<WorkerEvent>& out);
  void message(int worker, const std::string& line, std::vector<WorkerEvent>& out);
  void watch(Slot& slot);
  void bury(int worker, std::vector<WorkerEvent>& out);

  Options options_;
  std::vector<Slot> slots_;
};

}  // namespace assay::harness
