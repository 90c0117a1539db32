#include "metrics/measures/trajectory_error.h"

#include <Eigen/Core>
#include <Eigen/LU>
#include <Eigen/SVD>
#include <algorithm>
#include <cmath>

#include "metrics/input.h"
#include "metrics/measures/stamps.h"

namespace assay::metrics {

namespace {

using Stamps = std::vector<std::int64_t>;

/// Both lists ascend, so the nearest partner never lies before that of the stamp before.
void walk(const Stamps& walked, const Stamps& other, std::int64_t max_diff_ns, std::vector<int>& own,
          std::vector<int>& partner) {
  own.reserve(walked.size());
  partner.reserve(walked.size());
  if (other.empty()) return;
  std::size_t near = 0;
  for (std::size_t i = 0; i < walked.size(); ++i) {
    const auto t = walked[i];
    // Strictly nearer only: the smallest index wins a tie.
    while (near + 1 < other.size() && std::abs(other[near + 1] - t) < std::abs(other[near] - t)) ++near;
    if (std::abs(other[near] - t) > max_diff_ns) continue;
    own.push_back(static_cast<int>(i));
    partner.push_back(static_cast<int>(near));
  }
}

Result<void> check_track(std::string_view name, const PositionTrack& track) {
  ASSAY_RETURN_IF_ERROR(check_same_length("stamps", track.time_s.size(), name, track.position_m.size()));
  return series::check_finite(name, track.position_m);
}

struct Means {
  Eigen::Vector3d x, y;
};

/// Fixed-size Eigen vectors: their loops are unrolled at -O2, plain ones are not.
using View = Eigen::Map<const Eigen::Vector3d>;
View view(const Vector3& v) { return View(v.data()); }
std::size_t at(const std::vector<int>& list, std::size_t i) { return static_cast<std::size_t>(list[i]); }

/// Sums are taken from the first pair, so that a place far from the origin costs no digits.
Means means_of(std::span<const Vector3> reference_m, std::span<const Vector3> estimate_m, const TrajectoryPairs& p) {
  const auto n = p.reference.size();
  const Eigen::Vector3d x0 = view(estimate_m[at(p.estimate, 0)]), y0 = view(reference_m[at(p.reference, 0)]);
  Eigen::Vector3d sum_x = Eigen::Vector3d::Zero(), sum_y = Eigen::Vector3d::Zero();
  for (std::size_t i = 0; i < n; ++i) {
    sum_x += view(estimate_m[at(p.estimate, i)]) - x0;
    sum_y += view(reference_m[at(p.reference, i)]) - y0;
  }
  return {x0 + sum_x / static_cast<double>(n), y0 + sum_y / static_cast<double>(n)};
}

struct Spread {
  Eigen::Matrix3d covariance;  ///< (1/n)·Σ(y − ȳ)(x − x̄)ᵀ
  double variance_x = 0;       ///< (1/n)·Σ|x − x̄|²
};

Spread spread_of(std::span<const Vector3> reference_m, std::span<const Vector3> estimate_m, const TrajectoryPairs& p,
                 const Means& mean) {
  const auto n = p.reference.size();
  Eigen::Matrix3d h = Eigen::Matrix3d::Zero();
  double variance = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const Eigen::Vector3d x = view(estimate_m[at(p.estimate, i)]) - mean.x;
    const Eigen::Vector3d y = view(reference_m[at(p.reference, i)]) - mean.y;
    h.noalias() += y * x.transpose();
    variance += x.squaredNorm();
  }
  return {h / static_cast<double>(n), variance / static_cast<double>(n)};
}

/// Not empty.
ErrorStatistics statistics_of(const std::vector<double>& e) {
  ErrorStatistics out;
  double sum = 0;
  out.min_m = out.max_m = e[0];
  for (const double value : e) {
    sum += value;
    out.sse_m2 += value * value;
    out.min_m = std::min(out.min_m, value);
    out.max_m = std::max(out.max_m, value);
  }
  const double n = static_cast<double>(e.size());
  out.mean_m = sum / n;
  out.rmse_m = std::sqrt(out.sse_m2 / n);
  double square = 0;
  for (const double value : e) square += (value - out.mean_m) * (value - out.mean_m);
  out.std_m = std::sqrt(square / n);
  out.median_m = *series::median(e);
  return out;
}

std::vector<double> absolute_errors(std::span<const Vector3> reference_m, std::span<const Vector3> estimate_m,
                                    const TrajectoryPairs& p, const Similarity& s) {
  std::vector<double> e(p.reference.size());
  Eigen::Matrix3d m;
  for (int r = 0; r < 3; ++r) m.row(r) = s.scale * view(s.rotation[static_cast<std::size_t>(r)]);
  const Eigen::Vector3d t = view(s.translation_m);
  for (std::size_t i = 0; i < e.size(); ++i) {
    const auto x = view(estimate_m[at(p.estimate, i)]), y = view(reference_m[at(p.reference, i)]);
    e[i] = (m * x + t - y).norm();
  }
  return e;
}

/// Rᵀ·v for the body-to-world quaternion q: v turned by the conjugate, v + 2·u × (u × v + w·v), u = −(x, y, z).
Vector3 turned_back(const std::array<double, 4>& q, const Vector3& v) {
  const double length = std::sqrt(q[0] * q[0] + q[1] * q[1] + q[2] * q[2] + q[3] * q[3]);
  const double u[3] = {-q[0] / length, -q[1] / length, -q[2] / length}, w = q[3] / length;
  const double a[3] = {u[1] * v[2] - u[2] * v[1] + w * v[0], u[2] * v[0] - u[0] * v[2] + w * v[1],
                       u[0] * v[1] - u[1] * v[0] + w * v[2]};
  return {v[0] + 2 * (u[1] * a[2] - u[2] * a[1]), v[1] + 2 * (u[2] * a[0] - u[0] * a[2]),
          v[2] + 2 * (u[0] * a[1] - u[1] * a[0])};
}

Result<void> check_quaternions(std::string_view name, const PoseTrack& pose) {
  ASSAY_RETURN_IF_ERROR(check_same_length("stamps", pose.track.time_s.size(), name, pose.quat_xyzw.size()));
  for (const auto& q : pose.quat_xyzw) {
    ASSAY_RETURN_IF_ERROR(check_finite(name, std::span<const double>(q)));
    ASSAY_RETURN_IF_ERROR(check_positive(name, q[0] * q[0] + q[1] * q[1] + q[2] * q[2] + q[3] * q[3]));
  }
  return {};
}

std::vector<double> relative_errors(const PoseTrack& reference, const PoseTrack& estimate, const TrajectoryPairs& p,
                                    double scale, std::size_t delta, bool all_pairs) {
  std::vector<double> e;
  const auto n = p.reference.size();
  for (std::size_t i = 0; delta < n && i < n - delta; i += all_pairs ? 1 : delta) {
    const auto ri = at(p.reference, i), rj = at(p.reference, i + delta);
    const auto ei = at(p.estimate, i), ej = at(p.estimate, i + delta);
    const auto& y = reference.track.position_m;
    const auto& x = estimate.track.position_m;
    const auto a = turned_back(reference.quat_xyzw[ri], series::minus(y[rj], y[ri]));
    const auto b = turned_back(estimate.quat_xyzw[ei], series::minus(x[ej], x[ei]));
    e.push_back(series::norm({b[0] * scale - a[0], b[1] * scale - a[1], b[2] * scale - a[2]}));
  }
  return e;
}

}  // namespace

Result<TrajectoryPairs> associate(std::span<const double> reference_time_s, std::span<const double> estimate_time_s,
                                  double max_diff_s) {
  ASSAY_RETURN_IF_ERROR(check_finite("max_diff", max_diff_s));
  ASSAY_RETURN_IF_ERROR(check_at_least("max_diff", max_diff_s, 0));
  ASSAY_TRY(const auto reference, stamps_ns("reference stamps", reference_time_s));
  ASSAY_TRY(const auto estimate, stamps_ns("estimate stamps", estimate_time_s));
  const std::int64_t max_diff_ns = to_ns(max_diff_s);  // saturates beyond any two stamps' distance
  TrajectoryPairs out;
  if (reference.size() < estimate.size())
    walk(reference, estimate, max_diff_ns, out.reference, out.estimate);
  else
    walk(estimate, reference, max_diff_ns, out.estimate, out.reference);
  return out;
}

std::optional<Similarity> align(std::span<const Vector3> reference_m, std::span<const Vector3> estimate_m,
                                const TrajectoryPairs& pairs, TrajectoryAlignment alignment) {
  if (pairs.reference.empty()) return std::nullopt;
  Similarity out;
  if (alignment == TrajectoryAlignment::none) return out;
  const auto mean = means_of(reference_m, estimate_m, pairs);
  const auto spread = spread_of(reference_m, estimate_m, pairs, mean);
  if (!spread.covariance.allFinite()) return std::nullopt;
  const Eigen::JacobiSVD<Eigen::Matrix3d> svd(spread.covariance, Eigen::ComputeFullU | Eigen::ComputeFullV);
  const Eigen::Vector3d s = svd.singularValues();
  if (!(s[0] > 1e-20) || !(s[1] > 1e-9 * s[0])) return std::nullopt;
  Eigen::Vector3d sign(1, 1, 1);
  if (svd.matrixU().determinant() * svd.matrixV().determinant() < 0) sign[2] = -1;
  const Eigen::Matrix3d r = svd.matrixU() * sign.asDiagonal() * svd.matrixV().transpose();
  if (alignment == TrajectoryAlignment::sim3) out.scale = s.dot(sign) / spread.variance_x;
  const Eigen::Vector3d t = mean.y - out.scale * (r * mean.x);
  for (int i = 0; i < 3; ++i) {
    for (int k = 0; k < 3; ++k) out.rotation[static_cast<std::size_t>(i)][static_cast<std::size_t>(k)] = r(i, k);
    out.translation_m[static_cast<std::size_t>(i)] = t[i];
  }
  return out;
}

Result<AbsolutePoseError> absolute_pose_error(const PositionTrack& reference, const PositionTrack& estimate,
                                              double max_diff_s, TrajectoryAlignment alignment) {
  ASSAY_RETURN_IF_ERROR(check_track("reference positions", reference));
  ASSAY_RETURN_IF_ERROR(check_track("estimate positions", estimate));
  AbsolutePoseError out;
  ASSAY_TRY(out.pairs, associate(reference.time_s, estimate.time_s, max_diff_s));
  out.similarity = align(reference.position_m, estimate.position_m, out.pairs, alignment);
  if (!out.similarity) return out;
  const auto e = absolute_errors(reference.position_m, estimate.position_m, out.pairs, *out.similarity);
  out.error = statistics_of(e);
  ASSAY_RETURN_IF_ERROR(series::check_result("error", {out.error->sse_m2, out.error->std_m}));
  return out;
}

Result<RelativePoseError> relative_pose_error(const PoseTrack& reference, const PoseTrack& estimate, double max_diff_s,
                                              TrajectoryAlignment alignment, int delta_frames, bool all_pairs) {
  ASSAY_RETURN_IF_ERROR(check_at_least("delta_frames", delta_frames, 1));
  ASSAY_RETURN_IF_ERROR(check_track("reference positions", reference.track));
  ASSAY_RETURN_IF_ERROR(check_track("estimate positions", estimate.track));
  ASSAY_RETURN_IF_ERROR(check_quaternions("reference quaternions", reference));
  ASSAY_RETURN_IF_ERROR(check_quaternions("estimate quaternions", estimate));
  ASSAY_TRY(const auto pairs, associate(reference.track.time_s, estimate.track.time_s, max_diff_s));
  RelativePoseError out;
  out.matched_pairs = static_cast<int>(pairs.reference.size());
  const auto similarity = align(reference.track.position_m, estimate.track.position_m, pairs, alignment);
  if (!similarity) return out;
  auto e =
      relative_errors(reference, estimate, pairs, similarity->scale, static_cast<std::size_t>(delta_frames), all_pairs);
  if (e.empty()) return out;
  out.relative_pairs = static_cast<int>(e.size());
  out.error = statistics_of(e);
  ASSAY_RETURN_IF_ERROR(series::check_result("error", {out.error->sse_m2, out.error->std_m}));
  return out;
}

}  // namespace assay::metrics
