// A session's trials: worker processes, the locked plan, resume. The coordinator is the only writer.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "adapters/registry.h"
#include "core/events.h"
#include "core/model/plan.h"
#include "core/model/scheme.h"
#include "core/result.h"
#include "store/store.h"
#include "suites/catalog.h"

namespace assay::harness {

/// Everything that decides a session, loaded and hashed.
struct SessionInputs {
  Scheme scheme;
  std::vector<Suite> suites;  ///< those that hold tasks of the subject's scope
  Subject subject;
  Embodiment embodiment;
};
/// Every metric that the task names is known to the program; else ASSAY-0329.
Result<void> check_metrics(const Task& task);
/// Loads and cross-checks (the scheme against every suite that it names); ids of the catalogue or paths.
Result<SessionInputs> load_inputs(const std::string& scheme, const std::string& subject);
/// Paths and hashes of every deciding file, as JSON; and the check of it on resume (ASSAY-0510: changed file).
std::string lock_json(const SessionInputs& inputs);
Result<SessionInputs> load_locked(const std::string& lock_json);

/// Draws from the session's seed, before the plan is locked: the order of all trials where the scheme asks for a random
/// one, and each series' audited indices (the scheme's share of those that run whatever comes out).
void arrange(Plan& plan, const Scheme& scheme, const std::string& seed);

std::string plan_to_json(const Plan& plan);
Result<Plan> plan_from_json(const std::string& text);

struct CampaignOptions {
  int jobs = 1;
  std::string program;                ///< path of this program; started as `<program> worker <in> <out> <heartbeat>`
  std::function<bool()> interrupted;  ///< polled; true → stop after make-safe, resumable
  std::function<bool()> paused{};     ///< polled; true → trials under way end, none begins
  /// Beyond it the worker is killed. 0: two minutes and every tick's policy deadline, so that it catches only what
  /// gives signs of life and yet never ends; hangs are the heartbeat's business.
  double trial_wall_limit_s = 0;
  double heartbeat_stale_s = 30;  ///< likewise without a sign of life for so long (at least 3 policy deadlines)
  double load_limit_s = 120;      ///< likewise while a worker loads the session
  /// Trials under way can be watched in `<live_path>-<worker>` (core/live_view.h); empty: nowhere.
  std::string live_path{};
};

struct CampaignEnd {
  bool complete = false;  ///< every series ran to its stop
  bool interrupted = false;
  int trials = 0;  ///< on record now, earlier runs included
  int workers_lost = 0;
};

/// Runs what the plan still wants: first use and resume are the same call. Trials that were started and not
/// finished by a deterministic lock-step policy are run again at the same index (new attempt); any other is
/// finished as `undetermined`, reason `interrupted`.
Result<CampaignEnd> run_campaign(Store& store, const SessionRow& session, const SessionInputs& inputs, const Plan& plan,
                                 const CampaignOptions& options, RunListener& listener);

/// Entry of a worker process: reads requests (JSON lines) on `in_fd`, writes replies on `out_fd`, heartbeat in
/// shared memory `heartbeat_fd`. Returns the exit code.
int worker_main(int in_fd, int out_fd, int heartbeat_fd, const AdapterRegistry& registry);

}  // namespace assay::harness
