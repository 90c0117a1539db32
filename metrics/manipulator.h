// What the ISO 9283 metrics of poses and of paths share. Not for other rooms.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "metrics/metrics.h"
#include "metrics/programme.h"

namespace assay::metrics {

/// A value with the half width of its two-sided 95 % limits.
struct Spread {
  double value = 0, half = 0;
  int n = 0;
  double stretch = 1;   ///< of the upper limit
  bool limited = true;  ///< false: a largest value, which has no limits of its own
};

using Points = std::vector<Vector3>;

/// Student's factor of two-sided 95 % limits.
double coverage_factor(int dof);
/// AP = |p̄ − p_c|; half width t·s/√n with s of the deviations along p̄ − p_c. Empty for fewer than two points.
std::optional<Spread> accuracy_of(const Points& points, const Vector3& commanded);
/// RP = l̄ + 3·S_l. By the delta method var RP = S_l²·(1 + 9(κ − 1)/4 + 3γ)/n with skewness γ and kurtosis κ of
/// l: 10.4/n where the deviations lie in one direction (half-normal, the widest case), 7.2/n where they are alike in
/// all. The mean pose is that of the same cycles, which makes l too small by √(1 − 1/n): the upper limit makes up for
/// it.
std::optional<Spread> repeatability_of(const Points& points);
/// Mean of values of which none may be missing; half width t·s/√n.
std::optional<Spread> mean_of(const std::vector<std::optional<double>>& values);

/// One metric over a complete programme run.
struct ManipulatorEntry {
  const char *id, *unit, *clause;
  std::optional<Spread> (*measure)(const ProgrammeRun&);
  bool is_signed;
  Text title, definition;
};
void add_manipulator_entry(MetricRegistry& registry, const ManipulatorEntry& entry);

}  // namespace assay::metrics
