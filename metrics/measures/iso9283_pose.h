// Pose characteristics of manipulating robots: ISO 9283:1998 clause 7 (GB/T 12642-2013). Bars are means over the n
// attained poses, c is commanded, S(x) = sqrt(Σ(x − x̄)²/(n − 1)). Angles are a, b, c = rotations about x, y, z as
// reported; each deviation from the command is wrapped to (−π, π] component by component. Empty = undefined. Every
// function fails with ASSAY-1030 (not finite), 1034 (lists that differ in length) or 1036 (result out of range). Pure.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "core/result.h"
#include "metrics/measures/series.h"

namespace assay::metrics {

using OptionalVector3 = std::array<std::optional<double>, 3>;

/// n = 0: all empty. n = 1: l_mean = 0, S_l and repeatabilities empty.
struct PoseCharacteristics {
  std::optional<double> accuracy_m;       ///< AP_p = |p̄ − p_c|
  OptionalVector3 accuracy_axis_m;        ///< AP_x = x̄ − x_c (signed)
  std::optional<double> l_mean_m, s_l_m;  ///< mean and S of l_j = |p_j − p̄|
  std::optional<double> repeatability_m;  ///< RP_l = l̄ + 3·S_l
  OptionalVector3 accuracy_rad;           ///< AP_a = mean of wrap(a_j − a_c) (signed)
  OptionalVector3 repeatability_rad;      ///< RP_a = 3·S of the wrapped deviations (half-width; printed with ±)
};
/// ISO 9283 7.2.1, 7.2.2. Positions [m] and angles [rad] are lists of the same n.
Result<PoseCharacteristics> pose_characteristics(const Vector3& commanded_m, const Vector3& commanded_rad,
                                                 std::span<const Vector3> attained_m,
                                                 std::span<const Vector3> attained_rad);

/// ISO 9283 7.2.3, multi-directional pose accuracy variation: vAP_p = max over pairs of directions h, k of
/// |p̄_h − p̄_k|; vAP_a = max |m_h − m_k|, m_h the mean of wrap(a_j − a_c). Directions may differ in n. Fewer than two
/// directions, or one without poses: empty.
struct DirectionVariation {
  std::optional<double> variation_m;
  OptionalVector3 variation_rad;
};
Result<DirectionVariation> multidirectional_variation(const Vector3& commanded_rad,
                                                      std::span<const std::vector<Vector3>> direction_m,
                                                      std::span<const std::vector<Vector3>> direction_rad);

/// ISO 9283 7.3: D_j = |p_1j − p_2j|, AD = D̄ − D_c (signed), RD = 3·S(D) (half-width); per axis with |x_1j − x_2j|.
/// n = 0: only the commanded distance. n = 1: repeatabilities empty.
struct DistanceCharacteristics {
  double commanded_m = 0;
  std::optional<double> mean_m, accuracy_m, repeatability_m;
  OptionalVector3 accuracy_axis_m, repeatability_axis_m;
};
Result<DistanceCharacteristics> distance_characteristics(const Vector3& commanded_1_m, const Vector3& commanded_2_m,
                                                         std::span<const Vector3> attained_1_m,
                                                         std::span<const Vector3> attained_2_m);

/// ISO 9283 7.6: AP_p and RP_l of each block of cycles and their change |AP[0] − AP[i]|, |RP[0] − RP[i]| from block 0
/// (t = 0). `end` is that of the last block, `max` the largest of those that exist. As the standard has it, the
/// difference is of two scalars: a mean pose that moves on a sphere round the command drifts by 0.
struct Drift {
  std::vector<std::optional<double>> accuracy_m, repeatability_m, accuracy_drift_m, repeatability_drift_m;
  std::optional<double> accuracy_end_m, repeatability_end_m, accuracy_max_m, repeatability_max_m;
};
/// Block stamps [s] are checked (ASSAY-1035 if not ascending) and do not enter the numbers.
Result<Drift> pose_drift(std::span<const double> block_time_s, const Vector3& commanded_m,
                         std::span<const std::vector<Vector3>> block_m);

/// One approach: distance from the attained pose over time.
struct StabilisationCycle {
  std::vector<double> time_s;
  std::vector<double> distance_m;
};
/// ISO 9283 7.4 and 7.5. Inside: distance ≤ limit band. An entry is a sample inside with none or an outside sample
/// before it; its instant is interpolated linearly. Stabilisation time: last entry − first entry; empty if the cycle
/// ends outside or never enters. Overshoot: largest outside distance after the first entry, 0 if none; empty without
/// an entry. Mean and maximum are empty if any cycle's value is, or there is no cycle: nothing is dropped silently.
struct Stabilisation {
  std::vector<std::optional<double>> time_s, overshoot_m;
  std::optional<double> time_mean_s, overshoot_max_m;
};
/// ASSAY-1032: negative band or distance; 1035: stamps not ascending.
Result<Stabilisation> pose_stabilisation(double limit_band_m, std::span<const StabilisationCycle> cycles);

}  // namespace assay::metrics
