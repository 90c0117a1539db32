// What recomputing finds, and that versions of a metric stand side by side.
#include <gtest/gtest.h>

#include "evidence/recompute.h"
#include "harness/trial.h"
#include "tests/metrics/trace_builder.h"

namespace assay::evidence {
namespace {

metrics::Metric peak_height(int version, double factor) {
  metrics::Metric metric;
  metric.spec.id = "peak_height";
  metric.spec.version = version;
  metric.spec.unit = "m";
  metric.compute = [version, factor](const Trace& trace, const Verdict&) {
    MetricValue value{"peak_height", version, factor * trace.streams.front().values.at(2), "", "m", Vantage::simulator};
    return value;
  };
  return metric;
}

class RecomputeTest : public ::testing::Test {
 protected:
  void SetUp() override {
    metrics::JudgeInput judge;
    judge.success = metrics::above("a", 1);
    judge.checks = {{"is_high", metrics::above("a", 1)}};
    judge.time_limit_ns = 500;
    trace_.streams.push_back(metrics::make_stream({0, 100, 200, 300, 400, 500}, {{"a.z_m", {0, 0, 2, 2, 2, 2}}}));
    trace_.events = {{400, "done", "", true}};
    trace_.metadata = {{"task", "t/lift"},
                       {"level", "1"},
                       {"index", "0"},
                       {"initial_state_digest", "d"},
                       {"session_seed_sha256", "5eed"},
                       {"judge", metrics::to_json(judge)}};
    stored_.number = 7;
    stored_.task = "t/lift";
    stored_.finished = true;
    stored_.initial_state_digest = "d";
    stored_.trace_sha256 = "1";
    stored_.verdict = harness::verdict_of(judge, trace_);
    stored_.content_digest = content_digest(trace_);
    registry_.add(peak_height(1, 1));
    stored_.metrics = {registry_.find("peak_height", 1)->compute(trace_, stored_.verdict)};
    plan_.session_seed = "sha256:5eed";
  }
  Recomputed again() {
    RecomputeInput in;
    in.plan = plan_;
    in.trials = {stored_};
    in.metrics = &registry_;
    in.trace = [this](const TrialRecord&) -> Result<Trace> { return trace_; };
    auto done = recompute(in);
    EXPECT_TRUE(done.ok());
    return *done;
  }
  std::string first() {
    const auto done = again();
    return done.differences.empty() ? "" : done.differences.front().what;
  }

  Trace trace_;
  TrialRecord stored_;
  Plan plan_;
  metrics::MetricRegistry registry_;
};

TEST_F(RecomputeTest, TheSameBitsGiveNoDifference) {
  const auto done = again();
  EXPECT_TRUE(done.differences.empty()) << done.differences.front().what;
  EXPECT_EQ(done.trials, 1);
  EXPECT_EQ(done.records.front().verdict.outcome, Outcome::success);
  EXPECT_EQ(done.why_no_rules, "the deciding files are not at hand");
}

TEST_F(RecomputeTest, EachThingThatWasToldOtherwiseIsNamed) {
  const TrialRecord good = stored_;
  stored_.verdict.outcome = Outcome::failure;
  EXPECT_EQ(first(), "outcome");
  stored_ = good;
  stored_.verdict.reason = "time_limit";
  EXPECT_EQ(first(), "reason");
  stored_ = good;
  stored_.verdict.checks[0].second = false;
  EXPECT_EQ(first(), "checks");
  stored_ = good;
  stored_.verdict.robustness = std::nextafter(stored_.verdict.robustness, 9);
  EXPECT_EQ(first(), "robustness") << "one bit";
  stored_ = good;
  stored_.metrics[0].value = 2.0000000000000004;
  EXPECT_EQ(first(), "metric peak_height v1");
  stored_ = good;
  stored_.metrics[0].unit = "mm";
  EXPECT_EQ(first(), "metric peak_height v1 unit");
  stored_ = good;
  stored_.index = 1;
  EXPECT_EQ(first(), "index of the trace") << "another trial's trace";
  stored_ = good;
  trace_.streams[0].values[0] = 0.5;
  EXPECT_EQ(first(), "content_digest");
  plan_.session_seed = "sha256:other";
  EXPECT_EQ(again().differences.size(), 2U);
}

TEST_F(RecomputeTest, ASuccessThatNobodyCanSeeAgainIsADifference) {
  stored_.trace_sha256.clear();
  EXPECT_EQ(first(), "outcome");
  stored_.verdict.outcome = Outcome::failure;
  EXPECT_EQ(first(), "");
  EXPECT_EQ(again().without_trace, 1);
}

TEST_F(RecomputeTest, OldAndNewVersionsOfAMetricStandSideBySide) {
  registry_.add(peak_height(2, 1000));
  const auto done = again();
  EXPECT_TRUE(done.differences.empty()) << "the stored version still gives the stored value";
  ASSERT_EQ(done.newer.size(), 1U);
  EXPECT_EQ(done.newer[0].stored.version, 1);
  EXPECT_EQ(done.newer[0].stored.value, 2.0);
  EXPECT_EQ(done.newer[0].newer.version, 2);
  EXPECT_EQ(done.newer[0].newer.value, 2000.0);
  stored_.metrics[0].version = 9;
  EXPECT_EQ(again().differences.front().recomputed, "this program does not know it");
}

}  // namespace
}  // namespace assay::evidence
