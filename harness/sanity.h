// Sanity of a task: one trial by the null, the random or the reference policy on the task's reference body, and what
// the record says about the task itself. What follows from many of them is judged in sanity_verdict.h.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "adapters/registry.h"
#include "core/model/task.h"
#include "core/model/trial.h"
#include "core/result.h"
#include "harness/trial.h"
#include "suites/catalog.h"

namespace assay::harness {

enum class Arm { null_, random, oracle };
const char* to_string(Arm arm);  ///< "null", "random", "oracle"

struct SanityRequest {
  std::string suite;  ///< path of suite.yaml
  std::string task;   ///< Task::key()
  int level = 1, index = 0;
  Arm arm = Arm::oracle;
  double skill = 1;  ///< of the oracle
  std::string seed;
};

/// A slot of the instruction given another value than the drawn one, once the oracle had succeeded.
struct OtherGoal {
  std::string slot, value;
  bool still_met = false;  ///< the other goal holds at the end of the same record: the slot asked for nothing
};

struct SanityResult {
  Outcome outcome = Outcome::undetermined;
  std::string reason;
  std::string initial_state_digest;
  std::optional<bool> goal_at_start;  ///< success condition on the first row alone; nothing if there is no row
  std::vector<OtherGoal> other_goals;
  double simulated_s = 0, wall_s = 0;
  std::string cause{};  ///< of anything but success: the record's words, or the parts of success that did not hold
  std::optional<Error> error;  ///< the trial could not be set up at all
};

nlohmann::json to_json(const SanityRequest& request);
nlohmann::json to_json(const SanityResult& result);
/// Throw json::exception on a malformed message.
SanityRequest sanity_request_from(const nlohmann::json& message);
SanityResult sanity_result_from(const nlohmann::json& message);

/// Runs sanity trials one after another in this process, on the embedded simulator; keeps what it loaded.
class SanityBench {
 public:
  explicit SanityBench(const AdapterRegistry& registry) : registry_(registry) {}
  /// Errors are in the result: 03xx, 04xx, 05xx; 0540 the task names no reference.
  SanityResult run(const SanityRequest& request, const TrialOptions& options);
  /// Loads, composes and starts the world of one trial and runs none of it. Fails as SanityResult::error, and with
  /// 04xx.
  Result<void> start(const SanityRequest& request);
  [[nodiscard]] bool policy_lost() const { return policy_lost_; }

 private:
  struct Loaded {
    Task task;  ///< without metrics: nothing is measured
    Embodiment embodiment;
    World world;
  };
  Result<SanityResult> attempt(const SanityRequest& request, const TrialOptions& options);
  Result<const Loaded*> load(const SanityRequest& request);
  Result<Setup> ready(const SanityRequest& request, const Loaded& loaded);

  const AdapterRegistry& registry_;
  std::unique_ptr<Robot> robot_;
  std::map<std::string, Suite> suites_;
  std::map<std::pair<std::string, int>, Loaded> loaded_;
  bool policy_lost_ = false;
};

/// Places in Task::variation whose entry draws the same in each of `draws` trials. Pure. Fails as realise() does.
Result<std::vector<std::size_t>> idle_variation(const Task& task, const Embodiment& embodiment, const std::string& seed,
                                                int draws);

struct SanityRun {
  int jobs = 1;
  std::string program, stderr_path;
  std::function<bool()> interrupted;  ///< polled; true: stop
  /// On the caller's thread, in order of completion; false: stop (what it has to keep could not be kept).
  std::function<bool(std::size_t request, const SanityResult&)> done;
};
/// All requests over worker processes, in order. A request that loses its worker three times ends as `error`, reason
/// "worker_lost". True: all done; false: stopped. Fails with ASSAY-0530, 0532.
Result<bool> run_sanity(const std::vector<SanityRequest>& requests, const SanityRun& run);

}  // namespace assay::harness
