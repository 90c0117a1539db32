#include "metrics/measures/trajectory_error.h"

#include <Eigen/Core>
#include <Eigen/LU>
#include <Eigen/SVD>
#include <algorithm>
#include <cmath>
#include <cstring>

#include "metrics/input.h"
#include "metrics/measures/stamps.h"

namespace assay::metrics {

namespace {

/// Both lists ascend, so the nearest partner never lies before that of the stamp before. Stamps become nanoseconds as
/// the walk comes to them: lists of them would cost more than the walk.
void walk(std::span<const double> walked, std::span<const double> other, std::int64_t max_diff_ns,
          std::vector<int>& own, std::vector<int>& partner) {
  if (other.empty()) return;
  own.resize(walked.size());
  partner.resize(walked.size());
  int *mine = own.data(), *theirs = partner.data();
  const std::size_t last = other.size() - 1;
  std::size_t near = 0;
  std::int64_t here = whole_ns(other[0]), next = whole_ns(other[std::min<std::size_t>(1, last)]);
  for (std::size_t i = 0; i < walked.size(); ++i) {
    const std::int64_t t = whole_ns(walked[i]);
    // Strictly nearer only: the smallest index wins a tie. No |·|: the list ascends.
    while (near < last && next - t < t - here) {
      here = next;
      if (++near < last) next = whole_ns(other[near + 1]);
    }
    *mine = static_cast<int>(i);
    *theirs = static_cast<int>(near);
    const int kept = std::abs(here - t) <= max_diff_ns ? 1 : 0;
    mine += kept;
    theirs += kept;
  }
  const auto pairs = static_cast<std::size_t>(mine - own.data());
  own.resize(pairs);
  partner.resize(pairs);
}

Result<void> check_track(std::string_view name, const PositionTrack& track) {
  ASSAY_RETURN_IF_ERROR(check_same_length("stamps", track.time_s.size(), name, track.position_m.size()));
  return series::check_finite(name, track.position_m);
}

/// Fixed-size Eigen vectors: their loops are unrolled at -O2, plain ones are not.
using View = Eigen::Map<const Eigen::Vector3d>;
View view(const Vector3& v) { return View(v.data()); }
std::size_t at(const std::vector<int>& list, std::size_t i) { return static_cast<std::size_t>(list[i]); }

/// Two poses side by side, one a lane: the baseline registers hold two numbers.
using Pair = double __attribute__((vector_size(16)));
using TwoPoints = std::array<Pair, 3>;
TwoPoints two(const Vector3& a, const Vector3& b) { return {Pair{a[0], b[0]}, Pair{a[1], b[1]}, Pair{a[2], b[2]}}; }
double both(const Pair& lanes) { return lanes[0] + lanes[1]; }

struct Moments {
  Eigen::Vector3d mean_x, mean_y;
  Eigen::Matrix3d covariance;  ///< (1/n)·Σ(y − ȳ)(x − x̄)ᵀ
  double variance_x = 0;       ///< (1/n)·Σ|x − x̄|²
};

/// The mean of every 64th of the points: within sqrt(64) standard deviations of the mean of all.
Vector3 near_mean(std::span<const Vector3> points, const std::vector<int>& chosen) {
  const auto& first = points[at(chosen, 0)];  // sums are taken from there: a place far from the origin costs no digits
  Vector3 sum{0, 0, 0};
  double n = 0;
  for (std::size_t i = 0; i < chosen.size(); i += 64, ++n)
    for (std::size_t k = 0; k < 3; ++k) sum[k] += points[at(chosen, i)][k] - first[k];
  return {first[0] + sum[0] / n, first[1] + sum[1] / n, first[2] + sum[2] / n};
}

/// In one pass over the pairs, from points near the means, so that the subtraction at the end costs no more than two
/// digits (64 times the rounding).
Moments moments_of(std::span<const Vector3> reference_m, std::span<const Vector3> estimate_m,
                   const TrajectoryPairs& p) {
  const auto size = p.reference.size();
  const Vector3 near_x = near_mean(estimate_m, p.estimate), near_y = near_mean(reference_m, p.reference);
  const TwoPoints from_x = two(near_x, near_x), from_y = two(near_y, near_y);
  TwoPoints sum_x{}, sum_y{};
  std::array<TwoPoints, 3> product{};
  Pair square_x{};
  for (std::size_t i = 0; i < size; i += 2) {
    const bool alone = i + 1 == size;  // then the other lane adds nothing
    auto x = two(estimate_m[at(p.estimate, i)], alone ? near_x : estimate_m[at(p.estimate, i + 1)]);
    auto y = two(reference_m[at(p.reference, i)], alone ? near_y : reference_m[at(p.reference, i + 1)]);
    for (std::size_t k = 0; k < 3; ++k) {
      x[k] -= from_x[k];
      y[k] -= from_y[k];
      sum_x[k] += x[k];
      sum_y[k] += y[k];
    }
    for (std::size_t r = 0; r < 3; ++r)
      for (std::size_t c = 0; c < 3; ++c) product[r][c] += y[r] * x[c];
    square_x += x[0] * x[0] + x[1] * x[1] + x[2] * x[2];
  }
  const auto n = static_cast<double>(size);
  const Eigen::Vector3d off_x{both(sum_x[0]) / n, both(sum_x[1]) / n, both(sum_x[2]) / n};
  const Eigen::Vector3d off_y{both(sum_y[0]) / n, both(sum_y[1]) / n, both(sum_y[2]) / n};
  Moments out{view(near_x) + off_x, view(near_y) + off_y, {}, both(square_x) / n - off_x.squaredNorm()};
  for (int r = 0; r < 3; ++r)
    for (int c = 0; c < 3; ++c)
      out.covariance(r, c) =
          both(product[static_cast<std::size_t>(r)][static_cast<std::size_t>(c)]) / n - off_y[r] * off_x[c];
  return out;
}

/// Not empty.
ErrorStatistics statistics_of(const std::vector<double>& e) {
  ErrorStatistics out;
  const Eigen::Map<const Eigen::ArrayXd> errors(e.data(), static_cast<Eigen::Index>(e.size()));
  const double n = static_cast<double>(e.size());
  out.min_m = errors.minCoeff();
  out.max_m = errors.maxCoeff();
  out.sse_m2 = errors.square().sum();
  out.mean_m = errors.mean();
  out.rmse_m = std::sqrt(out.sse_m2 / n);
  out.std_m = std::sqrt((errors - out.mean_m).square().sum() / n);
  if (!std::isfinite(out.sse_m2)) return out;  // the caller refuses it; what is not a number cannot be ranked
  out.median_m = *series::median(e);
  return out;
}

std::vector<double> absolute_errors(std::span<const Vector3> reference_m, std::span<const Vector3> estimate_m,
                                    const TrajectoryPairs& p, const Similarity& s) {
  const auto size = p.reference.size();
  std::vector<double> e(size + size % 2);
  const auto all = [](double value) { return Pair{value, value}; };
  std::array<TwoPoints, 3> m;
  for (std::size_t r = 0; r < 3; ++r)
    for (std::size_t c = 0; c < 3; ++c) m[r][c] = all(s.scale * s.rotation[r][c]);
  const TwoPoints t{all(s.translation_m[0]), all(s.translation_m[1]), all(s.translation_m[2])};
  for (std::size_t i = 0; i < size; i += 2) {
    const std::size_t j = std::min(i + 1, size - 1);
    const auto x = two(estimate_m[at(p.estimate, i)], estimate_m[at(p.estimate, j)]);
    const auto y = two(reference_m[at(p.reference, i)], reference_m[at(p.reference, j)]);
    Pair square{};
    for (std::size_t r = 0; r < 3; ++r) {
      const Pair d = m[r][0] * x[0] + m[r][1] * x[1] + m[r][2] * x[2] + t[r] - y[r];
      square += d * d;
    }
    const Pair root{std::sqrt(square[0]), std::sqrt(square[1])};
    std::memcpy(&e[i], &root, sizeof root);
  }
  e.resize(size);
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
  ASSAY_RETURN_IF_ERROR(check_stamps("reference stamps", reference_time_s));
  ASSAY_RETURN_IF_ERROR(check_stamps("estimate stamps", estimate_time_s));
  const std::int64_t max_diff_ns = to_ns(max_diff_s);  // saturates beyond any two stamps' distance
  TrajectoryPairs out;
  if (reference_time_s.size() < estimate_time_s.size())
    walk(reference_time_s, estimate_time_s, max_diff_ns, out.reference, out.estimate);
  else
    walk(estimate_time_s, reference_time_s, max_diff_ns, out.estimate, out.reference);
  return out;
}

std::optional<Similarity> align(std::span<const Vector3> reference_m, std::span<const Vector3> estimate_m,
                                const TrajectoryPairs& pairs, TrajectoryAlignment alignment) {
  if (pairs.reference.empty()) return std::nullopt;
  Similarity out;
  if (alignment == TrajectoryAlignment::none) return out;
  const auto moments = moments_of(reference_m, estimate_m, pairs);
  if (!moments.covariance.allFinite()) return std::nullopt;
  const Eigen::JacobiSVD<Eigen::Matrix3d> svd(moments.covariance, Eigen::ComputeFullU | Eigen::ComputeFullV);
  const Eigen::Vector3d s = svd.singularValues();
  if (!(s[0] > 1e-20) || !(s[1] > 1e-9 * s[0])) return std::nullopt;
  Eigen::Vector3d sign(1, 1, 1);
  if (svd.matrixU().determinant() * svd.matrixV().determinant() < 0) sign[2] = -1;
  const Eigen::Matrix3d r = svd.matrixU() * sign.asDiagonal() * svd.matrixV().transpose();
  if (alignment == TrajectoryAlignment::sim3) out.scale = s.dot(sign) / moments.variance_x;
  const Eigen::Vector3d t = moments.mean_y - out.scale * (r * moments.mean_x);
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
