#include "metrics/statistics/rank_distributions.h"

#include <algorithm>
#include <cmath>

namespace assay::metrics {

namespace {

void accumulate(std::vector<double>& probabilities) {
  double sum = 0;
  for (auto& p : probabilities) p = sum = std::min(1.0, sum + p);
}

}  // namespace

std::vector<double> mann_whitney_distribution(int n, int m) {
  // The largest of i + j values is an a with chance i/(i + j) and then stands above all j b's.
  if (n > m) std::swap(n, m);                                             // the distribution is the same
  std::vector<std::vector<double>> row(static_cast<std::size_t>(n) + 1);  // row[i] = chances of U for i a's, j b's
  for (auto& p : row) p.assign(1, 1.0);                                   // j = 0: U = 0
  for (int j = 1; j <= m; ++j) {
    for (int i = 1; i <= n; ++i) {
      const double top_a = static_cast<double>(i) / (i + j), top_b = static_cast<double>(j) / (i + j);
      const auto& fewer_a = row[static_cast<std::size_t>(i) - 1];  // (i − 1, j), already renewed
      const auto& fewer_b = row[static_cast<std::size_t>(i)];      // (i, j − 1)
      std::vector<double> next(static_cast<std::size_t>(i) * static_cast<std::size_t>(j) + 1, 0.0);
      for (std::size_t u = 0; u < fewer_b.size(); ++u) next[u] += top_b * fewer_b[u];
      for (std::size_t u = 0; u < fewer_a.size(); ++u) next[u + static_cast<std::size_t>(j)] += top_a * fewer_a[u];
      row[static_cast<std::size_t>(i)] = std::move(next);
    }
  }
  auto out = std::move(row[static_cast<std::size_t>(n)]);
  accumulate(out);
  return out;
}

std::vector<double> signed_rank_distribution(int n) {
  const auto most = static_cast<std::size_t>(n) * (static_cast<std::size_t>(n) + 1) / 2;
  std::vector<double> p(most + 1, 0.0);
  p[0] = 1;
  std::size_t reach = 0;
  for (std::size_t rank = 1; rank <= static_cast<std::size_t>(n); ++rank) {
    reach += rank;
    for (std::size_t v = reach + 1; v-- > 0;) p[v] = 0.5 * (p[v] + (v >= rank ? p[v - rank] : 0.0));
  }
  accumulate(p);
  return p;
}

double smirnov_tail(std::int64_t n, std::int64_t m, std::int64_t widest) {
  if (widest <= 0) return 1;
  // inside[j] = chance of having come to (i, j) without leaving the band; steps are draws without replacement
  std::vector<double> inside(static_cast<std::size_t>(m) + 1, 0.0);
  double left = 0;
  for (std::int64_t i = 0; i <= n; ++i) {
    for (std::int64_t j = 0; j <= m; ++j) {
      const auto at = static_cast<std::size_t>(j);
      double p = i == 0 && j == 0 ? 1.0 : 0.0;
      if (i > 0) p += inside[at] * static_cast<double>(n - i + 1) / static_cast<double>(n - i + 1 + m - j);
      if (j > 0) p += inside[at - 1] * static_cast<double>(m - j + 1) / static_cast<double>(n - i + m - j + 1);
      const bool outside = std::abs(i * m - j * n) >= widest;
      if (outside) left += p;
      inside[at] = outside ? 0.0 : p;
    }
  }
  return std::min(left, 1.0);
}

}  // namespace assay::metrics
