// P(level) against simulated sessions.
#include <gtest/gtest.h>

#include <cmath>

#include "metrics/sequential.h"
#include "world.h"

namespace assay::grading::testing {
namespace {

constexpr int kSessions = 4000;

/// Share of sessions in which every indicator of the plan conforms; `together`: indicators on one series see the same
/// outcomes, else independent ones of the same probability.
double simulated(const Plan& plan, double p, bool together, Rng& rng) {
  int conform = 0;
  for (int i = 0; i < kSessions; ++i) {
    std::map<std::pair<std::string, int>, std::vector<bool>> shared;
    bool all = true;
    for (const auto& indicator : plan.indicators) {
      auto& outcomes = shared[{indicator.task, indicator.level}];
      if (!together) outcomes.clear();
      while (static_cast<int>(outcomes.size()) < indicator.design.table.n_max) outcomes.push_back(rng.uniform() < p);
      all = all && metrics::step(indicator.design.table, outcomes) == StopState::accepted;
    }
    conform += all ? 1 : 0;
  }
  return static_cast<double>(conform) / kSessions;
}

TEST(Outlook, POfTheLevelAgreesWithSimulationWhereEachSeriesHasOneIndicator) {
  const Plan plan = plan_of(small_scheme(), small_subject("all", 1));
  Rng rng(StreamKey{20261122, 71});
  for (const double p : {0.85, 0.93, 0.97}) {
    const auto o = outlook(plan, {{kSort, p}, {kMove, p}});
    EXPECT_NEAR(o.p_level, o.p_level_most, 1e-12);
    const double sigma = std::sqrt(o.p_level * (1 - o.p_level) / kSessions);
    EXPECT_NEAR(simulated(plan, p, false, rng), o.p_level, 4 * sigma + 1e-9) << p;
  }
}

TEST(Outlook, POfTheLevelLiesBetweenItsBoundsWhereIndicatorsShareTrials) {
  const Plan plan = plan_of(small_scheme(), small_subject("all", 2));  // sorting L2 has two indicators
  Rng rng(StreamKey{20261122, 72});
  for (const double p : {0.9, 0.95}) {
    const auto o = outlook(plan, {{kSort, p}, {kMove, p}});
    EXPECT_LT(o.p_level, o.p_level_most);
    const double room = 4 * std::sqrt(0.25 / kSessions);
    for (const bool together : {true, false}) {
      const double share = simulated(plan, p, together, rng);
      EXPECT_GE(share, o.p_level - room) << p;
      EXPECT_LE(share, o.p_level_most + room) << p;
    }
  }
}

}  // namespace
}  // namespace assay::grading::testing
