#include "adapters/http/http_robot.h"

#include <curl/curl.h>

#include <chrono>
#include <thread>
#include <utility>

#include "adapters/http/link.h"
#include "adapters/live/wired_robot.h"

namespace assay {
namespace {

using http::Json;

constexpr int kReset_ms = 60'000, kClock_ms = 1000, kStop_ms = 700, kClockBurst = 20;
constexpr std::int64_t kStopPatience_ns = 2'000'000'000;

class HttpRobot final : public WiredRobot {
 public:
  HttpRobot(http::Endpoint endpoint, bool simulated_world)
      : WiredRobot("http", simulated_world), endpoint_(std::move(endpoint)), caller_(endpoint_) {}
  ~HttpRobot() override { leave_safe(); }
  HttpRobot(const HttpRobot&) = delete;
  HttpRobot& operator=(const HttpRobot&) = delete;

  Result<void> reset(const Setup& setup) override;
  [[nodiscard]] ClockFit clock() const override { return link_ ? link_->clock() : clock_.fit(); }

 private:
  [[nodiscard]] LiveLink* link() const override { return link_.get(); }
  /// Opening the stream begins the trial.
  Result<void> begin_trial() override {
    link_ = std::make_unique<http::Link>(endpoint_, trial_, description_, clock_);
    return {};
  }
  Result<void> send(const Action& action) override {
    link_->command(action);
    return {};
  }
  StopReport ask_to_stop(StopCategory category) override;
  void trial_over() override {
    if (link_) link_->close();
  }

  http::Endpoint endpoint_;
  http::Caller caller_;
  ClockFitter clock_;
  std::unique_ptr<http::Link> link_;
};

Result<void> HttpRobot::reset(const Setup& setup) {
  const auto fresh = start_over(setup);
  link_.reset();
  if (!fresh) return fresh;
  ASSAY_RETURN_IF_ERROR(http::check_groups(setup.world.groups));
  caller_.reconnect();
  const std::string body =
      http::setup_json(setup, simulated_world_).dump(-1, ' ', false, Json::error_handler_t::replace);
  ASSAY_TRY(const auto reply, caller_.post("/v1/reset", body, kReset_ms));
  const Json said = Json::parse(reply.body, nullptr, false);
  if (!said.is_object()) return http::unreadable("reset_unreadable", "no JSON object: " + reply.body.substr(0, 200));
  for (const char* key : {"trial", "robot"})
    if (!said.contains(key))
      return http::unreadable("reset_unreadable", std::string("no \"") + key + "\" in the answer of POST /v1/reset");
  if (!said["trial"].is_number_integer())
    return http::unreadable("reset_unreadable", "\"trial\" is no whole number: " + said["trial"].dump().substr(0, 200));
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
