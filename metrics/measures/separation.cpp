#include "metrics/measures/separation.h"

#include <fmt/format.h>

#include <algorithm>

#include "metrics/input.h"
#include "metrics/measures/stamps.h"

namespace assay::metrics {

namespace {

Result<void> check_settings(const SeparationSettings& s) {
  ASSAY_RETURN_IF_ERROR(check_at_least("reaction_time_s", s.reaction_time_s, 0));
  ASSAY_RETURN_IF_ERROR(check_at_least("stopping_time_s", s.stopping_time_s, 0));
  ASSAY_RETURN_IF_ERROR(check_at_least("intrusion_m", s.intrusion_m, 0));
  ASSAY_RETURN_IF_ERROR(check_at_least("sensor_uncertainty_m", s.sensor_uncertainty_m, 0));
  return check_at_least("robot_uncertainty_m", s.robot_uncertainty_m, 0);
}

double sum(const ProtectiveDistance& d, const SeparationSettings& s) {
  return d.human_m + d.reaction_m + d.stopping_m + s.intrusion_m + s.sensor_uncertainty_m + s.robot_uncertainty_m;
}

/// No credit for a retreat.
ProtectiveDistance at_constant_speed(double human_m_s, double robot_m_s, const SeparationSettings& s,
                                     std::optional<double> stopping_distance_m) {
  const double human = std::max(0.0, human_m_s), robot = std::max(0.0, robot_m_s);
  ProtectiveDistance out;
  out.human_m = human * (s.reaction_time_s + s.stopping_time_s);
  out.reaction_m = robot * s.reaction_time_s;
  out.stopping_m = stopping_distance_m.value_or(robot * s.stopping_time_s / 2);
  out.total_m = sum(out, s);
  return out;
}

/// ∫ max(0, v) over [from, to] ⊂ [first, last stamp] (up to rounding): samples clamped, then linear between them.
double integral(std::span<const double> time_s, std::span<const double> speed_m_s, double from, double to) {
  double out = 0;
  for (std::size_t i = 0; i + 1 < time_s.size(); ++i) {
    const double low = std::max(time_s[i], from), high = std::min(time_s[i + 1], to);
    if (!(high > low)) continue;
    const double a = std::max(0.0, speed_m_s[i]), b = std::max(0.0, speed_m_s[i + 1]);
    const double slope = (b - a) / (time_s[i + 1] - time_s[i]);
    out += (a + slope * ((low - time_s[i]) + (high - time_s[i])) / 2) * (high - low);
  }
  return out;
}

/// Length of the part of one interval in which the line from a to b is below 0.
double time_below_zero(double dt, double a, double b) {
  if (a < 0 && b < 0) return dt;
  if (a < 0) return dt * -a / (-a + b);
  if (b < 0) return dt * -b / (-b + a);
  return 0;
}

}  // namespace

Result<ProtectiveDistance> protective_distance(double human_speed_m_s, double robot_speed_m_s,
                                               const SeparationSettings& settings,
                                               std::optional<double> stopping_distance_m) {
  ASSAY_RETURN_IF_ERROR(check_finite("human_speed_m_s", human_speed_m_s));
  ASSAY_RETURN_IF_ERROR(check_finite("robot_speed_m_s", robot_speed_m_s));
  ASSAY_RETURN_IF_ERROR(check_settings(settings));
  if (stopping_distance_m) ASSAY_RETURN_IF_ERROR(check_at_least("stopping_distance_m", *stopping_distance_m, 0));
  return at_constant_speed(human_speed_m_s, robot_speed_m_s, settings, stopping_distance_m);
}

Result<std::optional<ProtectiveDistance>> protective_distance(const SpeedProfile& profile, double start_time_s,
                                                              const SeparationSettings& settings) {
  const auto n = profile.time_s.size();
  ASSAY_RETURN_IF_ERROR(check_same_length("time_s", n, "human_speed_m_s", profile.human_speed_m_s.size()));
  ASSAY_RETURN_IF_ERROR(check_same_length("time_s", n, "robot_speed_m_s", profile.robot_speed_m_s.size()));
  ASSAY_RETURN_IF_ERROR(check_same_length("time_s", n, "robot_stop_speed_m_s", profile.robot_stop_speed_m_s.size()));
  ASSAY_TRY(const auto t_ns, stamps_ns("time_s", profile.time_s));
  ASSAY_RETURN_IF_ERROR(check_finite("human_speed_m_s", profile.human_speed_m_s));
  ASSAY_RETURN_IF_ERROR(check_finite("robot_speed_m_s", profile.robot_speed_m_s));
  ASSAY_RETURN_IF_ERROR(check_finite("robot_stop_speed_m_s", profile.robot_stop_speed_m_s));
  ASSAY_RETURN_IF_ERROR(check_instant("start_time_s", start_time_s));
  ASSAY_RETURN_IF_ERROR(check_settings(settings));
  std::optional<ProtectiveDistance> out;
  if (n == 0 || to_ns(start_time_s) < t_ns.front()) return out;
  const auto left_ns = t_ns.back() - to_ns(start_time_s);
  const auto reaction_ns = to_ns(settings.reaction_time_s), stopping_ns = to_ns(settings.stopping_time_s);
  if (reaction_ns > left_ns || stopping_ns > left_ns - reaction_ns) return out;
  const double braking = start_time_s + settings.reaction_time_s, standstill = braking + settings.stopping_time_s;
  ProtectiveDistance distance;
  distance.human_m = integral(profile.time_s, profile.human_speed_m_s, start_time_s, standstill);
  distance.reaction_m = integral(profile.time_s, profile.robot_speed_m_s, start_time_s, braking);
  distance.stopping_m = integral(profile.time_s, profile.robot_stop_speed_m_s, braking, standstill);
  distance.total_m = sum(distance, settings);
  out = distance;
  return out;
}

Result<SeparationMargins> separation_margins(std::span<const double> time_s, std::span<const double> distance_m,
                                             std::span<const double> human_speed_m_s,
                                             std::span<const double> robot_speed_m_s,
                                             const SeparationSettings& settings) {
  const auto n = time_s.size();
  ASSAY_RETURN_IF_ERROR(check_same_length("time_s", n, "distance_m", distance_m.size()));
  ASSAY_RETURN_IF_ERROR(check_same_length("time_s", n, "human_speed_m_s", human_speed_m_s.size()));
  ASSAY_RETURN_IF_ERROR(check_same_length("time_s", n, "robot_speed_m_s", robot_speed_m_s.size()));
  ASSAY_TRY(const auto t_ns, stamps_ns("time_s", time_s));
  ASSAY_RETURN_IF_ERROR(check_finite("distance_m", distance_m));
  ASSAY_RETURN_IF_ERROR(check_finite("human_speed_m_s", human_speed_m_s));
  ASSAY_RETURN_IF_ERROR(check_finite("robot_speed_m_s", robot_speed_m_s));
  ASSAY_RETURN_IF_ERROR(check_settings(settings));
  SeparationMargins out;
  if (n == 0) return out;
  out.margin_m.reserve(n);
  for (std::size_t i = 0; i < n; ++i)
    out.margin_m.push_back(distance_m[i] -
                           at_constant_speed(human_speed_m_s[i], robot_speed_m_s[i], settings, std::nullopt).total_m);
  const auto& margin = out.margin_m;
  const auto least = static_cast<std::size_t>(std::min_element(margin.begin(), margin.end()) - margin.begin());
  out.min_margin_m = margin[least];
  out.min_margin_time_s = time_s[least];
  double below = 0;
  for (std::size_t i = 0; i < n; ++i) {
    if (i > 0) below += time_below_zero(time_s[i] - time_s[i - 1], margin[i - 1], margin[i]);
    if (!(margin[i] < 0) || (i > 0 && margin[i - 1] < 0)) continue;
    ++out.violation_count;
    if (!out.first_violation_time_s) out.first_violation_time_s = time_s[i];
  }
  out.violation_duration_s = below;
  return out;
}

Result<SafeguardDistance> safeguard_distance(double approach_speed_mm_s, double overall_time_s, double supplement_mm,
                                             double uncertainty_mm) {
  ASSAY_RETURN_IF_ERROR(check_positive("approach_speed_mm_s", approach_speed_mm_s));
  ASSAY_RETURN_IF_ERROR(check_at_least("overall_time_s", overall_time_s, 0));
  ASSAY_RETURN_IF_ERROR(check_at_least("supplement_mm", supplement_mm, 0));
  ASSAY_RETURN_IF_ERROR(check_at_least("uncertainty_mm", uncertainty_mm, 0));
  return SafeguardDistance{approach_speed_mm_s * overall_time_s + supplement_mm + uncertainty_mm, approach_speed_mm_s};
}

Result<SafeguardDistance> light_curtain_distance(double overall_time_s, double detection_capability_mm) {
  ASSAY_RETURN_IF_ERROR(check_at_least("overall_time_s", overall_time_s, 0));
  ASSAY_RETURN_IF_ERROR(check_at_least("detection_capability_mm", detection_capability_mm, 0));
  if (detection_capability_mm > 40)
    return bad_input(1036,
                     {"the light-curtain form holds for a detection capability of at most 40 mm",
                      "光幕公式仅适用于检测能力不大于 40 mm 的情形"},
                     fmt::format("{} mm", detection_capability_mm));
  constexpr double kHand_mm_s = 2000, kBody_mm_s = 1600;
  const double supplement = std::max(0.0, 8 * (detection_capability_mm - 14));
  const double near = kHand_mm_s * overall_time_s + supplement;
  if (near <= 500) return SafeguardDistance{std::max(near, 100.0), kHand_mm_s};
  return SafeguardDistance{std::max(kBody_mm_s * overall_time_s + supplement, 500.0), kBody_mm_s};
}

}  // namespace assay::metrics
