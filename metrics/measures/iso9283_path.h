// Path characteristics of manipulating robots: ISO 9283:1998 clause 8 (GB/T 12642-2013). Attained paths come already
// reduced to the m evaluation planes of the commanded path. Empty = undefined. Every function fails with ASSAY-1030
// (not finite), 1034 (lists that differ in length) or 1036 (result out of range). Pure.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "core/result.h"
#include "metrics/measures/iso9283_pose.h"
#include "metrics/measures/series.h"

namespace assay::metrics {

/// ISO 9283 8.2, 8.3, over points i and n cycles j, p̄_i the mean over cycles, w_ij = wrap(a_ij − a_ci):
/// AT_p = max_i |p̄_i − p_ci|; RT_p = max_i (l̄_i + 3·S_li), l_ij = |p_ij − p̄_i|; AT_a = max_i |w̄_i|; RT_a = max_i
/// 3·S(w_i). m = 0 or n = 0: all empty. n = 1: repeatabilities empty.
struct PathCharacteristics {
  std::optional<double> accuracy_m, repeatability_m;
  OptionalVector3 accuracy_rad, repeatability_rad;
};
/// Commanded: m points [m] and angles [rad]; attained: n cycles of m each.
Result<PathCharacteristics> path_characteristics(std::span<const Vector3> commanded_m,
                                                 std::span<const std::vector<Vector3>> attained_m,
                                                 std::span<const Vector3> commanded_rad,
                                                 std::span<const std::vector<Vector3>> attained_rad);

/// ISO 9283 8.5: per cycle CR = smallest distance of a sample from the corner e (samples, not segments); CO = largest
/// distance from the line of the second leg among the samples beyond the corner, 0 if none. Beyond: q·w > 0 with
/// q = p − e, w = u1 − (u1·u2)u2, u1 and u2 the unit vectors of the legs. CO is empty if a leg has no length or
/// |w| ≤ 1e-9 (legs in line); a cycle without samples has neither; a mean is empty if any cycle's value is.
struct CornerDeviations {
  std::vector<std::optional<double>> rounding_m, overshoot_m;  ///< CR_j, CO_j
  std::optional<double> rounding_mean_m, overshoot_mean_m;     ///< CR, CO
};
Result<CornerDeviations> corner_deviations(const Vector3& start_m, const Vector3& corner_m, const Vector3& end_m,
                                           std::span<const std::vector<Vector3>> cycle_m);

/// ISO 9283 8.6: v̄_j the mean of cycle j, v̄ the unweighted mean of these; AV = (v̄ − v_c)/v_c·100 %, RV =
/// 3·S(v̄_j)/v_c·100 % (half-width), FV = max_j (max_i v_ij − min_i v_ij). No cycle, or one without samples: all empty.
/// v_c = 0: no percentages. n = 1: no RV.
struct VelocityCharacteristics {
  std::optional<double> mean_m_s, accuracy_percent, repeatability_percent, fluctuation_m_s;
};
Result<VelocityCharacteristics> path_velocity_characteristics(double commanded_m_s,
                                                              std::span<const std::vector<double>> cycle_m_s);

}  // namespace assay::metrics
