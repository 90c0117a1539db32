// Scores of a series of trials or episodes: path-weighted success, completion, agreement of simulation with reality.
// Pure. Empty = undefined.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "core/result.h"

namespace assay::metrics {

/// One navigation episode; lengths [m] ≥ 0.
struct NavigationEpisode {
  bool success = false;
  double shortest_path_m = 0, path_length_m = 0;      ///< l, p
  double start_distance_m = 0, final_distance_m = 0;  ///< d0, dT to the goal
};
/// ratio = l/max(p, l), 1 where both are 0. SPL_i = ratio for a success, else 0 (Anderson et al., arXiv:1807.06757);
/// SoftSPL_i = max(0, 1 − dT/d0)·ratio for failures too (d0 = 0: 1 if dT = 0, else 0). Means over all episodes; no
/// episode: empty.
struct NavigationScore {
  std::optional<double> success_rate, spl, soft_spl;
  std::vector<double> spl_per_episode, soft_spl_per_episode;
};
/// Fails with ASSAY-1030 (not finite) or 1032 (negative).
Result<NavigationScore> navigation_score(std::span<const NavigationEpisode> episodes);

struct CompletionTrial {
  bool success = false;
  double completion_time_s = 0;              ///< ≥ 0
  int satisfied_count = 0, total_count = 1;  ///< goal conditions: 0 ≤ satisfied ≤ total, total ≥ 1
  int intervention_count = 0;                ///< ≥ 0
};
/// Rates over all n trials; autonomous = success without intervention. Times over the successful trials only (std with
/// divisor n − 1, empty below 2; all empty without a success); censored mean: failed trials enter with the time-out.
/// successes_per_hour = 3600·successes/Σtime (empty for Σtime = 0), mean time between interventions =
/// Σtime/Σinterventions (empty for 0). n = 0: counts 0, rest empty.
struct Completion {
  int trial_count = 0, success_count = 0;
  std::optional<double> success_rate, autonomous_success_rate, goal_condition_mean;
  std::optional<double> time_success_mean_s, time_success_median_s, time_success_std_s, time_success_min_s,
      time_success_max_s, time_censored_mean_s;
  std::optional<double> successes_per_hour, mean_time_between_interventions_s;
};
/// Fails with ASSAY-1030 (not finite) or 1032 (a count or time that cannot be).
Result<Completion> completion(std::span<const CompletionTrial> trials, double timeout_s);

/// Scores of the same n policies in simulation (S) and in reality (R). pearson_r: empty for n < 2 or a constant series,
/// limited to [−1, 1]. MMRV = (1/n)·Σ_i max_j |R_i − R_j|·[(S_i > S_j) ≠ (R_i > R_j)], strict > (Li et al., "Evaluating
/// real-world robot manipulation policies in simulation", arXiv:2405.05941); empty for n = 0.
struct SimReal {
  std::optional<double> pearson_r, mmrv;
};
/// Fails with ASSAY-1030, 1034 (lengths), 1036 (result out of range), 1039 (more than 20 000 policies).
Result<SimReal> sim_real(std::span<const double> sim_score, std::span<const double> real_score);

}  // namespace assay::metrics
