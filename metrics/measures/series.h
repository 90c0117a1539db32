// What the measures share: vectors, means, standard deviations, angles. Not for other rooms.
#pragma once

#include <array>
#include <initializer_list>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace assay::metrics {

/// Position [m], or the angles a, b, c about x, y, z [rad].
using Vector3 = std::array<double, 3>;

namespace series {

/// Slack of every comparison between times that are seconds in binary64: half a nanosecond in favour of equality.
inline constexpr double kTimeSlack_s = 0.5e-9;

double norm(const Vector3& v);
double distance(const Vector3& a, const Vector3& b);
inline Vector3 minus(const Vector3& a, const Vector3& b) { return {a[0] - b[0], a[1] - b[1], a[2] - b[2]}; }
inline double dot(const Vector3& a, const Vector3& b) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }
/// Angle [rad] reduced by a multiple of 2π to (−π, π].
double wrap(double angle_rad);

/// Σx/n; empty for n = 0.
std::optional<double> mean(std::span<const double> x);
/// sqrt(Σ(x − mean)²/(n − 1)); empty for n < 2.
std::optional<double> deviation(std::span<const double> x);
/// Middle value, or the mean of the two middle values; empty for n = 0. O(n).
std::optional<double> median(std::span<const double> x);
/// Mean position; empty for n = 0.
std::optional<Vector3> mean(std::span<const Vector3> points);

/// Σ|p[i+1] − p[i]|; 0 for fewer than two points.
double polyline(std::span<const Vector3> points);
/// ASSAY-1030: a coordinate is not finite; the message names the index.
Result<void> check_finite(std::string_view name, std::span<const Vector3> points);
Result<void> check_finite(std::string_view name, const Vector3& point);
/// ASSAY-1030 and 1032: a value is not finite, or is negative.
Result<void> check_not_negative(std::string_view name, std::span<const double> values);
/// ASSAY-1036: a result that left the range of binary64 (input of absurd size).
Result<void> check_result(std::string_view name, std::initializer_list<double> values);

}  // namespace series
}  // namespace assay::metrics
