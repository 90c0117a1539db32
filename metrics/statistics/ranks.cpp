#include "metrics/statistics/ranks.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "metrics/input.h"
#include "metrics/statistics/laws.h"
#include "metrics/statistics/rank_distributions.h"
#include "metrics/statistics/sample_tools.h"

namespace assay::metrics {

namespace {

constexpr std::size_t kExactPairs = 10'000;    // n·m up to which the exact null distribution is built
constexpr std::size_t kMostPairs = 4'000'000;  // differences kept for the shift
constexpr std::size_t kExactSignedRank = 400;

Result<void> check_two(std::span<const double> a, std::span<const double> b, std::size_t least) {
  ASSAY_RETURN_IF_ERROR(check_size("a", a.size(), least));
  ASSAY_RETURN_IF_ERROR(check_size("b", b.size(), least));
  ASSAY_RETURN_IF_ERROR(check_finite("a", a));
  return check_finite("b", b);
}

std::vector<double> joined(std::span<const double> a, std::span<const double> b) {
  std::vector<double> all(a.begin(), a.end());
  all.insert(all.end(), b.begin(), b.end());
  return all;
}

Error too_large(const std::string& found) {
  return bad_input(1039, {"too many values for this method", "数据量过大，超出该方法的范围"}, found);
}

/// Two-sided p of a normal deviate; `correction` moves it towards 0.
double two_sided(double distance, double correction, double sd) {
  const double z = std::max(std::abs(distance) - correction, 0.0) / sd;
  return std::min(1.0, 2 * laws::normal_upper(z));
}

void exact_shift(MannWhitney& out, const std::vector<double>& cdf, std::span<const double> differences,
                 double confidence) {
  // smallest u with P(U ≤ u) ≥ α/2; the limits leave out u differences at either end
  const double tail = (1 - confidence) / 2 * (1 - 1e-14);
  std::size_t u = 0;
  while (u + 1 < cdf.size() && cdf[u] < tail) ++u;
  u = std::max<std::size_t>(u, 1);
  out.shift = std::array<double, 2>{differences[u - 1], differences[differences.size() - u]};
}

}  // namespace

Result<MannWhitney> mann_whitney(std::span<const double> a, std::span<const double> b, double confidence) {
  ASSAY_RETURN_IF_ERROR(check_two(a, b, 1));
  ASSAY_RETURN_IF_ERROR(check_open_probability("confidence", confidence));
  const auto pairs = a.size() * b.size();
  if (pairs > kMostPairs) return too_large(fmt::format("n·m = {}, at most {}", pairs, kMostPairs));
  const double n = static_cast<double>(a.size()), m = static_cast<double>(b.size()), total = n + m;
  const auto ranks = samples::average_ranks(joined(a, b));
  MannWhitney out;
  out.tied = ranks.tie_sum > 0;
  for (std::size_t i = 0; i < a.size(); ++i) out.u += ranks.rank[i];
  out.u -= n * (n + 1) / 2;
  const double variance = n * m / 12 * (total + 1 - ranks.tie_sum / (total * (total - 1)));
  if (variance > 0) {
    out.p_normal_cc = two_sided(out.u - n * m / 2, 0.5, std::sqrt(variance));
    out.p_normal = two_sided(out.u - n * m / 2, 0, std::sqrt(variance));
  }
  std::vector<double> differences;
  differences.reserve(pairs);
  for (const double x : a)
    for (const double y : b) differences.push_back(x - y);
  ASSAY_RETURN_IF_ERROR(check_finite("a_i − b_j", differences));
  std::sort(differences.begin(), differences.end());
  const auto middle = differences.size() / 2;
  out.hodges_lehmann =
      differences.size() % 2 == 1 ? differences[middle] : 0.5 * (differences[middle - 1] + differences[middle]);
  if (pairs > kExactPairs) return out;
  const auto cdf = mann_whitney_distribution(static_cast<int>(a.size()), static_cast<int>(b.size()));
  const auto other = static_cast<int>(n * m) - static_cast<int>(std::max(out.u, n * m - out.u));
  out.p_exact_as_if_untied = std::min(1.0, 2 * cdf[static_cast<std::size_t>(other)]);  // symmetric: P(U ≥ nm − u)
  if (out.tied) return out;
  out.p_exact = out.p_exact_as_if_untied;
  exact_shift(out, cdf, differences, confidence);
  return out;
}

Result<double> mann_whitney_cdf(int u, int n, int m) {
  ASSAY_RETURN_IF_ERROR(check_at_least("n", n, 1));
  ASSAY_RETURN_IF_ERROR(check_at_least("m", m, 1));
  if (static_cast<double>(n) * m > static_cast<double>(kExactPairs))
    return too_large(fmt::format("n {}, m {}, n·m at most {}", n, m, kExactPairs));
  if (u < 0) return 0.0;
  if (u >= n * m) return 1.0;
  return mann_whitney_distribution(n, m)[static_cast<std::size_t>(u)];
}

Result<SignedRank> signed_rank(std::span<const double> a, std::span<const double> b, double tie_tolerance) {
  ASSAY_RETURN_IF_ERROR(check_same_length("a", a.size(), "b", b.size()));
  ASSAY_RETURN_IF_ERROR(check_two(a, b, 1));
  ASSAY_RETURN_IF_ERROR(check_at_least("tie_tolerance", tie_tolerance, 0));
  SignedRank out;
  std::vector<double> size;
  std::vector<bool> positive;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double d = a[i] - b[i];
    if (std::abs(d) <= tie_tolerance) {
      out.zeros = true;
      continue;
    }
    size.push_back(std::abs(d));
    positive.push_back(d > 0);
  }
  ASSAY_RETURN_IF_ERROR(check_finite("a − b", size));
  out.n = static_cast<int>(size.size());
  if (out.n == 0) return out;
  const auto ranks = samples::average_ranks(size, tie_tolerance);
  out.tied = ranks.tie_sum > 0;
  for (std::size_t i = 0; i < size.size(); ++i)
    if (positive[i]) out.v += ranks.rank[i];
  const double n = out.n;
  const double variance = n * (n + 1) * (2 * n + 1) / 24 - ranks.tie_sum / 48;
  out.p_normal_cc = two_sided(out.v - n * (n + 1) / 4, 0.5, std::sqrt(variance));
  if (out.tied || out.zeros || size.size() > kExactSignedRank) return out;
  const double lower_tail = std::min(out.v, n * (n + 1) / 2 - out.v);  // symmetric about n(n + 1)/4
  out.p_exact = std::min(1.0, 2 * signed_rank_distribution(out.n)[static_cast<std::size_t>(std::llround(lower_tail))]);
  return out;
}

Result<KolmogorovSmirnov> kolmogorov_smirnov(std::span<const double> a, std::span<const double> b) {
  ASSAY_RETURN_IF_ERROR(check_two(a, b, 1));
  std::vector<double> x(a.begin(), a.end()), y(b.begin(), b.end());
  std::sort(x.begin(), x.end());
  std::sort(y.begin(), y.end());
  const auto n = static_cast<std::int64_t>(x.size()), m = static_cast<std::int64_t>(y.size());
  std::int64_t i = 0, j = 0, widest = 0;  // |i/n − j/m| as |i·m − j·n|: exact
  while (i < n && j < m) {
    const double at = std::min(x[static_cast<std::size_t>(i)], y[static_cast<std::size_t>(j)]);
    while (i < n && x[static_cast<std::size_t>(i)] <= at) ++i;
    while (j < m && y[static_cast<std::size_t>(j)] <= at) ++j;
    widest = std::max(widest, std::abs(i * m - j * n));
  }
  KolmogorovSmirnov out;
  out.d = static_cast<double>(widest) / (static_cast<double>(n) * static_cast<double>(m));
  if (n * m <= 25'000'000) out.p_exact = smirnov_tail(n, m, widest);
  return out;
}

Result<BrunnerMunzel> brunner_munzel(std::span<const double> a, std::span<const double> b) {
  ASSAY_RETURN_IF_ERROR(check_two(a, b, 2));
  const auto all = samples::average_ranks(joined(a, b)).rank;
  const double n = static_cast<double>(a.size()), m = static_cast<double>(b.size());
  const auto spread = [](std::span<const double> among_all, const std::vector<double>& among_own) {
    std::vector<double> placed(among_all.begin(), among_all.end());
    for (std::size_t i = 0; i < placed.size(); ++i) placed[i] -= among_own[i];
    return samples::variance(placed);
  };
  const std::span<const double> ranks(all);
  const auto of_a = ranks.first(a.size()), of_b = ranks.last(b.size());
  const double sa = n * spread(of_a, samples::average_ranks(a).rank);
  const double sb = m * spread(of_b, samples::average_ranks(b).rank);
  const double gap = samples::mean(of_b) - samples::mean(of_a);
  BrunnerMunzel out;
  out.relative_effect = 0.5 + gap / (n + m);
  if (!(sa + sb > 0)) return out;
  out.statistic = n * m * gap / ((n + m) * std::sqrt(sa + sb));
  out.df = (sa + sb) * (sa + sb) / (sa * sa / (n - 1) + sb * sb / (m - 1));
  out.p_two_sided = std::min(1.0, 2 * laws::student_upper(std::abs(*out.statistic), *out.df));
  return out;
}

Result<RankChiSquare> kruskal_wallis(std::span<const std::vector<double>> groups) {
  ASSAY_RETURN_IF_ERROR(check_size("groups", groups.size(), 2));
  std::vector<double> all;
  for (const auto& group : groups) {
    ASSAY_RETURN_IF_ERROR(check_size("group", group.size(), 1));
    ASSAY_RETURN_IF_ERROR(check_finite("group", group));
    all.insert(all.end(), group.begin(), group.end());
  }
  const auto ranks = samples::average_ranks(all);
  const double n = static_cast<double>(all.size());
  RankChiSquare out;
  out.df = static_cast<int>(groups.size()) - 1;
  const double untied = 1 - ranks.tie_sum / (n * n * n - n);
  if (!(untied > 0)) return out;
  double between = 0;
  std::size_t at = 0;
  for (const auto& group : groups) {
    double sum = 0;
    for (std::size_t i = 0; i < group.size(); ++i) sum += ranks.rank[at++] - (n + 1) / 2;
    between += sum * sum / static_cast<double>(group.size());
  }
  out.statistic = 12 * between / (n * (n + 1)) / untied;
  out.p = laws::chi_square_upper(*out.statistic, out.df);
  return out;
}

Result<RankChiSquare> friedman(std::span<const std::vector<double>> groups) {
  ASSAY_RETURN_IF_ERROR(check_size("groups", groups.size(), 2));
  ASSAY_RETURN_IF_ERROR(check_size("group", groups[0].size(), 1));
  for (const auto& group : groups) {
    ASSAY_RETURN_IF_ERROR(check_same_length("a group", group.size(), "the first group", groups[0].size()));
    ASSAY_RETURN_IF_ERROR(check_finite("group", group));
  }
  const double k = static_cast<double>(groups.size()), n = static_cast<double>(groups[0].size());
  std::vector<double> sums(groups.size(), 0.0), block(groups.size());
  double ties = 0;
  for (std::size_t i = 0; i < groups[0].size(); ++i) {
    for (std::size_t g = 0; g < groups.size(); ++g) block[g] = groups[g][i];
    const auto ranks = samples::average_ranks(block);
    ties += ranks.tie_sum;
    for (std::size_t g = 0; g < groups.size(); ++g) sums[g] += ranks.rank[g] - (k + 1) / 2;
  }
  RankChiSquare out;
  out.df = static_cast<int>(groups.size()) - 1;
  const double untied = 1 - ties / (k * (k * k - 1) * n);
  if (!(untied > 0)) return out;
  double between = 0;
  for (const double sum : sums) between += sum * sum;
  out.statistic = 12 * between / (k * n * (k + 1)) / untied;
  out.p = laws::chi_square_upper(*out.statistic, out.df);
  return out;
}

}  // namespace assay::metrics
