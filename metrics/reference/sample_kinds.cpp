#include "metrics/reference/kinds.h"
#include "metrics/reference/read.h"
#include "metrics/statistics/ranks.h"
#include "metrics/statistics/resampling.h"
#include "metrics/statistics/t_tests.h"

namespace assay::metrics {

namespace {

std::vector<std::vector<double>> groups(const Json& input, const char* member) {
  return input.at(member).get<std::vector<std::vector<double>>>();
}

Result<Json> welch_t(const Json& input) {
  const auto a = numbers(input, "a"), b = numbers(input, "b");
  const double confidence = number(input, "confidence");
  ASSAY_TRY(const auto welch, welch_t_test(a, b, confidence));
  ASSAY_TRY(const auto student, student_t_test(a, b, confidence));
  return Json{{"welch_t", or_null(welch.t)},           {"welch_df", or_null(welch.df)},
              {"welch_p", or_null(welch.p_two_sided)}, {"welch_ci", or_null(welch.interval)},
              {"student_t", or_null(student.t)},       {"student_p", or_null(student.p_two_sided)},
              {"p_less", or_null(welch.p_less)}};
}

Result<Json> paired_t(const Json& input) {
  const auto a = numbers(input, "a"), b = numbers(input, "b");
  ASSAY_TRY(const auto t, paired_t_test(a, b, number(input, "confidence")));
  ASSAY_TRY(const auto ranked, signed_rank(a, b, 0));  // R takes ties by the doubles as they are
  return Json{{"t", or_null(t.t)},
              {"df", or_null(t.df)},
              {"p", or_null(t.p_two_sided)},
              {"ci", or_null(t.interval)},
              {"wilcoxon_signed_rank_p_exact", or_null(ranked.p_exact)}};
}

Result<Json> mann_whitney_kind(const Json& input) {
  ASSAY_TRY(const auto r, mann_whitney(numbers(input, "a"), numbers(input, "b"), 0.95));
  return Json{{"W_U_of_a", r.u},
              {"p_exact_two_sided", or_null(r.p_exact)},
              {"p_normal_cc_two_sided", or_null(r.p_normal_cc)},
              {"p_normal_nocc", or_null(r.p_normal)},
              {"hodges_lehmann", r.tied ? Json(nullptr) : Json(r.hodges_lehmann)},  // R gives another one with ties
              {"hl_ci95", or_null(r.shift)}};
}

Result<Json> rank_tests(const Json& input) {
  const auto a = numbers(input, "a"), b = numbers(input, "b");
  ASSAY_TRY(const auto u, mann_whitney(a, b, 0.95));
  ASSAY_TRY(const auto ks, kolmogorov_smirnov(a, b));
  ASSAY_TRY(const auto bm, brunner_munzel(a, b));
  return Json{{"U1", u.u},
              {"p_exact", or_null(u.p_exact_as_if_untied)},  // SciPy's "exact" makes no correction for ties
              {"p_asymptotic_cc", or_null(u.p_normal_cc)},
              {"ks_stat", ks.d},
              {"ks_p_exact", or_null(ks.p_exact)},
              {"brunner_munzel_stat", or_null(bm.statistic)},
              {"brunner_munzel_p", or_null(bm.p_two_sided)}};
}

Result<Json> kruskal_friedman(const Json& input) {
  const auto given = groups(input, "groups");
  ASSAY_TRY(const auto kruskal, kruskal_wallis(given));
  Json out{{"kruskal_H", or_null(kruskal.statistic)},
           {"kruskal_p", or_null(kruskal.p)},
           {"friedman_chi2", nullptr},
           {"friedman_p", nullptr}};
  const auto blocks = friedman(given);  // groups of different size form no blocks
  if (!blocks && blocks.error().id != 1034) return blocks.error();
  if (blocks) out["friedman_chi2"] = or_null(blocks->statistic), out["friedman_p"] = or_null(blocks->p);
  return out;
}

Result<Json> bca(const Json& input) {
  ASSAY_TRY(const auto statistic, sample_statistic(text(input, "statistic")));
  ASSAY_TRY(const auto r, bca_exhaustive(numbers(input, "data"), statistic, number(input, "confidence")));
  return Json{{"theta", r.estimate},
              {"B", r.resamples},
              {"z0", or_null(r.z0)},
              {"acceleration", or_null(r.acceleration)},
              {"alpha_adjusted", or_null(r.adjusted)},
              {"ci_type7", or_null(r.interval)},
              {"percentile_ci_type7", r.percentile},
              {"se_boot", r.se}};
}

}  // namespace

void register_sample_kinds(ReferenceRegistry& registry) {
  registry.add({"welch_t", "welch_t_test, student_t_test (metrics/statistics/t_tests.h)", welch_t});
  registry.add(
      {"paired_t", "paired_t_test (metrics/statistics/t_tests.h), signed_rank (metrics/statistics/ranks.h)", paired_t});
  registry.add({"mann_whitney", "mann_whitney (metrics/statistics/ranks.h)", mann_whitney_kind});
  registry.add({"rank_tests_scipy", "mann_whitney, kolmogorov_smirnov, brunner_munzel (metrics/statistics/ranks.h)",
                rank_tests});
  registry.add({"kruskal_friedman", "kruskal_wallis, friedman (metrics/statistics/ranks.h)", kruskal_friedman});
  registry.add({"bca_exhaustive", "bca_exhaustive (metrics/statistics/resampling.h)", bca});
}

}  // namespace assay::metrics
