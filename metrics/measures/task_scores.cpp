#include "metrics/measures/task_scores.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "metrics/input.h"
#include "metrics/measures/series.h"

namespace assay::metrics {

Result<NavigationScore> navigation_score(std::span<const NavigationEpisode> episodes) {
  NavigationScore out;
  int successes = 0;
  for (std::size_t i = 0; i < episodes.size(); ++i) {
    const auto& e = episodes[i];
    const double lengths[] = {e.shortest_path_m, e.path_length_m, e.start_distance_m, e.final_distance_m};
    ASSAY_RETURN_IF_ERROR(series::check_not_negative(fmt::format("episode[{}]", i), lengths));
    const double longer = std::max(e.path_length_m, e.shortest_path_m);
    const double ratio = longer > 0 ? e.shortest_path_m / longer : 1;
    double progress = e.final_distance_m == 0 ? 1 : 0;
    if (e.start_distance_m > 0) progress = std::max(0.0, 1 - e.final_distance_m / e.start_distance_m);
    successes += e.success ? 1 : 0;
    out.spl_per_episode.push_back(e.success ? ratio : 0);
    out.soft_spl_per_episode.push_back(progress * ratio);
  }
  if (episodes.empty()) return out;
  out.success_rate = successes / static_cast<double>(episodes.size());
  out.spl = series::mean(out.spl_per_episode);
  out.soft_spl = series::mean(out.soft_spl_per_episode);
  return out;
}

namespace {

Result<void> check_trial(std::size_t i, const CompletionTrial& trial) {
  ASSAY_RETURN_IF_ERROR(check_at_least(fmt::format("completion_time[{}]", i), trial.completion_time_s, 0));
  ASSAY_RETURN_IF_ERROR(check_at_least(fmt::format("total_count[{}]", i), trial.total_count, 1));
  ASSAY_RETURN_IF_ERROR(check_at_least(fmt::format("satisfied_count[{}]", i), trial.satisfied_count, 0));
  ASSAY_RETURN_IF_ERROR(check_at_least(fmt::format("intervention_count[{}]", i), trial.intervention_count, 0));
  if (trial.satisfied_count <= trial.total_count) return {};
  return bad_input(1032, {"more goal conditions satisfied than there are", "满足的目标条件数多于条件总数"},
                   fmt::format("{} of {} in trial {}", trial.satisfied_count, trial.total_count, i));
}

void describe_times(const std::vector<double>& times, Completion& out) {
  if (times.empty()) return;
  out.time_success_mean_s = series::mean(times);
  out.time_success_std_s = series::deviation(times);
  const auto [low, high] = std::minmax_element(times.begin(), times.end());
  out.time_success_min_s = *low;
  out.time_success_max_s = *high;
  out.time_success_median_s = series::median(times);
}

}  // namespace

Result<Completion> completion(std::span<const CompletionTrial> trials, double timeout_s) {
  ASSAY_RETURN_IF_ERROR(check_at_least("timeout", timeout_s, 0));
  Completion out;
  std::vector<double> times;
  double total_s = 0, censored_s = 0, satisfied = 0, interventions = 0;
  int autonomous = 0;
  for (std::size_t i = 0; i < trials.size(); ++i) {
    const auto& t = trials[i];
    ASSAY_RETURN_IF_ERROR(check_trial(i, t));
    total_s += t.completion_time_s;
    censored_s += t.success ? t.completion_time_s : timeout_s;
    satisfied += static_cast<double>(t.satisfied_count) / t.total_count;
    interventions += t.intervention_count;
    if (!t.success) continue;
    times.push_back(t.completion_time_s);
    if (t.intervention_count == 0) ++autonomous;
  }
  out.trial_count = static_cast<int>(trials.size());
  out.success_count = static_cast<int>(times.size());
  if (trials.empty()) return out;
  const double n = static_cast<double>(trials.size());
  out.success_rate = out.success_count / n;
  out.autonomous_success_rate = autonomous / n;
  out.goal_condition_mean = satisfied / n;
  out.time_censored_mean_s = censored_s / n;
  describe_times(times, out);
  if (total_s > 0) out.successes_per_hour = 3600 * out.success_count / total_s;
  if (interventions > 0) out.mean_time_between_interventions_s = total_s / interventions;
  return out;
}

namespace {

bool constant(std::span<const double> x) {
  return std::all_of(x.begin(), x.end(), [&](double value) { return value == x.front(); });
}

std::optional<double> pearson(std::span<const double> x, std::span<const double> y) {
  if (x.size() < 2 || constant(x) || constant(y)) return std::nullopt;
  const double mx = *series::mean(x), my = *series::mean(y);
  double xy = 0, xx = 0, yy = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    xy += (x[i] - mx) * (y[i] - my);
    xx += (x[i] - mx) * (x[i] - mx);
    yy += (y[i] - my) * (y[i] - my);
  }
  const double scale = std::sqrt(xx) * std::sqrt(yy);
  if (!(scale > 0)) return std::nullopt;  // spread below what binary64 can square
  return std::clamp(xy / scale, -1.0, 1.0);
}

}  // namespace

Result<SimReal> sim_real(std::span<const double> sim_score, std::span<const double> real_score) {
  ASSAY_RETURN_IF_ERROR(check_same_length("sim_score", sim_score.size(), "real_score", real_score.size()));
  ASSAY_RETURN_IF_ERROR(check_finite("sim_score", sim_score));
  ASSAY_RETURN_IF_ERROR(check_finite("real_score", real_score));
  if (sim_score.size() > 20000)
    return bad_input(1039, {"more than 20 000 policies to compare in pairs", "成对比较的策略超过 20 000 个"},
                     fmt::format("{}", sim_score.size()));
  SimReal out;
  if (sim_score.empty()) return out;
  out.pearson_r = pearson(sim_score, real_score);
  double sum = 0;
  for (std::size_t i = 0; i < sim_score.size(); ++i) {
    double worst = 0;
    for (std::size_t j = 0; j < sim_score.size(); ++j)
      if ((sim_score[i] > sim_score[j]) != (real_score[i] > real_score[j]))
        worst = std::max(worst, std::abs(real_score[i] - real_score[j]));
    sum += worst;
  }
  out.mmrv = sum / static_cast<double>(sim_score.size());
  ASSAY_RETURN_IF_ERROR(series::check_result("sim/real", {out.pearson_r.value_or(0), *out.mmrv}));
  return out;
}

}  // namespace assay::metrics
