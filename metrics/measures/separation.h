// Distance that a robot must keep from people: speed and separation monitoring, safeguards. Pure. [M]: given from
// knowledge of the standard, not re-read in its text.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "core/result.h"

namespace assay::metrics {

/// All ≥ 0.
struct SeparationSettings {
  double reaction_time_s = 0;       ///< T_r: from detection to the start of braking
  double stopping_time_s = 0;       ///< T_s: from there to standstill
  double intrusion_m = 0;           ///< C
  double sensor_uncertainty_m = 0;  ///< Z_d
  double robot_uncertainty_m = 0;   ///< Z_r
};

/// Human walking speed where none is measured [m/s] (ISO 13855, K).
inline constexpr double kWalkingSpeed_m_s = 1.6;

struct ProtectiveDistance {
  double human_m = 0;     ///< S_h
  double reaction_m = 0;  ///< S_r
  double stopping_m = 0;  ///< S_s
  double total_m = 0;     ///< S_p = S_h + S_r + S_s + C + Z_d + Z_r
};

/// S_h = v_h·(T_r + T_s), S_r = v_r·T_r, S_s = the stopping distance where given, else v_r·T_s/2. Speeds are directed
/// towards each other; a negative one (retreat) counts as 0. Fails with ASSAY-1030, 1032.
/// Source: ISO/TS 15066:2016, 5.5.4 (ISO 10218-2:2025) [M].
Result<ProtectiveDistance> protective_distance(double human_speed_m_s, double robot_speed_m_s,
                                               const SeparationSettings& settings,
                                               std::optional<double> stopping_distance_m = std::nullopt);

/// [n] each; directed speeds as above, clamped at 0 sample by sample, linear between samples. robot_stop_speed is the
/// course of the speed while the robot brakes.
struct SpeedProfile {
  std::span<const double> time_s, human_speed_m_s, robot_speed_m_s, robot_stop_speed_m_s;
};
/// S_h = ∫ v_h over [t0, t0+T_r+T_s], S_r = ∫ v_r over [t0, t0+T_r], S_s = ∫ v_s over [t0+T_r, t0+T_r+T_s], exact for
/// the piecewise linear course. Undefined where the record does not cover the interval (no extrapolation). Fails with
/// ASSAY-1030, 1032, 1034, 1035, 1036. Source: ISO/TS 15066:2016, 5.5.4 [M].
Result<std::optional<ProtectiveDistance>> protective_distance(const SpeedProfile& profile, double start_time_s,
                                                              const SeparationSettings& settings);

struct SeparationMargins {
  std::vector<double> margin_m;                  ///< d − S_p at each sample
  std::optional<double> min_margin_m;            ///< undefined without a sample, as the rest
  std::optional<double> min_margin_time_s;       ///< of its first sample
  int violation_count = 0;                       ///< maximal runs of samples with margin < 0 (0 is none)
  std::optional<double> first_violation_time_s;  ///< of a sample; undefined if there is none
  std::optional<double> violation_duration_s;    ///< length of the set where the interpolated margin is < 0
};
/// time_s [n] strictly ascending, distance_m [n] (≥ 0), directed speeds [n]; S_p by the constant-speed form with
/// S_s = v_r·T_s/2 at each sample. Fails with ASSAY-1030, 1032, 1034, 1035, 1036.
Result<SeparationMargins> separation_margins(std::span<const double> time_s, std::span<const double> distance_m,
                                             std::span<const double> human_speed_m_s,
                                             std::span<const double> robot_speed_m_s,
                                             const SeparationSettings& settings);

struct SafeguardDistance {
  double distance_mm = 0;          ///< S
  double approach_speed_mm_s = 0;  ///< K that it rests on
};
/// S = K·T + C + Z. ISO 13855:2010 5: C the intrusion distance, Z = 0; ISO 13855:2024: C = D_DS, Z the uncertainty. All
/// ≥ 0. Fails with ASSAY-1032.
Result<SafeguardDistance> safeguard_distance(double approach_speed_mm_s, double overall_time_s, double supplement_mm,
                                             double uncertainty_mm);
/// Light curtain, normal approach, detection capability d ≤ 40 mm: C = max(0, 8(d − 14)); S = 2000·T + C, at least 100;
/// if that exceeds 500, S = 1600·T + C, at least 500. Source: ISO 13855:2010, 6.2 [M].
/// Fails with ASSAY-1032, 1036 (d > 40 mm).
Result<SafeguardDistance> light_curtain_distance(double overall_time_s, double detection_capability_mm);

}  // namespace assay::metrics
