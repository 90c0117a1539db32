// Errors of an estimated trajectory against a reference: absolute (APE) and relative pose error (RPE), translation
// part. Sturm et al., "A benchmark for the evaluation of RGB-D SLAM systems" (IROS 2012); alignment by Umeyama,
// "Least-squares estimation of transformation parameters between two point patterns" (PAMI 13(4), 1991). Pure.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <vector>

#include "core/result.h"
#include "metrics/measures/series.h"

namespace assay::metrics {

enum class TrajectoryAlignment { none, se3, sim3 };

/// Stamps [s] strictly ascending, positions [m] in one world frame, one per stamp.
struct PositionTrack {
  std::span<const double> time_s;
  std::span<const Vector3> position_m;
};
/// Quaternions x, y, z, w, body to world, of any length but zero (they are normalised), one per stamp.
struct PoseTrack {
  PositionTrack track;
  std::span<const std::array<double, 4>> quat_xyzw;
};

/// Who goes with whom: 0-based indices, in walking order.
struct TrajectoryPairs {
  std::vector<int> reference, estimate;
};
/// Walks over the series with fewer stamps (over the estimate if both have the same number): the partner of a stamp is
/// the nearest of the other series (the smallest index wins a tie) if their distance is ≤ max_diff_s, else the stamp is
/// dropped. A stamp of the longer series may serve more than once. Compared in integer nanoseconds. O(n).
/// Fails with ASSAY-1030, 1032 (max_diff_s < 0), 1035 (stamps not ascending), 1036 (beyond ±4e9 s).
Result<TrajectoryPairs> associate(std::span<const double> reference_time_s, std::span<const double> estimate_time_s,
                                  double max_diff_s);

/// x' = scale·R·x + t.
struct Similarity {
  double scale = 1;
  std::array<Vector3, 3> rotation{Vector3{1, 0, 0}, Vector3{0, 1, 0}, Vector3{0, 0, 1}};  ///< rows
  Vector3 translation_m{0, 0, 0};
};
/// Least squares over matched pairs, x estimate, y reference: H = (1/n)·Σ(y − ȳ)(x − x̄)ᵀ = U·diag(s0 ≥ s1 ≥ s2)·Vᵀ,
/// R = U·diag(1, 1, ±1 by the sign of det U·det V)·Vᵀ, scale 1 (se3) or trace(diag(s)·diag(1, 1, ±1))/(1/n·Σ|x − x̄|²)
/// (sim3), t = ȳ − scale·R·x̄; none: the identity. Empty where it is not determined: no pair, s0 ≤ 1e-20 m² (no
/// spread) or s1 ≤ 1e-9·s0 (fewer than 3 pairs, or points in line). Indices must be those of the two lists.
std::optional<Similarity> align(std::span<const Vector3> reference_m, std::span<const Vector3> estimate_m,
                                const TrajectoryPairs& pairs, TrajectoryAlignment alignment);

/// Of n errors e [m]: rmse = sqrt(Σe²/n), mean, median, std with divisor n, min, max, sse = Σe² [m²].
struct ErrorStatistics {
  double rmse_m = 0, mean_m = 0, median_m = 0, std_m = 0, min_m = 0, max_m = 0, sse_m2 = 0;
};

/// e_i = |scale·R·x_i + t − y_i| over the matched pairs. Without a pair or an alignment: `error` and `similarity`
/// empty.
struct AbsolutePoseError {
  TrajectoryPairs pairs;
  std::optional<Similarity> similarity;
  std::optional<ErrorStatistics> error;
};
/// Fails as associate() does, with ASSAY-1030 (not finite), 1034 (lengths) or 1036 (result out of range).
Result<AbsolutePoseError> absolute_pose_error(const PositionTrack& reference, const PositionTrack& estimate,
                                              double max_diff_s, TrajectoryAlignment alignment);

/// Over pairs (i, j = i + k) of the n matched poses, either every i or 0, k, 2k, …: e = |b − a|, a = Rr_iᵀ(y_j − y_i),
/// b = scale·Re_iᵀ(x_j − x_i): a rigid alignment cancels, a scale does not. Without a pair, or an alignment that is
/// asked for: 0 pairs, `error` empty.
struct RelativePoseError {
  int matched_pairs = 0, relative_pairs = 0;
  std::optional<ErrorStatistics> error;
};
/// Fails as absolute_pose_error() does; ASSAY-1032: delta_frames < 1, or a quaternion of length 0.
Result<RelativePoseError> relative_pose_error(const PoseTrack& reference, const PoseTrack& estimate, double max_diff_s,
                                              TrajectoryAlignment alignment, int delta_frames, bool all_pairs);

}  // namespace assay::metrics
