#include "harness/motion_delay.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/model/sample.h"
#include "metrics/measures/delay.h"

namespace assay::harness {
namespace {

constexpr double kLongest_s = 1.0;

struct Series {
  std::vector<double> time_s, value;
};

/// Commanded speed, one signed number: m/s of a base, the sum over joints (rad/s) or axes of the tool (m/s). Held
/// between commands, but for a movement of the tool, which is to be covered within its period.
Series commanded(const Stream& commands, const Group& group, double period_s) {
  Series out;
  const int mode = commands.find(group.name + ".mode"), first = commands.find(group.name + ".command_00");
  if (mode < 0 || first < 0) return out;
  const auto values = [&](std::size_t row, std::size_t count) {
    double sum = 0;
    for (std::size_t i = 0; i < count; ++i) sum += commands.row(row)[static_cast<std::size_t>(first) + i];
    return sum;
  };
  for (std::size_t row = 0; row < commands.rows(); ++row) {
    double speed = 0;
    switch (static_cast<Mode>(static_cast<int>(commands.row(row)[static_cast<std::size_t>(mode)]))) {
      case Mode::base_twist:
        speed = values(row, 1);
        break;
      case Mode::joint_velocity:
        speed = values(row, group.joints.size());
        break;
      case Mode::ee_delta_pose:
        speed = values(row, 3) / period_s;
        break;
      default:
        continue;
    }
    const double at_s = static_cast<double>(commands.t_ns[row]) * 1e-9;
    if (!out.time_s.empty() && at_s <= out.time_s.back()) continue;
    out.time_s.push_back(at_s);
    out.value.push_back(speed);
  }
  return out;
}

/// Measured speed of the same kind.
Series measured(const Stream& seen, const Group& group, bool joints) {
  Series out;
  const auto column = [&](const std::string& name) { return seen.find(group.name + "." + name); };
  const int forward = column("speed_m_s"), joint = column("velocity_00_rad_s"), tool = column("tcp_x_m");
  const bool base = group.kind == Group::Kind::base;
  if (base ? forward < 0 : joints ? joint < 0 : tool < 0) return out;
  for (std::size_t row = 0; row < seen.rows(); ++row) {
    const auto cells = seen.row(row);
    const double at_s = static_cast<double>(seen.t_ns[row]) * 1e-9;
    double sum = 0;
    if (base) {
      sum = cells[static_cast<std::size_t>(forward)];
    } else if (joints) {
      for (std::size_t i = 0; i < group.joints.size(); ++i) sum += cells[static_cast<std::size_t>(joint) + i];
    } else if (row > 0) {
      const double dt_s = at_s - static_cast<double>(seen.t_ns[row - 1]) * 1e-9;
      for (std::size_t i = 0; i < 3; ++i) {
        const auto c = static_cast<std::size_t>(tool) + i;
        sum += (cells[c] - seen.row(row - 1)[c]) / dt_s;
      }
    }
    out.time_s.push_back(at_s);
    out.value.push_back(sum);
  }
  return out;
}

/// The command in force at each instant of `at_s`; 0 before the first.
std::vector<double> held(const Series& series, const std::vector<double>& at_s) {
  std::vector<double> out;
  std::size_t next = 0;
  for (const double t : at_s) {
    while (next < series.time_s.size() && series.time_s[next] <= t) ++next;
    out.push_back(next == 0 ? 0.0 : series.value[next - 1]);
  }
  return out;
}

}  // namespace

std::vector<MotionDelay> motion_delays(const Trace& trace, const std::vector<Group>& groups, double period_s,
                                       double clock_bound_s) {
  std::vector<MotionDelay> out;
  const Stream* commands = trace.stream("/command");
  const Stream* seen = trace.stream("/observation");
  if (commands == nullptr || seen == nullptr || !(period_s > 0)) return out;
  for (const auto& group : groups) {
    const Series asked = commanded(*commands, group, period_s);
    if (asked.time_s.empty()) continue;
    const int mode = commands->find(group.name + ".mode");
    const bool joints =
        static_cast<Mode>(static_cast<int>(commands->row(0)[static_cast<std::size_t>(mode)])) == Mode::joint_velocity;
    const Series moved = measured(*seen, group, joints);
    if (moved.time_s.size() < 3) continue;
    MotionDelay delay;
    delay.group = group.name;
    delay.bound_s = period_s + clock_bound_s;
    // Before the trial nothing was commanded: else one command that never changes could not be told from none.
    std::vector<double> in_force = held(asked, moved.time_s), speed = moved.value;
    in_force.insert(in_force.begin(), 0.0);
    speed.insert(speed.begin(), moved.value.front());
    if (const auto found = metrics::correlation_delay(in_force, speed, period_s, kLongest_s)) {
      delay.correlation_s = found->delay_s;
      delay.correlation = found->peak_correlation;
    }
    // A first command at full speed is a step: the crossing needs a sample before it.
    Series step = asked, there = moved;
    for (auto* series : {&step, &there})
      for (double& v : series->value) v = std::abs(v);
    step.time_s.insert(step.time_s.begin(), std::min(0.0, step.time_s.front()) - period_s);
    step.value.insert(step.value.begin(), 0.0);
    for (std::size_t i = 1; i < step.time_s.size(); i += 2) {  // held until just before the next command
      step.time_s.insert(step.time_s.begin() + static_cast<std::ptrdiff_t>(i), step.time_s[i] - 1e-6);
      step.value.insert(step.value.begin() + static_cast<std::ptrdiff_t>(i), step.value[i - 1]);
    }
    const double half = *std::max_element(step.value.begin(), step.value.end()) / 2;
    if (half > 0) {
      const auto crossing = metrics::threshold_delay({step.time_s, step.value, half}, {there.time_s, there.value, half},
                                                     metrics::Crossing::rising);
      if (crossing) delay.threshold_s = crossing->delay_s;
    }
    out.push_back(std::move(delay));
  }
  return out;
}

}  // namespace assay::harness
