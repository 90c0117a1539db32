// Quantiles and tolerance, decisions under uncertainty, GUM and Monte Carlo, extreme values, the latency histogram.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>
#include <stdexcept>

#include "metrics/statistics/conformance.h"
#include "metrics/statistics/extremes.h"
#include "metrics/statistics/histogram.h"
#include "metrics/statistics/monte_carlo.h"
#include "metrics/statistics/quantiles.h"
#include "metrics/statistics/uncertainty.h"

namespace assay::metrics {
namespace {

const double kNan = std::numeric_limits<double>::quiet_NaN();
const double kInf = std::numeric_limits<double>::infinity();

TEST(Quantiles, RanksCoverByEnumeration) {
  for (const int n : {1, 4, 20, 59, 200})
    for (const double q : {0.05, 0.5, 0.95}) {
      const auto r = *quantile_ranks(n, q, 0.9);
      double covered = 0, term = std::pow(1 - q, n);  // P(Bin = k)
      for (int k = 0; k <= n; ++k) {
        if (k >= r.lower.value_or(0) && k < r.upper.value_or(n + 1)) covered += term;
        term *= (n - k) * q / ((k + 1) * (1 - q));
      }
      EXPECT_NEAR(covered, r.coverage, 1e-12);
      EXPECT_GE(covered, 0.9 - 1e-12);
    }
}

TEST(Quantiles, WilksIsTheFirstSizeWithARank) {
  for (const double q : {0.9, 0.95, 0.99}) {
    const int n = *wilks_n(1, q, 0.95);
    EXPECT_EQ(quantile_ranks(n, q, 0.95)->one_sided_upper, n);
    EXPECT_FALSE(quantile_ranks(n - 1, q, 0.95)->one_sided_upper);
  }
  EXPECT_EQ(*wilks_n(1, 0.95, 0.95), 59);
}

TEST(Quantiles, LimitsNameValues) {
  std::vector<double> data;
  for (int i = 100; i > 0; --i) data.push_back(i);
  const auto limits = *quantile_limits(data, 0.9, 0.95);
  EXPECT_EQ(limits.estimate, 90);
  EXPECT_EQ(limits.lower, 84);
  EXPECT_EQ(limits.upper, 96);
  EXPECT_FALSE(quantile_limits(data, 0.99, 0.95)->upper);
}

TEST(Quantiles, BadInputIsNamed) {
  const std::vector<double> none, bad{1, kNan};
  EXPECT_EQ(sample_quantile(none, 0.5, QuantileType::linear).error().id, 1033);
  EXPECT_EQ(sample_quantile(bad, 0.5, QuantileType::linear).error().id, 1030);
  EXPECT_EQ(sample_quantile(std::vector<double>{1.0}, 1.5, QuantileType::linear).error().id, 1031);
  EXPECT_EQ(quantile_limits(none, 0.5, 0.9).error().id, 1033);
  EXPECT_EQ(quantile_ranks(0, 0.5, 0.9).error().id, 1032);
  EXPECT_EQ(quantile_ranks(5, 1, 0.9).error().id, 1031);
  EXPECT_EQ(quantile_ranks(5, 0.5, 1).error().id, 1031);
  EXPECT_EQ(wilks_n(0, 0.5, 0.9).error().id, 1032);
  EXPECT_EQ(normal_tolerance_k(1, 0.9, 0.9).error().id, 1032);
  EXPECT_EQ(normal_tolerance_k(5, 0, 0.9).error().id, 1031);
}

TEST(Quantiles, ToleranceFactorTendsToTheNormalQuantile) {
  EXPECT_NEAR(*normal_tolerance_k(1'000'000, 0.95, 0.5), 1.6448536269514722, 1e-5);
  double last = kInf;
  for (const int n : {2, 3, 5, 10, 30, 100, 1'000, 100'000}) {
    const double k = *normal_tolerance_k(n, 0.95, 0.95);
    EXPECT_LT(k, last);
    last = k;
  }
}

TEST(Conformance, RisksAddUpAndVanish) {
  // P(within and rejected) + P(outside and accepted) + … over all four is 1; here by the two extremes of w.
  Conformance all{0, 1, 0.2, -2, 2, 2};
  EXPECT_EQ(global_risk(all)->consumer, 0);
  EXPECT_NEAR(global_risk(all)->producer, std::erf(std::numbers::sqrt2), 1e-12);
  Conformance open{0, 1, 0.2, -kInf, 2, 0};
  Conformance far{0, 1, 0.2, -60, 2, 0};
  EXPECT_NEAR(global_risk(open)->consumer, global_risk(far)->consumer, 1e-14);
  Conformance sharp{0, 1, 1e-6, -2, 2, 0};
  EXPECT_NEAR(global_risk(sharp)->consumer, 0, 1e-6);
  EXPECT_EQ(*conformance_probability(0, 1, -kInf, 0), 0.5);
}

TEST(Conformance, BadInputIsNamed) {
  EXPECT_EQ(guard_upper(kNan, 1, 2).error().id, 1030);
  EXPECT_EQ(guard_upper(1, 0, 2).error().id, 1032);
  EXPECT_EQ(accept_limit_for(1, 1, 0).error().id, 1031);
  EXPECT_EQ(conformance_probability(0, 1, 2, 1).error().id, 1032);
  EXPECT_EQ(conformance_probability(0, 1, kNan, 1).error().id, 1030);
  EXPECT_EQ(global_risk({0, 0, 1, -1, 1, 0}).error().id, 1032);
  EXPECT_EQ(global_risk({0, 1, 1, 1, 1, 0}).error().id, 1032);
}

TEST(Gum, CorrelationAddsOrCancels) {
  const std::vector<double> u{3, 4}, one{1, 1}, apart{1, -1}, dof{kInfiniteDof, kInfiniteDof};
  const std::vector<double> together{1, 1, 1, 1}, none{1, 0, 0, 1};
  EXPECT_NEAR(correlated_uncertainty(u, one, together, dof, 0.95)->u_c, 7, 1e-12);
  EXPECT_NEAR(correlated_uncertainty(u, apart, together, dof, 0.95)->u_c, 1, 1e-12);
  EXPECT_NEAR(correlated_uncertainty(u, one, none, dof, 0.95)->u_c, 5, 1e-12);
  EXPECT_NEAR(*correlated_uncertainty(u, one, together, dof, 0.95)->U, 7 * 1.959963984540054, 1e-12);
  // JCGM 100, H.2: ten resistors of u = 100 mΩ, all calibrated against one standard: u_c = 1 Ω.
  const std::vector<double> tens(10, 0.1), ones(10, 1), sure(10, kInfiniteDof), full(100, 1);
  EXPECT_NEAR(correlated_uncertainty(tens, ones, full, sure, 0.95)->u_c, 1, 1e-12);
  const std::vector<double> few{5, 5};
  EXPECT_FALSE(correlated_uncertainty(u, one, together, few, 0.95)->nu_eff);
}

TEST(Gum, BadInputIsNamed) {
  const std::vector<double> one{1}, two{1, 1}, negative{-1}, zero{0}, nan{kNan};
  EXPECT_EQ(expanded_uncertainty({}, {}, {}, 0.9).error().id, 1033);
  EXPECT_EQ(expanded_uncertainty(one, two, one, 0.9).error().id, 1034);
  EXPECT_EQ(expanded_uncertainty(negative, one, one, 0.9).error().id, 1032);
  EXPECT_EQ(expanded_uncertainty(nan, one, one, 0.9).error().id, 1032);
  EXPECT_EQ(expanded_uncertainty(one, nan, one, 0.9).error().id, 1030);
  EXPECT_EQ(expanded_uncertainty(one, one, zero, 0.9).error().id, 1032);
  EXPECT_EQ(expanded_uncertainty(one, one, one, 1).error().id, 1031);
  EXPECT_FALSE(expanded_uncertainty(zero, one, one, 0.9)->nu_eff);
  const std::vector<double> dof{kInfiniteDof, kInfiniteDof}, skew{1, 0.5, 0.2, 1}, wild{1, 2, 2, 1};
  EXPECT_EQ(correlated_uncertainty(two, two, skew, dof, 0.9).error().id, 1036);
  EXPECT_EQ(correlated_uncertainty(two, two, wild, dof, 0.9).error().id, 1036);
  EXPECT_EQ(correlated_uncertainty(two, two, one, dof, 0.9).error().id, 1034);
  EXPECT_EQ(standard_uncertainty(Spread::rectangular, 0).error().id, 1032);
  EXPECT_EQ(standard_uncertainty(Spread::normal, 1).error().id, 1038);
}

TEST(Gum, BudgetSharesSumToOne) {
  std::vector<BudgetRow> rows{{"tracker", "mm", 0, 0.03, "normal", 1, 20},
                              {"temperature", "K", 1.5, 0.3, "rectangular", -0.1}};
  const auto budget = make_budget("position", "mm", 12.5, rows, 0.95);
  ASSERT_TRUE(budget);
  EXPECT_NEAR(budget->rows[0].share + budget->rows[1].share, 1, 1e-15);
  EXPECT_NEAR(budget->rows[1].contribution, 0.03, 1e-15);
  EXPECT_NEAR(*budget->expanded.nu_eff, 80, 1e-9);
  EXPECT_EQ(make_budget("x", "", kNan, rows, 0.95).error().id, 1030);
}

double sum(std::span<const double> x) {
  double total = 0;
  for (const double one : x) total += one;
  return total;
}

/// The additive model of JCGM 101, 9.2: Y = X1 + X2 + X3 + X4.
MonteCarloResult additive(const std::vector<InputLaw>& laws) {
  MonteCarloOptions options;
  options.key = {1, 2};
  options.trials = 400'000;
  return *propagate(laws, sum, options);
}

TEST(MonteCarlo, AdditiveExampleNormalInputs) {  // table 2: u 2.00, ±3.92
  const auto r = additive(std::vector<InputLaw>(4, InputLaw::normal(0, 1)));
  EXPECT_NEAR(r.u, 2, 0.01);
  EXPECT_NEAR(r.symmetric.upper, 3.92, 0.03);
  EXPECT_TRUE(compare_with_gum(0, 3.92, r.u, r.symmetric, 2)->agrees);
}

TEST(MonteCarlo, AdditiveExampleRectangularInputs) {  // table 3: u 2.00, ±3.88
  const double half = std::sqrt(3.0);
  const auto r = additive(std::vector<InputLaw>(4, InputLaw::rectangular(-half, half)));
  EXPECT_NEAR(r.u, 2, 0.01);
  EXPECT_NEAR(r.symmetric.lower, -3.88, 0.03);
  EXPECT_NEAR(r.shortest.upper - r.shortest.lower, 7.76, 0.05);
}

TEST(MonteCarlo, AdditiveExampleOneRulingInput) {  // table 4: u 10.1; GUM ±19.9, Monte Carlo ±17.0
  const double half = std::sqrt(3.0);
  std::vector<InputLaw> laws(3, InputLaw::rectangular(-half, half));
  laws.push_back(InputLaw::rectangular(-10 * half, 10 * half));
  const auto r = additive(laws);
  EXPECT_NEAR(r.u, 10.1, 0.1);
  EXPECT_NEAR(r.symmetric.upper, 17.0, 0.1);
  const auto gum = *expanded_uncertainty(std::vector<double>{1, 1, 1, 10}, std::vector<double>(4, 1.0),
                                         std::vector<double>(4, kInfiniteDof), 0.95);
  EXPECT_NEAR(*gum.U, 19.9, 0.05);
  EXPECT_FALSE(compare_with_gum(0, *gum.U, r.u, r.symmetric, 2)->agrees);
}

TEST(MonteCarlo, LawsHaveTheirSpread) {
  MonteCarloOptions options;
  options.trials = 200'000;
  const auto u_of = [&](const InputLaw& law) { return propagate(std::vector{law}, sum, options)->u; };
  EXPECT_NEAR(u_of(InputLaw::triangular(-6, 6)), 6 / std::sqrt(6.0), 0.02);
  EXPECT_NEAR(u_of(InputLaw::u_shaped(2, 4)), 1 / std::sqrt(2.0), 0.005);
  EXPECT_NEAR(u_of(InputLaw::student(5, 2, 12)), 2 * std::sqrt(12.0 / 10), 0.03);
  const auto t = *propagate(std::vector{InputLaw::student(0, 1, 4.5)}, sum, options);
  EXPECT_NEAR(t.symmetric.upper, 2.6585, 0.04);  // t quantile .975 at 4.5
  // A skewed result: the shortest interval is shorter.
  const auto skew = *propagate(
      std::vector{InputLaw::normal(0, 1)}, [](auto x) { return std::exp(x[0]); }, options);
  EXPECT_LT(skew.shortest.upper - skew.shortest.lower, 0.9 * (skew.symmetric.upper - skew.symmetric.lower));
  EXPECT_EQ(propagate(std::vector{InputLaw::normal(0, 1)}, sum, options)->u, u_of(InputLaw::normal(0, 1)));
}

TEST(MonteCarlo, BadInputIsNamed) {
  MonteCarloOptions options;
  options.trials = 1'000;
  const std::vector<InputLaw> good{InputLaw::normal(0, 1)};
  EXPECT_EQ(propagate({}, sum, options).error().id, 1033);
  EXPECT_EQ(propagate(good, {}, options).error().id, 1036);
  EXPECT_EQ(propagate(
                good, [](auto) { return kNan; }, options)
                .error()
                .id,
            1030);
  EXPECT_EQ(propagate(
                good, [](auto) -> double { throw std::runtime_error("no"); }, options)
                .error()
                .id,
            1042);
  EXPECT_EQ(propagate(std::vector{InputLaw::rectangular(1, 0)}, sum, options).error().id, 1032);
  EXPECT_EQ(propagate(std::vector{InputLaw::normal(0, -1)}, sum, options).error().id, 1032);
  EXPECT_EQ(propagate(std::vector{InputLaw::student(0, 1, 1)}, sum, options).error().id, 1032);
  EXPECT_EQ(propagate(std::vector{InputLaw::normal(kNan, 1)}, sum, options).error().id, 1030);
  options.trials = 5;
  EXPECT_EQ(propagate(good, sum, options).error().id, 1032);
  options.trials = 1'000;
  options.coverage = 1;
  EXPECT_EQ(propagate(good, sum, options).error().id, 1031);
  EXPECT_EQ(compare_with_gum(0, 1, 0, {-1, 1}, 2).error().id, 1032);
}

TEST(Extremes, FitsFindTheLawTheyWereDrawnFrom) {
  for (const double shape : {-0.2, 0.0, 0.25}) {
    Rng rng({3, 4});
    std::vector<double> gev, gpd;
    for (int i = 0; i < 20'000; ++i) {
      gev.push_back(*gev_quantile({10, 2, shape}, rng.uniform() * (1 - 1e-9) + 1e-10));
      gpd.push_back(*gpd_quantile({10, 2, shape}, rng.uniform() * (1 - 1e-9) + 1e-10));
    }
    const auto a = fit_gev(gev, 1), b = fit_gpd(gpd, 10);
    ASSERT_TRUE(a && b);
    EXPECT_NEAR(a->law.shape, shape, 0.03);
    EXPECT_NEAR(a->law.location, 10, 0.06);
    EXPECT_NEAR(a->law.scale, 2, 0.06);
    EXPECT_NEAR(b->law.shape, shape, 0.03);
    EXPECT_NEAR(b->law.scale, 2, 0.06);
    EXPECT_TRUE(a->diagnostics.clean());
    EXPECT_GT(a->diagnostics.quantile_correlation, 0.98);
    EXPECT_NEAR(*quantile_from_excesses(*b, 0.999), *gpd_quantile({10, 2, shape}, 0.999), 1.5);
  }
}

TEST(Extremes, DiagnosticsSeeDriftAndDependence) {
  std::vector<double> drift, wave;
  Rng rng({5, 6});
  for (int i = 0; i < 200; ++i) {
    drift.push_back(0.05 * i + rng.uniform());
    wave.push_back(std::sin(i / 7.0) + 0.1 * rng.uniform());
  }
  EXPECT_TRUE(fit_gev(drift, 2)->diagnostics.drifting);
  EXPECT_TRUE(fit_gev(wave, 1)->diagnostics.dependent);
  EXPECT_TRUE(fit_gev(drift, 10)->diagnostics.few);
  EXPECT_FALSE(fit_gev(drift, 10)->diagnostics.clean());
}

TEST(Extremes, BadInputIsNamed) {
  EXPECT_EQ(gev_quantile({0, 0, 0}, 0.5).error().id, 1032);
  EXPECT_EQ(gpd_quantile({0, 1, kNan}, 0.5).error().id, 1030);
  EXPECT_EQ(gpd_quantile({0, 1, 0}, 1).error().id, 1031);
  EXPECT_EQ(fit_gev(std::vector<double>(50, 1.0), 1).error().id, 1037);
  EXPECT_EQ(fit_gev(std::vector<double>(50, 1.0), 6).error().id, 1033);
  EXPECT_EQ(fit_gev(std::vector<double>(50, 1.0), 0).error().id, 1032);
  EXPECT_EQ(fit_gpd(std::vector<double>(50, 1.0), 2).error().id, 1033);
  EXPECT_EQ(fit_gpd(std::vector<double>(50, 1.0), 0).error().id, 1037);
  EXPECT_EQ(fit_gpd(std::vector<double>(50, kNan), 0).error().id, 1030);
  EXPECT_EQ(quantile_from_excesses({{0, 1, 0}, {}, 0.1}, 0.5).error().id, 1036);
}

TEST(Histogram, QuantilesAreWithinTheResolution) {
  LatencyHistogram histogram(7);
  std::vector<double> exact;
  Rng rng({8, 9});
  for (int i = 0; i < 20'000; ++i) {
    const auto value = static_cast<std::int64_t>(1'000 / (rng.uniform() + 1e-5));
    ASSERT_TRUE(histogram.record(value));
    exact.push_back(static_cast<double>(value));
  }
  for (const double q : {0.0, 0.01, 0.5, 0.9, 0.999, 1.0}) {
    const double want = *sample_quantile(exact, q, QuantileType::nearest_rank);
    const auto got = static_cast<double>(*histogram.quantile_ns(q));
    EXPECT_GE(got, want);
    EXPECT_LE(got, want * (1 + 1.0 / 128));
  }
  EXPECT_EQ(static_cast<double>(*histogram.most_ns()), *sample_quantile(exact, 1, QuantileType::nearest_rank));
}

TEST(Histogram, CellsTileTheRange) {
  LatencyHistogram histogram(3);
  for (std::size_t cell = 1; cell < 400; ++cell)
    EXPECT_GT(histogram.cell_end_ns(cell), histogram.cell_end_ns(cell - 1));
  const auto largest = std::numeric_limits<std::int64_t>::max();
  ASSERT_TRUE(histogram.record(largest));
  EXPECT_EQ(histogram.quantile_ns(0.5), largest);
  EXPECT_EQ(histogram.cell_end_ns(histogram.cells().size() - 1), largest);
}

TEST(Histogram, CorrectsForWhatWasNeverStarted) {
  LatencyHistogram histogram;
  ASSERT_TRUE(histogram.record_corrected(1'000, 250));
  EXPECT_EQ(histogram.count(), 4);  // 1000, 750, 500, 250
  EXPECT_EQ(histogram.least_ns(), 250);
  LatencyHistogram other;
  ASSERT_TRUE(other.add(histogram));
  EXPECT_EQ(other.count(), 4);
}

TEST(Histogram, BadInputIsNamed) {
  LatencyHistogram histogram;
  EXPECT_EQ(histogram.record(-1).error().id, 1032);
  EXPECT_EQ(histogram.record(1, 0).error().id, 1032);
  EXPECT_EQ(histogram.record_corrected(1, 0).error().id, 1032);
  EXPECT_EQ(histogram.record_corrected(2'000'000'000, 1).error().id, 1039);
  EXPECT_EQ(histogram.add(LatencyHistogram(5)).error().id, 1036);
  EXPECT_FALSE(histogram.quantile_ns(0.5));
  EXPECT_FALSE(histogram.quantile_ns(kNan));
}

}  // namespace
}  // namespace assay::metrics
