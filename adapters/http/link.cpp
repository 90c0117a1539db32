#include "adapters/http/link.h"

#include <algorithm>
#include <utility>

#include "adapters/live/realtime.h"

namespace assay::http {
namespace {

constexpr int kCommand_ms = 500, kClock_ms = 500;
constexpr std::int64_t kClockEvery_ns = 250'000'000;
constexpr std::size_t kMostWaiting = 5000;  // nobody reads, or far too many come

}  // namespace

Result<ClockExchange> exchange_clocks(Caller& caller, int timeout_ms) {
  auto answer = caller.get("/v1/clock", timeout_ms);
  if (!answer) {  // whose fault stands first, then which call it was
    Error error = std::move(answer).error();
    error.found.insert(std::min(error.found.find(' '), error.found.size()), " GET /v1/clock:");
    return error;
  }
  const Reply& reply = *answer;
  const Json json = Json::parse(reply.body, nullptr, false);
  for (const char* key : {"received_ns", "sent_ns"})
    if (!json.is_object() || !json.contains(key) || !json[key].is_number_integer())
      return unreadable("clock_unreadable", std::string("GET /v1/clock: no whole number \"") + key +
                                                "\" in the answer " + reply.body.substr(0, 200));
  return ClockExchange{reply.sent.ns, json["received_ns"].get<std::int64_t>(), json["sent_ns"].get<std::int64_t>(),
                       reply.received.ns};
}

Link::Link(Endpoint endpoint, std::int64_t trial, const RobotDescription& robot, ClockFitter clock)
    : endpoint_(std::move(endpoint)), trial_(trial), reader_(robot), stream_(endpoint_) {
  fitter_ = std::move(clock);
  listener_ = std::thread([this] { listen(); });
  talker_ = std::thread([this] { talk(); });
}

Link::~Link() { close(); }

void Link::close() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  stream_.cancel();
  wanted_.notify_all();
  heard_.notify_all();
  if (listener_.joinable()) listener_.join();
  if (talker_.joinable()) talker_.join();
}

void Link::ended(Error error) {
  const std::lock_guard lock(mutex_);
  broke(std::move(error));
}

void Link::listen() {
  hear_in_real_time();
  auto done = stream_.run("/v1/telemetry?trial=" + std::to_string(trial_),
                          [this](std::string_view line, SteadyTime received) { return take(line, received); });
  if (!done) ended(done.error());
}

bool Link::take(std::string_view text, SteadyTime received) {
  auto line = reader_.read(text);
  if (!line) {
    ended(line.error());
    return false;
  }
  if (line->kind == Line::Kind::end) {
    ended(link_error("robot_stopped", line->why));
    return false;
  }
  LiveSample sample{std::move(line->telemetry.sample), received, line->telemetry.robot_ns, line->telemetry.sequence};
  if (auto wrong = pace_.look(sample)) {
    ended(std::move(*wrong));
    return false;
  }
  const std::lock_guard lock(mutex_);
  ++counters_.samples;
  samples_.push_back(std::move(sample));
  heard_.notify_all();
  return samples_.size() <= kMostWaiting;
}

void Link::command(const Action& action) {
  const std::lock_guard lock(mutex_);
  ++commanded_;
  if (!next_) {
    next_ = action;
  } else {
    ++counters_.superseded;
    auto reports = std::move(next_->reports);  // words are not overtaken
    next_ = action;
    next_->reports.insert(next_->reports.begin(), reports.begin(), reports.end());
  }
  wanted_.notify_all();
}

Result<void> Link::compare_clocks(Caller& caller) {
  ASSAY_TRY(const auto exchange, exchange_clocks(caller, kClock_ms));
  const std::lock_guard lock(mutex_);
  if (!fitter_.add(exchange)) return link_error("clock_backwards", "within one exchange");
  return {};
}

void Link::talk() {
  make_thread_realtime(kLinkPriority);
  Caller caller(endpoint_);
  SteadyTime clock_due{steady_now().ns + kClockEvery_ns};
  while (true) {
    std::optional<Action> action;
    std::int64_t number = 0;
    {
      std::unique_lock lock(mutex_);
      wanted_.wait_until(lock, time_point(clock_due), [this] { return next_.has_value() || closing_ || broken_; });
      if (closing_ || broken_) return;
      action = std::exchange(next_, std::nullopt);
      number = commanded_ - 1;
    }
    Result<void> done;
    if (action) {
      Json body = action_json(*action);
      body["trial"] = trial_;
      const auto sent =
          caller.post("/v1/action", body.dump(-1, ' ', false, Json::error_handler_t::replace), kCommand_ms);
      if (!sent) done = sent.error();
      const std::lock_guard lock(mutex_);
      ++(done ? counters_.commands : counters_.unsent);
      if (sent) ways_.push_back({number, sent->sent.ns, sent->received.ns});
    } else if (steady_now() >= clock_due) {
      done = compare_clocks(caller);
      clock_due = SteadyTime{steady_now().ns + kClockEvery_ns};
    }
    if (!done) return ended(done.error());
  }
}

}  // namespace assay::http
