#include "adapters/live/wired_robot.h"

#include <utility>

namespace assay {
namespace {

constexpr std::int64_t kFirstSample_ns = 5'000'000'000;

Error wrong_order(const std::string& call) {
  return Error{.id = 427,
               .what = {"the robot was called out of order", "对机器人的调用顺序有误"},
               .found = "unknown:wrong_order " + call,
               .help = {"a fault of the program: please report it", "这是程序缺陷，请报告"}};
}

}  // namespace

WiredRobot::WiredRobot(const char* adapter, bool simulated_world) : simulated_world_(simulated_world) {
  description_.adapter = adapter;
  description_.clock = ClockMode::realtime;
}

Result<void> WiredRobot::start_over(const Setup& setup) {
  if (phase_ == Phase::running) stop(StopCategory::cat1);
  early_.clear();
  trial_ = 0;
  forget_backlog();
  phase_ = Phase::empty;
  last_stop_ = {};
  return check_behind_wire(setup);
}

void WiredRobot::leave_safe() noexcept {
  if (phase_ == Phase::running || phase_ == Phase::ready) stop(StopCategory::cat1);
}

Result<Sample> WiredRobot::begin(const Instruction& /*instruction: reset said it, where it could be said*/) {
  if (phase_ != Phase::ready) return wrong_order("begin() needs a reset() before it");
  phase_ = Phase::running;
  ASSAY_RETURN_IF_ERROR(begin_trial());
  ASSAY_TRY(auto news, receive(SteadyTime{steady_now().ns + kFirstSample_ns}));
  if (news.empty())
    return Error{.id = 1254,
                 .what = {"the robot sent no first sample", "机器人没有发来第一个样本"},
                 .expected = {"all that makes a sample within 5 s", "5 秒内收到构成样本的全部内容"},
                 .found = "subject:stale_data no first sample" + silence()};
  // Whatever came with it is for the first receive(): nothing is lost.
  Sample first = std::move(news.front().sample);
  early_.assign(std::make_move_iterator(news.begin() + 1), std::make_move_iterator(news.end()));
  return first;
}

Result<void> WiredRobot::command(const Action& action) {
  if (phase_ != Phase::running) return wrong_order("command() needs begin() before it, and no stop()");
  ASSAY_RETURN_IF_ERROR(check_action(description_, action));
  return send(action);
}

Result<std::vector<LiveSample>> WiredRobot::receive(SteadyTime until) {
  if (phase_ != Phase::running) return wrong_order("receive() needs begin() before it, and no stop()");
  if (!early_.empty()) return std::exchange(early_, {});
  return link()->receive(until);
}

StopReport WiredRobot::stop(StopCategory category) noexcept {
  try {
    if (last_stop_.requested) return last_stop_;
    last_stop_ = ask_to_stop(category);
    phase_ = Phase::stopped;
    trial_over();
  } catch (...) {
    last_stop_.requested = true;
    last_stop_.confirmed = false;
  }
  return last_stop_;
}

}  // namespace assay
