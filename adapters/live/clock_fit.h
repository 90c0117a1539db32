// Offset and drift between the host's clock and a robot's, from request and reply. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace assay {

/// Host clock at sending and at the reply's arrival; robot clock at the request's arrival and at the reply's sending.
struct ClockExchange {
  std::int64_t host_sent_ns = 0, robot_received_ns = 0, robot_sent_ns = 0, host_received_ns = 0;
};

/// robot = host + offset + drift · (host − at). The bounds hold however the way there and the way back share the round
/// trip, as long as the drift is constant: no statistics, hence no assumption about the noise.
struct ClockFit {
  int exchanges = 0;       ///< 0: nothing is known
  std::int64_t at_ns = 0;  ///< host time that `offset_ns` refers to
  std::int64_t offset_ns = 0, offset_bound_ns = 0;
  double drift_ppm = 0, drift_bound_ppm = 0;

  [[nodiscard]] std::int64_t host_of(std::int64_t robot_ns) const;
  /// Bound of host_of() for an instant at host time `host_ns`.
  [[nodiscard]] std::int64_t bound_at(std::int64_t host_ns) const;
};

/// Exchanges that contradict themselves (replies before requests) are left out. Keeps at most kMostExchanges.
class ClockFitter {
 public:
  static constexpr std::size_t kMostExchanges = 4096;
  /// False: the exchange is impossible (a clock ran backwards within it).
  bool add(const ClockExchange& exchange);
  [[nodiscard]] ClockFit fit() const;
  void clear() { points_.clear(); }

 private:
  struct Point {
    std::int64_t at_ns, offset_ns, bound_ns;
  };
  std::vector<Point> points_;
};

}  // namespace assay
