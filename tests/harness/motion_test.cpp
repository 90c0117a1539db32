// The motion suite on the real program's parts: what is put into the arm comes out of the trace.
#include <gtest/gtest.h>

#include <cmath>

#include "adapters/registry.h"
#include "harness/trial.h"
#include "suites/catalog.h"

namespace assay::harness {
namespace {

using Defects = std::vector<std::pair<std::string, double>>;

TrialResult run_pose_cycle(const Defects& defects, int index = 0) {
  const auto suite = load_suite(*catalog_find("suites", "motion"));
  EXPECT_TRUE(suite.ok());
  Task task = *suite->find("motion/pose_cycle", 3);
  task.programme->cycles = 3;
  const auto embodiment = load_embodiment(*catalog_find("embodiments", "arm7"));
  EXPECT_TRUE(embodiment.ok());
  const auto world = compose(task, *embodiment);
  EXPECT_TRUE(world.ok());
  auto setup = realise(task, *embodiment, *world, "motion-test", index);
  EXPECT_TRUE(setup.ok());
  setup->defects = defects;
  AdapterRegistry registry;
  register_builtin_adapters(registry);
  const auto robot = registry.robot("mujoco");
  auto runner = make_threaded_runner(*registry.policy("pose_programme", {{"skill", 1}}));
  metrics::MetricRegistry metrics;
  metrics::register_builtin_metrics(metrics);
  TrialOptions options;
  options.policy_deadline_s = 60;  // a busy machine is no finding
  return run_trial(**robot, *runner, *setup, {"pose_accuracy", "distance_accuracy", "stabilisation_time"}, metrics,
                   options);
}

TEST(Motion, ASoundArmTakesUpItsPoses) {
  const auto result = run_pose_cycle({});
  ASSERT_EQ(result.verdict.outcome, Outcome::success) << result.verdict.reason;
  ASSERT_TRUE(result.metrics[0].value) << result.metrics[0].why_undefined;
  EXPECT_LT(*result.metrics[0].value, 1e-4);
  EXPECT_EQ(result.metrics[0].n, 3);
  EXPECT_TRUE(result.metrics[2].value);
}

TEST(Motion, AnOffsetAndAScaleComeOutAsTheyWentIn) {
  const auto result = run_pose_cycle({{"tcp_offset_y_m", 0.002}, {"tcp_scale", 1.004}});
  ASSERT_EQ(result.verdict.outcome, Outcome::success) << result.verdict.reason;
  ASSERT_TRUE(result.metrics[0].value) << result.metrics[0].why_undefined;
  // P5 (0.546, 0.096, 0.396): 0.004 of it, and 2 mm along y.
  const double worst = std::hypot(0.004 * 0.546, 0.004 * 0.096 + 0.002, 0.004 * 0.396);
  EXPECT_NEAR(*result.metrics[0].value, worst, 1e-4);
  // P2–P4: (0.192, 0.192, 0.192)
  EXPECT_NEAR(*result.metrics[1].value, 0.004 * 0.192 * std::sqrt(3.0), 1e-4);
}

TEST(Motion, SpreadIsDrawnFromTheTrialsOwnStream) {
  const Defects spread = {{"tcp_spread_m", 0.0005}};
  const auto one = run_pose_cycle(spread), again = run_pose_cycle(spread), other = run_pose_cycle(spread, 1);
  EXPECT_EQ(one.content_digest, again.content_digest);
  EXPECT_NE(one.content_digest, other.content_digest);
  ASSERT_TRUE(one.metrics[0].value);
  EXPECT_GT(*one.metrics[0].value, 1e-4);
}

TEST(Motion, AnUnknownErrorIsRefusedAndNoPass) {
  for (const Defects& bad : {Defects{{"tcp_ofset_m", 0.001}}, Defects{{"tcp_scale", 2}}}) {
    const auto result = run_pose_cycle(bad);
    EXPECT_NE(result.verdict.outcome, Outcome::success);
    const auto* said = result.trace.event("fault_message");
    ASSERT_NE(said, nullptr);
    EXPECT_NE(said->detail.find(bad[0].first), std::string::npos);
  }
}

}  // namespace
}  // namespace assay::harness
