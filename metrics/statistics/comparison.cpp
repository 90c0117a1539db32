#include "metrics/statistics/comparison.h"

#include <fmt/format.h>

#include <cmath>

#include "metrics/input.h"
#include "metrics/statistics/comparison_walk.h"

namespace assay::metrics {
namespace {

std::size_t at(int i) { return static_cast<std::size_t>(i); }

/// Rounding may leave a chance a hair below 0 where Fréchet's bound is met exactly.
constexpr double kRounding = 1e-12;

Result<void> check_pair(const PairProbabilities& pair) {
  ASSAY_RETURN_IF_ERROR(check_probability("both", pair.both));
  ASSAY_RETURN_IF_ERROR(check_probability("a_only", pair.a_only));
  ASSAY_RETURN_IF_ERROR(check_probability("b_only", pair.b_only));
  ASSAY_RETURN_IF_ERROR(check_probability("neither", pair.neither));
  const double sum = pair.both + pair.a_only + pair.b_only + pair.neither;
  if (std::abs(sum - 1) <= 1e-9) return {};
  return bad_input(1036, {"the chances of one pair must sum to 1", "一对试验各结果的概率之和必须为 1"},
                   fmt::format("{}", sum));
}

}  // namespace

Result<void> check_table(const ComparisonTable& table) {
  if (table.n_max < 1 || table.n_max > kComparisonPairsMax)
    return bad_input(1036,
                     {fmt::format("n_max of a comparison must lie between 1 and {}", kComparisonPairsMax),
                      fmt::format("比较试验的 n_max 必须在 1 与 {} 之间", kComparisonPairsMax)},
                     fmt::format("{}", table.n_max));
  ASSAY_RETURN_IF_ERROR(check_same_length("b_min", table.b_min.size(), "1 … n_max", at(table.n_max)));
  for (int t = 1; t <= table.n_max; ++t) {
    const auto& row = table.b_min[at(t - 1)];
    ASSAY_RETURN_IF_ERROR(check_same_length(fmt::format("b_min[{}]", t - 1), row.size(), "0 … t", at(t + 1)));
    for (const int b : row) ASSAY_RETURN_IF_ERROR(check_at_least(fmt::format("b_min[{}]", t - 1), b, 0));
  }
  return {};
}

Result<void> check_monotone(const ComparisonTable& table) {
  ASSAY_RETURN_IF_ERROR(check_table(table));
  for (int t = 1; t <= table.n_max; ++t) {
    const auto& row = table.b_min[at(t - 1)];
    for (int a = 0; a <= t; ++a) {
      const int b = row[at(a)];
      if (b > a && (a == 0 || b >= row[at(a - 1)])) continue;
      return bad_input(1036, {"the table is not monotone: its size is not proved", "判定表不单调，其检验水平无法证明"},
                       fmt::format("t {}, a {}: b_min {}", t, a, b));
    }
  }
  return {};
}

ComparisonVerdict verdict_at(const ComparisonTable& table, int t, int a, int b) {
  ASSAY_CHECK(t >= 1 && t <= table.n_max && a >= 0 && a <= t && b >= 0 && b <= t);
  const auto& row = table.b_min[at(t - 1)];
  if (b >= row[at(a)]) return ComparisonVerdict::b_better;
  if (table.mirrored && a >= row[at(b)]) return ComparisonVerdict::a_better;
  return ComparisonVerdict::undecided;
}

bool can_still_decide(const ComparisonTable& table, int t, int a, int b) {
  ASSAY_CHECK(t >= 0 && t <= table.n_max && a >= 0 && a <= t && b >= 0 && b <= t);
  // Nothing helps B more than winning every pair, nor A: the two straight walks settle it for a monotone table.
  for (int next = t + 1; next <= table.n_max; ++next) {
    const int step = next - t;
    if (verdict_at(table, next, a, b + step) == ComparisonVerdict::b_better) return true;
    if (verdict_at(table, next, a + step, b) == ComparisonVerdict::a_better) return true;
  }
  return false;
}

Result<ComparisonState> compare(const ComparisonTable& table, const std::vector<bool>& a_success,
                                const std::vector<bool>& b_success) {
  ASSAY_RETURN_IF_ERROR(check_table(table));
  const bool paired = table.pairing == Pairing::paired;
  if (paired) ASSAY_RETURN_IF_ERROR(check_same_length("a_success", a_success.size(), "b_success", b_success.size()));
  const auto pairs = std::min({a_success.size(), b_success.size(), at(table.n_max)});
  ComparisonState state;
  for (std::size_t i = 0; i < pairs && state.verdict == ComparisonVerdict::undecided; ++i) {
    state.a += a_success[i] && !(paired && b_success[i]) ? 1 : 0;
    state.b += b_success[i] && !(paired && a_success[i]) ? 1 : 0;
    state.verdict = verdict_at(table, ++state.pairs_n, state.a, state.b);
  }
  return state;
}

Result<PairProbabilities> pair_probabilities(double p_a, double p_b, double rho) {
  ASSAY_RETURN_IF_ERROR(check_probability("p_a", p_a));
  ASSAY_RETURN_IF_ERROR(check_probability("p_b", p_b));
  ASSAY_RETURN_IF_ERROR(check_probability("|rho|", std::abs(rho)));
  const double variance = p_a * (1 - p_a) * p_b * (1 - p_b), together = rho * std::sqrt(variance);
  PairProbabilities pair{p_a * p_b + together, p_a * (1 - p_b) - together, (1 - p_a) * p_b - together,
                         (1 - p_a) * (1 - p_b) + together};
  bool possible = rho == 0 || variance > 0;
  for (double* chance : {&pair.both, &pair.a_only, &pair.b_only, &pair.neither}) {
    possible = possible && *chance >= -kRounding;
    *chance = std::max(*chance, 0.0);
  }
  if (possible) return pair;
  return bad_input(1036,
                   {"no pair of trials has these success probabilities and this correlation",
                    "不存在具有这些成功概率与该相关系数的成对试验"},
                   fmt::format("p_a {}, p_b {}, rho {}", p_a, p_b, rho));
}

StepKernel step_kernel(Pairing pairing, const PairProbabilities& pair) {
  if (pairing == Pairing::paired) return {pair.both + pair.neither, pair.a_only, pair.b_only, 0};
  return {pair.neither, pair.a_only, pair.b_only, pair.both};
}

Result<ComparisonCharacteristics> comparison_characteristics(const ComparisonTable& table,
                                                             const PairProbabilities& pair) {
  ASSAY_RETURN_IF_ERROR(check_table(table));
  ASSAY_RETURN_IF_ERROR(check_pair(pair));
  ComparisonCharacteristics result;
  ComparisonWalk walk(table, step_kernel(table.pairing, pair));
  while (walk.running()) {
    result.expected_pairs_n += walk.going_on();
    walk.advance([&](int, int, double mass, ComparisonVerdict verdict) {
      (verdict == ComparisonVerdict::b_better ? result.p_declare_b : result.p_declare_a) += mass;
    });
  }
  result.p_undecided = walk.going_on();
  return result;
}

}  // namespace assay::metrics
