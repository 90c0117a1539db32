// Limits of proportions, exact tests, numbers of trials, events per time: properties and bad input.
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/math/special_functions/beta.hpp>
#include <cmath>
#include <limits>

#include "core/random.h"
#include "metrics/statistics/binomial_limit.h"
#include "metrics/statistics/proportion.h"
#include "metrics/statistics/reliability.h"
#include "metrics/statistics/two_proportions.h"

namespace assay::metrics {
namespace {

const double kNan = std::numeric_limits<double>::quiet_NaN();

double pmf(int x, int n, double p) { return boost::math::ibeta_derivative(x + 1.0, n - x + 1.0, p) / (n + 1); }

TEST(ClopperPearson, SameBitsWithWideAndNarrowRegisters) {
  if (!BinomialLimit::has_wide_registers()) GTEST_SKIP() << "this processor has no AVX2";
  Rng rng(StreamKey{7, 8});
  int compared = 0;
  for (const double tail : {1e-6, 0.025, 0.05, 0.2}) {
    const BinomialLimit limit(tail);
    for (int i = 0; i < 500; ++i) {
      BinomialLimit::Lanes wide;
      int terms = 3;
      for (std::size_t j = 0; j < kLimitLanes; ++j) {
        wide.a[j] = 1.0 + static_cast<double>(rng.below(3'000));
        wide.b[j] = 1.0 + static_cast<double>(rng.below(3'000));
        terms = std::max(terms, limit.terms(wide.a[j], wide.b[j]));
      }
      BinomialLimit::Lanes narrow = wide;
      ASSERT_EQ(limit.solve(wide, terms, true), limit.solve(narrow, terms, false));
      for (std::size_t j = 0; j < kLimitLanes; ++j, ++compared) {
        ASSERT_EQ(wide.p[j], narrow.p[j]);
        ASSERT_EQ(wide.q[j], narrow.q[j]);
      }
    }
  }
  EXPECT_EQ(compared, 8'000);
}

TEST(ClopperPearson, SolvesItsDefinition) {
  for (const double confidence : {0.3, 0.5, 0.8, 0.9, 0.95, 0.999, 1 - 1e-9})
    for (const int n : {1, 2, 3, 7, 20, 101, 1'000, 30'000, 2'000'000})
      for (const double share : {0.0, 0.001, 0.02, 0.3, 0.5, 0.77, 0.99, 1.0}) {
        const int x = static_cast<int>(share * n);
        const double lower = *clopper_pearson_lower(x, n, confidence), upper = *clopper_pearson_upper(x, n, confidence);
        const double tail = 1 - confidence, places = n > 1'000'000 ? 1e-8 : 1e-10;
        // The limit itself is rounded: near 1 that alone moves the tail by some 1e-16 × n.
        const double within = places * tail + 1e-15 * std::min(n, 100);
        if (x > 0) {
          EXPECT_NEAR(boost::math::ibeta(x * 1.0, n - x + 1.0, lower), tail, within) << x << '/' << n;
        }
        if (x < n) {
          EXPECT_NEAR(boost::math::ibetac(x + 1.0, n - x * 1.0, upper), tail, within) << x << '/' << n;
        }
        EXPECT_EQ(lower == 0, x == 0);
        EXPECT_EQ(upper == 1, x == n);
        EXPECT_TRUE(confidence < 0.5 || lower <= static_cast<double>(x) / n);
      }
}

TEST(ClopperPearson, ManyAreTheSameAsOne) {
  Rng rng({7, 9});
  std::vector<int> x, n;
  for (int i = 0; i < 3'001; ++i) {
    n.push_back(1 + static_cast<int>(rng.below(i % 3 ? 40 : 4'000)));
    x.push_back(static_cast<int>(rng.below(static_cast<std::uint64_t>(n.back()) + 1)));
  }
  for (const double confidence : {0.6, 0.9, 0.95, 0.99}) {
    const auto lower = clopper_pearson_lower(x, n, confidence), upper = clopper_pearson_upper(x, n, confidence);
    const auto both = clopper_pearson(x, n, confidence);
    ASSERT_TRUE(lower && upper && both);
    for (std::size_t i = 0; i < x.size(); ++i) {
      EXPECT_EQ((*lower)[i], *clopper_pearson_lower(x[i], n[i], confidence));
      EXPECT_EQ((*upper)[i], *clopper_pearson_upper(x[i], n[i], confidence));
      EXPECT_EQ((*both)[i], *clopper_pearson(x[i], n[i], confidence));
      const double a = x[i], b = n[i] - x[i] + 1.0;
      if (x[i] > 0) {
        const double peer = boost::math::ibeta_inv(a, b, 1 - confidence);
        EXPECT_NEAR((*lower)[i], peer, 2e-13 * peer) << x[i] << '/' << n[i];
        EXPECT_NEAR(1 - (*lower)[i], 1 - peer, 2e-13) << x[i] << '/' << n[i];
      }
    }
  }
}

TEST(ClopperPearson, CoversAtLeastItsConfidence) {
  for (const int n : {1, 5, 17, 40})
    for (double p = 0.01; p < 1; p += 0.0173) {
      double covered = 0;
      for (int x = 0; x <= n; ++x) {
        const auto limits = *clopper_pearson(x, n, 0.9);
        if (limits.lower <= p && p <= limits.upper) covered += pmf(x, n, p);
      }
      EXPECT_GE(covered, 0.9) << n << ' ' << p;
    }
}

TEST(ClopperPearson, MirrorsAndGrows) {
  for (int x = 0; x < 60; ++x) {
    EXPECT_NEAR(*clopper_pearson_lower(x, 60, 0.95), 1 - *clopper_pearson_upper(60 - x, 60, 0.95), 1e-15);
    EXPECT_LT(*clopper_pearson_lower(x, 60, 0.95), *clopper_pearson_lower(x + 1, 60, 0.95));
    EXPECT_LE(*clopper_pearson_lower(x, 60, 0.99), *clopper_pearson_lower(x, 60, 0.95));
  }
}

TEST(Proportion, BadInputIsNamed) {
  EXPECT_EQ(clopper_pearson(0, 0, 0.95).error().id, 1032);
  EXPECT_EQ(clopper_pearson_lower(5, 4, 0.95).error().id, 1032);
  EXPECT_EQ(clopper_pearson_upper(-1, 4, 0.95).error().id, 1032);
  for (const double confidence : {0.0, 1.0, -1.0, 2.0, kNan}) {
    EXPECT_EQ(clopper_pearson(1, 4, confidence).error().id, 1031);
    EXPECT_EQ(wilson(1, 4, confidence).error().id, 1031);
    EXPECT_EQ(jeffreys(1, 4, confidence).error().id, 1031);
    EXPECT_EQ(demonstration_n(0, confidence, 0.05).error().id, 1031);
    EXPECT_EQ(demonstration_n(0, 0.9, confidence).error().id, 1031);
  }
  EXPECT_EQ(wilson(1, 0, 0.9).error().id, 1032);
  EXPECT_EQ(demonstration_n(-1, 0.9, 0.1).error().id, 1032);
  EXPECT_EQ(demonstration_n(0, 1 - 1e-16, 1e-300).error().id, 1039);
  EXPECT_EQ(fixed_plan_risks(3, 4, 0.5, 0.6).error().id, 1032);
  EXPECT_EQ(fixed_plan_risks(3, 1, 0.5, kNan).error().id, 1031);
  const std::vector<int> x{1, 2}, n{3};
  EXPECT_EQ(clopper_pearson(x, n, 0.9).error().id, 1034);
  EXPECT_EQ(clopper_pearson(std::span<const int>{}, std::span<const int>{}, 0.9).error().id, 1033);
  EXPECT_EQ(clopper_pearson_upper(x, std::vector<int>{3, 1}, 0.9).error().id, 1032);
}

TEST(Proportion, DemonstrationIsTheSmallestNumber) {
  for (const double p0 : {0.6, 0.9, 0.985})
    for (const int c : {0, 1, 4}) {
      const int n = *demonstration_n(c, p0, 0.05);
      EXPECT_LE(fixed_plan_risks(n, c, p0, 1)->alpha, 0.05);
      EXPECT_GT(fixed_plan_risks(n - 1, c, p0, 1)->alpha, 0.05);
    }
}

TEST(Exact, FisherTailsShareTheObservedTable) {
  const auto p = *fisher_exact({8, 10, 3, 12});
  const auto mirrored = *fisher_exact({3, 12, 8, 10});
  EXPECT_NEAR(p.less, mirrored.greater, 1e-14);
  EXPECT_NEAR(p.two_sided, mirrored.two_sided, 1e-14);
  EXPECT_GT(p.less + p.greater, 1);
  EXPECT_EQ(fisher_exact({0, 10, 0, 12})->two_sided, 1);
  EXPECT_LT(fisher_exact({5'000, 5'000, 0, 5'000})->two_sided, 1e-300);
}

TEST(Exact, McNemarSidesAndBounds) {
  EXPECT_EQ(mcnemar(0, 0)->exact_two_sided, 1);
  EXPECT_FALSE(mcnemar(0, 0)->mid_p);
  EXPECT_EQ(mcnemar(-1, 3).error().id, 1032);
  EXPECT_EQ(mcnemar(2'000'000'000, 2'000'000'000).error().id, 1039);
  for (int b = 0; b < 12; ++b) EXPECT_NEAR(mcnemar(b, 7)->exact_two_sided, mcnemar(7, b)->exact_two_sided, 1e-15);
}

/// Real size of "reject if p ≤ level", the largest over a grid of the common probability.
template <class Test>
double size_of(int n1, int n2, double level, const Test& p_of) {
  double worst = 0;
  std::vector<std::pair<int, int>> rejected;
  for (int a = 0; a <= n1; ++a)
    for (int b = 0; b <= n2; ++b)
      if (p_of(a, b) <= level) rejected.emplace_back(a, b);
  for (double pi = 0.005; pi < 1; pi += 0.005) {
    double sum = 0;
    for (const auto& [a, b] : rejected) sum += pmf(a, n1, pi) * pmf(b, n2, pi);
    worst = std::max(worst, sum);
  }
  return worst;
}

TEST(Exact, UnconditionalTestsKeepTheirLevel) {
  const auto barnard = [](int a, int b) { return barnard_exact({a, 9, b, 6}, Alternative::two_sided)->p; };
  EXPECT_LE(size_of(9, 6, 0.05, barnard), 0.05);
  const auto boschloo = [](int a, int b) { return boschloo_exact({a, 9, b, 6})->greater; };
  EXPECT_LE(size_of(9, 6, 0.05, boschloo), 0.05);
}

TEST(Exact, BoschlooIsNeverWeakerThanFisher) {
  for (int a = 0; a <= 8; ++a)
    for (int b = 0; b <= 11; ++b) {
      const TwoCounts counts{a, 8, b, 11};
      EXPECT_LE(boschloo_exact(counts)->less, fisher_exact(counts)->less + 1e-12) << a << ' ' << b;
    }
}

TEST(Exact, BarnardCountsTiedTablesTogether) {
  // 7/12 v 1/7 has a partner of exactly equal |z| on the other side; without it p would be .0726.
  EXPECT_NEAR(barnard_exact({7, 12, 1, 7}, Alternative::two_sided)->p, 0.0808486938, 1e-9);
  for (int a = 0; a <= 7; ++a)
    for (int b = 0; b <= 7; ++b) {
      const TwoCounts seen{a, 7, b, 7}, swapped{b, 7, a, 7};
      EXPECT_NEAR(barnard_exact(seen, Alternative::less)->p, barnard_exact(swapped, Alternative::greater)->p, 1e-12);
      EXPECT_NEAR(barnard_exact(seen, Alternative::two_sided)->p, barnard_exact(swapped, Alternative::two_sided)->p,
                  1e-12);
    }
}

TEST(Exact, LargeArmsStillAnswer) {
  const auto test = barnard_exact({452, 500, 431, 500}, Alternative::two_sided);
  ASSERT_TRUE(test);
  EXPECT_NEAR(test->p, *barnard_p_at({452, 500, 431, 500}, Alternative::two_sided, test->nuisance), 1e-12);
  // No place of a fine grid does better.
  for (int i = 1; i < 400; ++i)
    EXPECT_LE(*barnard_p_at({452, 500, 431, 500}, Alternative::two_sided, i / 400.0), test->p * (1 + 1e-9));
  EXPECT_EQ(barnard_exact({1, 1'001, 1, 5}, Alternative::less).error().id, 1039);
  EXPECT_EQ(boschloo_exact({1, 5, 1, 1'001}).error().id, 1039);
}

TEST(Exact, BadInputIsNamed) {
  EXPECT_EQ(fisher_exact({0, 0, 1, 2}).error().id, 1032);
  EXPECT_EQ(barnard_exact({3, 2, 1, 2}, Alternative::less).error().id, 1032);
  EXPECT_EQ(boschloo_exact({1, 2, -1, 2}).error().id, 1032);
  EXPECT_EQ(barnard_p_at({1, 2, 1, 2}, Alternative::less, kNan).error().id, 1031);
  EXPECT_EQ(alternative_named("bigger").error().id, 1038);
  EXPECT_EQ(two_proportion_difference({1, 2, 1, 0}, 0.9).error().id, 1032);
  EXPECT_EQ(two_proportion_difference({1, 2, 1, 2}, 1).error().id, 1031);
}

TEST(Difference, ScoreIntervalIsMiettinenAndNurminens) {
  // Restricted likelihood maximised numerically. statsmodels 0.13.5 gives .0321258 and .4472309 by a misprinted term.
  const auto d = two_proportion_difference({28, 40, 18, 40}, 0.95)->miettinen_nurminen;
  EXPECT_NEAR(d.lower, 0.0321708711, 1e-9);
  EXPECT_NEAR(d.upper, 0.4455502178, 1e-9);
}

TEST(Difference, IntervalsHoldTheEstimateAndMirror) {
  for (int a = 0; a <= 10; ++a)
    for (int b = 0; b <= 13; ++b) {
      const auto d = *two_proportion_difference({a, 10, b, 13}, 0.95),
                 m = *two_proportion_difference({b, 13, a, 10}, 0.95);
      const double seen = a / 10.0 - b / 13.0;
      for (const auto& interval : {d.newcombe, d.miettinen_nurminen}) {
        EXPECT_LE(interval.lower, seen + 1e-15);
        EXPECT_GE(interval.upper, seen - 1e-15);
        EXPECT_GE(interval.lower, -1);
        EXPECT_LE(interval.upper, 1);
      }
      EXPECT_NEAR(d.miettinen_nurminen.lower, -m.miettinen_nurminen.upper, 1e-12);
      EXPECT_NEAR(d.newcombe.lower, -m.newcombe.upper, 1e-12);
    }
}

TEST(Reliability, LimitsAndPlansAgree) {
  const auto plan = *mtbf_fixed_plan(500, 3, 0.1, 0.1);
  // A test passed with the plan's last failure shows theta_lower at 1 − β.
  EXPECT_NEAR(mtbf_limits(plan.test_time, plan.max_failures, 0.9)->time_terminated_lower, 500, 1e-9);
  EXPECT_NEAR(*mtbf_required_time(500, plan.max_failures, 0.9), plan.test_time, 1e-9);
  const auto rate = *poisson_rate_limits(plan.max_failures, plan.test_time, 0.9);
  EXPECT_NEAR(1 / rate.one_sided_upper, 500, 1e-9);
  EXPECT_FALSE(mtbf_limits(10, 0, 0.9)->time_terminated_two_sided_upper);
}

TEST(Reliability, BadInputIsNamed) {
  EXPECT_EQ(poisson_rate_limits(-1, 1, 0.9).error().id, 1032);
  EXPECT_EQ(poisson_rate_limits(1, 0, 0.9).error().id, 1032);
  EXPECT_EQ(poisson_rate_limits(1, kNan, 0.9).error().id, 1032);
  EXPECT_EQ(poisson_rate_limits(1, 1, 1).error().id, 1031);
  EXPECT_EQ(mtbf_limits(0, 1, 0.9).error().id, 1032);
  EXPECT_EQ(mtbf_required_time(-3, 1, 0.9).error().id, 1032);
  EXPECT_EQ(mtbf_fixed_plan(1, 1, 0.1, 0.1).error().id, 1032);
  EXPECT_EQ(mtbf_fixed_plan(1, kNan, 0.1, 0.1).error().id, 1030);
  EXPECT_EQ(mtbf_fixed_plan(1, 2, 0, 0.1).error().id, 1031);
  EXPECT_EQ(mtbf_fixed_plan(1, 1.000001, 0.01, 0.01).error().id, 1039);
}

}  // namespace
}  // namespace assay::metrics
