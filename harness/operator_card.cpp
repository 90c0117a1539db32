#include "harness/operator_card.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "metrics/diagnosis.h"

namespace assay::harness {
namespace {

using nlohmann::json;

// The repeatability of a careful set-up (L1 of every suite): smaller changes are no step of their own.
constexpr double kCareful_m = 0.005, kCareful_rad = 0.035, kCarefulFactor = 0.06;
constexpr double kDegree = 57.29577951308232;

json words(const Text& text) { return {{"en", text.en}, {"zh", text.zh}}; }

std::string name_of(const Setup& setup, const std::string& body) {
  for (const auto& d : setup.detectables)
    if (d.body == body) return d.label == body ? body : d.label + " (" + body + ")";
  return body;
}

Text place_step(const std::string& what, const std::array<double, 4>& pose) {
  return {fmt::format("Put {} at x {:.3f} m, y {:.3f} m, z {:.3f} m of the scene, turned {:.0f}°", what, pose[0],
                      pose[1], pose[2], pose[3] * kDegree),
          fmt::format("将 {} 放到场景坐标 x {:.3f} m、y {:.3f} m、z {:.3f} m 处，转角 {:.0f}°", what, pose[0], pose[1],
                      pose[2], pose[3] * kDegree)};
}

Text scene_place(const std::array<double, 4>& pose) {
  return {fmt::format(" (scene frame: x {:.3f} m, y {:.3f} m, z {:.3f} m, yaw {:.0f}°)", pose[0], pose[1], pose[2],
                      pose[3] * kDegree),
          fmt::format("（场景坐标：x {:.3f} m、y {:.3f} m、z {:.3f} m，偏航角 {:.0f}°）", pose[0], pose[1], pose[2],
                      pose[3] * kDegree)};
}

Text offset_step(const std::string& what, const std::array<double, 4>& d, const Text& place) {
  if (std::abs(d[3]) <= kCareful_rad &&
      std::all_of(d.begin(), d.begin() + 3, [](double x) { return std::abs(x) <= kCareful_m; }))
    return {fmt::format("Put {} where the scene has it{}", what, place.en),
            fmt::format("将 {} 放到场景规定的位置{}", what, place.zh)};
  return {
      fmt::format("Put {} beside where the scene has it{}: x {:+.0f} mm, y {:+.0f} mm, z {:+.0f} mm, turned {:+.0f}°",
                  what, place.en, d[0] * 1e3, d[1] * 1e3, d[2] * 1e3, d[3] * kDegree),
      fmt::format("将 {} 放到相对场景规定位置{}偏移处：x {:+.0f} mm、y {:+.0f} mm、z {:+.0f} mm，转角 {:+.0f}°", what,
                  place.zh, d[0] * 1e3, d[1] * 1e3, d[2] * 1e3, d[3] * kDegree)};
}

Text limit_words(const Limit& limit) {
  using Quantity = Limit::Quantity;
  switch (limit.quantity) {
    case Quantity::contact_force_n:
      return {fmt::format("force of {} on {} at most {:g} N; no touch at all is kept, a touch is not seen by eye",
                          limit.a, limit.b, limit.value),
              fmt::format("{} 对 {} 的作用力不超过 {:g} N；完全未接触即为保持，有接触则目视无法判定", limit.a, limit.b,
                          limit.value)};
    case Quantity::tcp_speed_m_s:
      return {fmt::format("tool speed at most {:g} m/s", limit.value),
              fmt::format("工具速度不超过 {:g} m/s", limit.value)};
    case Quantity::joint_speed_ratio:
      return {fmt::format("joint speed at most {:g} of what is allowed", limit.value),
              fmt::format("关节速度不超过允许值的 {:g}", limit.value)};
    case Quantity::base_speed_m_s:
      return {fmt::format("base speed at most {:g} m/s", limit.value),
              fmt::format("底盘速度不超过 {:g} m/s", limit.value)};
    case Quantity::separation_m:
      break;
  }
  return {fmt::format("distance between {} and {} at least {:g} m", limit.a, limit.b, limit.value),
          fmt::format("{} 与 {} 的距离不小于 {:g} m", limit.a, limit.b, limit.value)};
}

Error not_by_hand(const Task& task, const std::string& what) {
  return Error{
      .id = 560,
      .what = {"this task cannot be set up by hand", "该任务无法由人工布置"},
      .place = {task.key() + " L" + std::to_string(task.level)},
      .expected = {"no pushes, failures or stops that a machine has to put in", "不含须由设备施加的推力、故障或停止"},
      .found = what,
      .help = {"examine at a lower level, or connect the robot (docs/bring-your-robot.md)",
               "请降低检测等级，或接入机器人（docs/zh/bring-your-robot.md）"}};
}

json names(const std::vector<std::pair<std::string, Condition>>& list) {
  json out = json::array();
  for (const auto& [name, condition] : list) out.push_back({{"id", name}, {"what", metrics::brief(condition)}});
  return out;
}

}  // namespace

Result<json> operator_card(const Task& task, const Setup& setup, const std::vector<BodyPose>& places) {
  if (!setup.pushes.empty()) return not_by_hand(task, "push");
  if (!setup.sensor_faults.empty()) return not_by_hand(task, "sensor failure");
  if (!setup.actuator_faults.empty()) return not_by_hand(task, "actuator failure");
  if (!setup.stimuli.empty()) return not_by_hand(task, "stimulus");
  if (setup.separation) return not_by_hand(task, "separation profile");
  json steps = json::array(), not_set = json::array();
  for (const auto& one : setup.poses) steps.push_back(words(place_step(name_of(setup, one.body), one.pose)));
  for (std::size_t i = 0; i < setup.offsets.size(); ++i)
    steps.push_back(words(offset_step(name_of(setup, setup.offsets[i].body), setup.offsets[i].offset,
                                      i < places.size() ? scene_place(places[i].pose) : Text{})));
  for (const auto& one : setup.mass)
    if (one.body != "*" && std::abs(one.factor - 1) > kCarefulFactor)
      steps.push_back(words({fmt::format("Load {} to {:.2f} of its nominal mass", name_of(setup, one.body), one.factor),
                             fmt::format("使 {} 的质量为标称值的 {:.2f} 倍", name_of(setup, one.body), one.factor)}));
  for (const auto& run : setup.actors) {
    const double start_s = static_cast<double>(run.start_ns) * 1e-9;
    std::string path;
    for (const auto& p : run.actor.path)
      path += fmt::format("{}({:.1f}, {:.1f})", path.empty() ? "" : " → ", p[0], p[1]);
    steps.push_back(
        words({fmt::format("{} (a dummy, never a person): {:.1f} s after the start along {} m at {:.1f} m/s",
                           run.actor.body, start_s, path, run.actor.speed_m_s),
               fmt::format("{}（用假人，不得用真人）：启动后 {:.1f} s 沿 {} m 以 {:.1f} m/s 移动", run.actor.body,
                           start_s, path, run.actor.speed_m_s)}));
  }
  if (!setup.friction.empty()) not_set.push_back(words({"friction", "摩擦"}));
  if (!setup.noise.empty() || !setup.biases.empty()) not_set.push_back(words({"errors of sensors", "传感器误差"}));
  if (setup.latency_ns > 0) not_set.push_back(words({"delay of decisions", "决策延迟"}));
  json limits = json::array();
  for (const auto& limit : setup.limits) limits.push_back({{"id", limit.id}, {"words", words(limit_words(limit))}});
  return json{{"title", words(task.title)},
              {"instruction", words(setup.instruction.text)},
              {"steps", std::move(steps)},
              {"not_set", std::move(not_set)},
              {"success", metrics::brief(setup.success)},
              {"subgoals", names(setup.subgoals)},
              {"checks", names(setup.checks)},
              {"limits", std::move(limits)},
              {"time_limit_s", static_cast<double>(setup.time_limit_ns) * 1e-9}};
}

}  // namespace assay::harness
