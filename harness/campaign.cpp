#include "harness/campaign.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include "harness/losses.h"
#include "harness/operated.h"
#include "harness/pool.h"
#include "harness/run_events.h"
#include "harness/series.h"

namespace assay::harness {
namespace {

constexpr double kPoll_s = 0.1;
constexpr double kFinishGrace_s = 1.0, kAbortGrace_s = 3.0;  // on SIGINT: finish, then make safe, then kill
constexpr int kMostIdleLosses = 5, kMostRepeats = 3;

double seconds_since(SteadyTime start) { return static_cast<double>(steady_now().ns - start.ns) * 1e-9; }

class Campaign {
 public:
  Campaign(Store& store, const SessionRow& session, const SessionInputs& inputs, const Plan& plan,
           const CampaignOptions& options, RunListener& listener, OperatorDesk* desk)
      : store_(store),
        session_(session),
        inputs_(inputs),
        reference_(inputs.embodiment.reference),
        seed_(plan.session_seed),
        options_(options),
        desk_(desk),
        events_(listener, session.id, store.folder()),
        stderr_path_(log_folder(store.folder()) + "/workers.log"),
        // A robot behind a wire is one robot, and a person has two hands.
        pool_({.size = !inputs.subject.robot.url.empty() || inputs.subject.adapter == "manual"
                           ? 1
                           : std::max(1, std::min(options.jobs, static_cast<int>(plan.series.size()))),
               .program = options.program,
               .stderr_path = stderr_path_,
               .load_line = line_of({{"type", "load"}, {"lock", session.lock_json}}),
               .stale_s = std::max(options.heartbeat_stale_s, 3 * inputs.subject.policy_deadline_s),
               .load_limit_s = options.load_limit_s}) {
    for (const auto& series : plan.series) series_.emplace_back(series, plan.indicators);
    places_.resize(plan.series.size());
    for (std::size_t i = 0; i < plan.order.size(); ++i) places_[static_cast<std::size_t>(plan.order[i])].push_back(i);
    ordered_ = !plan.order.empty();
    if (desk != nullptr) audit_to(*desk, store);
  }

  Result<CampaignEnd> run() {
    try {
      auto end = run_to_end();
      if (end) return end;
      events_.log_error(end.error());
      wind_down();
      return end;
    } catch (...) {
      wind_down();
      throw;
    }
  }

 private:
  /// A trial under way on a worker.
  struct Flight {
    std::size_t series = 0;
    TrialRecord record;
    SteadyTime start;
    bool begun = false;  ///< the set-up is drawn: from now on the subject's code may run
  };

  Result<CampaignEnd> run_to_end() {
    if (inputs_.subject.adapter == "manual") {
      ASSAY_TRY(const double deadline_s, manual_deadline_s(inputs_.subject.robot));
      operated_ = std::make_unique<OperatedTrials>(store_, session_.number, desk_, deadline_s);
    }
    ASSAY_RETURN_IF_ERROR(recall());
    events_.started_run(options_.jobs, recorded_);
    while (!all_stopped()) {
      if (options_.interrupted && options_.interrupted()) return interrupt();
      ASSAY_RETURN_IF_ERROR(pool_.fill());
      if (const bool paused = options_.paused && options_.paused(); paused != paused_) events_.held(paused_ = paused);
      if (!paused_) ASSAY_RETURN_IF_ERROR(dispatch());
      ASSAY_RETURN_IF_ERROR(handle(pool_.wait(kPoll_s)));
      if (auto stepped = step_operated(); !stepped) {
        if (stepped.error().id != 562) return std::move(stepped).error();
        events_.log_error(stepped.error());
        return interrupt();
      }
    }
    events_.finished_run(true, recorded_, lost_);
    return CampaignEnd{.complete = true, .interrupted = false, .trials = recorded_, .workers_lost = lost_};
  }

  std::string view_of(int worker) const {
    return options_.live_path.empty() ? "" : options_.live_path + "-" + std::to_string(worker);
  }

  double wall_limit_s(const TrialRecord& record) const {
    return options_.trial_wall_limit_s > 0 ? options_.trial_wall_limit_s : harness::wall_limit_s(inputs_, record);
  }

  /// What is on record already.
  Result<void> recall() {
    ASSAY_TRY(const auto trials, store_.trials(session_.number));
    for (const auto& trial : trials) {
      if (auto* series = find(trial); series != nullptr) series->put(trial);
      recorded_ += trial.finished ? 1 : 0;
    }
    for (const auto& trial : trials)
      if (const auto* series = find(trial); series != nullptr && !trial.finished && !series->is_decided(trial.index))
        unfinished_.push_back(trial);
    if (operated_) operated_->wait(std::exchange(unfinished_, {}));
    return {};
  }

  SeriesRun* find(const TrialRecord& trial) {
    for (auto& s : series_)
      if (s.series().task == trial.task && s.series().level == trial.level) return &s;
    return nullptr;
  }

  bool all_stopped() const {
    return flights_.empty() && unfinished_.empty() && (!operated_ || operated_->idle()) &&
           std::all_of(series_.begin(), series_.end(), [](const auto& s) { return s.stopped(); });
  }

  /// Trials of an earlier run that never finished. One that can be repeated exactly stays as it is: its index runs
  /// again as a new attempt. Any other is a failure until a reviewer accepts an outside cause.
  Result<void> settle_unfinished() {
    for (auto record : std::exchange(unfinished_, {})) {
      if (repeatable_) continue;
      record.verdict = plain_verdict(Outcome::undetermined, "interrupted");
      ASSAY_RETURN_IF_ERROR(conclude(record, "", 0));
    }
    return {};
  }

  /// Place of the series' next trial in the locked order; reserved and audit trials come after all of it.
  std::size_t place_of(std::size_t series) const {
    const auto& places = places_[series];
    const auto done = static_cast<std::size_t>(series_[series].done());
    return done < places.size() ? places[done] : std::numeric_limits<std::size_t>::max();
  }

  /// In the locked order where the plan has one. Else the series that needs most trials first, so that none is left
  /// alone at the end; a worker keeps its series, because its world is loaded.
  std::optional<std::size_t> choose(int worker) {
    std::set<std::size_t> taken;
    for (const auto& [w, flight] : flights_) taken.insert(flight.series);
    const auto free = [&](std::size_t i) { return !series_[i].stopped() && taken.count(i) == 0; };
    if (ordered_) {
      std::optional<std::size_t> first;
      for (std::size_t i = 0; i < series_.size(); ++i)
        if (free(i) && (!first || place_of(i) < place_of(*first))) first = i;
      return first;
    }
    if (const auto last = last_series_.find(worker); last != last_series_.end() && free(last->second))
      return last->second;
    std::optional<std::size_t> best;
    const auto left = [&](std::size_t i) { return series_[i].expected() - series_[i].done(); };
    for (std::size_t i = 0; i < series_.size(); ++i)
      if (free(i) && (!best || left(i) > left(*best))) best = i;
    return best;
  }

  std::string staged(const TrialRecord& record) const {
    return store_.staging_folder() + "/" + std::to_string(record.number) + ".mcap";
  }

  /// A person's next trial: what to set up is drawn before it begins.
  void ask_for_card() {
    const auto idle = pool_.idle();
    if (operated_->busy() || !flights_.empty() || idle.empty()) return;
    auto record = operated_->take_waiting();
    if (!record) {
      const auto chosen = choose(idle.front());
      if (!chosen) return;
      record = TrialRecord{};
      record->task = series_[*chosen].series().task;
      record->level = series_[*chosen].series().level;
      record->index = series_[*chosen].next_index();
    }
    auto request = to_json(TrialRequest{record->number, record->task, record->level, record->index, seed_, "", ""});
    request["type"] = "card";
    operated_->ask(std::move(*record));
    pool_.assign(idle.front(), request, kWallLimit_s);
  }

  /// Prompts that changed, and trials that were told of or given up.
  Result<void> step_operated() {
    if (!operated_) return {};
    if (const auto prompt = operated_->changed()) events_.prompted(*prompt);
    if (pool_.idle().empty()) return {};  // a worker that was lost comes back first
    ASSAY_TRY(const auto end, operated_->poll());
    if (!end) return {};
    if (!end->entry) {
      ASSAY_TRY(const auto record, operated_->give_up(*end));
      return conclude(record, "", 0);
    }
    const auto& record = end->trial;
    TrialRequest request{record.number, record.task, record.level, record.index, seed_, staged(record), ""};
    request.entry = end->entry;
    const double limit_s = wall_limit_s(record);
    const int worker = pool_.idle().front();
    flights_[worker] = {0, record, steady_now()};
    pool_.assign(worker, to_json(request), limit_s);
    return {};
  }

  Result<void> dispatch() {
    if (operated_) {
      ask_for_card();
      return {};
    }
    for (const int worker : pool_.idle()) {
      const auto chosen = choose(worker);
      if (!chosen) continue;
      const auto& series = series_[*chosen];
      ASSAY_TRY(auto record, store_.start_trial(session_.number, series.series().task, series.series().level,
                                                series.next_index(), utc_now()));
      events_.started(record);
      const TrialRequest request{record.number, record.task,    record.level,   record.index,
                                 seed_,         staged(record), view_of(worker)};
      const double limit_s = wall_limit_s(record);
      last_series_[worker] = *chosen;
      flights_[worker] = {*chosen, std::move(record), steady_now()};
      pool_.assign(worker, to_json(request), limit_s);
    }
    return {};
  }

  /// The whole batch, whatever one of them says: what others finished meanwhile is not to be lost. Then the first
  /// error.
  Result<void> handle(const std::vector<WorkerEvent>& happened) {
    Result<void> first;
    for (const auto& event : happened)
      if (auto handled = handle(event); !handled && first) first = std::move(handled);
    return first;
  }

  Result<void> handle(const WorkerEvent& event) {
    switch (event.kind) {
      case WorkerEvent::Kind::loaded:
        idle_losses_ = 0;
        repeatable_ = event.message.value("repeatable", false);
        return settle_unfinished();
      case WorkerEvent::Kind::begun:
        if (const auto flight = flights_.find(event.worker); flight != flights_.end()) {
          flight->second.begun = true;
          flight->second.record.initial_state_digest = event.message.value("initial_state_digest", "");
        }
        return {};
      case WorkerEvent::Kind::card:
        if (TrialRecord begun; operated_) {
          ASSAY_TRY(const bool is_new, operated_->open(event.message, begun));
          if (is_new) events_.started(begun);
        }
        return {};
      case WorkerEvent::Kind::done:
        return done(event);
      case WorkerEvent::Kind::failed:
        flights_.erase(event.worker);  // the trial stays on record, unfinished
        return *event.error;
      case WorkerEvent::Kind::lost:
        return lost(event);
    }
    return {};
  }

  Result<void> done(const WorkerEvent& event) {
    const auto flight = flights_.find(event.worker);
    if (flight == flights_.end()) return {};
    const auto reply = trial_reply_from(event.message);
    TrialRecord record = std::move(flight->second.record);
    const double wall_s = seconds_since(flight->second.start);
    flights_.erase(flight);
    record.verdict = reply.verdict;
    record.metrics = reply.metrics;
    record.content_digest = reply.content_digest;
    record.trace_sha256 = reply.trace_sha256;
    if (record.verdict.outcome == Outcome::aborted && !may_repeat(record))
      record.verdict.outcome = Outcome::undetermined;
    return conclude(record, reply.trace_path, wall_s);
  }

  Result<void> lost(const WorkerEvent& event) {
    ++lost_;
    const auto flight = flights_.find(event.worker);
    if (flight == flights_.end() || !event.while_busy) {
      events_.lost(event.pid, event.loss, event.loss.detail);
      if (operated_) operated_->ask_again();
      if (++idle_losses_ >= kMostIdleLosses) return workers_keep_dying(event.loss, stderr_path_);
      return {};
    }
    TrialRecord record = std::move(flight->second.record);
    const double wall_s = seconds_since(flight->second.start);
    // Nothing of the subject ran in it: the trial is none yet, be it repeatable or not.
    const bool untouched = !flight->second.begun && event.loss.phase == Phase::harness;
    flights_.erase(flight);
    record.verdict = verdict_of(event.loss, reference_);
    events_.lost(event.pid, event.loss, record.verdict.reason);
    // Killed from outside, and the same trial can be had again: the attempt stays on record, unfinished.
    if (untouched ? repeats_left(record) : event.loss.how == Loss::How::killed && may_repeat(record)) {
      if (operated_) operated_->go_on_with(std::move(record));  // what was told of it is on record
      return {};
    }
    return conclude(record, "", wall_s);
  }

  /// A trial that came to nothing by no doing of its own may run again, if it must end the same, and not for ever.
  bool may_repeat(const TrialRecord& record) { return repeatable_ && repeats_left(record); }
  bool repeats_left(const TrialRecord& record) {
    return ++repeats_[{record.task, record.level, record.index}] <= kMostRepeats;
  }

  /// Row "finished", then stop tables.
  Result<void> conclude(TrialRecord record, const std::string& staged, double wall_s) {
    record.finished = true;
    record.ended = utc_now();
    ASSAY_RETURN_IF_ERROR(store_.finish_trial(session_.number, record, staged, record.ended));
    ++recorded_;
    events_.finished(record, wall_s);
    auto* series = find(record);
    if (series == nullptr) return {};
    const bool was_stopped = series->stopped();
    for (const auto& [indicator, walk] : series->put(record)) events_.decided(indicator, walk);
    if (!was_stopped && series->stopped()) events_.stopped(*series);
    events_.progress(series_, std::max(1, options_.jobs));
    return {};
  }

  /// Trials under way may finish, then are asked to make safe, then are killed; the record stays resumable.
  Result<CampaignEnd> interrupt() {
    const SteadyTime start = steady_now();
    bool asked = false;
    while (!flights_.empty() && seconds_since(start) < kFinishGrace_s + kAbortGrace_s) {
      if (!asked && seconds_since(start) > kFinishGrace_s) {
        pool_.abort_trials();
        asked = true;
      }
      ASSAY_RETURN_IF_ERROR(handle(pool_.wait(kPoll_s)));
    }
    pool_.kill_all();
    events_.interrupted();
    events_.finished_run(false, recorded_, lost_);
    return CampaignEnd{.complete = false, .interrupted = true, .trials = recorded_, .workers_lost = lost_};
  }

  /// The run ends with an error: trials under way still make safe before their processes go. What they say is
  /// recorded as far as it can be.
  void wind_down() noexcept {
    try {
      pool_.abort_trials();
      for (const SteadyTime start = steady_now(); !flights_.empty() && seconds_since(start) < kAbortGrace_s;)
        (void)handle(pool_.wait(kPoll_s));
    } catch (...) {  // the error that brought us here is the one to tell
    }
  }

  Store& store_;
  const SessionRow& session_;
  const SessionInputs& inputs_;
  bool reference_;
  std::string seed_;
  const CampaignOptions& options_;
  OperatorDesk* desk_;
  RunEvents events_;
  std::string stderr_path_;
  WorkerPool pool_;
  std::unique_ptr<OperatedTrials> operated_;  ///< where a person runs the trials
  std::vector<SeriesRun> series_;
  std::vector<std::vector<std::size_t>> places_;  ///< by series: places of its trials in the locked order
  bool ordered_ = false;
  std::map<int, Flight> flights_;           ///< by worker
  std::map<int, std::size_t> last_series_;  ///< by worker
  std::map<std::tuple<std::string, int, int>, int> repeats_;
  std::vector<TrialRecord> unfinished_;
  bool repeatable_ = false, paused_ = false;
  int recorded_ = 0, lost_ = 0, idle_losses_ = 0;
};

}  // namespace

Result<CampaignEnd> run_campaign(Store& store, const SessionRow& session, const SessionInputs& inputs, const Plan& plan,
                                 const CampaignOptions& options, RunListener& listener, OperatorDesk* desk) {
  try {
    return Campaign(store, session, inputs, plan, options, listener, desk).run();
  } catch (const nlohmann::json::exception& e) {
    return Error{.id = 532,
                 .what = {"coordinator and worker do not understand each other", "协调进程与工作进程无法互相理解"},
                 .found = e.what()};
  }
}

}  // namespace assay::harness
