#include "adapters/live/live_link.h"

#include <iterator>
#include <utility>

#include "adapters/live/realtime.h"

namespace assay {

Result<std::vector<LiveSample>> LiveLink::receive(SteadyTime until) {
  std::unique_lock lock(mutex_);
  heard_.wait_until(lock, time_point(until), [this] { return !samples_.empty() || broken_ || closing_; });
  std::vector<LiveSample> out(std::make_move_iterator(samples_.begin()), std::make_move_iterator(samples_.end()));
  samples_.clear();
  if (out.empty() && broken_) return *broken_;
  return out;
}

bool LiveLink::broken() const {
  const std::lock_guard lock(mutex_);
  return broken_.has_value();
}

ClockFit LiveLink::clock() const {
  const std::lock_guard lock(mutex_);
  return fitter_.fit();
}

LinkCounters LiveLink::counters() const {
  const std::lock_guard lock(mutex_);
  return counters_;
}

std::vector<CommandWay> LiveLink::ways() const {
  const std::lock_guard lock(mutex_);
  return ways_;
}

std::string LiveLink::scheduling() const {
  const std::lock_guard lock(mutex_);
  return scheduling_;
}

void LiveLink::hear_in_real_time() {
  std::string said = make_thread_realtime(kLinkPriority);
  const std::lock_guard lock(mutex_);
  scheduling_ = std::move(said);
}

void LiveLink::broke(Error error) {
  if (!broken_ && !closing_) broken_ = std::move(error);
  heard_.notify_all();
}

}  // namespace assay
