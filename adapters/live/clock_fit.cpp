#include "adapters/live/clock_fit.h"

#include <algorithm>
#include <cmath>

namespace assay {

std::int64_t ClockFit::host_of(std::int64_t robot_ns) const {
  const std::int64_t host_ns = robot_ns - offset_ns;
  return host_ns - std::llround(drift_ppm * 1e-6 * static_cast<double>(host_ns - at_ns));
}

std::int64_t ClockFit::bound_at(std::int64_t host_ns) const {
  return offset_bound_ns + std::llround(drift_bound_ppm * 1e-6 * std::abs(static_cast<double>(host_ns - at_ns)));
}

bool ClockFitter::add(const ClockExchange& e) {
  const std::int64_t there_and_back = e.host_received_ns - e.host_sent_ns;
  const std::int64_t inside = e.robot_sent_ns - e.robot_received_ns;
  if (there_and_back < 0 || inside < 0 || inside > there_and_back) return false;
  // The robot read its clock at some host time between sending and arrival: half the round trip bounds the error.
  const std::int64_t at_ns = e.host_sent_ns + there_and_back / 2;
  const std::int64_t robot_ns = e.robot_received_ns + inside / 2;
  if (points_.size() >= kMostExchanges) points_.erase(points_.begin() + kMostExchanges / 2);
  points_.push_back({at_ns, robot_ns - at_ns, (there_and_back - inside) / 2 + 1});
  return true;
}

ClockFit ClockFitter::fit() const {
  ClockFit out;
  out.exchanges = static_cast<int>(points_.size());
  if (points_.empty()) return out;
  const auto tighter = [](const Point& a, const Point& b) { return a.bound_ns < b.bound_ns; };
  const Point best = *std::min_element(points_.begin(), points_.end(), tighter);
  out.at_ns = best.at_ns;
  out.offset_ns = best.offset_ns;
  out.offset_bound_ns = best.bound_ns;
  // Drift from the tightest exchange of the first third and of the last third of the time.
  const std::int64_t first_ns = points_.front().at_ns, span_ns = points_.back().at_ns - first_ns;
  const auto early_end =
      std::find_if(points_.begin(), points_.end(), [&](const Point& p) { return p.at_ns > first_ns + span_ns / 3; });
  const auto late_begin = std::find_if(points_.begin(), points_.end(),
                                       [&](const Point& p) { return p.at_ns >= first_ns + span_ns - span_ns / 3; });
  constexpr double kWorstCrystal_ppm = 1000;  // where nothing can be said yet
  out.drift_bound_ppm = kWorstCrystal_ppm;
  if (span_ns <= 0 || early_end == points_.begin() || late_begin == points_.end()) return out;
  const Point a = *std::min_element(points_.begin(), early_end, tighter);
  const Point b = *std::min_element(late_begin, points_.end(), tighter);
  const auto between_ns = static_cast<double>(b.at_ns - a.at_ns);
  if (!(between_ns > 0)) return out;
  const double bound_ppm = static_cast<double>(a.bound_ns + b.bound_ns) / between_ns * 1e6;
  if (bound_ppm >= kWorstCrystal_ppm) return out;
  out.drift_ppm = static_cast<double>(b.offset_ns - a.offset_ns) / between_ns * 1e6;
  out.drift_bound_ppm = bound_ppm;
  return out;
}

}  // namespace assay
