#include "harness/run_events.h"

#include <spdlog/logger.h>
#include <spdlog/sinks/null_sink.h>
#include <spdlog/sinks/rotating_file_sink.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

namespace assay::harness {
namespace {

using nlohmann::json;

json names_of(const TrialRecord& trial) {
  return {{"number", trial.number},
          {"task", trial.task},
          {"level", trial.level},
          {"index", trial.index},
          {"attempt", trial.attempt}};
}

const char* name_of(Loss::How how) {
  return how == Loss::How::crashed ? "crashed" : how == Loss::How::stalled ? "stalled" : "killed";
}

const char* name_of(Phase phase) {
  return phase == Phase::policy ? "policy" : phase == Phase::robot ? "robot" : "harness";
}

std::shared_ptr<spdlog::logger> open_log(const std::string& folder) {
  constexpr std::size_t kBytes = 5u << 20, kFiles = 3;
  spdlog::sink_ptr sink;
  try {
    sink = std::make_shared<spdlog::sinks::rotating_file_sink_st>(folder + "/assay.log", kBytes, kFiles);
  } catch (const spdlog::spdlog_ex&) {
    sink = std::make_shared<spdlog::sinks::null_sink_st>();
  }
  auto log = std::make_shared<spdlog::logger>("assay", std::move(sink));
  log->set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %l %v");
  log->flush_on(spdlog::level::warn);
  log->set_error_handler([](const std::string&) {});  // a full disk must not stop a run through its log
  return log;
}

}  // namespace

std::string log_folder(const std::string& workspace) {
  const std::filesystem::path folder = std::filesystem::path(workspace) / "logs";
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  return error ? std::string() : folder.string();
}

RunEvents::RunEvents(RunListener& listener, std::string session, const std::string& folder)
    : listener_(listener), session_(std::move(session)), log_(open_log(log_folder(folder))) {}

RunEvents::~RunEvents() { log_->flush(); }

void RunEvents::tell(const char* type, json data) {
  const UtcTime now = utc_now();
  data["schema"] = "assay.event/1";
  data["type"] = type;
  data["time"] = to_rfc3339(now);
  data["session"] = session_;
  const std::string text = data.dump(-1, ' ', false, json::error_handler_t::replace);
  listener_.on_event({now, type, text});
  const bool grave = std::string_view(type) == "worker_lost" || std::string_view(type) == "run_interrupted";
  log_->log(grave ? spdlog::level::warn : spdlog::level::info, "{}", text);
}

void RunEvents::started_run(int jobs, int recorded) {
  tell("run_started", {{"pid", getpid()}, {"jobs", jobs}, {"trials", recorded}});
}

void RunEvents::held(bool paused) { tell(paused ? "run_paused" : "run_continued", json::object()); }

void RunEvents::started(const TrialRecord& trial) { tell("trial_started", names_of(trial)); }

void RunEvents::finished(const TrialRecord& trial, double wall_s) {
  ++trials_;
  trial_seconds_ += wall_s;
  json data = names_of(trial);
  data["outcome"] = std::string(to_string(trial.verdict.outcome));
  data["reason"] = trial.verdict.reason;
  data["content_digest"] = trial.content_digest;
  data["wall_s"] = wall_s;
  tell("trial_finished", std::move(data));
}

void RunEvents::decided(const std::string& indicator, const metrics::Walk& walk) {
  const auto failures = std::count(walk.successes.begin(), walk.successes.end(), false);
  tell("indicator_decided", {{"indicator", indicator},
                             {"state", walk.state == StopState::accepted ? "accepted" : "refused"},
                             {"n", walk.counted},
                             {"failures", failures},
                             {"voids", walk.voids}});
}

void RunEvents::stopped(const SeriesRun& series) {
  tell("series_stopped", {{"task", series.series().task},
                          {"level", series.series().level},
                          {"trials", series.done()},
                          {"why", series.decided() ? "decided" : "exhausted"}});
}

void RunEvents::lost(pid_t pid, const Loss& loss, const std::string& reason) {
  tell("worker_lost", {{"pid", pid},
                       {"how", name_of(loss.how)},
                       {"phase", name_of(loss.phase)},
                       {"detail", loss.detail},
                       {"reason", reason}});
}

void RunEvents::progress(const std::vector<SeriesRun>& series, int jobs) {
  int done = 0, expected = 0, most = 0, running = 0;
  for (const auto& s : series) {
    done += s.done();
    expected += s.expected();
    most += s.most();
    running += s.stopped() ? 0 : 1;
  }
  json data = {{"done", done}, {"expected", expected}, {"most", most}, {"jobs", jobs}, {"eta_s", json()}};
  const double elapsed_s = static_cast<double>(steady_now().ns - start_.ns) * 1e-9;
  if (trials_ > 0) {
    const int active = std::max(1, std::min(jobs, running));
    data["eta_s"] = (expected - done) * (trial_seconds_ / trials_) / active;
    data["trials_per_s"] = trials_ / std::max(elapsed_s, 1e-3);
  }
  tell("progress", std::move(data));
}

void RunEvents::prompted(const json& prompt) {
  json data = {{"prompt", prompt.value("id", "")}, {"kind", prompt.value("kind", "")}};
  for (const char* key : {"trial", "task", "level", "index"}) data[key] = prompt.value(key, json());
  tell("operator_prompt", std::move(data));
}

void RunEvents::interrupted() { tell("run_interrupted", json::object()); }

void RunEvents::finished_run(bool complete, int trials, int workers_lost) {
  tell("run_finished", {{"complete", complete},
                        {"trials", trials},
                        {"workers_lost", workers_lost},
                        {"wall_s", static_cast<double>(steady_now().ns - start_.ns) * 1e-9}});
}

void RunEvents::log_error(const Error& error) { log_->error("{}", to_string(error, Lang::en)); }

}  // namespace assay::harness
