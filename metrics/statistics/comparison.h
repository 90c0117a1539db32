// Comparison of two robots by an exact sequential test: the table that stops it, the walk through the table, and what
// the table does (statistics.md §3.2, §5). Graded scores are compared elsewhere (betting). Pure.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "core/result.h"

namespace assay::metrics {

/// How trials were matched. Paired: trial i of A and of B began from the same start; any dependence within the pair is
/// allowed, and only pairs that one robot alone passed speak. Unpaired: independent starts, one trial of each a pair.
enum class Pairing { paired, unpaired };

enum class ComparisonVerdict { undecided, a_better, b_better };

/// After t pairs the walk stands at (t, a, b). Paired: a pairs that A alone passed, b that B alone passed. Unpaired: a
/// successes of A, b successes of B. b_min[t−1][a], a = 0 … t, is the fewest b at which "B better" is declared after t
/// pairs; t + 1 (or more) means never. `mirrored`: "A better" is declared by the same numbers with the roles exchanged.
/// If both were declared in one state, B's comes first; a monotone table (below) has no such state.
struct ComparisonTable {
  Pairing pairing = Pairing::paired;
  int n_max = 0;
  std::vector<std::vector<int>> b_min;
  bool mirrored = true;
};

/// The longest comparison that the arithmetic in double precision carries.
inline constexpr int kComparisonPairsMax = 500;

/// ASSAY-1036: n_max outside 1 … 500; ASSAY-1034: not n_max rows of t + 1 numbers; ASSAY-1032: a negative number.
Result<void> check_table(const ComparisonTable& table);

/// Besides: within each row b_min never falls and b_min[t−1][a] > a. Then more successes of B (or fewer of A) can only
/// bring "B better" forward, path by path, so P(declare B) rises in p_B and falls in p_A (paired: rises in P(B alone),
/// falls in P(A alone)), and over the null "B is not better" it is largest where both are equal. ASSAY-1036 if not.
Result<void> check_monotone(const ComparisonTable& table);

/// Verdict of the single state (t, a, b), 1 ≤ t ≤ n_max; the table passed check_table.
ComparisonVerdict verdict_at(const ComparisonTable& table, int t, int a, int b);

/// Whether any further outcomes could still bring a verdict after (t, a, b), where none has been reached. When false
/// the comparison may end as undecided without the pairs that are left; sizes stay what they are.
bool can_still_decide(const ComparisonTable& table, int t, int a, int b);

struct ComparisonState {
  ComparisonVerdict verdict = ComparisonVerdict::undecided;
  int pairs_n = 0;  ///< pairs up to the verdict, or all that were used
  int a = 0, b = 0;
};

/// Walks pair by pair to the first verdict; later outcomes are ignored. a_success[i] and b_success[i] are the outcomes
/// of pair i. Paired: lists of one length (ASSAY-1034). Unpaired: the longer list's surplus is ignored. Fails as
/// check_table. No outcomes: undecided after 0 pairs.
Result<ComparisonState> compare(const ComparisonTable& table, const std::vector<bool>& a_success,
                                const std::vector<bool>& b_success);

/// Chances of one pair of trials; they sum to 1.
struct PairProbabilities {
  double both = 0, a_only = 0, b_only = 0, neither = 0;
};

/// both = p_A p_B + ρ √(p_A q_A p_B q_B), and so on; ρ is the correlation of success within the pair. ASSAY-1031: p
/// outside [0, 1], ρ outside [−1, 1] or not a number; ASSAY-1036: no such pair exists (Fréchet's bounds), or ρ ≠ 0
/// where a success is certain or impossible.
Result<PairProbabilities> pair_probabilities(double p_a, double p_b, double rho = 0);

struct ComparisonCharacteristics {
  double expected_pairs_n = 0, p_declare_a = 0, p_declare_b = 0, p_undecided = 0;
};

/// Exact properties of the table by recursion over every state, O(n_max³) sums. An unpaired table may be given
/// dependent pairs, to see what dependence does to it. Fails as check_table; ASSAY-1031: probabilities outside [0, 1];
/// ASSAY-1036: their sum is not 1 within 1e-9.
Result<ComparisonCharacteristics> comparison_characteristics(const ComparisonTable& table,
                                                             const PairProbabilities& pair);

}  // namespace assay::metrics
