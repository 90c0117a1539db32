// Navigation, completion, energy, coverage, sim/real, ISO 18646: JSON to the functions of metrics/measures and back.
#include "metrics/input.h"
#include "metrics/measures/iso18646.h"
#include "metrics/measures/task_scores.h"
#include "metrics/measures/travel.h"
#include "metrics/reference/kinds.h"
#include "metrics/reference/read.h"

namespace assay::metrics {

namespace {

/// All lists of a table of trials have this length. ASSAY-1034.
Result<std::size_t> rows_of(const Json& input, std::initializer_list<const char*> members) {
  const auto* first = *members.begin();
  for (const char* member : members)
    ASSAY_RETURN_IF_ERROR(check_same_length(first, input.at(first).size(), member, input.at(member).size()));
  return input.at(first).size();
}

Result<Json> navigation(const Json& input) {
  ASSAY_TRY(const auto n,
            rows_of(input, {"success", "shortest_path_m", "path_length_m", "start_distance_m", "final_distance_m"}));
  std::vector<NavigationEpisode> episodes;
  for (std::size_t i = 0; i < n; ++i)
    episodes.push_back({input["success"].at(i), input["shortest_path_m"].at(i), input["path_length_m"].at(i),
                        input["start_distance_m"].at(i), input["final_distance_m"].at(i)});
  ASSAY_TRY(const auto r, navigation_score(episodes));
  return Json{{"success_rate", or_null(r.success_rate)},
              {"spl", or_null(r.spl)},
              {"soft_spl", or_null(r.soft_spl)},
              {"spl_per_episode", r.spl_per_episode},
              {"soft_spl_per_episode", r.soft_spl_per_episode}};
}

Result<Json> transport(const Json& input) {
  ASSAY_TRY(const auto r,
            cost_of_transport(numbers(input, "time_s"), numbers(input, "power_w"), points(input.at("position_m")),
                              number(input, "mass_kg"), number(input, "gravity_m_s2")));
  return Json{{"energy_j", or_null(r.energy_j)},          {"energy_positive_j", or_null(r.energy_positive_j)},
              {"distance_m", or_null(r.distance_m)},      {"cot_net", or_null(r.cost_net)},
              {"cot_positive", or_null(r.cost_positive)}, {"mean_power_w", or_null(r.mean_power_w)}};
}

Result<Json> completed(const Json& input) {
  ASSAY_TRY(const auto n,
            rows_of(input, {"success", "completion_time_s", "satisfied_count", "total_count", "intervention_count"}));
  std::vector<CompletionTrial> trials;
  for (std::size_t i = 0; i < n; ++i)
    trials.push_back({input["success"].at(i), input["completion_time_s"].at(i), input["satisfied_count"].at(i),
                      input["total_count"].at(i), input["intervention_count"].at(i)});
  ASSAY_TRY(const auto r, completion(trials, number(input, "timeout_s")));
  return Json{{"trial_count", r.trial_count},
              {"success_count", r.success_count},
              {"success_rate", or_null(r.success_rate)},
              {"autonomous_success_rate", or_null(r.autonomous_success_rate)},
              {"goal_condition_mean", or_null(r.goal_condition_mean)},
              {"time_success_mean_s", or_null(r.time_success_mean_s)},
              {"time_success_median_s", or_null(r.time_success_median_s)},
              {"time_success_std_s", or_null(r.time_success_std_s)},
              {"time_success_min_s", or_null(r.time_success_min_s)},
              {"time_success_max_s", or_null(r.time_success_max_s)},
              {"time_censored_mean_s", or_null(r.time_censored_mean_s)},
              {"successes_per_hour", or_null(r.successes_per_hour)},
              {"mean_time_between_interventions_s", or_null(r.mean_time_between_interventions_s)}};
}

Result<Json> covered(const Json& input) {
  const auto blocked = input.at("blocked_cell_xy").get<std::vector<std::array<int, 2>>>();
  const auto waypoints = input.at("waypoint_m").get<std::vector<std::array<double, 2>>>();
  const CoverageGrid grid{input.at("origin_m").get<std::array<double, 2>>(), number(input, "cell_size_m"),
                          integer(input, "cells_x"), integer(input, "cells_y"), blocked};
  ASSAY_TRY(const auto r, coverage(grid, waypoints, number(input, "radius_m")));
  return Json{
      {"covered_cells", r.covered_cells}, {"free_cells", r.free_cells}, {"coverage_fraction", or_null(r.fraction)}};
}

Result<Json> simulated(const Json& input) {
  ASSAY_TRY(const auto r, sim_real(numbers(input, "sim_score"), numbers(input, "real_score")));
  return Json{{"pearson_r", or_null(r.pearson_r)}, {"mmrv", or_null(r.mmrv)}};
}

Result<Json> rated_speed(const Json& input) {
  ASSAY_TRY(const auto r, section_speed(number(input, "section_length_m"), numbers(input, "section_time_s")));
  return Json{{"speed_mean_m_s", or_null(r.mean_m_s)},
              {"speed_std_m_s", or_null(r.deviation_m_s)},
              {"speed_min_m_s", or_null(r.min_m_s)},
              {"speed_max_m_s", or_null(r.max_m_s)}};
}

Result<Json> stopping(const Json& input) {
  std::vector<StoppingTrial> trials;
  for (const auto& t : input.at("trials"))
    trials.push_back({maybe_number(t, "stopping_time_s"), maybe_number(t, "stopping_distance_m")});
  ASSAY_TRY(const auto r, stopping_characteristics(trials));
  return Json{{"time_mean_s", or_null(r.time_mean_s)},
              {"time_max_s", or_null(r.time_max_s)},
              {"distance_mean_m", or_null(r.distance_mean_m)},
              {"distance_max_m", or_null(r.distance_max_m)}};
}

Result<Json> ladder(const Json& input) {
  std::vector<LadderRung> rungs;
  for (const auto& rung : input.at("rungs"))
    rungs.push_back({number(rung, "value"), integer(rung, "trials"), integer(rung, "passed")});
  ASSAY_TRY(const auto limit,
            ladder_limit(rungs, integer(input, "required_trials"), input.at("smaller_is_harder").get<bool>()));
  return Json{{"limit", or_null(limit)}};
}

Result<Json> goal(const Json& input) {
  const auto planar = [](const Json& p) { return PlanarPose{p.at(0), p.at(1), p.at(2)}; };
  std::vector<PlanarPose> attained;
  for (const auto& p : input.at("attained_pose_xyh")) attained.push_back(planar(p));
  ASSAY_TRY(const auto r, goal_pose(planar(input.at("goal_pose_xyh")), attained));
  return Json{{"AP_p_m", or_null(r.accuracy_m)},
              {"AP_x_m", or_null(r.accuracy_x_m)},
              {"AP_y_m", or_null(r.accuracy_y_m)},
              {"RP_l_m", or_null(r.repeatability_m)},
              {"AP_heading_rad", or_null(r.accuracy_heading_rad)},
              {"RP_heading_rad", or_null(r.repeatability_heading_rad)}};
}

Result<Json> obstacle(const Json& input) {
  std::vector<ObstacleTrial> trials;
  for (const auto& t : input.at("trials"))
    trials.push_back({maybe_number(t, "detection_distance_m"), t.at("contact").get<bool>(),
                      t.at("goal_reached").get<bool>(), number(t, "clearance_m")});
  ASSAY_TRY(const auto r, obstacle_performance(trials));
  return Json{{"detection_rate", or_null(r.detection_rate)},
              {"detection_distance_mean_m", or_null(r.detection_distance_mean_m)},
              {"detection_distance_min_m", or_null(r.detection_distance_min_m)},
              {"avoidance_rate", or_null(r.avoidance_rate)},
              {"clearance_min_m", or_null(r.clearance_min_m)}};
}

}  // namespace

void register_task_kinds(ReferenceRegistry& registry) {
  registry.add({"navigation_spl", "navigation_score (metrics/measures/task_scores.h)", navigation});
  registry.add({"cost_of_transport", "cost_of_transport (metrics/measures/travel.h)", transport});
  registry.add({"completion", "completion (metrics/measures/task_scores.h)", completed});
  registry.add({"coverage", "coverage (metrics/measures/travel.h)", covered});
  registry.add({"simreal", "sim_real (metrics/measures/task_scores.h)", simulated});
  registry.add({"iso18646_speed", "section_speed (metrics/measures/iso18646.h)", rated_speed});
  registry.add({"iso18646_stopping", "stopping_characteristics (metrics/measures/iso18646.h)", stopping});
  registry.add({"iso18646_ladder", "ladder_limit (metrics/measures/iso18646.h)", ladder});
  registry.add({"iso18646_goal_pose", "goal_pose (metrics/measures/iso18646.h)", goal});
  registry.add({"iso18646_obstacle", "obstacle_performance (metrics/measures/iso18646.h)", obstacle});
}

}  // namespace assay::metrics
