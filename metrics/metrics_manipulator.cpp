// ISO 9283 on a trial's own record: a programme of poses or paths, every cycle of it, each value with its limits.
#include <algorithm>
#include <cmath>
#include <functional>

#include "metrics/families.h"
#include "metrics/manipulator.h"
#include "metrics/measures/iso9283_path.h"
#include "metrics/measures/iso9283_pose.h"

namespace assay::metrics {

namespace {

constexpr double kBand_m = 0.001;    // limit band of stabilisation
constexpr std::size_t kPlanes = 11;  // evaluation planes of a straight path, the ends left out
constexpr double kEdge = 0.25;       // of a path's length at each end, where the speed is not steady

/// Attained positions of one step over all cycles.
Points attained(const ProgrammeRun& run, std::size_t step) {
  Points out;
  for (const auto& cycle : run.visits)
    if (cycle[step]) out.push_back(cycle[step]->position_m);
  return out;
}

/// The worst of the programme's poses.
std::optional<Spread> worst_pose(const ProgrammeRun& run,
                                 const std::function<std::optional<Spread>(const Points&, const Vector3&)>& measure) {
  std::optional<Spread> worst;
  for (std::size_t k = 0; k < run.programme.steps.size(); ++k) {
    const auto& step = run.programme.steps[k];
    if (step.dwell_s <= 0) continue;
    const auto one = measure(attained(run, k), step.position_m);
    if (!one) return std::nullopt;
    if (!worst || one->value > worst->value) worst = one;
  }
  return worst;
}

std::optional<std::size_t> step_named(const ProgrammeRun& run, const char* id) {
  for (std::size_t k = 0; k < run.programme.steps.size(); ++k)
    if (run.programme.steps[k].id == id && run.programme.steps[k].dwell_s > 0) return k;
  return std::nullopt;
}

std::optional<Spread> pose_accuracy(const ProgrammeRun& run) {
  return worst_pose(run, [](const Points& p, const Vector3& commanded) { return accuracy_of(p, commanded); });
}
std::optional<Spread> pose_repeatability(const ProgrammeRun& run) {
  return worst_pose(run, [](const Points& p, const Vector3&) { return repeatability_of(p); });
}

struct Distance {
  DistanceCharacteristics iso;
  int n = 0;
};

/// Between P2 and P4.
std::optional<Distance> distances(const ProgrammeRun& run) {
  const auto a = step_named(run, "P2"), b = step_named(run, "P4");
  if (!a || !b) return std::nullopt;
  const auto from = attained(run, *a), to = attained(run, *b);
  const auto& steps = run.programme.steps;
  auto iso = distance_characteristics(steps[*a].position_m, steps[*b].position_m, from, to);
  if (!iso || !iso->accuracy_m || !iso->repeatability_m) return std::nullopt;
  return Distance{*iso, static_cast<int>(from.size())};
}

std::optional<Spread> distance_accuracy(const ProgrammeRun& run) {
  const auto d = distances(run);
  if (!d) return std::nullopt;
  const double s = *d->iso.repeatability_m / 3;
  return Spread{*d->iso.accuracy_m, coverage_factor(d->n - 1) * s / std::sqrt(d->n), d->n};
}

std::optional<Spread> distance_repeatability(const ProgrammeRun& run) {
  const auto d = distances(run);
  if (!d) return std::nullopt;
  const double rd = *d->iso.repeatability_m;
  return Spread{rd, coverage_factor(d->n - 1) * rd / std::sqrt(2.0 * (d->n - 1)), d->n};
}

/// Every approach: distance from the attained pose, from the end of the rest before to the end of this one.
std::optional<Stabilisation> stabilisation(const ProgrammeRun& run) {
  std::vector<StabilisationCycle> cycles;
  std::size_t from = 0;
  for (const auto& cycle : run.visits)
    for (const auto& visit : cycle) {
      if (!visit) continue;
      StabilisationCycle one;
      for (std::size_t i = from; i < visit->last; ++i) {
        one.time_s.push_back(run.time_s[i]);
        one.distance_m.push_back(series::distance(run.position_m[i], visit->position_m));
      }
      from = visit->last;
      cycles.push_back(std::move(one));
    }
  auto out = pose_stabilisation(kBand_m, cycles);
  if (!out) return std::nullopt;
  return std::move(*out);
}

std::optional<Spread> stabilisation_time(const ProgrammeRun& run) {
  const auto s = stabilisation(run);
  return s ? mean_of(s->time_s) : std::nullopt;
}
std::optional<Spread> pose_overshoot(const ProgrammeRun& run) {
  const auto s = stabilisation(run);
  if (!s || !s->overshoot_max_m) return std::nullopt;
  return Spread{*s->overshoot_max_m, 0, static_cast<int>(s->overshoot_m.size()), 1, false};
}

/// AP of the last tenth of the cycles against that of the first, worst pose; half width from both.
std::optional<Spread> accuracy_drift(const ProgrammeRun& run) {
  const auto cycles = run.visits.size();
  const auto block = std::max<std::size_t>(2, cycles / 10);
  if (cycles < 2 * block) return std::nullopt;
  std::optional<Spread> worst;
  for (std::size_t k = 0; k < run.programme.steps.size(); ++k) {
    const auto& step = run.programme.steps[k];
    if (step.dwell_s <= 0) continue;
    const auto all = attained(run, k);
    if (all.size() != cycles) return std::nullopt;
    const auto edge = static_cast<std::ptrdiff_t>(block);
    const auto before = accuracy_of(Points(all.begin(), all.begin() + edge), step.position_m);
    const auto after = accuracy_of(Points(all.end() - edge, all.end()), step.position_m);
    if (!before || !after) return std::nullopt;
    const Spread one{std::abs(after->value - before->value), std::hypot(before->half, after->half),
                     static_cast<int>(2 * block)};
    if (!worst || one.value > worst->value) worst = one;
  }
  return worst;
}

/// One straight path of the programme: from the rest at a step to the rest at the next, all cycles.
struct Path {
  Vector3 from{}, to{};
  double speed_m_s = 0;
  std::vector<Points> cycles;               ///< attained, at the evaluation planes
  std::vector<std::vector<double>> speeds;  ///< of the middle part, per cycle
};

/// Rows between two rests in the order of time, at which the way along the command passes `along` (linear between).
std::optional<Vector3> crossing(const ProgrammeRun& run, std::size_t first, std::size_t last, const Vector3& from,
                                const Vector3& unit, double along) {
  for (std::size_t i = first + 1; i < last; ++i) {
    const double a = series::dot(series::minus(run.position_m[i - 1], from), unit);
    const double b = series::dot(series::minus(run.position_m[i], from), unit);
    if (!(a < along && along <= b)) continue;
    Vector3 out{};
    for (std::size_t k = 0; k < 3; ++k)
      out[k] = run.position_m[i - 1][k] + (along - a) / (b - a) * (run.position_m[i][k] - run.position_m[i - 1][k]);
    return out;
  }
  return std::nullopt;
}

/// Straight paths between two rests with nothing between them. Empty if a cycle lacks one.
std::vector<Path> straight_paths(const ProgrammeRun& run) {
  std::vector<Path> out;
  const auto& steps = run.programme.steps;
  for (std::size_t k = 1; k < steps.size(); ++k) {
    if (!steps[k].line || steps[k].dwell_s <= 0 || steps[k - 1].dwell_s <= 0) continue;
    Path path{steps[k - 1].position_m, steps[k].position_m, steps[k].speed_m_s, {}, {}};
    const auto way = series::minus(path.to, path.from);
    const double length = series::norm(way);
    if (length <= 0) continue;
    const Vector3 unit{way[0] / length, way[1] / length, way[2] / length};
    for (const auto& cycle : run.visits) {
      const auto &a = cycle[k - 1], &b = cycle[k];
      if (!a || !b) return {};
      Points points;
      for (std::size_t p = 1; p <= kPlanes; ++p) {
        const double along = length * static_cast<double>(p) / (kPlanes + 1);
        const auto point = crossing(run, a->last - 1, b->first + 1, path.from, unit, along);
        if (!point) return {};
        points.push_back(*point);
      }
      path.cycles.push_back(std::move(points));
      auto& speeds = path.speeds.emplace_back();
      for (std::size_t i = a->last; i < b->first; ++i) {
        const double along = series::dot(series::minus(run.position_m[i], path.from), unit) / length;
        const double dt = run.time_s[i] - run.time_s[i - 1];
        if (along > kEdge && along < 1 - kEdge && dt > 0)
          speeds.push_back(series::distance(run.position_m[i], run.position_m[i - 1]) / dt);
      }
    }
    out.push_back(std::move(path));
  }
  return out;
}

/// The worst evaluation plane of all paths.
template <class F>
std::optional<Spread> worst_plane(const ProgrammeRun& run, F measure) {
  std::optional<Spread> worst;
  for (const auto& path : straight_paths(run))
    for (std::size_t p = 0; p < kPlanes; ++p) {
      Points points;
      for (const auto& cycle : path.cycles) points.push_back(cycle[p]);
      Vector3 commanded{};
      for (std::size_t k = 0; k < 3; ++k)
        commanded[k] =
            path.from[k] + (path.to[k] - path.from[k]) * static_cast<double>(p + 1) / static_cast<double>(kPlanes + 1);
      const std::optional<Spread> one = measure(points, commanded);
      if (!one) return std::nullopt;
      if (!worst || one->value > worst->value) worst = one;
    }
  return worst;
}

std::optional<Spread> path_accuracy(const ProgrammeRun& run) {
  return worst_plane(run, [](const Points& p, const Vector3& commanded) { return accuracy_of(p, commanded); });
}
std::optional<Spread> path_repeatability(const ProgrammeRun& run) {
  return worst_plane(run, [](const Points& p, const Vector3&) { return repeatability_of(p); });
}

/// AV in percent of the commanded speed, over all straight paths (each against its own command).
std::optional<Spread> path_velocity_accuracy(const ProgrammeRun& run) {
  std::vector<std::optional<double>> percent;
  for (const auto& path : straight_paths(run))
    for (const auto& cycle : path.speeds) {
      const auto mean = series::mean(cycle);
      if (!mean || path.speed_m_s <= 0) return std::nullopt;
      percent.emplace_back(100 * (*mean - path.speed_m_s) / path.speed_m_s);
    }
  return mean_of(percent);
}

/// FV of the path that fluctuates most.
std::optional<Spread> path_velocity_fluctuation(const ProgrammeRun& run) {
  std::optional<Spread> worst;
  for (const auto& path : straight_paths(run)) {
    const auto iso = path_velocity_characteristics(path.speed_m_s, path.speeds);
    if (!iso || !iso->fluctuation_m_s) return std::nullopt;
    if (!worst || *iso->fluctuation_m_s > worst->value)
      worst = Spread{*iso->fluctuation_m_s, 0, static_cast<int>(path.speeds.size()), 1, false};
  }
  return worst;
}

/// A corner: a step that is passed without a stop between two that are rested at.
std::optional<CornerDeviations> corners(const ProgrammeRun& run) {
  const auto& steps = run.programme.steps;
  for (std::size_t k = 1; k + 1 < steps.size(); ++k) {
    if (steps[k].dwell_s > 0 || steps[k - 1].dwell_s <= 0 || steps[k + 1].dwell_s <= 0) continue;
    std::vector<Points> cycles;
    for (const auto& cycle : run.visits) {
      const auto &a = cycle[k - 1], &b = cycle[k + 1];
      if (!a || !b) return std::nullopt;
      cycles.emplace_back(run.position_m.begin() + static_cast<std::ptrdiff_t>(a->last),
                          run.position_m.begin() + static_cast<std::ptrdiff_t>(b->first));
    }
    auto out = corner_deviations(steps[k - 1].position_m, steps[k].position_m, steps[k + 1].position_m, cycles);
    if (!out) return std::nullopt;
    return std::move(*out);
  }
  return std::nullopt;
}

std::optional<Spread> corner_rounding(const ProgrammeRun& run) {
  const auto c = corners(run);
  return c ? mean_of(c->rounding_m) : std::nullopt;
}
std::optional<Spread> corner_overshoot(const ProgrammeRun& run) {
  const auto c = corners(run);
  return c ? mean_of(c->overshoot_m) : std::nullopt;
}

}  // namespace

void register_manipulator_metrics(MetricRegistry& registry) {
  const std::vector<ManipulatorEntry> entries = {
      {"pose_accuracy",
       "m",
       "ISO 9283:1998, 7.2.1",
       pose_accuracy,
       false,
       {"Pose accuracy AP", "位姿准确度 AP"},
       {"Largest over the commanded poses of |p̄ − p_c|, p̄ the mean of the attained positions of all cycles; each "
        "position is the mean over the last 0.2 s of a rest. Limits: t·s/√n along p̄ − p_c.",
        "各指令位姿中 |p̄ − p_c| 的最大值，p̄ 为所有循环实到位置的均值；每个位置取停驻最后 0.2 s 的均值。区间：沿 p̄ − "
        "p_c "
        "方向的 t·s/√n。"}},
      {"pose_repeatability",
       "m",
       "ISO 9283:1998, 7.2.2",
       pose_repeatability,
       false,
       {"Pose repeatability RP", "位姿重复性 RP"},
       {"Largest over the commanded poses of l̄ + 3·S_l, l_j = |p_j − p̄|. Limits: t·S_l·√(10.4/n), the upper one times "
        "√(n/(n − 1)).",
        "各指令位姿中 l̄ + 3·S_l 的最大值，l_j = |p_j − p̄|。区间：t·S_l·√(10.4/n)，上限再乘 √(n/(n − 1))。"}},
      {"distance_accuracy",
       "m",
       "ISO 9283:1998, 7.3.2",
       distance_accuracy,
       true,
       {"Distance accuracy AD", "距离准确度 AD"},
       {"Mean over the cycles of the distance between the attained P2 and P4, minus the commanded one. Limits: t·s/√n.",
        "各循环实到 P2 与 P4 间距离的均值减去指令距离。区间：t·s/√n。"}},
      {"distance_repeatability",
       "m",
       "ISO 9283:1998, 7.3.3",
       distance_repeatability,
       false,
       {"Distance repeatability RD", "距离重复性 RD"},
       {"3·S of that distance over the cycles. Limits: t·3·S/√(2(n − 1)).",
        "该距离在各循环间的 3·S。区间：t·3·S/√(2(n − 1))。"}},
      {"stabilisation_time",
       "s",
       "ISO 9283:1998, 7.4",
       stabilisation_time,
       false,
       {"Pose stabilisation time", "位姿稳定时间"},
       {"Mean over all approaches of the time from the first to the last entry into 1 mm around the attained pose.",
        "各次趋近中，首次与末次进入实到位姿 1 mm 范围的时间差的均值。"}},
      {"pose_overshoot",
       "m",
       "ISO 9283:1998, 7.5",
       pose_overshoot,
       false,
       {"Pose overshoot", "位姿超调"},
       {"Largest over all approaches of the distance from the attained pose after the first entry into 1 mm around it "
        "(0 if it stays inside). It has no limits of its own.",
        "各次趋近中，首次进入实到位姿 1 mm 范围后离开该位姿的最大距离；未再离开为 0。自身无区间。"}},
      {"accuracy_drift",
       "m",
       "ISO 9283:1998, 7.6",
       accuracy_drift,
       false,
       {"Drift of pose accuracy", "位姿准确度漂移"},
       {"Largest over the poses of |AP of the last tenth of the cycles − AP of the first tenth|, at least two each.",
        "各位姿中，末十分之一循环与首十分之一循环（各至少两个）AP 之差绝对值的最大值。"}},
      {"path_accuracy",
       "m",
       "ISO 9283:1998, 8.2",
       path_accuracy,
       false,
       {"Path accuracy AT", "轨迹准确度 AT"},
       {"Over 11 evaluation planes of each straight path: largest |p̄_i − p_ci|. Limits: t·s/√n at that plane.",
        "在每条直线轨迹的 11 个评定平面上取 |p̄_i − p_ci| 的最大值。区间：该平面处的 t·s/√n。"}},
      {"path_repeatability",
       "m",
       "ISO 9283:1998, 8.3",
       path_repeatability,
       false,
       {"Path repeatability RT", "轨迹重复性 RT"},
       {"Over the same planes: largest l̄_i + 3·S_li.", "在相同平面上取 l̄_i + 3·S_li 的最大值。"}},
      {"path_velocity_accuracy",
       "%",
       "ISO 9283:1998, 8.6.2",
       path_velocity_accuracy,
       true,
       {"Path velocity accuracy AV", "轨迹速度准确度 AV"},
       {"Mean over paths and cycles of (v̄ − v_c)/v_c in the middle half of each straight path.",
        "各直线轨迹中间一半路段上 (v̄ − v_c)/v_c 在轨迹与循环间的均值。"}},
      {"path_velocity_fluctuation",
       "m/s",
       "ISO 9283:1998, 8.6.4",
       path_velocity_fluctuation,
       false,
       {"Path velocity fluctuation FV", "轨迹速度波动 FV"},
       {"Largest over paths and cycles of the speed's range there. It has no limits of its own.",
        "该路段速度极差在各轨迹与循环中的最大值。自身无区间。"}},
      {"corner_rounding",
       "m",
       "ISO 9283:1998, 8.5.2",
       corner_rounding,
       false,
       {"Cornering round-off CR", "拐角圆角误差 CR"},
       {"Mean over the cycles of the smallest distance from the corner.", "各循环到拐角点最小距离的均值。"}},
      {"corner_overshoot",
       "m",
       "ISO 9283:1998, 8.5.3",
       corner_overshoot,
       false,
       {"Cornering overshoot CO", "拐角超调 CO"},
       {"Mean over the cycles of the largest deviation from the second leg beyond the corner.",
        "各循环越过拐角后偏离第二段轨迹的最大值的均值。"}},
  };
  for (const auto& entry : entries) add_manipulator_entry(registry, entry);
}

}  // namespace assay::metrics
