#include <fmt/format.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "adapters/exchange.h"
#include "adapters/listener.h"
#include "harness/processor.h"
#include "harness/seeing_runner.h"
#include "harness/trial.h"

namespace assay::harness {
namespace {

constexpr double kHousekeepingDeadline_s = 10;  // describe() and the policy's destructor

Error policy_late(const char* call, double deadline_s) {
  return Error{.id = 520,
               .what = {"the policy did not answer within its deadline", "策略未在期限内作答"},
               .expected = {"an answer within " + std::to_string(deadline_s) + " s",
                            "在 " + std::to_string(deadline_s) + " 秒内作答"},
               .found = std::string("subject:policy_deadline in ") + call};
}

/// Lock-step: the laboratory's computer had no time for the policy, so that nothing is known of it.
Error no_processor(const char* call, double waited_s) {
  return Error{.id = 523,
               .what = {"the computer had no processor for the policy", "计算机没有空闲处理器供策略运行"},
               .expected = {"a computer that has time for what it examines", "有余力运行受试策略的计算机"},
               .found = fmt::format("lab:no_processor in {}: ready for {:.1f} s without one", call, waited_s),
               .help = {"run fewer workers (--jobs), or nothing else beside them",
                        "请减少工作进程数（--jobs），或停止其他负载"}};
}

Error policy_threw(const char* call, const std::string& message) {
  return Error{.id = 521,
               .what = {"the policy threw an exception", "策略抛出了异常"},
               .found = std::string("subject:policy_threw in ") + call + ": " + message};
}

template <class T, class F>
Result<T> guarded(const char* call, F&& function) {
  try {
    return function();
  } catch (const std::exception& e) {
    return policy_threw(call, e.what());
  } catch (...) {
    return policy_threw(call, "not a std::exception");
  }
}

using Words = std::vector<Text>;

Result<Action> act_on(Policy& policy, const Words& heard, const Observation& observation) {
  return guarded<Action>("act", [&] {
    if (auto* listener = dynamic_cast<Listener*>(&policy); listener != nullptr)
      for (const auto& words : heard) listener->hear(words);
    return policy.act(observation);
  });
}

/// act_on(), and what the wire says of the exchange.
Result<Action> acted(Policy& policy, const Words& heard, const Observation& observation,
                     std::optional<Exchange>& seen) {
  return guarded<Action>("act", [&] {
    auto action = act_on(policy, heard, observation);
    seen = last_exchange_of(policy);
    return action;
  });
}

/// Shared by the runner and the policy's thread, so that a thread that never comes back keeps what it touches alive.
struct Shared {
  std::mutex mutex;
  std::condition_variable wake, answered;
  std::function<void(Policy&)> job;  ///< owns copies of its inputs and writes into a slot that it owns too
  pid_t thread = 0;                  ///< the policy's, once it runs
  bool pending = false, answer_ready = false, quit = false, gone = false;
};

void policy_thread(const std::shared_ptr<Shared>& shared, std::unique_ptr<Policy> policy) {
  std::unique_lock lock(shared->mutex);
  shared->thread = static_cast<pid_t>(syscall(SYS_gettid));
  while (true) {
    shared->wake.wait(lock, [&] { return shared->pending || shared->quit; });
    if (!shared->pending) break;
    auto job = std::move(shared->job);
    shared->pending = false;
    lock.unlock();
    job(*policy);
    job = nullptr;
    lock.lock();
    shared->answer_ready = true;
    shared->answered.notify_one();
  }
  lock.unlock();
  try {
    policy.reset();
  } catch (...) {  // a destructor that throws is the vendor's; nothing is left to do with it
  }
  lock.lock();
  shared->gone = true;
  shared->answered.notify_one();
}

class ThreadedRunner final : public PolicyRunner, public OverWire, public SeeingRunner {
 public:
  explicit ThreadedRunner(std::unique_ptr<Policy> policy)
      : shared_(std::make_shared<Shared>()),
        sees_(dynamic_cast<SeeingPolicy*>(policy.get()) != nullptr),
        thread_([shared = shared_, p = std::move(policy)]() mutable { policy_thread(shared, std::move(p)); }) {}

  ~ThreadedRunner() override { close(kHousekeepingDeadline_s); }
  ThreadedRunner(const ThreadedRunner&) = delete;
  ThreadedRunner& operator=(const ThreadedRunner&) = delete;

  PolicyDescription describe() override {
    if (!description_) {
      auto said = call<PolicyDescription>("describe", kHousekeepingDeadline_s, [](Policy& policy) {
        return guarded<PolicyDescription>("describe", [&]() -> Result<PolicyDescription> { return policy.describe(); });
      });
      description_ = said ? *said : PolicyDescription{.id = "unknown", .version = "", .deterministic = false};
    }
    return *description_;
  }

  Result<void> begin(const Instruction& instruction, const RobotDescription& robot, StreamKey key,
                     double deadline_s) override {
    heard_.clear();
    return call<void>("begin", deadline_s, [instruction, robot, key](Policy& policy) {
      return guarded<void>("begin", [&] { return policy.begin(instruction, robot, key); });
    });
  }

  Result<Action> act(const Observation& observation, double deadline_s) override {
    exchange_ = std::make_shared<std::optional<Exchange>>();
    auto images = std::make_shared<std::vector<Image>>(std::exchange(images_, {}));
    auto done = call<Action>(
        "act", deadline_s, [observation, images, heard = std::exchange(heard_, {}), seen = exchange_](Policy& policy) {
          if (auto* seeing = dynamic_cast<SeeingPolicy*>(&policy); seeing != nullptr && !images->empty()) {
            const auto shown = guarded<void>("show", [&]() -> Result<void> {
              seeing->show(std::move(*images));
              return {};
            });
            if (!shown) return Result<Action>(shown.error());
          }
          return acted(policy, heard, observation, *seen);
        });
    if (lost_) exchange_.reset();  // its thread may still write
    return done;
  }

  [[nodiscard]] bool sees() const override { return sees_; }
  Result<std::vector<CameraView>> wants(SimTime now, double deadline_s) override {
    using Views = std::vector<CameraView>;
    return call<Views>("wants", deadline_s, [now](Policy& policy) {
      return guarded<Views>("wants", [&]() -> Result<Views> { return dynamic_cast<SeeingPolicy&>(policy).wants(now); });
    });
  }
  void show(std::vector<Image> images) override { images_ = std::move(images); }

  void hear(const Text& words) override { heard_.push_back(words); }

  void ask(const Observation& observation, double deadline_s) override {
    asked_ = std::make_shared<std::optional<Result<Action>>>();
    asked_deadline_s_ = deadline_s;
    asked_until_ = SteadyTime{steady_now().ns + ns_from_s(deadline_s)};
    if (lost_) return;
    const std::lock_guard lock(shared_->mutex);
    shared_->answer_ready = false;
    exchange_ = std::make_shared<std::optional<Exchange>>();
    shared_->job = [answer = asked_, observation, heard = std::exchange(heard_, {}), seen = exchange_](Policy& policy) {
      *answer = acted(policy, heard, observation, *seen);
    };
    shared_->pending = true;
    shared_->wake.notify_one();
  }

  std::optional<Result<Action>> answer(SteadyTime until) override {
    if (!asked_) return std::nullopt;
    if (!lost_) {
      std::unique_lock lock(shared_->mutex);
      const auto wake =
          std::chrono::steady_clock::time_point(std::chrono::nanoseconds(std::min(until, asked_until_).ns));
      if (shared_->answered.wait_until(lock, wake, [this] { return shared_->answer_ready; }))
        return std::move(**std::exchange(asked_, nullptr));
      lost_ = steady_now() >= asked_until_;
    }
    if (!lost_) return std::nullopt;
    asked_ = nullptr;
    return Result<Action>(policy_late("act", asked_deadline_s_));
  }

  void close(double deadline_s) override {
    if (!thread_.joinable()) return;
    {
      std::unique_lock lock(shared_->mutex);
      shared_->quit = true;
      shared_->wake.notify_one();
      if (!lost_) lost_ = !wait(lock, deadline_s, [this] { return shared_->gone; });
    }
    if (lost_)
      thread_.detach();
    else
      thread_.join();
  }

  [[nodiscard]] std::optional<Exchange> last_exchange() const override {
    return lost_ || !exchange_ ? std::nullopt : *exchange_;
  }

  [[nodiscard]] bool lost() const override { return lost_; }

 private:
  template <class Condition>
  bool wait(std::unique_lock<std::mutex>& lock, double seconds, Condition condition) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
    return shared_->answered.wait_until(lock, std::chrono::time_point_cast<std::chrono::steady_clock::duration>(until),
                                        condition);
  }

  template <class T, class F>
  Result<T> call(const char* name, double deadline_s, F function) {
    if (lost_) return policy_late(name, deadline_s);
    auto answer = std::make_shared<std::optional<Result<T>>>();
    std::unique_lock lock(shared_->mutex);
    shared_->answer_ready = false;
    shared_->job = [answer, function = std::move(function)](Policy& policy) { *answer = function(policy); };
    shared_->pending = true;
    shared_->wake.notify_one();
    const double before_s = unserved_s(getpid(), shared_->thread);
    if (!wait_served(lock, deadline_s, before_s)) {
      lost_ = true;
      const double waited_s = unserved_s(getpid(), shared_->thread) - before_s;
      if (deadline_s + waited_s > most_patience_s(deadline_s)) return no_processor(name, waited_s);
      return policy_late(name, deadline_s);
    }
    return std::move(**answer);
  }

  /// The deadline is the policy's, the processor is the laboratory's: time in which its thread was ready and none was
  /// free is added, up to a bound below the heartbeat's patience (max(30 s, 3 deadlines)). Who sleeps, waits for
  /// others or computes for long gains nothing by it. At the bound it is the laboratory's fault.
  static double most_patience_s(double deadline_s) { return std::max(20.0, 2 * deadline_s); }
  bool wait_served(std::unique_lock<std::mutex>& lock, double deadline_s, double before_s) {
    const auto ready = [this] { return shared_->answer_ready; };
    const double most_s = most_patience_s(deadline_s);
    for (double waited_s = 0, due_s = deadline_s; waited_s < due_s;) {
      if (wait(lock, due_s - waited_s, ready)) return true;
      waited_s = due_s;
      due_s = std::min(most_s, deadline_s + unserved_s(getpid(), shared_->thread) - before_s);
    }
    return false;
  }

  std::shared_ptr<Shared> shared_;
  const bool sees_;
  std::vector<Image> images_;  ///< for the next act()
  std::thread thread_;
  std::optional<PolicyDescription> description_;
  std::shared_ptr<std::optional<Result<Action>>> asked_;  ///< null: nothing is asked
  std::shared_ptr<std::optional<Exchange>> exchange_;     ///< of the last question
  double asked_deadline_s_ = 0;
  SteadyTime asked_until_;
  Words heard_;
  bool lost_ = false;
};

class InlineRunner final : public PolicyRunner, public OverWire {
 public:
  explicit InlineRunner(std::unique_ptr<Policy> policy) : policy_(std::move(policy)) {}
  PolicyDescription describe() override { return policy_->describe(); }
  Result<void> begin(const Instruction& instruction, const RobotDescription& robot, StreamKey key, double) override {
    return guarded<void>("begin", [&] { return policy_->begin(instruction, robot, key); });
  }
  Result<Action> act(const Observation& observation, double) override {
    return act_on(*policy_, std::exchange(heard_, {}), observation);
  }
  void hear(const Text& words) override { heard_.push_back(words); }
  void ask(const Observation& observation, double deadline_s) override { asked_ = act(observation, deadline_s); }
  std::optional<Result<Action>> answer(SteadyTime) override { return std::exchange(asked_, std::nullopt); }
  [[nodiscard]] std::optional<Exchange> last_exchange() const override { return last_exchange_of(*policy_); }
  void close(double) override { policy_.reset(); }
  [[nodiscard]] bool lost() const override { return false; }

 private:
  std::unique_ptr<Policy> policy_;
  std::optional<Result<Action>> asked_;
  Words heard_;
};

}  // namespace

std::unique_ptr<PolicyRunner> make_threaded_runner(std::unique_ptr<Policy> policy) {
  return std::make_unique<ThreadedRunner>(std::move(policy));
}

std::unique_ptr<PolicyRunner> make_inline_runner(std::unique_ptr<Policy> policy) {
  return std::make_unique<InlineRunner>(std::move(policy));
}

}  // namespace assay::harness
