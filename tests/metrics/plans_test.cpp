// Plans beyond the default: the other prior, looks, straight lines; their published expectations, exact size with its
// bound, limits after stopping, and one check by simulation that shares nothing with the recursions.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <vector>

#include "core/random.h"
#include "metrics/sequential.h"
#include "metrics/statistics/after_stopping.h"
#include "metrics/statistics/operating.h"
#include "metrics/statistics/truncated_sprt.h"

namespace assay::metrics {
namespace {

double expected(const SequentialDesign& design, double p) { return characteristics(design.table, p).expected_n; }

TEST(Plans, TheOtherPriorReachesItsPublishedExpectations) {
  DesignOptions options;
  options.cap_ratio = 1.25;
  options.prior = PlanPrior::between;
  const auto design = design_sequential(.8, .9, .05, .10, options);
  ASSERT_TRUE(design);
  EXPECT_LE(design->table.n_max, 140);
  const std::array<std::array<double, 2>, 6> published{
      {{.70, 21.2}, {.80, 48.1}, {.85, 73.2}, {.90, 67.7}, {.95, 41.7}, {1, 28}}};
  for (const auto& [p, trials] : published) EXPECT_NEAR(expected(*design, p), trials, 0.06) << p;
}

TEST(Plans, FewerLooksCostTrialsAsPublished) {
  const std::array<std::array<double, 2>, 3> published{{{10, 72.0}, {5, 75.6}, {3, 84.5}}};
  for (const auto& [count, trials] : published) {
    DesignOptions options;
    options.prior = PlanPrior::between;
    options.looks = equal_looks(140, static_cast<int>(count));
    ASSERT_EQ(options.looks.size(), static_cast<std::size_t>(count));
    const auto design = design_sequential(.8, .9, .05, .10, options);
    ASSERT_TRUE(design);
    EXPECT_NEAR(design->expected_at_p1, trials, 0.06) << count;
    EXPECT_LE(design->exact_alpha, .05);
    EXPECT_LE(design->exact_beta, .10);
    EXPECT_TRUE(check_table(design->table));
  }
}

/// Whether a walk can end at n: it arrives at a boundary without having met one before.
std::vector<bool> ends_possible(const StopTable& table) {
  std::vector<bool> possible(static_cast<std::size_t>(table.n_max) + 1), going(possible.size() + 1);
  going[0] = true;
  for (int n = 1; n <= table.n_max; ++n) {
    std::vector<bool> next(going.size());
    for (std::size_t f = 0; f + 1 < going.size(); ++f)
      if (going[f]) next[f] = next[f + 1] = true;
    for (std::size_t f = 0; f < next.size(); ++f)
      if (next[f] && state_at(table, n, static_cast<int>(f)) != StopState::running) {
        possible[static_cast<std::size_t>(n)] = true;
        next[f] = false;
      }
    going = next;
  }
  return possible;
}

TEST(Plans, StopAtTheirLooksOnly) {
  DesignOptions options;
  options.looks = {20, 35, 36, 80, 168};
  const auto design = design_sequential(.8, .9, .05, .10, options);
  ASSERT_TRUE(design);
  const auto possible = ends_possible(design->table);
  for (int n = 1; n <= design->table.n_max; ++n)
    EXPECT_TRUE(!possible[static_cast<std::size_t>(n)] ||
                std::find(options.looks.begin(), options.looks.end(), n) != options.looks.end())
        << n;
}

TEST(Plans, EveryTrialAsALookIsTheDefaultPlan) {
  const auto design = design_sequential(.8, .95, .05, .10);
  ASSERT_TRUE(design);
  DesignOptions options;
  options.looks = equal_looks(66, 66);
  const auto same = design_sequential(.8, .95, .05, .10, options);
  ASSERT_TRUE(same);
  EXPECT_EQ(design->fixed_n * 3 / 2, 66);
  EXPECT_EQ(same->table.accept, design->table.accept);
  EXPECT_EQ(same->table.refuse, design->table.refuse);
}

TEST(Plans, BadLooksAreRefused) {
  DesignOptions options;
  for (const auto& looks : std::vector<std::vector<int>>{{0, 140}, {20, 20, 140}, {140, 20}, {-5}, {10, 100'000}}) {
    options.looks = looks;
    const auto design = design_sequential(.8, .9, .05, .10, options);
    ASSERT_FALSE(design);
    EXPECT_EQ(design.error().id, 1036);
  }
  options.looks = {30, 60};
  EXPECT_EQ(design_sequential(.8, .9, .05, .10, options).error().id, 1037) << "the fixed plan needs 112 trials";
  EXPECT_TRUE(equal_looks(0, 3).empty());
  EXPECT_TRUE(equal_looks(10, 0).empty());
  EXPECT_EQ(equal_looks(2, 5), (std::vector<int>{1, 2}));
}

TEST(TruncatedSprt, TunedLinesHoldBothRisksAndCostNoMoreThanPublished) {
  struct Published {
    double p0, p1, at_p0, midway, at_p1, at_one;
  };
  for (const auto& t : {Published{.80, .90, 48.8, 76.3, 68.7, 26}, Published{.90, .95, 107.8, 166.9, 150.6, 57},
                        Published{.95, .975, 209.9, 340.3, 321.7, 124}}) {
    const auto tuned = design_truncated_sprt(t.p0, t.p1, .05, .10);
    ASSERT_TRUE(tuned);
    const auto& design = tuned->design;
    EXPECT_LE(design.exact_alpha, .05);
    EXPECT_LE(design.exact_beta, .10);
    EXPECT_LE(design.table.n_max, 1.25 * design.fixed_n);
    EXPECT_LE(design.expected_at_p0, 1.005 * t.at_p0);
    EXPECT_LE(expected(design, (t.p0 + t.p1) / 2), 1.005 * t.midway);
    EXPECT_LE(design.expected_at_p1, 1.005 * t.at_p1);
    EXPECT_LE(design.expected_at_one, t.at_one);
    const auto& lines = tuned->lines;
    for (int n = 20; n < design.table.n_max - 30; n += 7) {  // the straight part
      const auto i = static_cast<std::size_t>(n);
      EXPECT_EQ(design.table.accept[i], std::max(-1.0, std::floor(lines.slope * n - lines.accept_intercept)));
      EXPECT_EQ(design.table.refuse[i],
                std::min(std::ceil(lines.slope * n + lines.refuse_intercept), tuned->rule.accept_at_n_max + 1.0));
    }
  }
}

TEST(TruncatedSprt, SmallAndUnevenPlansAreFoundToo) {
  for (const auto& [p0, p1] : {std::array{.3, .9}, {.5, .99}, {.05, .2}, {.8, .95}, {.6, .7}}) {
    const auto tuned = design_truncated_sprt(p0, p1, .05, .10);
    ASSERT_TRUE(tuned) << p0;
    EXPECT_LE(tuned->design.exact_alpha, .05);
    EXPECT_LE(tuned->design.exact_beta, .10);
    EXPECT_TRUE(check_table(tuned->design.table));
  }
}

TEST(TruncatedSprt, WaldsThresholdsBreakTheirRisk) {
  const double a = std::log(.9 / .05), b = std::log(.95 / .10);
  const auto table = truncated_sprt_table({.95, .975, a, b, 20'000, 700});  // as good as unbounded
  ASSERT_TRUE(table);
  EXPECT_NEAR(characteristics(*table, .95).accept, .0505, 5e-5);
}

TEST(TruncatedSprt, BadInputIsTyped) {
  const TruncatedSprt good{.8, .9, 2, 2, 100, 14};
  ASSERT_TRUE(truncated_sprt_table(good));
  const auto id = [&](auto change) {
    auto rule = good;
    change(rule);
    const auto table = truncated_sprt_table(rule);
    EXPECT_FALSE(truncated_sprt_lines(rule));
    return table ? 0 : table.error().id;
  };
  EXPECT_EQ(id([](auto& r) { r.p0 = 0; }), 1031);
  EXPECT_EQ(id([](auto& r) { r.p1 = 1; }), 1031);
  EXPECT_EQ(id([](auto& r) { r.p1 = std::nan(""); }), 1031);
  EXPECT_EQ(id([](auto& r) { r.p1 = .8; }), 1036);
  EXPECT_EQ(id([](auto& r) { r.log_a = 0; }), 1032);
  EXPECT_EQ(id([](auto& r) { r.log_b = std::nan(""); }), 1032);
  EXPECT_EQ(id([](auto& r) { r.n_max = 0; }), 1032);
  EXPECT_EQ(id([](auto& r) { r.n_max = 2'000'000'000; }), 1039);
  EXPECT_EQ(id([](auto& r) { r.accept_at_n_max = 100; }), 1036);
  EXPECT_EQ(design_truncated_sprt(.8, 1, .05, .1).error().id, 1036);
  EXPECT_EQ(design_truncated_sprt(.8, .7, .05, .1).error().id, 1010);
  EXPECT_EQ(design_truncated_sprt(.9, .9001, .05, .1).error().id, 1011);
}

TEST(Operating, TheBoundHoldsTheSizeBetweenGridPoints) {
  for (const auto& [p0, p1] : {std::array{.8, .9}, {.9, .95}, {.95, .975}, {.99, .995}}) {
    const auto design = design_sequential(p0, p1, .05, .10);
    ASSERT_TRUE(design);
    const auto oc = operating_characteristics(*design);
    ASSERT_TRUE(oc);
    std::printf("%g -> %g: size %.6f, bound %.6f from %d points; share %.3f %.3f %.3f %.3f\n", p0, p1,
                oc->size.at_limit, oc->size.bound, oc->size.grid_points, oc->at_p0.share, oc->midway.share,
                oc->at_p1.share, oc->at_one.share);
    EXPECT_EQ(oc->size.at_limit, oc->exact_alpha);
    EXPECT_EQ(oc->size.largest, oc->exact_alpha) << "P(accept) grows with p";
    EXPECT_GE(oc->size.bound, oc->size.largest);
    EXPECT_LE(oc->size.bound, .05);
    EXPECT_LE(oc->at_p0.share, .43);
    EXPECT_LE(oc->midway.share, .69);
    EXPECT_LE(oc->at_p1.share, .64);
    EXPECT_LE(oc->at_one.share, .19);
    ASSERT_EQ(oc->points.size(), 101u);
    for (const auto& point : oc->points) EXPECT_NEAR(point.accept + point.refuse, 1, 1e-12);
  }
}

TEST(Operating, TheSlopeOfEveryPlanStaysBelowItsBound) {
  const auto design = design_sequential(.8, .95, .05, .10);
  ASSERT_TRUE(design);
  const double slope = std::sqrt(design->table.n_max), step = 1e-4;
  const auto angle = [&](double theta) {
    return std::asin(std::sqrt(characteristics(design->table, std::pow(std::sin(theta), 2)).accept));
  };
  for (double theta = 0.05; theta < 1.5; theta += 0.01)
    EXPECT_LE(std::abs(angle(theta + step) - angle(theta)) / step, slope * (1 + 1e-6)) << theta;
}

TEST(Operating, BadInputIsTyped) {
  auto design = *design_sequential(.8, .95, .05, .10);
  EXPECT_EQ(operating_characteristics(design, std::array{.5, 1.5}).error().id, 1031);
  EXPECT_EQ(operating_characteristics(design, std::array{std::nan("")}).error().id, 1031);
  EXPECT_EQ(size_bound(design.table, .8, 0).error().id, 1032);
  auto broken = design;
  broken.table.accept.pop_back();
  EXPECT_EQ(operating_characteristics(broken).error().id, 1036);
  broken = design;
  broken.table.refuse.back() += 1;
  EXPECT_EQ(operating_characteristics(broken).error().id, 1036);
  EXPECT_EQ(operating_characteristics(SequentialDesign{}).error().id, 1036);
}

TEST(AfterStopping, IntervalMedianAndLimitsAreOrdered) {
  const auto design = design_sequential(.8, .95, .05, .10);
  ASSERT_TRUE(design);
  const auto& table = design->table;
  double before = 1;
  for (int n = 1; n <= table.n_max; ++n) {
    const int f = table.accept[static_cast<std::size_t>(n)];
    if (f < 0) continue;
    if (f == table.accept[static_cast<std::size_t>(n - 1)]) continue;  // a walk would have stopped one trial before
    const auto e = estimate_after_stopping(table, n, f, .95);
    ASSERT_TRUE(e);
    EXPECT_EQ(e->state, StopState::accepted);
    EXPECT_LE(e->interval_lower, e->lower);
    EXPECT_LE(e->lower, e->median_unbiased);
    EXPECT_LE(e->median_unbiased, e->upper);
    EXPECT_LE(e->upper, e->interval_upper);
    EXPECT_LE(e->lower, before) << "accepted later is no better";
    before = e->lower;
  }
}

TEST(AfterStopping, BadInputIsTyped) {
  const auto table = design_sequential(.8, .95, .05, .10)->table;
  EXPECT_EQ(estimate_after_stopping(table, 0, 0, .95).error().id, 1032);
  EXPECT_EQ(estimate_after_stopping(table, 5, 6, .95).error().id, 1032);
  EXPECT_EQ(estimate_after_stopping(table, 5, -1, .95).error().id, 1032);
  EXPECT_EQ(estimate_after_stopping(table, table.n_max + 1, 0, .95).error().id, 1032);
  EXPECT_EQ(estimate_after_stopping(table, table.n_max, 0, .95).error().id, 1036) << "accepted long before";
  EXPECT_EQ(estimate_after_stopping(table, 9, 9, .95).error().id, 1036) << "refused long before";
  EXPECT_EQ(estimate_after_stopping(table, 5, 1, 1).error().id, 1031);
  EXPECT_EQ(estimate_after_stopping(table, 5, 1, 0).error().id, 1031);
  EXPECT_EQ(estimate_after_stopping(StopTable{}, 1, 0, .95).error().id, 1036);
}

/// A million sessions of three plans on common outcomes, trial by trial.
TEST(Plans, SizePowerAndTrialsAgreeWithSimulation) {
  DesignOptions batched;
  batched.looks = equal_looks(140, 5);
  const std::array<StopTable, 3> tables{design_sequential(.8, .9, .05, .10)->table,
                                        design_sequential(.8, .9, .05, .10, batched)->table,
                                        design_truncated_sprt(.8, .9, .05, .10)->design.table};
  constexpr int kSessions = 1'000'000;
  for (const double p : {.8, .9}) {
    Rng rng(StreamKey{20261122, p < .85 ? 1u : 2u});
    const auto threshold = static_cast<std::uint64_t>(std::ldexp(1 - p, 32));
    std::array<long long, 3> accepted{}, trials{};
    for (int session = 0; session < kSessions; ++session) {
      unsigned running = 7;
      std::uint64_t bits = 0;
      for (int n = 1, failures = 0; running != 0; ++n) {
        bits = n % 2 != 0 ? rng.bits() : bits >> 32;
        failures += (bits & 0xffffffffu) < threshold ? 1 : 0;
        for (std::size_t k = 0; k < tables.size(); ++k) {
          if ((running >> k & 1u) == 0) continue;
          const bool good = failures <= tables[k].accept[static_cast<std::size_t>(n)];
          if (!good && failures < tables[k].refuse[static_cast<std::size_t>(n)]) continue;
          accepted[k] += good ? 1 : 0;
          trials[k] += n;
          running &= ~(1u << k);
        }
      }
    }
    for (std::size_t k = 0; k < tables.size(); ++k) {
      const auto exact = characteristics(tables[k], p);
      const double share = static_cast<double>(accepted[k]) / kSessions;
      const double mean = static_cast<double>(trials[k]) / kSessions;
      std::printf("plan %zu at p = %g: accepted %.5f (exact %.5f), trials %.3f (exact %.3f)\n", k, p, share,
                  exact.accept, mean, exact.expected_n);
      EXPECT_NEAR(share, exact.accept, 4 * std::sqrt(exact.accept * exact.refuse / kSessions));
      EXPECT_NEAR(mean, exact.expected_n, 4 * 45.0 / std::sqrt(kSessions));
    }
  }
}

}  // namespace
}  // namespace assay::metrics
