#include "adapters/http/paced_robot.h"

#include <chrono>
#include <utility>

#include "adapters/live/realtime.h"

namespace assay::http {
namespace {

constexpr std::size_t kMostLines = 1000;  // a reader that does not read

std::chrono::steady_clock::time_point time_point(SteadyTime time) {
  return std::chrono::steady_clock::time_point(std::chrono::nanoseconds(time.ns));
}

}  // namespace

PacedRobot::PacedRobot(std::unique_ptr<Robot> robot, WorldSource worlds, double watchdog_s)
    : robot_(std::move(robot)), worlds_(std::move(worlds)), watchdog_ns_(ns_from_s(watchdog_s)) {}

PacedRobot::~PacedRobot() { stop(StopCategory::cat1); }

Error PacedRobot::wrong_state(const std::string& found) const {
  return Error{
      .id = 1256,
      .what = {"the call does not fit the robot's state", "该调用与机器人的状态不符"},
      .expected = {"reset, then telemetry, then actions of that trial", "先 reset，再取遥测，再发该试验的动作"},
      .found = found};
}

/// Ends the world's thread. calls_ is held.
void PacedRobot::halt() {
  {
    const std::lock_guard lock(mutex_);
    halt_ = true;
    changed_.notify_all();
  }
  if (runner_.joinable()) runner_.join();
}

Result<Json> PacedRobot::reset(Setup setup) {
  stop(StopCategory::cat1);
  const std::lock_guard calls(calls_);
  ASSAY_TRY(World world, worlds_(setup.key.task, setup.key.level));
  if (!setup.world.sha256.empty() && setup.world.sha256 != world.sha256) {
    Error error = wrong_state("another_world " + setup.world.sha256);
    error.expected = {"the world of this subject's body: " + world.sha256,
                      "与本受试对象本体一致的世界：" + world.sha256};
    return error;
  }
  setup.world = std::move(world);
  {
    const std::lock_guard lock(mutex_);
    phase_ = Phase::empty;
  }
  ASSAY_RETURN_IF_ERROR(robot_->reset(setup));
  ASSAY_TRY(Sample first, robot_->begin(setup.instruction));
  period_ns_ = setup.control_period_ns;
  const std::lock_guard lock(mutex_);
  phase_ = Phase::ready;
  ++trial_;
  sequence_ = 0;
  mailbox_.reset();
  lines_.clear();
  stopped_.reset();
  halt_ = false;
  push(std::move(first));
  return Json{{"trial", trial_}, {"robot", description_json(robot_->describe())}};
}

Json PacedRobot::describe() {
  const std::lock_guard calls(calls_);
  return description_json(robot_->describe());
}

Result<void> PacedRobot::begin(std::int64_t trial) {
  const std::lock_guard calls(calls_);
  const std::lock_guard lock(mutex_);
  if (trial != trial_ || phase_ != Phase::ready) return wrong_state("not_ready trial " + std::to_string(trial));
  phase_ = Phase::running;
  last_command_ = steady_now();
  runner_ = std::thread([this] { run(); });
  return {};
}

Result<void> PacedRobot::act(std::int64_t trial, const Action& action) {
  const std::lock_guard lock(mutex_);
  if (trial != trial_ || phase_ != Phase::running) return wrong_state("not_running trial " + std::to_string(trial));
  ASSAY_RETURN_IF_ERROR(check_action(robot_->describe(), action));
  last_command_ = steady_now();
  if (mailbox_) {
    // What a command does not name it does not take back.
    for (const auto& one : action.groups) {
      const auto same = [&](const GroupAction& old) { return old.group == one.group; };
      std::erase_if(mailbox_->groups, same);
      mailbox_->groups.push_back(one);
    }
    mailbox_->reports.insert(mailbox_->reports.end(), action.reports.begin(), action.reports.end());
  } else {
    mailbox_ = action;
  }
  return {};
}

std::optional<Action> PacedRobot::take() {
  const std::lock_guard lock(mutex_);
  if (steady_now().ns - last_command_.ns > watchdog_ns_) return std::nullopt;
  return std::exchange(mailbox_, std::nullopt).value_or(Action{});
}

/// mutex_ is held.
void PacedRobot::push(Sample sample) {
  lines_.push_back({Line::Kind::sample, {sequence_++, steady_now().ns, std::move(sample)}, ""});
  lines_changed_.notify_all();
}

void PacedRobot::end(const std::string& why) {
  const StopReport report = robot_->stop(StopCategory::cat1);
  const std::lock_guard lock(mutex_);
  stopped_ = report;
  phase_ = Phase::ended;
  lines_.push_back({Line::Kind::end, {}, why});
  lines_changed_.notify_all();
}

void PacedRobot::run() {
  make_thread_realtime(kLoopPriority);
  SteadyTime due = steady_now();
  while (true) {
    const auto action = take();
    if (!action) return end("watchdog");
    due.ns += period_ns_;
    {
      std::unique_lock lock(mutex_);
      if (changed_.wait_until(lock, time_point(due), [this] { return halt_; })) return;
      if (lines_.size() > kMostLines) {
        lock.unlock();
        return end("reader_gone");
      }
    }
    auto sample = robot_->advance(*action);
    if (!sample) return end(sample.error().found);
    const SteadyTime now = steady_now();
    if (now.ns - due.ns > period_ns_) due = now;  // what was slept through is not made up for
    const std::lock_guard lock(mutex_);
    push(std::move(*sample));
  }
}

StopReport PacedRobot::stop(StopCategory category, std::optional<std::int64_t> trial) {
  const std::lock_guard calls(calls_);
  {
    const std::lock_guard lock(mutex_);
    if (trial && *trial != trial_) {
      StopReport over;
      over.requested = over.confirmed = true;
      over.detail = "that trial is over";
      return over;
    }
  }
  halt();
  const std::lock_guard lock(mutex_);
  if (!stopped_) {
    stopped_ = robot_->stop(category);
    if (phase_ == Phase::running || phase_ == Phase::ready) lines_.push_back({Line::Kind::end, {}, "stopped"});
    phase_ = Phase::ended;
    lines_changed_.notify_all();
  }
  return *stopped_;
}

void PacedRobot::reader_gone(std::int64_t trial) {
  {
    const std::lock_guard lock(mutex_);
    if (phase_ != Phase::running) return;
  }
  stop(StopCategory::cat1, trial);
}

std::optional<Line> PacedRobot::next_line(std::int64_t trial, SteadyTime until, bool& ended) {
  std::unique_lock lock(mutex_);
  lines_changed_.wait_until(lock, time_point(until),
                            [&] { return trial != trial_ || !lines_.empty() || phase_ == Phase::ended; });
  if (trial != trial_) {
    ended = true;
    return std::nullopt;
  }
  if (!lines_.empty()) {
    Line line = std::move(lines_.front());
    lines_.pop_front();
    return line;
  }
  ended = phase_ == Phase::ended;
  return std::nullopt;
}

}  // namespace assay::http
