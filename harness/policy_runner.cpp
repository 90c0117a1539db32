#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "adapters/listener.h"
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

/// Shared by the runner and the policy's thread, so that a thread that never comes back keeps what it touches alive.
struct Shared {
  std::mutex mutex;
  std::condition_variable wake, answered;
  std::function<void(Policy&)> job;  ///< owns copies of its inputs and writes into a slot that it owns too
  bool pending = false, answer_ready = false, quit = false, gone = false;
};

void policy_thread(const std::shared_ptr<Shared>& shared, std::unique_ptr<Policy> policy) {
  std::unique_lock lock(shared->mutex);
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

class ThreadedRunner final : public PolicyRunner {
 public:
  explicit ThreadedRunner(std::unique_ptr<Policy> policy)
      : shared_(std::make_shared<Shared>()),
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
    return call<Action>("act", deadline_s, [observation, heard = std::exchange(heard_, {})](Policy& policy) {
      return act_on(policy, heard, observation);
    });
  }

  void hear(const Text& words) override { heard_.push_back(words); }

  void ask(const Observation& observation, double deadline_s) override {
    asked_ = std::make_shared<std::optional<Result<Action>>>();
    asked_deadline_s_ = deadline_s;
    asked_until_ = SteadyTime{steady_now().ns + ns_from_s(deadline_s)};
    if (lost_) return;
    const std::lock_guard lock(shared_->mutex);
    shared_->answer_ready = false;
    shared_->job = [answer = asked_, observation, heard = std::exchange(heard_, {})](Policy& policy) {
      *answer = act_on(policy, heard, observation);
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
    if (!wait(lock, deadline_s, [this] { return shared_->answer_ready; })) {
      lost_ = true;
      return policy_late(name, deadline_s);
    }
    return std::move(**answer);
  }

  std::shared_ptr<Shared> shared_;
  std::thread thread_;
  std::optional<PolicyDescription> description_;
  std::shared_ptr<std::optional<Result<Action>>> asked_;  ///< null: nothing is asked
  double asked_deadline_s_ = 0;
  SteadyTime asked_until_;
  Words heard_;
  bool lost_ = false;
};

class InlineRunner final : public PolicyRunner {
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
