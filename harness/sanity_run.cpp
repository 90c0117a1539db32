#include <map>
#include <set>

#include "harness/pool.h"
#include "harness/sanity.h"

namespace assay::harness {
namespace {

using nlohmann::json;

constexpr double kPoll_s = 0.1, kWallLimit_s = 3600, kStale_s = 600;  // beyond every deadline of a busy machine
constexpr int kMostLosses = 3, kMostIdleLosses = 5;

SanityResult lost_result(const Loss& loss) {
  SanityResult out;
  out.outcome = Outcome::error;
  out.reason = "worker_lost: " + loss.detail;
  return out;
}

class Run {
 public:
  Run(const std::vector<SanityRequest>& requests, const SanityRun& run)
      : requests_(requests),
        run_(run),
        pool_({.size = std::max(1, run.jobs),
               .program = run.program,
               .stderr_path = run.stderr_path,
               .load_line = line_of({{"type", "load_sanity"}}),
               .stale_s = kStale_s}) {
    for (std::size_t i = 0; i < requests.size(); ++i) open_.insert(i);
  }

  Result<bool> to_end() {
    while (!open_.empty() || !flights_.empty()) {
      if (stop_ || (run_.interrupted && run_.interrupted())) return false;
      ASSAY_RETURN_IF_ERROR(pool_.fill());
      for (const int worker : pool_.idle()) {
        if (open_.empty()) break;
        const std::size_t next = *open_.begin();
        open_.erase(open_.begin());
        flights_[worker] = next;
        pool_.assign(worker, to_json(requests_[next]), kWallLimit_s);
      }
      for (const auto& event : pool_.wait(kPoll_s)) ASSAY_RETURN_IF_ERROR(handle(event));
    }
    return !stop_;
  }

 private:
  Result<void> handle(const WorkerEvent& event) {
    const auto flight = flights_.find(event.worker);
    if (event.kind == WorkerEvent::Kind::failed) return *event.error;
    if (event.kind == WorkerEvent::Kind::loaded) idle_losses_ = 0;
    if (event.kind == WorkerEvent::Kind::lost && flight == flights_.end() && ++idle_losses_ >= kMostIdleLosses)
      return Error{.id = 531,
                   .what = {"worker processes keep dying before they run a trial", "工作进程在执行试验之前反复退出"},
                   .place = {run_.stderr_path},
                   .found = event.loss.detail};
    if (flight == flights_.end()) return {};
    const std::size_t request = flight->second;
    if (event.kind == WorkerEvent::Kind::done) {
      flights_.erase(flight);
      stop_ = !run_.done(request, sanity_result_from(event.message)) || stop_;
    } else if (event.kind == WorkerEvent::Kind::lost) {
      flights_.erase(flight);
      if (++losses_[request] < kMostLosses)
        open_.insert(request);
      else
        stop_ = !run_.done(request, lost_result(event.loss)) || stop_;
    }
    return {};
  }

  const std::vector<SanityRequest>& requests_;
  const SanityRun& run_;
  WorkerPool pool_;
  std::set<std::size_t> open_;
  std::map<int, std::size_t> flights_;  ///< worker → request
  std::map<std::size_t, int> losses_;
  int idle_losses_ = 0;
  bool stop_ = false;
};

}  // namespace

Result<bool> run_sanity(const std::vector<SanityRequest>& requests, const SanityRun& run) {
  try {
    return Run(requests, run).to_end();
  } catch (const json::exception& e) {
    return Error{.id = 532,
                 .what = {"coordinator and worker do not understand each other", "协调进程与工作进程无法互相理解"},
                 .found = e.what()};
  }
}

}  // namespace assay::harness
