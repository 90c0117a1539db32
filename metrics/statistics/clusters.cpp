#include "metrics/statistics/clusters.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "metrics/input.h"
#include "metrics/statistics/laws.h"
#include "metrics/statistics/sample_tools.h"

namespace assay::metrics {

Result<ClusterCorrelation> cluster_correlation(std::span<const ClusterCount> clusters, double confidence) {
  ASSAY_RETURN_IF_ERROR(check_size("clusters", clusters.size(), 2));
  ASSAY_RETURN_IF_ERROR(check_open_probability("confidence", confidence));
  double n = 0, squares = 0, successes = 0, within = 0;
  for (const auto& cluster : clusters) {
    ASSAY_RETURN_IF_ERROR(check_counts(cluster.successes, cluster.n));
    const double size = cluster.n, s = cluster.successes;
    n += size;
    squares += size * size;
    successes += s;
    within += s * (size - s) / size;
  }
  const double k = static_cast<double>(clusters.size());
  if (n > 1e9) return bad_input(1039, {"too many trials", "试验次数过多"}, fmt::format("{}", n));
  ASSAY_RETURN_IF_ERROR(check_size("trials", static_cast<std::size_t>(n), clusters.size() + 1));
  ClusterCorrelation out;
  out.clusters = static_cast<int>(clusters.size());
  out.trials = static_cast<int>(n);
  out.success_share = successes / n;
  out.mean_size = squares / n;
  out.n0 = (n - squares / n) / (k - 1);
  if (successes == 0 || successes == n) return out;
  double between = 0;
  for (const auto& cluster : clusters) {
    const double size = cluster.n, gap = cluster.successes / size - out.success_share;
    between += size * gap * gap;
  }
  const double msb = between / (k - 1), msw = within / (n - k);
  out.icc = (msb - msw) / (msb + (out.n0 - 1) * msw);
  out.design_effect = 1 + (out.mean_size - 1) * std::max(*out.icc, 0.0);
  if (!(msw > 0)) return out;
  const double f = msb / msw, tail = (1 - confidence) / 2;
  const double low = f / laws::fisher_quantile(1 - tail, k - 1, n - k);
  const double high = f * laws::fisher_quantile(1 - tail, n - k, k - 1);
  out.limits = std::array<double, 2>{(low - 1) / (low + out.n0 - 1), (high - 1) / (high + out.n0 - 1)};
  return out;
}

Result<double> design_effect(double cluster_size, double icc) {
  ASSAY_RETURN_IF_ERROR(check_at_least("cluster_size", cluster_size, 1));
  ASSAY_RETURN_IF_ERROR(check_finite("icc", icc));
  const double effect = 1 + (cluster_size - 1) * icc;
  if (icc <= 1 && icc >= -1 && effect >= 0) return effect;
  return bad_input(1036, {"no such correlation within clusters", "该簇内相关系数不可能存在"},
                   fmt::format("icc {}, cluster size {}", icc, cluster_size));
}

Result<int> inflated_n(int n, int cluster_size, double icc) {
  ASSAY_RETURN_IF_ERROR(check_at_least("n", n, 1));
  ASSAY_TRY(const double effect, design_effect(cluster_size, icc));
  const double trials = std::ceil(n * std::max(1.0, effect) * (1 - 1e-14));  // 20 × 1.45 is 29, not 30
  const double whole = std::ceil(trials / cluster_size) * cluster_size;
  if (whole > 1e9) return bad_input(1039, {"too many trials", "试验次数过多"}, fmt::format("{}", whole));
  return static_cast<int>(whole);
}

namespace {

Result<void> check_table(const StopTable& table, int cluster_size) {
  const auto entries = static_cast<std::size_t>(std::max(table.n_max, 0)) + 1;
  ASSAY_RETURN_IF_ERROR(check_at_least("n_max", table.n_max, 1));
  ASSAY_RETURN_IF_ERROR(check_at_least("cluster_size", cluster_size, 1));
  ASSAY_RETURN_IF_ERROR(check_same_length("accept", table.accept.size(), "the plan (n_max + 1)", entries));
  ASSAY_RETURN_IF_ERROR(check_same_length("refuse", table.refuse.size(), "the plan (n_max + 1)", entries));
  const double n = table.n_max, widest = std::min<double>(cluster_size, n);
  if (n * n * widest <= 4e9) return {};
  return bad_input(1039, {"plan and clusters too large to enumerate", "方案与簇过大，无法枚举"},
                   fmt::format("n_max {}, cluster size {}", table.n_max, cluster_size));
}

}  // namespace

Result<Characteristics> clustered_characteristics(const StopTable& table, double p, int cluster_size, double icc) {
  ASSAY_RETURN_IF_ERROR(check_table(table, cluster_size));
  ASSAY_RETURN_IF_ERROR(check_probability("p", p));
  ASSAY_RETURN_IF_ERROR(check_probability("icc", icc));
  const auto size = static_cast<std::size_t>(table.n_max) + 1;
  // mass[x][f]: chance of being undecided with f failures, x of them in the cluster under way
  std::vector<std::vector<double>> mass(1, std::vector<double>(size, 0.0));
  mass[0][0] = 1;
  Characteristics out;
  for (int n = 0; n < table.n_max; ++n) {
    const int done = n % cluster_size;  // trials of this cluster so far
    if (done == 0 && mass.size() > 1) {
      for (std::size_t x = 1; x < mass.size(); ++x)
        for (std::size_t f = 0; f < size; ++f) mass[0][f] += mass[x][f];
      mass.resize(1);
    }
    std::vector<std::vector<double>> next(mass.size() + 1, std::vector<double>(size, 0.0));
    const auto after = static_cast<std::size_t>(n) + 1;
    for (std::size_t x = 0; x < mass.size(); ++x) {
      const double fails = ((1 - p) * (1 - icc) + static_cast<double>(x) * icc) / (1 - icc + done * icc);
      const double failure = done == 0 ? 1 - p : fails;
      for (int f = static_cast<int>(x); f <= n; ++f) {
        const double here = mass[x][static_cast<std::size_t>(f)];
        if (here == 0) continue;
        out.expected_n += here;
        for (const int failed : {0, 1}) {
          const double chance = here * (failed == 1 ? failure : 1 - failure);
          if (f + failed <= table.accept[after])
            out.accept += chance;
          else if (f + failed >= table.refuse[after])
            out.refuse += chance;
          else
            next[x + static_cast<std::size_t>(failed)][static_cast<std::size_t>(f + failed)] += chance;
        }
      }
    }
    mass = std::move(next);
  }
  return out;
}

Result<double> clustered_acceptance(int n, int c, double p, int cluster_size, double icc) {
  ASSAY_RETURN_IF_ERROR(check_at_least("n", n, 1));
  ASSAY_RETURN_IF_ERROR(check_at_least("c", c, 0));
  ASSAY_RETURN_IF_ERROR(check_at_least("n − c", n - c, 1));
  if (n > 100'000) return bad_input(1039, {"too many trials", "试验次数过多"}, fmt::format("{}", n));
  StopTable table;
  table.n_max = n;
  table.accept.assign(static_cast<std::size_t>(n) + 1, -1);
  table.accept.back() = c;
  table.refuse.assign(static_cast<std::size_t>(n) + 1, c + 1);
  ASSAY_TRY(const auto found, clustered_characteristics(table, p, cluster_size, icc));
  return found.accept;
}

}  // namespace assay::metrics
