// A joint module's record: backlash, scatter, lag and the encoder's error that were put in come out.
#include <gtest/gtest.h>

#include <cmath>

#include "metrics/metrics.h"
#include "tests/metrics/trace_builder.h"

namespace assay::metrics {
namespace {

constexpr std::int64_t kPeriod_ns = 10'000'000;
constexpr double kSpeed_rad_s = 0.5;

/// Goes at a constant speed, rests for 1 s; the output stands half the backlash behind, and `arrival` beside.
class Bench {
 public:
  double backlash_rad = 0, lag_s = 0, encoder_rad = 0;

  void go(double to_rad, double arrival_rad = 0) {
    const double way = to_rad - at_, sign = way < 0 ? -1 : 1;
    const int rows = static_cast<int>(std::lround((std::abs(way) / kSpeed_rad_s + 1) * 100));
    for (int i = 1; i <= rows; ++i) {
      const double t = 0.01 * i;
      const auto reached = [&](double t_s) { return std::min(kSpeed_rad_s * std::max(0.0, t_s), std::abs(way)); };
      command_.push_back(at_ + sign * reached(t));
      output_.push_back(at_ + sign * reached(t - lag_s) - sign * backlash_rad / 2 + arrival_rad);
      encoder_.push_back(output_.back() + encoder_rad);
    }
    at_ = to_rad;
  }

  [[nodiscard]] MetricValue value(const std::string& id) const {
    Trace trace;
    std::vector<std::int64_t> t;
    for (std::size_t i = 0; i < command_.size(); ++i) t.push_back(static_cast<std::int64_t>(i) * kPeriod_ns);
    trace.streams.push_back(
        make_stream(t, {{"joint.command", command_}, {"joint.encoder", encoder_}, {"joint.output", output_}}));
    trace.events = {{0, "begin", "", true}};
    MetricRegistry registry;
    register_builtin_metrics(registry);
    return compute(registry, {id}, trace, Verdict{}).front();
  }

 private:
  double at_ = 0;
  std::vector<double> command_, encoder_, output_;
};

TEST(Joint, BacklashIsTheDifferenceOfBothSides) {
  Bench bench;
  bench.backlash_rad = 0.0004;
  for (int i = 0; i < 4; ++i)
    for (const double goal : {-1.0, 0.0, 1.0, 0.0}) bench.go(goal);
  EXPECT_NEAR(*bench.value("joint_reversal_error").value, 0.0004, 1e-12);
  EXPECT_NEAR(*bench.value("joint_repeatability").value, 0, 1e-12);
}

TEST(Joint, RepeatabilityIsThreeDeviationsOfTheWorstTarget) {
  Bench bench;
  const double off[] = {-0.0001, 0, 0.0001};  // standard deviation 0.1 mrad, n − 1
  for (int i = 0; i < 9; ++i)
    for (const double goal : {-1.0, 1.0}) bench.go(goal, goal > 0 ? off[i % 3] : 0);
  // Nine of ±0.1 and 0 about their mean: sqrt(6/8) · 0.1 mrad.
  EXPECT_NEAR(*bench.value("joint_repeatability").value, 3 * 0.0001 * std::sqrt(6.0 / 8.0), 1e-12);
  EXPECT_EQ(bench.value("joint_reversal_error").why_undefined, "no_target_from_both_sides");
}

TEST(Joint, ALagIsTimeTimesSpeed) {
  Bench bench;
  bench.lag_s = 0.04;
  bench.backlash_rad = 0.002;
  for (const double goal : {-3.0, 3.0, -3.0, 3.0}) bench.go(goal);
  // While it moves it is lag × speed and half the backlash behind; the first 40 ms of a way are less.
  EXPECT_NEAR(*bench.value("joint_tracking_error").value, 0.04 * kSpeed_rad_s + 0.001, 0.0003);
}

TEST(Joint, AnEncodersErrorIsSeenAtRest) {
  Bench bench;
  bench.encoder_rad = 0.0007;
  for (const double goal : {-1.0, 1.0}) bench.go(goal);
  EXPECT_NEAR(*bench.value("joint_encoder_error").value, 0.0007, 1e-12);
  EXPECT_EQ(bench.value("joint_repeatability").why_undefined, "too_few_rests");
}

TEST(Joint, WithoutARecordThereIsNoValue) {
  Trace trace;
  trace.streams.push_back(make_stream({0, 1}, {{"joint.command", {0, 0}}}));
  trace.events = {{0, "begin", "", true}};
  MetricRegistry registry;
  register_builtin_metrics(registry);
  for (const char* id : {"joint_repeatability", "joint_reversal_error", "joint_encoder_error", "joint_tracking_error"})
    EXPECT_EQ(compute(registry, {id}, trace, Verdict{}).front().why_undefined, "no_channel:joint.encoder") << id;
}

}  // namespace
}  // namespace assay::metrics
