// Reference kinds of counts: limits of a proportion, exact tests of two, numbers of trials, events per time.
#include <cmath>
#include <limits>
#include <numbers>

#include "metrics/input.h"
#include "metrics/reference/kinds.h"
#include "metrics/reference/read.h"
#include "metrics/sequential.h"
#include "metrics/statistics/laws.h"
#include "metrics/statistics/proportion.h"
#include "metrics/statistics/reliability.h"
#include "metrics/statistics/two_proportions.h"

namespace assay::metrics {

namespace {

Json pair(const Interval& interval) { return Json{interval.lower, interval.upper}; }

TwoCounts two_counts(const Json& in) {
  return {integer(in, "x1"), integer(in, "n1"), integer(in, "x2"), integer(in, "n2")};
}

Result<Json> binomial_ci(const Json& in) {
  const int x = integer(in, "successes"), n = integer(in, "n");
  const double confidence = number(in, "confidence");
  ASSAY_TRY(const auto exact, clopper_pearson(x, n, confidence));
  ASSAY_TRY(const auto score, wilson(x, n, confidence));
  ASSAY_TRY(const auto bayes, jeffreys(x, n, confidence));
  ASSAY_TRY(const double lower, clopper_pearson_lower(x, n, confidence));
  ASSAY_TRY(const double upper, clopper_pearson_upper(x, n, confidence));
  return Json{{"clopper_pearson", pair(exact)},
              {"wilson", pair(score)},
              {"jeffreys", pair(bayes)},
              {"cp_one_sided_lower", lower},
              {"cp_one_sided_upper", upper}};
}

Result<Json> demonstration(const Json& in) {
  Json list = Json::array();
  for (const auto& failures : in.at("failures_allowed")) {
    ASSAY_TRY(const int n, demonstration_n(failures.get<int>(), number(in, "p0"), number(in, "alpha")));
    list.push_back(n);
  }
  return Json{{"n", list}};
}

Result<Json> fixed(const Json& in) {
  const double p0 = number(in, "p0"), p1 = number(in, "p1");
  ASSAY_TRY(const auto plan, fixed_plan(p0, p1, number(in, "alpha"), number(in, "beta")));
  ASSAY_TRY(const auto risks, fixed_plan_risks(plan.n, plan.c, p0, p1));
  return Json{{"n", plan.n}, {"max_failures", plan.c}, {"actual_alpha", risks.alpha}, {"actual_power", risks.power}};
}

Result<Json> fisher(const Json& in) {
  const auto table = in.at("table").get<std::array<std::array<int, 2>, 2>>();
  for (const auto& row : table)
    for (const int count : row) ASSAY_RETURN_IF_ERROR(check_at_least("count", count, 0));
  ASSAY_TRY(const auto p,
            fisher_exact({table[0][0], table[0][0] + table[0][1], table[1][0], table[1][0] + table[1][1]}));
  return Json{{"p_two_sided", p.two_sided}, {"p_less", p.less}, {"p_greater", p.greater}};
}

Result<Json> mcnemar_tests(const Json& in) {
  ASSAY_TRY(const auto p, mcnemar(integer(in, "b"), integer(in, "c")));
  return Json{{"exact_two_sided", p.exact_two_sided}, {"exact_one_sided_b_less", p.exact_less},
              {"mid_p_two_sided", or_null(p.mid_p)},  {"chi2_no_cc", or_null(p.chi2)},
              {"p_no_cc", or_null(p.p_chi2)},         {"chi2_cc", or_null(p.chi2_corrected)},
              {"p_cc", or_null(p.p_corrected)}};
}

Result<Json> barnard(const Json& in) {
  ASSAY_TRY(const auto alternative, alternative_named(in.value("alternative", "two-sided")));
  ASSAY_TRY(const auto test, barnard_exact(two_counts(in), alternative));
  return Json{{"p", test.p}, {"statistic", or_null(test.statistic)}, {"nuisance_at_max", test.nuisance}};
}

double apart(const Json& want, const Json& got) {
  if (want.is_null() && got.is_null()) return 0;
  if (!want.is_number() || !got.is_number()) return std::numeric_limits<double>::infinity();
  return std::abs(got.get<double>() - want.get<double>()) / std::max(1.0, std::abs(want.get<double>()));
}

/// Several π may share the largest p (equal arms: π and 1 − π), and a flat top fixes π only to the square root of the
/// arithmetic's precision. So a stated π also agrees if it *is* a place of the maximum: p there equals the largest p.
double barnard_deviation(const Json& in, const Json& expected, const Json& got) {
  double worst = 0;
  for (const auto& [member, want] : expected.items()) {
    if (!got.contains(member)) return std::numeric_limits<double>::infinity();
    double deviation = apart(want, got[member]);
    if (member == "nuisance_at_max" && want.is_number()) {
      const auto alternative = alternative_named(in.value("alternative", "two-sided"));
      const auto there = barnard_p_at(two_counts(in), *alternative, want.get<double>());
      const double p = got.at("p").get<double>();
      if (there && std::abs(*there - p) <= 1e-9 * p) deviation = std::min(deviation, std::abs(*there - p));
    }
    worst = std::max(worst, deviation);
  }
  return worst;
}

Result<Json> boschloo(const Json& in) {
  ASSAY_TRY(const auto p, boschloo_exact(two_counts(in)));
  return Json{{"p_two_sided", p.two_sided},
              {"p_one_sided_in_observed_direction", p.observed},
              {"p_less", p.less},
              {"p_greater", p.greater}};
}

Result<Json> difference(const Json& in) {
  ASSAY_TRY(const auto d, two_proportion_difference(two_counts(in), number(in, "confidence")));
  return Json{{"newcomb", pair(d.newcombe)},
              {"wald", pair(d.wald)},
              {"agresti-caffo", pair(d.agresti_caffo)},
              {"miettinen_nurminen_score", pair(d.miettinen_nurminen)}};
}

/// End of the score interval as statsmodels 0.13.5 computes it: in the linear coefficient of the restricted
/// likelihood's cubic it has x2·δ where Miettinen & Nurminen have n2·δ (score_test_proportions_2indep, tmp1). For
/// comparison with values from that tool only; NaN where its formula has no answer.
double statsmodels_score_end(const TwoCounts& c, double confidence, double far) {
  const double n1 = c.n1, n2 = c.n2, n = n1 + n2, x1 = c.x1, x2 = c.x2, d = x1 / n1 - x2 / n2;
  const double z = laws::normal_quantile((1 + confidence) / 2);
  const auto inside = [&](double delta) {
    const double l2 = (n1 + 2 * n2) * delta - n - x1 - x2, l1 = (x2 * delta - n - 2 * x2) * delta + x1 + x2;
    const double third = l2 / (3 * n), l0 = x2 * delta * (1 - delta);
    const double q = third * third * third - l1 * l2 / (6 * n * n) + l0 / (2 * n);
    const double p = std::copysign(std::sqrt(third * third - l1 / (3 * n)), q);
    const double p2 = 2 * p * std::cos((std::numbers::pi + std::acos(q / (p * p * p))) / 3) - third, p1 = p2 + delta;
    const double variance = (p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2) * n / (n - 1);
    return (d - delta) * (d - delta) <= z * z * variance;  // false for NaN
  };
  double near = d, beyond = far;
  for (int i = 0; i < 200; ++i) (inside(near + (beyond - near) / 2) ? near : beyond) = near + (beyond - near) / 2;
  return near == d ? std::nan("") : near;
}

/// The general rule, but a score interval also agrees where it is, end by end, what statsmodels' misprint gives.
double difference_deviation(const Json& in, const Json& expected, const Json& got) {
  double worst = 0;
  for (const auto& [member, want] : expected.items()) {
    if (!got.contains(member) || !want.is_array() || want.size() != 2) return std::numeric_limits<double>::infinity();
    double deviation = std::max(apart(want[0], got[member][0]), apart(want[1], got[member][1]));
    if (member == "miettinen_nurminen_score" && deviation > 0) {
      const auto counts = two_counts(in);
      const double confidence = number(in, "confidence");
      const double misprint = std::max(apart(want[0], statsmodels_score_end(counts, confidence, -1)),
                                       apart(want[1], statsmodels_score_end(counts, confidence, 1)));
      if (misprint < deviation) deviation = misprint;
    }
    worst = std::max(worst, deviation);
  }
  return worst;
}

Result<Json> poisson(const Json& in) {
  ASSAY_TRY(const auto limits,
            poisson_rate_limits(integer(in, "events"), number(in, "exposure"), number(in, "confidence")));
  return Json{{"exact", pair(limits.two_sided)},
              {"one_sided_lower", limits.one_sided_lower},
              {"one_sided_upper", limits.one_sided_upper}};
}

Result<Json> mtbf(const Json& in) {
  const int failures = integer(in, "failures");
  const double confidence = number(in, "confidence");
  ASSAY_TRY(const auto limits, mtbf_limits(number(in, "total_time"), failures, confidence));
  ASSAY_TRY(const double required, mtbf_required_time(1000, failures, confidence));
  const auto& ends = limits.failure_terminated_two_sided;
  return Json{{"time_terminated_lower", limits.time_terminated_lower},
              {"time_terminated_two_sided_lower", limits.time_terminated_two_sided_lower},
              {"time_terminated_two_sided_upper", or_null(limits.time_terminated_two_sided_upper)},
              {"failure_terminated_lower", or_null(limits.failure_terminated_lower)},
              {"failure_terminated_two_sided", ends ? pair(*ends) : Json(nullptr)},
              {"required_time_for_mtbf_1000", required}};
}

Result<Json> mtbf_plan(const Json& in) {
  ASSAY_TRY(const auto plan, mtbf_fixed_plan(number(in, "theta_lower"), number(in, "discrimination"),
                                             number(in, "producer_risk"), number(in, "consumer_risk")));
  return Json{{"max_failures", plan.max_failures},
              {"test_time", plan.test_time},
              {"actual_producer_risk", plan.producer_risk},
              {"actual_consumer_risk", plan.consumer_risk}};
}

}  // namespace

void register_proportion_kinds(ReferenceRegistry& registry) {
  registry.add({"binomial_ci", "clopper_pearson, wilson, jeffreys (metrics/statistics/proportion.h)", binomial_ci});
  registry.add({"demonstration_n", "demonstration_n (metrics/statistics/proportion.h)", demonstration});
  registry.add(
      {"fixed_plan", "fixed_plan (metrics/sequential.h), fixed_plan_risks (metrics/statistics/proportion.h)", fixed});
  registry.add({"fisher_exact", "fisher_exact (metrics/statistics/two_proportions.h)", fisher});
  registry.add({"mcnemar", "mcnemar (metrics/statistics/two_proportions.h)", mcnemar_tests});
  registry.add({"barnard_exact",
                "barnard_exact (metrics/statistics/two_proportions.h)",
                barnard,
                {"scipy_p"},
                barnard_deviation});
  registry.add({"boschloo_exact", "boschloo_exact (metrics/statistics/two_proportions.h)", boschloo});
  registry.add({"two_proportion_diff_ci",
                "two_proportion_difference (metrics/statistics/two_proportions.h)",
                difference,
                {},
                difference_deviation});
  registry.add({"poisson_rate_ci", "poisson_rate_limits (metrics/statistics/reliability.h)", poisson});
  registry.add({"mtbf_chi2", "mtbf_limits, mtbf_required_time (metrics/statistics/reliability.h)", mtbf});
  registry.add({"mtbf_fixed_plan", "mtbf_fixed_plan (metrics/statistics/reliability.h)", mtbf_plan});
}

}  // namespace assay::metrics
