#include "metrics/statistics/sample_tools.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace assay::metrics::samples {

double mean(std::span<const double> values) {
  const double first = std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
  double rest = 0;  // a second pass takes back what the sum lost by rounding
  for (const double x : values) rest += x - first;
  return first + rest / static_cast<double>(values.size());
}

double sum_of_squares(std::span<const double> values) {
  const double centre = mean(values);
  double sum = 0;
  for (const double x : values) sum += (x - centre) * (x - centre);
  return sum;
}

double variance(std::span<const double> values) {
  return sum_of_squares(values) / static_cast<double>(values.size() - 1);
}

double population_variance(std::span<const double> values) {
  return sum_of_squares(values) / static_cast<double>(values.size());
}

double quantile_type7(std::span<const double> sorted, double p) {
  const double h = static_cast<double>(sorted.size() - 1) * p;
  const auto low = static_cast<std::size_t>(std::floor(h));
  const auto high = std::min(low + 1, sorted.size() - 1);
  return sorted[low] + (h - std::floor(h)) * (sorted[high] - sorted[low]);
}

Ranks average_ranks(std::span<const double> values, double tolerance) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](auto i, auto j) { return values[i] < values[j]; });
  Ranks out;
  out.rank.resize(values.size());
  for (std::size_t first = 0; first < order.size();) {
    std::size_t next = first + 1;
    while (next < order.size() && values[order[next]] - values[order[next - 1]] <= tolerance) ++next;
    const double shared = 0.5 * static_cast<double>(first + 1 + next);
    for (std::size_t i = first; i < next; ++i) out.rank[order[i]] = shared;
    const auto t = static_cast<double>(next - first);
    out.tie_sum += t * t * t - t;
    first = next;
  }
  return out;
}

}  // namespace assay::metrics::samples
