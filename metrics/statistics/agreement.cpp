#include "metrics/statistics/agreement.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "metrics/input.h"

namespace assay::metrics {

namespace {

/// Shares of the k × k table of two raters.
struct Table {
  std::vector<std::vector<double>> share;
  std::vector<double> row, column;
  double observed = 0, expected = 0;
};

Result<Table> table_of(std::span<const int> rater1, std::span<const int> rater2, int categories) {
  ASSAY_RETURN_IF_ERROR(check_same_length("rater1", rater1.size(), "rater2", rater2.size()));
  ASSAY_RETURN_IF_ERROR(check_size("rater1", rater1.size(), 1));
  ASSAY_RETURN_IF_ERROR(check_at_least("categories", categories, 2));
  if (categories > 1000) return bad_input(1039, {"too many categories", "类别过多"}, fmt::format("{}", categories));
  const auto k = static_cast<std::size_t>(categories);
  std::vector<std::vector<int>> count(k, std::vector<int>(k, 0));
  std::vector<int> row(k, 0), column(k, 0);
  for (std::size_t i = 0; i < rater1.size(); ++i) {
    for (const int rating : {rater1[i], rater2[i]})
      if (rating < 1 || rating > categories)
        return bad_input(1036, {"a rating is outside the categories", "评分不在类别范围内"},
                         fmt::format("{} at item {}, categories 1…{}", rating, i, categories));
    const auto a = static_cast<std::size_t>(rater1[i] - 1), b = static_cast<std::size_t>(rater2[i] - 1);
    ++count[a][b], ++row[a], ++column[b];
  }
  const double n = static_cast<double>(rater1.size());
  Table out{std::vector<std::vector<double>>(k, std::vector<double>(k)), std::vector<double>(k),
            std::vector<double>(k)};
  for (std::size_t i = 0; i < k; ++i) {
    for (std::size_t j = 0; j < k; ++j) out.share[i][j] = count[i][j] / n;
    out.row[i] = row[i] / n;
    out.column[i] = column[i] / n;
    out.observed += out.share[i][i];
    out.expected += out.row[i] * out.column[i];
  }
  return out;
}

/// 1 − Σ w o/Σ w e, w = |i − j|^power.
std::optional<double> weighted_kappa(const Table& table, int power) {
  double observed = 0, expected = 0;
  for (std::size_t i = 0; i < table.row.size(); ++i) {
    for (std::size_t j = 0; j < table.row.size(); ++j) {
      const double weight = std::pow(std::abs(static_cast<double>(i) - static_cast<double>(j)), power);
      observed += weight * table.share[i][j];
      expected += weight * table.row[i] * table.column[j];
    }
  }
  if (!(expected > 0)) return std::nullopt;
  return 1 - observed / expected;
}

double kappa_error(const Table& table, double kappa, double n) {
  double sum = 0;
  const double miss = 1 - kappa;
  for (std::size_t i = 0; i < table.row.size(); ++i) {
    for (std::size_t j = 0; j < table.row.size(); ++j) {
      const double margins =
          i == j ? 1 - (table.row[i] + table.column[i]) * miss : (table.column[i] + table.row[j]) * miss;
      sum += table.share[i][j] * margins * margins;
    }
  }
  const double centre = kappa - table.expected * miss;
  return std::sqrt(std::max(0.0, sum - centre * centre) / n) / (1 - table.expected);
}

}  // namespace

Result<CohenKappa> cohen_kappa(std::span<const int> rater1, std::span<const int> rater2, int categories) {
  ASSAY_TRY(const auto table, table_of(rater1, rater2, categories));
  CohenKappa out;
  out.linear = weighted_kappa(table, 1);
  out.quadratic = weighted_kappa(table, 2);
  if (!out.linear) return out;  // both raters use one and the same category: Pe = 1
  out.kappa = (table.observed - table.expected) / (1 - table.expected);
  out.se = kappa_error(table, *out.kappa, static_cast<double>(rater1.size()));
  return out;
}

Result<Prevalence> prevalence(std::span<const int> rater1, std::span<const int> rater2, int categories) {
  ASSAY_TRY(const auto table, table_of(rater1, rater2, categories));
  Prevalence out;
  out.items_n = static_cast<int>(rater1.size());
  out.observed = table.observed;
  out.expected = table.expected;
  out.share1 = table.row;
  out.share2 = table.column;
  double chance = 0;
  for (std::size_t i = 0; i < table.row.size(); ++i) {
    const double both = table.row[i] + table.column[i];
    out.agreement.push_back(both > 0 ? std::optional(2 * table.share[i][i] / both) : std::nullopt);
    chance += both / 2 * (1 - both / 2) / (categories - 1);
  }
  if (categories == 2) {
    out.prevalence_index = std::abs(table.share[0][0] - table.share[1][1]);
    out.bias_index = std::abs(table.share[0][1] - table.share[1][0]);
  }
  out.prevalence_adjusted = (categories * table.observed - 1) / (categories - 1);
  out.gwet_ac1 = (table.observed - chance) / (1 - chance);  // chance ≤ 1/k < 1
  return out;
}

Result<FleissKappa> fleiss_kappa(std::span<const std::vector<int>> counts) {
  ASSAY_RETURN_IF_ERROR(check_size("counts", counts.size(), 1));
  const auto k = counts[0].size();
  ASSAY_RETURN_IF_ERROR(check_size("categories", k, 2));
  std::vector<double> column(k, 0.0);
  double ratings = 0, observed = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    ASSAY_RETURN_IF_ERROR(check_same_length("a row of counts", counts[i].size(), "the first row", k));
    double sum = 0, squares = 0;
    for (std::size_t j = 0; j < k; ++j) {
      ASSAY_RETURN_IF_ERROR(check_at_least("count", counts[i][j], 0));
      const double count = counts[i][j];
      sum += count;
      squares += count * count;
      column[j] += count;
    }
    if (i == 0) ratings = sum;
    if (sum != ratings || ratings < 2)
      return bad_input(
          1036, {"every item needs the same number of ratings, at least 2", "每个对象的评分次数须相同且不少于 2"},
          fmt::format("{} at item {}, {} at item 0", sum, i, ratings));
    observed += (squares - sum) / (sum * (sum - 1));
  }
  const double n = static_cast<double>(counts.size());
  observed /= n;
  double expected = 0, largest = 0;
  for (const double count : column) {
    expected += count / (n * ratings) * (count / (n * ratings));
    largest = std::max(largest, count);
  }
  FleissKappa out;
  if (largest < n * ratings) out.kappa = (observed - expected) / (1 - expected);
  const double even = 1 / static_cast<double>(k);
  out.randolph = (observed - even) / (1 - even);
  return out;
}

}  // namespace assay::metrics
