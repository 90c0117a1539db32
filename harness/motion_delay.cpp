#include "harness/motion_delay.h"

#include <algorithm>
#include <cmath>

#include "harness/motion_series.h"
#include "metrics/statistics/quantiles.h"
#include "metrics/statistics/t_tests.h"

namespace assay::harness {
namespace {

constexpr double kLongest_s = 1.0;
constexpr std::size_t kMostSteps = 60;

/// Of lags from 0 on, half a period apart: nothing moves before it is told to. −1: nothing is like anything.
double coarse_lag(const Commanded& asked, const Measured& moved, double period_s) {
  double best = -2, out_s = -1;
  for (double lag_s = 0; lag_s <= kLongest_s; lag_s += period_s / 2) {
    const double r = likeness(asked, moved, lag_s, std::nullopt);
    if (r <= best) continue;
    best = r;
    out_s = lag_s;
  }
  return out_s;
}

using LeftOut = std::optional<std::array<double, 2>>;

/// The lag of the greatest likeness within `reach_s` of `about_s`: a grid, and finer ones around its peak.
double best_lag(const Commanded& asked, const Measured& moved, double about_s, double reach_s,
                const LeftOut& left_out) {
  constexpr int kGrid = 40;
  double step_s = reach_s / kGrid, best_s = about_s;
  for (int round = 0; round < 3; ++round) {
    const double middle_s = best_s;
    double best = -3;
    for (int i = -kGrid; i <= kGrid; ++i) {
      const double lag_s = middle_s + i * step_s, r = likeness(asked, moved, lag_s, left_out);
      if (r <= best) continue;
      best = r;
      best_s = lag_s;
    }
    step_s /= kGrid / 2.0;
  }
  return best_s;
}

/// A lag of steps that are alike is their mean, one of steps that are not is nearer to their median. Limits of either:
/// each step left out in turn says how much the lag hangs on it (jackknife, Student's law of the pseudo-values' mean);
/// and the ranks between which the steps' median lies, whatever their law. The wider of the two.
std::optional<std::array<double, 2>> limits(const Commanded& asked, const Measured& moved, const MotionDelay& delay,
                                            double period_s, const MotionTimes& times) {
  const std::size_t n = std::min(delay.steps.size(), kMostSteps);
  std::vector<double> steps_s;
  for (const auto& step : delay.steps) steps_s.push_back(step.delay_s);
  const auto ranked = metrics::quantile_limits(steps_s, 0.5, 0.95);
  if (!ranked || !ranked->lower || !ranked->upper) return std::nullopt;
  const double lag_s = *delay.correlation_s;
  std::vector<double> pseudo_s, none(n, 0.0);
  double way_s = 0, clock_s = 0;
  const auto sent = [&](std::size_t step) {
    const auto at = std::find(asked.row.begin(), asked.row.end(), delay.steps[step].command) - asked.row.begin();
    return static_cast<std::size_t>(at);
  };
  for (std::size_t i = 0; i < n; ++i) {
    const double at_s = asked.sent_s[sent(i)];
    const double from_s = i == 0 ? -HUGE_VAL : (asked.sent_s[sent(i - 1)] + at_s) / 2 + lag_s;
    const double to_s = i + 1 == n ? HUGE_VAL : (at_s + asked.sent_s[sent(i + 1)]) / 2 + lag_s;
    const double without_s = best_lag(asked, moved, lag_s, period_s / 2, {{from_s, to_s}});
    pseudo_s.push_back(static_cast<double>(n) * lag_s - static_cast<double>(n - 1) * without_s);
    way_s = std::max(way_s, asked.taken_s[sent(i)] - at_s);
    const std::int64_t then_ns = times.measured_ns.front() + std::llround((at_s + lag_s) * 1e9);
    clock_s = std::max(clock_s, static_cast<double>(times.clock_bound_ns(then_ns)) * 1e-9);
  }
  const auto found = metrics::paired_t_test(pseudo_s, none, 0.95);
  if (!found) return std::nullopt;
  const auto spread = found->interval.value_or(std::array{found->difference, found->difference});
  double top = 0;
  for (const double v : asked.speed) top = std::max(top, std::abs(v));
  double error_s = way_error_s(moved, top).value_or(period_s);
  // Motion that takes longer than a period resembles its command nearly as much at lags beside the best one.
  std::vector<double> width_s;
  for (const auto& step : delay.steps) width_s.push_back(step.limits_s[1] - step.limits_s[0]);
  std::nth_element(width_s.begin(), width_s.begin() + static_cast<std::ptrdiff_t>(n / 2), width_s.end());
  if (width_s[n / 2] > period_s / 2) error_s = std::max(error_s, period_s / 2);
  return std::array{std::min({spread[0], lag_s, *ranked->lower}) - error_s - clock_s - way_s,
                    std::max({spread[1], lag_s, *ranked->upper}) + error_s + clock_s};
}

}  // namespace

std::vector<MotionDelay> motion_delays(const Trace& trace, const std::vector<Group>& groups, double period_s,
                                       const MotionTimes& times) {
  std::vector<MotionDelay> out;
  const Stream* commands = trace.stream("/command");
  const Stream* seen = trace.stream("/observation");
  if (commands == nullptr || seen == nullptr || !(period_s > 0) || times.measured_ns.empty() ||
      times.measured_ns.size() + 1 != seen->rows() || times.commands.size() != commands->rows())
    return out;
  for (const auto& group : groups) {
    const Commanded asked = commanded(*commands, group, period_s, times);
    if (asked.sent_s.empty()) continue;
    const Measured moved = measured(*seen, group, asked.joints, times);
    if (moved.time_s.size() < 3) continue;
    MotionDelay delay;
    delay.group = group.name;
    delay.bound_s = period_s + static_cast<double>(times.clock_bound_ns(times.measured_ns.back())) * 1e-9;
    delay.steps = motion_steps(asked, moved, times);
    if (const double lag_s = coarse_lag(asked, moved, period_s); lag_s >= 0) {
      delay.correlation_s = best_lag(asked, moved, lag_s, period_s, std::nullopt);
      delay.correlation = likeness(asked, moved, *delay.correlation_s, std::nullopt);
      delay.correlation_limits_s = limits(asked, moved, delay, period_s, times);
    }
    out.push_back(std::move(delay));
  }
  return out;
}

}  // namespace assay::harness
