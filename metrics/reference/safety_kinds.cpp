// Reference kinds of metrics/measures/{contact,body_regions,separation,stopping,stability}.h.
#include "metrics/input.h"
#include "metrics/measures/body_regions.h"
#include "metrics/measures/contact.h"
#include "metrics/measures/separation.h"
#include "metrics/measures/stability.h"
#include "metrics/measures/stopping.h"
#include "metrics/reference/kinds.h"
#include "metrics/reference/read.h"

namespace assay::metrics {

namespace {

Json list_or_null(const std::vector<std::optional<double>>& values) {
  Json out = Json::array();
  for (const auto& value : values) out.push_back(or_null(value));
  return out;
}

std::vector<Point2> plane_points(const Json& list) { return list.get<std::vector<Point2>>(); }

Result<Json> contact(const Json& input) {
  const ContactSettings settings{number(input, "threshold_n"), number(input, "transient_window_s"),
                                 number(input, "merge_gap_s")};
  ASSAY_TRY(const auto forces, contact_forces(numbers(input, "time_s"), numbers(input, "force_n"), settings));
  Json out{{"event_count", forces.events.size()},
           {"event_start_s", Json::array()},
           {"event_duration_s", Json::array()},
           {"event_peak_transient_n", Json::array()},
           {"event_quasi_static_n", Json::array()},
           {"event_impulse_ns", Json::array()},
           {"peak_transient_n", or_null(forces.peak_transient_n)},
           {"quasi_static_n", or_null(forces.quasi_static_n)},
           {"impulse_total_ns", forces.impulse_n_s}};
  for (const auto& event : forces.events) {
    out["event_start_s"].push_back(event.start_s);
    out["event_duration_s"].push_back(event.duration_s);
    out["event_peak_transient_n"].push_back(event.peak_transient_n);
    out["event_quasi_static_n"].push_back(or_null(event.quasi_static_n));
    out["event_impulse_ns"].push_back(event.impulse_n_s);
  }
  return out;
}

Result<Json> speed_of_contact(const Json& input) {
  ContactSpeedInput in;
  in.force_limit_n = maybe_number(input, "force_limit_n");
  in.pressure_limit_n_cm2 = maybe_number(input, "pressure_limit_n_cm2");
  in.contact_area_cm2 = number(input, "contact_area_cm2");
  in.stiffness_n_mm = number(input, "stiffness_n_mm");
  in.body_mass_kg = number(input, "body_mass_kg");
  in.robot_moving_mass_kg = number(input, "robot_moving_mass_kg");
  in.payload_kg = number(input, "payload_kg");
  in.force_multiplier = number(input, "force_multiplier");
  in.pressure_multiplier = number(input, "pressure_multiplier");
  in.transient_permitted = input.at("transient_permitted").get<bool>();
  ASSAY_TRY(const auto speed, contact_speed(in));
  return Json{{"robot_effective_mass_kg", speed.robot_effective_mass_kg},
              {"reduced_mass_kg", or_null(speed.reduced_mass_kg)},
              {"v_F_m_s", or_null(speed.force_speed_m_s)},
              {"v_P_m_s", or_null(speed.pressure_speed_m_s)},
              {"v_permissible_m_s", or_null(speed.permissible_m_s)},
              {"transfer_energy_F_j", or_null(speed.transfer_energy_j)}};
}

SeparationSettings separation_settings(const Json& input) {
  return {number(input, "reaction_time_s"), number(input, "stopping_time_s"), number(input, "intrusion_m"),
          number(input, "sensor_uncertainty_m"), number(input, "robot_uncertainty_m")};
}

Json to_json(const std::optional<ProtectiveDistance>& distance) {
  if (!distance) return Json{{"S_h_m", nullptr}, {"S_r_m", nullptr}, {"S_s_m", nullptr}, {"S_p_m", nullptr}};
  return Json{{"S_h_m", distance->human_m},
              {"S_r_m", distance->reaction_m},
              {"S_s_m", distance->stopping_m},
              {"S_p_m", distance->total_m}};
}

Result<Json> separation_constant(const Json& input) {
  ASSAY_TRY(const auto distance,
            protective_distance(number(input, "human_speed_m_s"), number(input, "robot_speed_m_s"),
                                separation_settings(input), maybe_number(input, "stopping_distance_m")));
  return to_json(distance);
}

Result<Json> separation_profile(const Json& input) {
  const auto time = numbers(input, "time_s"), human = numbers(input, "human_speed_m_s"),
             robot = numbers(input, "robot_speed_m_s"), stop = numbers(input, "robot_stop_speed_m_s");
  ASSAY_TRY(const auto distance, protective_distance(SpeedProfile{time, human, robot, stop},
                                                     number(input, "start_time_s"), separation_settings(input)));
  return to_json(distance);
}

Result<Json> separation_series(const Json& input) {
  ASSAY_TRY(const auto margins, separation_margins(numbers(input, "time_s"), numbers(input, "distance_m"),
                                                   numbers(input, "human_speed_m_s"), numbers(input, "robot_speed_m_s"),
                                                   separation_settings(input)));
  return Json{{"margin_m", margins.margin_m},
              {"violation_count", margins.violation_count},
              {"min_margin_m", or_null(margins.min_margin_m)},
              {"min_margin_time_s", or_null(margins.min_margin_time_s)},
              {"first_violation_time_s", or_null(margins.first_violation_time_s)},
              {"violation_duration_s", or_null(margins.violation_duration_s)}};
}

Result<Json> iso13855(const Json& input) {
  const auto mode = text(input, "mode");
  Result<SafeguardDistance> distance =
      bad_input(1038, {"the modes are fixed and light_curtain", "模式只有 fixed 与 light_curtain"}, mode);
  if (mode == "fixed")
    distance = safeguard_distance(number(input, "approach_speed_mm_s"), number(input, "overall_time_s"),
                                  number(input, "supplement_mm"), number(input, "uncertainty_mm"));
  else if (mode == "light_curtain")
    distance = light_curtain_distance(number(input, "overall_time_s"), number(input, "detection_capability_mm"));
  if (!distance) return distance.error();
  return Json{{"S_mm", distance->distance_mm}, {"K_used_mm_s", distance->approach_speed_mm_s}};
}

Result<Json> stop(const Json& input) {
  const StopSettings settings{number(input, "decel_threshold_m_s2"), number(input, "sustain_s"),
                              number(input, "speed_eps_m_s"), number(input, "hold_s")};
  ASSAY_TRY(const auto measure, stop_measure(numbers(input, "time_s"), numbers(input, "speed_m_s"),
                                             number(input, "request_time_s"), settings));
  return Json{{"speed_at_request_m_s", or_null(measure.speed_at_request_m_s)},
              {"reaction_time_s", or_null(measure.reaction_time_s)},
              {"stopping_time_s", or_null(measure.stopping_time_s)},
              {"stopping_distance_m", or_null(measure.stopping_distance_m)}};
}

Result<Json> stability_fall(const Json& input) {
  ASSAY_TRY(const auto measure,
            fall_measure(numbers(input, "time_s"), numbers(input, "height_m"), numbers(input, "tilt_rad"),
                         {number(input, "height_min_m"), number(input, "tilt_max_rad"), number(input, "hold_s")}));
  return Json{{"fell", or_null(measure.fell)},
              {"time_to_fall_s", or_null(measure.time_to_fall_s)},
              {"survival_time_s", or_null(measure.survival_time_s)}};
}

Result<Json> stability_recovery(const Json& input) {
  ASSAY_TRY(const auto measure,
            recovery_measure(numbers(input, "time_s"), numbers(input, "tilt_rad"),
                             {number(input, "push_time_s"), number(input, "band_rad"), number(input, "hold_s")}));
  return Json{{"recovered", or_null(measure.recovered)},
              {"recovery_time_s", or_null(measure.recovery_time_s)},
              {"peak_deviation_rad", or_null(measure.peak_deviation_rad)}};
}

Result<Json> support_polygon(const Json& input) {
  ASSAY_TRY(const auto margins,
            support_margins(plane_points(input.at("support_point_m")), plane_points(input.at("point_m"))));
  return Json{{"margin_m", list_or_null(margins.margin_m)},
              {"min_margin_m", or_null(margins.min_margin_m)},
              {"support_area_m2", or_null(margins.support_area_m2)}};
}

Result<Json> zmp_margin(const Json& input) {
  const auto force = points(input.at("force_n")), torque = points(input.at("torque_nm"));
  ASSAY_TRY(const auto margins,
            zmp_margins({force, torque, number(input, "sensor_height_m"), number(input, "min_normal_force_n")},
                        plane_points(input.at("support_point_m"))));
  Json zmp = Json::array();
  for (const auto& point : margins.zmp_m) zmp.push_back(or_null(point));
  return Json{
      {"zmp_m", zmp}, {"margin_m", list_or_null(margins.margin_m)}, {"min_margin_m", or_null(margins.min_margin_m)}};
}

}  // namespace

void register_safety_kinds(ReferenceRegistry& registry) {
  registry.add({"contact", "contact_forces (metrics/measures/contact.h)", contact});
  registry.add({"contact_speed", "contact_speed (metrics/measures/body_regions.h)", speed_of_contact});
  registry.add({"separation_constant", "protective_distance (metrics/measures/separation.h)", separation_constant});
  registry.add(
      {"separation_profile", "protective_distance of a profile (metrics/measures/separation.h)", separation_profile});
  registry.add({"separation_series", "separation_margins (metrics/measures/separation.h)", separation_series});
  registry.add({"iso13855", "safeguard_distance, light_curtain_distance (metrics/measures/separation.h)", iso13855});
  registry.add({"stop", "stop_measure (metrics/measures/stopping.h)", stop});
  registry.add({"stability_fall", "fall_measure (metrics/measures/stability.h)", stability_fall});
  registry.add({"stability_recovery", "recovery_measure (metrics/measures/stability.h)", stability_recovery});
  registry.add({"support_polygon", "support_margins (metrics/measures/stability.h)", support_polygon});
  registry.add({"zmp_margin", "zmp_margins (metrics/measures/stability.h)", zmp_margin});
}

}  // namespace assay::metrics
