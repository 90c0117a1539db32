#include "metrics/measures/stability.h"

#include <algorithm>
#include <cmath>

#include "metrics/input.h"
#include "metrics/measures/stamps.h"

namespace assay::metrics {

namespace {

/// Twice the signed area of o, a, b; > 0 for a turn to the left.
double cross(const Point2& o, const Point2& a, const Point2& b) {
  return (a[0] - o[0]) * (b[1] - o[1]) - (a[1] - o[1]) * (b[0] - o[0]);
}

/// Convex hull, counter-clockwise, without repeats and collinear points (Andrew 1979: monotone chain). Two points for
/// a line, one for a point.
std::vector<Point2> convex_hull(std::span<const Point2> points) {
  std::vector<Point2> sorted(points.begin(), points.end());
  std::sort(sorted.begin(), sorted.end());
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
  if (sorted.size() < 3) return sorted;
  std::vector<Point2> hull;
  const auto add = [&](const Point2& p, std::size_t keep) {
    while (hull.size() >= keep + 2 && cross(hull[hull.size() - 2], hull.back(), p) <= 0) hull.pop_back();
    hull.push_back(p);
  };
  for (const auto& p : sorted) add(p, 0);
  const std::size_t lower = hull.size() - 1;
  for (std::size_t i = sorted.size() - 1; i-- > 0;) add(sorted[i], lower);
  hull.pop_back();  // the first point again
  return hull;
}

double area(const std::vector<Point2>& hull) {
  double twice = 0;
  for (std::size_t i = 1; i + 1 < hull.size(); ++i) twice += cross(hull[0], hull[i], hull[i + 1]);
  return twice / 2;
}

double distance_to_segment(const Point2& p, const Point2& a, const Point2& b) {
  const double dx = b[0] - a[0], dy = b[1] - a[1];
  const double length2 = dx * dx + dy * dy;
  double s = 0;
  if (length2 > 0) s = std::clamp(((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / length2, 0.0, 1.0);
  return std::hypot(p[0] - (a[0] + s * dx), p[1] - (a[1] + s * dy));
}

/// `hull` has at least one point.
double signed_margin(const std::vector<Point2>& hull, const Point2& p) {
  double nearest = HUGE_VAL;
  bool inside = hull.size() > 2;
  for (std::size_t i = 0; i < hull.size(); ++i) {
    const auto& next = hull[(i + 1) % hull.size()];
    nearest = std::min(nearest, distance_to_segment(p, hull[i], next));
    inside = inside && cross(hull[i], next, p) >= 0;
  }
  if (nearest == 0) return 0;  // not −0
  return inside ? nearest : -nearest;
}

Result<void> check_points(std::string_view name, std::span<const Point2> points) {
  for (const auto& p : points) ASSAY_RETURN_IF_ERROR(check_finite(name, p));
  return {};
}

void lower(std::optional<double>& least, double value) { least = least ? std::min(*least, value) : value; }

}  // namespace

Result<FallMeasure> fall_measure(std::span<const double> time_s, std::span<const double> height_m,
                                 std::span<const double> tilt_rad, const FallSettings& settings) {
  ASSAY_RETURN_IF_ERROR(check_same_length("time_s", time_s.size(), "height_m", height_m.size()));
  ASSAY_RETURN_IF_ERROR(check_same_length("time_s", time_s.size(), "tilt_rad", tilt_rad.size()));
  ASSAY_TRY(const auto t_ns, stamps_ns("time_s", time_s));
  ASSAY_RETURN_IF_ERROR(check_finite("height_m", height_m));
  ASSAY_RETURN_IF_ERROR(check_finite("tilt_rad", tilt_rad));
  ASSAY_RETURN_IF_ERROR(check_finite("height_min_m", settings.height_min_m));
  ASSAY_RETURN_IF_ERROR(check_finite("tilt_max_rad", settings.tilt_max_rad));
  ASSAY_RETURN_IF_ERROR(check_at_least("hold_s", settings.hold_s, 0));
  FallMeasure out;
  if (t_ns.empty()) return out;
  std::vector<bool> fallen(t_ns.size());
  for (std::size_t i = 0; i < fallen.size(); ++i)
    fallen[i] = height_m[i] < settings.height_min_m || std::abs(tilt_rad[i]) > settings.tilt_max_rad;
  const auto k = first_hold(t_ns, fallen, to_ns(settings.hold_s), 0, true);
  out.fell = k.has_value();
  if (k) out.time_to_fall_s = time_s[*k] - time_s.front();
  out.survival_time_s = k ? *out.time_to_fall_s : time_s.back() - time_s.front();
  return out;
}

Result<RecoveryMeasure> recovery_measure(std::span<const double> time_s, std::span<const double> tilt_rad,
                                         const RecoverySettings& settings) {
  ASSAY_RETURN_IF_ERROR(check_same_length("time_s", time_s.size(), "tilt_rad", tilt_rad.size()));
  ASSAY_TRY(const auto t_ns, stamps_ns("time_s", time_s));
  ASSAY_RETURN_IF_ERROR(check_finite("tilt_rad", tilt_rad));
  ASSAY_RETURN_IF_ERROR(check_instant("push_time_s", settings.push_time_s));
  ASSAY_RETURN_IF_ERROR(check_at_least("band_rad", settings.band_rad, 0));
  ASSAY_RETURN_IF_ERROR(check_at_least("hold_s", settings.hold_s, 0));
  RecoveryMeasure out;
  const auto push = std::lower_bound(t_ns.begin(), t_ns.end(), to_ns(settings.push_time_s));
  if (push == t_ns.end()) return out;
  std::vector<bool> in(t_ns.size());
  double peak = 0;
  std::size_t first_out = t_ns.size();
  for (auto i = static_cast<std::size_t>(push - t_ns.begin()); i < t_ns.size(); ++i) {
    in[i] = std::abs(tilt_rad[i]) <= settings.band_rad;
    peak = std::max(peak, std::abs(tilt_rad[i]));
    if (!in[i]) first_out = std::min(first_out, i);
  }
  out.peak_deviation_rad = peak;
  if (first_out == t_ns.size()) {
    out.recovered = true;
    out.recovery_time_s = 0;
    return out;
  }
  const auto k = first_hold(t_ns, in, to_ns(settings.hold_s), first_out + 1);
  out.recovered = k.has_value();
  if (k) out.recovery_time_s = time_s[*k] - settings.push_time_s;
  return out;
}

Result<SupportMargins> support_margins(std::span<const Point2> support_m, std::span<const Point2> points_m) {
  ASSAY_RETURN_IF_ERROR(check_points("support_m", support_m));
  ASSAY_RETURN_IF_ERROR(check_points("points_m", points_m));
  SupportMargins out;
  out.margin_m.resize(points_m.size());
  if (support_m.empty()) return out;
  const auto hull = convex_hull(support_m);
  out.support_area_m2 = area(hull);
  for (std::size_t i = 0; i < points_m.size(); ++i) {
    const double margin = signed_margin(hull, points_m[i]);
    out.margin_m[i] = margin;
    lower(out.min_margin_m, margin);
  }
  return out;
}

Result<ZmpMargins> zmp_margins(const ZmpInput& input, std::span<const Point2> support_m) {
  const auto n = input.force_n.size();
  ASSAY_RETURN_IF_ERROR(check_same_length("force_n", n, "torque_nm", input.torque_nm.size()));
  for (const auto& force : input.force_n) ASSAY_RETURN_IF_ERROR(check_finite("force_n", force));
  for (const auto& torque : input.torque_nm) ASSAY_RETURN_IF_ERROR(check_finite("torque_nm", torque));
  ASSAY_RETURN_IF_ERROR(check_finite("sensor_height_m", input.sensor_height_m));
  ASSAY_RETURN_IF_ERROR(check_at_least("min_normal_force_n", input.min_normal_force_n, 0));
  ASSAY_RETURN_IF_ERROR(check_points("support_m", support_m));
  ZmpMargins out;
  out.zmp_m.resize(n);
  out.margin_m.resize(n);
  const auto hull = convex_hull(support_m);
  const double h = input.sensor_height_m;
  for (std::size_t i = 0; i < n; ++i) {
    const auto &f = input.force_n[i], &t = input.torque_nm[i];
    if (f[2] < input.min_normal_force_n || !(f[2] > 0)) continue;
    const Point2 zmp{-(t[1] + h * f[0]) / f[2], (t[0] - h * f[1]) / f[2]};
    out.zmp_m[i] = zmp;
    if (hull.empty()) continue;
    const double margin = signed_margin(hull, zmp);
    out.margin_m[i] = margin;
    lower(out.min_margin_m, margin);
  }
  return out;
}

}  // namespace assay::metrics
