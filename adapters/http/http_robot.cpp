#include "adapters/http/http_robot.h"

#include <curl/curl.h>

#include <chrono>
#include <thread>
#include <utility>

#include "adapters/http/link.h"

namespace assay {
namespace {

using http::Json;

constexpr int kReset_ms = 60'000, kClock_ms = 1000, kStop_ms = 700, kClockBurst = 20;
constexpr std::int64_t kFirstSample_ns = 5'000'000'000, kStopPatience_ns = 2'000'000'000;

Error wrong_order(const std::string& call) {
  return Error{.id = 427,
               .what = {"the robot was called out of order", "对机器人的调用顺序有误"},
               .found = "unknown:wrong_order " + call,
               .help = {"a fault of the program: please report it", "这是程序缺陷，请报告"}};
}

class HttpRobot final : public LiveRobot {
 public:
  HttpRobot(http::Endpoint endpoint, bool simulated_world)
      : endpoint_(std::move(endpoint)), simulated_world_(simulated_world), caller_(endpoint_) {
    description_.adapter = "http";
    description_.clock = ClockMode::realtime;
  }
  ~HttpRobot() override {
    if (phase_ == Phase::running || phase_ == Phase::ready) stop(StopCategory::cat1);
  }
  HttpRobot(const HttpRobot&) = delete;
  HttpRobot& operator=(const HttpRobot&) = delete;

  [[nodiscard]] const RobotDescription& describe() const override { return description_; }
  Result<void> reset(const Setup& setup) override;
  Result<Sample> begin(const Instruction& instruction) override;
  StopReport stop(StopCategory category) noexcept override;
  Result<void> command(const Action& action) override;
  Result<std::vector<LiveSample>> receive(SteadyTime until) override;
  [[nodiscard]] ClockFit clock() const override { return link_ ? link_->clock() : clock_.fit(); }
  [[nodiscard]] LinkCounters counters() const override { return link_ ? link_->counters() : LinkCounters{}; }
  [[nodiscard]] std::vector<CommandWay> ways() const override {
    return link_ ? link_->ways() : std::vector<CommandWay>{};
  }
  [[nodiscard]] std::string scheduling() const override { return link_ ? link_->scheduling() : ""; }

 private:
  enum class Phase { empty, ready, running, stopped };
  StopReport ask_to_stop(StopCategory category);

  http::Endpoint endpoint_;
  bool simulated_world_;
  http::Caller caller_;
  RobotDescription description_;
  Phase phase_ = Phase::empty;
  std::int64_t trial_ = 0;
  ClockFitter clock_;
  std::unique_ptr<http::Link> link_;
  std::vector<LiveSample> early_;  ///< came together with the first sample
  StopReport last_stop_;
};

Result<void> HttpRobot::reset(const Setup& setup) {
  if (phase_ == Phase::running) stop(StopCategory::cat1);
  link_.reset();
  early_.clear();
  trial_ = 0;
  forget_backlog();
  phase_ = Phase::empty;
  last_stop_ = {};
  ASSAY_RETURN_IF_ERROR(check_behind_wire(setup));
  caller_.reconnect();
  const std::string body =
      http::setup_json(setup, simulated_world_).dump(-1, ' ', false, Json::error_handler_t::replace);
  ASSAY_TRY(const auto reply, caller_.post("/v1/reset", body, kReset_ms));
  const Json said = Json::parse(reply.body, nullptr, false);
  if (!said.is_object() || !said.contains("trial") || !said["trial"].is_number_integer() || !said.contains("robot"))
    return http::unreadable("reset_unreadable", reply.body.substr(0, 200));
  trial_ = said["trial"].get<std::int64_t>();
  ASSAY_TRY(description_, http::description_from(said["robot"], setup, simulated_world_));
  description_.adapter = "http";
  clock_.clear();
  for (int i = 0; i < kClockBurst; ++i) {
    ASSAY_TRY(const auto exchange, http::exchange_clocks(caller_, kClock_ms));
    if (!clock_.add(exchange)) return http::unreadable("clock_backwards", "within one exchange");
  }
  phase_ = Phase::ready;
  return {};
}

/// Opening the stream begins the trial.
Result<Sample> HttpRobot::begin(const Instruction& /*instruction: reset said it*/) {
  if (phase_ != Phase::ready) return wrong_order("begin() needs a reset() before it");
  phase_ = Phase::running;
  link_ = std::make_unique<http::Link>(endpoint_, trial_, description_, clock_);
  ASSAY_TRY(auto news, receive(SteadyTime{steady_now().ns + kFirstSample_ns}));
  if (news.empty())
    return Error{.id = 1254,
                 .what = {"the robot sent no first sample", "机器人没有发来第一个样本"},
                 .expected = {"telemetry within 5 s", "5 秒内开始遥测"},
                 .found = "subject:stale_data no first sample"};
  // Whatever came with it is for the first receive(): nothing is lost.
  Sample first = std::move(news.front().sample);
  early_.assign(std::make_move_iterator(news.begin() + 1), std::make_move_iterator(news.end()));
  return first;
}

Result<void> HttpRobot::command(const Action& action) {
  if (phase_ != Phase::running) return wrong_order("command() needs begin() before it, and no stop()");
  ASSAY_RETURN_IF_ERROR(check_action(description_, action));
  link_->command(action);
  return {};
}

Result<std::vector<LiveSample>> HttpRobot::receive(SteadyTime until) {
  if (phase_ != Phase::running) return wrong_order("receive() needs begin() before it, and no stop()");
  if (!early_.empty()) return std::exchange(early_, {});
  return link_->receive(until);
}

StopReport HttpRobot::stop(StopCategory category) noexcept {
  try {
    if (last_stop_.requested) return last_stop_;
    last_stop_ = ask_to_stop(category);
    phase_ = Phase::stopped;
    if (link_) link_->close();
  } catch (...) {
    last_stop_.requested = true;
    last_stop_.confirmed = false;
  }
  return last_stop_;
}

/// On a connection of its own, again and again until the deadline: stopping is idempotent.
StopReport HttpRobot::ask_to_stop(StopCategory category) {
  StopReport report;
  report.requested = true;
  Json words = {{"category", static_cast<int>(category)}};
  if (trial_ != 0) words["trial"] = trial_;  // else whatever there is
  const std::string body = words.dump();
  const std::int64_t until_ns = steady_now().ns + kStopPatience_ns;
  http::Caller caller(endpoint_);
  do {
    const auto reply = caller.post("/v1/stop", body, kStop_ms);
    if (reply) {
      auto said = http::stop_from(Json::parse(reply->body, nullptr, false));
      if (said) return std::move(*said);
      report.detail = to_string(said.error(), Lang::en);
      return report;
    }
    report.detail = reply.error().found;
    // Refused at once: leave the far side a moment.
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  } while (steady_now().ns < until_ns);
  return report;
}

}  // namespace

Result<std::unique_ptr<Robot>> make_http_robot(const RobotLink& link) {
  ASSAY_TRY(auto endpoint, http::endpoint_of(link));
  return std::unique_ptr<Robot>(std::make_unique<HttpRobot>(std::move(endpoint), link.simulated_world));
}

std::string http_engine() {
  return std::string(http::kSchema) + ", libcurl " + curl_version_info(CURLVERSION_NOW)->version;
}

}  // namespace assay
