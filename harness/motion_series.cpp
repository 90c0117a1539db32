#include "harness/motion_series.h"

#include <algorithm>
#include <cmath>

#include "core/model/sample.h"

namespace assay::harness {
namespace {

constexpr double kAlike = 0.05;  // of the commanded speed: no change worth the name

double seconds(std::int64_t ns, const MotionTimes& times) {
  return static_cast<double>(ns - times.measured_ns.front()) * 1e-9;
}

double sum(std::span<const double> row, int first, std::size_t count) {
  double out = 0;
  for (std::size_t i = 0; i < count; ++i) out += row[static_cast<std::size_t>(first) + i];
  return out;
}

double largest(const std::vector<double>& values) {
  double out = 0;
  for (const double v : values) out = std::max(out, std::abs(v));
  return out;
}

/// Where motion that sets in between two samples does so: the way made would be less or more by what the speeds say.
std::optional<double> within(const Measured& m, std::size_t a, std::size_t b, double way_error_s) {
  const double change = m.speed[b] - m.speed[a];
  const double at_s = (m.speed[b] * m.time_s[b] - m.speed[a] * m.time_s[a] - (m.way[b] - m.way[a])) / change;
  if (!std::isfinite(at_s) || at_s < m.time_s[a] - way_error_s || at_s > m.time_s[b] + way_error_s) return std::nullopt;
  return std::clamp(at_s, m.time_s[a], m.time_s[b]);
}

/// The command as a way: what it would have been at `at_s`, had it been followed at once.
class CommandedWay {
 public:
  explicit CommandedWay(const Commanded& asked) : asked_(asked), way_(asked.speed.size(), 0) {
    for (std::size_t i = 1; i < way_.size(); ++i)
      way_[i] = way_[i - 1] + asked.speed[i - 1] * (asked.sent_s[i] - asked.sent_s[i - 1]);
  }
  /// To be asked in ascending order.
  double at(double at_s) {
    while (next_ < way_.size() && asked_.sent_s[next_] <= at_s) ++next_;
    return next_ == 0 ? 0 : way_[next_ - 1] + asked_.speed[next_ - 1] * (at_s - asked_.sent_s[next_ - 1]);
  }

 private:
  const Commanded& asked_;
  std::vector<double> way_;
  std::size_t next_ = 0;
};

}  // namespace

Commanded commanded(const Stream& commands, const Group& group, double period_s, const MotionTimes& times) {
  Commanded out;
  const int mode = commands.find(group.name + ".mode"), first = commands.find(group.name + ".command_00");
  if (mode < 0 || first < 0) return out;
  for (std::size_t row = 0; row < commands.rows(); ++row) {
    double speed = 0;
    const auto cells = commands.row(row);
    switch (static_cast<Mode>(static_cast<int>(cells[static_cast<std::size_t>(mode)]))) {
      case Mode::base_twist:
        speed = sum(cells, first, 1);
        break;
      case Mode::joint_velocity:
        speed = sum(cells, first, group.joints.size());
        out.joints = true;
        break;
      case Mode::ee_delta_pose:
        speed = sum(cells, first, 3) / period_s;
        break;
      default:
        continue;
    }
    const double sent_s = seconds(times.commands[row].sent_ns, times);
    if (!out.sent_s.empty() && sent_s <= out.sent_s.back()) continue;
    out.row.push_back(row);
    out.sent_s.push_back(sent_s);
    out.taken_s.push_back(seconds(times.commands[row].taken_ns, times));
    out.speed.push_back(speed);
  }
  return out;
}

Measured measured(const Stream& seen, const Group& group, bool joints, const MotionTimes& times) {
  Measured out;
  const auto column = [&](const std::string& name) { return seen.find(group.name + "." + name); };
  const int forward = column("speed_m_s"), x = column("odometry_x_m"), joint = column("position_00_rad"),
            rate = column("velocity_00_rad_s"), tool = column("tcp_x_m");
  const bool base = group.kind == Group::Kind::base;
  if (base ? forward < 0 || x < 0 : joints ? joint < 0 || rate < 0 : tool < 0) return out;
  out.differenced = !base && !joints;
  for (std::size_t row = 0; row < seen.rows(); ++row) {
    const auto cells = seen.row(row), before = seen.row(row == 0 ? 0 : row - 1);
    // The robot's clock of the first is not on record; its time is, and it stands.
    const double at_s =
        row == 0 ? static_cast<double>(seen.t_ns[0] - seen.t_ns[1]) * 1e-9 : seconds(times.measured_ns[row - 1], times);
    if (!out.time_s.empty() && at_s <= out.time_s.back()) continue;
    double way = 0, speed = 0;
    if (base) {
      const auto c = static_cast<std::size_t>(x);
      const double yaw = (cells[c + 2] + before[c + 2]) / 2;
      way = (cells[c] - before[c]) * std::cos(yaw) + (cells[c + 1] - before[c + 1]) * std::sin(yaw);
      speed = cells[static_cast<std::size_t>(forward)];
    } else if (joints) {
      way = sum(cells, joint, group.joints.size()) - sum(before, joint, group.joints.size());
      speed = sum(cells, rate, group.joints.size());
    } else {
      way = sum(cells, tool, 3) - sum(before, tool, 3);
      if (!out.time_s.empty()) speed = way / (at_s - out.time_s.back());
    }
    out.way.push_back(out.way.empty() ? 0 : out.way.back() + way);
    out.time_s.push_back(at_s);
    out.speed.push_back(speed);
  }
  return out;
}

std::optional<double> way_error_s(const Measured& m, double speed) {
  double worst_s = 0;
  int periods = 0;
  for (std::size_t i = 1; i + 1 < m.time_s.size(); ++i) {
    // Alike before and after, too: a change on the period's very edge is one.
    if (std::abs(m.speed[i] - m.speed[i - 1]) > kAlike * speed ||
        std::abs(m.speed[i + 1] - m.speed[i]) > kAlike * speed ||
        (i > 1 && std::abs(m.speed[i - 1] - m.speed[i - 2]) > kAlike * speed))
      continue;
    const double off = m.way[i] - m.way[i - 1] - (m.speed[i] + m.speed[i - 1]) / 2 * (m.time_s[i] - m.time_s[i - 1]);
    worst_s = std::max(worst_s, std::abs(off) / speed);
    ++periods;
  }
  return periods < 20 ? std::nullopt : std::optional(worst_s);
}

std::vector<MotionStep> motion_steps(const Commanded& asked, const Measured& moved, const MotionTimes& times) {
  std::vector<MotionStep> out;
  const double top = largest(asked.speed), half = top / 2;
  if (!(half > 0)) return out;
  const auto fast = [&](double speed) { return std::abs(speed) >= half; };
  std::vector<std::size_t> turns;  // commands that cross
  for (std::size_t j = 0; j < asked.speed.size(); ++j)
    if (fast(asked.speed[j]) != (j > 0 && fast(asked.speed[j - 1]))) turns.push_back(j);
  const auto error_s = way_error_s(moved, top);
  for (std::size_t k = 0; k < turns.size(); ++k) {
    const std::size_t j = turns[k];
    const bool up = fast(asked.speed[j]);
    const double from_s = asked.sent_s[j], to_s = k + 1 < turns.size() ? asked.sent_s[turns[k + 1]] : HUGE_VAL;
    auto i = static_cast<std::size_t>(std::upper_bound(moved.time_s.begin(), moved.time_s.end(), from_s) -
                                      moved.time_s.begin());
    if (i == 0 || i >= moved.time_s.size() || fast(moved.speed[i - 1]) == up) continue;  // it moves so already
    while (i < moved.time_s.size() && moved.time_s[i] <= to_s && fast(moved.speed[i]) != up) ++i;
    if (i >= moved.time_s.size() || moved.time_s[i] > to_s) continue;
    const double before = std::abs(moved.speed[i - 1]), after = std::abs(moved.speed[i]);
    double at_s = moved.time_s[i - 1] + (half - before) / (after - before) * (moved.time_s[i] - moved.time_s[i - 1]);
    double least_s = moved.time_s[i - 1], most_s = moved.time_s[i];
    // Settled before and after, within one period (or two, where the change spoils both speeds at its sides).
    const auto alike = [&](std::size_t a, std::size_t b) {
      return b < moved.speed.size() && std::abs(moved.speed[a] - moved.speed[b]) <= kAlike * top;
    };
    std::size_t a = i - 1, b = i;
    if (!(a > 0 && alike(a - 1, a)) && a > 0) --a;
    if (!alike(b, b + 1)) ++b;
    const bool settled = a > 0 && alike(a - 1, a) && alike(b, b + 1) && b - a <= 2;
    if (moved.differenced && settled) --a;
    if (error_s && settled)
      if (const auto fine_s = within(moved, a, b, *error_s)) {
        at_s = *fine_s;
        least_s = std::max(moved.time_s[a], at_s - *error_s);
        most_s = std::min(moved.time_s[b], at_s + *error_s);
      }
    const double clock_s =
        static_cast<double>(times.clock_bound_ns(times.measured_ns.front() + std::llround(at_s * 1e9))) * 1e-9;
    out.push_back({asked.row[j],
                   at_s - from_s,
                   {least_s - clock_s - std::max(from_s, asked.taken_s[j]), most_s + clock_s - from_s}});
  }
  return out;
}

double likeness(const Commanded& asked, const Measured& moved, double lag_s,
                const std::optional<std::array<double, 2>>& left_out) {
  CommandedWay way(asked);
  double n = 0, x = 0, y = 0, xx = 0, yy = 0, xy = 0;
  double before = moved.time_s.empty() ? 0 : way.at(moved.time_s[0] - lag_s);
  if (!moved.speed.empty()) {  // before the trial nothing was commanded: else one start alone would fit within a period
    n = 1;
    y = moved.speed.front();
    yy = y * y;
  }
  for (std::size_t i = 1; i < moved.time_s.size(); ++i) {
    const double now = way.at(moved.time_s[i] - lag_s), period_s = moved.time_s[i] - moved.time_s[i - 1];
    const double wanted = (now - before) / period_s, made = (moved.way[i] - moved.way[i - 1]) / period_s;
    before = now;
    if (left_out && moved.time_s[i] > (*left_out)[0] && moved.time_s[i] <= (*left_out)[1]) continue;
    n += 1;
    x += wanted;
    y += made;
    xx += wanted * wanted;
    yy += made * made;
    xy += wanted * made;
  }
  const double spread = (xx - x * x / n) * (yy - y * y / n);
  return spread > 0 ? (xy - x * y / n) / std::sqrt(spread) : -2;
}

}  // namespace assay::harness
