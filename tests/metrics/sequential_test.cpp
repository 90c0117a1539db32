// Sequential plans: published targets, exactness, bad input.
#include "metrics/sequential.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <cstdio>

namespace assay::metrics {
namespace {

void expect_well_formed(const StopTable& table) {
  const auto n_max = static_cast<std::size_t>(table.n_max);
  ASSERT_EQ(table.accept.size(), n_max + 1);
  ASSERT_EQ(table.refuse.size(), n_max + 1);
  EXPECT_EQ(table.accept[0], -1);
  EXPECT_EQ(table.refuse[0], 1);
  for (std::size_t n = 1; n <= n_max; ++n) {
    EXPECT_GE(table.accept[n], table.accept[n - 1]) << n;
    EXPECT_GE(table.refuse[n], table.refuse[n - 1]) << n;
    EXPECT_LT(table.accept[n], table.refuse[n]) << n;
  }
  EXPECT_EQ(table.accept[n_max] + 1, table.refuse[n_max]) << "at the cap one must stop";
}

struct Target {
  double p0, p1, at_p0, at_middle, at_p1, at_one;
};

class Targets : public testing::TestWithParam<Target> {};

TEST_P(Targets, ReachThePublishedExpectationsWithinOnePercent) {
  const auto& t = GetParam();
  const auto start = std::chrono::steady_clock::now();
  const auto design = design_sequential(t.p0, t.p1, 0.05, 0.10);
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
  ASSERT_TRUE(design.ok());
  const double middle = characteristics(design->table, (t.p0 + t.p1) / 2).expected_n;
  std::printf("%g -> %g: n_max %d, alpha %.5f, beta %.5f, E[n] %.1f %.1f %.1f %.1f, %.0f ms\n", t.p0, t.p1,
              design->table.n_max, design->exact_alpha, design->exact_beta, design->expected_at_p0, middle,
              design->expected_at_p1, design->expected_at_one, took.count());
  EXPECT_NEAR(design->expected_at_p0, t.at_p0, 0.01 * t.at_p0);
  EXPECT_NEAR(middle, t.at_middle, 0.01 * t.at_middle);
  EXPECT_NEAR(design->expected_at_p1, t.at_p1, 0.01 * t.at_p1);
  EXPECT_NEAR(design->expected_at_one, t.at_one, 0.01 * t.at_one);
  EXPECT_EQ(design->least_n, static_cast<int>(std::lround(t.at_one)));
  EXPECT_LE(design->exact_alpha, 0.05);
  EXPECT_LE(design->exact_beta, 0.10);
  const double fixed = design->fixed_n;
  EXPECT_LE(design->expected_at_p0, 0.43 * fixed);
  EXPECT_LE(middle, 0.69 * fixed);
  EXPECT_LE(design->expected_at_p1, 0.64 * fixed);
  EXPECT_LE(design->expected_at_one, 0.19 * fixed);
  EXPECT_LE(design->table.n_max, 1.5 * fixed);
  expect_well_formed(design->table);
}

INSTANTIATE_TEST_SUITE_P(Table, Targets,
                         testing::Values(Target{.80, .90, 46.6, 75.0, 67.0, 20},
                                         Target{.90, .95, 100.1, 162.5, 148.3, 43},
                                         Target{.95, .975, 207.4, 338.5, 308.6, 88},
                                         Target{.99, .995, 1069, 1740, 1597, 452}));

/// β of one of m indicators, as grading splits it.
double split(double beta, int m) { return 1 - std::pow(1 - beta, 1.0 / m); }

struct Asked {
  double p0, p1, alpha, beta;
};

class Risks : public testing::TestWithParam<Asked> {};

TEST_P(Risks, StayWithinWhatWasAskedEverywhereAtOrBelowTheLimit) {
  const auto& a = GetParam();
  const auto design = design_sequential(a.p0, a.p1, a.alpha, a.beta);
  ASSERT_TRUE(design.ok());
  expect_well_formed(design->table);
  EXPECT_LE(design->exact_beta, a.beta);
  double before = 0;
  constexpr int kGrid = 400;
  for (int i = 0; i <= kGrid; ++i) {
    const auto c = characteristics(design->table, a.p0 * i / kGrid);
    EXPECT_LE(c.accept, a.alpha) << i;
    EXPECT_GE(c.accept, before - 1e-15) << "acceptance grows with p, so its supremum is at the limit";
    EXPECT_NEAR(c.accept + c.refuse, 1, 1e-12);
    before = c.accept;
  }
  EXPECT_EQ(before, design->exact_alpha);
}

INSTANTIATE_TEST_SUITE_P(Plans, Risks,
                         testing::Values(Asked{.80, .95, .05, .10}, Asked{.80, .95, .05, split(.10, 2)},
                                         Asked{.80, .95, .05, split(.10, 8)}, Asked{.80, 1.0, .05, .10},
                                         Asked{.50, .60, .05, .10}, Asked{.30, .90, .05, .10},
                                         Asked{.50, .99, .01, .01}, Asked{.05, .20, .05, .10},
                                         Asked{.90, .975, .01, .05}));

TEST(Sequential, EveryOutcomeByHandAgreesWithTheRecursion) {
  const auto design = design_sequential(.5, .9, .05, .10);
  ASSERT_TRUE(design.ok());
  const auto& table = design->table;
  ASSERT_LE(table.n_max, 18);
  const double p = 0.7;
  double accept = 0, refuse = 0, expected = 0;
  for (unsigned word = 0; word < (1u << table.n_max); ++word) {
    std::vector<bool> successes;
    double mass = 1;
    for (int i = 0; i < table.n_max; ++i) {
      successes.push_back((word >> i & 1u) != 0);
      mass *= successes.back() ? p : 1 - p;
    }
    int counted = 0;
    const auto state = step(table, successes, &counted);
    ASSERT_NE(state, StopState::running);
    (state == StopState::accepted ? accept : refuse) += mass;
    expected += mass * counted;
  }
  const auto c = characteristics(table, p);
  EXPECT_NEAR(c.accept, accept, 1e-12);
  EXPECT_NEAR(c.refuse, refuse, 1e-12);
  EXPECT_NEAR(c.expected_n, expected, 1e-10);
}

TEST(Sequential, FurtherChancesAddUpOverTheNextTrial) {
  const auto design = design_sequential(.8, .95, .05, .10);
  ASSERT_TRUE(design.ok());
  const auto& table = design->table;
  for (const double p : {0.0, 0.6, 0.88, 1.0})
    for (int n = 0; n < table.n_max; ++n)
      for (int f = 0; f <= n; ++f) {
        if (state_at(table, n, f) != StopState::running) continue;
        const auto here = characteristics(table, p, n, f);
        const auto good = characteristics(table, p, n + 1, f), bad = characteristics(table, p, n + 1, f + 1);
        EXPECT_NEAR(here.accept, p * good.accept + (1 - p) * bad.accept, 1e-13);
        EXPECT_NEAR(here.expected_n, 1 + p * good.expected_n + (1 - p) * bad.expected_n, 1e-11);
      }
}

TEST(Sequential, TheFirstBoundaryDecidesAndLaterOutcomesDoNot) {
  const auto design = design_sequential(.8, .95, .05, .10);
  ASSERT_TRUE(design.ok());
  int counted = -1;
  std::vector<bool> outcomes(static_cast<std::size_t>(design->least_n), true);
  EXPECT_EQ(step(design->table, outcomes, &counted), StopState::accepted);
  EXPECT_EQ(counted, design->least_n);
  outcomes.insert(outcomes.end(), 40, false);
  EXPECT_EQ(step(design->table, outcomes, &counted), StopState::accepted);
  EXPECT_EQ(counted, design->least_n);
  outcomes.assign(10, false);
  EXPECT_EQ(step(design->table, outcomes, &counted), StopState::refused);
  EXPECT_LT(counted, 10);
  EXPECT_EQ(step(design->table, {}, &counted), StopState::running);
  EXPECT_EQ(counted, 0);
  outcomes.assign(static_cast<std::size_t>(design->least_n - 1), true);
  EXPECT_EQ(step(design->table, outcomes), StopState::running);
}

TEST(Sequential, SameInputSamePlan) {
  const auto first = design_sequential(.8, .95, .05, .026), second = design_sequential(.8, .95, .05, .026);
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_EQ(first->table.accept, second->table.accept);
  EXPECT_EQ(first->table.refuse, second->table.refuse);
}

TEST(Sequential, APerfectDesignValueAsksForAnUnbrokenRow) {
  const auto design = design_sequential(.8, 1, .05, .10);
  ASSERT_TRUE(design.ok());
  EXPECT_EQ(design->table.n_max, 14);  // the zero-failure plan: 0.8^14 is the first power below 0.05
  EXPECT_EQ(design->least_n, 14);
  EXPECT_EQ(design->exact_beta, 0);
  EXPECT_EQ(step(design->table, {false}), StopState::refused);
}

TEST(Sequential, RefusesImpossibleInput) {
  const double nan = std::nan("");
  const Asked bad[] = {{0, .9, .05, .1},  {.9, .8, .05, .1},  {.8, .8, .05, .1},  {.8, 1.01, .05, .1},
                       {-1, .5, .05, .1}, {.8, .9, 0, .1},    {.8, .9, .5, .1},   {.8, .9, .05, .5},
                       {.8, .9, .05, 0},  {nan, .9, .05, .1}, {.8, nan, .05, .1}, {.8, .9, nan, .1},
                       {.8, .9, .05, nan}};
  for (const auto& a : bad) {
    const auto design = design_sequential(a.p0, a.p1, a.alpha, a.beta);
    ASSERT_FALSE(design.ok()) << a.p0 << " " << a.p1;
    EXPECT_EQ(design.error().id, 1010);
    EXPECT_FALSE(design.error().what.zh.empty());
    EXPECT_EQ(fixed_plan(a.p0, a.p1, a.alpha, a.beta).error().id, 1010);
  }
  EXPECT_EQ(design_sequential(.8, .9, .05, .1, 0.9).error().id, 1010);
  EXPECT_EQ(design_sequential(.8, .9, .05, .1, nan).error().id, 1010);
  EXPECT_EQ(design_sequential(.9, .9001, .05, .1).error().id, 1011);
}

/// P(limit on the right side of p) over every end of the table, exactly.
void expect_coverage(const StopTable& table, double p, double confidence) {
  double lower_holds = 0, upper_holds = 0, total = 0;
  std::vector<double> mass{1};
  for (int n = 1; n <= table.n_max; ++n) {
    std::vector<double> next(static_cast<std::size_t>(n) + 1, 0.0);
    for (std::size_t f = 0; f < mass.size(); ++f) {
      next[f] += mass[f] * p;
      next[f + 1] += mass[f] * (1 - p);
    }
    for (std::size_t f = 0; f < next.size(); ++f) {
      if (next[f] == 0 || state_at(table, n, static_cast<int>(f)) == StopState::running) continue;
      const auto limits = stagewise_limits(table, n, static_cast<int>(f), confidence);
      EXPECT_LE(limits.lower, limits.upper);
      lower_holds += limits.lower <= p ? next[f] : 0;
      upper_holds += limits.upper >= p ? next[f] : 0;
      total += next[f];
      next[f] = 0;
    }
    mass = next;
  }
  EXPECT_NEAR(total, 1, 1e-12);
  EXPECT_GE(lower_holds, confidence - 1e-9) << p;
  EXPECT_GE(upper_holds, confidence - 1e-9) << p;
}

TEST(StagewiseLimits, CoverTheTruthWithTheirConfidence) {
  const auto design = design_sequential(.8, .95, .05, .10);
  ASSERT_TRUE(design.ok());
  for (const double p : {.3, .6, .75, .8, .85, .9, .95, .99}) expect_coverage(design->table, p, .95);
}

TEST(StagewiseLimits, AcceptanceMeansTheLowerLimitIsAtLeastTheLimit) {
  const auto design = design_sequential(.8, .95, .05, .10);
  ASSERT_TRUE(design.ok());
  const auto& table = design->table;
  for (int n = 1; n <= table.n_max; ++n) {
    const int f = table.accept[static_cast<std::size_t>(n)];
    if (f < 0) continue;
    EXPECT_GE(stagewise_limits(table, n, f, .95).lower, .8) << n;
  }
}

TEST(StagewiseLimits, OfARunningWalkAreOrderedByFailures) {
  const auto design = design_sequential(.8, .95, .05, .10);
  ASSERT_TRUE(design.ok());
  EXPECT_EQ(stagewise_limits(design->table, 0, 0, .95).lower, 0);
  EXPECT_EQ(stagewise_limits(design->table, 0, 0, .95).upper, 1);
  const auto none = stagewise_limits(design->table, 10, 0, .95), one = stagewise_limits(design->table, 10, 1, .95);
  EXPECT_NEAR(none.lower, std::pow(.05, .1), 1e-9);  // ten successes: the same as a fixed sample of ten
  EXPECT_EQ(none.upper, 1);
  EXPECT_LT(one.lower, none.lower);
  EXPECT_LT(one.upper, 1);
}

}  // namespace
}  // namespace assay::metrics
