#include "metrics/statistics/prediction_powered.h"

#include <cmath>
#include <vector>

#include "metrics/input.h"
#include "metrics/statistics/laws.h"
#include "metrics/statistics/sample_tools.h"

namespace assay::metrics {

Result<std::optional<PredictionPoweredMean>> prediction_powered_mean(std::span<const double> real,
                                                                     std::span<const double> simulated,
                                                                     std::span<const double> simulated_extra,
                                                                     double confidence) {
  ASSAY_RETURN_IF_ERROR(check_same_length("real", real.size(), "simulated", simulated.size()));
  ASSAY_RETURN_IF_ERROR(check_size("real", real.size(), 2));
  ASSAY_RETURN_IF_ERROR(check_size("simulated_extra", simulated_extra.size(), 1));
  ASSAY_RETURN_IF_ERROR(check_finite("real", real));
  ASSAY_RETURN_IF_ERROR(check_finite("simulated", simulated));
  ASSAY_RETURN_IF_ERROR(check_finite("simulated_extra", simulated_extra));
  ASSAY_RETURN_IF_ERROR(check_open_probability("confidence", confidence));
  const double n = static_cast<double>(real.size()), extra = static_cast<double>(simulated_extra.size());
  std::vector<double> all(simulated.begin(), simulated.end());
  all.insert(all.end(), simulated_extra.begin(), simulated_extra.end());
  const double spread = samples::population_variance(all);
  if (spread == 0) return std::optional<PredictionPoweredMean>();
  const double mean_y = samples::mean(real), mean_f = samples::mean(simulated);
  double covariance = 0;
  for (std::size_t i = 0; i < real.size(); ++i) covariance += (real[i] - mean_y) * (simulated[i] - mean_f) / n;
  PredictionPoweredMean out;
  out.lambda = covariance / ((1 + n / extra) * spread);
  out.estimate = mean_y - out.lambda * (mean_f - samples::mean(simulated_extra));
  std::vector<double> rest(real.begin(), real.end());
  for (std::size_t i = 0; i < rest.size(); ++i) rest[i] -= out.lambda * simulated[i];
  out.se = std::sqrt(out.lambda * out.lambda * samples::population_variance(simulated_extra) / extra +
                     samples::population_variance(rest) / n);
  const double z = -laws::normal_quantile((1 - confidence) / 2);
  const double classical = std::sqrt(samples::population_variance(real) / n);
  out.interval = {out.estimate - z * out.se, out.estimate + z * out.se};
  out.classical_interval = {mean_y - z * classical, mean_y + z * classical};
  if (std::isfinite(out.interval[0] + out.interval[1] + classical + mean_y)) return std::optional(out);
  return bad_input(1036, {"values too large: their squares overflow", "数值过大，其平方溢出"}, "");
}

}  // namespace assay::metrics
