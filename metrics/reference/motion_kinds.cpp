// ISO 9283, trajectories, smoothness, step response: JSON to the functions of metrics/measures and back.
#include "metrics/input.h"
#include "metrics/measures/iso9283_path.h"
#include "metrics/measures/iso9283_pose.h"
#include "metrics/measures/smoothness.h"
#include "metrics/measures/step_response.h"
#include "metrics/measures/trajectory_error.h"
#include "metrics/measures/travel.h"
#include "metrics/reference/kinds.h"
#include "metrics/reference/read.h"

namespace assay::metrics {

namespace {

Vector3 vector(const Json& input, const char* member) { return input.at(member).get<Vector3>(); }

std::vector<std::vector<Vector3>> groups_of_points(const Json& list) {
  std::vector<std::vector<Vector3>> out;
  for (const auto& group : list) out.push_back(points(group));
  return out;
}

Json list_or_null(const std::vector<std::optional<double>>& values) {
  Json out = Json::array();
  for (const auto& value : values) out.push_back(or_null(value));
  return out;
}

/// Members <prefix><axis><suffix> for three axes.
void put_axes(Json& out, const std::string& prefix, const char* axes, const char* suffix,
              const OptionalVector3& values) {
  for (std::size_t k = 0; k < 3; ++k) out[prefix + axes[k] + suffix] = or_null(values[k]);
}

Result<Json> pose(const Json& input) {
  ASSAY_TRY(const auto r,
            pose_characteristics(vector(input, "commanded_position_m"), vector(input, "commanded_rpy_rad"),
                                 points(input.at("attained_position_m")), points(input.at("attained_rpy_rad"))));
  Json out = {{"AP_p_m", or_null(r.accuracy_m)},
              {"l_mean_m", or_null(r.l_mean_m)},
              {"S_l_m", or_null(r.s_l_m)},
              {"RP_l_m", or_null(r.repeatability_m)}};
  put_axes(out, "AP_", "xyz", "_m", r.accuracy_axis_m);
  put_axes(out, "AP_", "abc", "_rad", r.accuracy_rad);
  put_axes(out, "RP_", "abc", "_rad", r.repeatability_rad);
  return out;
}

Result<Json> multidirectional(const Json& input) {
  ASSAY_TRY(const auto r, multidirectional_variation(vector(input, "commanded_rpy_rad"),
                                                     groups_of_points(input.at("direction_position_m")),
                                                     groups_of_points(input.at("direction_rpy_rad"))));
  Json out = {{"vAP_p_m", or_null(r.variation_m)}};
  put_axes(out, "vAP_", "abc", "_rad", r.variation_rad);
  return out;
}

Result<Json> distance(const Json& input) {
  ASSAY_TRY(const auto r, distance_characteristics(
                              vector(input, "commanded_position_1_m"), vector(input, "commanded_position_2_m"),
                              points(input.at("attained_position_1_m")), points(input.at("attained_position_2_m"))));
  Json out = {{"D_c_m", r.commanded_m},
              {"D_mean_m", or_null(r.mean_m)},
              {"AD_p_m", or_null(r.accuracy_m)},
              {"RD_p_m", or_null(r.repeatability_m)}};
  put_axes(out, "AD_", "xyz", "_m", r.accuracy_axis_m);
  put_axes(out, "RD_", "xyz", "_m", r.repeatability_axis_m);
  return out;
}

Result<Json> drift(const Json& input) {
  ASSAY_TRY(const auto r, pose_drift(numbers(input, "block_time_s"), vector(input, "commanded_position_m"),
                                     groups_of_points(input.at("block_position_m"))));
  return Json{{"AP_p_m", list_or_null(r.accuracy_m)},        {"RP_l_m", list_or_null(r.repeatability_m)},
              {"dAP_p_m", list_or_null(r.accuracy_drift_m)}, {"dRP_l_m", list_or_null(r.repeatability_drift_m)},
              {"dAP_p_end_m", or_null(r.accuracy_end_m)},    {"dRP_l_end_m", or_null(r.repeatability_end_m)},
              {"dAP_p_max_m", or_null(r.accuracy_max_m)},    {"dRP_l_max_m", or_null(r.repeatability_max_m)}};
}

Result<Json> stabilisation(const Json& input) {
  std::vector<StabilisationCycle> cycles;
  for (const auto& cycle : input.at("cycles"))
    cycles.push_back({numbers(cycle, "time_s"), numbers(cycle, "distance_m")});
  ASSAY_TRY(const auto r, pose_stabilisation(number(input, "limit_band_m"), cycles));
  return Json{{"stabilisation_time_s", list_or_null(r.time_s)},
              {"overshoot_m", list_or_null(r.overshoot_m)},
              {"stabilisation_time_mean_s", or_null(r.time_mean_s)},
              {"overshoot_max_m", or_null(r.overshoot_max_m)}};
}

Result<Json> path(const Json& input) {
  ASSAY_TRY(const auto r,
            path_characteristics(points(input.at("commanded_path_m")), groups_of_points(input.at("attained_path_m")),
                                 points(input.at("commanded_path_rpy_rad")),
                                 groups_of_points(input.at("attained_path_rpy_rad"))));
  Json out = {{"AT_p_m", or_null(r.accuracy_m)}, {"RT_p_m", or_null(r.repeatability_m)}};
  put_axes(out, "AT_", "abc", "_rad", r.accuracy_rad);
  put_axes(out, "RT_", "abc", "_rad", r.repeatability_rad);
  return out;
}

Result<Json> corner(const Json& input) {
  ASSAY_TRY(const auto r, corner_deviations(vector(input, "start_m"), vector(input, "corner_m"), vector(input, "end_m"),
                                            groups_of_points(input.at("cycle_position_m"))));
  return Json{{"CR_per_cycle_m", list_or_null(r.rounding_m)},
              {"CO_per_cycle_m", list_or_null(r.overshoot_m)},
              {"CR_m", or_null(r.rounding_mean_m)},
              {"CO_m", or_null(r.overshoot_mean_m)}};
}

Result<Json> path_velocity(const Json& input) {
  const auto cycles = input.at("cycle_speed_m_s").get<std::vector<std::vector<double>>>();
  ASSAY_TRY(const auto r, path_velocity_characteristics(number(input, "commanded_speed_m_s"), cycles));
  return Json{{"v_mean_m_s", or_null(r.mean_m_s)},
              {"AV_percent", or_null(r.accuracy_percent)},
              {"RV_percent", or_null(r.repeatability_percent)},
              {"FV_m_s", or_null(r.fluctuation_m_s)}};
}

Result<Json> length(const Json& input) {
  ASSAY_TRY(const auto r, path_length(numbers(input, "time_s"), points(input.at("position_m"))));
  return Json{{"path_length_m", or_null(r.length_m)},
              {"displacement_m", or_null(r.displacement_m)},
              {"straightness", or_null(r.straightness)},
              {"mean_speed_m_s", or_null(r.mean_speed_m_s)}};
}

Result<TrajectoryAlignment> alignment_of(const Json& input) {
  const auto name = text(input, "alignment");
  if (name == "none") return TrajectoryAlignment::none;
  if (name == "se3") return TrajectoryAlignment::se3;
  if (name == "sim3") return TrajectoryAlignment::sim3;
  auto error = bad_input(1038, {"unknown alignment", "未知的对齐方式"}, name);
  error.expected = {"none, se3 or sim3", "none、se3 或 sim3"};
  return error;
}

/// Owns what the library's tracks view.
struct Track {
  std::vector<double> time_s;
  std::vector<Vector3> position_m;
  std::vector<std::array<double, 4>> quat_xyzw;

  Track(const Json& input, const std::string& series)
      : time_s(numbers(input, (series + "_time_s").c_str())), position_m(points(input.at(series + "_position_m"))) {
    const auto quaternions = input.find(series + "_quat_xyzw");
    if (quaternions != input.end()) quat_xyzw = quaternions->get<std::vector<std::array<double, 4>>>();
  }
  [[nodiscard]] PositionTrack positions() const { return {time_s, position_m}; }
  [[nodiscard]] PoseTrack poses() const { return {positions(), quat_xyzw}; }
};

void put_error(Json& out, const std::optional<ErrorStatistics>& error) {
  const auto put = [&](const char* member, double ErrorStatistics::*value) {
    out[member] = error ? Json((*error).*value) : Json(nullptr);
  };
  put("rmse_m", &ErrorStatistics::rmse_m);
  put("mean_m", &ErrorStatistics::mean_m);
  put("median_m", &ErrorStatistics::median_m);
  put("std_m", &ErrorStatistics::std_m);
  put("min_m", &ErrorStatistics::min_m);
  put("max_m", &ErrorStatistics::max_m);
  put("sse_m2", &ErrorStatistics::sse_m2);
}

Result<Json> ape(const Json& input) {
  ASSAY_TRY(const auto alignment, alignment_of(input));
  const Track reference(input, "reference"), estimate(input, "estimate");
  ASSAY_TRY(const auto r,
            absolute_pose_error(reference.positions(), estimate.positions(), number(input, "max_diff_s"), alignment));
  Json out = {{"matched_pairs", r.pairs.reference.size()},
              {"reference_index", r.pairs.reference},
              {"estimate_index", r.pairs.estimate},
              {"scale", nullptr},
              {"rotation", nullptr},
              {"translation_m", nullptr}};
  if (r.similarity) {
    out["scale"] = r.similarity->scale;
    out["rotation"] = r.similarity->rotation;
    out["translation_m"] = r.similarity->translation_m;
  }
  put_error(out, r.error);
  return out;
}

Result<Json> rpe(const Json& input) {
  ASSAY_TRY(const auto alignment, alignment_of(input));
  const Track reference(input, "reference"), estimate(input, "estimate");
  ASSAY_TRY(const auto r,
            relative_pose_error(reference.poses(), estimate.poses(), number(input, "max_diff_s"), alignment,
                                integer(input, "delta_frames"), input.at("all_pairs").get<bool>()));
  Json out = {{"matched_pairs", r.matched_pairs}, {"relative_pairs", r.relative_pairs}};
  put_error(out, r.error);
  return out;
}

Result<Json> smooth(const Json& input) {
  SmoothnessOptions options;
  options.pad_level = integer(input, "pad_level");
  options.cutoff_hz = number(input, "cutoff_hz");
  options.amplitude_threshold = number(input, "amplitude_threshold");
  ASSAY_TRY(const auto r, smoothness(numbers(input, "speed_m_s"), number(input, "sample_rate_hz"), options));
  return Json{{"sparc", or_null(r.sparc)},
              {"dimensionless_jerk", or_null(r.dimensionless_jerk)},
              {"log_dimensionless_jerk", or_null(r.log_dimensionless_jerk)}};
}

Result<Json> settle(const Json& input) {
  ASSAY_TRY(const auto r, settle_time(numbers(input, "time_s"), numbers(input, "value_m"), number(input, "target_m"),
                                      number(input, "band_m"), number(input, "step_time_s"), number(input, "hold_s")));
  return Json{{"settled", or_null(r.settled)}, {"settle_time_s", or_null(r.settle_time_s)}};
}

Result<Json> shoot(const Json& input) {
  ASSAY_TRY(const auto r, overshoot(numbers(input, "time_s"), numbers(input, "value_m"), number(input, "initial_m"),
                                    number(input, "target_m"), number(input, "step_time_s")));
  return Json{{"overshoot_percent", or_null(r.overshoot_percent)},
              {"overshoot_m", or_null(r.overshoot_m)},
              {"peak_time_s", or_null(r.peak_time_s)}};
}

}  // namespace

void register_motion_kinds(ReferenceRegistry& registry) {
  registry.add({"iso9283_pose", "pose_characteristics (metrics/measures/iso9283_pose.h)", pose});
  registry.add(
      {"iso9283_multidirectional", "multidirectional_variation (metrics/measures/iso9283_pose.h)", multidirectional});
  registry.add({"iso9283_distance", "distance_characteristics (metrics/measures/iso9283_pose.h)", distance});
  registry.add({"iso9283_drift", "pose_drift (metrics/measures/iso9283_pose.h)", drift});
  registry.add(
      {"iso9283_stabilisation_overshoot", "pose_stabilisation (metrics/measures/iso9283_pose.h)", stabilisation});
  registry.add({"iso9283_path", "path_characteristics (metrics/measures/iso9283_path.h)", path});
  registry.add({"iso9283_corner", "corner_deviations (metrics/measures/iso9283_path.h)", corner});
  registry.add(
      {"iso9283_path_velocity", "path_velocity_characteristics (metrics/measures/iso9283_path.h)", path_velocity});
  registry.add({"path_length", "path_length (metrics/measures/travel.h)", length});
  registry.add({"ape", "absolute_pose_error (metrics/measures/trajectory_error.h)", ape});
  registry.add({"rpe", "relative_pose_error (metrics/measures/trajectory_error.h)", rpe});
  registry.add({"smoothness", "smoothness (metrics/measures/smoothness.h)", smooth});
  registry.add({"settle_time", "settle_time (metrics/measures/step_response.h)", settle});
  registry.add({"overshoot", "overshoot (metrics/measures/step_response.h)", shoot});
}

}  // namespace assay::metrics
