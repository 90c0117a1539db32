// What a stop table does: state, walk, exact characteristics, limits after stopping.
#include "metrics/sequential.h"

#include <algorithm>
#include <cstddef>

namespace assay::metrics {

namespace {

std::size_t at(int i) { return static_cast<std::size_t>(i); }

/// Probability mass of the walks that have not stopped, one trial after the other, from one point.
class Recursion {
 public:
  Recursion(const StopTable& table, double p, int n, int failures)
      : table_(table), p_(p), n_(n), first_(failures), last_(failures), mass_(at(table.n_max - n + 2), 0.0) {
    mass_[0] = 1;
  }

  [[nodiscard]] bool running() const { return n_ < table_.n_max && first_ <= last_; }
  [[nodiscard]] int n() const { return n_; }
  /// Mass that goes on at n with at most `failures` failures.
  [[nodiscard]] double going_on(int failures) const {
    double sum = 0;
    for (int f = first_; f <= std::min(last_, failures); ++f) sum += cell(f);
    return sum;
  }

  /// One more trial; `stop(accepted, f, mass)` for each point that stops, failures ascending.
  template <class Stop>
  void advance(Stop&& stop) {
    ++n_;
    const double q = 1 - p_;
    const bool room = at(last_ + 1 - base_) < mass_.size();
    if (room) cell(last_ + 1) = 0;
    ++last_;
    for (int f = last_; f >= first_; --f) cell(f) = cell(f) * p_ + (f > first_ ? cell(f - 1) * q : 0.0);
    const int accept = table_.accept[at(n_)], refuse = table_.refuse[at(n_)];
    while (first_ <= last_ && first_ <= accept) {
      stop(true, first_, cell(first_));
      ++first_;
    }
    for (int f = std::max(first_, refuse); f <= last_; ++f) stop(false, f, cell(f));
    last_ = std::min(last_, refuse - 1);
  }

 private:
  double& cell(int f) { return mass_[at(f - base_)]; }
  [[nodiscard]] double cell(int f) const { return mass_[at(f - base_)]; }

  const StopTable& table_;
  double p_;
  int n_, first_, last_;
  int base_ = first_;
  std::vector<double> mass_;
};

/// Where an observed end stands in the stagewise order.
struct End {
  StopState state = StopState::running;
  int n = 0, failures = 0;
};

struct Tail {
  double better = 0;   ///< P(strictly better than the observed end)
  double as_good = 0;  ///< P(at least as good)
};

/// Whether a walk that stops at (n, f) did better than the observed end; walks behind end.n are not asked.
bool better(bool accepted, int n, int f, const End& end) {
  if (end.state == StopState::running) return accepted;
  const bool end_accepted = end.state == StopState::accepted;
  if (accepted != end_accepted) return accepted;
  if (n != end.n) return accepted;  // accepted earlier is better, refused earlier is worse
  return f < end.failures;
}

Tail tail(const StopTable& table, const End& end, double p) {
  Tail result;
  double here = 0;
  Recursion walk(table, p, 0, 0);
  while (walk.running() && walk.n() < end.n) {
    walk.advance([&](bool accepted, int f, double mass) {
      const bool same_side = end.state == (accepted ? StopState::accepted : StopState::refused);
      if (same_side && walk.n() == end.n && f == end.failures)
        here += mass;
      else if (better(accepted, walk.n(), f, end))
        result.better += mass;
    });
  }
  if (end.state == StopState::running) {
    // The walk's point is compared with the others that run at its own n.
    result.better += walk.going_on(end.failures - 1);
    here = walk.going_on(end.failures) - walk.going_on(end.failures - 1);
  } else if (end.state == StopState::refused) {
    result.better += walk.going_on(end.n);  // accepted or refused later: both better than refused here
  }
  result.as_good = result.better + here;
  return result;
}

/// The p at which the increasing function reaches `target`; 0 or 1 if it never does inside.
template <class Function>
double solve_increasing(Function&& function, double target) {
  double low = 0, high = 1;
  while (true) {
    const double middle = low + (high - low) / 2;
    if (middle <= low || middle >= high) return middle;
    (function(middle) < target ? low : high) = middle;
    if (high - low < 1e-13) return high;
  }
}

}  // namespace

StopState state_at(const StopTable& table, int n, int failures) {
  ASSAY_CHECK(n >= 0 && n <= table.n_max);
  if (failures <= table.accept[at(n)]) return StopState::accepted;
  if (failures >= table.refuse[at(n)]) return StopState::refused;
  return StopState::running;
}

Characteristics characteristics(const StopTable& table, double p, int n, int failures) {
  ASSAY_CHECK(p >= 0 && p <= 1 && n >= 0 && failures >= 0 && failures <= n);
  Characteristics result;
  const auto state = state_at(table, n, failures);
  if (state != StopState::running || n == table.n_max) {
    (state == StopState::accepted ? result.accept : result.refuse) = 1;
    return result;
  }
  Recursion walk(table, p, n, failures);
  while (walk.running()) {
    result.expected_n += walk.going_on(walk.n());
    walk.advance([&](bool accepted, int, double mass) { (accepted ? result.accept : result.refuse) += mass; });
  }
  return result;
}

StopState step(const StopTable& table, const std::vector<bool>& successes, int* counted) {
  int n = 0, failures = 0;
  auto state = StopState::running;
  while (n < table.n_max && at(n) < successes.size() && state == StopState::running) {
    failures += successes[at(n)] ? 0 : 1;
    state = state_at(table, ++n, failures);
  }
  if (counted) *counted = n;
  return state;
}

Limits stagewise_limits(const StopTable& table, int n, int failures, double confidence) {
  ASSAY_CHECK(failures >= 0 && failures <= n && n <= table.n_max && confidence > 0 && confidence < 1);
  Limits limits;
  if (n == 0) return limits;
  const End end{state_at(table, n, failures), n, failures};
  // Certain at every p in between (e.g. refused at the first possible point): nothing can be excluded.
  if (tail(table, end, 0).as_good < 1 - confidence)
    limits.lower = solve_increasing([&](double p) { return tail(table, end, p).as_good; }, 1 - confidence);
  if (tail(table, end, 1).better > confidence)
    limits.upper = solve_increasing([&](double p) { return tail(table, end, p).better; }, confidence);
  return limits;
}

}  // namespace assay::metrics
