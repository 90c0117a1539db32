#include "metrics/measures/body_regions.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "metrics/input.h"

namespace assay::metrics {

namespace {

using Region = BodyRegion;

const std::array<BodyRegionLimits, 12>& regions() {
  static const std::array<BodyRegionLimits, 12> kRegions{{
      {Region::skull_forehead, "skull_forehead", {"Skull and forehead", "颅骨和前额"}, 130, 150, 4.4, false, 1, true},
      {Region::face, "face", {"Face", "面部"}, 65, 75, 4.4, false, 1, true},
      {Region::neck, "neck", {"Neck", "颈部"}, 150, 50, 1.2, true, 2, true},
      {Region::back_shoulders, "back_shoulders", {"Back and shoulders", "背部和肩部"}, 210, 35, 40, true, 2, true},
      {Region::chest, "chest", {"Chest", "胸部"}, 140, 25, 40, true, 2, true},
      {Region::abdomen, "abdomen", {"Abdomen", "腹部"}, 110, 10, 40, true, 2, true},
      {Region::pelvis, "pelvis", {"Pelvis", "骨盆"}, 180, 25, 40, true, 2, true},
      {Region::upper_arm_elbow,
       "upper_arm_elbow",
       {"Upper arms and elbow joints", "上臂和肘关节"},
       150,
       30,
       3,
       true,
       2,
       true},
      {Region::forearm_wrist,
       "forearm_wrist",
       {"Lower arms and wrist joints", "前臂和腕关节"},
       160,
       40,
       2,
       true,
       2,
       true},
      {Region::hand_fingers, "hand_fingers", {"Hands and fingers", "手和手指"}, 140, 75, 0.6, true, 2, true},
      {Region::thigh_knee, "thigh_knee", {"Thighs and knees", "大腿和膝部"}, 220, 50, 75, true, 2, false},
      {Region::lower_leg, "lower_leg", {"Lower legs", "小腿"}, 130, 60, 75, true, 2, false},
  }};
  return kRegions;
}

const std::array<BodyPoint, 29>& points_of_the_body() {
  static const std::array<BodyPoint, 29> kPoints{{
      {1, Region::skull_forehead, {"Middle of the forehead", "前额中部"}, 130},
      {2, Region::skull_forehead, {"Temple", "太阳穴"}, 110},
      {3, Region::face, {"Masticatory muscle", "咀嚼肌"}, 110},
      {4, Region::neck, {"Neck muscle", "颈肌"}, 140},
      {5, Region::neck, {"Seventh neck vertebra", "第七颈椎"}, 210},
      {6, Region::back_shoulders, {"Shoulder joint", "肩关节"}, 160},
      {7, Region::back_shoulders, {"Fifth lumbar vertebra", "第五腰椎"}, 210},
      {8, Region::chest, {"Sternum", "胸骨"}, 120},
      {9, Region::chest, {"Pectoral muscle", "胸肌"}, 170},
      {10, Region::abdomen, {"Abdominal muscle", "腹肌"}, 140},
      {11, Region::pelvis, {"Pelvic bone", "髋骨"}, 210},
      {12, Region::upper_arm_elbow, {"Deltoid muscle", "三角肌"}, 190},
      {13, Region::upper_arm_elbow, {"Humerus", "肱骨"}, 220},
      {14, Region::forearm_wrist, {"Radial bone", "桡骨"}, 190},
      {15, Region::forearm_wrist, {"Forearm muscle", "前臂肌"}, 180},
      {16, Region::forearm_wrist, {"Arm nerve", "臂神经"}, 180},
      {17, Region::hand_fingers, {"Forefinger pad, dominant hand", "食指指腹（利手）"}, 300},
      {18, Region::hand_fingers, {"Forefinger pad, other hand", "食指指腹（非利手）"}, 270},
      {19, Region::hand_fingers, {"Forefinger end joint, dominant hand", "食指末节关节（利手）"}, 280},
      {20, Region::hand_fingers, {"Forefinger end joint, other hand", "食指末节关节（非利手）"}, 220},
      {21, Region::hand_fingers, {"Thenar eminence", "大鱼际"}, 200},
      {22, Region::hand_fingers, {"Palm, dominant hand", "手掌（利手）"}, 260},
      {23, Region::hand_fingers, {"Palm, other hand", "手掌（非利手）"}, 260},
      {24, Region::hand_fingers, {"Back of the hand, dominant hand", "手背（利手）"}, 200},
      {25, Region::hand_fingers, {"Back of the hand, other hand", "手背（非利手）"}, 190},
      {26, Region::thigh_knee, {"Thigh muscle", "大腿肌"}, 250},
      {27, Region::thigh_knee, {"Kneecap", "髌骨"}, 220},
      {28, Region::lower_leg, {"Middle of the shin", "胫骨中部"}, 220},
      {29, Region::lower_leg, {"Calf muscle", "小腿肌"}, 210},
  }};
  return kPoints;
}

ContactSpeedInput input_for(const BodyRegionLimits& region, double pressure_n_cm2, double area_cm2, double moving_kg,
                            double payload_kg) {
  ContactSpeedInput input;
  input.force_limit_n = region.force_n;
  input.pressure_limit_n_cm2 = pressure_n_cm2;
  input.contact_area_cm2 = area_cm2;
  input.stiffness_n_mm = region.stiffness_n_mm;
  input.body_mass_kg = region.body_mass_kg;
  input.robot_moving_mass_kg = moving_kg;
  input.payload_kg = payload_kg;
  input.force_multiplier = input.pressure_multiplier = region.transient_factor;
  input.transient_permitted = region.transient_permitted;
  return input;
}

Result<void> check_contact_speed(const ContactSpeedInput& input) {
  for (const auto& limit : {input.force_limit_n, input.pressure_limit_n_cm2})
    if (limit) ASSAY_RETURN_IF_ERROR(check_at_least("limit", *limit, 0));
  ASSAY_RETURN_IF_ERROR(check_positive("contact_area_cm2", input.contact_area_cm2));
  ASSAY_RETURN_IF_ERROR(check_positive("stiffness_n_mm", input.stiffness_n_mm));
  ASSAY_RETURN_IF_ERROR(check_positive("body_mass_kg", input.body_mass_kg));
  ASSAY_RETURN_IF_ERROR(check_at_least("robot_moving_mass_kg", input.robot_moving_mass_kg, 0));
  ASSAY_RETURN_IF_ERROR(check_at_least("payload_kg", input.payload_kg, 0));
  ASSAY_RETURN_IF_ERROR(check_at_least("force_multiplier", input.force_multiplier, 0));
  return check_at_least("pressure_multiplier", input.pressure_multiplier, 0);
}

}  // namespace

std::span<const BodyRegionLimits> body_regions() { return regions(); }
std::span<const BodyPoint> body_points() { return points_of_the_body(); }

const BodyRegionLimits& body_region(BodyRegion region) { return regions().at(static_cast<std::size_t>(region)); }

const BodyPoint* body_point(int number) {
  if (number < 1 || number > static_cast<int>(points_of_the_body().size())) return nullptr;
  return &points_of_the_body().at(static_cast<std::size_t>(number) - 1);
}

Result<ContactSpeed> contact_speed(const ContactSpeedInput& input) {
  ASSAY_RETURN_IF_ERROR(check_contact_speed(input));
  ContactSpeed out;
  out.robot_effective_mass_kg = input.robot_moving_mass_kg / 2 + input.payload_kg;
  const double mass = out.robot_effective_mass_kg;
  if (mass > 0) out.reduced_mass_kg = input.body_mass_kg * mass / (input.body_mass_kg + mass);
  if (!input.transient_permitted) {
    out.permissible_m_s = 0;
    return out;
  }
  if (!out.reduced_mass_kg) return out;
  const double stiffness_n_m = input.stiffness_n_mm * 1000;
  const double impedance = std::sqrt(*out.reduced_mass_kg * stiffness_n_m);  // N per m/s
  if (input.force_limit_n) {
    const double force_n = *input.force_limit_n * input.force_multiplier;
    out.force_speed_m_s = force_n / impedance;
    out.transfer_energy_j = force_n * force_n / (2 * stiffness_n_m);
    out.permissible_m_s = out.force_speed_m_s;
  }
  if (input.pressure_limit_n_cm2) {
    const double force_n = *input.pressure_limit_n_cm2 * input.pressure_multiplier * input.contact_area_cm2;
    out.pressure_speed_m_s = force_n / impedance;
    out.permissible_m_s = std::min(out.permissible_m_s.value_or(*out.pressure_speed_m_s), *out.pressure_speed_m_s);
  }
  return out;
}

Result<ContactSpeed> permissible_speed_at(int point, double contact_area_cm2, double robot_moving_mass_kg,
                                          double payload_kg) {
  const BodyPoint* at = body_point(point);
  if (at == nullptr)
    return bad_input(1036, {"there are 29 points of the body, numbered from 1", "身体部位点共 29 个，编号从 1 开始"},
                     fmt::format("{}", point));
  return contact_speed(
      input_for(body_region(at->region), at->pressure_n_cm2, contact_area_cm2, robot_moving_mass_kg, payload_kg));
}

Result<ContactSpeed> permissible_speed_in(BodyRegion region, double contact_area_cm2, double robot_moving_mass_kg,
                                          double payload_kg) {
  double least = HUGE_VAL;
  for (const auto& point : points_of_the_body())
    if (point.region == region) least = std::min(least, point.pressure_n_cm2);
  return contact_speed(input_for(body_region(region), least, contact_area_cm2, robot_moving_mass_kg, payload_kg));
}

}  // namespace assay::metrics
