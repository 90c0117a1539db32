#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "adapters/mujoco/scene_places.h"
#include "core/mcap.h"
#include "harness/campaign.h"
#include "harness/heartbeat.h"
#include "harness/operator_card.h"
#include "harness/protocol.h"
#include "harness/sanity.h"
#include "harness/trial.h"

namespace assay::harness {
namespace {

using nlohmann::json;

constexpr unsigned kMakeSafeGrace_s = 5;

// SIGTERM (from anyone, or because the coordinator died): make safe, then leave. A signal handler has nowhere else
// to write.
volatile std::sig_atomic_t g_terminated = 0;

void install_signals() {
  struct sigaction action {};
  action.sa_handler = [](int) {
    g_terminated = 1;
    alarm(kMakeSafeGrace_s);  // whoever is stuck in a vendor's call by then is ended
  };
  sigaction(SIGTERM, &action, nullptr);
  std::signal(SIGINT, SIG_IGN);  // a terminal sends it to the whole group; the coordinator decides
  std::signal(SIGPIPE, SIG_IGN);
  prctl(PR_SET_PDEATHSIG, SIGTERM);
}

Error bad_request(const std::string& found) {
  return Error{.id = 532,
               .what = {"a worker did not understand its coordinator", "工作进程无法理解协调进程的请求"},
               .found = found,
               .help = {"start workers and coordinator from the same build", "请使用同一版本的程序"}};
}

/// A policy that could not even be made: the trial is begun and fails, as with any other fault of the policy.
class UnmadePolicy final : public Policy {
 public:
  explicit UnmadePolicy(Error error) : error_(std::move(error)) {}
  [[nodiscard]] PolicyDescription describe() const override {
    return {.id = "unmade", .version = "", .deterministic = false};
  }
  Result<void> begin(const Instruction&, const RobotDescription&, StreamKey) override { return error_; }
  Result<Action> act(const Observation&) override { return error_; }

 private:
  Error error_;
};

/// Reads lines; empty at end of file or when told to terminate.
class LineReader {
 public:
  explicit LineReader(int fd) : fd_(fd) {}
  std::optional<std::string> next() {
    while (true) {
      if (const auto end = buffer_.find('\n'); end != std::string::npos) {
        std::string line = buffer_.substr(0, end);
        buffer_.erase(0, end + 1);
        return line;
      }
      pollfd ready{fd_, POLLIN, 0};
      const int n = poll(&ready, 1, 200);  // a SIGTERM between check and poll is seen at the next round
      if (g_terminated != 0) return std::nullopt;
      if (n <= 0) continue;
      char chunk[65536];
      const ssize_t got = read(fd_, chunk, sizeof chunk);
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) return std::nullopt;
      buffer_.append(chunk, static_cast<std::size_t>(got));
    }
  }

 private:
  int fd_;
  std::string buffer_;
};

bool write_all(int fd, const std::string& text) {
  std::size_t sent = 0;
  while (sent < text.size()) {
    const ssize_t n = write(fd, text.data() + sent, text.size() - sent);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    sent += static_cast<std::size_t>(n);
  }
  return true;
}

/// After a fault in adapter or engine the process may hold what the engine left behind.
bool engine_broke(const Trace& trace) {
  const auto* fault = trace.event("fault");
  if (fault == nullptr) return false;
  const json detail = json::parse(fault->detail, nullptr, false);
  const std::string what = detail.is_object() ? detail.value("what", "") : "";
  return what.rfind("policy_", 0) != 0 && what != "bad_action";
}

Error policy_not_made(const std::string& message) {
  return Error{.id = 521,
               .what = {"the policy threw an exception", "策略抛出了异常"},
               .found = "subject:policy_threw in its constructor: " + message};
}

class Worker {
 public:
  Worker(int out_fd, HeartbeatPage& page, const AdapterRegistry& registry)
      : out_fd_(out_fd), page_(page), registry_(registry), bench_(registry) {
    metrics::register_builtin_metrics(metrics_);
  }

  /// False: leave.
  bool serve(const std::string& line) {
    try {
      const json message = json::parse(line);
      const std::string type = message.at("type");
      if (type == "exit") return false;
      if (type == "load") return answer(load(message.at("lock")));
      if (type == "load_sanity") return answer(json{{"type", "loaded"}, {"repeatable", true}});
      if (type == "sanity") return answer(sanity(sanity_request_from(message))) && !leave_;
      if (type == "card") return answer(card(trial_request_from(message)));
      if (type == "trial") return answer(trial(trial_request_from(message))) && !leave_;
      return answer(bad_request("type " + type));
    } catch (const json::exception& e) {
      return answer(bad_request(e.what()));
    }
  }

  [[nodiscard]] bool policy_lost() const { return policy_lost_; }

 private:
  bool answer(const Result<json>& reply) {
    return write_all(out_fd_, line_of(reply ? *reply : json{{"type", "failed"}, {"error", to_json(reply.error())}}));
  }

  Result<json> load(const std::string& lock) {
    ASSAY_TRY(inputs_, load_locked(lock));
    ASSAY_TRY(robot_, registry_.robot(inputs_.subject.robot));
    ASSAY_TRY(auto policy, make_policy());
    enter(Phase::policy);
    auto runner = make_threaded_runner(std::move(policy));
    const bool deterministic = runner->describe().deterministic;
    close(*runner);
    const bool repeatable = deterministic && robot_->live() == nullptr;
    return json{{"type", "loaded"}, {"repeatable", repeatable}};
  }

  Result<Setup> draw(const TrialRequest& request, const Task& task) {
    const auto key = std::pair{request.task, request.level};
    if (worlds_.find(key) == worlds_.end()) {
      ASSAY_TRY(worlds_[key], compose(task, inputs_.embodiment));
    }
    return realise(task, inputs_.embodiment, worlds_[key], request.session_seed, request.index);
  }

  /// What a person is to set up.
  Result<json> card(const TrialRequest& request) {
    const auto [suite, task] = find(request);
    if (task == nullptr) return bad_request("task " + request.task + " L" + std::to_string(request.level));
    ASSAY_TRY(const auto setup, draw(request, *task));
    ASSAY_TRY(const auto places, scene_places(setup));
    ASSAY_TRY(auto shown, operator_card(*task, setup, places));
    const json section = json::parse(inputs_.subject.robot.details, nullptr, false);
    shown["plays"] = section.is_object() && section.contains("plays");  // in place of a robot: `assay trial play`
    return json{{"type", "card"}, {"card", std::move(shown)}, {"initial_state_digest", setup.initial_state_digest}};
  }

  /// Those of the task; of a person's word the ones that say where it was seen, whatever the task asks.
  std::vector<std::string> metrics_of(const Task& task, bool told) const {
    auto out = task.metrics;
    for (const char* id : {"success", "completion_time", "limit_violations"})
      if (told && std::find(out.begin(), out.end(), id) == out.end()) out.emplace_back(id);
    return out;
  }

  /// A new policy each time: nothing of one trial can reach the next, whichever process runs it.
  Result<json> trial(const TrialRequest& request) {
    if (!robot_) return bad_request("trial before load");
    const auto [suite, task] = find(request);
    if (task == nullptr) return bad_request("task " + request.task + " L" + std::to_string(request.level));
    ASSAY_TRY(auto setup, draw(request, *task));
    if (auto* operated = dynamic_cast<OperatedRobot*>(robot_.get()); operated != nullptr && request.entry)
      operated->enter(*request.entry);
    setup.defects = inputs_.subject.defects;
    answer(json{{"type", "begun"}, {"initial_state_digest", setup.initial_state_digest}});
    auto policy = make_policy();
    if (!policy) policy = std::unique_ptr<Policy>(std::make_unique<UnmadePolicy>(policy.error()));
    auto runner = make_threaded_runner(std::move(*policy));
    TrialOptions how = options(*suite);
    if (!view_ && !request.live_path.empty()) view_ = std::make_unique<LiveViewWriter>(request.live_path);
    how.view = view_.get();
    how.view_head = {request.number, request.task, request.level, request.index};
    auto result = run_trial(*robot_, *runner, setup, metrics_of(*task, request.entry.has_value()), metrics_, how);
    close(*runner);
    TrialReply reply;
    reply.verdict = std::move(result.verdict);
    reply.metrics = std::move(result.metrics);
    reply.content_digest = std::move(result.content_digest);
    reply.trace_path = request.trace_path;
    ASSAY_TRY(reply.trace_sha256, write_mcap(request.trace_path, result.trace));
    policy_lost_ = policy_lost_ || result.policy_lost;
    leave_ = reply.replace = policy_lost_ || engine_broke(result.trace) || g_terminated != 0;
    return to_json(reply);
  }

  json sanity(const SanityRequest& request) {
    constexpr double kPatience_s = 120;  // policies of our own: a busy machine must not fail them
    TrialOptions options = hooks();
    options.policy_deadline_s = kPatience_s;
    json reply = to_json(bench_.run(request, options));
    policy_lost_ = policy_lost_ || bench_.policy_lost();
    leave_ = policy_lost_ || g_terminated != 0;
    reply["replace"] = leave_;
    return reply;
  }

  /// A vendor's constructor runs here, too.
  Result<std::unique_ptr<Policy>> make_policy() {
    enter(Phase::policy);
    auto made = [&]() -> Result<std::unique_ptr<Policy>> {
      try {
        return registry_.policy(inputs_.subject.policy, inputs_.subject.policy_params, inputs_.subject.policy_link);
      } catch (const std::exception& e) {
        return policy_not_made(e.what());
      } catch (...) {
        return policy_not_made("not a std::exception");
      }
    }();
    enter(Phase::harness);
    return made;
  }

  void close(PolicyRunner& runner) {
    constexpr double kDeadline_s = 10;
    enter(Phase::policy);
    runner.close(kDeadline_s);
    enter(Phase::harness);
    policy_lost_ = policy_lost_ || runner.lost();
  }

  TrialOptions hooks() {
    TrialOptions options;
    options.heartbeat = [this](const char* phase, std::int64_t tick) {
      page_.tick.store(tick, std::memory_order_relaxed);
      enter(phase[0] == 'p' ? Phase::policy : phase[0] == 'r' ? Phase::robot : Phase::harness);
    };
    options.interrupted = [this] { return g_terminated != 0 || page_.abort.load(std::memory_order_relaxed) != 0; };
    return options;
  }

  TrialOptions options(const Suite& suite) {
    TrialOptions options = hooks();
    options.policy_deadline_s = inputs_.subject.policy_deadline_s;
    options.policy_stale_s = inputs_.subject.policy_stale_s;
    options.metadata = {{"suite", suite.id},
                        {"suite_version", suite.version},
                        {"suite_sha256", suite.sha256},
                        {"subject", inputs_.subject.id},
                        {"embodiment", inputs_.embodiment.id},
                        {"model_sha256", inputs_.embodiment.model_sha256}};
    return options;
  }

  void enter(Phase phase) {
    page_.phase.store(phase, std::memory_order_relaxed);
    page_.beats.fetch_add(1, std::memory_order_relaxed);
  }

  std::pair<const Suite*, const Task*> find(const TrialRequest& request) const {
    for (const auto& suite : inputs_.suites)
      if (const Task* task = suite.find(request.task, request.level); task != nullptr) return {&suite, task};
    return {nullptr, nullptr};
  }

  int out_fd_;
  HeartbeatPage& page_;
  const AdapterRegistry& registry_;
  SanityBench bench_;
  metrics::MetricRegistry metrics_;
  SessionInputs inputs_;
  std::unique_ptr<Robot> robot_;
  std::map<std::pair<std::string, int>, World> worlds_;
  std::unique_ptr<LiveViewWriter> view_;  ///< a worker's place does not change
  bool leave_ = false, policy_lost_ = false;
};

}  // namespace

int worker_main(int in_fd, int out_fd, int heartbeat_fd, const AdapterRegistry& registry) {
  install_signals();
  for (const int fd : {in_fd, out_fd, heartbeat_fd}) fcntl(fd, F_SETFD, FD_CLOEXEC);  // not for a policy's children
  HeartbeatPage* page = map_heartbeat(heartbeat_fd);
  if (page == nullptr) return 2;
  Worker worker(out_fd, *page, registry);
  LineReader reader(in_fd);
  while (const auto line = reader.next())
    if (!worker.serve(*line)) break;
  // A policy's thread that never came back must not meet destructors that run at exit.
  if (worker.policy_lost()) _exit(0);
  return 0;
}

}  // namespace assay::harness
