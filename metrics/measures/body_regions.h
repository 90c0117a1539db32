// What a person's body bears, region by region, and how fast a robot may meet it. Pure data and arithmetic.
//
// The figures are those of ISO/TS 15066:2016 Tables A.2 and A.3 (now ISO 10218-2:2025, Annex A) from knowledge of the
// standard: every one is marked [M] until a laboratory has read the clause; most pressures and all masses are without
// an independent source. They are offered as defaults; a scheme may state its own.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "core/result.h"
#include "core/text.h"

namespace assay::metrics {

enum class BodyRegion {
  skull_forehead,
  face,
  neck,
  back_shoulders,
  chest,
  abdomen,
  pelvis,
  upper_arm_elbow,
  forearm_wrist,
  hand_fingers,
  thigh_knee,
  lower_leg,
};

struct BodyRegionLimits {
  BodyRegion region{};
  std::string id;  ///< stable name, "upper_arm_elbow"
  Text title;
  double force_n = 0;               ///< quasi-static limit (Table A.2 [M])
  double stiffness_n_mm = 0;        ///< effective spring constant (Table A.3 [M])
  double body_mass_kg = 0;          ///< effective mass (Table A.3 [M])
  bool transient_permitted = true;  ///< false: skull and face, where no transient contact is permitted
  double transient_factor = 2;  ///< transient limit = factor × quasi-static ("at least 2" [M]); for force and pressure
  bool force_confirmed = false;  ///< force_n found alike in an independent public source
};

/// One of the 29 points of Table A.2 (75th percentile of pain onset) [M].
struct BodyPoint {
  int number = 0;  ///< 1…29
  BodyRegion region{};
  Text title;
  double pressure_n_cm2 = 0;  ///< quasi-static limit
};

/// All twelve regions, all 29 points; the clause that both stand on.
std::span<const BodyRegionLimits> body_regions();
std::span<const BodyPoint> body_points();
inline constexpr const char* kBodyRegionClause =
    "ISO/TS 15066:2016, Annex A, Tables A.2, A.3 (ISO 10218-2:2025, Annex A) [M]";

const BodyRegionLimits& body_region(BodyRegion region);
/// nullptr if there is no such point.
const BodyPoint* body_point(int number);

/// Two-mass spring model of a free (transient) contact.
struct ContactSpeedInput {
  std::optional<double> force_limit_n, pressure_limit_n_cm2;  ///< quasi-static; ≥ 0; none: does not bound
  double contact_area_cm2 = 1;                                ///< > 0
  double stiffness_n_mm = 0, body_mass_kg = 0;                ///< > 0
  double robot_moving_mass_kg = 0, payload_kg = 0;            ///< ≥ 0
  double force_multiplier = 2, pressure_multiplier = 2;       ///< ≥ 0
  bool transient_permitted = true;
};
struct ContactSpeed {
  double robot_effective_mass_kg = 0;                         ///< m_R = M/2 + m_L
  std::optional<double> reduced_mass_kg;                      ///< µ = m_H·m_R/(m_H+m_R); undefined for m_R = 0
  std::optional<double> force_speed_m_s, pressure_speed_m_s;  ///< F_T/√(µk), p_T·A/√(µk)
  std::optional<double> permissible_m_s;    ///< the smaller; 0 where transient contact is not permitted
  std::optional<double> transfer_energy_j;  ///< F_T²/(2k)
};
/// Speed of approach at which the force (pressure) of a free contact just reaches its transient limit. Undefined parts
/// as noted; without any limit the permissible speed is undefined. Fails with ASSAY-1030, 1032.
/// Source: ISO/TS 15066:2016, A.3.4–A.3.6 [M].
Result<ContactSpeed> contact_speed(const ContactSpeedInput& input);

/// The same with the table's figures, at one point of the body, or anywhere in a region (its most sensitive point).
/// Fails as contact_speed does, and with ASSAY-1036 for a number outside 1…29.
Result<ContactSpeed> permissible_speed_at(int point, double contact_area_cm2, double robot_moving_mass_kg,
                                          double payload_kg);
Result<ContactSpeed> permissible_speed_in(BodyRegion region, double contact_area_cm2, double robot_moving_mass_kg,
                                          double payload_kg);

}  // namespace assay::metrics
