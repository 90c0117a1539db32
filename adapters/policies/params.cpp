#include "adapters/policies/params.h"

#include <fmt/format.h>

#include <cmath>

#include "core/time.h"

namespace assay::policies {
namespace {

Error bad_parameter(const std::string& policy, const std::string& name, Text expected, std::string found) {
  Error error;
  error.id = 403;
  error.what = {"Policy '" + policy + "' cannot use parameter '" + name + "'.",
                "策略“" + policy + "”无法使用参数“" + name + "”。"};
  error.expected = std::move(expected);
  error.found = std::move(found);
  error.help = {"Correct the policy's params in the subject file.", "请修改受试对象文件中的策略参数。"};
  return error;
}

std::string names_of(const std::vector<ParamRange>& ranges) {
  std::string names;
  for (const auto& range : ranges) names += (names.empty() ? "" : ", ") + range.name;
  return names.empty() ? "–" : names;
}

}  // namespace

Result<std::map<std::string, double>> read_params(const std::string& policy, const PolicyParams& params,
                                                  const std::vector<ParamRange>& ranges) {
  std::map<std::string, double> values;
  for (const auto& [name, value] : params) {
    const ParamRange* range = nullptr;
    for (const auto& candidate : ranges)
      if (candidate.name == name) range = &candidate;
    if (range == nullptr) {
      const std::string known = names_of(ranges);
      return bad_parameter(policy, name, {"one of: " + known, "下列之一：" + known}, name);
    }
    const std::string span = fmt::format("{} … {}", range->low, range->high);
    const bool fits = std::isfinite(value) && value >= range->low && value <= range->high &&
                      (!range->whole || value == std::floor(value));
    if (!fits) {
      const Text expected = range->whole ? Text{"a whole number, " + span, "整数，取值 " + span}
                                         : Text{"a number, " + span, "数值，取值 " + span};
      return bad_parameter(policy, name, expected, fmt::format("{}", value));
    }
    if (!values.emplace(name, value).second)
      return bad_parameter(policy, name, {"each parameter once", "每个参数只出现一次"}, name + " twice");
  }
  return values;
}

Result<Skill> read_skill(const std::string& policy, const PolicyParams& params, const Skill& worst) {
  ASSAY_TRY(
      const auto values,
      read_params(policy, params, {{"skill", 0, 1}, {"noise_m", 0, 10}, {"delay_s", 0, 10}, {"miss_rate", 0, 1}}));
  const auto value_or = [&](const char* name, double fallback) {
    const auto at = values.find(name);
    return at == values.end() ? fallback : at->second;
  };
  const double lack = 1 - value_or("skill", 1);
  Skill skill;
  skill.noise_m = value_or("noise_m", lack * worst.noise_m);
  skill.delay_s = value_or("delay_s", lack * worst.delay_s);
  skill.miss_rate = value_or("miss_rate", lack * worst.miss_rate);
  return skill;
}

void DelayLine::reset(double delay_s) {
  delay_ns_ = ns_from_s(delay_s);
  held_.clear();
}

const Observation& DelayLine::pass(const Observation& observation) {
  if (delay_ns_ == 0) return observation;
  held_.push_back(observation);
  while (held_.size() > 1 && held_[1].time.ns <= observation.time.ns - delay_ns_) held_.pop_front();
  return held_.front();
}

std::vector<std::string> numbered_slots(const std::map<std::string, std::string>& slots, const std::string& stem) {
  std::vector<std::string> names;
  for (int i = 1;; ++i) {
    const std::string name = i == 1 ? stem : stem + "_" + std::to_string(i);
    if (slots.find(name) == slots.end()) return names;
    names.push_back(name);
  }
}

Error cannot_take_part(const std::string& policy, const std::string& found, Text expected) {
  Error error;
  error.id = 404;
  error.what = {"Policy '" + policy + "' cannot carry out this task on this robot.",
                "策略“" + policy + "”无法在该机器人上执行此任务。"};
  error.expected = std::move(expected);
  error.found = "subject:" + found;
  error.help = {"Choose a policy that fits the robot and the task.", "请选用与机器人和任务相符的策略。"};
  return error;
}

bool sound(const Observation& observation) {
  const auto good = [](const auto& values) {
    for (const auto value : values)
      if (!std::isfinite(value)) return false;
    return true;
  };
  for (const auto& g : observation.groups)
    if (!good(g.position_rad) || !good(g.velocity_rad_s) || !good(g.tcp_m) || !good(g.tcp_wxyz) || !good(g.odometry) ||
        !good(g.twist) || !good(g.imu_wxyz) || !good(g.imu_gyro_rad_s) || !good(g.imu_accel_m_s2) ||
        !good(g.foot_force_n))
      return false;
  for (const auto& d : observation.detections)
    if (!good(d.position_m) || !good(d.size_m) || !std::isfinite(d.yaw_rad)) return false;
  for (const auto& scan : observation.scans)
    if (!good(scan.range_m) || !std::isfinite(scan.max_m)) return false;
  return true;
}

}  // namespace assay::policies
