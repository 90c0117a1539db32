#include "metrics/manipulator.h"

#include <algorithm>
#include <cmath>

#include "metrics/families.h"
#include "metrics/measures/iso9283_pose.h"
#include "metrics/statistics/laws.h"

namespace assay::metrics {

namespace {

/// Value and limits, or why there is none; a length is never below 0.
MetricValue with_limits(const MetricSpec& spec, const std::optional<Spread>& spread, Vantage vantage,
                        bool signed_value) {
  if (!spread) return undefined(spec, "too_few_samples");
  if (!std::isfinite(spread->value) || !std::isfinite(spread->half)) return undefined(spec, "out_of_range");
  MetricValue out = defined(spec, spread->value, vantage);
  out.n = spread->n;
  if (!spread->limited) return out;
  out.lower = signed_value ? spread->value - spread->half : std::max(0.0, spread->value - spread->half);
  out.upper = (spread->value + spread->half) * spread->stretch;
  return out;
}

const Text kUndefined{
    "The record holds no programme, a commanded rest is missing in any cycle, or there are fewer than two cycles.",
    "记录中没有运动程序，任一循环缺少指令停驻点，或循环数少于两个。"};

/// ISO 9283's own numbers; angles are not asked.
std::optional<PoseCharacteristics> characteristics_of(const Points& points, const Vector3& commanded) {
  if (points.size() < 2) return std::nullopt;
  const std::vector<Vector3> upright(points.size());
  auto found = pose_characteristics(commanded, {}, points, upright);
  if (!found) return std::nullopt;
  return *found;
}

}  // namespace

double coverage_factor(int dof) { return laws::student_quantile(0.975, std::max(1, dof)); }

std::optional<Spread> accuracy_of(const Points& points, const Vector3& commanded) {
  const auto mean = series::mean(points);
  const auto iso = characteristics_of(points, commanded);
  if (!mean || !iso || !iso->accuracy_m) return std::nullopt;
  const auto off = series::minus(*mean, commanded);
  const double size = *iso->accuracy_m;
  double squares = 0;
  for (const auto& p : points) {
    const double along = size > 0 ? series::dot(series::minus(p, *mean), off) / size : series::distance(p, *mean);
    squares += along * along;
  }
  const auto n = static_cast<int>(points.size());
  return Spread{size, coverage_factor(n - 1) * std::sqrt(squares / (n - 1) / n), n};
}

std::optional<Spread> repeatability_of(const Points& points) {
  const auto iso = characteristics_of(points, {});
  if (!iso || !iso->repeatability_m || !iso->s_l_m) return std::nullopt;
  const auto n = static_cast<int>(points.size());
  constexpr double kVariance = 10.4;
  return Spread{*iso->repeatability_m, coverage_factor(n - 1) * *iso->s_l_m * std::sqrt(kVariance / n), n,
                std::sqrt(n / (n - 1.0))};
}

std::optional<Spread> mean_of(const std::vector<std::optional<double>>& values) {
  std::vector<double> all;
  for (const auto& value : values) {
    if (!value) return std::nullopt;
    all.push_back(*value);
  }
  const auto mean = series::mean(all);
  const auto s = series::deviation(all);
  if (!mean || !s) return std::nullopt;
  const auto n = static_cast<int>(all.size());
  return Spread{*mean, coverage_factor(n - 1) * *s / std::sqrt(n), n};
}

void add_manipulator_entry(MetricRegistry& registry, const ManipulatorEntry& entry) {
  MetricSpec spec;
  spec.id = entry.id;
  spec.unit = entry.unit;
  spec.direction = entry.is_signed ? Direction::neutral : Direction::lower_is_better;
  spec.title = entry.title;
  spec.definition = entry.definition;
  spec.clause = entry.clause;
  spec.undefined_when = kUndefined;
  Metric metric;
  metric.spec = spec;
  metric.compute = [spec, measure = entry.measure, is_signed = entry.is_signed](const Trace& trace, const Verdict&) {
    const auto run = programme_run(trace);
    if (!run.why.empty()) return undefined(spec, run.why);
    if (!run.complete()) return undefined(spec, "too_few_samples");
    return with_limits(spec, measure(run), run.vantage, is_signed);
  };
  metric.signals = {{SignalSpec::Kind::pose, "robot.tcp", ""}, {SignalSpec::Kind::pose, "robot.base", ""}};
  registry.add(std::move(metric));
}

}  // namespace assay::metrics
