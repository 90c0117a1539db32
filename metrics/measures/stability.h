// Balance: falls, recovery from a push, and how far a point lies within the support. Pure. No published standard fixes
// these for legged robots yet; limits, bands and holds are the scheme's parameters.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <vector>

#include "core/result.h"

namespace assay::metrics {

struct FallSettings {
  double height_min_m = 0, tilt_max_rad = 0;  ///< fallen iff height < min or |tilt| > max (strict)
  double hold_s = 0;                          ///< ≥ 0
};
struct FallMeasure {
  std::optional<bool> fell;
  std::optional<double> time_to_fall_s;   ///< from the first sample; undefined if it did not fall
  std::optional<double> survival_time_s;  ///< time to fall, else length of the record
};
/// A fall is the first fallen sample from which the robot stays fallen for hold_s (closed window, within the record),
/// or to the end of the record: a record that ends fallen counts. n = 0: all undefined. time_s [n] strictly ascending,
/// height_m [n], tilt_rad [n]. Fails with ASSAY-1030, 1032, 1034, 1035, 1036.
Result<FallMeasure> fall_measure(std::span<const double> time_s, std::span<const double> height_m,
                                 std::span<const double> tilt_rad, const FallSettings& settings);

struct RecoverySettings {
  double push_time_s = 0;
  double band_rad = 0;  ///< ≥ 0; out iff |tilt| > band (on the limit is in)
  double hold_s = 0;    ///< ≥ 0
};
struct RecoveryMeasure {
  std::optional<bool> recovered;
  std::optional<double> recovery_time_s;  ///< push → first sample back in the band that holds; 0 if it never left
  std::optional<double> peak_deviation_rad;
};
/// Over the samples with t ≥ push_time_s; without one all is undefined. tilt_rad [n] is the signed deviation from the
/// upright posture. Fails with ASSAY-1030, 1032, 1034, 1035, 1036.
Result<RecoveryMeasure> recovery_measure(std::span<const double> time_s, std::span<const double> tilt_rad,
                                         const RecoverySettings& settings);

using Point2 = std::array<double, 2>;  ///< x_m, y_m in the ground plane

struct SupportMargins {
  std::vector<std::optional<double>> margin_m;  ///< per point; undefined without support
  std::optional<double> min_margin_m;           ///< undefined without a point or without support
  std::optional<double> support_area_m2;        ///< 0 for a line or a point; undefined without support
};
/// Signed distance of each point to the border of the convex hull of support_m (any order, repeats allowed): positive
/// inside, 0 on the border, negative outside (distance to the nearest point of the hull). Support in one line or one
/// point: minus the distance to it. Fails with ASSAY-1030.
Result<SupportMargins> support_margins(std::span<const Point2> support_m, std::span<const Point2> points_m);

struct ZmpInput {
  std::span<const std::array<double, 3>> force_n, torque_nm;  ///< [n] ground reaction on the robot, axes z up
  double sensor_height_m = 0;                                 ///< height h of the sensor's origin above the ground
  double min_normal_force_n = 0;                              ///< ≥ 0; undefined below it (strict), and for F_z ≤ 0
};
struct ZmpMargins {
  std::vector<std::optional<Point2>> zmp_m;
  std::vector<std::optional<double>> margin_m;
  std::optional<double> min_margin_m;  ///< over those defined
};
/// Zero-moment point (−(T_y + h·F_x)/F_z, (T_x − h·F_y)/F_z) and its margin in the support.
/// Fails with ASSAY-1030, 1032, 1034. Source: Vukobratović and Borovac 2004, ground-plane form.
Result<ZmpMargins> zmp_margins(const ZmpInput& input, std::span<const Point2> support_m);

}  // namespace assay::metrics
