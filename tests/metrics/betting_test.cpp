// E-processes and confidence sequences: published expectations, exact error by enumeration, validity, bad input.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstdio>

#include "core/random.h"
#include "metrics/sequential.h"
#include "metrics/statistics/betting.h"
#include "metrics/statistics/eprocess.h"
#include "metrics/statistics/operating.h"

namespace assay::metrics {
namespace {

const double kNan = std::nan("");

TEST(BetaMixture, AgreesWithTheClosedFormOfOneOutcome) {
  for (const double p0 : {.05, .5, .9, .999}) {
    EXPECT_NEAR(*log_e_beta_mixture(1, 0, p0), std::log((1 + p0) / (2 * p0)), 1e-13);
    EXPECT_NEAR(*log_e_beta_mixture(0, 1, p0), -std::log(2), 1e-13) << "the mean of (p0, 1) fails half as often";
    EXPECT_NEAR(*log_e_beta_mixture(0, 0, p0), 0, 1e-14);
  }
}

TEST(BetaMixture, IsAMartingaleAtTheLimit) {
  for (const double p0 : {.3, .8, .97})
    for (const BetaPrior& prior : {BetaPrior{1, 1}, BetaPrior{.5, .5}, BetaPrior{4, 2}})
      for (int s = 0; s <= 60; s += 7)
        for (int f = 0; f <= 60; f += 9) {
          const double now = std::exp(*log_e_beta_mixture(s, f, p0, prior));
          const double good = std::exp(*log_e_beta_mixture(s + 1, f, p0, prior));
          const double bad = std::exp(*log_e_beta_mixture(s, f + 1, p0, prior));
          EXPECT_NEAR((p0 * good + (1 - p0) * bad) / now, 1, 1e-10) << s << " " << f << " " << p0;
        }
}

TEST(BetaMixture, SurvivesEvidenceFarBeyondRange) {
  EXPECT_NEAR(*log_e_beta_mixture(0, 100'000, .8), -std::log(100'001), 1e-9);
  const auto far = log_e_beta_mixture(100'000, 0, .5);
  ASSERT_TRUE(far);
  EXPECT_NEAR(*far, 100'000 * std::log(2) - std::log(100'001 * .5), 1e-6);
  EXPECT_TRUE(log_e_beta_mixture(1'000'000'000, 1'000'000'000, .5));
  EXPECT_TRUE(log_e_beta_mixture(0, 1'000'000'000, 1e-9));
}

TEST(BetaMixture, BadInputIsTyped) {
  EXPECT_EQ(log_e_beta_mixture(1, 1, 0).error().id, 1031);
  EXPECT_EQ(log_e_beta_mixture(1, 1, 1).error().id, 1031);
  EXPECT_EQ(log_e_beta_mixture(1, 1, kNan).error().id, 1031);
  EXPECT_EQ(log_e_beta_mixture(-1, 1, .5).error().id, 1032);
  EXPECT_EQ(log_e_beta_mixture(1, -1, .5).error().id, 1032);
  EXPECT_EQ(log_e_beta_mixture(2'000'000'000, 1, .5).error().id, 1032);
  EXPECT_EQ(log_e_beta_mixture(1, 1, .5, {0, 1}).error().id, 1032);
  EXPECT_EQ(log_e_beta_mixture(1, 1, .5, {1, kNan}).error().id, 1032);
}

TEST(TwoStreams, IsAMartingaleWhereBothRobotsAreAlike) {
  const std::vector<int> a{0, 1, 0, 1, 1, 0, 1, 0, 0}, b{1, 1, 0, 1, 1, 1, 1, 0, 1};
  const double before = std::exp(log_e_two_streams(a, b)->back());
  for (const double p : {.1, .5, .9}) {
    double mean = 0;
    for (const int x : {0, 1})
      for (const int y : {0, 1}) {
        auto more_a = a, more_b = b;
        more_a.push_back(x);
        more_b.push_back(y);
        mean += (x != 0 ? p : 1 - p) * (y != 0 ? p : 1 - p) * std::exp(log_e_two_streams(more_a, more_b)->back());
      }
    EXPECT_LE(mean, before * (1 + 1e-12)) << p;
  }
}

TEST(TwoStreams, DoesNotBetAgainstItsAlternative) {
  const std::vector<int> better(12, 1), worse(12, 0);
  const auto path = log_e_two_streams(better, worse);
  ASSERT_TRUE(path);
  EXPECT_EQ((*path)[11], (*path)[2]);
  EXPECT_GT(log_e_two_streams(worse, better)->back(), std::log(20));
}

TEST(TwoStreams, BadInputIsTyped) {
  const std::vector<int> one{1}, two{1, 0}, odd{2}, none;
  EXPECT_EQ(log_e_two_streams(one, two).error().id, 1034);
  EXPECT_EQ(log_e_two_streams(none, none).error().id, 1033);
  EXPECT_EQ(log_e_two_streams(one, odd).error().id, 1036);
  EXPECT_EQ(log_e_two_streams(one, one, {0, 1}).error().id, 1032);
}

/// Certify when L > p0, refuse when U < p0, both 95 % one-sided, capped at `cap` trials.
StopTable anytime_plan(double p0, int cap) {
  StopTable table{cap, {-1}, {1}};
  int accept = -1, refuse = 0;
  for (int n = 1; n <= cap; ++n) {
    while (accept < n && beta_mixture_limits(n - accept - 1, accept + 1, .9)->lower > p0) ++accept;
    while (refuse <= n && beta_mixture_limits(n - refuse, refuse, .9)->upper >= p0) ++refuse;
    table.accept.push_back(accept);
    table.refuse.push_back(std::max(refuse, accept + 1));
  }
  table.refuse.back() = table.accept.back() + 1;
  return table;
}

TEST(AnytimeLimits, CertifyInThePublishedNumberOfTrials) {
  const auto table = anytime_plan(.8, 224);
  const std::array<std::array<double, 2>, 6> published{
      {{.7, 130.6}, {.8, 212.9}, {.85, 184.7}, {.9, 92.4}, {.95, 38.2}, {1, 20}}};
  for (const auto& [p, trials] : published) EXPECT_NEAR(characteristics(table, p).expected_n, trials, .05) << p;
  EXPECT_LE(size_bound(table, .8)->bound, .05);
  for (const auto& [p0, n] : {std::pair{.9, 43}, {.95, 88}, {.99, 449}}) {
    EXPECT_GT(beta_mixture_limits(n, 0, .9)->lower, p0);
    EXPECT_LE(beta_mixture_limits(n - 1, 0, .9)->lower, p0);
  }
}

TEST(AnytimeLimits, CoverAtEveryTrialAtOnce) {
  // P(ever excluded) by enumeration of all walks up to 200 trials: the e-process has no error left to spend elsewhere.
  for (const double p : {.1, .5, .9}) {
    std::vector<double> mass{1};
    double excluded = 0;
    for (int n = 1; n <= 200; ++n) {
      std::vector<double> next(mass.size() + 1, 0.0);
      for (std::size_t s = 0; s < mass.size(); ++s) {
        next[s] += mass[s] * (1 - p);
        next[s + 1] += mass[s] * p;
      }
      for (std::size_t s = 0; s < next.size(); ++s) {
        if (next[s] < 1e-14) continue;
        const auto successes = static_cast<int>(s);
        const double threshold = std::log(40.0);
        if (*log_e_beta_mixture(successes, n - successes, p) >= threshold ||
            *log_e_beta_mixture(n - successes, successes, 1 - p) >= threshold) {
          excluded += next[s];
          next[s] = 0;
        }
      }
      mass = next;
    }
    EXPECT_LE(excluded, .05) << p;
    EXPECT_GT(excluded, .005) << p;
  }
}

TEST(AnytimeLimits, RunningLimitsOnlyTighten) {
  auto sequence = *ProportionSequence::start(.95);
  Rng rng(StreamKey{5, 6});
  auto before = sequence.limits();
  EXPECT_EQ(before.lower, 0);
  EXPECT_EQ(before.upper, 1);
  for (int i = 0; i < 200; ++i) {
    sequence.add(rng.uniform() < .7);
    const auto now = sequence.limits();
    EXPECT_GE(now.lower, before.lower);
    EXPECT_LE(now.upper, before.upper);
    before = now;
  }
  EXPECT_EQ(sequence.n(), 200);
  EXPECT_LT(before.lower, .7);
  EXPECT_GT(before.upper, .7);
  EXPECT_EQ(ProportionSequence::start(1).error().id, 1031);
  EXPECT_EQ(beta_mixture_limits(1, 1, 0).error().id, 1031);
  EXPECT_EQ(beta_mixture_limits(-1, 1, .9).error().id, 1032);
  EXPECT_EQ(beta_mixture_limits(0, 0, .9)->lower, 0);
  EXPECT_EQ(beta_mixture_limits(0, 0, .9)->upper, 1);
}

/// Mean trials until shown, and how often.
struct Runs {
  double trials = 0, shown = 0;
};
template <class Start, class Trial>
Runs run(int sessions, int cap, Start&& start, Trial&& trial) {
  Runs runs;
  for (int i = 0; i < sessions; ++i) {
    auto test = start();
    while (test.n() < cap && !test.shown()) trial(test);
    runs.trials += static_cast<double>(test.n()) / sessions;
    runs.shown += test.shown() ? 1.0 / sessions : 0;
  }
  return runs;
}

TEST(BoundedMean, ShowsYesNoOutcomesAboutAsFastAsPublishedAndGradedOnesFaster) {
  Rng rng(StreamKey{7, 1});
  const auto start = [] { return *BoundedMeanTest::start(.8, .05); };
  const auto plain = run(2000, 560, start, [&](auto& t) { ASSERT_TRUE(t.add(rng.uniform() < .9 ? 1 : 0)); });
  EXPECT_LT(plain.trials, 125.8);
  const auto perfect = run(1, 560, start, [&](auto& t) { ASSERT_TRUE(t.add(1)); });
  EXPECT_EQ(perfect.trials, 18);
  const auto graded = run(500, 560, start, [&](auto& t) { ASSERT_TRUE(t.add(rng.uniform(.8, 1))); });
  EXPECT_LT(graded.trials, 40);
}

TEST(BoundedMean, IsAnEProcessUnderTheNull) {
  Rng rng(StreamKey{7, 2});
  const auto start = [] { return *BoundedMeanTest::start(.8, .05); };
  const auto null = run(4000, 400, start, [&](auto& t) { ASSERT_TRUE(t.add(rng.uniform() < .8 ? 1 : 0)); });
  EXPECT_LE(null.shown, .05 + 3 * std::sqrt(.05 * .95 / 4000));
  // E of the next capital, whatever came before: exactly 1 at the edge of the null.
  auto test = start();
  for (const double x : {1., .5, 1., 1., .9, 0., 1.}) ASSERT_TRUE(test.add(x));
  auto good = test, bad = test;
  ASSERT_TRUE(good.add(1));
  ASSERT_TRUE(bad.add(0));
  EXPECT_NEAR(.8 * std::exp(good.log_e()) + .2 * std::exp(bad.log_e()), std::exp(test.log_e()), 1e-12);
}

/// Real and simulated outcome agree outright with chance `keep`, else are drawn apart.
struct Twin {
  bool real, sim;
};
Twin twin(Rng& rng, double p, double keep) {
  const bool real = rng.uniform() < p;
  return {real, rng.uniform() < keep ? real : rng.uniform() < p};
}

TEST(SimAssisted, SavesRealTrialsAsCorrelationGrows) {
  constexpr int kSessions = 2000;
  Rng rng(StreamKey{9, 1});
  const auto plain = run(
      kSessions, 1120, [] { return *BoundedMeanTest::start(.8, .05); },
      [&](auto& t) { ASSERT_TRUE(t.add(rng.uniform() < .9 ? 1 : 0)); });
  const std::array<std::array<double, 2>, 4> most{{{.33, .86}, {.51, .70}, {.62, .65}, {.78, .50}}};
  for (const auto& [correlation, share] : most) {
    const auto assisted = run(
        kSessions, 1120, [] { return *SimAssistedTest::start(.8, .05, .9); },
        [&, keep = correlation](auto& t) {
          const auto [real, sim] = twin(rng, .9, keep);
          ASSERT_TRUE(t.add(real ? 1 : 0, sim ? 1 : 0));
        });
    std::printf("correlation %.2f: %.1f real trials, %.2f of %.1f\n", correlation, assisted.trials,
                assisted.trials / plain.trials, plain.trials);
    EXPECT_LE(assisted.trials, share * plain.trials);
  }
}

TEST(SimAssisted, HoldsItsErrorEvenWithAWrongSimulator) {
  Rng rng(StreamKey{9, 2});
  const auto fresh_mean = [&](double p) {
    double sum = 0;
    for (int i = 0; i < 10; ++i) sum += rng.uniform() < p ? .1 : 0;
    return std::min(sum, 1.0);
  };
  const double limit = .05 + 3 * std::sqrt(.05 * .95 / 3000);
  const auto exact = run(
      3000, 300, [] { return *SimAssistedTest::start(.8, .05, .8); },
      [&](auto& t) {
        const auto [real, sim] = twin(rng, .8, .6);
        ASSERT_TRUE(t.add(real ? 1 : 0, sim ? 1 : 0));
      });
  EXPECT_LE(exact.shown, limit);
  const auto wrong = run(
      3000, 300, [] { return *SimAssistedTest::start(.8, .05); },
      [&](auto& t) { ASSERT_TRUE(t.add(rng.uniform() < .8 ? 1 : 0, rng.uniform() < .99 ? 1 : 0, fresh_mean(.99))); });
  EXPECT_LE(wrong.shown, limit);
}

TEST(SimAssisted, BadInputIsTypedAndNotCounted) {
  auto exact = *SimAssistedTest::start(.8, .05, .8);
  auto fresh = *SimAssistedTest::start(.8, .05);
  EXPECT_EQ(exact.add(1, 1, .8).error().id, 1036);
  EXPECT_EQ(fresh.add(1, 1).error().id, 1036);
  EXPECT_EQ(exact.add(kNan, 1).error().id, 1030);
  EXPECT_EQ(exact.add(1, 1.01).error().id, 1036);
  EXPECT_EQ(fresh.add(1, 1, -.1).error().id, 1036);
  EXPECT_EQ(exact.n() + fresh.n(), 0);
  EXPECT_EQ(SimAssistedTest::start(1, .05).error().id, 1031);
  EXPECT_EQ(SimAssistedTest::start(.8, 0).error().id, 1031);
  EXPECT_EQ(SimAssistedTest::start(.8, .05, kNan).error().id, 1031);
  EXPECT_EQ(BoundedMeanTest::start(0, .05).error().id, 1031);
  EXPECT_EQ(BoundedMeanTest::start(.5, .05)->add(2).error().id, 1036);
  EXPECT_EQ(paired_score(.2, 1.2).error().id, 1036);
  EXPECT_EQ(*paired_score(.25, .75), .75);
}

TEST(MeanSequence, CoversAndReachesThePublishedNumberOfTrials) {
  auto perfect = *MeanSequence::start(.9);
  while (perfect.lower() <= .8) ASSERT_TRUE(perfect.add(1));
  EXPECT_EQ(perfect.n(), 18);
  Rng rng(StreamKey{11, 1});
  int missed = 0;
  double trials = 0;
  constexpr int kSessions = 400;
  for (int i = 0; i < kSessions; ++i) {
    auto sequence = *MeanSequence::start(.9);
    bool out = false, certified = false;
    for (int n = 1; n <= 560; ++n) {
      ASSERT_TRUE(sequence.add(rng.uniform() < .9 ? 1 : 0));
      ASSERT_LE(sequence.lower(), sequence.upper());
      out = out || sequence.lower() > .9 || sequence.upper() < .9;
      if (!certified) trials += 1.0 / kSessions;
      certified = certified || sequence.lower() > .8;
    }
    missed += out ? 1 : 0;
  }
  EXPECT_NEAR(trials, 125.8, 12);
  EXPECT_LE(missed, kSessions * .1 + 3 * std::sqrt(kSessions * .09));
}

TEST(MeanSequence, ReadsGradedScoresAndTheirMirrorAlike) {
  auto sequence = *MeanSequence::start(.95), mirrored = *MeanSequence::start(.95);
  Rng rng(StreamKey{11, 2});
  for (int i = 0; i < 2000; ++i) {
    const double x = rng.uniform(.2, .6);
    ASSERT_TRUE(sequence.add(x));
    ASSERT_TRUE(mirrored.add(1 - x));
  }
  EXPECT_NEAR(sequence.lower(), 1 - mirrored.upper(), 1.0 / 4096);
  EXPECT_LT(sequence.lower(), .4);
  EXPECT_GT(sequence.upper(), .4);
  EXPECT_LT(sequence.upper() - sequence.lower(), .05);
  EXPECT_EQ(sequence.add(kNan).error().id, 1030);
  EXPECT_EQ(sequence.add(-.1).error().id, 1036);
  EXPECT_EQ(sequence.n(), 2000);
  EXPECT_EQ(MeanSequence::start(0).error().id, 1031);
}

}  // namespace
}  // namespace assay::metrics
