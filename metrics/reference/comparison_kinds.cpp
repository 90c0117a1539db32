// Kinds of reference cases about the comparison of two robots.
#include "metrics/reference/kinds.h"
#include "metrics/reference/read.h"
#include "metrics/statistics/comparison.h"

namespace assay::metrics {
namespace {

Result<Json> two_sample_sequential_oc(const Json& input) {
  ComparisonTable table;
  table.pairing = Pairing::unpaired;
  table.n_max = integer(input, "n_max");
  table.b_min = input.at("y_min_to_declare_B_by_t_then_x").get<std::vector<std::vector<int>>>();
  table.mirrored = input.at("mirrored").get<bool>();
  ASSAY_TRY(const auto pair, pair_probabilities(number(input, "p_a"), number(input, "p_b")));
  ASSAY_TRY(const auto oc, comparison_characteristics(table, pair));
  return Json{{"expected_pairs", oc.expected_pairs_n},
              {"p_declare_B", oc.p_declare_b},
              {"p_declare_A", oc.p_declare_a},
              {"p_undecided", oc.p_undecided}};
}

/// Our own kind: pairs that began alike, in any dependence.
Result<Json> paired_sequential_oc(const Json& input) {
  ComparisonTable table;
  table.pairing = Pairing::paired;
  table.n_max = integer(input, "n_max");
  table.b_min = input.at("b_min_to_declare_B_by_t_then_a").get<std::vector<std::vector<int>>>();
  table.mirrored = input.at("mirrored").get<bool>();
  const double a_only = number(input, "p_a_only"), b_only = number(input, "p_b_only");
  ASSAY_TRY(const auto oc, comparison_characteristics(table, {0, a_only, b_only, 1 - a_only - b_only}));
  return Json{{"expected_pairs", oc.expected_pairs_n},
              {"p_declare_B", oc.p_declare_b},
              {"p_declare_A", oc.p_declare_a},
              {"p_undecided", oc.p_undecided}};
}

}  // namespace

void register_comparison_kinds(ReferenceRegistry& registry) {
  registry.add({"two_sample_sequential_oc", "comparison_characteristics (metrics/statistics/comparison.h)",
                two_sample_sequential_oc});
  registry.add(
      {"paired_sequential_oc", "comparison_characteristics (metrics/statistics/comparison.h)", paired_sequential_oc});
}

}  // namespace assay::metrics
