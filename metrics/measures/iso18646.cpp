#include "metrics/measures/iso18646.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>

#include "metrics/input.h"

namespace assay::metrics {

namespace {

/// Adds `value` to a list that holds every trial's value or is given up.
void collect(std::optional<std::vector<double>>& list, const std::optional<double>& value) {
  if (list && value) list->push_back(*value);
  if (!value) list.reset();
}

std::optional<double> mean_of(const std::optional<std::vector<double>>& list) {
  return list ? series::mean(*list) : std::nullopt;
}

std::optional<double> max_of(const std::optional<std::vector<double>>& list) {
  if (!list || list->empty()) return std::nullopt;
  return *std::max_element(list->begin(), list->end());
}

std::optional<double> min_of(const std::optional<std::vector<double>>& list) {
  if (!list || list->empty()) return std::nullopt;
  return *std::min_element(list->begin(), list->end());
}

}  // namespace

Result<SectionSpeed> section_speed(double section_length_m, std::span<const double> section_time_s) {
  ASSAY_RETURN_IF_ERROR(check_finite("section length", section_length_m));
  ASSAY_RETURN_IF_ERROR(check_positive("section length", section_length_m));
  ASSAY_RETURN_IF_ERROR(check_finite("section time", section_time_s));
  std::vector<double> speeds;
  for (const double time : section_time_s) {
    ASSAY_RETURN_IF_ERROR(check_positive("section time", time));
    speeds.push_back(section_length_m / time);
  }
  ASSAY_RETURN_IF_ERROR(series::check_result("speed", {series::mean(speeds).value_or(0)}));
  return SectionSpeed{series::mean(speeds), series::deviation(speeds), min_of(speeds), max_of(speeds)};
}

Result<StoppingCharacteristics> stopping_characteristics(std::span<const StoppingTrial> trials) {
  std::optional<std::vector<double>> times(std::in_place), distances(std::in_place);
  for (std::size_t j = 0; j < trials.size(); ++j) {
    if (trials[j].time_s) ASSAY_RETURN_IF_ERROR(check_at_least(fmt::format("time[{}]", j), *trials[j].time_s, 0));
    if (trials[j].distance_m)
      ASSAY_RETURN_IF_ERROR(check_at_least(fmt::format("distance[{}]", j), *trials[j].distance_m, 0));
    collect(times, trials[j].time_s);
    collect(distances, trials[j].distance_m);
  }
  return StoppingCharacteristics{mean_of(times), max_of(times), mean_of(distances), max_of(distances)};
}

Result<std::optional<double>> ladder_limit(std::span<const LadderRung> rungs, int required_trials,
                                           bool smaller_is_harder) {
  ASSAY_RETURN_IF_ERROR(check_at_least("required trials", required_trials, 1));
  std::map<double, std::pair<std::int64_t, std::int64_t>> pooled;  // easiest first: trials, passed
  for (const auto& rung : rungs) {
    ASSAY_RETURN_IF_ERROR(check_finite("rung", rung.value));
    ASSAY_RETURN_IF_ERROR(check_at_least("trials", rung.trials, 0));
    if (rung.trials > 0) ASSAY_RETURN_IF_ERROR(check_counts(rung.passed, rung.trials));
    if (rung.trials == 0 && rung.passed != 0)
      return bad_input(1032, {"passes without trials", "没有试验却有通过次数"}, fmt::format("{}", rung.passed));
    auto& [trials, passed] = pooled[smaller_is_harder ? -rung.value : rung.value];
    trials += rung.trials;
    passed += rung.passed;
  }
  std::optional<double> mastered;
  for (const auto& [difficulty, counts] : pooled) {
    if (counts.first < required_trials || counts.second < counts.first) break;
    mastered = smaller_is_harder ? -difficulty : difficulty;
  }
  return mastered;
}

Result<GoalPose> goal_pose(const PlanarPose& goal, std::span<const PlanarPose> attained) {
  std::vector<Vector3> position, angle;
  for (const auto& pose : attained) {
    position.push_back({pose.x_m, pose.y_m, 0});
    angle.push_back({0, 0, pose.heading_rad});
  }
  ASSAY_TRY(const auto pose, pose_characteristics({goal.x_m, goal.y_m, 0}, {0, 0, goal.heading_rad}, position, angle));
  return GoalPose{pose.accuracy_m,      pose.accuracy_axis_m[0], pose.accuracy_axis_m[1],
                  pose.repeatability_m, pose.accuracy_rad[2],    pose.repeatability_rad[2]};
}

Result<ObstaclePerformance> obstacle_performance(std::span<const ObstacleTrial> trials) {
  std::optional<std::vector<double>> distances(std::in_place), clearances(std::in_place);
  int detected = 0, avoided = 0;
  for (std::size_t j = 0; j < trials.size(); ++j) {
    const auto& t = trials[j];
    if (t.detection_distance_m)
      ASSAY_RETURN_IF_ERROR(check_at_least(fmt::format("detection distance[{}]", j), *t.detection_distance_m, 0));
    ASSAY_RETURN_IF_ERROR(check_at_least(fmt::format("clearance[{}]", j), t.clearance_m, 0));
    collect(distances, t.detection_distance_m);
    collect(clearances, t.clearance_m);
    detected += t.detection_distance_m ? 1 : 0;
    avoided += t.goal_reached && !t.contact ? 1 : 0;
  }
  ObstaclePerformance out;
  if (trials.empty()) return out;
  const double n = static_cast<double>(trials.size());
  out.detection_rate = detected / n;
  out.avoidance_rate = avoided / n;
  out.detection_distance_mean_m = mean_of(distances);
  out.detection_distance_min_m = min_of(distances);
  out.clearance_min_m = min_of(clearances);
  return out;
}

}  // namespace assay::metrics
