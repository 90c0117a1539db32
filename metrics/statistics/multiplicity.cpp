#include "metrics/statistics/multiplicity.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "metrics/input.h"

namespace assay::metrics {

namespace {

constexpr std::size_t kMostSubjects = 200;
constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

using Graph = std::vector<std::vector<bool>>;  ///< [i][j]: not shown to differ
using Clique = std::vector<std::size_t>;       ///< ascending

/// Grows {i, j} by every subject, in order, that is joined to all members so far.
Clique grown(const Graph& joined, std::size_t i, std::size_t j) {
  Clique clique{i};
  if (j != i) clique.push_back(j);
  for (std::size_t k = 0; k < joined.size(); ++k) {
    const bool fits =
        std::all_of(clique.begin(), clique.end(), [&](auto member) { return member != k && joined[member][k]; });
    if (fits) clique.push_back(k);
  }
  std::sort(clique.begin(), clique.end());
  return clique;
}

/// How many cliques hold each pair; [i][i] counts the subject itself.
class Cover {
 public:
  explicit Cover(std::size_t n) : count_(n, std::vector<int>(n, 0)) {}
  void add(const Clique& clique, int by) {
    for (const auto i : clique)
      for (const auto j : clique) count_[i][j] += by;
  }
  [[nodiscard]] int operator()(std::size_t i, std::size_t j) const { return count_[i][j]; }
  /// Whether every pair of the clique also stands in another one.
  [[nodiscard]] bool redundant(const Clique& clique) const {
    for (const auto i : clique)
      for (const auto j : clique)
        if (count_[i][j] < 2) return false;
    return true;
  }

 private:
  std::vector<std::vector<int>> count_;
};

std::vector<Clique> cover(const Graph& joined) {
  std::vector<Clique> cliques;
  Cover covered(joined.size());
  for (std::size_t i = 0; i < joined.size(); ++i) {
    for (std::size_t j = i; j < joined.size(); ++j) {
      if (covered(i, j) > 0 || (j != i && !joined[i][j])) continue;
      cliques.push_back(grown(joined, i, j));
      covered.add(cliques.back(), 1);
    }
  }
  for (std::size_t c = cliques.size(); c-- > 0;) {
    if (!covered.redundant(cliques[c])) continue;
    covered.add(cliques[c], -1);
    cliques.erase(cliques.begin() + static_cast<std::ptrdiff_t>(c));
  }
  std::sort(cliques.begin(), cliques.end());
  return cliques;
}

}  // namespace

Result<AdjustedP> adjust_p(std::span<const double> p) {
  ASSAY_RETURN_IF_ERROR(check_size("p", p.size(), 1));
  for (const double value : p) ASSAY_RETURN_IF_ERROR(check_probability("p", value));
  const auto n = p.size();
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](auto i, auto j) { return p[i] < p[j]; });
  AdjustedP out;
  out.bonferroni.resize(n);
  out.holm = out.hochberg = out.bh = out.by = out.bonferroni;
  double harmonic = 0;
  for (std::size_t i = 1; i <= n; ++i) harmonic += 1 / static_cast<double>(i);
  const double count = static_cast<double>(n);
  double holm = 0;
  for (std::size_t k = 0; k < n; ++k) {
    const auto i = order[k];
    out.bonferroni[i] = std::min(1.0, count * p[i]);
    holm = std::max(holm, (count - static_cast<double>(k)) * p[i]);
    out.holm[i] = std::min(1.0, holm);
  }
  double hochberg = 1, bh = 1, by = 1;
  for (std::size_t k = n; k-- > 0;) {
    const auto i = order[k];
    const double rank = static_cast<double>(k + 1);
    out.hochberg[i] = hochberg = std::min(hochberg, (count - static_cast<double>(k)) * p[i]);
    out.bh[i] = bh = std::min(bh, count / rank * p[i]);
    out.by[i] = by = std::min(by, harmonic * count / rank * p[i]);
  }
  return out;
}

Result<std::vector<std::string>> compact_letters(std::span<const std::vector<double>> p, double threshold) {
  ASSAY_RETURN_IF_ERROR(check_size("subjects", p.size(), 1));
  ASSAY_RETURN_IF_ERROR(check_probability("threshold", threshold));
  const auto too_large = [](const std::string& found) {
    return bad_input(1039, {"too many subjects for letters", "对象过多，无法用字母标记"}, found);
  };
  if (p.size() > kMostSubjects) return too_large(fmt::format("{} subjects", p.size()));
  Graph joined(p.size(), std::vector<bool>(p.size(), false));
  for (std::size_t i = 0; i < p.size(); ++i) {
    ASSAY_RETURN_IF_ERROR(check_same_length("a row of p", p[i].size(), "p", p.size()));
    for (std::size_t j = 0; j < i; ++j) {
      ASSAY_RETURN_IF_ERROR(check_probability("p", p[i][j]));
      if (p[i][j] != p[j][i])
        return bad_input(1036, {"p is not symmetric", "p 矩阵不对称"}, fmt::format("[{}][{}]", i, j));
      joined[i][j] = joined[j][i] = p[i][j] >= threshold;
    }
  }
  const auto cliques = cover(joined);
  if (cliques.size() > kLetters.size()) return too_large(fmt::format("{} letters needed", cliques.size()));
  std::vector<std::string> out(p.size());
  for (std::size_t c = 0; c < cliques.size(); ++c)
    for (const auto i : cliques[c]) out[i] += kLetters[c];
  return out;
}

}  // namespace assay::metrics
